#pragma once

// YAML as a Document.

#include "document.hpp"
#include "findings.hpp"

namespace policyc::snapshot {

// Reads the document's source, which must be one YAML document or nothing but
// comments (then the document stays empty). False: something was reported, and the
// document is of no use; `too_deep` says whether it was the limit of nesting.
[[nodiscard]] bool read_yaml(Document& document, std::uint32_t max_nesting, Findings& findings,
                             bool& too_deep);

}  // namespace policyc::snapshot
