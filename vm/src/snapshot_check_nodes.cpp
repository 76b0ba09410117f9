// What must hold in a snapshot image about ids, the tree of resources, the order of
// principals, and the id table.

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "id_table.hpp"
#include "plain_word.hpp"
#include "snapshot_entries.hpp"
#include "snapshot_reader.hpp"

namespace policyc::vm {
namespace {

std::string node_name(NodeId node) { return "entity " + std::to_string(node); }

bool comes_before(const SnapshotView& view, NodeId first, NodeId second) noexcept {
  const KindIndex one = view.kind_of(first);
  const KindIndex other = view.kind_of(second);
  return one != other ? one < other : view.id_of(first) < view.id_of(second);
}

// Walks the resources in their order and keeps the path that leads to each.
class TreeCheck {
 public:
  TreeCheck(SnapshotView& view, const SnapshotSections& sections, const Schema& schema)
      : view_(view), sections_(sections), schema_(schema) {}

  Finding check() {
    const ResourceRecord& system = view_.records[kSystemNode];
    if (system.end != view_.nodes || system.ordinal != 0 || system.kind != kSystemKind ||
        !has_path(system, {}))
      return "the record of system is not what it must be";
    view_.kinds[kSystemKind].count = 1;
    for (NodeId node = 1; node < view_.resources; ++node) {
      while (depth_ > 0 && view_.records[path_[depth_ - 1]].end <= node) --depth_;
      if (auto finding = check_resource(node)) return finding;
      path_[depth_] = node;
      last_child_[depth_] = node;
      last_child_[depth_ + 1] = kNoNode;
      ++depth_;
    }
    if (paths_used_ != sections_.paths.size()) return "there are more paths than resources with one";
    return std::nullopt;
  }

 private:
  Finding check_resource(NodeId node) {
    const ResourceRecord& record = view_.records[node];
    if (record.kind >= schema_.kinds.size() || schema_.kinds[record.kind].category != KindCategory::scope)
      return node_name(node) + " is of no kind of resource";
    const NodeId parent = depth_ == 0 ? kSystemNode : path_[depth_ - 1];
    const NodeId limit = depth_ == 0 ? view_.resources : view_.records[parent].end;
    if (record.end <= node || record.end > limit)
      return "the subtree of " + node_name(node) + " is impossible";
    if (depth_ > kMaxDepth) return node_name(node) + " has too many ancestors";
    const std::vector<KindIndex>& may = schema_.kinds[record.kind].parents;
    const bool fits = depth_ == 0
                          ? may.empty()
                          : std::find(may.begin(), may.end(), view_.records[parent].kind) != may.end();
    if (!fits) return node_name(node) + " can't stand where it stands";
    if (record.ordinal != view_.kinds[record.kind].count++)
      return node_name(node) + " is miscounted in its kind";
    if (!has_path(record, std::span(path_).first(depth_)))
      return "the path of " + node_name(node) + " is wrong";
    if (last_child_[depth_] != kNoNode && !comes_before(view_, last_child_[depth_], node))
      return node_name(node) + " is out of order";
    return std::nullopt;
  }

  bool has_path(const ResourceRecord& record, std::span<const NodeId> path) {
    ResourceRecord expected = record;
    expected.zero = 0;
    expected.depth = static_cast<std::uint8_t>(path.size());
    expected.ancestors = {};
    expected.ancestor_kinds = {};
    if (path.size() <= kInlineAncestors) {
      for (std::size_t i = 0; i < path.size(); ++i) {
        expected.ancestors[i] = path[i];
        expected.ancestor_kinds[i] = view_.records[path[i]].kind;
      }
    } else {
      expected.ancestors[0] = static_cast<NodeId>(paths_used_);
      if (sections_.paths.size() - paths_used_ < path.size()) return false;
      const std::span<const NodeId> stored = sections_.paths.subspan(paths_used_, path.size());
      if (!std::equal(path.begin(), path.end(), stored.begin())) return false;
      paths_used_ += path.size();
    }
    return expected.zero == record.zero && expected.depth == record.depth &&
           expected.ancestors == record.ancestors && expected.ancestor_kinds == record.ancestor_kinds;
  }

  SnapshotView& view_;
  const SnapshotSections& sections_;
  const Schema& schema_;
  std::array<NodeId, kMaxDepth + 2> path_{};
  std::array<NodeId, kMaxDepth + 3> last_child_ = all_none();  // on each level of the path
  std::size_t depth_ = 0;
  std::size_t paths_used_ = 0;

