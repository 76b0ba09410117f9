#pragma once

// Reading on behind a mistake of YAML. The part of the text that has it is made blank: the element of a list
// around it, or the list. What is left is read as usual, with all places as they were, and its own mistakes
// are found in the same run.

#include <cstddef>
#include <string>

namespace policyc::snapshot {

// Makes the smallest part around this place blank. False, and nothing is changed, if no part can be told from
// the rest: the text is one line or in brackets, or it is the line of the version.
[[nodiscard]] bool blank_part_around(std::string& text, std::size_t at);

}  // namespace policyc::snapshot
