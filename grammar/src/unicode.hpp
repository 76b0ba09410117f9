#pragma once

// The little of Unicode that reading and printing a policy needs.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace policyc::text {

// One code point of a text, or one byte that belongs to none.
struct CodePoint {
  std::uint32_t value = 0;  // the byte itself where !valid
  std::uint32_t length = 1;
  bool valid = false;
};

// Reads the code point at `at`, which lies in `text`. Overlong forms, surrogates
// and what lies beyond U+10FFFF are not valid.
[[nodiscard]] CodePoint decode(std::string_view text, std::size_t at);

void append_utf8(std::string& out, std::uint32_t code_point);

// C0 without tab and line ends, DEL, C1, and the Unicode line separators.
[[nodiscard]] bool is_control(std::uint32_t code_point);
// What changes the direction of the text that follows.
[[nodiscard]] bool is_bidi_control(std::uint32_t code_point);
// What takes no room, so that two texts look the same and are not.
[[nodiscard]] bool is_invisible(std::uint32_t code_point);

// "U+202E"
[[nodiscard]] std::string name_of_code_point(std::uint32_t code_point);

// The code point as it may be shown on a terminal: a blank for a tab, an escape
// for what would act on the terminal or not be seen.
[[nodiscard]] std::string printable(CodePoint point, std::string_view bytes);
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace policyc::text
