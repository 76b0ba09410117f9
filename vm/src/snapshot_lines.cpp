// Who can hold something in a snapshot, beside those who ask: groups, everyone of a
// kind, whoever holds a role somewhere, and whoever is granted a role that the snapshot defines.

#include <algorithm>

#include "snapshot_facts.hpp"

namespace policyc::vm {

std::string Facts::name_of_grantee(const GrantFact& grant) const {
  if (grant.to_everyone) return schema->kinds[grant.principal_kind].name + ":*";
  std::string name = name_of(grant.principal_kind, grant.principal);
  if (grant.userset != kNoIndex) name.append("#").append(schema->roles[grant.userset].name);
  return name;
}

Lines::Lines(const Facts& facts, const EntityIndex& index, const DefinedRoles& defined, SnapshotParts& parts)
    : facts_(facts), index_(index), defined_(defined), resources_(parts.resources) {
  std::uint32_t next = static_cast<std::uint32_t>(parts.nodes.size()) - resources_;
  for (const KindInfo& kind : facts.schema->kinds)
    everyone_.push_back(kind.category == KindCategory::subject ? next++ : kNoNode);
  first_userset_ = next;
  const auto add_userset = [&](const GrantFact& grant) {
    if (grant.userset == kNoIndex) return;
    const NodeId entity = index.find(grant.principal_kind, grant.principal);
    if (entity != kNoNode) usersets_.push_back({entity, grant.userset});
  };
  for (const GrantFact& grant : facts.grants) add_userset(grant);
  for (const DefinedGrantFact& one : facts.defined_grants) add_userset(one.grant);
  std::sort(usersets_.begin(), usersets_.end());
  usersets_.erase(std::unique(usersets_.begin(), usersets_.end()), usersets_.end());
  parts.lines = first_defined() + static_cast<std::uint32_t>(defined.all().size());
}

std::uint32_t Lines::of(const GrantFact& grant) const {
  if (grant.to_everyone) return everyone_[grant.principal_kind];
  const NodeId entity = index_.find(grant.principal_kind, grant.principal);
  if (entity == kNoNode) return kNoNode;
  if (grant.userset == kNoIndex) return entity - resources_;
  const auto at = std::lower_bound(usersets_.begin(), usersets_.end(), Userset{entity, grant.userset});
  return first_userset_ + static_cast<std::uint32_t>(at - usersets_.begin());
}

std::string Lines::name_of(std::uint32_t line) const {
  if (line >= first_defined()) {
    const DefinedRoles::Definition& definition = defined_.all()[line - first_defined()];
    return facts_.name_of(index_.fact_of(definition.entity)) + "#" + std::string(definition.name);
  }
  if (line >= first_userset_) {
    const Userset& userset = usersets_[line - first_userset_];
    return facts_.name_of(index_.fact_of(userset.entity)) + "#" + facts_.schema->roles[userset.role].name;
  }
  for (std::size_t kind = 0; kind < everyone_.size(); ++kind)
    if (everyone_[kind] == line) return facts_.schema->kinds[kind].name + ":*";
  return facts_.name_of(index_.fact_of(resources_ + line));
}

}  // namespace policyc::vm
