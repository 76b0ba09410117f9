// Diagnostics for people: place, message, the line with a caret under it, help.

#include <algorithm>

#include "policyc/text/diagnostic.hpp"
#include "unicode.hpp"

namespace policyc::text {
namespace {

// Longer lines are shown as a window of this many characters.
constexpr std::size_t kWidestLine = 120;
// How much of the window lies before the caret.
constexpr std::size_t kBeforeCaret = 40;

struct Palette {
  const char* bold = "";
  const char* error = "";
  const char* warning = "";
  const char* dim = "";
  const char* reset = "";
};

Palette palette(bool colour) {
  if (!colour) return {};
  return {"\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[34m", "\x1b[0m"};
}

std::size_t width_of(std::string_view shown) {
  return static_cast<std::size_t>(std::count_if(
      shown.begin(), shown.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

// A line as it is shown, and which of its columns the caret marks.
struct Excerpt {
  std::string shown;
  std::size_t before = 0;  // columns before the caret
  std::size_t marked = 1;
};

Excerpt excerpt_of(std::string_view line, std::size_t begin, std::size_t end) {
  // The window's bounds in bytes; they are moved to the bounds of code points.
  std::size_t from = 0;
  std::size_t to = line.size();
  const auto inside = [&](std::size_t i) {
    return i < line.size() && (static_cast<unsigned char>(line[i]) & 0xC0u) == 0x80u;
  };
  if (line.size() > kWidestLine) {
    from = begin > kBeforeCaret ? std::min(begin - kBeforeCaret, line.size() - kWidestLine) : 0;
    to = std::min(line.size(), from + kWidestLine);
    for (int i = 0; i < 3 && inside(from); ++i) ++from;
    for (int i = 0; i < 3 && inside(to); ++i) ++to;
  }
  Excerpt out;
  if (from > 0) out.shown = "…";
  std::size_t column = width_of(out.shown);
  std::size_t marked = 0;
  out.before = column;
  for (std::size_t i = from; i < to;) {
    const CodePoint point = decode(line, i);
    const bool mark_of_file = i == 0 && point.value == 0xFEFF && point.valid;
    const std::string shown = mark_of_file ? std::string() : printable(point, line.substr(i, point.length));
    const std::size_t width = width_of(shown);
    if (i < begin)
      out.before += width;
    else if (i < end)
      marked += width;
    out.shown += shown;
    i += point.length;
  }
  if (to < line.size()) out.shown += "…";
  out.marked = std::max<std::size_t>(1, marked);
  return out;
}

void append_excerpt(std::string& out, Span span, std::string_view label, const SourceSet& sources,
                    std::size_t margin, const Palette& colours, const char* mark) {
  const Source& source = sources[span.file];
  const LineColumn at = source.locate(span.begin);
  const std::string_view line = source.line(at.line);
  const auto line_begin = static_cast<std::size_t>(line.data() - source.text().data());
  const std::size_t begin =
      std::min<std::size_t>(span.begin - std::min<std::size_t>(span.begin, line_begin), line.size());
  const std::size_t end =
      std::min<std::size_t>(span.end - std::min<std::size_t>(span.end, line_begin), line.size());
  const Excerpt excerpt = excerpt_of(line, begin, end);

  const std::string number = std::to_string(at.line);
  out.append("  ")
      .append(colours.dim)
      .append(margin - std::min(margin, number.size()), ' ')
      .append(number)
      .append(" |");
  out.append(colours.reset);
  if (!excerpt.shown.empty()) out.append(" ").append(excerpt.shown);
  out.append("\n  ").append(colours.dim).append(margin, ' ').append(" |").append(colours.reset).append(" ");
  out.append(excerpt.before, ' ').append(mark).append(excerpt.marked, '^');
  if (!label.empty()) out.append(" ").append(printable(label));
  out.append(colours.reset).append("\n");
}

std::string place(Span span, const SourceSet& sources) {
  const Source& source = sources[span.file];
  const LineColumn at = source.locate(span.begin);
  return printable(source.name()) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

// Text of several lines goes on under its first word.
std::string indented(const std::string& text, std::size_t columns) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = std::min(text.find('\n', i), text.size());
    if (i > 0) out.append("\n").append(columns, ' ');
    out += printable(std::string_view(text).substr(i, end - i));
    i = end + 1;
  }
  return out;
}

}  // namespace

std::string render_text(const Diagnostic& diagnostic, const SourceSet& sources, bool colour) {
  const DiagInfo& entry = info(diagnostic.code);
  const Palette colours = palette(colour);
  const bool error = entry.severity == Severity::error;
  const char* mark = error ? colours.error : colours.warning;
  std::string out;
  if (diagnostic.span.file >= sources.size()) {
    out.append(mark).append(error ? "error" : "warning").append("[" + entry.id + "]").append(colours.reset);
    return out + ": " + indented(message(diagnostic), 2) + "\n";
  }
  out.append(colours.bold).append(place(diagnostic.span, sources)).append(": ").append(colours.reset);
  out.append(mark).append(error ? "error" : "warning").append("[" + entry.id + "]").append(colours.reset);
  out.append(": ")
      .append(colours.bold)
      .append(indented(message(diagnostic), 2))
      .append(colours.reset)
      .append("\n");

  // A file that could not be read has no line to show.
  std::size_t margin =
      std::to_string(sources[diagnostic.span.file].locate(diagnostic.span.begin).line).size();
  for (const Note& note : diagnostic.notes)
    if (note.span.file < sources.size())
      margin = std::max(margin, std::to_string(sources[note.span.file].locate(note.span.begin).line).size());
  if (!sources[diagnostic.span.file].text().empty())
    append_excerpt(out, diagnostic.span, diagnostic.suggestion, sources, margin, colours, mark);
  for (const Note& note : diagnostic.notes) {
    if (note.span.file >= sources.size()) continue;
    if (note.span.file != diagnostic.span.file)
      out.append("  ").append(margin, ' ').append("--> ").append(place(note.span, sources)).append("\n");
    append_excerpt(out, note.span, note.text, sources, margin, colours, colours.dim);
  }
  if (const std::string text = help(diagnostic); !text.empty())
    out.append("  help: ").append(indented(text, 8)).append("\n");
  return out;
}

}  // namespace policyc::text
