#pragma once

// What is in a snapshot image. Every array can be used where it lies: offsets
// instead of pointers, little-endian, aligned as sections are to 64 bytes. The
// same facts always give the same bytes, and no byte is without meaning.
//
// Nodes. Every entity has a number: 0 is system; resources follow in depth-first
// order, so that a subtree is a range and a path is ascending; then principals.
// Roots and the children of an entity are ordered by kind and id, principals too.
// An entity's ordinal counts the nodes of its kind before it; a principal's is
// its distance from the first of its kind.
//
//   overview       one Overview
//   resources      a ResourceRecord for system and each resource
//   paths          the ancestors of resources that have more than four, root first, in
//                  the order of nodes
//   principals     a PrincipalLine each; then one for everyone of each subject kind, in
//                  the order of kinds; then one for each userset that is granted a role;
//                  then one for each role that the snapshot defines, in their order
//   rows           the entries of principals that have more than fit in their line, in
//                  the order of nodes; each row begins at a multiple of 8 entries and
//                  is padded with entries of ones
//   id_ends        where each node's id ends in `ids`, 4 bytes each; it begins where the
//                  one before ends
//   ids            the ids themselves
//   id_table       IdSlots, from a kind and an id to a node: see id_table.hpp
//   string_ends    where each string ends in `strings`, 4 bytes each
//   strings        the strings of attributes, each once, sorted byte by byte, so that
//                  their offsets compare as they do
//   element_counts 8 bytes an attribute: how many elements its sets have together
//   columns        for each attribute what its column says, each part at a multiple of 8:
//                  bits that say which entities have a value, by ordinal, in words of 8
//                  bytes; a value each, zero where there is none (see width_of); the
//                  elements of its sets, in the order of ordinals
//   holders        the groups and usersets that a principal is in, directly or through
//                  others: how many, then their lines, ascending, 4 bytes each; in the
//                  order of the lines whose principals are in any
//   group_parents  the entity that each group stands in, or system, in the order of nodes
//   windows        WindowEntries: what lines have for a time alone, ascending by line, entity, from, until
//   definitions    a DefinitionRecord for each role that the snapshot defines, ascending by entity and name
//   definition_names  their names, in that order
//   definition_windows  DefinitionWindows: who is granted such a role for a time alone, ascending by line,
//                  definition, from, until
//
// A principal holds what its own line says, what the lines of its groups and usersets
// say, and what the line of everyone of its kind says. Lines are counted from that of
// the first principal; usersets, which have no number as nodes, are known by theirs.
//
// A principal's entries are pairs (entity, raw bits): first what it is granted,
// then what is derived from attributes and roll-ups, each ascending by entity. They
// are kept apart although both count alike, so that a role that is held in two ways
// outlives the loss of one. An entry takes 4 or 8 bytes, entity << role_bits | bits,
// or, if that is too narrow, 16 bytes: the entity, then the bits. The entity of an
// entry of ones is never a node, so padding matches nothing.
//
// Later editions add sections and flags of lines, under a higher minor version or a
// feature bit; this one refuses what it does not know.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "cell.hpp"
#include "image.hpp"
#include "policyc/schema.hpp"

