#pragma once

// One function a verb. main.cpp turns the command line into these options and
// the results into the process's exit status.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exit_status.hpp"

namespace CLI {
class App;
}

namespace policyc::cli {

enum class Format { text, json, github };

struct CheckOptions {
  std::string policy;
  std::vector<std::string> snapshots;
  Format format = Format::text;
  bool deny_warnings = false;
  bool require_end = false;
};
ExitStatus check(const CheckOptions& options);

struct TestOptions {
  std::string policy;
  std::string filter;
  Format format = Format::text;
  bool coverage = false;
  bool mutate = false;
  bool lcov = false;  // coverage as a tracefile on standard output; findings as text
  std::size_t max_mutants = 2'000;
};
ExitStatus test(const TestOptions& options);

struct BuildOptions {
  std::string policy;
  std::string output;
};
ExitStatus build(const BuildOptions& options);

struct EvalOptions {
  std::string policy;
  std::string snapshot;
  std::string subject, action, resource;
  std::string requests;  // a file of JSON Lines, or "-"
  std::string context, params, now;
  std::optional<std::string> on_behalf_of;
  bool json = false;
  bool exit_code = false;
};
ExitStatus eval(const EvalOptions& options);

struct ListOptions {
  enum class What { subjects, resources, actions };
  What what = What::subjects;
  std::string policy;
  std::string snapshot;
  // Those that the question has: of `subjects`, `subject` is a kind or empty; of `resources`, `resource` is
  // one.
  std::string subject, action, resource;
  std::string context, params, now;
  std::optional<std::string> on_behalf_of;
  std::uint32_t limit = 0;  // 0: all
  std::string after;        // a cursor that was printed
  bool json = false;
};
ExitStatus list(const ListOptions& options);

struct MatrixOptions {
  std::string policy;
  std::string format = "md";
  std::string check;
};
ExitStatus matrix(const MatrixOptions& options);

struct BenchOptions {
  std::string policy;
  std::string snapshot;
  std::string action;               // "task.label"; empty: all
  std::size_t questions = 262'144;  // of each action
  std::uint64_t seed = 1;
  bool json = false;
};
ExitStatus bench(const BenchOptions& options);

struct DisasmOptions {
  std::string policy;
  std::string action;  // "task.label"; empty: all
  std::string dump;    // "code", "model", "graph"
};
ExitStatus disasm(const DisasmOptions& options);

struct DocOptions {
  std::string code;  // "PC2001", a name, or empty for the list
  bool markdown = false;
  std::string command;  // the manual of the command itself: "markdown", "man" or empty
};
ExitStatus doc(const DocOptions& options);

struct SnapshotBuildOptions {
  std::string snapshot;
  std::string policy;
  std::string output;
  bool require_end = false;
};
ExitStatus snapshot_build(const SnapshotBuildOptions& options);

struct SnapshotStatOptions {
  std::string snapshot;
  std::string policy;
  bool json = false;
};
ExitStatus snapshot_stat(const SnapshotStatOptions& options);

struct InitOptions {
  std::string folder = ".";
  std::string ci;  // "github", or empty
};
ExitStatus init(const InitOptions& options);

// Both read the definition of the command line.
ExitStatus completions(const CLI::App& app, const std::string& shell);
ExitStatus manual(const CLI::App& app, const std::string& form);

ExitStatus version();

}  // namespace policyc::cli
