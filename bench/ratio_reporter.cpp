#include "ratio_reporter.hpp"

#include <cstdio>

namespace policyc::bench {
namespace {

// What is asked for unless the command line says otherwise.
constexpr std::string_view kDefaults[] = {"--benchmark_repetitions=7",
                                          "--benchmark_enable_random_interleaving=true",
                                          "--benchmark_report_aggregates_only=true"};

std::string_view flag_of(std::string_view argument) { return argument.substr(0, argument.find('=')); }

}  // namespace

void RatioReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.error_occurred) continue;
    const bool median = run.run_type == Run::RT_Aggregate && run.aggregate_name == "median";
    // A run without repetitions has no median: its only figure stands in.
    if (median || (run.run_type == Run::RT_Iteration && run.repetitions <= 1))
      medians_[run.run_name.function_name + (run.run_name.args.empty() ? "" : "/" + run.run_name.args)] =
          run.GetAdjustedCPUTime() / benchmark::GetTimeUnitMultiplier(run.time_unit);
  }
  ConsoleReporter::ReportRuns(runs);
}

void RatioReporter::Finalize() {
  ConsoleReporter::Finalize();
  for (const Ratio& ratio : ratios_) {
    const auto of = medians_.find(ratio.of);
    const auto to = medians_.find(ratio.to);
    if (of == medians_.end() || to == medians_.end() || to->second <= 0) continue;
    std::printf("ratio  %s : %s = %.3g", ratio.of.c_str(), ratio.to.c_str(), of->second / to->second);
    if (ratio.limit > 0)
      std::printf("  (aim: at most %.2f%s)", ratio.limit,
                  of->second <= ratio.limit * to->second ? "" : ", missed");
    std::printf("\n");
  }
}

int run_benchmarks(int argc, char** argv, std::vector<Ratio> ratios) {
  std::vector<std::string> arguments(argv, argv + argc);
  for (const std::string_view fallback : kDefaults) {
    bool given = false;
    for (int i = 1; i < argc; ++i) given = given || flag_of(argv[i]) == flag_of(fallback);
    if (!given) arguments.emplace_back(fallback);
  }
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  int count = static_cast<int>(pointers.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 2;
  RatioReporter reporter(std::move(ratios));
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  return 0;
}

}  // namespace policyc::bench
