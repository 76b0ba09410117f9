#pragma once

// Prints what a run is for: how much slower or faster one thing is than another,
// from the medians of the same run. Absolute figures drift with the machine and
// with whoever shares it; a ratio of two medians taken in turns does so far less.

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace policyc::bench {

// "A is at most LIMIT times B": both are names of benchmarks. A limit of 0 only
// shows the ratio.
struct Ratio {
  std::string of;
  std::string to;
  double limit = 0;
};

class RatioReporter : public benchmark::ConsoleReporter {
 public:
  explicit RatioReporter(std::vector<Ratio> ratios) : ratios_(std::move(ratios)) {}

  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  std::vector<Ratio> ratios_;
  std::map<std::string, double> medians_;  // seconds of CPU an iteration
};

// Runs all registered benchmarks: CPU time, repetitions interleaved at random,
// medians. Flags of the command line win. Exit status for main().
int run_benchmarks(int argc, char** argv, std::vector<Ratio> ratios);

}  // namespace policyc::bench
