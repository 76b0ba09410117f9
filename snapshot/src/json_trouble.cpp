#include "json_trouble.hpp"

#include <algorithm>
#include <vector>

namespace policyc::snapshot {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_one_of(char c, std::string_view set) noexcept { return set.find(c) != std::string_view::npos; }

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Behind the string that begins here.
std::size_t skip_string(std::string_view text, std::size_t at, std::size_t end) {
  for (++at; at < end && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return std::min(at + 1, end);
}

// The last bracket that is open at `at`.
std::optional<std::size_t> open_at(std::string_view text, std::size_t begin, std::size_t at) {
  std::vector<std::size_t> open;
  for (std::size_t i = begin; i < at;) {
    if (text[i] == '"') {
      i = skip_string(text, i, at);
      continue;
    }
    if (is_one_of(text[i], "{[")) open.push_back(i);
    if (is_one_of(text[i], "}]") && !open.empty()) open.pop_back();
    ++i;
  }
  if (open.empty()) return std::nullopt;
  return open.back();
}

}  // namespace

JsonTrouble trouble_at(std::string_view text, std::size_t begin, std::size_t at) {
  at = std::min(text.find_first_not_of(kBlanks, std::min(at, text.size())), text.size());
  const char found = at < text.size() ? text[at] : '\0';
  const std::size_t last = at > begin ? text.find_last_not_of(kBlanks, at - 1) : std::string_view::npos;
  const char before = last == std::string_view::npos || last < begin ? '\0' : text[last];
  if (found == '\'') return {"a text in single quotes", "write texts and keys in double quotes: \"id\""};
  if (is_letter(found)) return {"a key or text without quotes", "write it in double quotes: \"id\""};
  if (is_one_of(found, "/#")) return {"a comment", "leave it out: JSON has none"};
  if (is_one_of(found, "}]")) {
    if (before == ',') return {"a comma with nothing behind it", "leave out the comma before this"};
    const std::optional<std::size_t> open = open_at(text, begin, at);
    if (open && (text[*open] == '{') != (found == '}')) return {{}, {}, open};
  }
  if (is_one_of(before, "}]") && is_one_of(found, "{[\""))
    return {"a comma is missing before this", "write it"};
  return {"a comma, a colon, a closing bracket or a key in quotes is missing here",
          "write what is missing before this"};
}

JsonTrouble trouble_with_value(std::string_view token) {
  constexpr std::string_view kWhat = "a value is expected";
  if (token.starts_with("True")) return {kWhat, "write true"};
  if (token.starts_with("False")) return {kWhat, "write false"};
  if (token.starts_with("None") || token.starts_with("undefined")) return {kWhat, "leave the key out"};
  if (token.starts_with("'")) return {kWhat, "write texts in double quotes"};
  return {kWhat, "write a text in double quotes, a number without leading zeros, true or false"};
}

JsonTrouble trouble_with_start(std::string_view text) {
  constexpr std::string_view kWhat = "an object, `{ … }`, is expected";
  const std::size_t first = text.find_first_not_of(kBlanks);
  const char found = first == std::string_view::npos ? '\0' : text[first];
  if (is_one_of(found, "#/")) return {kWhat, "leave the comment out: JSON has none"};
  if (found == '[')
    return {kWhat, "a snapshot is one object, { \"snapshot\": 1, … }; in a .jsonl file each line is one"};
  return {kWhat, "begin with `{`"};
}

std::size_t behind_object(std::string_view text, std::size_t begin, std::size_t end) {
  std::size_t depth = 0;
  for (std::size_t i = begin; i < end;) {
    if (text[i] == '"') {
      i = skip_string(text, i, end);
      continue;
    }
    if (is_one_of(text[i], "{[")) ++depth;
    if (is_one_of(text[i], "}]") && depth > 0 && --depth == 0)
      return std::min(text.find_first_not_of(kBlanks, i + 1), end);
    ++i;
  }
  return end;
}

}  // namespace policyc::snapshot
