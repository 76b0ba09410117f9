// From entities in any order to nodes: whose parent is whose, and the order in
// which they are numbered.

#include <algorithm>
#include <tuple>
#include <utility>

#include "snapshot_facts.hpp"
#include "snapshot_format.hpp"

namespace policyc::vm {
namespace {

// A cycle is shown up to this length.
constexpr std::size_t kShownMembers = 8;

// The first bytes of an id as a number that compares like them.
std::uint64_t head_of(std::string_view id) noexcept {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < 8; ++i)
    head = head << 8 | (i < id.size() ? static_cast<unsigned char>(id[i]) : 0U);
  return head;
}

}  // namespace

EntityIndex::EntityIndex(Facts& facts, SnapshotParts& parts)
    : facts_(facts), table_(0), left_out_(facts.entities.size(), false), parents_(facts.entities.size(), 0) {
  fill_table();
  link_parents();
  cut_cycles();
  number(parts);
}

void EntityIndex::fill_table() {
  std::vector<std::pair<Fact, Fact>> repeated;
  for (seed_ = 0; seed_ < kHashSeeds; ++seed_)
    if (fill_table(seed_, repeated)) break;
  if (seed_ == kHashSeeds) {
    facts_.problems.add(BuildProblem::too_many, 0, "ids", "too many ids have the same hash");
    table_ = IdTable(0);
    hashes_.assign(facts_.entities.size(), 0);
    return;
  }
  for (const auto& [second, first] : repeated) {
    left_out_[second] = true;
    const EntityFact& one = facts_.entities[first];
    const EntityFact& other = facts_.entities[second];
    facts_.problems.add(BuildProblem::duplicate_entity, std::max(one.where, other.where),
                        std::min(one.where, other.where), facts_.name_of(other), {});
  }
}

bool EntityIndex::fill_table(std::uint32_t seed, std::vector<std::pair<Fact, Fact>>& repeated) {
  const std::vector<EntityFact>& entities = facts_.entities;
  table_ = IdTable(entities.size() - 1);
  hashes_.assign(entities.size(), 0);
  repeated.clear();
  for (Fact fact = 1; fact < entities.size(); ++fact) {
    const EntityFact& entity = entities[fact];
    hashes_[fact] = key_hash(entity.kind, entity.id, seed);
    const Fact known = table_.find(hashes_[fact], [&](Fact other) {
      return entities[other].kind == entity.kind && entities[other].id == entity.id;
    });
    if (known != IdTable::kNone)
      repeated.emplace_back(fact, known);
    else if (!table_.insert(hashes_[fact], fact))
      return false;
  }
  return true;
}

EntityIndex::Fact EntityIndex::find_fact(KindIndex kind, std::string_view id) const {
  Recent& recent = recent_[kind];
  if (recent.fact != IdTable::kNone && recent.id == id) return recent.fact;
  const Fact found = table_.find(key_hash(kind, id, seed_), [&](Fact fact) {
    return facts_.entities[fact].kind == kind && facts_.entities[fact].id == id;
  });
  if (found != IdTable::kNone) recent = {facts_.entities[found].id, found};
  return found;
}

NodeId EntityIndex::find(KindIndex kind, std::string_view id) const {
  if (kind == kSystemKind) return id.empty() ? kSystemNode : kNoNode;
  const Fact fact = find_fact(kind, id);
  return fact == IdTable::kNone ? kNoNode : nodes_[fact];
}

void EntityIndex::link_parents() {
  for (Fact fact = 1; fact < facts_.entities.size(); ++fact)
    if (!left_out_[fact]) parents_[fact] = parent_of(facts_.entities[fact]);
}

EntityIndex::Fact EntityIndex::parent_of(const EntityFact& child) {
  const std::vector<KindIndex>& may = facts_.schema->kinds[child.kind].parents;
  if (child.parent_kind == kNoIndex) {
    if (may.empty()) return 0;
    facts_.problems.add(BuildProblem::missing_parent, child.where, facts_.name_of(child));
    return kBroken;
  }
  const bool fits = std::find(may.begin(), may.end(), child.parent_kind) != may.end();
  const Fact parent = fits ? find_fact(child.parent_kind, child.parent) : IdTable::kNone;
  if (parent != IdTable::kNone) return parent;
  facts_.problems.add(fits ? BuildProblem::unknown_parent : BuildProblem::wrong_parent_kind, child.where,
                      facts_.name_of(child), facts_.name_of(child.parent_kind, child.parent));
  return kBroken;
}

// Follows each entity upwards to one that is known to end well. Meeting an entity
// of the same walk again closes a cycle.
void EntityIndex::cut_cycles() {
  std::vector<Fact> walk_of(parents_.size(), 0);
  for (Fact start = 1; start < parents_.size(); ++start) {
    Fact at = start;
    while (at != 0 && at != kBroken && walk_of[at] == 0) {
      walk_of[at] = start;
      at = parents_[at];
    }
    if (at != 0 && at != kBroken && walk_of[at] == start) report_cycle(at);
  }
}

// Reported once, at the member that comes first, whichever was met first.
void EntityIndex::report_cycle(Fact member) {
  const auto place = [&](Fact fact) {
    return std::tuple(facts_.entities[fact].where, facts_.entities[fact].id);
  };
  Fact first = member;
  std::size_t length = 1;
  for (Fact at = parents_[member]; at != member; at = parents_[at], ++length)
    if (place(at) < place(first)) first = at;
  std::string cycle;
  Fact at = first;
  for (std::size_t i = 0; i < std::min(length, kShownMembers); ++i, at = parents_[at])
    cycle += facts_.name_of(facts_.entities[at]) + " > ";
  if (length > kShownMembers) cycle += "… > ";
  cycle += facts_.name_of(facts_.entities[first]);
  facts_.problems.add(BuildProblem::parent_cycle, facts_.entities[first].where,
                      facts_.name_of(facts_.entities[first]), std::move(cycle));
  for (at = first; length > 0; --length) at = std::exchange(parents_[at], kBroken);
}

