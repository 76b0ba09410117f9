#pragma once

// What the requests of a policy's tests lead through: `policyc test --coverage`.
//
// A list that a test expects counts as the questions that it answers: each principal, each entity of the
// kind, each action. A request on somebody's behalf counts as two, one for each of them, and one that is
// rejected as none.

#include <cstdint>
#include <string>
#include <vector>

#include "inputs.hpp"
#include "policy_tests.hpp"
#include "policyc/compiler/probes.hpp"

namespace policyc::cli {

// A place and how often requests led through it. Of a test: how often it was come to, and was true; of a
// rule or a source: how often it matched, or gave the role.
struct Covered {
  compiler::Point point;
  std::uint64_t asked = 0;
  std::uint64_t met = 0;
  bool is_measured = true;

  [[nodiscard]] std::uint64_t missed() const noexcept { return asked > met ? asked - met : 0; }
  // Of how many ways, and how many were taken.
  [[nodiscard]] std::size_t ways() const noexcept { return point.has_two_ways() ? 2 : 1; }
  [[nodiscard]] std::size_t ways_taken() const noexcept {
    return (met > 0 ? 1U : 0U) + (point.has_two_ways() && missed() > 0 ? 1U : 0U);
  }
};

struct Coverage {
  std::vector<Covered> places;  // by place
  std::uint64_t requests = 0;
  std::uint64_t rejected = 0;
};

// `run`: of the same tests, whose snapshots it has.
[[nodiscard]] Coverage measure_coverage(const PolicyInput& policy, const TestRun& run,
                                        const std::string& filter);

// A warning for each place that no request, or no request of one outcome, led through.
[[nodiscard]] text::Diagnostics findings_of(const Coverage& coverage);
// A table with a line a file and their sum. Ends in a newline.
[[nodiscard]] std::string coverage_table(const Coverage& coverage, const PolicyInput& policy);
// One JSON object; its keys are stable.
[[nodiscard]] std::string coverage_json(const Coverage& coverage, const PolicyInput& policy);
// A tracefile for lcov and genhtml: rules are functions, outcomes of tests are branches.
[[nodiscard]] std::string coverage_lcov(const Coverage& coverage, const PolicyInput& policy);

}  // namespace policyc::cli
