#pragma once

// Little-endian values off the front of some bytes; what is not there is refused by an exception.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace policyc::second {

struct Refused {
  std::string why;
};

inline void demand(bool holds, const char* why) {
  if (!holds) throw Refused{why};
}

class Wire {
 public:
  explicit Wire(std::span<const std::byte> bytes) : rest_(bytes) {}

  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    const auto taken = take(width);
    for (std::size_t i = width; i-- > 0;) value = value * 256 + std::to_integer<std::uint64_t>(taken[i]);
    return value;
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  bool flag() {
    const std::uint8_t value = u8();
    demand(value < 2, "a flag is neither 0 nor 1");
    return value != 0;
  }
  std::string text() {
    const auto taken = take(u32());
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }
  // Calls `one` as often as the count in front says.
  template <class One>
  void each(const One& one) {
    for (std::uint32_t left = u32(); left > 0; --left) one();
  }
  std::span<const std::byte> take(std::size_t size) {
    demand(size <= rest_.size(), "something is cut off");
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  void expect_end() const { demand(rest_.empty(), "bytes are left over"); }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace policyc::second
