#pragma once

// What verbs work on: a policy (text or image) and a snapshot (text or image).

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exit_status.hpp"
#include "files.hpp"
#include "policyc/compiler/compile.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/program.hpp"
#include "policyc/snapshot.hpp"
#include "policyc/text/diagnostic.hpp"

namespace policyc::cli {

// A policy given as a `.policy` file, a directory, a compiled `.pbc`, or as text on standard input, `-`.
struct PolicyInput {
  // Stable in memory: the compiled model points into it. Null for a `.pbc`.
  std::unique_ptr<text::LoadedPackage> loaded;
  compiler::CompileResult compiled;        // empty for a `.pbc`
  std::shared_ptr<const Program> program;  // null if there were errors
  std::string trouble;                     // not about a place in a text: a file, an image
  ExitStatus status = kDone;               // what the process should exit with if program is null
};
[[nodiscard]] PolicyInput open_policy(const std::string& path);

// A snapshot given as YAML, JSON, JSON Lines or a compiled `.psnap`.
struct SnapshotInput {
  text::SourceSet sources;
  text::Diagnostics diagnostics;
  std::shared_ptr<const Snapshot> snapshot;  // null if there were errors
  std::string trouble;
  ExitStatus status = kDone;
};
struct SnapshotOptions {
  bool require_end = false;
};
[[nodiscard]] SnapshotInput open_snapshot(const std::string& path, const Program& program,
                                          const SnapshotOptions& options = {});

// The same result. But memory that ran out ends the command, whatever it was about to say: main tells it.
template <class T>
[[nodiscard]] Result<T> with_memory(Result<T> result) {
  if (!result && result.error().code == ErrorCode::out_of_memory) throw std::bad_alloc();
  return result;
}

// Exit status for an error that an image's load gave.
[[nodiscard]] ExitStatus status_of(const Error& error) noexcept;
// For findings: kDone if there are none but warnings.
[[nodiscard]] ExitStatus status_of(const text::Diagnostics& diagnostics);

// By its name: .yaml, .yml, .json, .jsonl or .psnap.
[[nodiscard]] bool is_snapshot_name(std::string_view path) noexcept;

// One sentence where a snapshot stands for the policy, or a policy for a snapshot, by their names, or
// standard input for both; else "". Read as what they are not, they would give an error a line.
[[nodiscard]] std::string mixed_up(const std::string& policy, const std::string& snapshot);

// Prints findings to standard error, then a line that counts them; colour on a
// terminal unless NO_COLOR is set.
void print_findings(const text::Diagnostics& diagnostics, const text::SourceSet& sources);
void print_trouble(const std::string& trouble);
void print_trouble(const IoError& error);

}  // namespace policyc::cli