void EntityIndex::sort_by_name(std::span<Fact> group) const {
  struct Key {
    std::uint64_t head;
    Fact fact;
    KindIndex kind;
  };
  const auto before = [&](const Key& a, const Key& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    if (a.head != b.head) return a.head < b.head;
    return facts_.entities[a.fact].id < facts_.entities[b.fact].id;
  };
  std::vector<Key> keys;
  keys.reserve(group.size());
  for (const Fact fact : group)
    keys.push_back({head_of(facts_.entities[fact].id), fact, facts_.entities[fact].kind});
  if (std::is_sorted(keys.begin(), keys.end(), before)) return;
  std::sort(keys.begin(), keys.end(), before);
  std::transform(keys.begin(), keys.end(), group.begin(), [](const Key& key) { return key.fact; });
}

void EntityIndex::number(SnapshotParts& parts) {
  const std::size_t count = facts_.entities.size();
  const auto is_principal = [&](Fact fact) {
    return policyc::is_principal(facts_.schema->kinds[facts_.entities[fact].kind].category);
  };
  const auto above = [&](Fact fact) { return parents_[fact] == kBroken ? Fact{0} : parents_[fact]; };

  // Children by parent; principals stand aside.
  std::vector<Fact> principals;
  child_ends_.assign(count, 0);
  for (Fact fact = 1; fact < count; ++fact) {
    if (left_out_[fact]) continue;
    if (is_principal(fact))
      principals.push_back(fact);
    else
      ++child_ends_[above(fact)];
  }
  std::size_t total = 0;
  for (std::size_t& end : child_ends_) end = std::exchange(total, total + end);
  children_.resize(total);
  for (Fact fact = 1; fact < count; ++fact)
    if (!left_out_[fact] && !is_principal(fact)) children_[child_ends_[above(fact)]++] = fact;
  for (Fact fact = 0; fact < count; ++fact) {
    const std::size_t begin = fact == 0 ? 0 : child_ends_[fact - 1];
    if (child_ends_[fact] - begin > 1)
      sort_by_name(std::span(children_).subspan(begin, child_ends_[fact] - begin));
  }
  sort_by_name(principals);

  nodes_.assign(count, kNoNode);
  parts.nodes_by_kind.resize(facts_.schema->kinds.size());
  parts.nodes.reserve(count);
  fact_of_node_.reserve(count);
  roots_.reserve(count);
  number_below(0, parts);
  parts.resources = static_cast<std::uint32_t>(parts.nodes.size());
  for (const Fact principal : principals) {
    const NodeId node = add_node(principal, kSystemNode, 0, parts);
    parts.nodes[node].end = node + 1;
    if (facts_.schema->kinds[facts_.entities[principal].kind].category != KindCategory::group) continue;
    const NodeId stands_in = nodes_[above(principal)];
    parts.group_parents.push_back(stands_in);
    roots_[node] = roots_[stands_in];
  }
  parts.nodes[kSystemNode].end = static_cast<NodeId>(parts.nodes.size());

  parts.hash_seed = seed_;
  parts.hashes.reserve(parts.nodes.size() - 1);
  for (NodeId node = 1; node < parts.nodes.size(); ++node)
    parts.hashes.push_back(hashes_[fact_of_node_[node]]);
}

// Depth first, with a stack of its own: how deep entities nest is not ours to say.
void EntityIndex::number_below(Fact top, SnapshotParts& parts) {
  struct Open {
    NodeId node;
    std::size_t next;
    std::size_t end;
    std::uint32_t depth;  // of its children
  };
  const auto open = [&](Fact fact, NodeId node, std::uint32_t depth) {
    return Open{node, fact == 0 ? 0 : child_ends_[fact - 1], child_ends_[fact], depth};
  };
  std::vector<Open> stack = {open(top, add_node(top, kNoNode, 0, parts), 0)};
  while (!stack.empty()) {
    Open& at = stack.back();
    if (at.next == at.end) {
      parts.nodes[at.node].end = static_cast<NodeId>(parts.nodes.size());
      stack.pop_back();
      continue;
    }
    const Fact child = children_[at.next++];
    const std::uint32_t depth = at.depth;
    if (depth == kMaxDepth + 1)
      facts_.problems.add(BuildProblem::too_many_ancestors, facts_.entities[child].where,
                          facts_.name_of(facts_.entities[child]));
    const NodeId node = add_node(child, at.node, depth, parts);
    stack.push_back(open(child, node, depth + 1));
  }
}

NodeId EntityIndex::add_node(Fact fact, NodeId parent, std::uint32_t depth, SnapshotParts& parts) {
  const EntityFact& entity = facts_.entities[fact];
  std::vector<NodeId>& same_kind = parts.nodes_by_kind[entity.kind];
  const auto node = static_cast<NodeId>(parts.nodes.size());
  nodes_[fact] = node;
  fact_of_node_.push_back(fact);
  const bool rootless = fact == 0 || parents_[fact] == kBroken ||
                        policyc::is_principal(facts_.schema->kinds[entity.kind].category);
  roots_.push_back(rootless ? kSystemNode : parent == kSystemNode ? node : roots_[parent]);
  parts.nodes.push_back(
      {entity.id, parent, 0, static_cast<std::uint32_t>(same_kind.size()), entity.kind, depth});
  same_kind.push_back(node);
  return node;
}

}  // namespace policyc::vm
