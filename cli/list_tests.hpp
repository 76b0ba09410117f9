#pragma once

// Lists that tests expect: who may, on which, may which.

#include "policyc/evaluator.hpp"
#include "policyc/text/diagnostic.hpp"
#include "policyc/text/syntax.hpp"

namespace policyc::cli {

// Whether the list is the one that is expected; what differs is reported. The entities that it names are in
// the snapshot.
[[nodiscard]] bool judge_list(const Evaluator& evaluator, const text::Test& test,
                              const text::ListExpectation& list, text::Diagnostics& diagnostics);

}  // namespace policyc::cli
