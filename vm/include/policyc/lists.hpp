#pragma once

// Answers of the questions whose answer is a list: on what may somebody, who may, and what may somebody do.
//
//   policyc::Request r{.subject = "user:ann", .action = "project.read", .resource = "project"};
//   auto list = evaluator.list_resources(r);
//   if (!list) log(list.error().message);
//   else for (const policyc::Handle project : list->entities) show(evaluator.name_of(project));
//
// A list has exactly those for which decide() allows the same question. It is whole, or says where to go on.
// Values that own what they hold; threads: as a std::vector's. A list costs what Evaluator says of it, and
// four bytes for each entity in it and twice that while it grows.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "policyc/program.hpp"
#include "policyc/request.hpp"
#include "policyc/result.hpp"

namespace policyc {

// Where a list goes on. Good for the snapshot that it came from (else stale_handle).
struct Cursor {
  std::uint32_t after = 0;  // the last entity that was listed
  std::uint32_t epoch = 0;

  friend bool operator==(const Cursor&, const Cursor&) = default;
};

// How much of a list is wanted at once.
struct Page {
  std::size_t most = std::numeric_limits<std::size_t>::max();
  std::optional<Cursor> after = std::nullopt;
};

// Resources stand in the snapshot's order: what stands below an entity follows it. Principals stand by kind
// and id.
struct EntityList {
  std::vector<Handle> entities;
  // Of subjects, on the first page: kinds of which anyone may, known or not, `user:*`; those that the
  // snapshot knows are in `entities` all the same, but for those who may not.
  std::vector<KindIndex> everyone;
  std::optional<Cursor> next;    // there is more
  std::uint64_t generation = 0;  // as in Decision: of the engine's pair that answered
};

struct ActionList {
  std::vector<ActionIndex> actions;  // that are allowed, in the order of Program::actions()
  // Actions about which nothing can be said without more: a parameter, a context value, the time.
  struct Unanswered {
    ActionIndex action = 0;
    ErrorCode error = ErrorCode::none;
    std::uint32_t detail = 0;  // as in Decision
  };
  std::vector<Unanswered> unanswered;
  std::uint64_t generation = 0;
};

}  // namespace policyc
