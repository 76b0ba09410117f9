#pragma once

// A snapshot as plain data, between the builder, which derives it from facts, and
// the writer, which lays it out: numbered, resolved and sorted, nothing packed.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cell.hpp"
#include "policyc/digest.hpp"
#include "policyc/schema.hpp"
#include "policyc/snapshot_builder.hpp"

namespace policyc::vm {

// Frees what a vector holds: assigning {} would keep its room.
template <class T>
void release(std::vector<T>& values) noexcept {
  std::vector<T>().swap(values);
}

struct NodeParts {
  std::string_view id;
  NodeId parent = kNoNode;
  NodeId end = 0;
  std::uint32_t ordinal = 0;
  KindIndex kind = 0;
  std::uint32_t depth = 0;
};

// Raw bits that a principal has at an entity.
struct Held {
  NodeId entity = 0;
  std::uint64_t bits = 0;
};

// A row for each line, ascending by entity.
struct HeldRows {
  std::vector<std::size_t> ends;
  std::vector<Held> all;

  [[nodiscard]] std::span<const Held> of(std::size_t principal) const noexcept {
    const std::size_t begin = principal == 0 ? 0 : ends[principal - 1];
    return std::span(all).subspan(begin, ends[principal] - begin);
  }
};

// Raw bits that a line has at an entity for a time. Ordered as they are in the image.
struct Windowed {
  std::uint32_t line = 0;
  NodeId entity = 0;
  Window window;
  std::uint64_t bits = 0;

  friend auto operator<=>(const Windowed&, const Windowed&) = default;
};

// Sorted; of one line, entity and window there is one, with the bits of all.
void unite(std::vector<Windowed>& windowed);
[[nodiscard]] std::span<const Windowed> windows_of(std::span<const Windowed> sorted, std::uint32_t line);

// A role that the snapshot defines; those of one snapshot are ordered by entity and name.
struct DefinitionParts {
  NodeId entity = 0;
  std::string_view name;
};

// A line is in that of a definition for a time.
struct WindowedDefinition {
  std::uint32_t line = 0;
  std::uint32_t definition = 0;
  Window window;
};

// For each line the groups and usersets, by their lines, that its principal is in.
struct Memberships {
  std::vector<std::size_t> ends;
  std::vector<std::uint32_t> all;

  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t line) const noexcept {
    const std::size_t begin = line == 0 ? 0 : ends[line - 1];
    return std::span(all).subspan(begin, ends[line] - begin);
  }
};

// An attribute's values by ordinal, as the image has them; see snapshot_format.hpp.
struct ColumnParts {
  std::vector<std::uint64_t> present;
  std::vector<std::byte> values;
  std::vector<std::byte> elements;

  [[nodiscard]] bool has(std::size_t ordinal) const noexcept {
    return ((present[ordinal / 64] >> (ordinal % 64)) & 1) != 0;
  }
};

struct SnapshotParts {
  std::vector<NodeParts> nodes;
  std::uint32_t resources = 0;                     // with system
  std::vector<std::vector<NodeId>> nodes_by_kind;  // by ordinal
  std::vector<NodeId> group_parents;  // of each group, by node; system for one that stands in nothing
  // Lines: of principals, of everyone of each subject kind, of usersets, of definitions.
  std::uint32_t lines = 0;
  HeldRows granted;
  HeldRows derived;
  std::vector<Windowed> windowed;
  std::vector<DefinitionParts> definitions;
  std::vector<WindowedDefinition> definition_windows;  // ascending by line, definition, window
  Memberships memberships;
  std::vector<ColumnParts> columns;       // by attribute
  std::vector<std::string_view> strings;  // sorted, each once
  std::uint32_t hash_seed = 0;
  std::vector<std::uint64_t> hashes;  // of the key of each node but system
};

// How entries are packed: it follows from the schema and the number of nodes.
struct EntryShape {
  std::uint8_t bytes = 4;
  std::uint8_t role_bits = 0;

  friend bool operator==(const EntryShape&, const EntryShape&) = default;
};
[[nodiscard]] EntryShape entry_shape(const Schema& schema, std::uint32_t nodes,
                                     std::uint32_t resources) noexcept;

// The image. Nothing if it would not fit into the format's 32-bit offsets. The parts
// are used up, each freed when it has been laid out.
[[nodiscard]] std::vector<std::byte> write_snapshot(SnapshotParts parts, const Schema& schema,
                                                    const Digest& schema_digest);

}  // namespace policyc::vm
