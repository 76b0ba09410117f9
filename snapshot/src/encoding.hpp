#pragma once

// Whether a file is text at all: UTF-8 without the characters that no text has.

#include <cstddef>
#include <string_view>

#include "findings.hpp"

namespace policyc::snapshot {

// Where the first byte stands that is no UTF-8: not overlong, not a surrogate, not
// beyond U+10FFFF. npos: there is none.
[[nodiscard]] std::size_t first_bad_byte(std::string_view text) noexcept;

// The bytes of a byte order mark in front: 3, or 0.
[[nodiscard]] std::size_t length_of_mark(std::string_view text) noexcept;

// UTF-16 and UTF-32 have zero bytes where text has none.
[[nodiscard]] bool is_wide_text(std::string_view text) noexcept;

// Reports the first of each: wide text, bytes that are no UTF-8, control characters
// (tabs and line ends aside; a lone carriage return is one). False: don't read on.
[[nodiscard]] bool check_encoding(std::string_view text, Findings& findings);

// Reports bytes that are no UTF-8; for readers that have found out that there are some.
void report_bad_bytes(std::string_view text, std::size_t from, Findings& findings);

}  // namespace policyc::snapshot
