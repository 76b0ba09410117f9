#pragma once

// A verified, immutable snapshot of organizations and memberships.
//
//   auto snapshot = policyc::Snapshot::load(bytes, program.schema(), program.schema_digest());
//   if (!snapshot) return snapshot.error();                      // schema_mismatch, bad_image …
//
// `policyc snapshot build` writes the bytes; snapshot/read.hpp makes them from
// texts and snapshot_builder.hpp from facts.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "policyc/digest.hpp"
#include "policyc/image_buffer.hpp"
#include "policyc/request.hpp"
#include "policyc/result.hpp"
#include "policyc/schema.hpp"

namespace policyc {

namespace vm {
struct SnapshotView;
class SnapshotAccess;
}  // namespace vm

// Figures for people: `policyc snapshot stat`.
struct SnapshotStats {
  std::size_t bytes = 0;
  std::size_t entities = 0;
  std::size_t principals = 0;
  std::size_t grants = 0;   // (principal, entity, role) facts granted
  std::size_t derived = 0;  // likewise, from attributes and roll-ups
  std::size_t spilled = 0;  // principals whose grants do not fit in their line
  std::size_t strings = 0;
  unsigned longest_probe = 0;  // of the id table
  std::vector<std::pair<std::string, std::size_t>> entities_by_kind;
  std::vector<std::pair<std::string, std::size_t>> bytes_by_section;
};

// Thread safety: const member functions may be called from any number of
// threads at once, without locks. Lifetime: owns its bytes.
class Snapshot {
 public:
  // Checks the image against the schema it claims and keeps it. All checking
  // happens here: every offset, id, row and string of a Snapshot that exists is in
  // bounds.
  //
  // Errors: bad_magic, bad_version, bad_digest, bad_image, schema_mismatch,
  // out_of_memory. Cost: O(image.size()).
  [[nodiscard]] static Result<Snapshot> load(ImageBuffer image, const Schema& schema,
                                             const Digest& schema_digest);
  // The same of a copy.
  [[nodiscard]] static Result<Snapshot> load(std::span<const std::byte> image, const Schema& schema,
                                             const Digest& schema_digest);

  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;
  ~Snapshot();

  // The bytes that it was made of, which live as long as it does.
  [[nodiscard]] std::span<const std::byte> image() const noexcept;
  // Of those bytes: two snapshots with one digest say the same.
  [[nodiscard]] const Digest& digest() const noexcept;
  // Of the schema that it was checked against, as Program::schema_digest().
  [[nodiscard]] const Digest& schema_digest() const noexcept;
  // By which its handles and cursors are told from those of every other snapshot in this process.
  [[nodiscard]] std::uint32_t epoch() const noexcept;

  // "user:ann" by kind and id. Never an entity for an unknown id.
  [[nodiscard]] std::optional<Handle> find(KindIndex kind, std::string_view id) const noexcept;

  // Counts what is in it. Cost: linear in the snapshot. Allocates.
  [[nodiscard]] SnapshotStats stats(const Schema& schema) const;

 private:
  friend class vm::SnapshotAccess;
  explicit Snapshot(std::unique_ptr<const vm::SnapshotView> view) noexcept;
  std::unique_ptr<const vm::SnapshotView> view_;
};

}  // namespace policyc