namespace policyc::vm {

static_assert(std::endian::native == std::endian::little, "images are used where they lie");

inline constexpr std::size_t kSnapshotAlignment = 64;
inline constexpr Magic kSnapshotMagic = {0x89, 'P', 'B', 'S', '\r', '\n', 0x1A, '\n'};
inline constexpr ImageFormat kSnapshotFormat = {kSnapshotMagic, 4, 0, kSnapshotAlignment};

// A section is named after what it holds; the order here is the order in the image.
// SECTION(number, name)
#define POLICYC_SNAPSHOT_SECTIONS(SECTION) \
  SECTION(1, overview)                     \
  SECTION(2, resources)                    \
  SECTION(3, paths)                        \
  SECTION(4, principals)                   \
  SECTION(5, rows)                         \
  SECTION(6, id_ends)                      \
  SECTION(7, ids)                          \
  SECTION(8, id_table)                     \
  SECTION(9, string_ends)                  \
  SECTION(10, strings)                     \
  SECTION(11, element_counts)              \
  SECTION(12, columns)                     \
  SECTION(13, holders)                     \
  SECTION(14, group_parents)               \
  SECTION(15, windows)                     \
  SECTION(16, definitions)                 \
  SECTION(17, definition_names)            \
  SECTION(18, definition_windows)

enum class SnapshotSection : std::uint32_t {
#define SECTION(number, name) name = number,
  POLICYC_SNAPSHOT_SECTIONS(SECTION)
#undef SECTION
};
inline constexpr std::size_t kSnapshotSections = 18;

inline constexpr std::size_t kMaxDepth = 64;       // ancestors of an entity
inline constexpr std::size_t kMaxClosure = 4'096;  // entities that an acyclic attribute leads to from one
inline constexpr std::size_t kMaxGroupDepth =
    64;  // groups and usersets that one leads to, one after the other
inline constexpr std::size_t kInlineAncestors = 4;  // that a record has room for
inline constexpr NodeId kMaxNodes =
    0x7FFFFFFF;  // so that numbers above stand for what is not in the snapshot

struct Overview {
  std::uint32_t nodes = 0;
  std::uint32_t resources = 0;   // with system
  std::uint32_t lines = 0;       // of principals, of everyone, of usersets, of defined roles
  std::uint32_t hash_seed = 0;   // of the id table
  std::uint8_t entry_bytes = 4;  // 4, 8 or 16
  std::uint8_t role_bits = 0;    // of an entry of 4 or 8 bytes; 0 in one of 16
  std::uint16_t zero = 0;
};
static_assert(sizeof(Overview) == 20);

// One half of a cache line, with all that a decision asks about where a resource
// stands. With more than four ancestors, the first number is where they begin in
// `paths`, and all else about them is zero.
struct ResourceRecord {
  NodeId end = 0;  // of the subtree
  std::uint32_t ordinal = 0;
  std::uint8_t kind = 0;
  std::uint8_t depth = 0;  // number of ancestors, system aside
  std::uint16_t zero = 0;
  std::array<std::uint8_t, kInlineAncestors> ancestor_kinds{};
  std::array<NodeId, kInlineAncestors> ancestors{};
};
static_assert(sizeof(ResourceRecord) == 32);

// Flags of a line.
inline constexpr std::uint8_t kSpilled = 1;   // its entries are in a row
inline constexpr std::uint8_t kMember = 2;    // its principal is in groups or usersets
inline constexpr std::uint8_t kWindowed = 4;  // it has entries in `windows`

// One cache line, scanned against the path of a resource. A spilled line has the
// counts in the first 8 bytes of its body, 0 for both here, and behind them where its
// row begins, in units of 8 entries. The rest of a body is ones.
struct alignas(64) PrincipalLine {
  std::uint8_t granted = 0;  // of the entries
  std::uint8_t entries = 0;
  std::uint8_t kind = 0;  // 0 of a userset and of a defined role
  std::uint8_t flags = 0;
  std::uint32_t holders = 0;  // of a member: where its list begins in `holders`; else 0
  std::array<std::uint32_t, 14> body{};
};
static_assert(sizeof(PrincipalLine) == 64);
inline constexpr std::size_t kBodyBytes = 56;
inline constexpr std::size_t kRowUnit = 8;  // entries

struct WideEntry {
  std::uint64_t entity = 0;
  std::uint64_t bits = 0;
};

// Raw bits that a line has at an entity from an instant on and before another.
struct WindowEntry {
  std::uint32_t line = 0;
  NodeId entity = 0;
  std::uint64_t bits = 0;
  std::int64_t from = 0;
  std::int64_t until = 0;
};
static_assert(sizeof(WindowEntry) == 32);

// A role that the snapshot defines at an entity. Its line is as far from the end of the lines as it is from
// that of the definitions: whoever is granted the role is in it, as in a group.
struct DefinitionRecord {
  NodeId entity = 0;
  std::uint32_t name_end = 0;  // in `definition_names`; it begins where the one before ends
};
static_assert(sizeof(DefinitionRecord) == 8);

// A line is in that of a definition from an instant on and before another.
struct DefinitionWindow {
  std::uint32_t line = 0;
  std::uint32_t definition = 0;
  std::int64_t from = 0;
  std::int64_t until = 0;
};
static_assert(sizeof(DefinitionWindow) == 24);

// A value of type `role of S` is a number: below this one it is a declared role, a RoleIndex; from this one
// on it counts the snapshot's definitions.
inline constexpr std::int64_t kFirstDefined = 0x10000;

// A slot that nothing is in has the node kNoNode, and zeros.
struct IdSlot {
  std::uint32_t tag = 0;  // the lower half of the key's hash
  NodeId node = kNoNode;
  std::uint32_t offset = 0;  // of the id
  std::uint32_t size = 0;
};
static_assert(sizeof(IdSlot) == 16);

// A span of a column's elements.
struct StoredSet {
  std::uint32_t offset = 0;
  std::uint32_t count = 0;
};

// Bytes of a value of a column, or of an element of its sets. Sets keep numbers in
// the form that the interpreter compares (Packing).
[[nodiscard]] constexpr std::size_t width_of(TypeKind kind, bool in_set) noexcept {
  switch (kind) {
    case TypeKind::boolean: return in_set ? 8 : 1;
    case TypeKind::enumeration: return in_set ? 8 : 2;
    case TypeKind::role: return in_set ? 8 : 4;
    case TypeKind::integer:
    case TypeKind::time:
    case TypeKind::duration: return 8;
    case TypeKind::string: return sizeof(StoredString);
    case TypeKind::ip: return sizeof(IpBlock);
    case TypeKind::entity: return sizeof(NodeId);
    case TypeKind::set: return sizeof(StoredSet);
  }
  return 0;
}
static_assert(sizeof(IpBlock) == 17 && alignof(IpBlock) == 1);

[[nodiscard]] constexpr std::size_t padded_to_8(std::size_t size) noexcept {
  return (size + 7) & ~std::size_t{7};
}
[[nodiscard]] constexpr std::size_t presence_words(std::size_t entities) noexcept {
  return (entities + 63) / 64;
}

}  // namespace policyc::vm
