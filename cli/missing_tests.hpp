#pragma once

// The expectation that would tell a policy from a mutant of it: looked for among what the tests' snapshots
// hold and what the tests themselves say.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inputs.hpp"
#include "policy_tests.hpp"

namespace policyc::cli {

struct MissingTest {
  std::string snapshot;            // as a test names it
  std::optional<std::int64_t> at;  // the test's time
  std::string expectation;         // "user:ann may not doc.write on doc:d1"
};

class MissingTests {
 public:
  // `run`: of the policy's tests, whose snapshots it has.
  MissingTests(const PolicyInput& policy, const TestRun& run);
  ~MissingTests();
  MissingTests(const MissingTests&) = delete;
  MissingTests& operator=(const MissingTests&) = delete;

  // The first request that the policy answers and the mutant answers otherwise, about one of these actions;
  // nothing: there is none, or none among so many. `snapshots`: as the mutant reads them.
  [[nodiscard]] std::optional<MissingTest> find(const std::shared_ptr<const Program>& mutant,
                                                const TestedSnapshots& snapshots,
                                                const std::vector<ActionIndex>& actions);

  // Whether the last search ended at its limit.
  [[nodiscard]] bool gave_up() const noexcept { return tried_ >= kMostTried; }

  static constexpr std::uint64_t kMostTried = 200'000;

 private:
  struct Place;
  class Search;

  std::vector<Place> places_;  // one a snapshot
  std::uint64_t tried_ = 0;
};

}  // namespace policyc::cli
