// Which groups and usersets each principal is in, directly or through others.
//
// "Is in" leads from line to line: from a member to its group, and from whoever holds
// a userset's role to the userset. The way never leads back, or it is an error; so the
// lines that are reached from one are those of its direct steps, and theirs.

#include <algorithm>
#include <utility>

#include "snapshot_facts.hpp"
#include "snapshot_format.hpp"
#include "snapshot_windows.hpp"

namespace policyc::vm {
namespace {

// A cycle is shown up to this length.
constexpr std::size_t kShownMembers = 8;

class MembershipBuilder {
 public:
  MembershipBuilder(Facts& facts, const EntityIndex& index, const Lines& lines, SnapshotParts& parts)
      : facts_(facts),
        schema_(*facts.schema),
        index_(index),
        lines_(lines),
        parts_(parts),
        direct_(parts.lines),
        where_(parts.lines, 0),
        timed_(parts, facts.problems) {}

  void build() {
    add_members();
    add_usersets();
    for (const DefinedStep& one : granted_definitions(facts_, index_, lines_, parts_))
      step(one.from, one.to, one.where, one.window);
    const bool has_any =
        std::any_of(direct_.begin(), direct_.end(), [](const auto& steps) { return !steps.empty(); });
    if (has_any || timed_.has_steps()) close();
    Memberships& all = parts_.memberships;
    all.ends.reserve(parts_.lines);
    timed_.hold_for_a_time();
    for (std::uint32_t line = 0; line < parts_.lines; ++line) {
      if (!reached_.empty()) all.all.insert(all.all.end(), reached_[line].begin(), reached_[line].end());
      all.ends.push_back(all.all.size());
    }
    if (!reached_.empty()) refuse_everyone();
    release(facts_.members);
  }

 private:
  using Line = std::uint32_t;

  void add_members() {
    std::vector<std::pair<std::uint64_t, const MemberFact*>> named;  // group and member
    for (const MemberFact& member : facts_.members) {
      const NodeId group = index_.find(member.group_kind, member.group);
      const NodeId node = index_.find(member.member_kind, member.member);
      const std::string name = facts_.name_of(member.member_kind, member.member);
      if (((schema_.kinds[member.group_kind].members >> member.member_kind) & 1) == 0)
        complain(BuildProblem::wrong_member_kind, member, name);
      else if (group == kNoNode)
        complain(BuildProblem::unknown_entity, member, facts_.name_of(member.group_kind, member.group));
      else if (node == kNoNode)
        complain(BuildProblem::unknown_entity, member, name);
      else if (!schema_.kinds[member.group_kind].cross && crosses_roots(group, node))
        complain(BuildProblem::cross_root, member, name);
      else
        named.emplace_back(std::uint64_t{group - parts_.resources} << 32 | (node - parts_.resources),
                           &member);
    }
    std::sort(named.begin(), named.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second->where < b.second->where;
    });
    for (std::size_t i = 0; i < named.size(); ++i) {
      const MemberFact& member = *named[i].second;
      if (i > 0 && named[i - 1].first == named[i].first) {
        facts_.problems.add(BuildProblem::duplicate_member, member.where, named[i - 1].second->where,
                            facts_.name_of(member.group_kind, member.group),
                            facts_.name_of(member.member_kind, member.member));
        continue;
      }
      const auto from = static_cast<Line>(named[i].first);
      step(from, static_cast<Line>(named[i].first >> 32), member.where);
    }
  }

  void complain(BuildProblem problem, const MemberFact& member, std::string object) {
    facts_.problems.add(problem, member.where, facts_.name_of(member.group_kind, member.group),
                        std::move(object));
  }

  // A group of no root belongs to no organization: a member that belongs to one comes from elsewhere.
  [[nodiscard]] bool crosses_roots(NodeId group, NodeId member) const {
    const NodeId root = index_.root_of(member);
    return root != kSystemNode && root != index_.root_of(group);
  }

  void step(Line from, Line to, std::uint64_t where, const Window& window = {}) {
    note_where(from, where);
    if (window.is_always())
      direct_[from].push_back(to);
    else
      timed_.step(from, to, window);
  }

  // Of the first of a line's steps: called before it is added.
  void note_where(Line line, std::uint64_t where) {
    if (steps_of(line) == 0 || where < where_[line]) where_[line] = where;
  }

