// From grants, attributes and roll-ups to rows of raw role bits.
//
// What is granted and what is derived are kept apart. A roll-up counts what is held
// at the child itself in any way, so it reads both; roles are rolled up in the
// schema's order, each after all that it reads. What is no longer needed is freed
// at once: these are the largest tables of a build.

#include <algorithm>
#include <cstring>
#include <utility>

#include "defaults.hpp"
#include "snapshot_facts.hpp"
#include "snapshot_format.hpp"

namespace policyc::vm {
namespace {

constexpr std::uint64_t bit(unsigned index) noexcept { return std::uint64_t{1} << index; }

// Someone has a raw bit somewhere. Principals are counted from the first one.
struct Holding {
  std::uint32_t principal = 0;
  NodeId entity = 0;
  std::uint32_t grant = 0;  // the number of the fact, if it is granted
  std::uint8_t raw = 0;
};

// Groups holdings by principal: counted, not sorted. Each group is then small.
std::vector<std::size_t> group_by_principal(std::vector<Holding>& holdings, std::size_t principals) {
  std::vector<std::size_t> ends(principals, 0);
  for (const Holding& holding : holdings) ++ends[holding.principal];
  std::size_t total = 0;
  for (std::size_t& end : ends) end = std::exchange(total, total + end);
  std::vector<Holding> grouped(holdings.size());
  for (const Holding& holding : holdings) grouped[ends[holding.principal]++] = holding;
  holdings = std::move(grouped);
  return ends;
}

class RoleBuilder {
 public:
  RoleBuilder(Facts& facts, const EntityIndex& index, SnapshotParts& parts)
      : facts_(facts), schema_(*facts.schema), index_(index), parts_(parts), counted_(schema_.kinds.size()) {
    for (const RoleInfo& role : schema_.roles)
      for (const RollUpSource& source : role.roll_up_roles) rolls_up_ |= bit(source.child);
  }

  void build() {
    granted_.reserve(facts_.grants.size());
    for (std::uint32_t i = 0; i < facts_.grants.size(); ++i) add_grant(facts_.grants[i], i);
    parts_.granted = rows(std::exchange(granted_, {}), true);
    release(facts_.grants);
    for (const RoleInfo& role : schema_.roles)
      for (const AttributeIndex source : role.attribute_sources)
        for_each_named(source, [&](NodeId entity, NodeId named) { derive(named, entity, role.flow_bit); });
    for (const RoleIndex role : schema_.roll_up_order) roll_up(schema_.roles[role]);
    release(counted_);
    parts_.derived = rows(std::exchange(derived_, {}), false);
  }

 private:
  void add_grant(const GrantFact& grant, std::uint32_t number) {
    const std::string_view name = schema_.roles[grant.role].name;
    if (const RoleInfo& role = schema_.roles[grant.role]; role.kind != grant.entity_kind || !role.grantable) {
      facts_.problems.add(role.grantable ? BuildProblem::wrong_role_kind : BuildProblem::not_grantable,
                          grant.where, principal_name(grant), std::string(name));
      return;
    }
    const NodeId principal = index_.find(grant.principal_kind, grant.principal);
    const NodeId entity = index_.find(grant.entity_kind, grant.entity);
    if (principal == kNoNode)
      facts_.problems.add(BuildProblem::unknown_entity, grant.where, principal_name(grant),
                          principal_name(grant));
    if (entity == kNoNode)
      facts_.problems.add(BuildProblem::unknown_entity, grant.where, principal_name(grant),
                          facts_.name_of(grant.entity_kind, grant.entity));
    if (principal == kNoNode || entity == kNoNode) return;
    const Holding holding = {principal - parts_.resources, entity, number,
                             schema_.roles[grant.role].flow_bit};
    granted_.push_back(holding);
    count(holding);
  }

  [[nodiscard]] std::string principal_name(const GrantFact& grant) const {
    return facts_.name_of(grant.principal_kind, grant.principal);
  }

  void derive(NodeId principal, NodeId entity, std::uint8_t raw) {
    if (principal < parts_.resources || principal == kNoNode) return;  // it names no principal
    const Holding holding = {principal - parts_.resources, entity, 0, raw};
    derived_.push_back(holding);
    count(holding);
  }

  // Remembers what a roll-up may read.
  void count(const Holding& holding) {
    const KindIndex kind = parts_.nodes[holding.entity].kind;
    if ((rolls_up_ & bit(kind)) != 0) counted_[kind].push_back(holding);
  }

