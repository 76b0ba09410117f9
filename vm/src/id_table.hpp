#pragma once

// The table from ids to entities: a row of slots, ascending by the hash of their
// keys, in which a key stands at most kMaxProbe slots after its home. No hash is
// hard to collide with, so the hash has a seed: whoever builds a table tries the
// seeds 0, 1, 2 … until none of its keys stands too far from home. A look-up is
// therefore short whatever ids somebody chose, and since the order of slots follows
// from the keys alone, the same ids give the same table.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "hash.hpp"
#include "policyc/schema.hpp"

namespace policyc::vm {

inline constexpr std::size_t kMaxProbe = 64;     // slots that a look-up reads at most
inline constexpr std::uint32_t kHashSeeds = 32;  // then the builder gives up

[[nodiscard]] inline std::uint64_t key_hash(KindIndex kind, std::string_view id,
                                            std::uint32_t seed) noexcept {
  return hash64(id, std::uint64_t{seed} * kMaxKinds + kind);
}

// Homes of a table for so many keys: a power of two, one to two thirds full.
[[nodiscard]] constexpr std::size_t homes_for(std::size_t keys) noexcept {
  return std::bit_ceil(keys + keys / 2 + 1);
}

// The last home has room after it, so that nothing wraps around.
[[nodiscard]] constexpr std::size_t slots_for(std::size_t keys) noexcept {
  return homes_for(keys) + kMaxProbe;
}

[[nodiscard]] constexpr std::size_t home_of(std::uint64_t hash, std::size_t homes) noexcept {
  const int bits = std::countr_zero(homes);
  return bits == 0 ? 0 : static_cast<std::size_t>(hash >> (64 - bits));
}

// A table while it is built: keys are numbers of whatever the caller numbers.
class IdTable {
 public:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t key = kNone;
  };
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  explicit IdTable(std::size_t keys) : homes_(homes_for(keys)), slots_(slots_for(keys)) {}

  // The caller knows that the key is not in it. Keys of the same hash stay in the
  // order of insertion. False: some key would stand too far from home.
  [[nodiscard]] bool insert(std::uint64_t hash, std::uint32_t key);

  // The first key of this hash for which `same(key)`, or kNone.
  template <class Same>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, Same same) const {
    for (std::size_t at = home_of(hash, homes_); slots_[at].key != kNone && slots_[at].hash <= hash; ++at)
      if (slots_[at].hash == hash && same(slots_[at].key)) return slots_[at].key;
    return kNone;
  }

  [[nodiscard]] const std::vector<Slot>& slots() const noexcept { return slots_; }

 private:
  std::size_t homes_;
  std::vector<Slot> slots_;  // the last one is always empty
};

}  // namespace policyc::vm
