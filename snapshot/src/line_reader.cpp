// JSON Lines: each line is a fact, in any order.

#include <algorithm>
#include <string>

#include "document_reader.hpp"
#include "duplicate_keys.hpp"
#include "encoding.hpp"

namespace policyc::snapshot {
namespace {

using text::DiagCode;
using Kind = Node::Kind;

std::string end_mark(std::uint64_t lines) { return "{\"end\":{\"lines\":" + std::to_string(lines) + "}}"; }

// {"end":{"lines":N}} and nothing else.
void check_end(const Document& document, NodeIndex end, std::uint64_t lines, Findings& findings) {
  const bool is_map = document[end].kind == Kind::map && document.after(end) == document.last(0);
  const NodeIndex count = is_map ? document.find(end, "lines") : 0;
  if (count == 0 || document[count].kind != Kind::literal || document.last(end) != count + 1 ||
      Document::first(0) + 1 != end) {
    findings.add(DiagCode::snapshot_bad_end, document.start(end), {end_mark(lines)});
    return;
  }
  if (document.text(count) != std::to_string(lines))
    findings.add(DiagCode::snapshot_end_count, document.span(count),
                 {shown(document.text(count)), std::to_string(lines)});
}

// True if it is an end mark, right or wrong.
bool read_line(const Document& document, std::uint64_t lines, EntityReader& entities, Findings& findings) {
  // An entity is one whatever other keys it has: they are attributes.
  if (const NodeIndex name = document.find(0, "entity"); name != 0) {
    entities.entity_line(0, name);
    return false;
  }
  if (const NodeIndex name = document.find(0, "group"); name != 0) {
    entities.entity_line(0, name);
    return false;
  }
  if (document.find(0, "grant") != 0) {
    entities.grant(0, true);
    return false;
  }
  if (const NodeIndex end = document.find(0, "end"); end != 0) {
    check_end(document, end, lines, findings);
    return true;
  }
  // `grant` under another name, such as `role`: whoever defines a role says what it can.
  if (document.find(0, "op") == 0 &&
      (document.find(0, "to") != 0 || (document.find(0, "role") != 0 && document.find(0, "can") == 0))) {
    entities.grant(0, true);
    return false;
  }
  if (const NodeIndex value = document.find(0, "op"); value != 0) {
    // Principals that such a line would bring are no entities of this build.
    findings.add(DiagCode::snapshot_delta, document.span(value - 1));
    return false;
  }
  if (document.find(0, "role") != 0) {
    entities.role_line(0);
    return false;
  }
  entities.unknown_line(0);
  return false;
}

// Where the comma stands that follows the object of this line; `end`: there is none.
std::size_t trailing_comma(std::string_view text, std::size_t begin, std::size_t end) {
  const std::size_t last = text.find_last_not_of(" \t\r", end - 1);
  if (last == std::string_view::npos || last <= begin || text[last] != ',') return end;
  const std::size_t before = text.find_last_not_of(" \t", last - 1);
  return before != std::string_view::npos && before >= begin && text[before] == '}' ? last : end;
}

// The text behind `"key":`, in quotes of either kind; nothing if there is none.
std::string_view quoted_after(std::string_view line, std::string_view key) {
  std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  at = line.find_first_not_of("\"' \t:", at + key.size());
  if (at == std::string_view::npos) return {};
  return line.substr(at, std::min(line.find_first_of("\"',}", at), line.size()) - at);
}

// What a line that can't be read seems to have described.
void lose_line(std::string_view line, const Names& names, Losses& losses) {
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos || line[first] == '#' || line.substr(first, 2) == "//" ||
      line.find("grant") != std::string_view::npos)
    return;
  const std::string_view entity = quoted_after(line, "entity");
  const std::size_t colon = entity.find(':');
  if (colon == std::string_view::npos) return losses.all();
  losses.entity(names.find_kind(entity.substr(0, colon)), entity.substr(colon + 1));
}

}  // namespace

void read_lines(Document& document, JsonReader& json, const Names& names, EntityReader& entities,
                bool require_end, Findings& findings) {
  const std::string_view text = document.source();
  std::uint64_t lines = 0;
  bool ended = false;
  for (std::size_t begin = length_of_mark(text); begin < text.size() && !findings.full();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (text.find_first_not_of(" \t\r", begin) < end) {
      ended = false;
      const std::size_t comma = trailing_comma(text, begin, end);
      if (comma != end)
        findings.add(
            DiagCode::snapshot_syntax, comma, comma + 1,
            {"JSON Lines", "a comma behind the line's object", "leave it out: lines stand for themselves"});
      if (json.read(begin, comma, document)) {
        report_duplicate_keys(document, findings);
        ended = read_line(document, lines, entities, findings);
      } else {
        lose_line(text.substr(begin, end - begin), names, entities.losses());
      }
      ++lines;
    }
    begin = end + 1;
  }
  if (lines == 0)
    findings.add(DiagCode::snapshot_empty, 0, 0, {end_mark(0)});
  else if (require_end && !ended && !findings.full())
    findings.add(DiagCode::snapshot_no_end, text.size(), text.size(), {end_mark(lines)});
}

}  // namespace policyc::snapshot
