// Snapshot: the one door to a verified view, and figures about it.

#include "policyc/snapshot.hpp"

#include <algorithm>
#include <bit>
#include <new>

#include "no_memory.hpp"
#include "snapshot_access.hpp"
#include "snapshot_entries.hpp"
#include "snapshot_reader.hpp"

namespace policyc {

Snapshot::Snapshot(std::unique_ptr<const vm::SnapshotView> view) noexcept : view_(std::move(view)) {}
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() = default;

Result<Snapshot> Snapshot::load(std::span<const std::byte> image, const Schema& schema,
                                const Digest& schema_digest) {
  auto copy = ImageBuffer::create(image.size());
  if (!copy) return copy.error();
  std::copy(image.begin(), image.end(), copy->bytes().begin());
  return load(std::move(*copy), schema, schema_digest);
}

Result<Snapshot> Snapshot::load(ImageBuffer image, const Schema& schema, const Digest& schema_digest) {
  try {
    auto view = vm::read_snapshot(std::move(image), schema, schema_digest);
    if (!view) return view.error();
    return Snapshot(std::move(*view));
  } catch (const std::bad_alloc&) {
    return vm::no_memory();
  }
}

std::span<const std::byte> Snapshot::image() const noexcept { return view_->memory.bytes(); }
const Digest& Snapshot::digest() const noexcept { return view_->digest; }
const Digest& Snapshot::schema_digest() const noexcept { return view_->schema_digest; }
std::uint32_t Snapshot::epoch() const noexcept { return view_->epoch; }

std::optional<Handle> Snapshot::find(KindIndex kind, std::string_view id) const noexcept {
  const vm::NodeId node = view_->find(kind, id);
  if (node == vm::kNoNode) return std::nullopt;
  return Handle{node, view_->epoch};
}

SnapshotStats Snapshot::stats(const Schema& schema) const {
  const vm::SnapshotView& view = *view_;
  SnapshotStats stats;
  stats.bytes = view.memory.bytes().size();
  stats.entities = view.nodes;
  stats.principals = view.nodes - view.resources;
  stats.strings = view.section_bytes[static_cast<std::size_t>(vm::SnapshotSection::string_ends) - 1] /
                  sizeof(std::uint32_t);
  stats.longest_probe = view.longest_probe;
  for (std::uint32_t number = 0; number < view.line_count; ++number) {
    const vm::PrincipalLine& line = view.lines[number];
    stats.spilled += (line.flags & vm::kSpilled) != 0 ? 1 : 0;
    vm::with_entry_form(view.entry_bytes, [&]<class Entry>(Entry) {
      const vm::Entries<Entry> entries(line, view.rows);
      for (std::size_t i = 0; i < entries.count; ++i)
        (i < entries.granted ? stats.grants : stats.derived) +=
            static_cast<std::size_t>(std::popcount(entries.begin[i].bits(view.role_bits)));
    });
  }
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind)
    stats.entities_by_kind.emplace_back(schema.kinds[kind].name, view.kinds[kind].count);
#define SECTION(number, name) stats.bytes_by_section.emplace_back(#name, view.section_bytes[(number)-1]);
  POLICYC_SNAPSHOT_SECTIONS(SECTION)
#undef SECTION
  return stats;
}

}  // namespace policyc
