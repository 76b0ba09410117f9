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

// Someone, who has a line, has a raw bit somewhere.
struct Holding {
  std::uint32_t line = 0;
  NodeId entity = 0;
  std::uint32_t grant = 0;  // the number of the fact, if it is granted
  std::uint8_t raw = 0;
};

// Groups holdings by line: counted, not sorted. Each group is then small.
std::vector<std::size_t> group_by_line(std::vector<Holding>& holdings, std::size_t lines) {
  std::vector<std::size_t> ends(lines, 0);
  for (const Holding& holding : holdings) ++ends[holding.line];
  std::size_t total = 0;
  for (std::size_t& end : ends) end = std::exchange(total, total + end);
  std::vector<Holding> grouped(holdings.size());
  for (const Holding& holding : holdings) grouped[ends[holding.line]++] = holding;
  holdings = std::move(grouped);
  return ends;
}

class RoleBuilder {
 public:
  RoleBuilder(Facts& facts, const EntityIndex& index, const Lines& lines, SnapshotParts& parts)
      : facts_(facts),
        schema_(*facts.schema),
        index_(index),
        lines_(lines),
        parts_(parts),
        counted_(schema_.kinds.size()) {
    for (const RoleInfo& role : schema_.roles)
      for (const RollUpSource& source : role.roll_up_roles) rolls_up_ |= bit(source.child);
  }

  void build() {
    granted_.reserve(facts_.grants.size());
    for (std::uint32_t i = 0; i < facts_.grants.size(); ++i) add_grant(facts_.grants[i], i);
    parts_.granted = rows(std::exchange(granted_, {}), true);
    warn_of_duplicate_windows();
    for (const RoleInfo& role : schema_.roles)
      for (const AttributeIndex source : role.attribute_sources)
        for_each_named(source, [&](NodeId entity, NodeId named) {
          if (is_principal_node(named)) derive(named - parts_.resources, entity, role.flow_bit);
        });
    add_definitions();
    for (const RoleIndex role : schema_.roll_up_order) roll_up(schema_.roles[role]);
    release(counted_);
    parts_.derived = rows(std::exchange(derived_, {}), false);
    for (Timed& timed : timed_) parts_.windowed.push_back(timed.held);
    release(timed_);
    unite(parts_.windowed);
  }

 private:
  void add_grant(const GrantFact& grant, std::uint32_t number) {
    const std::string_view name = schema_.roles[grant.role].name;
    if (const RoleInfo& role = schema_.roles[grant.role]; role.kind != grant.entity_kind || !role.grantable) {
      facts_.problems.add(role.grantable ? BuildProblem::wrong_role_kind : BuildProblem::not_grantable,
                          grant.where, principal_name(grant), std::string(name));
      return;
    }
    if (grant.to_everyone && !schema_.roles[grant.role].is_public) {
      facts_.problems.add(BuildProblem::not_public, grant.where, principal_name(grant), std::string(name));
      return;
    }
    const std::uint32_t line = lines_.of(grant);
    const NodeId entity = index_.find(grant.entity_kind, grant.entity);
    if (line == kNoNode)
      facts_.problems.add(BuildProblem::unknown_entity, grant.where, principal_name(grant),
                          facts_.name_of(grant.principal_kind, grant.principal));
    if (entity == kNoNode)
      facts_.problems.add(BuildProblem::unknown_entity, grant.where, principal_name(grant),
                          facts_.name_of(grant.entity_kind, grant.entity));
    if (line == kNoNode || entity == kNoNode) return;
    if (crosses_roots(grant, entity)) {
      facts_.problems.add(BuildProblem::cross_root, grant.where, principal_name(grant),
                          facts_.name_of(grant.entity_kind, grant.entity));
      return;
    }
    const std::uint8_t raw = schema_.roles[grant.role].flow_bit;
    if (grant.window != 0) {
      const Window window = facts_.window_of(grant);
      if (window.from < window.until)
        timed_.push_back({{line, entity, window, bit(raw)}, number});
      else
        facts_.problems.add(BuildProblem::empty_window, grant.where, principal_name(grant),
                            role_there(grant));
      return;
    }
    const Holding holding = {line, entity, number, raw};
    granted_.push_back(holding);
    count(holding);
  }

  [[nodiscard]] std::string principal_name(const GrantFact& grant) const {
    return facts_.name_of_grantee(grant);
  }

  // A group's members, and those of a userset, belong where the group or entity stands.
  [[nodiscard]] bool crosses_roots(const GrantFact& grant, NodeId entity) const {
    if (grant.to_everyone || schema_.kinds[grant.entity_kind].cross) return false;
    const NodeId from = index_.root_of(index_.find(grant.principal_kind, grant.principal));
    const NodeId to = index_.root_of(entity);
    return from != kSystemNode && to != kSystemNode && from != to;
  }

  [[nodiscard]] bool is_principal_node(NodeId node) const noexcept {
    return node >= parts_.resources && node != kNoNode;
  }

