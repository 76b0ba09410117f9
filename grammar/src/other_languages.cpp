#include "other_languages.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace policyc::text {
namespace {

constexpr std::size_t kLongest = 60;  // of what a message repeats

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Unit unit_meant_by(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, Unit>, 15> kUnits = {{
      {"second", {"s", 1}},
      {"seconds", {"s", 1}},
      {"sec", {"s", 1}},
      {"secs", {"s", 1}},
      {"minute", {"m", 1}},
      {"minutes", {"m", 1}},
      {"min", {"m", 1}},
      {"mins", {"m", 1}},
      {"hour", {"h", 1}},
      {"hours", {"h", 1}},
      {"day", {"d", 1}},
      {"days", {"d", 1}},
      {"week", {"d", 7}},
      {"weeks", {"d", 7}},
      {"w", {"d", 7}},
  }};
  for (const auto& [theirs, ours] : kUnits)
    if (theirs == word) return ours;
  return {{}, 1};
}

Number read_spelled_duration(std::string_view number, std::string_view unit) {
  const std::string written = std::string(number.substr(0, kLongest)) + " " + std::string(unit);
  const Unit meant = unit_meant_by(unit);
  Number out;
  constexpr std::size_t kMostDigits = 15;  // of which any times seven is a number still
  if (!all_digits(number) || number.size() > kMostDigits || meant.name.empty()) {
    out.problem = Problem{DiagCode::bad_number,
                          {written, "a duration is one word", "write a number and a unit: 90s 15m 8h 30d"}};
    return out;
  }
  const std::string ours =
      std::to_string(std::stoll(std::string(number)) * meant.times) + std::string(meant.name);
  out = read_number(ours);
  out.problem = Problem{DiagCode::bad_number, {written, "a duration is one word", "write `" + ours + "`"}};
  return out;
}

std::string in_double_quotes(std::string_view text) {
  if (text.size() > kLongest) return "\"…\"";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out + "\"";
}

// '%' stands for any characters; a pattern of this language has '*' for them.
std::string instead_of_like(std::string_view behind) {
  const char quote = behind.empty() ? '\0' : behind.front();
  const std::size_t close = quote == '"' || quote == '\'' ? behind.find(quote, 1) : std::string_view::npos;
  const std::string_view pattern =
      close == std::string_view::npos ? std::string_view() : behind.substr(1, close - 1);
  if (pattern.empty() || pattern.size() > kLongest ||
      pattern.find_first_of("\n\\*") != std::string_view::npos)
    return "starts with`, `ends with` or `matches";
  const std::string_view inner = pattern.substr(1, pattern.size() < 2 ? 0 : pattern.size() - 2);
  const bool plain_inside = inner.find('%') == std::string_view::npos;
  if (plain_inside && pattern.back() == '%' && pattern.front() != '%' && pattern.size() > 1)
    return "starts with " + in_double_quotes(pattern.substr(0, pattern.size() - 1));
  if (plain_inside && pattern.front() == '%' && pattern.back() != '%')
    return "ends with " + in_double_quotes(pattern.substr(1));
  std::string ours(pattern);
  std::replace(ours.begin(), ours.end(), '%', '*');
  return "matches " + in_double_quotes(ours);
}

}  // namespace policyc::text
