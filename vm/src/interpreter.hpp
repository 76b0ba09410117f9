#pragma once

// Runs the code of one action. The code has been verified: every register that it
// reads is set, every index is in its table, every jump stays inside.

#include <cstdint>
#include <vector>

#include "evaluation.hpp"
#include "policyc/program.hpp"

namespace policyc::vm {

enum class Outcome : std::uint8_t { deny_by_default, allowed, forbidden, broken };

// The decide run: the first forbid or allow that is reached ends it.
[[nodiscard]] Outcome run_decide(const Evaluation& evaluation) noexcept;

// The times run: when the decision may turn by the passing of time alone.
[[nodiscard]] Moments run_times(const Evaluation& evaluation) noexcept;

// Whether a rule that decides has obligations. Runs all rules; allocates nothing.
[[nodiscard]] bool run_obliged(const Evaluation& evaluation) noexcept;

// The reasons run: every rule that matches, forbids before allows, each in source
// order. Allocates.
[[nodiscard]] std::vector<RuleIndex> run_reasons(const Evaluation& evaluation);

}  // namespace policyc::vm
