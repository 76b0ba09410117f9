#pragma once

// In which format a text is written, whatever its name says.

#include <optional>
#include <string_view>

#include "policyc/snapshot/read.hpp"

namespace policyc::snapshot {

// A format that the text is plainly written in, and that readers of `named` can't read.
// Nothing: it may well be what it says.
[[nodiscard]] std::optional<Format> written_as(std::string_view text, Format named);

}  // namespace policyc::snapshot
