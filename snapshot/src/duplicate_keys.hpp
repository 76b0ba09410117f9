#pragma once

// The same key twice in one map. Readers elsewhere take the first or the last of
// them, and nobody knows which: for grants that is a way to say two things at once.

#include "document.hpp"
#include "findings.hpp"

namespace policyc::snapshot {

// Looks at every map. Keys are compared by their text, escapes resolved.
void report_duplicate_keys(const Document& document, Findings& findings);

}  // namespace policyc::snapshot
