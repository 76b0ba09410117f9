// Diagnostics for programs: one JSON object on one line, with stable keys.

#include "policyc/text/diagnostic.hpp"
#include "unicode.hpp"

namespace policyc::text {
namespace {

// What is no UTF-8 becomes U+FFFD: the result is valid JSON whatever was read.
void append_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = decode(text, i);
    const std::uint32_t c = point.value;
    if (!point.valid) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20 || c == 0x7F) {
      out += "\\u00";
      out += kHex[c >> 4u];
      out += kHex[c & 0xFu];
    } else {
      out += text.substr(i, point.length);
    }
    i += point.length;
  }
  out += '"';
}

void append_field(std::string& out, std::string_view key, std::string_view text) {
  if (out.back() != '{') out += ',';
  append_string(out, key);
  out += ':';
  append_string(out, text);
}

void append_field(std::string& out, std::string_view key, std::uint32_t number) {
  if (out.back() != '{') out += ',';
  append_string(out, key);
  out += ':' + std::to_string(number);
}

void append_place(std::string& out, Span span, const SourceSet& sources) {
  LineColumn begin;
  LineColumn end;
  std::string_view file;
  if (span.file < sources.size()) {
    begin = sources[span.file].locate(span.begin);
    end = sources[span.file].locate(span.end);
    file = sources[span.file].name();
  }
  append_field(out, "file", file);
  append_field(out, "line", begin.line);
  append_field(out, "column", begin.column);
  append_field(out, "end_line", end.line);
  append_field(out, "end_column", end.column);
  append_field(out, "begin", span.begin);
  append_field(out, "end", span.end);
}

}  // namespace

std::string render_json(const Diagnostic& diagnostic, const SourceSet& sources) {
  const DiagInfo& entry = info(diagnostic.code);
  std::string out = "{";
  append_field(out, "code", entry.id);
  append_field(out, "severity", entry.severity == Severity::error ? "error" : "warning");
  append_field(out, "message", message(diagnostic));
  append_field(out, "help", help(diagnostic));
  append_field(out, "suggestion", diagnostic.suggestion);
  append_place(out, diagnostic.span, sources);
  out += ",\"notes\":[";
  for (std::size_t i = 0; i < diagnostic.notes.size(); ++i) {
    const Note& note = diagnostic.notes[i];
    out += i == 0 ? "{" : ",{";
    append_field(out, "text", note.text);
    append_place(out, note.span, sources);
    out += '}';
  }
  return out + "]}";
}

}  // namespace policyc::text
