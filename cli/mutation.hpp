#pragma once

// Whether a policy's tests notice when the policy is changed: `policyc test --mutate`.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "inputs.hpp"
#include "missing_tests.hpp"
#include "policy_tests.hpp"

namespace policyc::cli {

struct Survivor {
  text::Span span;
  std::string change;
  std::optional<MissingTest> missing;
  bool gave_up = false;  // the search for it ended at its limit
};

struct MutationRun {
  std::size_t listed = 0;  // changes that there are
  std::size_t tried = 0;   // at most as many as were asked for, spread evenly
  std::size_t noticed = 0;
  // Not counted: they decide as the policy does, or as another mutant; they are no policy; they need a
  // snapshot whose text isn't there.
  std::size_t alike = 0, repeated = 0, broken = 0, unreadable = 0;
  std::vector<Survivor> survivors;
};

// `run`: of the tests of the policy, all of which hold.
[[nodiscard]] MutationRun run_mutants(const PolicyInput& policy, const TestRun& run,
                                      const std::string& filter, std::size_t most);

// An error for each survivor, with the test that is missing.
[[nodiscard]] text::Diagnostics findings_of(const MutationRun& mutation);
// One sentence that counts them. Ends in a newline.
[[nodiscard]] std::string mutation_line(const MutationRun& mutation);
// One JSON object; its keys are stable.
[[nodiscard]] std::string mutation_json(const MutationRun& mutation, const PolicyInput& policy);

}  // namespace policyc::cli