  // Whether a grant or an attribute can make anybody hold the role, or one that includes it.
  [[nodiscard]] bool can_have_anyone(const RoleInfo& role) const {
    return std::any_of(schema_.roles.begin(), schema_.roles.end(), [&](const RoleInfo& one) {
      const bool is_given = one.grantable || one.is_open || !one.attribute_sources.empty();
      return is_given && one.flow_bit != kNoBit &&
             std::any_of(role.userset.begin(), role.userset.end(), [&](const KindBits& bits) {
               return bits.kind == one.kind && ((bits.mask >> one.flow_bit) & 1) != 0;
             });
    });
  }

  void warn_of_empty(Line number) {
    const Line userset = lines_.first_userset() + number;
    facts_.problems.add(BuildProblem::empty_userset, first_grant_to(userset), lines_.name_of(userset),
                        schema_.roles[lines_.usersets()[number].role].name);
  }

  // Everyone who holds, by grant or attribute, a bit of the userset's role at its entity or above.
  void add_usersets() {
    struct Counts {
      NodeId entity;
      std::uint64_t mask;
      Line userset;
    };
    std::vector<Counts> counts;
    for (std::size_t i = 0; i < lines_.usersets().size(); ++i) {
      const Lines::Userset& userset = lines_.usersets()[i];
      if (!can_have_anyone(schema_.roles[userset.role])) warn_of_empty(static_cast<std::uint32_t>(i));
      for (NodeId at = userset.entity; at != kNoNode; at = parts_.nodes[at].parent)
        for (const KindBits& bits : schema_.roles[userset.role].userset)
          if (bits.kind == parts_.nodes[at].kind)
            counts.push_back({at, bits.mask, lines_.first_userset() + static_cast<Line>(i)});
    }
    std::sort(counts.begin(), counts.end(),
              [](const Counts& a, const Counts& b) { return a.entity < b.entity; });
    if (counts.empty()) return;
    for (Line line = 0; line < parts_.lines; ++line) {
      for (const HeldRows* rows : {&parts_.granted, &parts_.derived}) {
        for (const Held& held : rows->of(line)) {
          auto at = std::lower_bound(counts.begin(), counts.end(), held.entity,
                                     [](const Counts& a, NodeId entity) { return a.entity < entity; });
          for (; at != counts.end() && at->entity == held.entity; ++at)
            if ((at->mask & held.bits) != 0) step(line, at->userset, first_grant_to(at->userset));
        }
      }
    }
    for (const Windowed& held : parts_.windowed) {
      auto at = std::lower_bound(counts.begin(), counts.end(), held.entity,
                                 [](const Counts& a, NodeId entity) { return a.entity < entity; });
      for (; at != counts.end() && at->entity == held.entity; ++at) {
        if ((at->mask & held.bits) == 0) continue;
        step(held.line, at->userset, first_grant_to(at->userset), held.window);
      }
    }
  }

  // Where a userset is written first: the place to show when it is in a cycle.
  [[nodiscard]] std::uint64_t first_grant_to(Line userset) const {
    std::uint64_t where = ~std::uint64_t{0};
    const auto look_at = [&](const GrantFact& grant) {
      if (grant.userset != kNoIndex && lines_.of(grant) == userset) where = std::min(where, grant.where);
    };
    for (const GrantFact& grant : facts_.grants) look_at(grant);
    for (const DefinedGrantFact& one : facts_.defined_grants) look_at(one.grant);
    return where;
  }

  // Depth first, with a stack of its own: text may nest groups deeper than is allowed.
  void close() {
    reached_.resize(parts_.lines);
    state_.assign(parts_.lines, State::fresh);
    depths_.assign(parts_.lines, 0);
    for (Line line = 0; line < parts_.lines; ++line)
      if (state_[line] == State::fresh && steps_of(line) != 0) close_from(line);
  }

  // A line's steps that count always, then those that count for a time: neither may lead back.
  [[nodiscard]] std::size_t steps_of(Line line) const {
    return direct_[line].size() + timed_.steps_of(line).size();
  }
  [[nodiscard]] Line step_of(Line line, std::size_t i) const {
    const std::vector<Line>& always = direct_[line];
    return i < always.size() ? always[i] : timed_.steps_of(line)[i - always.size()].to;
  }

