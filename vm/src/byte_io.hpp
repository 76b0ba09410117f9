#pragma once

// Little-endian bytes in and out, for images. The reader never reads past its
// bytes, whatever they say: after the first failure everything it returns is
// zero or empty and `ok()` stays false, so a decoder checks once, at the end.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace policyc::vm {

class ByteWriter {
 public:
  void reserve(std::size_t size) { bytes_.reserve(size); }
  void u8(std::uint8_t value) { bytes_.push_back(static_cast<std::byte>(value)); }
  void u16(std::uint16_t value) { little_endian(value, 2); }
  void u32(std::uint32_t value) { little_endian(value, 4); }
  void u64(std::uint64_t value) { little_endian(value, 8); }
  void i64(std::int64_t value) { u64(static_cast<std::uint64_t>(value)); }
  void boolean(bool value) { u8(value ? 1 : 0); }
  void count(std::size_t value) { u32(static_cast<std::uint32_t>(value)); }
  void text(std::string_view value) {
    count(value.size());
    const auto* data = reinterpret_cast<const std::byte*>(value.data());
    bytes_.insert(bytes_.end(), data, data + value.size());
  }
  void raw(std::span<const std::byte> value) { bytes_.insert(bytes_.end(), value.begin(), value.end()); }
  void zeros(std::size_t number) { bytes_.insert(bytes_.end(), number, std::byte{0}); }

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  void little_endian(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) u8(static_cast<std::uint8_t>(value >> (8 * i)));
  }

  std::vector<std::byte> bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(little_endian(1)); }
  std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(little_endian(2)); }
  std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(little_endian(4)); }
  std::uint64_t u64() noexcept { return little_endian(8); }
  std::int64_t i64() noexcept { return static_cast<std::int64_t>(u64()); }
  // Only 0 and 1 are booleans: one value, one spelling.
  bool boolean() noexcept {
    const std::uint8_t value = u8();
    if (value > 1) fail();
    return value == 1;
  }
  // The number of elements that follow. It fails unless that many elements of at
  // least `smallest` bytes can still follow, so a caller may reserve room for it.
  std::size_t count(std::size_t smallest) noexcept {
    const std::uint32_t value = u32();
    if (value > left() / smallest) fail();
    return failed_ ? 0 : value;
  }
  std::string text() {
    const std::size_t size = count(1);
    std::string value(reinterpret_cast<const char*>(bytes_.data()) + position_, size);
    position_ += size;
    return value;
  }

  void fail() noexcept { failed_ = true; }
  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - position_; }
  // Everything was read, and nothing failed.
  [[nodiscard]] bool done() const noexcept { return !failed_ && left() == 0; }

 private:
  std::uint64_t little_endian(unsigned width) noexcept {
    if (failed_ || left() < width) {
      failed_ = true;
      return 0;
    }
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i)
      value |= static_cast<std::uint64_t>(bytes_[position_ + i]) << (8 * i);
    position_ += width;
    return value;
  }

  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace policyc::vm
