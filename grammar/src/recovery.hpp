#pragma once

// Where reading goes on after a mistake.
//
// Statements end where the next one begins, so that this question and the
// question whether a list has ended too early are one: does a declaration begin
// here? Both are answered by looking at the first words alone.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace policyc::text {

// What encloses a statement.
enum class Body : std::uint8_t { top, scope, subject, group, context, test, table, matrix, section };

// "scope", "test", "table of a test" …, as messages call them.
[[nodiscard]] const char* name_of(Body body);

// The offsets below are those of a prepared text: without comments, LF only.

// The first character at or after `at` that is no blank.
[[nodiscard]] std::size_t skip_blanks(std::string_view text, std::size_t at);

// The end of the last token before `at`; 0 if there is none.
[[nodiscard]] std::size_t end_of_token_before(std::string_view text, std::size_t at);

// The end of the token at `at`: a word with its digits, a string, or one mark.
[[nodiscard]] std::size_t end_of_token(std::string_view text, std::size_t at);

// Where the word begins that ends before `end`; `end` if no word does.
[[nodiscard]] std::size_t start_of_word(std::string_view text, std::size_t end);

// Only blanks stand between this place and the start of its line.
[[nodiscard]] bool is_first_on_line(std::string_view text, std::size_t at);

// The parenthesis that opens here holds a list: a comma that is in no other bracket.
[[nodiscard]] bool holds_list(std::string_view text, std::size_t at);

// The words here begin a statement that stands outside of all braces.
[[nodiscard]] bool begins_declaration(std::string_view text, std::size_t at);

// The words here begin a statement inside of such a body.
[[nodiscard]] bool begins_member(std::string_view text, std::size_t at, Body body);

// A declaration that can't stand in this body begins at the start of a line: the
// body was left open. `lenient` takes one that is indented, too.
[[nodiscard]] bool leaves_body(std::string_view text, std::size_t at, Body body, bool lenient);

// Where to go on after a statement that began at `begin` and failed at `failed`.
// `whole_blocks`: braces that it opens are skipped up to their partner, because
// nobody knows what stands in them.
[[nodiscard]] std::size_t resume_after(std::string_view text, std::size_t begin, std::size_t failed,
                                       Body body, bool whole_blocks);

// The same for a header that failed before its block: the block's '{', or where
// the next statement begins if there is none.
[[nodiscard]] std::size_t resume_at_brace(std::string_view text, std::size_t begin, std::size_t failed,
                                          Body block);

}  // namespace policyc::text
