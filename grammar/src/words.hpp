#pragma once

// The words that are no names.

#include <algorithm>
#include <array>
#include <string_view>

namespace policyc::text {

inline constexpr std::array<std::string_view, 24> kReservedWords = {
    "and",    "or",    "not", "true", "false",    "any",  "all",    "anyone",
    "is",     "in",    "on",  "may",  "contains", "else", "allow",  "forbid",
    "always", "never", "to",  "from", "if",       "when", "unless", "obliging"};

[[nodiscard]] inline bool is_reserved(std::string_view word) {
  return std::find(kReservedWords.begin(), kReservedWords.end(), word) != kReservedWords.end();
}

}  // namespace policyc::text
