#pragma once

// A question: may SUBJECT do ACTION on RESOURCE?
//
//   Request r{.subject = "user:ann", .action = "task.label", .resource = "task:t1"};
//
// Views only: the caller keeps everything alive until the call returns. Values without anything of their own,
// so one may be read by several threads, and each thread writes its own. Filling one costs nothing.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "policyc/value.hpp"

namespace policyc {

struct Request {
  std::string_view subject;   // "kind:id"
  std::string_view action;    // "scope.action", by wire name
  std::string_view resource;  // "kind:id" or "system"

  // Microseconds since the epoch. The evaluator never reads a clock.
  std::optional<std::int64_t> now = std::nullopt;

  std::span<const NamedValue> parameters = {};
  std::span<const NamedValue> context = {};

  // Attributes of the subject and of the resource; of an entity in the snapshot
  // only those declared `from request` count.
  std::span<const NamedValue> subject_attributes = {};
  std::span<const NamedValue> resource_attributes = {};

  // Another principal, "kind:id", for whom the subject asks: both must be allowed,
  // each decided as the subject. `subject_attributes` are the subject's alone.
  std::optional<std::string_view> on_behalf_of = std::nullopt;

  // Describes a resource that is not in the snapshot: then `resource` is its
  // kind, or kind:id, and `parent` is required unless the kind is a root.
  bool resource_inline = false;
  std::string_view parent = {};
};

// A resource or principal resolved once. Valid for the Snapshot that it came from.
struct Handle {
  std::uint32_t node = 0xFFFFFFFF;
  std::uint32_t epoch = 0;

  friend bool operator==(const Handle&, const Handle&) = default;
};

// The same question by handles: no strings, for hot paths.
struct Query {
  Handle subject;
  Handle resource;
  std::uint16_t action = 0xFFFF;  // ActionIndex
  // As in Request. The null handle is refused, and never nobody.
  std::optional<Handle> on_behalf_of = std::nullopt;
};

// What questions share besides who asks what: a caller has few of them for many queries.
struct Circumstances {
  std::optional<std::int64_t> now = std::nullopt;  // microseconds since the epoch
  std::span<const NamedValue> parameters = {};     // of an action that declares none of them they are ignored
  std::span<const NamedValue> context = {};
};

// So many queries of one batch are answered; each one behind them is refused (limit_exceeded).
inline constexpr std::size_t kMaxBatch = std::size_t{1} << 20;

// One query of a batch, under one of the batch's circumstances.
struct BatchQuery {
  Query query;
  std::uint32_t circumstances = 0;  // index
};

}  // namespace policyc
