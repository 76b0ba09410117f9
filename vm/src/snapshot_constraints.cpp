// Constraints of the schema on the facts of a snapshot: which are broken at which entity, said in words and
// shown at a grant that has a part in it, or at the entity.

#include "snapshot_constraints.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <unordered_map>

namespace policyc::vm {

CountedFacts::CountedFacts(const Schema& schema, const SnapshotParts& parts, const ConstraintInfo& constraint,
                           Bound bound)
    : schema_(schema), parts_(parts), constraint_(constraint), bound_(bound), by_kind_(schema.kinds.size()) {
  for (std::size_t i = 0; i < constraint.roles.size(); ++i)
    for (const CountedBits& bits : constraint.roles[i].bits)
      by_kind_[bits.kind].push_back({bits.mask, bits.path, std::uint64_t{1} << i});
}

std::uint64_t CountedFacts::possible(const Held& held) const {
  std::uint64_t roles = 0;
  for (const Counted& one : by_kind_[parts_.nodes[held.entity].kind])
    if ((one.mask & held.bits) != 0) roles |= one.role;
  return roles;
}

std::uint64_t CountedFacts::given(const PathUp& path, const PathUp::Step& step, std::uint64_t bits) const {
  std::uint64_t roles = 0;
  for (const Counted& one : by_kind_[parts_.nodes[step.at].kind])
    if ((one.mask & bits & step.counted) != 0 && (one.path & ~path.kinds) == 0) roles |= one.role;
  return roles;
}

std::uint64_t CountedFacts::given(const PathUp& path, const PathUp::Step& step, std::uint32_t line) const {
  std::uint64_t roles = 0;
  each(line, [&](const Held& held) {
    if (held.entity == step.at) roles |= given(path, step, held.bits);
  });
  return roles;
}

PathUp CountedFacts::path_up(NodeId entity) const {
  PathUp path;
  for (NodeId at = entity; at != kNoNode; at = parts_.nodes[at].parent) {
    const KindIndex kind = parts_.nodes[at].kind;
    const std::uint64_t bit = std::uint64_t{1} << kind;
    const std::uint64_t hidden = (path.kinds & bit) != 0 ? schema_.kinds[kind].rolled_up_bits : 0;
    path.kinds |= bit;
    path.steps.push_back({at, ~hidden});
  }
  return path;
}

std::span<const NodeId> CountedFacts::entities_in(NodeId begin, NodeId end) const {
  const std::vector<NodeId>& all = parts_.nodes_by_kind[constraint_.scope];
  const auto first = std::lower_bound(all.begin(), all.end(), begin);
  return {first, std::lower_bound(first, all.end(), end)};
}

namespace {

class Reporter {
 public:
  Reporter(Facts& facts, const EntityIndex& index, const Lines& lines, const SnapshotParts& parts)
      : facts_(facts), schema_(*facts.schema), index_(index), lines_(lines), parts_(parts) {}

  void check(const ConstraintInfo& constraint) {
    if (constraint.form == ConstraintForm::at_most_of) return check(constraint, Bound::most);
    if (constraint.form != ConstraintForm::at_least) check(constraint, Bound::most);
    if (constraint.form != ConstraintForm::at_most) check(constraint, Bound::least);
  }

 private:
  using Line = std::uint32_t;

  void check(const ConstraintInfo& constraint, Bound bound) {
    const CountedFacts counted(schema_, parts_, constraint, bound);
    Breaches breaches;
    if (constraint.form == ConstraintForm::at_most_of)
      count_roles(counted, lines_, breaches);
    else
      count_holders(counted, lines_, breaches);
    if (breaches.found().empty()) return;
    const std::unordered_map<NodeId, std::uint64_t> places = places_of(counted, breaches);
    for (const auto& [entity, breach] : breaches.found()) {
      const EntityFact& fact = index_.fact_of(entity);
      const auto granted = places.find(entity);
      facts_.problems.add(BuildProblem::constraint_broken,
                          granted == places.end() ? fact.where : granted->second, facts_.name_of(fact),
                          constraint.title);
      facts_.problems.list().back().detail = words(constraint, breach);
    }
  }

