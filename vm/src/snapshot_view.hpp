#pragma once

// Read access to a verified snapshot image: what the interpreter and the resolver
// of requests see of it. Nothing here can fail: every offset was checked at load.
//
// The layout of the image is written down in snapshot_format.hpp.

#include <array>
#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cell.hpp"
#include "moments.hpp"
#include "policyc/digest.hpp"
#include "policyc/image_buffer.hpp"
#include "policyc/schema.hpp"
#include "policyc/snapshot.hpp"
#include "program_parts.hpp"
#include "snapshot_format.hpp"

namespace policyc::vm {

// Raw role bits of a principal at an entity, laid out by the entity's kind
// (KindInfo::word_offsets): the same shape as the masks that code tests it with.
using RoleWord = RoleMask;

struct SnapshotView {
  // Entities. `node` must be below node_count().
  [[nodiscard]] NodeId node_count() const noexcept { return nodes; }
  [[nodiscard]] KindIndex kind_of(NodeId node) const noexcept;
  [[nodiscard]] std::string_view id_of(NodeId node) const noexcept;  // "" for system
  [[nodiscard]] NodeId parent_of(
      NodeId node) const noexcept;  // kSystemNode for a root or principal; kNoNode for system
  [[nodiscard]] NodeId end_of(
      NodeId node) const noexcept;  // its subtree is [node, end_of(node)); a principal's is itself
  // Ancestors from the root down, without system and without the node itself: at most 64, ascending.
  [[nodiscard]] std::span<const NodeId> path_of(NodeId node) const noexcept;
  // The root that the node is or stands in; system for what stands in none. A group's is that of the entity
  // that it stands in.
  [[nodiscard]] NodeId root_of(NodeId node) const noexcept;

  // kNoNode for an unknown id. Every key is compared whole.
  [[nodiscard]] NodeId find(KindIndex kind, std::string_view id) const noexcept;

  // Adds (ORs) to `word`, laid out for the kind of `entity`, the raw bits that
  // `principal` has at `entity`, its ancestors and `system`: itself, through its
  // groups and usersets, and as everyone of its kind has them. Bits that are rolled up
  // (KindInfo::rolled_up_bits) count only at the nearest entity of their kind at or
  // above `entity`; all others count wherever they are. A `principal` that is a
  // resource has none.
  void add_roles(NodeId principal, NodeId entity, RoleWord& word) const noexcept;
  // The same by the short way, if the question is plain: see plain_word.hpp. False: it isn't, and nothing was
  // added.
  [[nodiscard]] bool add_plain_roles(NodeId principal, NodeId entity, RoleWord& word) const noexcept;
  // The same for the entity alone: nothing from above.
  void add_roles_itself(NodeId principal, NodeId entity, RoleWord& word) const noexcept;
  // The same for an entity of kind `kind` that is not in the snapshot and would stand
  // directly in `parent`: the word is laid out for `kind`. It holds no facts itself,
  // and being the nearest of its kind it hides what is rolled up to its own kind above.
  void add_roles_below(NodeId principal, NodeId parent, KindIndex kind, RoleWord& word) const noexcept;

  // The same three of somebody whom the snapshot does not know: what everyone of the kind has.
  void add_roles_of_everyone(KindIndex who, NodeId entity, RoleWord& word) const noexcept;
  void add_roles_of_everyone_itself(KindIndex who, NodeId entity, RoleWord& word) const noexcept;
  void add_roles_of_everyone_below(KindIndex who, NodeId parent, KindIndex kind,
                                   RoleWord& word) const noexcept;

