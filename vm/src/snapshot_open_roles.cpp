// Roles that the snapshot defines, and who is granted them.
//
// A definition is a line: whoever is granted the role at the entity that defines it is in that line, as in a
// group, and the line holds there what the definition says. So it is granted where it is defined and nowhere
// else, and what it gives flows on to all below, as any role does.

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "near_names.hpp"
#include "snapshot_facts.hpp"

namespace policyc::vm {
namespace {

// So many names are compared with one that no entity has defined.
constexpr std::size_t kMostCompared = 10'000;

using Definition = DefinedRoles::Definition;

bool by_place(const Definition& a, const Definition& b) {
  return std::tie(a.entity, a.name, a.where) < std::tie(b.entity, b.name, b.where);
}

// A name means one role, wherever on the way up it is asked for. What is repeated stays, for those who are
// granted it: there will be no image.
void report_repeated(const std::vector<Definition>& all, Facts& facts, const EntityIndex& index,
                     const SnapshotParts& parts) {
  for (const Definition& one : all) {
    for (NodeId at = one.entity; at != kNoNode; at = parts.nodes[at].parent) {
      const auto first = std::lower_bound(all.begin(), all.end(), Definition{at, one.name, 0, 0}, by_place);
      if (first == all.end() || first->entity != at || first->name != one.name || &*first == &one) continue;
      facts.problems.add(BuildProblem::duplicate_role, one.where, first->where,
                         facts.name_of(index.fact_of(one.entity)), std::string(one.name));
      break;
    }
  }
}

}  // namespace

DefinedRoles::DefinedRoles(Facts& facts, const EntityIndex& index, SnapshotParts& parts) {
  for (const RoleFact& fact : facts.roles) {
    const NodeId entity = index.find(fact.entity_kind, fact.entity);
    const std::string name = facts.name_of(fact.entity_kind, fact.entity);
    if (entity == kNoNode)
      facts.problems.add(BuildProblem::unknown_entity, fact.where, name, name);
    else
      all_.push_back({entity, fact.name, fact.bits, fact.where});
  }
  std::sort(all_.begin(), all_.end(), by_place);
  report_repeated(all_, facts, index, parts);
  for (const Definition& one : all_) parts.definitions.push_back({one.entity, one.name});
}

std::size_t DefinedRoles::find(NodeId entity, std::string_view name) const {
  const auto at = std::lower_bound(all_.begin(), all_.end(), Definition{entity, name, 0, 0}, by_place);
  const bool found = at != all_.end() && at->entity == entity && at->name == name;
  return found ? static_cast<std::size_t>(at - all_.begin()) : all_.size();
}

namespace {

class DefinedGrants {
 public:
  DefinedGrants(Facts& facts, const EntityIndex& index, const Lines& lines, const SnapshotParts& parts)
      : facts_(facts), index_(index), lines_(lines), parts_(parts) {}

  std::vector<DefinedStep> steps() {
    for (const DefinedGrantFact& fact : facts_.defined_grants) add(fact);
    std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
      return std::tie(a.step.from, a.step.to, a.step.window, a.step.where) <
             std::tie(b.step.from, b.step.to, b.step.window, b.step.where);
    });
    std::vector<DefinedStep> all;
    for (const Found& one : found_) {
      if (!all.empty() && all.back().from == one.step.from && all.back().to == one.step.to &&
          all.back().window == one.step.window)
        warn_of_duplicate(*one.fact, all.back().where);
      else
        all.push_back(one.step);
    }
    return all;
  }

 private:
  struct Found {
    DefinedStep step;
    const DefinedGrantFact* fact;
  };