  void derive(std::uint32_t line, NodeId entity, std::uint8_t raw) {
    const Holding holding = {line, entity, 0, raw};
    derived_.push_back(holding);
    count(holding);
  }

  // Whoever is granted a role that the snapshot defines is in its line, and the line holds what it says.
  void add_definitions() {
    std::uint32_t line = lines_.first_defined();
    for (const DefinedRoles::Definition& definition : lines_.defined().all()) {
      for (std::uint8_t raw = 0; raw < 64; ++raw)
        if ((definition.bits & bit(raw)) != 0) derive(line, definition.entity, raw);
      ++line;
    }
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
    std::vector<std::uint64_t> found;  // line, entity
    const auto add = [&](std::uint32_t line, NodeId child) {
      const NodeId parent = parts_.nodes[child].parent;
      if (parts_.nodes[parent].kind == role.kind) found.push_back(std::uint64_t{line} << 32 | parent);
    };
    for (const AttributeIndex source : role.roll_up_attributes)
      for_each_named(source, [&](NodeId child, NodeId named) {
        if (is_principal_node(named)) add(named - parts_.resources, child);
      });
    for (const RollUpSource& source : role.roll_up_roles)
      for (const Holding& holding : counted_[source.child])
        if ((bit(holding.raw) & source.mask) != 0) add(holding.line, holding.entity);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const std::uint64_t pair : found)
      derive(static_cast<std::uint32_t>(pair >> 32), static_cast<NodeId>(pair), role.up_bit);
    roll_up_timed(role);
  }

  // What is held at a child for a time is rolled up for that time.
  void roll_up_timed(const RoleInfo& role) {
    const std::size_t count = timed_.size();
    for (const RollUpSource& source : role.roll_up_roles)
      for (std::size_t i = 0; i < count; ++i) {
        Timed timed = timed_[i];
        const NodeParts& child = parts_.nodes[timed.held.entity];
        if (child.kind != source.child || (timed.held.bits & source.mask) == 0 ||
            parts_.nodes[child.parent].kind != role.kind)
          continue;
        timed.held.entity = child.parent;
        timed.held.bits = bit(role.up_bit);
        timed_.push_back(timed);
      }
  }

  // One entry for each line and entity. The same grant twice is a warning.
  HeldRows rows(std::vector<Holding> holdings, bool warn) {
    HeldRows rows;
    rows.ends.reserve(parts_.lines);
    rows.all.reserve(holdings.size());
    const auto before = [&](const Holding& a, const Holding& b) {
      if (a.entity != b.entity) return a.entity < b.entity;
      if (a.raw != b.raw) return a.raw < b.raw;
      return warn && facts_.grants[a.grant].where < facts_.grants[b.grant].where;
    };
    std::size_t begin = 0;
    for (const std::size_t end : group_by_line(holdings, parts_.lines)) {
      std::sort(holdings.begin() + static_cast<std::ptrdiff_t>(begin),
                holdings.begin() + static_cast<std::ptrdiff_t>(end), before);
      for (std::size_t i = begin; i < end; ++i) {
        const Holding& holding = holdings[i];
        const bool same_entity = i > begin && holdings[i - 1].entity == holding.entity;
        if (warn && same_entity && holdings[i - 1].raw == holding.raw)
          warn_of_duplicate(holdings[i - 1].grant, holding.grant);
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

  void warn_of_duplicate(std::uint32_t first, std::uint32_t second) {
    const GrantFact& grant = facts_.grants[second];
    facts_.problems.add(BuildProblem::duplicate_grant, grant.where, facts_.grants[first].where,
                        principal_name(grant), role_there(grant));
  }

  // Two grants for different times are no duplicates.
  void warn_of_duplicate_windows() {
    std::sort(timed_.begin(), timed_.end(), [&](const Timed& a, const Timed& b) {
      return a.held != b.held ? a.held < b.held : facts_.grants[a.grant].where < facts_.grants[b.grant].where;
    });
    for (std::size_t i = 1; i < timed_.size(); ++i)
      if (timed_[i - 1].held == timed_[i].held) warn_of_duplicate(timed_[i - 1].grant, timed_[i].grant);
  }

  [[nodiscard]] std::string role_there(const GrantFact& grant) const {
    return schema_.roles[grant.role].name + " on " + facts_.name_of(grant.entity_kind, grant.entity);
  }

  Facts& facts_;
  const Schema& schema_;
  const EntityIndex& index_;
  const Lines& lines_;
  SnapshotParts& parts_;
  std::uint64_t rolls_up_ = 0;  // kinds whose roles some role is rolled up from
  // The same for a time.
  struct Timed {
    Windowed held;
    std::uint32_t grant = 0;
  };

  std::vector<Timed> timed_;
  std::vector<Holding> granted_;
  std::vector<Holding> derived_;
  std::vector<std::vector<Holding>> counted_;  // by kind of the entity
};

}  // namespace

void build_roles(Facts& facts, const EntityIndex& index, const Lines& lines, SnapshotParts& parts) {
  RoleBuilder(facts, index, lines, parts).build();
}

}  // namespace policyc::vm
