// policyc check: everything that can be wrong with a policy or a snapshot.
// policyc test: the tests alone.

#include "commands.hpp"
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

ExitStatus worse(ExitStatus a, ExitStatus b) { return a == kDone ? b : a; }

}  // namespace

ExitStatus check(const CheckOptions& options) {
  Report report(options.format);
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
    report.add_trouble("no test's name contains '" + options.filter + "'");
    if (!report.finish(done)) return kInputOutput;
    return kFindings;
  }
  if (!report.finish(done)) return kInputOutput;
  return run.failed() > 0 || report.errors() > 0 ? kFindings : kDone;
}

}  // namespace policyc::cli
