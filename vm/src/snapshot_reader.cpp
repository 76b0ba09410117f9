// Copies an image to where it is used and finds the sections in it.

#include "snapshot_reader.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "id_table.hpp"
#include "snapshot_parts.hpp"

namespace policyc::vm {
namespace {

// Every snapshot of a process has an epoch of its own, so that no handle of one is
// taken for a handle of another. Zero is that of a handle that was never set.
std::uint32_t next_epoch() noexcept {
  static std::atomic<std::uint32_t> last{0};
  std::uint32_t epoch = 0;
  while (epoch == 0) epoch = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return epoch;
}

template <class T>
std::span<const T> array_of(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

std::span<const std::byte> section_of(const Image& image, SnapshotSection section) noexcept {
  return image.sections[static_cast<std::size_t>(section) - 1].bytes;
}

Finding check_overview(const Overview& overview, const Schema& schema) {
  if (overview.zero != 0) return "a reserved field is not zero";
  if (overview.resources == 0 || overview.nodes < overview.resources || overview.nodes > kMaxNodes)
    return "the number of entities is impossible";
  const auto subjects = static_cast<std::uint32_t>(
      std::count_if(schema.kinds.begin(), schema.kinds.end(),
                    [](const KindInfo& kind) { return kind.category == KindCategory::subject; }));
  if (overview.lines < overview.nodes - overview.resources + subjects)
    return "there are fewer lines than principals and kinds of them";
  if (overview.hash_seed >= kHashSeeds) return "the seed of the id table is out of range";
  if (EntryShape{overview.entry_bytes, overview.role_bits} !=
      entry_shape(schema, overview.nodes, overview.resources))
    return "the form of the entries does not fit the schema";
  return std::nullopt;
}

// Each section has the size that the overview asks for, so that all else may index it.
Finding check_sizes(const Image& image, const Overview& overview, const Schema& schema) {
  const std::uint64_t nodes = overview.nodes;
  const auto is = [&](SnapshotSection section, std::uint64_t size) {
    return section_of(image, section).size() == size;
  };
  const auto in_units = [&](SnapshotSection section, std::size_t unit) {
    return section_of(image, section).size() % unit == 0;
  };
  if (!is(SnapshotSection::resources, overview.resources * sizeof(ResourceRecord)) ||
      !is(SnapshotSection::principals, std::uint64_t{overview.lines} * sizeof(PrincipalLine)) ||
      !is(SnapshotSection::id_ends, nodes * sizeof(std::uint32_t)) ||
      !is(SnapshotSection::id_table, slots_for(nodes - 1) * sizeof(IdSlot)) ||
      !is(SnapshotSection::element_counts, schema.attributes.size() * sizeof(std::uint64_t)) ||
      !in_units(SnapshotSection::paths, sizeof(NodeId)) ||
      !in_units(SnapshotSection::holders, sizeof(std::uint32_t)) ||
      !in_units(SnapshotSection::group_parents, sizeof(NodeId)) ||
      !in_units(SnapshotSection::windows, sizeof(WindowEntry)) ||
      !in_units(SnapshotSection::definitions, sizeof(DefinitionRecord)) ||
      !in_units(SnapshotSection::definition_windows, sizeof(DefinitionWindow)) ||
      !in_units(SnapshotSection::rows, kRowUnit * overview.entry_bytes) ||
      !in_units(SnapshotSection::string_ends, sizeof(std::uint32_t)))
    return "a section does not have the size that it must have";
  return std::nullopt;
}

Finding read(const Image& image, const Schema& schema, SnapshotView& view) {
  if (image.sections.size() != kSnapshotSections) return "the image does not have the sections of a snapshot";
  for (std::size_t i = 0; i < kSnapshotSections; ++i)
    if (image.sections[i].number != i + 1)
      return "section " + std::to_string(image.sections[i].number) + " is unknown";
  Overview overview;
  const auto first = section_of(image, SnapshotSection::overview);
  if (first.size() != sizeof overview) return "a section does not have the size that it must have";
  std::memcpy(&overview, first.data(), sizeof overview);
  if (auto finding = check_overview(overview, schema)) return finding;
  if (auto finding = check_sizes(image, overview, schema)) return finding;

  SnapshotSections sections;
  sections.paths = array_of<NodeId>(section_of(image, SnapshotSection::paths));
  sections.rows = section_of(image, SnapshotSection::rows);
  sections.id_ends = array_of<std::uint32_t>(section_of(image, SnapshotSection::id_ends));
  sections.ids = array_of<char>(section_of(image, SnapshotSection::ids));
  sections.string_ends = array_of<std::uint32_t>(section_of(image, SnapshotSection::string_ends));
  sections.strings = array_of<char>(section_of(image, SnapshotSection::strings));
  sections.element_counts = array_of<std::uint64_t>(section_of(image, SnapshotSection::element_counts));
  sections.columns = section_of(image, SnapshotSection::columns);
  sections.holders = array_of<std::uint32_t>(section_of(image, SnapshotSection::holders));
  sections.group_parents = array_of<NodeId>(section_of(image, SnapshotSection::group_parents));
  view.nodes = overview.nodes;
  view.resources = overview.resources;
  view.line_count = overview.lines;
  view.hash_seed = overview.hash_seed;
  view.entry_bytes = overview.entry_bytes;
  view.role_bits = overview.role_bits;
  view.records = array_of<ResourceRecord>(section_of(image, SnapshotSection::resources)).data();
  view.lines = array_of<PrincipalLine>(section_of(image, SnapshotSection::principals)).data();
  view.id_table = array_of<IdSlot>(section_of(image, SnapshotSection::id_table));
  view.holders = sections.holders.data();
  view.windows = array_of<WindowEntry>(section_of(image, SnapshotSection::windows));
  sections.definition_names = array_of<char>(section_of(image, SnapshotSection::definition_names));
  view.definitions = array_of<DefinitionRecord>(section_of(image, SnapshotSection::definitions));
  view.definition_names = sections.definition_names.data();
  view.definition_windows =
      array_of<DefinitionWindow>(section_of(image, SnapshotSection::definition_windows));
  view.group_parents = sections.group_parents.data();
  view.paths = sections.paths.data();
  view.rows = sections.rows.data();
  view.id_ends = sections.id_ends.data();
  view.ids = sections.ids.data();
  view.strings = sections.strings.data();
  for (const ImageSection& section : image.sections)
    view.section_bytes[section.number - 1] = section.bytes.size();

  if (auto finding = check_ids(view, sections)) return finding;
  if (auto finding = check_nodes(view, sections, schema)) return finding;
  if (auto finding = check_id_table(view)) return finding;
  if (auto finding = check_strings(sections)) return finding;
  if (auto finding = check_memberships(view, sections, schema)) return finding;
  if (auto finding = check_definitions(view, sections, schema)) return finding;
  if (auto finding = check_columns(view, sections, schema)) return finding;
  if (auto finding = check_entries(view, sections, schema)) return finding;
  if (auto finding = check_windows(view, schema)) return finding;
  return check_defined_lines(view, schema);
}

}  // namespace

Result<std::unique_ptr<const SnapshotView>> read_snapshot(ImageBuffer image, const Schema& schema,
                                                          const Digest& schema_digest) {
  static_assert(ImageBuffer::kAlignment == kSnapshotAlignment);
  auto view = std::make_unique<SnapshotView>();
  view->memory = std::move(image);
  const std::span<const std::byte> bytes = view->memory.bytes();
  auto container = read_image(kSnapshotFormat, bytes);
  if (!container) return container.error();
  if (container->schema_digest != schema_digest)
    return Error{ErrorCode::schema_mismatch, "the snapshot was built for another schema than the policy's"};
  if (auto finding = read(*container, schema, *view)) return Error{ErrorCode::bad_image, std::move(*finding)};
  view->digest = digest_of(bytes);
  view->schema_digest = schema_digest;
  view->epoch = next_epoch();
  return std::unique_ptr<const SnapshotView>(std::move(view));
}

}  // namespace policyc::vm
