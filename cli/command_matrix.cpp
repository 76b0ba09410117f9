// policyc matrix: the permission table, printed or compared with a published one.

#include <sstream>

#include "commands.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "policyc/compiler/matrix.hpp"
#include "report.hpp"

namespace policyc::cli {
namespace {

// The first line, counted from 1, at which two texts differ; 0 if none does.
std::size_t first_difference(const std::string& a, const std::string& b) {
  std::istringstream left(a);
  std::istringstream right(b);
  for (std::size_t number = 1;; ++number) {
    std::string x;
    std::string y;
    const bool more_left = static_cast<bool>(std::getline(left, x));
    const bool more_right = static_cast<bool>(std::getline(right, y));
    if (!more_left && !more_right) return 0;
    if (more_left != more_right || x != y) return number;
  }
}

// A path as it can be pasted into a shell.
std::string in_shell(const std::string& path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+=:@%,";
  if (!path.empty() && path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string quoted = "'";
  for (const char c : path) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

// Why there is no table. Who asks for JSON gets this as JSON, in the form of check's findings.
ExitStatus refused(const MatrixOptions& options, ExitStatus status, const std::string& trouble,
                   const text::Diagnostics& diagnostics = {}, const text::SourceSet& sources = {}) {
  if (options.format != "json") {
    print_findings(diagnostics, sources);
    print_trouble(trouble);
    return status;
  }
  Report report(Format::json);
  report.add(diagnostics, sources);
  report.add_trouble(trouble);
  return report.finish("") ? status : kInputOutput;
}

}  // namespace

ExitStatus matrix(const MatrixOptions& options) {
  if (const std::string wrong = mixed_up(options.policy, options.check == "-" ? "-" : ""); !wrong.empty())
    return refused(options, kUsage, wrong);
  const PolicyInput policy = open_policy(options.policy);
  if (!policy.program)
    return policy.loaded ? refused(options, policy.status, policy.trouble, policy.compiled.diagnostics,
                                   policy.loaded->sources)
                         : refused(options, policy.status, policy.trouble);
  if (!policy.loaded)
    return refused(options, kUsage, "a compiled policy carries no table: give the policy's text");
  const std::vector<compiler::Table> tables =
      compiler::compute_matrices(*policy.compiled.model, policy.loaded->sources);
  if (tables.empty())
    return refused(
        options, kFindings,
        "'" + options.policy + "' declares no matrix: write one with matrix \"Title\" { columns … }");
  const compiler::TableFormat format = options.format == "html"   ? compiler::TableFormat::html
                                       : options.format == "csv"  ? compiler::TableFormat::csv
                                       : options.format == "json" ? compiler::TableFormat::json
                                                                  : compiler::TableFormat::markdown;
  const std::string table = compiler::render(tables, format);
  if (options.check.empty()) {
    if (const IoError error = print(table); !error.empty()) return print_trouble(error), kInputOutput;
    return kDone;
  }
  std::string published;
  if (const IoError error = read_text(options.check, std::size_t{64} << 20, published); !error.empty())
    return refused(options, error.status, error.message);
  const std::size_t line = first_difference(published, table);
  if (line == 0) return kDone;
  text::SourceSet sources;
  const std::uint32_t file = sources.add(text::Source(options.check, published));
  text::Diagnostics diagnostics;
  // The caret stands under the first line that differs.
  std::size_t begin = 0;
  for (std::size_t i = 1; i < line && begin < published.size(); ++i) begin = published.find('\n', begin) + 1;
  begin = std::min(begin, published.size());
  const std::size_t end = std::min(published.find('\n', begin), published.size());
  diagnostics.add(text::DiagCode::table_drifted,
                  {file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)},
                  {options.check, std::to_string(line),
                   "policyc matrix " + in_shell(options.policy) + " > " + in_shell(options.check)});
  return refused(options, kFindings, "", diagnostics, sources);
}

}  // namespace policyc::cli
