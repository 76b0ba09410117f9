// `at most N of ROLES`: how many of the roles each principal holds, at each entity of the scope.
//
// Most principals hold at most N of them anywhere, which is known from their lines without looking at
// entities. For the others the entities at which they have something are gone through from the top: below one
// where they may hold too many, and there alone, the scope's entities are looked at one by one.

#include <algorithm>
#include <bit>

#include "snapshot_constraints.hpp"

namespace policyc::vm {
namespace {

class RoleCounter {
 public:
  RoleCounter(const CountedFacts& facts, const Lines& lines, Breaches& breaches)
      : facts_(facts), parts_(facts.parts()), lines_(lines), breaches_(breaches), anywhere_(parts_.lines, 0) {
    for (Line line = 0; line < parts_.lines; ++line)
      facts_.each(line, [&](const Held& held) { anywhere_[line] |= facts_.possible(held); });
  }

  void run() {
    const auto most = static_cast<int>(std::min<std::uint32_t>(facts_.constraint().count, 64));
    const std::vector<KindInfo>& kinds = facts_.schema().kinds;
    // What everyone holds is too many, whatever its number.
    for (std::size_t kind = 0; kind < kinds.size(); ++kind)
      if (const Line everyone = lines_.of_everyone(static_cast<KindIndex>(kind)); everyone != kNoNode)
        add(everyone, lines_through(everyone, kNoNode), 0);
    const auto principals = static_cast<Line>(parts_.nodes.size() - parts_.resources);
    for (Line who = 0; who < principals && left_ > 0; ++who)
      add(who, lines_through(who, lines_.of_everyone(parts_.nodes[parts_.resources + who].kind)), most);
  }

 private:
  using Line = std::uint32_t;
  struct Found {
    NodeId entity = 0;
    std::uint64_t roles = 0;
  };

  // The lines that give the principal anything: its own first.
  [[nodiscard]] std::vector<Line> lines_through(Line who, Line everyone) const {
    std::vector<Line> all;
    const auto add_all = [&](Line line) {
      if (line == kNoNode) return;
      if (anywhere_[line] != 0) all.push_back(line);
      for (const Line in : parts_.memberships.of(line))
        if (anywhere_[in] != 0) all.push_back(in);
    };
    add_all(who);
    add_all(everyone);
    return all;
  }

  void add(Line who, const std::vector<Line>& through, int most) {
    std::uint64_t anywhere = 0;
    for (const Line line : through) anywhere |= anywhere_[line];
    if (std::popcount(anywhere) <= most) return;
    // Whoever has nothing of his own holds what all others in the same groups hold.
    if (through.front() != who) {
      const auto [known, fresh] = by_groups_.try_emplace({most, through});
      if (fresh) known->second = look(through, most);
      return keep(who, through, known->second);
    }
    keep(who, through, look(through, most));
  }

  void keep(Line who, const std::vector<Line>& through, const std::vector<Found>& found) {
    for (const Found& one : found) {
      if (left_ == 0) return;
      Breach* const breach = breaches_.at(one.entity);
      if (breach == nullptr) continue;
      --left_;
      Breaches::add_holder(*breach, who, one.roles);
      if (breach->holders.size() > 1 || breach->more > 0) continue;
      const PathUp path = facts_.path_up(one.entity);
      for (const PathUp::Step& step : path.steps)
        for (const Line line : through)
          if (facts_.given(path, step, line) != 0) breach->facts.emplace_back(step.at, line);
    }
  }

  // The entities of the scope at which these lines together give more than so many roles.
  [[nodiscard]] std::vector<Found> look(const std::vector<Line>& through, int most) const {
    std::vector<Held> held;
    for (const Line line : through) facts_.each(line, [&](const Held& one) { held.push_back(one); });
    std::sort(held.begin(), held.end(), [](const Held& a, const Held& b) { return a.entity < b.entity; });
    struct Open {
      NodeId end = 0;
      std::uint64_t roles = 0;
    };
    std::vector<Open> open;
    std::vector<Found> found;
    for (const Held& one : held) {
      while (!open.empty() && one.entity >= open.back().end) open.pop_back();
      const std::uint64_t above = open.empty() ? 0 : open.back().roles;
      const std::uint64_t roles = above | facts_.possible(one);
      open.push_back({parts_.nodes[one.entity].end, roles});
      // Below what was looked at already.
      if (std::popcount(roles) <= most || std::popcount(above) > most) continue;
      for (const NodeId entity : facts_.entities_in(one.entity, open.back().end))
        if (const std::uint64_t here = roles_at(entity, held); std::popcount(here) > most)
          found.push_back({entity, here});
    }
    return found;
  }

  [[nodiscard]] std::uint64_t roles_at(NodeId entity, const std::vector<Held>& held) const {
    const PathUp path = facts_.path_up(entity);
    std::uint64_t roles = 0;
    for (const PathUp::Step& step : path.steps) {
      auto at = std::lower_bound(held.begin(), held.end(), step.at,
                                 [](const Held& one, NodeId node) { return one.entity < node; });
      for (; at != held.end() && at->entity == step.at; ++at) roles |= facts_.given(path, step, at->bits);
    }
    return roles;
  }

  const CountedFacts& facts_;
  const SnapshotParts& parts_;
  const Lines& lines_;
  Breaches& breaches_;
  std::vector<std::uint64_t> anywhere_;  // by line: the roles that it gives somewhere
  std::map<std::pair<int, std::vector<Line>>, std::vector<Found>> by_groups_;
  std::size_t left_ = 1'000'000;  // principals at entities; nobody corrects more
};

}  // namespace

void count_roles(const CountedFacts& facts, const Lines& lines, Breaches& breaches) {
  RoleCounter(facts, lines, breaches).run();
}

}  // namespace policyc::vm
