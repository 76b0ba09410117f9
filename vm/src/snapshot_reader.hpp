#pragma once

// From an image to a view of it, trusting none of it.

#include <memory>
#include <optional>
#include <string>

#include "policyc/result.hpp"
#include "snapshot_view.hpp"

namespace policyc::vm {

// Checks the image and keeps it. Every number, offset, text and row in the view
// returned is valid: what Snapshot::load promises.
[[nodiscard]] Result<std::unique_ptr<const SnapshotView>> read_snapshot(ImageBuffer image,
                                                                        const Schema& schema,
                                                                        const Digest& schema_digest);

// The parts of the image that the view needs no pointer to, or whose extent only
// the checks ask for.
struct SnapshotSections {
  std::span<const NodeId> paths;
  std::span<const std::byte> rows;
  std::span<const std::uint32_t> id_ends;
  std::span<const char> ids;
  std::span<const std::uint32_t> string_ends;
  std::span<const char> strings;
  std::span<const std::uint64_t> element_counts;
  std::span<const std::byte> columns;
  std::span<const std::uint32_t> holders;
  std::span<const NodeId> group_parents;
  std::span<const char> definition_names;
};

// The first rule of the format that is broken, as a sentence, or nothing. In this
// order: each relies on what those before it checked.
using Finding = std::optional<std::string>;
[[nodiscard]] Finding check_ids(const SnapshotView& view, const SnapshotSections& sections);
// Fills in the view's tables of kinds.
[[nodiscard]] Finding check_nodes(SnapshotView& view, const SnapshotSections& sections, const Schema& schema);
// Fills in the view's longest probe.
[[nodiscard]] Finding check_id_table(SnapshotView& view);
[[nodiscard]] Finding check_strings(const SnapshotSections& sections);
// Fills in the view's columns.
[[nodiscard]] Finding check_columns(SnapshotView& view, const SnapshotSections& sections,
                                    const Schema& schema);
// Fills in which kinds have roles for everyone.
[[nodiscard]] Finding check_memberships(SnapshotView& view, const SnapshotSections& sections,
                                        const Schema& schema);
// Which roles the snapshot defines, and where.
[[nodiscard]] Finding check_definitions(const SnapshotView& view, const SnapshotSections& sections,
                                        const Schema& schema);
[[nodiscard]] Finding check_entries(const SnapshotView& view, const SnapshotSections& sections,
                                    const Schema& schema);
[[nodiscard]] Finding check_windows(const SnapshotView& view, const Schema& schema);
// What the lines of definitions hold, and who is in them for a time.
[[nodiscard]] Finding check_defined_lines(const SnapshotView& view, const Schema& schema);

}  // namespace policyc::vm
