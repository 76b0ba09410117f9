#pragma once

// What the builder finds wrong with facts that are well-formed one by one, as findings.

#include <cstdint>
#include <string_view>
#include <vector>

#include "findings.hpp"
#include "policyc/snapshot_builder.hpp"

namespace policyc::snapshot {

struct KnownTrouble {
  bool duplicate_keys = false;            // reported already
  bool lost_entities = false;             // some could not be read: that one is missing need not be true
  std::vector<std::uint64_t> incomplete;  // places, ascending, of those with an attribute in error
};

// `source` is the text that the places are in.
void report_problems(const std::vector<BuildError>& errors, std::string_view source,
                     const KnownTrouble& known, Findings& findings);

}  // namespace policyc::snapshot