  static std::array<NodeId, kMaxDepth + 3> all_none() noexcept {
    std::array<NodeId, kMaxDepth + 3> none{};
    none.fill(kNoNode);
    return none;
  }
};

// What a group stands in: an entity of a kind that may hold it, or nothing.
bool stands_well(const SnapshotView& view, NodeId parent, const KindInfo& group) {
  if (group.parents.empty()) return parent == kSystemNode;
  return parent < view.resources &&
         std::find(group.parents.begin(), group.parents.end(), view.kind_of(parent)) != group.parents.end();
}

Finding check_principals(SnapshotView& view, const SnapshotSections& sections, const Schema& schema) {
  std::uint32_t groups = 0;
  for (NodeId node = view.resources; node < view.nodes; ++node) {
    const KindIndex kind = view.lines[node - view.resources].kind;
    if (kind >= schema.kinds.size() || !is_principal(schema.kinds[kind].category))
      return node_name(node) + " is of no kind of principal";
    if (view.kinds[kind].count++ == 0) {
      view.kinds[kind].first = node;
      view.kinds[kind].groups_before = groups;
    }
    if (view.kinds[kind].is_group) {
      if (groups == sections.group_parents.size() ||
          !stands_well(view, sections.group_parents[groups++], schema.kinds[kind]))
        return node_name(node) + " can't stand where it stands";
    }
    if (node > view.resources && !comes_before(view, node - 1, node))
      return node_name(node) + " is out of order";
  }
  if (groups != sections.group_parents.size()) return "more groups stand somewhere than there are";
  return std::nullopt;
}

}  // namespace

Finding check_ids(const SnapshotView& view, const SnapshotSections& sections) {
  std::uint32_t end = 0;
  for (const std::uint32_t next : sections.id_ends) {
    if (next < end || next > sections.ids.size()) return "an id lies outside of the ids";
    end = next;
  }
  if (end != sections.ids.size() || sections.id_ends.front() != 0) return "the ids don't end where they must";
  for (NodeId node = 1; node < view.nodes; ++node)
    if (!is_valid_id(view.id_of(node)) || !is_utf8(view.id_of(node)))
      return "the id of " + node_name(node) + " can't be one";
  return std::nullopt;
}

namespace {

// Whether every entry, shifted to its place in the word of the kind, has 32 bits at most, and nothing that is
// rolled up is ever hidden by a lower entity of its kind.
bool is_plain(const SnapshotView& view, const KindInfo& kind, const Schema& schema) noexcept {
  return view.entry_bytes == sizeof(Packed4) &&
         std::all_of(
             kind.word_offsets.begin(), kind.word_offsets.end(),
             [&](std::uint16_t offset) { return offset == kNoIndex || offset + view.role_bits <= 32; }) &&
         std::none_of(schema.kinds.begin(), schema.kinds.end(),
                      [](const KindInfo& one) { return one.self_nesting && one.rolled_up_bits != 0; });
}

}  // namespace

Finding check_nodes(SnapshotView& view, const SnapshotSections& sections, const Schema& schema) {
  view.kinds.resize(schema.kinds.size());
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind) {
    view.kinds[kind].rolled_up = schema.kinds[kind].rolled_up_bits;
    view.kinds[kind].is_group = schema.kinds[kind].category == KindCategory::group;
    view.kinds[kind].offsets.fill(kNoIndex);
    std::copy(schema.kinds[kind].word_offsets.begin(), schema.kinds[kind].word_offsets.end(),
              view.kinds[kind].offsets.begin());
    view.kinds[kind].is_plain = is_plain(view, schema.kinds[kind], schema);
    for (std::size_t of = 0; view.kinds[kind].is_plain && of < schema.kinds[kind].word_offsets.size(); ++of)
      if (const std::uint16_t offset = schema.kinds[kind].word_offsets[of]; offset != kNoIndex)
        view.kinds[kind].shifts[of] = static_cast<std::uint8_t>(offset);
  }
  view.has_wide_lanes = compares_by_halves();
  if (auto finding = TreeCheck(view, sections, schema).check()) return finding;
  return check_principals(view, sections, schema);
}

namespace {

// What a slot of the id table must say about its entity. Worked out in the order of
// entities first, since slots stand in the order of hashes: looking each one's id
// up from its slot would miss the cache each time.
struct Key {
  std::uint64_t hash = 0;
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

std::vector<Key> keys_of(const SnapshotView& view) {
  std::vector<Key> keys(view.nodes);
  for (NodeId node = 1; node < view.nodes; ++node) {
    const std::string_view id = view.id_of(node);
    keys[node] = {key_hash(view.kind_of(node), id, view.hash_seed), view.id_ends[node - 1],
                  static_cast<std::uint32_t>(id.size())};
  }
  return keys;
}

}  // namespace

// Slots are ascending by hash, no key is beyond reach of a look-up, and none is
// there twice.
Finding check_id_table(SnapshotView& view) {
  const std::span<const IdSlot> slots = view.id_table;
  const std::vector<Key> keys = keys_of(view);
  const std::size_t homes = slots.size() - kMaxProbe;
  std::size_t used = 0;
  std::size_t gap_end = 0;  // the slot after the last empty one
  std::uint64_t last_hash = 0;
  NodeId last_node = kSystemNode;
  for (std::size_t at = 0; at < slots.size(); ++at) {
    const IdSlot& slot = slots[at];
    if (slot.node == kNoNode) {
      if (slot.tag != 0 || slot.offset != 0 || slot.size != 0)
        return "an empty slot of the id table is not empty";
      gap_end = at + 1;
      continue;
    }
    if (slot.node == kSystemNode || slot.node >= view.nodes)
      return "the id table names an entity that is not there";
    const Key& key = keys[slot.node];
    if (slot.offset != key.offset || slot.size != key.size)
      return "the id table names an id that is not its entity's";
    const std::size_t home = home_of(key.hash, homes);
    if (slot.tag != static_cast<std::uint32_t>(key.hash) || at < home || at - home >= kMaxProbe ||
        gap_end > home)
      return "an id can't be found where the id table has it";
    if (used > 0 && (key.hash < last_hash || (key.hash == last_hash && slot.node <= last_node)))
      return "the id table is out of order";
    for (std::size_t other = at; other > home && slots[other - 1].tag == slot.tag; --other)
      if (view.kind_of(slots[other - 1].node) == view.kind_of(slot.node) &&
          view.id_of(slots[other - 1].node) == view.id_of(slot.node))
        return "an id is there twice";
    ++used;
    last_hash = key.hash;
    last_node = slot.node;
    view.longest_probe = std::max(view.longest_probe, static_cast<unsigned>(at - home) + 1);
  }
  // As many slots as entities, no key twice: so every entity is in it.
  if (used != view.nodes - 1) return "the id table does not have every entity";
  return std::nullopt;
}

}  // namespace policyc::vm
