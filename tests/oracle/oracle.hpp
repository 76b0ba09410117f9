#pragma once

// The language's executable meaning: a naive interpreter of the syntax tree over raw facts. It is written
// to be read beside docs/language.md, not to be fast, and shares nothing with the compiler or the evaluator
// but the tree's types: every difference between it and the product is a mistake in one of them.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policyc/text/syntax.hpp"

namespace policyc::oracle {

// A value of any type. Enum members and roles are symbols after their enum or scope, "plan.free"; a policy
// may write them bare. An entity is its whole name, "user:ann".
struct Value {
  enum class Kind : std::uint8_t {
    absent,
    boolean,
    integer,
    time,
    duration,
    string,
    ip,
    symbol,
    entity,
    set
  };
  Kind kind = Kind::absent;
  std::int64_t number = 0;
  std::string text;
  std::vector<Value> elements;

  friend bool operator==(const Value&, const Value&) = default;
};
using Values = std::map<std::string, Value, std::less<>>;

// One entity and all the facts about it. Roots, subjects and groups that stand in nothing stand below
// `system`, which has no parent. A grant's principal may be `user:*`, or a userset, `workspace:w#member`.
struct Entity {
  struct Grant {
    std::string role, principal;
    std::optional<std::int64_t> from = std::nullopt, until = std::nullopt;
  };
  std::string name, kind;
  const Entity* parent = nullptr;
  Values attributes;
  std::vector<Grant> grants;
  std::vector<std::string> members = {};                    // of a group
  std::map<std::string, std::set<std::string>> roles = {};  // that it defines, and which actions they can
};
using Snapshot = std::map<std::string, Entity, std::less<>>;  // by name; "system" is always there

struct Request {
  std::string subject, action, resource;
  std::optional<std::int64_t> now;
  Values parameters, context, subject_attributes, resource_attributes;
  bool resource_inline = false;
  std::string parent;
  std::optional<std::string> on_behalf_of = std::nullopt;
};

// The rules are indices in source order: all matching rules of the deciding effect. A request with several
// faults may be rejected for any of them, so all their codes are named; then it is never allowed.
struct Answer {
  bool allowed = false;
  std::vector<std::size_t> rules;
  std::vector<std::pair<std::string, Values>> obligations = {};  // of those rules, each once
  std::set<std::string_view> errors;
  std::int64_t valid_until = INT64_MAX;  // "before it, time alone can't change the decision"
};

// A sound package's meaning; safe to share between threads.
class Oracle {
 public:
  explicit Oracle(const text::Package& package);
  [[nodiscard]] Answer decide(const Snapshot& snapshot, const Request& request) const;
  // Whether somebody holds a role, as the entity's kind names it, there at that time; also `user:*`.
  [[nodiscard]] bool holds(const Snapshot& snapshot, const std::string& who, const text::Path& role,
                           const std::string& entity, std::optional<std::int64_t> now) const;

 private:
  std::shared_ptr<const struct Tree> tree_;
};

}  // namespace policyc::oracle
