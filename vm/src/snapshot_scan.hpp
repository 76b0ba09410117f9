#pragma once

// The raw bits that a principal's entries have at an entity: the innermost loop of a
// decision. Every entry is compared, since padding matches nothing, so that no
// branch depends on the data; long rows are searched.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "snapshot_entries.hpp"

namespace policyc::vm {

// A row of up to so many entries is compared as a whole.
inline constexpr std::size_t kScanned = 64;

#if defined(__GNUC__)

// Four entries at a time: any processor that has vectors at all has these.
using Lanes = std::uint32_t __attribute__((vector_size(16)));
inline constexpr std::size_t kLanes = 4;

[[nodiscard]] inline Lanes lanes_at(const void* entries) noexcept {
  Lanes lanes;
  std::memcpy(&lanes, entries, sizeof lanes);
  return lanes;
}

[[nodiscard]] inline Lanes matches(Lanes entries, Lanes entity, unsigned role_bits) noexcept {
  return entries & static_cast<Lanes>((entries >> role_bits) == entity);
}

[[nodiscard]] inline std::uint64_t bits_of(Lanes found, unsigned role_bits) noexcept {
  return (found[0] | found[1] | found[2] | found[3]) & ((1U << role_bits) - 1);
}

[[nodiscard]] inline std::uint64_t bits_in_row(const Packed4* row, std::size_t count, NodeId entity,
                                               unsigned role_bits) noexcept {
  const Lanes wanted = {entity, entity, entity, entity};
  Lanes found = {};
  for (std::size_t i = 0; i < count; i += kLanes) found |= matches(lanes_at(row + i), wanted, role_bits);
  return bits_of(found, role_bits);
}

// The whole line is compared: the two numbers before the entries are made to match
// nothing, as padding does.
[[nodiscard]] inline std::uint64_t bits_in_line(const PrincipalLine& line, Packed4, NodeId entity,
                                                unsigned role_bits) noexcept {
  const Lanes wanted = {entity, entity, entity, entity};
  const Lanes header = {~0U, ~0U, 0, 0};
  const auto* const bytes = reinterpret_cast<const std::byte*>(&line);
  const Lanes found = matches(lanes_at(bytes) | header, wanted, role_bits) |
                      matches(lanes_at(bytes + 16), wanted, role_bits) |
                      matches(lanes_at(bytes + 32), wanted, role_bits) |
                      matches(lanes_at(bytes + 48), wanted, role_bits);
  return bits_of(found, role_bits);
}

#endif

// `count` is a multiple of 8: a row with its padding.
template <class Entry>
[[nodiscard]] std::uint64_t bits_in_row(const Entry* row, std::size_t count, NodeId entity,
                                        unsigned role_bits) noexcept {
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < count; ++i)
    found |= row[i].entity(role_bits) == entity ? row[i].bits(role_bits) : 0;
  return found;
}

template <class Entry>
[[nodiscard]] std::uint64_t bits_in_line(const PrincipalLine& line, Entry, NodeId entity,
                                         unsigned role_bits) noexcept {
  return bits_in_row<Entry>(reinterpret_cast<const Entry*>(line.body.data()), kBodyBytes / sizeof(Entry),
                            entity, role_bits);
}

// In one of the two runs of a row, in which an entity is at most once.
template <class Entry>
[[nodiscard]] std::uint64_t bits_in_run(const Entry* run, std::size_t count, NodeId entity,
                                        unsigned role_bits) noexcept {
  while (count > 1) {
    const std::size_t half = count / 2;
    run += run[half].entity(role_bits) <= entity ? half : 0;
    count -= half;
  }
  return count == 1 && run->entity(role_bits) == entity ? run->bits(role_bits) : 0;
}

}  // namespace policyc::vm
