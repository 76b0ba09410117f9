// From a snapshot's parts to its image. snapshot_format.hpp says what is where.

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "id_table.hpp"
#include "schema_check.hpp"
#include "snapshot_format.hpp"
#include "snapshot_parts.hpp"

namespace policyc::vm {
namespace {

constexpr std::size_t kHighestOffset = std::numeric_limits<std::uint32_t>::max();

using Bytes = std::vector<std::byte>;

template <class T>
void append(Bytes& bytes, const T& value) {
  const auto raw = std::as_bytes(std::span(&value, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

template <class T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

ResourceRecord record_of(const SnapshotParts& parts, NodeId node, std::vector<NodeId>& paths) {
  const NodeParts& from = parts.nodes[node];
  ResourceRecord record;
  record.end = from.end;
  record.ordinal = from.ordinal;
  record.kind = static_cast<std::uint8_t>(from.kind);
  record.depth = static_cast<std::uint8_t>(from.depth);
  std::array<NodeId, kMaxDepth> path{};
  std::size_t left = from.depth;
  for (NodeId above = from.parent; left > 0; above = parts.nodes[above].parent) path[--left] = above;
  if (from.depth > kInlineAncestors) {
    record.ancestors[0] = static_cast<NodeId>(paths.size());
    paths.insert(paths.end(), path.begin(), path.begin() + from.depth);
    return record;
  }
  for (std::size_t i = 0; i < from.depth; ++i) {
    record.ancestors[i] = path[i];
    record.ancestor_kinds[i] = static_cast<std::uint8_t>(parts.nodes[path[i]].kind);
  }
  return record;
}

// Packs rows of entries into lines and, beyond their room, into rows.
class EntryWriter {
 public:
  EntryWriter(const SnapshotParts& parts, const Schema& schema, EntryShape shape)
      : parts_(parts), shape_(shape), kinds_(parts.lines, kSystemKind) {
    lines.reserve(parts.lines);
    std::size_t next = 0;
    for (NodeId node = parts.resources; node < parts.nodes.size(); ++node)
      kinds_[next++] = parts.nodes[node].kind;
    for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind)
      if (schema.kinds[kind].category == KindCategory::subject) kinds_[next++] = static_cast<KindIndex>(kind);
  }

  void add(std::size_t number) {
    const std::span<const Held> granted = parts_.granted.of(number);
    const std::span<const Held> derived = parts_.derived.of(number);
    PrincipalLine line;
    line.kind = static_cast<std::uint8_t>(kinds_[number]);
    line.body.fill(~std::uint32_t{0});
    if (next_window_ < parts_.windowed.size() && parts_.windowed[next_window_].line == number) {
      line.flags |= kWindowed;
      while (next_window_ < parts_.windowed.size() && parts_.windowed[next_window_].line == number)
        ++next_window_;
    }
    if (const std::span<const std::uint32_t> in = parts_.memberships.of(number); !in.empty()) {
      line.flags |= kMember;
      line.holders = static_cast<std::uint32_t>(holders.size());
      holders.push_back(static_cast<std::uint32_t>(in.size()));
      holders.insert(holders.end(), in.begin(), in.end());
    }
    const std::size_t count = granted.size() + derived.size();
    Bytes& entries = scratch_;
    entries.clear();
    for (const std::span<const Held> row : {granted, derived})
      for (const Held& held : row) pack(entries, held);
    if (entries.size() <= kBodyBytes) {
      line.granted = static_cast<std::uint8_t>(granted.size());
      line.entries = static_cast<std::uint8_t>(count);
      if (!entries.empty()) std::memcpy(line.body.data(), entries.data(), entries.size());
    } else {
      line.flags |= kSpilled;
      line.body[0] = static_cast<std::uint32_t>(granted.size());
      line.body[1] = static_cast<std::uint32_t>(count);
      line.body[2] = static_cast<std::uint32_t>(rows.size() / (kRowUnit * shape_.bytes));
      const std::size_t unit = kRowUnit * shape_.bytes;
      entries.resize((entries.size() + unit - 1) / unit * unit, std::byte{0xFF});
      rows.insert(rows.end(), entries.begin(), entries.end());
    }
    lines.push_back(line);
  }

  std::vector<PrincipalLine> lines;
  std::vector<std::uint32_t> holders;
  Bytes rows;

 private:
  void pack(Bytes& entries, const Held& held) const {
    const std::uint64_t packed = std::uint64_t{held.entity} << shape_.role_bits | held.bits;
    switch (shape_.bytes) {
      case 4: append(entries, static_cast<std::uint32_t>(packed)); break;
      case 8: append(entries, packed); break;
      default: append(entries, WideEntry{held.entity, held.bits}); break;
    }
  }

  const SnapshotParts& parts_;
  EntryShape shape_;
  std::vector<KindIndex> kinds_;  // of each line
  std::size_t next_window_ = 0;   // of the parts': lines come in their order
  Bytes scratch_;
};

// Strings one after the other, and where each ends.
struct Arena {
  std::vector<std::uint32_t> ends;
  Bytes bytes;
  bool fits = true;

  void add(std::string_view text) {
    const auto raw = std::as_bytes(std::span(text.data(), text.size()));
    bytes.insert(bytes.end(), raw.begin(), raw.end());
    fits = fits && bytes.size() <= kHighestOffset;
    ends.push_back(static_cast<std::uint32_t>(bytes.size()));
  }
};

std::vector<IdSlot> id_slots(const SnapshotParts& parts, const Arena& ids) {
  IdTable table(parts.hashes.size());
  for (std::size_t i = 0; i < parts.hashes.size(); ++i)
    if (!table.insert(parts.hashes[i], static_cast<std::uint32_t>(i + 1))) return {};
  std::vector<IdSlot> slots(table.slots().size());
  for (std::size_t at = 0; at < slots.size(); ++at) {
    const IdTable::Slot& from = table.slots()[at];
    if (from.key == IdTable::kNone) continue;
    const auto size = static_cast<std::uint32_t>(parts.nodes[from.key].id.size());
    slots[at] = {static_cast<std::uint32_t>(from.hash), from.key, ids.ends[from.key] - size, size};
  }
  return slots;
}

void pad(Bytes& bytes) { bytes.resize(padded_to_8(bytes.size())); }

}  // namespace

EntryShape entry_shape(const Schema& schema, std::uint32_t nodes, std::uint32_t resources) noexcept {
  unsigned role_bits = 0;
  std::uint64_t entities = resources;
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind) {
    const std::uint64_t raw = raw_bits_of(schema, static_cast<KindIndex>(kind));
    role_bits = std::max(role_bits, static_cast<unsigned>(std::bit_width(raw)));
    if (raw != 0 && is_principal(schema.kinds[kind].category)) entities = nodes;
  }
  // The highest number that has room must stay free: it is that of padding.
  const auto needed = role_bits + static_cast<unsigned>(std::bit_width(entities));
  if (needed <= 32) return {4, static_cast<std::uint8_t>(role_bits)};
  if (needed <= 64) return {8, static_cast<std::uint8_t>(role_bits)};
  return {16, 0};
}

std::vector<std::byte> write_snapshot(SnapshotParts parts, const Schema& schema,
                                      const Digest& schema_digest) {
  const auto nodes = static_cast<std::uint32_t>(parts.nodes.size());
  const EntryShape shape = entry_shape(schema, nodes, parts.resources);

  std::vector<ResourceRecord> records;
  std::vector<NodeId> paths;
  records.reserve(parts.resources);
  for (NodeId node = 0; node < parts.resources; ++node) records.push_back(record_of(parts, node, paths));
  EntryWriter entries(parts, schema, shape);
  for (std::size_t line = 0; line < parts.lines; ++line) entries.add(line);
  release(parts.granted.all);
  release(parts.derived.all);
  release(parts.memberships.all);
  std::vector<WindowEntry> windows;
  windows.reserve(parts.windowed.size());
  for (const Windowed& one : parts.windowed)
    windows.push_back({one.line, one.entity, one.bits, one.window.from, one.window.until});
  release(parts.windowed);
  std::vector<DefinitionRecord> definitions;
  Arena definition_names;
  for (const DefinitionParts& one : parts.definitions) {
    definition_names.add(one.name);
    definitions.push_back({one.entity, definition_names.ends.back()});
  }
  std::vector<DefinitionWindow> definition_windows;
  for (const WindowedDefinition& one : parts.definition_windows)
    definition_windows.push_back({one.line, one.definition, one.window.from, one.window.until});
  Arena ids;
  for (const NodeParts& node : parts.nodes) ids.add(node.id);
  Arena strings;
  for (const std::string_view text : parts.strings) strings.add(text);
  if (!ids.fits || !strings.fits || !definition_names.fits || paths.size() > kHighestOffset ||
      entries.rows.size() / shape.bytes / kRowUnit > kHighestOffset ||
      entries.holders.size() > kHighestOffset)
    return {};
  const std::vector<IdSlot> slots = id_slots(parts, ids);
  if (slots.empty()) return {};
  release(parts.nodes);
  release(parts.nodes_by_kind);

  std::vector<std::uint64_t> element_counts;
  Bytes columns;
  std::size_t columns_size = 0;
  for (const ColumnParts& column : parts.columns)
    columns_size +=
        column.present.size() * 8 + padded_to_8(column.values.size()) + padded_to_8(column.elements.size());
  columns.reserve(columns_size);
  for (std::size_t i = 0; i < parts.columns.size(); ++i) {
    const ColumnParts column = std::move(parts.columns[i]);
    const std::size_t count = column.elements.size() / width_of(schema.attributes[i].type.element, true);
    if (count > kHighestOffset) return {};
    element_counts.push_back(count);
    for (const auto part : {bytes_of(column.present), bytes_of(column.values), bytes_of(column.elements)}) {
      columns.insert(columns.end(), part.begin(), part.end());
      pad(columns);
    }
  }

  const Overview overview = {
      nodes, parts.resources, parts.lines, parts.hash_seed, shape.bytes, shape.role_bits, 0};
  const auto section = [](SnapshotSection number, std::span<const std::byte> bytes) {
    return ImageSection{static_cast<std::uint32_t>(number), bytes};
  };
  const std::array<ImageSection, kSnapshotSections> sections = {
      section(SnapshotSection::overview, std::as_bytes(std::span(&overview, 1))),
      section(SnapshotSection::resources, bytes_of(records)),
      section(SnapshotSection::paths, bytes_of(paths)),
      section(SnapshotSection::principals, bytes_of(entries.lines)),
      section(SnapshotSection::rows, entries.rows),
      section(SnapshotSection::id_ends, bytes_of(ids.ends)),
      section(SnapshotSection::ids, ids.bytes),
      section(SnapshotSection::id_table, bytes_of(slots)),
      section(SnapshotSection::string_ends, bytes_of(strings.ends)),
      section(SnapshotSection::strings, strings.bytes),
      section(SnapshotSection::element_counts, bytes_of(element_counts)),
      section(SnapshotSection::columns, columns),
      section(SnapshotSection::holders, bytes_of(entries.holders)),
      section(SnapshotSection::group_parents, bytes_of(parts.group_parents)),
      section(SnapshotSection::windows, bytes_of(windows)),
      section(SnapshotSection::definitions, bytes_of(definitions)),
      section(SnapshotSection::definition_names, definition_names.bytes),
      section(SnapshotSection::definition_windows, bytes_of(definition_windows)),
  };
  return write_image(kSnapshotFormat, schema_digest, sections);
}

}  // namespace policyc::vm
