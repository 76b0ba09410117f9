// `at most | exactly | at least N KIND is ROLE`: how many principals of the kind hold the role, at each
// entity of the scope. An entity's holders stand on its path up; they are counted until the number decides.

#include <algorithm>

#include "snapshot_constraints.hpp"

namespace policyc::vm {
namespace {

class HolderCounter {
 public:
  HolderCounter(const CountedFacts& facts, const Lines& lines, Breaches& breaches)
      : facts_(facts),
        parts_(facts.parts()),
        kind_(facts.constraint().counted),
        breaches_(breaches),
        members_(parts_.lines),
        has_everyone_(parts_.lines, false),
        counted_at_(parts_.lines, 0) {
    std::vector<bool> counts(parts_.lines, false);
    for (Line line = 0; line < parts_.lines; ++line)
      facts_.each(line, [&](const Held&) { counts[line] = true; });
    for (const NodeId node : parts_.nodes_by_kind[kind_]) {
      const Line own = node - parts_.resources;
      if (counts[own]) members_[own].push_back(own);
      for (const Line in : parts_.memberships.of(own))
        if (counts[in]) members_[in].push_back(own);
    }
    if (const Line everyone = lines.of_everyone(kind_); everyone != kNoNode) {
      has_everyone_[everyone] = true;
      for (const Line in : parts_.memberships.of(everyone)) has_everyone_[in] = true;
    }
    for (Line line = 0; line < parts_.lines; ++line)
      if (!members_[line].empty() || has_everyone_[line])
        facts_.each(line, [&](const Held& held) { held_.push_back({held, line}); });
    std::sort(held_.begin(), held_.end(),
              [](const HeldBy& a, const HeldBy& b) { return a.held.entity < b.held.entity; });
  }

  void run() {
    const std::uint32_t number = facts_.constraint().count;
    const auto nodes = static_cast<NodeId>(parts_.nodes.size());
    for (const NodeId entity : facts_.entities_in(kSystemNode, nodes)) {
      if (breaches_.full()) return;
      const PathUp path = facts_.path_up(entity);
      if (facts_.bound() == Bound::least) {
        if (count(path, number) < number) report(entity, path);
      } else if (count(path, std::size_t{number} + 1) > number) {
        report(entity, path);
      }
    }
  }

 private:
  using Line = std::uint32_t;
  struct HeldBy {
    Held held;
    Line line = 0;
  };

  // Goes through the lines that give the role, up the path, until `use` has had enough.
  template <class Use>
  void each_line(const PathUp& path, Use use) const {
    for (const PathUp::Step& step : path.steps) {
      auto at = std::lower_bound(held_.begin(), held_.end(), step.at,
                                 [](const HeldBy& one, NodeId node) { return one.held.entity < node; });
      for (; at != held_.end() && at->held.entity == step.at; ++at)
        if (facts_.given(path, step, at->held.bits) != 0 && !use(step.at, at->line)) return;
    }
  }

  // Different holders, up to so many. Everyone is more than any number, and at least those who are known.
  std::size_t count(const PathUp& path, std::size_t enough) {
    ++round_;
    std::size_t number = 0;
    each_line(path, [&](NodeId, Line line) {
      if (has_everyone_[line]) {
        number = facts_.bound() == Bound::most ? enough : parts_.nodes_by_kind[kind_].size();
        return false;
      }
      for (const Line member : members_[line]) {
        if (number >= enough) return false;
        if (std::exchange(counted_at_[member], round_) != round_) ++number;
      }
      return number < enough;
    });
    return number;
  }

  void report(NodeId entity, const PathUp& path) {
    constexpr std::size_t kMostFacts = 64;  // among which a place is looked for
    Breach* const breach = breaches_.at(entity);
    if (breach == nullptr) return;
    std::vector<Line> holders;
    ++round_;
    each_line(path, [&](NodeId at, Line line) {
      if (facts_.bound() == Bound::most && breach->facts.size() < kMostFacts)
        breach->facts.emplace_back(at, line);
      for (const Line member : members_[line])
        if (std::exchange(counted_at_[member], round_) != round_) holders.push_back(member);
      if (!has_everyone_[line]) return true;
      holders = {line};
      breach->facts = {{at, line}};
      return false;
    });
    std::sort(holders.begin(), holders.end());
    for (const Line holder : holders) Breaches::add_holder(*breach, holder, 1);
  }

  const CountedFacts& facts_;
  const SnapshotParts& parts_;
  KindIndex kind_;
  Breaches& breaches_;
  std::vector<std::vector<Line>> members_;  // by line: of the kind, who holds what it gives
  std::vector<bool> has_everyone_;          // by line: everyone of the kind does
  std::vector<HeldBy> held_;                // by entity
  std::vector<std::uint32_t> counted_at_;   // by principal: the round that has counted it
  std::uint32_t round_ = 0;
};

}  // namespace

void count_holders(const CountedFacts& facts, const Lines& lines, Breaches& breaches) {
  HolderCounter(facts, lines, breaches).run();
}

}  // namespace policyc::vm
