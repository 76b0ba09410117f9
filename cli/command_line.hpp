#pragma once

// The command line as a value: verbs, options and what they set. Parsing it, printing help, writing
// completions and manuals all read this one definition.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "commands.hpp"

namespace policyc::cli {

class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // Runs the verb that the words ask for. Returns the process's exit status.
  [[nodiscard]] int run(int argc, char** argv);

  [[nodiscard]] const CLI::App& app() const noexcept { return app_; }

 private:
  // command_line.cpp, in the order of --help
  void add_limits();
  void add_check();
  void add_test();
  void add_build();
  void add_eval();
  void add_list();
  void add_matrix();
  void add_bench();
  void add_disasm();
  void add_doc();
  void add_snapshot();
  void add_init();
  void add_completions();

  void before_the_verb() const;
  void as_in_tests(const std::vector<std::string>& more) const;
  // What makes no sense together; empty if all does.
  [[nodiscard]] std::string quarrel_of_eval() const;

  CLI::App app_{"policyc compiles policies of roles, scopes and actions, and decides with them.", "policyc"};
  int status_ = kDone;
  bool show_version_ = false;

  CheckOptions check_;
  TestOptions test_;
  std::string test_format_;  // a Format's number, or lcov
  BuildOptions build_;
  EvalOptions eval_;
  ListOptions list_;
  MatrixOptions matrix_;
  BenchOptions bench_;
  DisasmOptions disasm_;
  DocOptions doc_;
  SnapshotBuildOptions snapshot_build_;
  SnapshotStatOptions snapshot_stat_;
  InitOptions init_;
  std::string shell_;
};

// What --help prints.
class Help : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

// "-o, --output FILE", "policy", "[resource]".
[[nodiscard]] std::string spelling_of(const CLI::Option& option);
[[nodiscard]] bool is_positional(const CLI::Option& option);
// "policyc build -o FILE [options] policy"; `name` is "build".
[[nodiscard]] std::string usage_of(const CLI::App& verb, const std::string& name);

// The words that nothing took, in their order.
[[nodiscard]] std::vector<std::string> words_left(const CLI::App& app);

// Lines about a command line that could not be read, for standard error.
[[nodiscard]] std::string mistake_in(const CLI::App& app, const CLI::ParseError& error);

// What an option takes: "FILE", "a|b|c"; and the words, if it is one of a few.
[[nodiscard]] std::string type_of(const CLI::Option& option);
[[nodiscard]] std::vector<std::string> choices_of(const CLI::Option& option);
// Visible options and positionals of a verb, and verbs of a verb, in the order of --help.
[[nodiscard]] std::vector<const CLI::Option*> options_of(const CLI::App& app);
[[nodiscard]] std::vector<const CLI::App*> verbs_of(const CLI::App& app);
// What may stand after every verb: the limits.
[[nodiscard]] std::vector<const CLI::Option*> common_options_of(const CLI::App& app);

}  // namespace policyc::cli
