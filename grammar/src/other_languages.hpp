#pragma once

// How values are written elsewhere, and what says the same here. Each of these
// goes into a message; what a mistake was meant to say decides nothing.

#include <string>
#include <string_view>

#include "literals.hpp"

namespace policyc::text {

// `7` and `days`, which others write for 7d: always a problem, with the value that was meant.
[[nodiscard]] Number read_spelled_duration(std::string_view number, std::string_view unit);

// The unit that the word means, as a number of it: "weeks" is 7 of "d". Empty if it means none.
struct Unit {
  std::string_view name;
  std::int64_t times = 1;
};
[[nodiscard]] Unit unit_meant_by(std::string_view word);

// What stood in single quotes, as a string of this language.
[[nodiscard]] std::string in_double_quotes(std::string_view text);

// What says the same as `like` with the string that begins here, if one does.
[[nodiscard]] std::string instead_of_like(std::string_view behind);

}  // namespace policyc::text
