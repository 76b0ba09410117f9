#pragma once

// What people are told of a request beside its decision: what of it counted for nothing, and which names
// they may have meant.

#include <string>
#include <vector>

#include "policyc/evaluator.hpp"

namespace policyc::cli {

// Those for whom is asked and whom the snapshot does not know: no error, since everyone of their kind may be
// allowed something, but often a misspelt name.
[[nodiscard]] std::vector<std::string> unknown_subjects(const Evaluator& evaluator, const Request& request);

// Lines about the request, each without an end of line. Looks through the snapshot for names that are near.
[[nodiscard]] std::vector<std::string> notes_on(const Evaluator& evaluator, const Request& request,
                                                const Decision& decision);

}  // namespace policyc::cli
