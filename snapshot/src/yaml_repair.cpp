#include "yaml_repair.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace policyc::snapshot {
namespace {

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t indent = 0;
  bool is_blank = false;    // a comment alone, too
  bool is_element = false;  // begins with `- `
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    Line line{begin, std::min(text.find('\n', begin), text.size())};
    const std::string_view content = text.substr(begin, line.end - begin);
    const std::size_t first = content.find_first_not_of(" \t\r");
    line.is_blank = first == std::string_view::npos || content[first] == '#';
    line.indent = line.is_blank ? 0 : first;
    line.is_element = !line.is_blank && content[first] == '-' &&
                      (first + 1 == content.size() || content.find_first_of(" \t\r", first) == first + 1);
    lines.push_back(line);
    begin = line.end + 1;
  }
  return lines;
}

class Parts {
 public:
  explicit Parts(std::string_view text) : text_(text), lines_(lines_of(text)) {}

  // The bytes of the smallest part around the place.
  struct Range {
    std::size_t begin, end;
  };
  [[nodiscard]] std::optional<Range> around(std::size_t at) const {
    std::size_t line = 0;
    while (line + 1 < lines_.size() && lines_[line + 1].begin <= at) ++line;
    while (line > 0 && line < lines_.size() && lines_[line].is_blank) --line;
    if (line >= lines_.size()) return std::nullopt;
    return part_of(line);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  [[nodiscard]] std::optional<Range> part_of(std::size_t line) const {
    const std::size_t begin = beginning_of(line);
    if (begin == kNone) return std::nullopt;
    const std::size_t end = end_of(begin, line);
    if (!lines_[begin].is_element) return section(begin, end);
    const bool has_next =
        end < lines_.size() && lines_[end].is_element && lines_[end].indent == lines_[begin].indent;
    const std::size_t above = above_element(begin);
    if (above == kNone) return std::nullopt;
    if (has_next || (lines_[above].is_element && lines_[above].indent == lines_[begin].indent))
      return range(begin, end);
    // The only element goes with its key: a key without a list would be another mistake.
    if (lines_[above].is_element) return part_of(above);
    return lines_[above].indent == 0 ? section(above, end) : range(above, end);
  }

  // Where the element that the line is in begins, or the key at the margin.
  [[nodiscard]] std::size_t beginning_of(std::size_t line) const {
    std::size_t least = lines_[line].indent + 1;
    for (std::size_t at = line + 1; at-- > 0;) {
      const Line& one = lines_[at];
      if (one.is_blank || one.indent >= least) continue;
      if (one.is_element || one.indent == 0) return at;
      least = one.indent;
    }
    return kNone;
  }

  // The first line behind the part that begins here and goes on at least to `line`.
  [[nodiscard]] std::size_t end_of(std::size_t begin, std::size_t line) const {
    std::size_t at = line + 1;
    while (at < lines_.size() && (lines_[at].is_blank || is_inside(begin, lines_[at]))) ++at;
    return at;
  }

  [[nodiscard]] bool is_inside(std::size_t begin, const Line& line) const {
    if (line.indent != lines_[begin].indent) return line.indent > lines_[begin].indent;
    return !lines_[begin].is_element && line.is_element;  // a list may stand at the margin of its key
  }

  // The line above that the element follows: another element, or the key of its list.
  [[nodiscard]] std::size_t above_element(std::size_t begin) const {
    for (std::size_t at = begin; at-- > 0;)
      if (!lines_[at].is_blank && lines_[at].indent <= lines_[begin].indent) return at;
    return kNone;
  }

  // From a key at the margin. The version is not left out: without it nothing can be read.
  [[nodiscard]] std::optional<Range> section(std::size_t begin, std::size_t end) const {
    const std::string_view word = text_.substr(lines_[begin].begin, lines_[begin].end - lines_[begin].begin);
    const char first = word.empty() ? '\0' : word.front();
    const bool is_key = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_';
    if (!is_key || word.starts_with("snapshot")) return std::nullopt;
    return range(begin, end);
  }

  [[nodiscard]] Range range(std::size_t begin, std::size_t end) const {
    return {lines_[begin].begin, end < lines_.size() ? lines_[end].begin : text_.size()};
  }

  std::string_view text_;
  std::vector<Line> lines_;
};

}  // namespace

bool blank_part_around(std::string& text, std::size_t at) {
  const std::optional<Parts::Range> part = Parts(text).around(at);
  if (!part) return false;
  for (std::size_t i = part->begin; i < part->end; ++i)
    if (text[i] != '\n' && text[i] != '\r') text[i] = ' ';
  return true;
}

}  // namespace policyc::snapshot