  // Calls back for whomever the attribute names, stored or by default, at each
  // entity of its kind.
  template <class Use>
  void for_each_named(AttributeIndex attribute, Use use) const {
    const AttributeInfo& info = schema_.attributes[attribute];
    const ColumnParts& column = parts_.columns[attribute];
    const std::vector<NodeId>& entities = parts_.nodes_by_kind[info.kind];
    std::vector<NodeId> by_default;
    for (const DefaultValue& named : named_by_default(info)) by_default.push_back(node_of(named));
    const auto node_at = [](const std::vector<std::byte>& bytes, std::size_t at) {
      NodeId node = kNoNode;
      std::memcpy(&node, bytes.data() + at * sizeof node, sizeof node);
      return node;
    };
    for (std::size_t ordinal = 0; ordinal < entities.size(); ++ordinal) {
      if (!column.has(ordinal)) {
        for (const NodeId named : by_default) use(entities[ordinal], named);
      } else if (info.type.kind == TypeKind::set) {
        StoredSet set;
        std::memcpy(&set, column.values.data() + ordinal * sizeof set, sizeof set);
        for (std::size_t i = 0; i < set.count; ++i)
          use(entities[ordinal], node_at(column.elements, set.offset + i));
      } else {
        use(entities[ordinal], node_at(column.values, ordinal));
      }
    }
  }

  [[nodiscard]] NodeId node_of(const DefaultValue& entity) const {
    return index_.find(static_cast<KindIndex>(entity.number), entity.text);
  }

  void roll_up(const RoleInfo& role) {
    std::vector<std::uint64_t> found;  // principal, entity
    const auto add = [&](std::uint32_t principal, NodeId child) {
      const NodeId parent = parts_.nodes[child].parent;
      if (parts_.nodes[parent].kind == role.kind) found.push_back(std::uint64_t{principal} << 32 | parent);
    };
    for (const AttributeIndex source : role.roll_up_attributes)
      for_each_named(source, [&](NodeId child, NodeId named) {
        if (named >= parts_.resources && named != kNoNode) add(named - parts_.resources, child);
      });
    for (const RollUpSource& source : role.roll_up_roles)
      for (const Holding& holding : counted_[source.child])
        if ((bit(holding.raw) & source.mask) != 0) add(holding.principal, holding.entity);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const std::uint64_t pair : found)
      derive(static_cast<NodeId>(pair >> 32) + parts_.resources, static_cast<NodeId>(pair), role.up_bit);
  }

  // One entry for each principal and entity. The same grant twice is a warning.
  HeldRows rows(std::vector<Holding> holdings, bool warn) {
    HeldRows rows;
    rows.ends.reserve(parts_.nodes.size() - parts_.resources);
    rows.all.reserve(holdings.size());
    const auto before = [&](const Holding& a, const Holding& b) {
      if (a.entity != b.entity) return a.entity < b.entity;
      if (a.raw != b.raw) return a.raw < b.raw;
      return warn && facts_.grants[a.grant].where < facts_.grants[b.grant].where;
    };
    std::size_t begin = 0;
    for (const std::size_t end : group_by_principal(holdings, parts_.nodes.size() - parts_.resources)) {
      std::sort(holdings.begin() + static_cast<std::ptrdiff_t>(begin),
                holdings.begin() + static_cast<std::ptrdiff_t>(end), before);
      for (std::size_t i = begin; i < end; ++i) {
        const Holding& holding = holdings[i];
        const bool same_entity = i > begin && holdings[i - 1].entity == holding.entity;
        if (warn && same_entity && holdings[i - 1].raw == holding.raw)
          warn_of_duplicate(holdings[i - 1], holding);
        if (same_entity)
          rows.all.back().bits |= bit(holding.raw);
        else
          rows.all.push_back({holding.entity, bit(holding.raw)});
      }
      rows.ends.push_back(rows.all.size());
      begin = end;
    }
    return rows;
  }

  void warn_of_duplicate(const Holding& first, const Holding& second) {
    const GrantFact& grant = facts_.grants[second.grant];
    facts_.problems.add(
        BuildProblem::duplicate_grant, grant.where, facts_.grants[first.grant].where, principal_name(grant),
        schema_.roles[grant.role].name + " on " + facts_.name_of(grant.entity_kind, grant.entity));
  }

  Facts& facts_;
  const Schema& schema_;
  const EntityIndex& index_;
  SnapshotParts& parts_;
  std::uint64_t rolls_up_ = 0;  // kinds whose roles some role is rolled up from
  std::vector<Holding> granted_;
  std::vector<Holding> derived_;
  std::vector<std::vector<Holding>> counted_;  // by kind of the entity
};

}  // namespace

void build_roles(Facts& facts, const EntityIndex& index, SnapshotParts& parts) {
  RoleBuilder(facts, index, parts).build();
}

}  // namespace policyc::vm
