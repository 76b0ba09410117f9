// policyc check: everything that can be wrong with a policy or a snapshot.
// policyc test: the tests alone.

#include "commands.hpp"
#include "coverage.hpp"
#include "files.hpp"
#include "mutation.hpp"
#include "report.hpp"

namespace policyc::cli {
namespace {

// Adds the tests' findings, those of the snapshots that they name included.
void add(Report& report, const TestRun& run, const PolicyInput& policy) {
  // What is wrong with a snapshot comes before the tests that can't use it.
  for (const auto& snapshot : run.bad_snapshots) {
    report.add(snapshot->diagnostics, snapshot->sources);
    report.add_trouble(snapshot->trouble);
  }
  report.add(run.diagnostics, policy.loaded->sources);
  report.add_tests(run);
}

std::string tests_line(const TestRun& run) {
  if (run.tests.empty()) return "no tests";
  return counted(run.tests.size(), "test") + ", " + counted(run.passed(), "expectation") +
         (run.passed() == 1 ? " holds" : " hold");
}

// What is given for what it is not: a policy for a snapshot, or the other way round.
bool refuse_mixed_up(Report& report, const std::string& policy, const std::vector<std::string>& snapshots) {
  std::string wrong = mixed_up(policy, "");
  for (const std::string& snapshot : snapshots)
    if (const std::string one = mixed_up(policy, snapshot); !one.empty()) wrong = one;
  report.add_trouble(wrong);
  return !wrong.empty();
}

// "the tests are "a" and "b"": what a filter could have meant.
std::string names_of_tests(const PolicyInput& policy) {
  constexpr std::size_t kMost = 20;
  std::vector<std::string> names;
  for (const text::File& file : policy.loaded->package.files)
    for (const text::Test& test : file.tests) names.push_back('"' + test.name + '"');
  if (names.empty()) return "the policy has no tests";
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i)
    list += (i == 0 ? "" : i + 1 < names.size() ? ", " : " and ") + names[i];
  if (names.size() > kMost) list += " and " + std::to_string(names.size() - kMost) + " more";
  return (names.size() == 1 ? "the only test is " : "the tests are ") + list;
}

// What the tests lead through, and whether they notice changes. False: it could not be written.
bool measure(const TestOptions& options, const PolicyInput& policy, const TestRun& run, Report& report) {
  if (options.coverage) {
    const Coverage coverage = measure_coverage(policy, run, options.filter);
    if (options.lcov) {
      const IoError error = print(coverage_lcov(coverage, policy));
      print_trouble(error);
      return error.empty();
    }
    report.add(findings_of(coverage), policy.loaded->sources);
    report.add_measure(coverage_table(coverage, policy), "coverage", coverage_json(coverage, policy));
  }
  if (!options.mutate) return true;
  if (run.failed() > 0) {
    report.add_trouble("tests that fail notice nothing: --mutate is for when all hold");
  } else if (run.passed() == 0) {
    report.add_trouble("without an expectation nothing is noticed: write tests before --mutate");
  } else {
    const MutationRun mutation = run_mutants(policy, run, options.filter, options.max_mutants);
    report.add(findings_of(mutation), policy.loaded->sources);
    report.add_measure(mutation_line(mutation), "mutation", mutation_json(mutation, policy));
  }
  return true;
}

ExitStatus worse(ExitStatus a, ExitStatus b) { return a == kDone ? b : a; }

}  // namespace

ExitStatus check(const CheckOptions& options) {
  Report report(options.format);
  if (refuse_mixed_up(report, options.policy, options.snapshots))
    return report.finish("") ? kUsage : kInputOutput;
  const PolicyInput policy = open_policy(options.policy);
  ExitStatus status = policy.status;
  if (policy.loaded) report.add(policy.compiled.diagnostics, policy.loaded->sources);
  report.add_trouble(policy.trouble);

  std::string done = options.policy + ": ";
  if (policy.program) {
    const Program& program = *policy.program;
    done += counted(program.rules().size(), "rule") + ", " + counted(program.actions().size(), "action");
    for (const std::string& path : options.snapshots) {
      SnapshotOptions reading;
      reading.require_end = options.require_end;
      const SnapshotInput snapshot = open_snapshot(path, program, reading);
      report.add(snapshot.diagnostics, snapshot.sources);
      report.add_trouble(snapshot.trouble);
      status = worse(status, snapshot.status);
      if (snapshot.snapshot)
        done += "; " + path + ": " + std::to_string(snapshot.snapshot->stats(program.schema()).entities) +
                " entities";
    }
    if (policy.loaded) {
      const TestRun run = run_tests(policy, "");
      add(report, run, policy);
      done += "; " + tests_line(run);
      if (run.failed() > 0) status = worse(status, kFindings);
    }
  } else if (policy.loaded) {
    report.add(find_missing_snapshots(policy), policy.loaded->sources);
  }
  if (status == kDone && (report.errors() > 0 || (options.deny_warnings && report.warnings() > 0)))
    status = kFindings;
  if (!report.finish(done)) return kInputOutput;
  return status;
}

ExitStatus test(const TestOptions& options) {
  Report report(options.format);
  if (refuse_mixed_up(report, options.policy, {})) return report.finish("") ? kUsage : kInputOutput;
  const PolicyInput policy = open_policy(options.policy);
  if (!policy.program) {
    if (policy.loaded) {
      report.add(policy.compiled.diagnostics, policy.loaded->sources);
      report.add(find_missing_snapshots(policy), policy.loaded->sources);
    }
    report.add_trouble(policy.trouble);
    if (!report.finish("")) return kInputOutput;
    return policy.status;
  }
  if (!policy.loaded) {
    report.add_trouble("a compiled policy carries no tests: give the policy's text");
    if (!report.finish("")) return kInputOutput;
    return kUsage;
  }
  const TestRun run = run_tests(policy, options.filter);
  add(report, run, policy);
  std::string done;
  for (const TestSummary& one : run.tests)
    done += (one.failed == 0 ? "ok    " : "FAIL  ") + one.name + " (" +
            counted(one.passed + one.failed, "expectation") + ")\n";
  done += tests_line(run);
  if (run.tests.empty() && !options.filter.empty()) {
    report.add_trouble("no test's name contains '" + options.filter + "'; " + names_of_tests(policy));
    if (!report.finish(done)) return kInputOutput;
    return kFindings;
  }
  if (!measure(options, policy, run, report)) return kInputOutput;
  if (!report.finish(options.lcov ? "" : done)) return kInputOutput;
  return run.failed() > 0 || report.errors() > 0 ? kFindings : kDone;
}

}  // namespace policyc::cli
