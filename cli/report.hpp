#pragma once

// Findings in the format that was asked for: text for people on standard error,
// JSON and GitHub annotations for machines on standard output.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "policy_tests.hpp"
#include "policyc/text/diagnostic.hpp"

namespace policyc::cli {

class Report {
 public:
  explicit Report(Format format) : format_(format) {}

  // Call as often as there are sets of texts.
  void add(const text::Diagnostics& diagnostics, const text::SourceSet& sources);
  // Something that has no place in a text: an unreadable file, a bad image.
  void add_trouble(const std::string& trouble);
  void add_tests(const TestRun& run);
  // What was measured: text for people, printed whatever is found, and one value in JSON under a key of its
  // own.
  void add_measure(const std::string& text, const std::string& key, const std::string& json);

  [[nodiscard]] std::size_t errors() const noexcept { return errors_; }
  [[nodiscard]] std::size_t warnings() const noexcept { return warnings_; }

  // Prints it all. `done` is the line for people when nothing is wrong.
  [[nodiscard]] bool finish(const std::string& done) const;

 private:
  Format format_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  std::vector<std::string> findings_;  // rendered
  std::vector<TestSummary> tests_;
  bool has_tests_ = false;
  std::string measured_;                                       // for people
  std::vector<std::pair<std::string, std::string>> measures_;  // by key, in JSON
};

// "1 error", "2 errors": a count as people say it.
[[nodiscard]] std::string counted(std::size_t n, const std::string& noun);

}  // namespace policyc::cli
