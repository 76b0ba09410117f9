// Reads and writes the container of images; see image.hpp for its layout.

#include "image.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "byte_io.hpp"
#include "hash.hpp"

namespace policyc::vm {
namespace {

constexpr std::size_t kDigestOffset = 32;
constexpr std::size_t kDigestField = 32;

constexpr std::size_t align(const ImageFormat& format, std::size_t offset) noexcept {
  return (offset + format.alignment - 1) & ~(format.alignment - 1);
}

void write_digest(ByteWriter& out, const Digest& digest) {
  out.raw(std::as_bytes(std::span(digest.bytes)));
  out.zeros(kDigestField - digest.bytes.size());
}

bool read_digest(ByteReader& in, Digest& digest) noexcept {
  for (std::uint8_t& byte : digest.bytes) byte = in.u8();
  for (std::size_t i = digest.bytes.size(); i < kDigestField; ++i)
    if (in.u8() != 0) return false;
  return true;
}

// Covers every byte of the image but its own field. Both sides are hashed and
// then their digests, so that no copy of the image is made.
Digest content_digest(std::span<const std::byte> image) noexcept {
  const std::array<Digest, 2> sides = {digest_of(image.first(kDigestOffset)),
                                       digest_of(image.subspan(kDigestOffset + kDigestField))};
  return digest_of(std::as_bytes(std::span(sides)));
}

void store_digest(std::span<std::byte> image, const Digest& digest) noexcept {
  const auto bytes = std::as_bytes(std::span(digest.bytes));
  std::copy(bytes.begin(), bytes.end(), image.begin() + kDigestOffset);
}

Error bad_image(std::string message) { return Error{ErrorCode::bad_image, std::move(message)}; }

std::string section_name(std::size_t position) { return "section " + std::to_string(position); }

}  // namespace

std::vector<std::byte> write_image(const ImageFormat& format, const Digest& schema_digest,
                                   std::span<const ImageSection> sections) {
  std::size_t end = kImageHeaderSize + kImageSectionSize * sections.size();
  for (const ImageSection& section : sections) end = align(format, end) + section.bytes.size();

  ByteWriter out;
  out.reserve(end);
  out.raw(std::as_bytes(std::span(format.magic)));
  out.u16(format.major);
  out.u16(format.minor);
  out.u32(0);  // no features beyond the version's own
  out.u64(end);
  out.count(sections.size());
  out.u32(0);
  write_digest(out, Digest{});
  write_digest(out, schema_digest);
  std::size_t offset = kImageHeaderSize + kImageSectionSize * sections.size();
  for (const ImageSection& section : sections) {
    offset = align(format, offset);
    out.u32(section.number);
    out.u32(0);
    out.u64(offset);
    out.u64(section.bytes.size());
    out.u64(hash64(section.bytes));
    offset += section.bytes.size();
  }
  for (const ImageSection& section : sections) {
    out.zeros(align(format, out.size()) - out.size());
    out.raw(section.bytes);
  }
  std::vector<std::byte> image = std::move(out).take();
  store_digest(image, content_digest(image));
  return image;
}

std::optional<std::span<const std::byte>> Image::find(std::uint32_t number) const noexcept {
  for (const ImageSection& section : sections)
    if (section.number == number) return section.bytes;
  return std::nullopt;
}

Result<Image> read_image(const ImageFormat& format, std::span<const std::byte> bytes) {
  if (bytes.size() < format.magic.size() ||
      std::memcmp(bytes.data(), format.magic.data(), format.magic.size()) != 0)
    return Error{ErrorCode::bad_magic, "the bytes are not an image of the expected kind"};
  if (bytes.size() < kImageHeaderSize) return bad_image("the header is cut off");

  ByteReader in(bytes.subspan(format.magic.size()));
  const std::uint16_t major = in.u16();
  const std::uint16_t minor = in.u16();
  if (major != format.major || minor > format.minor)
    return Error{ErrorCode::bad_version, "format version " + std::to_string(major) + "." +
                                             std::to_string(minor) + "; this build reads up to " +
                                             std::to_string(format.major) + "." +
                                             std::to_string(format.minor)};
  if (const std::uint32_t features = in.u32(); features != 0)
    return Error{ErrorCode::bad_version, "feature bits " + std::to_string(features) + " are unknown"};
  if (const std::uint64_t size = in.u64(); size != bytes.size())
    return bad_image("the header says " + std::to_string(size) + " bytes, but there are " +
                     std::to_string(bytes.size()));
  const std::uint32_t number_of_sections = in.u32();
  if (in.u32() != 0) return bad_image("a reserved field is not zero");
  Digest content;
  Image image;
  if (!read_digest(in, content) || !read_digest(in, image.schema_digest))
    return bad_image("a reserved field is not zero");
  if (content != content_digest(bytes))
    return Error{ErrorCode::bad_digest, "the image is damaged: its bytes don't match its digest"};
  if (number_of_sections > kMaxSections ||
      number_of_sections * kImageSectionSize > bytes.size() - kImageHeaderSize)
    return bad_image("the section table is cut off or too long");

  std::size_t end = kImageHeaderSize + number_of_sections * kImageSectionSize;
  for (std::uint32_t i = 0; i < number_of_sections; ++i) {
    const std::uint32_t number = in.u32();
    const std::uint32_t zero = in.u32();
    const std::uint64_t offset = in.u64();
    const std::uint64_t size = in.u64();
    const std::uint64_t digest = in.u64();
    if (zero != 0) return bad_image("a reserved field is not zero");
    if (i > 0 && number <= image.sections.back().number) return bad_image("sections are out of order");
    if (offset != align(format, end) || offset > bytes.size() || size > bytes.size() - offset)
      return bad_image(section_name(i) + " is not where it must be");
    for (std::size_t gap = end; gap < offset; ++gap)
      if (bytes[gap] != std::byte{0}) return bad_image("bytes between sections are not zero");
    const auto section = bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
    if (hash64(section) != digest)
      return Error{ErrorCode::bad_digest, section_name(i) + " does not match its digest"};
    image.sections.push_back({number, section});
    end = static_cast<std::size_t>(offset + size);
  }
  if (end != bytes.size()) return bad_image("bytes follow the last section");
  return image;
}

void repair_digests(std::span<std::byte> image) noexcept {
  if (image.size() < kImageHeaderSize) return;
  ByteReader in(std::span<const std::byte>(image).subspan(24));
  const std::uint32_t number_of_sections = in.u32();
  for (std::uint32_t i = 0; i < number_of_sections; ++i) {
    const std::size_t entry = kImageHeaderSize + i * kImageSectionSize;
    if (i >= kMaxSections || entry + kImageSectionSize > image.size()) break;
    ByteReader row(std::span<const std::byte>(image).subspan(entry + 8));
    const std::uint64_t offset = row.u64();
    const std::uint64_t size = row.u64();
    if (offset > image.size() || size > image.size() - offset) continue;
    const std::uint64_t digest =
        hash64(image.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size)));
    for (unsigned byte = 0; byte < 8; ++byte)
      image[entry + 24 + byte] = static_cast<std::byte>(digest >> (8 * byte));
  }
  store_digest(image, content_digest(image));
}

}  // namespace policyc::vm
