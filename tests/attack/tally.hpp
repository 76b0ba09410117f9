#pragma once

// What came of the corruptions; any thread counts.

#include <atomic>
#include <cstdint>
#include <cstdio>

#include "differential/seeds.hpp"

namespace policyc::attack {

struct Tally : differential::FirstDifference {
  std::atomic<std::uint64_t> victims = 0;
  std::atomic<std::uint64_t> corruptions = 0;
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> disagreements = 0;

  void print(const char* of) const {
    const auto shown = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
    std::printf("%llu %s: %llu corruptions, %llu accepted, %llu refused, %llu disagreements\n",
                shown(victims), of, shown(corruptions), shown(accepted), shown(refused),
                shown(disagreements));
  }
};

}  // namespace policyc::attack
