#pragma once

// The values that literals stand for. Pure functions of the characters: each
// gives a value, or says what is wrong with them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/text/diagnostic.hpp"

namespace policyc::text {

struct Problem {
  DiagCode code;
  std::vector<std::string> arguments;
};

// `7`, `-3`, `8h`; what else starts with a digit is a problem.
struct Number {
  std::int64_t value = 0;  // microseconds for a duration
  bool is_duration = false;
  std::optional<Problem> problem;
};
[[nodiscard]] Number read_number(std::string_view token);

// A string's characters between its quotes, unescaped. The problem's place is
// relative to `body`.
struct Unescaped {
  std::string value;
  std::optional<Problem> problem;
  std::uint32_t problem_begin = 0;
  std::uint32_t problem_end = 0;
};
[[nodiscard]] Unescaped unescape(std::string_view body);

// RFC 3339 with a zone, to microseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t microseconds = 0;
  std::optional<Problem> problem;
};
[[nodiscard]] Instant read_time(std::string_view text);

// Nothing, if the text is an IPv4 or IPv6 address, alone or with a prefix length.
[[nodiscard]] std::optional<Problem> check_ip(std::string_view text);

}  // namespace policyc::text
