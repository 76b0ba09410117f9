#pragma once

// The two shapes that a snapshot has: one document, in YAML or JSON, and JSON Lines.

#include "document.hpp"
#include "entities.hpp"
#include "findings.hpp"
#include "json.hpp"
#include "names.hpp"

namespace policyc::snapshot {

// A document that has been read, from its top. False: it is no snapshot of this
// version, which was reported, and nothing of it was read.
[[nodiscard]] bool read_document(const Document& document, const Names& names, EntityReader& entities,
                                 bool require_end, Findings& findings);

// The lines of the document's source, one after the other; the document holds one at a time.
void read_lines(Document& document, JsonReader& json, const Names& names, EntityReader& entities,
                bool require_end, Findings& findings);

}  // namespace policyc::snapshot