  // Whom roles are asked of and where, for what is held for a time: the questions of the six functions above
  // in one. `principal` kNoNode: everyone of the kind `who`. `below` names the kind of an entity that is not
  // in the snapshot and would stand directly in `entity`.
  struct Asked {
    NodeId principal = kNoNode;
    KindIndex who = kNoIndex;
    NodeId entity = kSystemNode;
    KindIndex below = kNoIndex;
    bool itself = false;
  };
  // Adds the bits of grants with a window that count at `now`; the functions above leave all such out.
  void add_windowed(const Asked& asked, std::int64_t now, RoleWord& word) const noexcept;
  // Notes when such a grant begins or ends to count, at the entity or above.
  void note_windows(const Asked& asked, Moments& moments) const noexcept;
  // Of a line, ascending by entity.
  [[nodiscard]] std::span<const WindowEntry> windows_of(std::uint32_t line) const noexcept;

  // The lines of the groups and usersets that a line's principal is in, ascending.
  [[nodiscard]] std::span<const std::uint32_t> holders_of(std::uint32_t line) const noexcept {
    const PrincipalLine& of = lines[line];
    if ((of.flags & kMember) == 0) return {};
    return {holders + of.holders + 1, holders[of.holders]};
  }
  // Is the principal in the group, directly or through other groups?
  [[nodiscard]] bool is_member(NodeId principal, NodeId group) const noexcept;

  // The role of this name that `at` defines, or the nearest that it stands in and that is of the kind;
  // kNoNode if there is none. Along one way up no two have one name.
  [[nodiscard]] std::uint32_t find_definition(KindIndex kind, NodeId at,
                                              std::string_view name) const noexcept;
  [[nodiscard]] std::string_view name_of_definition(std::uint32_t definition) const noexcept;
  // Is the principal granted the role that the snapshot defines, itself or through groups and usersets?
  // Grants with a window count at `now` alone.
  [[nodiscard]] bool is_granted(NodeId principal, std::uint32_t definition,
                                std::optional<std::int64_t> now) const noexcept;

  // The stored value of an attribute; false if there is none (then the default
  // counts, if the schema has one: that is the caller's business). The entity is
  // of the kind that declares the attribute. Sets only the cell's field of the type.
  [[nodiscard]] bool load(AttributeIndex attribute, NodeId entity, Cell& cell) const noexcept;

  // The arena's text of a StoredString.
  [[nodiscard]] std::string_view text_of(StoredString string) const noexcept {
    return {strings + string.offset, string.size};
  }

  // From here on: what the loader fills in, for the functions above. Pointers are
  // into `memory`.
  struct Column {
    TypeKind type = TypeKind::boolean;
    TypeKind element = TypeKind::boolean;
    bool of_principals = false;
    NodeId first = 0;  // of the kind's principals
    const std::uint64_t* present = nullptr;
    const std::byte* values = nullptr;
    const std::byte* elements = nullptr;
  };
  struct KindTable {
    std::uint64_t rolled_up = 0;
    NodeId first = 0;                  // of a subject kind's principals
    std::uint32_t count = 0;           // of its entities
    std::uint32_t everyone = kNoNode;  // the line of everyone of a subject kind, if it says anything
    std::uint32_t groups_before = 0;   // of a group kind: groups whose nodes come before
    bool is_group = false;
    bool is_plain = false;                           // its words are: see plain_word.hpp
    std::array<std::uint16_t, kMaxKinds> offsets{};  // KindInfo::word_offsets
    std::array<std::uint8_t, kMaxKinds> shifts{};    // the same of a plain one; 0 of a kind without roles
  };

  NodeId nodes = 0;
  NodeId resources = 0;
  std::uint32_t line_count = 0;
  const std::uint32_t* holders = nullptr;
  const NodeId* group_parents = nullptr;
  std::span<const WindowEntry> windows;
  std::span<const DefinitionRecord> definitions;
  const char* definition_names = nullptr;
  std::span<const DefinitionWindow> definition_windows;
  const ResourceRecord* records = nullptr;
  const NodeId* paths = nullptr;
  const PrincipalLine* lines = nullptr;
  const std::byte* rows = nullptr;
  std::uint8_t entry_bytes = 4;
  std::uint8_t role_bits = 0;
  bool has_wide_lanes = false;  // this machine compares a line by halves, not by quarters
  const std::uint32_t* id_ends = nullptr;
  const char* ids = nullptr;
  const char* strings = nullptr;
  std::span<const IdSlot> id_table;
  std::uint32_t hash_seed = 0;
  unsigned longest_probe = 0;
  std::vector<Column> columns;
  std::vector<KindTable> kinds;