  void add(const DefinedGrantFact& fact) {
    const GrantFact& grant = fact.grant;
    const std::string grantee = facts_.name_of_grantee(grant);
    const std::string on = facts_.name_of(grant.entity_kind, grant.entity);
    if (grant.to_everyone) {
      facts_.problems.add(BuildProblem::open_to_everyone, grant.where, grantee, std::string(fact.name));
      return;
    }
    const std::uint32_t from = lines_.of(grant);
    const NodeId entity = index_.find(grant.entity_kind, grant.entity);
    if (from == kNoNode)
      facts_.problems.add(BuildProblem::unknown_entity, grant.where, grantee,
                          facts_.name_of(grant.principal_kind, grant.principal));
    if (entity == kNoNode) facts_.problems.add(BuildProblem::unknown_entity, grant.where, grantee, on);
    if (from == kNoNode || entity == kNoNode) return;
    const NodeId root = index_.root_of(index_.find(grant.principal_kind, grant.principal));
    const NodeId other = index_.root_of(entity);
    const bool cross = facts_.schema->kinds[grant.entity_kind].cross;
    if (!cross && root != kSystemNode && other != kSystemNode && root != other) {
      facts_.problems.add(BuildProblem::cross_root, grant.where, grantee, on);
      return;
    }
    const std::size_t number = lines_.defined().find(entity, fact.name);
    if (number == lines_.defined().all().size()) return unknown(fact, entity, on);
    const Window window = facts_.window_of(grant);
    if (window.from >= window.until) {
      facts_.problems.add(BuildProblem::empty_window, grant.where, grantee,
                          std::string(fact.name) + " on " + on);
      return;
    }
    found_.push_back(
        {{from, lines_.first_defined() + static_cast<std::uint32_t>(number), grant.where, window}, &fact});
  }

  // Said once for each name that is written, however many are granted it there.
  void unknown(const DefinedGrantFact& fact, NodeId entity, const std::string& on) {
    if (!said_.insert(fact.name_where).second) return;
    const std::string above = defined_above(entity, fact.name);
    const bool is_above = !above.empty();
    facts_.problems.add(is_above ? BuildProblem::role_elsewhere : BuildProblem::unknown_role, fact.name_where,
                        on, std::string(fact.name));
    facts_.problems.list().back().near = is_above ? above : near_name(fact, entity);
  }

  [[nodiscard]] std::string defined_above(NodeId entity, std::string_view name) const {
    for (NodeId at = parts_.nodes[entity].parent; at != kNoNode; at = parts_.nodes[at].parent)
      if (lines_.defined().find(at, name) != lines_.defined().all().size())
        return facts_.name_of(index_.fact_of(at));
    return {};
  }

  // Of what the entity defines, and of what the policy declares on its kind.
  [[nodiscard]] std::string near_name(const DefinedGrantFact& fact, NodeId entity) {
    NearestName nearest(fact.name);
    const std::vector<Definition>& all = lines_.defined().all();
    auto one = std::lower_bound(all.begin(), all.end(), Definition{entity, {}, 0, 0}, by_place);
    for (; one != all.end() && one->entity == entity && compared_++ < kMostCompared; ++one)
      (void)nearest.offer(one->name);
    for (const RoleIndex role : facts_.schema->kinds[fact.grant.entity_kind].roles)
      if (facts_.schema->roles[role].grantable) (void)nearest.offer(facts_.schema->roles[role].name);
    return std::string(nearest.best());
  }

  void warn_of_duplicate(const DefinedGrantFact& fact, std::uint64_t first) {
    const GrantFact& grant = fact.grant;
    facts_.problems.add(BuildProblem::duplicate_grant, grant.where, first, facts_.name_of_grantee(grant),
                        std::string(fact.name) + " on " + facts_.name_of(grant.entity_kind, grant.entity));
  }

  Facts& facts_;
  const EntityIndex& index_;
  const Lines& lines_;
  const SnapshotParts& parts_;
  std::vector<Found> found_;
  std::set<std::uint64_t> said_;
  std::size_t compared_ = 0;
};

}  // namespace

std::vector<DefinedStep> granted_definitions(Facts& facts, const EntityIndex& index, const Lines& lines,
                                             const SnapshotParts& parts) {
  return DefinedGrants(facts, index, lines, parts).steps();
}

}  // namespace policyc::vm
