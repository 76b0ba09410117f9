#pragma once

// What the builder finds wrong with facts that are well-formed one by one, as findings.

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "findings.hpp"
#include "losses.hpp"
#include "names.hpp"
#include "policyc/snapshot_builder.hpp"

namespace policyc::snapshot {

struct KnownTrouble {
  explicit KnownTrouble(const Names& names) : losses(names) {}

  bool duplicate_keys = false;            // reported already
  bool errors = false;                    // what constraints count may not be all there
  bool lines = false;                     // of JSON, each of which is a fact
  Losses losses;                          // some could not be read: that one is missing need not be true
  std::vector<std::uint64_t> incomplete;  // places, ascending, of those with an attribute in error
  std::vector<std::uint64_t> misplaced;   // and of those with a parent in error
  std::vector<std::pair<std::uint64_t, std::uint64_t>> parents;  // where they say in what they stand
};

// `source` is the text that the places are in.
void report_problems(const std::vector<BuildError>& errors, std::string_view source, const Names& names,
                     const KnownTrouble& known, Findings& findings);

}  // namespace policyc::snapshot
