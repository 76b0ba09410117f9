#pragma once

// What is told to people who wrote something: a stable code, a place, a cause
// and a way out. Policies, snapshots and tests all report through this one type.
//
//   for (const policyc::text::Diagnostic& d : result.diagnostics.list())
//     std::cerr << policyc::text::render_text(d, sources);
//
// Values that own what they hold; a span points into a SourceSet. Threads: as a
// std::vector's. Codes are stable: docs/diagnostics.md lists them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/text/source.hpp"

namespace policyc::text {

enum class Severity : std::uint8_t { error, warning };

// Codes are listed in diagnostics.def, once; PC1xxx syntax, PC2xxx names and
// types, PC3xxx lints, PC4xxx snapshots, PC5xxx tests and tables, PC9xxx limits.
enum class DiagCode : std::uint16_t {
#define DIAG(code, name, severity, title, help, doc) name = code,
#include "policyc/text/diagnostics.def"
};

struct DiagInfo {
  DiagCode code;
  std::string id;         // "PC1002"
  std::string_view name;  // "expected_name"
  Severity severity;
  std::string_view title;  // {0}, {1}, … are replaced by the arguments
  std::string_view help;   // likewise; may be empty
  std::string_view doc;    // a paragraph for `policyc doc CODE`, with an example
  bool is_limit = false;   // it says that a limit was exceeded
};

// All codes in ascending order, and the entry of one.
[[nodiscard]] std::span<const DiagInfo> all_diagnostics();
[[nodiscard]] const DiagInfo& info(DiagCode code);

// A further place that explains the main one ("first declared here").
struct Note {
  Span span;
  std::string text;
};

// One complaint about one place.
struct Diagnostic {
  DiagCode code;
  Span span;
  std::vector<std::string> arguments = {};  // replace {0}, {1}, … in title and help
  std::string suggestion = {};              // "did you mean 'reviewer'?"; empty: none
  std::vector<Note> notes = {};
};

// Every complaint of a run, in the order found. A run that reports an error has
// no other result; warnings do not stop it.
class Diagnostics {
 public:
  void add(Diagnostic diagnostic) { list_.push_back(std::move(diagnostic)); }
  void add(DiagCode code, Span span, std::vector<std::string> arguments = {}, std::string suggestion = {},
           std::vector<Note> notes = {}) {
    list_.push_back({code, span, std::move(arguments), std::move(suggestion), std::move(notes)});
  }

  [[nodiscard]] bool has_errors() const;
  [[nodiscard]] std::size_t error_count() const;
  [[nodiscard]] std::size_t warning_count() const;
  // Whether one of the errors says that a limit was exceeded.
  [[nodiscard]] bool exceeds_limit() const;
  [[nodiscard]] const std::vector<Diagnostic>& list() const noexcept { return list_; }

  // Whether one of the code begins inside of the span.
  [[nodiscard]] bool has(DiagCode code, Span within) const;

  // By file, then place, then code; exact repetitions are dropped.
  void sort();

 private:
  std::vector<Diagnostic> list_;
};

// The title and the help with their arguments filled in.
[[nodiscard]] std::string message(const Diagnostic& diagnostic);
[[nodiscard]] std::string help(const Diagnostic& diagnostic);

// "did you mean 'reviewer'?" if one of the candidates is close to `wrong`,
// else "". The nearest wins; ties go to the first.
[[nodiscard]] std::string did_you_mean(std::string_view wrong, std::span<const std::string> candidates);

// The candidate itself, for whoever reads on as though it stood there; null: none is near.
[[nodiscard]] const std::string* nearest(std::string_view wrong, std::span<const std::string> candidates);

// Renders for people:
//
//   label_studio.policy:7:7: error[PC2001]: unknown role 'reviwer'
//     7 | allow reviwer to task.view
//       |       ^^^^^^^ did you mean 'reviewer'?
//     help: declare it with: role reviwer
//
// Ends in a newline. Tabs become single spaces so that carets line up; a span
// over several lines is underlined to the end of its first; a very long line is
// shown as a window around the caret. Control characters are shown escaped.
// With `colour`, the usual ANSI colours.
[[nodiscard]] std::string render_text(const Diagnostic& diagnostic, const SourceSet& sources,
                                      bool colour = false);

// One JSON object on one line: {"code","severity","message","help","suggestion",
// "file","line","column","end_line","end_column","begin","end","notes":[…]}.
// The keys are stable.
[[nodiscard]] std::string render_json(const Diagnostic& diagnostic, const SourceSet& sources);

// A workflow command for GitHub: ::error file=…,line=…,col=…,title=PC2001::text.
[[nodiscard]] std::string render_github(const Diagnostic& diagnostic, const SourceSet& sources);

}  // namespace policyc::text