  // Of the grants that have a part in a breach the last: without it there was one less.
  [[nodiscard]] std::unordered_map<NodeId, std::uint64_t> places_of(const CountedFacts& counted,
                                                                    Breaches& breaches) const {
    std::unordered_multimap<std::uint64_t, NodeId> wanted;
    for (const auto& [entity, breach] : breaches.found())
      for (const auto& [at, line] : breach.facts) wanted.emplace(std::uint64_t{at} << 32 | line, entity);
    std::unordered_map<NodeId, std::uint64_t> places;
    for (const GrantFact& grant : facts_.grants) {
      const NodeId at = index_.find(grant.entity_kind, grant.entity);
      const std::uint64_t bit = std::uint64_t{1} << schema_.roles[grant.role].flow_bit;
      if (counted.possible({at, bit}) == 0) continue;
      const auto [begin, end] = wanted.equal_range(std::uint64_t{at} << 32 | lines_.of(grant));
      for (auto one = begin; one != end; ++one) {
        std::uint64_t& place = places.try_emplace(one->second, grant.where).first->second;
        place = std::max(place, grant.where);
      }
    }
    return places;
  }

  [[nodiscard]] std::string words(const ConstraintInfo& constraint, const Breach& breach) const {
    if (constraint.form == ConstraintForm::at_most_of) return words_of_roles(constraint, breach);
    const std::string role = role_name(constraint, 0);
    const std::string number = std::to_string(constraint.count);
    const std::string asked = constraint.form == ConstraintForm::at_most   ? "at most " + number + " may"
                              : constraint.form == ConstraintForm::exactly ? "exactly " + number + " must"
                                                                           : "at least " + number + " must";
    if (breach.holders.empty())
      return "no " + schema_.kinds[constraint.counted].name + " holds " + role + ", where " + asked;
    std::vector<std::string> names;
    for (const Breach::Holder& holder : breach.holders) names.push_back(lines_.name_of(holder.line));
    if (breach.more > 0) names.push_back(std::to_string(breach.more) + " more");
    return listed(names) + (names.size() == 1 ? " holds " : " hold ") + role + ", where " + asked;
  }

  [[nodiscard]] std::string words_of_roles(const ConstraintInfo& constraint, const Breach& breach) const {
    std::string text;
    for (const Breach::Holder& holder : breach.holders) {
      std::vector<std::string> roles;
      for (std::uint64_t left = holder.roles; left != 0; left &= left - 1)
        roles.push_back(role_name(constraint, static_cast<std::size_t>(std::countr_zero(left))));
      text += (text.empty() ? "" : "; ") + lines_.name_of(holder.line) + " holds " + listed(roles);
    }
    if (breach.more > 0) text += "; and so on for " + std::to_string(breach.more) + " more";
    return text;
  }

  // As the policy would name it at an entity of the scope.
  [[nodiscard]] std::string role_name(const ConstraintInfo& constraint, std::size_t place) const {
    const RoleInfo& role = schema_.roles[constraint.roles[place].role];
    return role.kind == constraint.scope ? role.name : schema_.kinds[role.kind].name + "." + role.name;
  }

  [[nodiscard]] static std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
      text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    return text;
  }

  Facts& facts_;
  const Schema& schema_;
  const EntityIndex& index_;
  const Lines& lines_;
  const SnapshotParts& parts_;
};

}  // namespace

void report_breaches(Facts& facts, const EntityIndex& index, const Lines& lines, const SnapshotParts& parts) {
  Reporter reporter(facts, index, lines, parts);
  for (const ConstraintInfo& constraint : facts.schema->constraints) reporter.check(constraint);
}

}  // namespace policyc::vm
