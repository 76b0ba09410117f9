#pragma once

// Runs the tests that stand in policy files.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "inputs.hpp"

namespace policyc::cli {

struct TestSummary {
  std::string name;
  text::Span span;
  std::size_t passed = 0;
  std::size_t failed = 0;
};

struct TestRun {
  std::vector<TestSummary> tests;  // those that the filter let through, in source order
  text::Diagnostics diagnostics;   // failures, each at its expectation in the policy's texts
  // Findings about snapshots; their spans are in texts of their own.
  std::vector<std::unique_ptr<SnapshotInput>> bad_snapshots;

  [[nodiscard]] std::size_t passed() const;
  [[nodiscard]] std::size_t failed() const;
};

// `filter`: run only tests whose name contains it; "" runs all. The policy must
// have been opened from text and without errors.
[[nodiscard]] TestRun run_tests(const PolicyInput& policy, const std::string& filter);

// The snapshots that tests name and that are not there: of a policy that has errors,
// whose tests can't be run. Each once, at the first test that names it.
[[nodiscard]] text::Diagnostics find_missing_snapshots(const PolicyInput& policy);

}  // namespace policyc::cli
