#pragma once

// The role word of a plain question, which most are: a principal whose entries, and those of its groups, all
// stand in their lines, everyone of whose kind holds nothing; a resource whose ancestors all stand in its
// record, none of which hides another's roles; and a word of 32 bits.
//
// Without a branch but for the number of groups: there are always as many places as a record has room for.
// One that is not there is zero, as the verifier has checked, and so it is system once more, which adds
// nothing. An entry has bits of its entity's kind alone, so what is found needs only to be shifted.

#include <cstdint>
#include <span>

#include "snapshot_format.hpp"

namespace policyc::vm {

struct PlainQuestion {
  const PrincipalLine* lines;             // of all principals
  std::uint32_t own;                      // the principal's
  std::span<const std::uint32_t> groups;  // those of the groups and usersets that it is in
  const ResourceRecord& record;
  NodeId entity;               // the resource itself
  const std::uint8_t* shifts;  // by kind: where in the word
  unsigned role_bits;          // of an entry of 4 bytes
};

// Lines by quarters: any processor.
[[nodiscard]] std::uint32_t plain_word(const PlainQuestion& question) noexcept;

// The same by halves, where compares_by_halves(): a processor with AVX2.
[[nodiscard]] std::uint32_t plain_word_by_halves(const PlainQuestion& question) noexcept;
[[nodiscard]] bool compares_by_halves() noexcept;

}  // namespace policyc::vm
