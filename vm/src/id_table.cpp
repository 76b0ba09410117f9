// Inserts into a table that stays ascending by hash.

#include "id_table.hpp"

#include <algorithm>

namespace policyc::vm {

bool IdTable::insert(std::uint64_t hash, std::uint32_t key) {
  const std::size_t home = home_of(hash, homes_);
  std::size_t at = home;
  while (slots_[at].key != kNone && slots_[at].hash <= hash) ++at;
  if (at - home >= kMaxProbe) return false;
  std::size_t end = at;
  for (; slots_[end].key != kNone; ++end)
    if (end + 1 - home_of(slots_[end].hash, homes_) >= kMaxProbe) return false;
  std::move_backward(slots_.begin() + static_cast<std::ptrdiff_t>(at),
                     slots_.begin() + static_cast<std::ptrdiff_t>(end),
                     slots_.begin() + static_cast<std::ptrdiff_t>(end) + 1);
  slots_[at] = {hash, key};
  return true;
}

}  // namespace policyc::vm