  void close_from(Line start) {
    std::vector<std::pair<Line, std::size_t>> stack = {{start, 0}};  // a line, and its next step
    state_[start] = State::open;
    while (!stack.empty()) {
      const Line line = stack.back().first;
      if (stack.back().second == steps_of(line)) {
        finish(line);
        stack.pop_back();
        continue;
      }
      const Line next = step_of(line, stack.back().second++);
      if (state_[next] == State::open) {
        report_cycle(stack, next);
      } else if (state_[next] == State::fresh) {
        state_[next] = State::open;
        stack.emplace_back(next, 0);
      }
    }
  }

  void finish(Line line) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < steps_of(line); ++i)
      depth = std::max(depth, std::size_t{depths_[step_of(line, i)]} + 1);
    // Said of the first that is too deep, not of all above it; and nothing is built then.
    if (depth == kMaxGroupDepth + 1)
      facts_.problems.add(BuildProblem::groups_too_deep, where_[line], lines_.name_of(line), {});
    depths_[line] = static_cast<std::uint8_t>(std::min(depth, kMaxGroupDepth + 2));
    if (depth > kMaxGroupDepth) {
      state_[line] = State::closed;
      return;
    }
    std::vector<Line>& all = reached_[line];
    for (const Line next : direct_[line]) {
      all.push_back(next);
      all.insert(all.end(), reached_[next].begin(), reached_[next].end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    timed_.close(line, reached_);
    state_[line] = State::closed;
  }

  // Shown from its first line on, whichever was met first.
  void report_cycle(const std::vector<std::pair<Line, std::size_t>>& stack, Line back) {
    std::vector<Line> cycle;
    for (std::size_t i = stack.size(); i-- > 0;) {
      cycle.push_back(stack[i].first);
      if (stack[i].first == back) break;
    }
    std::reverse(cycle.begin(), cycle.end());
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    std::string shown;
    for (std::size_t i = 0; i < std::min(cycle.size(), kShownMembers); ++i)
      shown += lines_.name_of(cycle[i]) + " > ";
    if (cycle.size() > kShownMembers) shown += "… > ";
    shown += lines_.name_of(cycle.front());
    facts_.problems.add(BuildProblem::member_cycle, where_[cycle.front()], lines_.name_of(cycle.front()),
                        std::move(shown));
  }

  // A userset that everyone is in gives what is granted to it to everyone.
  void refuse_everyone() {
    for (const GrantFact& grant : facts_.grants)
      if (!schema_.roles[grant.role].is_public)
        refuse_everyone(grant, BuildProblem::not_public, schema_.roles[grant.role].name);
    for (const DefinedGrantFact& one : facts_.defined_grants)
      refuse_everyone(one.grant, BuildProblem::open_to_everyone, one.name);
  }

  void refuse_everyone(const GrantFact& grant, BuildProblem problem, std::string_view role) {
    const Line userset = grant.userset == kNoIndex ? kNoNode : lines_.of(grant);
    if (userset == kNoNode) return;
    for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind) {
      const Line everyone = lines_.of_everyone(static_cast<KindIndex>(kind));
      if (everyone == kNoNode) continue;
      const std::vector<Line>& in = reached_[everyone];
      if (std::binary_search(in.begin(), in.end(), userset) || timed_.leads(everyone, in, userset))
        facts_.problems.add(problem, grant.where, facts_.name_of_grantee(grant), std::string(role));
    }
  }

  enum class State : std::uint8_t { fresh, open, closed };

  Facts& facts_;
  const Schema& schema_;
  const EntityIndex& index_;
  const Lines& lines_;
  SnapshotParts& parts_;
  std::vector<std::vector<Line>> direct_;
  std::vector<std::uint64_t> where_;  // of the first of a line's steps
  std::vector<std::vector<Line>> reached_;
  std::vector<State> state_;
  std::vector<std::uint8_t> depths_;  // how many steps the longest way from a line has
  TimedMemberships timed_;
};

}  // namespace

void build_memberships(Facts& facts, const EntityIndex& index, const Lines& lines, SnapshotParts& parts) {
  MembershipBuilder(facts, index, lines, parts).build();
}

}  // namespace policyc::vm
