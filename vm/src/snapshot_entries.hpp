#pragma once

// The three forms in which a principal's entries are stored, each as one type, so
// that code over entries is written once.

#include <cstddef>
#include <cstdint>

#include "snapshot_format.hpp"

namespace policyc::vm {

struct Packed4 {
  std::uint32_t value;

  [[nodiscard]] std::uint64_t entity(unsigned role_bits) const noexcept { return value >> role_bits; }
  [[nodiscard]] std::uint64_t bits(unsigned role_bits) const noexcept {
    return value & ((1U << role_bits) - 1);
  }
};
struct Packed8 {
  std::uint64_t value;

  [[nodiscard]] std::uint64_t entity(unsigned role_bits) const noexcept { return value >> role_bits; }
  [[nodiscard]] std::uint64_t bits(unsigned role_bits) const noexcept {
    return value & ((std::uint64_t{1} << role_bits) - 1);
  }
};
struct Wide {
  WideEntry value;

  [[nodiscard]] std::uint64_t entity(unsigned) const noexcept { return value.entity; }
  [[nodiscard]] std::uint64_t bits(unsigned) const noexcept { return value.bits; }
};

// A principal's entries, whether in its line or in a row: those granted, then those
// derived.
template <class Entry>
struct Entries {
  const Entry* begin = nullptr;
  std::size_t granted = 0;
  std::size_t count = 0;

  Entries(const PrincipalLine& line, const std::byte* rows) noexcept {
    if ((line.flags & kSpilled) == 0) {
      begin = reinterpret_cast<const Entry*>(line.body.data());
      granted = line.granted;
      count = line.entries;
    } else {
      begin = reinterpret_cast<const Entry*>(rows) + std::size_t{line.body[2]} * kRowUnit;
      granted = line.body[0];
      count = line.body[1];
    }
  }
};

// Calls `use` with an entry of the form that takes so many bytes.
template <class Use>
auto with_entry_form(std::uint8_t entry_bytes, Use use) {
  switch (entry_bytes) {
    case 4: return use(Packed4{});
    case 8: return use(Packed8{});
    default: return use(Wide{});
  }
}

}  // namespace policyc::vm
