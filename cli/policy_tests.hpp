#pragma once

// Runs the tests that stand in policy files.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
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

// By path, as snapshot_path() gives it.
using TestedSnapshots = std::map<std::string, std::shared_ptr<const Snapshot>>;

struct TestRun {
  std::vector<TestSummary> tests;  // those that the filter let through, in source order
  text::Diagnostics diagnostics;   // failures, each at its expectation in the policy's texts
  // Findings about snapshots; their spans are in texts of their own.
  std::vector<std::unique_ptr<SnapshotInput>> bad_snapshots;
  TestedSnapshots snapshots;  // those that could be used

  [[nodiscard]] std::size_t passed() const;
  [[nodiscard]] std::size_t failed() const;
};

// `filter`: run only tests whose name contains it; "" runs all. The policy must
// have been opened from text and without errors.
[[nodiscard]] TestRun run_tests(const PolicyInput& policy, const std::string& filter);

// How tests are run where that is no verb of its own.
struct TestOrder {
  std::string filter;
  const TestedSnapshots* snapshots = nullptr;  // read before, for a policy of the same schema
  bool until_failure = false;                  // the first test that fails is the last that is run
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

// The tests of a package on any program that has what they name: on that of another policy too.
[[nodiscard]] TestRun run_tests(const text::LoadedPackage& loaded,
                                const std::shared_ptr<const Program>& program, const TestOrder& order);

// Where a test's snapshot lies.
[[nodiscard]] std::string snapshot_path(const text::LoadedPackage& loaded, const text::File& file,
                                        const text::Test& test);

// The snapshots that tests name and that are not there: of a policy that has errors,
// whose tests can't be run. Each once, at the first test that names it.
[[nodiscard]] text::Diagnostics find_missing_snapshots(const PolicyInput& policy);

}  // namespace policyc::cli
