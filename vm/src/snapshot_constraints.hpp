#pragma once

// What constraints are counted on, while a snapshot is built: for each of its lines the entities at which it
// has raw bits that make somebody a holder of a role that the constraint names.
//
//   snapshot_constraint_roles.cpp    how many of the roles each principal holds
//   snapshot_constraint_holders.cpp  how many principals hold the role
//   snapshot_constraints.cpp         where they break the constraint, in words
//
// Both count along the facts. No entity is put against every principal.

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "snapshot_facts.hpp"

namespace policyc::vm {

// What a constraint asks for: no more than its number, or no fewer. `exactly` asks for both.
enum class Bound : std::uint8_t { most, least };

// From an entity up to system: where facts about it stand.
struct PathUp {
  struct Step {
    NodeId at = 0;
    std::uint64_t counted = 0;  // raw bits that count here: what is rolled up does at the nearest of its kind
  };
  std::vector<Step> steps;
  std::uint64_t kinds = 0;  // bit set
};

class CountedFacts {
 public:
  CountedFacts(const Schema& schema, const SnapshotParts& parts, const ConstraintInfo& constraint,
               Bound bound);

  // Where the line has what may count, and its raw bits there. The one place that says which facts count:
  // what is held for a time may be too much then, and is never enough.
  template <class Use>
  void each(std::uint32_t line, Use use) const {
    const auto one = [&](const Held& held) {
      if (possible(held) != 0) use(held);
    };
    for (const HeldRows* rows : {&parts_.granted, &parts_.derived})
      for (const Held& held : rows->of(line)) one(held);
    if (bound_ == Bound::most)
      for (const Windowed& held : windows_of(parts_.windowed, line)) one({held.entity, held.bits});
  }

  // The roles, by their places in the constraint, that the bits give at some entity at or below; and those
  // that they give at the one that the path leads up from.
  [[nodiscard]] std::uint64_t possible(const Held& held) const;
  [[nodiscard]] std::uint64_t given(const PathUp& path, const PathUp::Step& step, std::uint64_t bits) const;
  // What it gives for the bits that the line has at the step.
  [[nodiscard]] std::uint64_t given(const PathUp& path, const PathUp::Step& step, std::uint32_t line) const;

  [[nodiscard]] PathUp path_up(NodeId entity) const;
  // The scope's entities among the nodes from `begin` to before `end`.
  [[nodiscard]] std::span<const NodeId> entities_in(NodeId begin, NodeId end) const;

  [[nodiscard]] const Schema& schema() const noexcept { return schema_; }
  [[nodiscard]] const SnapshotParts& parts() const noexcept { return parts_; }
  [[nodiscard]] const ConstraintInfo& constraint() const noexcept { return constraint_; }
  [[nodiscard]] Bound bound() const noexcept { return bound_; }

 private:
  struct Counted {
    std::uint64_t mask = 0;
    std::uint64_t path = 0;
    std::uint64_t role = 0;  // one bit
  };

  const Schema& schema_;
  const SnapshotParts& parts_;
  const ConstraintInfo& constraint_;
  Bound bound_;
  std::vector<std::vector<Counted>> by_kind_;
};

// One constraint that one entity breaks.
struct Breach {
  struct Holder {
    std::uint32_t line = 0;
    std::uint64_t roles = 0;  // by their places in the constraint
  };
  std::vector<Holder> holders;  // the first of them
  std::size_t more = 0;
  // Whose facts at which entities make it so: a grant among them is the place to show.
  std::vector<std::pair<NodeId, std::uint32_t>> facts;
};

class Breaches {
 public:
  // So many entities are told apart for one constraint, and so many holders are named for each.
  static constexpr std::size_t kMost = 1000;
  static constexpr std::size_t kShown = 3;

  // Null if there is no room for another.
  [[nodiscard]] Breach* at(NodeId entity) {
    if (found_.size() == kMost && !found_.contains(entity)) return nullptr;
    return &found_[entity];
  }
  static void add_holder(Breach& breach, std::uint32_t line, std::uint64_t roles) {
    if (breach.holders.size() < kShown)
      breach.holders.push_back({line, roles});
    else
      ++breach.more;
  }
  [[nodiscard]] bool full() const noexcept { return found_.size() == kMost; }
  [[nodiscard]] std::map<NodeId, Breach>& found() noexcept { return found_; }

 private:
  std::map<NodeId, Breach> found_;
};

// `at most N of ROLES`.
void count_roles(const CountedFacts& facts, const Lines& lines, Breaches& breaches);
// `at most | exactly | at least N KIND is ROLE`, for one of the two bounds.
void count_holders(const CountedFacts& facts, const Lines& lines, Breaches& breaches);

}  // namespace policyc::vm
