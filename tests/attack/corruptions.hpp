#pragma once

// Changed images, their digests made right again so that the checks behind them are reached.

#include <algorithm>
#include <string>

#include "differential/generator.hpp"
#include "image.hpp"
#include "policyc/digest.hpp"
#include "victims.hpp"

namespace policyc::attack {

// What is wrong with an image now; for the reader of a failure.
struct Corruption {
  Bytes image;
  std::string what;
  std::size_t at = 0;  // the first byte that is another
};

inline std::uint64_t little_endian(const Bytes& image, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(image[at + i]);
  return value;
}

inline void store(Bytes& image, std::size_t at, std::size_t width, std::uint64_t value) {
  for (std::size_t i = 0; i < width; ++i) image[at + i] = static_cast<std::byte>(value >> (8 * i));
}

// Where a section's bytes are, by its place in the table. Nothing if they would lie outside.
struct Place {
  std::size_t begin = 0;
  std::size_t size = 0;
};
inline Place section_of(const Bytes& image, std::size_t index) {
  const std::size_t row = vm::kImageHeaderSize + index * vm::kImageSectionSize;
  if (row + vm::kImageSectionSize > image.size()) return {};
  const std::uint64_t begin = little_endian(image, row + 8, 8);
  const std::uint64_t size = little_endian(image, row + 16, 8);
  if (begin > image.size() || size > image.size() - begin) return {};
  return {static_cast<std::size_t>(begin), static_cast<std::size_t>(size)};
}

// Of a program the schema digest as well: the checks of the schema are behind it.
inline void repair(Bytes& image, bool program) {
  if (program && image.size() >= vm::kImageHeaderSize + 2 * vm::kImageSectionSize) {
    const Place schema = section_of(image, 1);
    const Digest digest = digest_of(std::span(image).subspan(schema.begin, schema.size));
    for (std::size_t i = 0; i < digest.bytes.size(); ++i) image[64 + i] = std::byte{digest.bytes[i]};
  }
  vm::repair_digests(image);
}

// The first `size` bytes, with a header that says so.
inline Corruption truncated(const Bytes& image, std::size_t size, bool program) {
  Corruption corruption{{image.begin(), image.begin() + static_cast<std::ptrdiff_t>(size)},
                        "cut to " + std::to_string(size) + " bytes",
                        size};
  if (size >= vm::kImageHeaderSize) {
    store(corruption.image, 16, 8, size);
    repair(corruption.image, program);
  }
  return corruption;
}

// One section cut to its first `size` bytes, and everything else as it was: the sections behind it move up.
inline Corruption section_truncated(const Bytes& image, const vm::ImageFormat& format, std::size_t sections,
                                    std::size_t index, std::size_t size) {
  std::vector<vm::ImageSection> parts;
  Digest schema;
  for (std::size_t i = 0; i < schema.bytes.size(); ++i)
    schema.bytes[i] = std::to_integer<std::uint8_t>(image[64 + i]);
  for (std::size_t i = 0; i < sections; ++i) {
    const Place place = section_of(image, i);
    const std::size_t row = vm::kImageHeaderSize + i * vm::kImageSectionSize;
    parts.push_back({static_cast<std::uint32_t>(little_endian(image, row, 4)),
                     std::span(image).subspan(place.begin, i == index ? size : place.size)});
  }
  Corruption corruption{vm::write_image(format, schema, parts),
                        "section " + std::to_string(index) + " cut to " + std::to_string(size) + " bytes",
                        section_of(image, index).begin + size};
  return corruption;
}

// One byte another: by chance, by one, or in one bit.
inline Corruption changed(const Bytes& image, std::size_t at, bool program, differential::Random& random) {
  Corruption corruption{image, {}, at};
  const auto before = std::to_integer<unsigned>(image[at]);
  unsigned after = before;
  switch (random.upto(4)) {
    case 0: after = before + 1; break;
    case 1: after = before ^ (1U << random.upto(8)); break;
    case 2: after = before - 1; break;
    default: after = before + 1 + static_cast<unsigned>(random.upto(255)); break;
  }
  corruption.image[at] = static_cast<std::byte>(after & 0xFF);
  corruption.what = "byte " + std::to_string(at) + ": " + std::to_string(before) + " becomes " +
                    std::to_string(after & 0xFF);
  repair(corruption.image, program);
  return corruption;
}

// Several bytes at once, and now and then a stretch of it copied to another place.
inline Corruption scrambled(const Bytes& image, bool program, differential::Random& random) {
  Corruption corruption{image, "scrambled", 0};
  Bytes& bytes = corruption.image;
  for (std::size_t n = 1 + random.upto(6); n > 0; --n)
    bytes[random.upto(bytes.size())] = static_cast<std::byte>(random.upto(256));
  if (random.chance(30)) {
    const std::size_t size = std::min<std::size_t>(1 + random.upto(32), bytes.size());
    const std::size_t from = random.upto(bytes.size() - size + 1);
    const std::size_t to = random.upto(bytes.size() - size + 1);
    std::copy_n(image.begin() + static_cast<std::ptrdiff_t>(from), size,
                bytes.begin() + static_cast<std::ptrdiff_t>(to));
  }
  repair(bytes, program);
  return corruption;
}

// No image at all behind a good header and a table of sections of random sizes.
inline Corruption noise(const vm::ImageFormat& format, std::size_t sections, differential::Random& random) {
  std::vector<Bytes> contents(sections);
  std::vector<vm::ImageSection> parts;
  for (std::size_t i = 0; i < sections; ++i) {
    contents[i].resize(random.upto(80));
    // Small numbers are what counts and indices are made of.
    for (std::byte& byte : contents[i])
      byte = static_cast<std::byte>(random.chance(70) ? random.upto(4) : random.upto(256));
    parts.push_back({static_cast<std::uint32_t>(i + 1), contents[i]});
  }
  return {vm::write_image(format, digest_of(contents[sections > 1 ? 1 : 0]), parts), "noise", 0};
}

}  // namespace policyc::attack
