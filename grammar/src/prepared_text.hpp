#pragma once

// The first look at a text, before the grammar: characters and comments.
//
// The result has the same length as the text, so that places are the same in
// both. Comments are blanked and collected, line ends are all LF, and characters
// that were complained about are replaced by what was probably meant: one wrong
// quotation mark gives one complaint, not five.

#include <string>
#include <string_view>
#include <vector>

#include "complaints.hpp"
#include "policyc/text/syntax.hpp"

namespace policyc::text {

struct PreparedText {
  std::string text;
  std::vector<Comment> comments;
  // Words with such a character in them, as they might have been meant and as they
  // read now: nobody is told that these are unknown.
  std::vector<std::string> unread_words;
};

[[nodiscard]] PreparedText prepare(std::string_view raw, Complaints& complaints);

}  // namespace policyc::text