  ImageBuffer memory;
  std::array<std::size_t, kSnapshotSections> section_bytes{};
  Digest digest;
  Digest schema_digest;
  std::uint32_t epoch = 0;

 private:
  struct Places;
  void add(NodeId principal, const Places& places, RoleWord& word) const noexcept;
  void add_line(std::uint32_t line, const Places& places, RoleWord& word) const noexcept;
  void add_everyone(KindIndex who, const Places& places, RoleWord& word) const noexcept;
  [[nodiscard]] NodeId root_of_group(NodeId node) const noexcept;
  template <class Use>
  void each_windowed(const Asked& asked, const Use& use) const noexcept;
};

inline KindIndex SnapshotView::kind_of(NodeId node) const noexcept {
  assert(node < nodes);
  return node < resources ? records[node].kind : lines[node - resources].kind;
}

inline std::string_view SnapshotView::id_of(NodeId node) const noexcept {
  assert(node < nodes);
  const std::uint32_t begin = node == 0 ? 0 : id_ends[node - 1];
  return {ids + begin, id_ends[node] - begin};
}

inline NodeId SnapshotView::parent_of(NodeId node) const noexcept {
  if (node == kSystemNode) return kNoNode;
  const std::span<const NodeId> path = path_of(node);
  return path.empty() ? kSystemNode : path.back();
}

inline NodeId SnapshotView::root_of(NodeId node) const noexcept {
  if (node >= resources) return root_of_group(node);
  const std::span<const NodeId> path = path_of(node);
  return path.empty() ? node : path.front();
}

inline NodeId SnapshotView::end_of(NodeId node) const noexcept {
  assert(node < nodes);
  return node < resources ? records[node].end : node + 1;
}

inline std::span<const NodeId> SnapshotView::path_of(NodeId node) const noexcept {
  assert(node < nodes);
  if (node >= resources) return {};
  const ResourceRecord& record = records[node];
  const NodeId* const begin =
      record.depth <= kInlineAncestors ? record.ancestors.data() : paths + record.ancestors[0];
  return {begin, record.depth};
}

inline bool SnapshotView::load(AttributeIndex attribute, NodeId entity, Cell& cell) const noexcept {
  assert(entity < nodes);
  const Column& column = columns[attribute];
  const std::uint32_t row = column.of_principals ? entity - column.first : records[entity].ordinal;
  if (((column.present[row / 64] >> (row % 64)) & 1) == 0) return false;
  const auto at = [&]<class T>(T) -> const T& { return reinterpret_cast<const T*>(column.values)[row]; };
  switch (column.type) {
    case TypeKind::boolean: cell.number = at(std::uint8_t{}); break;
    case TypeKind::enumeration: cell.number = at(std::uint16_t{}); break;
    case TypeKind::role: cell.number = at(std::uint32_t{}); break;
    case TypeKind::integer:
    case TypeKind::time:
    case TypeKind::duration: cell.number = at(std::int64_t{}); break;
    case TypeKind::string: cell.text = text_of(at(StoredString{})); break;
    case TypeKind::ip: cell.block = at(IpBlock{}); break;
    case TypeKind::entity: cell.node = at(NodeId{}); break;
    case TypeKind::set: {
      const StoredSet& set = at(StoredSet{});
      cell.set.elements = column.elements + set.offset * width_of(column.element, true);
      cell.set.count = set.count;
      switch (column.element) {
        case TypeKind::string: cell.set.packing = Packing::strings; break;
        case TypeKind::ip: cell.set.packing = Packing::blocks; break;
        case TypeKind::entity: cell.set.packing = Packing::nodes; break;
        default: cell.set.packing = Packing::numbers; break;
      }
      break;
    }
  }
  return true;
}

}  // namespace policyc::vm
