#include "written_as.hpp"

#include <algorithm>

#include "encoding.hpp"

namespace policyc::snapshot {
namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Takes the first line that is neither blank nor a comment off the text.
std::string_view take_line(std::string_view& text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
      line.remove_suffix(1);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos && line[first] != '#') return line.substr(first);
  }
  return {};
}

// "{", then blanks, then this key in quotes.
bool begins_with_key(std::string_view line, std::string_view key) {
  if (line.empty() || line.front() != '{') return false;
  const std::size_t quote = line.find_first_not_of(" \t", 1);
  if (quote == std::string_view::npos || line[quote] != '"') return false;
  return line.substr(quote + 1, key.size()) == key && line.substr(quote + 1 + key.size(), 1) == "\"";
}

bool is_fact(std::string_view line) {
  return begins_with_key(line, "entity") || begins_with_key(line, "grant");
}

// "users:", "snapshot: 1"
bool is_yaml_key(std::string_view line) {
  const std::size_t end =
      std::min(static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_letter) - line.begin()),
               line.size());
  if (end == 0 || end == line.size() || line[end] != ':') return false;
  return end + 1 == line.size() || line[end + 1] == ' ';
}

}  // namespace

std::optional<Format> written_as(std::string_view text, Format named) {
  text.remove_prefix(length_of_mark(text));
  const std::string_view first = take_line(text);
  const std::string_view second = take_line(text);
  // One line may be JSON that was meant to be a snapshot; two of them are facts.
  if (named != Format::json_lines && is_fact(first) && (second.empty() || second.front() == '{'))
    return Format::json_lines;
  if (named != Format::yaml && is_yaml_key(first)) return Format::yaml;
  if (named != Format::json_lines || first.empty() || first.front() != '{') return std::nullopt;
  // A snapshot in one object, over several lines or on one.
  const bool goes_on = !second.empty() && second.front() != '{';
  if (first == "{" ? goes_on : begins_with_key(first, "snapshot") && (second.empty() || goes_on))
    return Format::json;
  return std::nullopt;
}

}  // namespace policyc::snapshot
