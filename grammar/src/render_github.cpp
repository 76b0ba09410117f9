// Diagnostics as workflow commands, which GitHub shows beside the changed line.

#include "policyc/text/diagnostic.hpp"
#include "unicode.hpp"

namespace policyc::text {
namespace {

// A workflow command ends at the line, and its properties at ',' and ':'.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else if (property && c == ':')
      out += "%3A";
    else if (property && c == ',')
      out += "%2C";
    else
      out += c;
  }
  return out;
}

// Line ends stay, everything else that acts on a terminal is shown escaped.
std::string lines_of(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i <= text.size();) {
    const std::size_t end = std::min(text.find('\n', i), text.size());
    if (i > 0) out += '\n';
    out += printable(text.substr(i, end - i));
    i = end + 1;
  }
  return out;
}

}  // namespace

std::string render_github(const Diagnostic& diagnostic, const SourceSet& sources) {
  const DiagInfo& entry = info(diagnostic.code);
  std::string out = entry.severity == Severity::error ? "::error " : "::warning ";
  if (diagnostic.span.file < sources.size()) {
    const Source& source = sources[diagnostic.span.file];
    const LineColumn begin = source.locate(diagnostic.span.begin);
    const LineColumn end = source.locate(diagnostic.span.end);
    out += "file=" + escaped(printable(source.name()), true) + ",line=" + std::to_string(begin.line);
    out += ",endLine=" + std::to_string(end.line) + ",col=" + std::to_string(begin.column);
    // GitHub takes columns only within one line.
    if (begin.line == end.line) out += ",endColumn=" + std::to_string(end.column);
    out += ",";
  }
  out += "title=" + entry.id + "::";
  std::string text = message(diagnostic);
  if (!diagnostic.suggestion.empty()) text += "; " + diagnostic.suggestion;
  if (const std::string way_out = help(diagnostic); !way_out.empty()) text += "\nhelp: " + way_out;
  return out + escaped(lines_of(text), false);
}

}  // namespace policyc::text
