#pragma once

// A fixed table from names to indices: built once, then O(1) and without
// allocation. The names belong to a verified program, not to callers, so the
// longest probe is known when it is built and does not depend on requests.

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hash.hpp"

namespace policyc::vm {

class NameTable {
 public:
  static constexpr std::uint16_t kNone = 0xFFFF;

  NameTable() : slots_(1) {}
  // Position in `names` is the index. Names are unique.
  explicit NameTable(std::vector<std::string> names)
      : names_(std::move(names)), slots_(std::bit_ceil(2 * names_.size() + 1)) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const std::uint64_t hash = hash64(names_[i]);
      std::size_t at = hash & (slots_.size() - 1);
      while (slots_[at].index != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint16_t>(i)};
    }
  }

  [[nodiscard]] std::uint16_t find(std::string_view name) const noexcept {
    const std::uint64_t hash = hash64(name);
    for (std::size_t at = hash & (slots_.size() - 1); slots_[at].index != kNone;
         at = (at + 1) & (slots_.size() - 1))
      if (slots_[at].tag == static_cast<std::uint32_t>(hash >> 32) && names_[slots_[at].index] == name)
        return slots_[at].index;
    return kNone;
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint16_t index = kNone;
  };

  std::vector<std::string> names_;
  std::vector<Slot> slots_;
};

}  // namespace policyc::vm
