#pragma once

// What the subject's roles decide by themselves, whatever the rest of an action's code would find out: most
// lines of a permission table need nothing else. Found when a program is linked, from the code that the
// verifier has passed, so images say nothing of it and can't say anything wrong.
//
// The code is walked once with all assignments of its role tests at the same time, a bit for each; tests of
// anything else go both ways. Where an assignment reaches ends of one kind alone, that is the outcome.

#include <array>
#include <cstddef>
#include <cstdint>

#include "program_parts.hpp"

namespace policyc::vm {

// So many role tests are told apart: their assignments number the pairs of bits of a word.
inline constexpr std::size_t kRoleFacts = 5;

enum class Settled : std::uint8_t { no, by_default, forbidden, allowed };

// One cache line, which a decision by handles reads.
struct alignas(64) RoleOutcomes {
  static_assert((std::size_t{2} << kRoleFacts) == 64);

  // Bits of the subject's role word at the resource, of its first 64; 0 for a test that isn't needed.
  std::array<std::uint64_t, kRoleFacts> masks{};
  // A Settled for each assignment. Bit i of an assignment's number: the word has a bit of mask i.
  std::uint64_t table = 0;
  KindIndex kind = 0;         // of the resource
  bool needs_values = false;  // a query by handles alone is refused

  // False: whatever the roles are, the code has to be run.
  [[nodiscard]] bool settles() const noexcept { return table != 0; }

  // Without a branch: which roles somebody has is nothing that a processor can guess.
  [[nodiscard]] Settled of(std::uint64_t word) const noexcept {
    unsigned assignment = 0;
    for (std::size_t i = 0; i < kRoleFacts; ++i)
      assignment |= static_cast<unsigned>((word & masks[i]) != 0) << i;
    return static_cast<Settled>((table >> (2 * assignment)) & 3);
  }
};
static_assert(sizeof(RoleOutcomes) == 64);

// Of the action's run `decide`.
[[nodiscard]] RoleOutcomes role_outcomes(const ProgramParts& parts, std::size_t action);

}  // namespace policyc::vm
