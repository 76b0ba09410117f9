#pragma once

// The container that every image is: a header, a table of sections, sections.
// It knows nothing of what is in them.
//
//   offset size
//        0    8  magic, which names the kind of image
//        8    4  format version: major, minor (16 bits each)
//       12    4  feature bits that a reader must know
//       16    8  size of the image in bytes
//       24    4  number of sections
//       28    4  zero
//       32   32  content digest: XXH3-128 of two XXH3-128s, of the bytes before and after this field; then
//       zeros 64   32  schema digest: XXH3-128, then zeros 96   32  a section each: number (4), zero (4),
//       offset (8), size (8), XXH3-64 digest (8)
//
// All little-endian. Sections are numbered upwards, begin at the next multiple of
// the format's alignment after the one before, and the gaps are zero; so the same
// sections always give the same bytes, and no byte of an image is without meaning.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "policyc/digest.hpp"
#include "policyc/result.hpp"

namespace policyc::vm {

using Magic = std::array<std::uint8_t, 8>;

// Like PNG's: a transfer that treats it as text damages it visibly.
inline constexpr Magic kProgramMagic = {0x89, 'P', 'B', 'C', '\r', '\n', 0x1A, '\n'};

inline constexpr std::size_t kImageHeaderSize = 96;
inline constexpr std::size_t kImageSectionSize = 32;
inline constexpr std::size_t kMaxSections = 64;

struct ImageSection {
  std::uint32_t number = 0;
  std::span<const std::byte> bytes;
};

struct ImageFormat {
  Magic magic{};
  std::uint16_t major = 1;
  std::uint16_t minor = 0;
  std::size_t alignment = 8;  // of sections, a power of two
};

// Sections by number, upwards.
[[nodiscard]] std::vector<std::byte> write_image(const ImageFormat& format, const Digest& schema_digest,
                                                 std::span<const ImageSection> sections);

struct Image {
  Digest schema_digest;
  std::vector<ImageSection> sections;  // views of the bytes read

  [[nodiscard]] std::optional<std::span<const std::byte>> find(std::uint32_t number) const noexcept;
};

// Errors: bad_magic, bad_version, bad_digest, bad_image.
[[nodiscard]] Result<Image> read_image(const ImageFormat& format, std::span<const std::byte> bytes);

// Makes the digests of `image` right after a deliberate change. For tests: a
// digest detects damage, so it would hide what the checks behind it do.
void repair_digests(std::span<std::byte> image) noexcept;

}  // namespace policyc::vm
