#pragma once

// A look at a YAML text before yaml-cpp reads it. Nested flow collections cost
// yaml-cpp two hundred times their size before it says anything, aliases can make a
// small file endless, and some mistakes it does not see: a string that is never
// closed, a line that quietly joins the one above. All that is refused here, by a
// scanner that cuts the text into tokens as yaml-cpp does and understands none.

#include <cstdint>
#include <string_view>

#include "findings.hpp"

namespace policyc::snapshot {

// False: something was reported, and the text must not be read on.
//
// Refused: anchors, aliases, tags, directives, a second document, keys marked with
// `?`, tabs as indentation, plain text over several lines, block texts with a given
// indentation, brackets nested deeper than the limit, brackets and quotes that are
// never closed.
[[nodiscard]] bool scan_yaml(std::string_view text, std::uint32_t max_nesting, Findings& findings,
                             bool& too_deep);

}  // namespace policyc::snapshot
