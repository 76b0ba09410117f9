#pragma once

// Where the answers to a list question can be: what the facts lead to that an allow can't do without. Some
// of the entities here may be denied; none that is allowed is missing.

#include <utility>
#include <vector>

#include "evaluation.hpp"

namespace policyc::vm {

// For the evaluation's subject and action: resources of its kind, ascending, each once.
[[nodiscard]] std::vector<NodeId> candidate_resources(const Evaluation& evaluation);

// For the evaluation's resource and action: subjects of these kinds that the snapshot knows, ascending, each
// once.
[[nodiscard]] std::vector<NodeId> candidate_subjects(const Evaluation& evaluation, std::uint64_t kinds);

}  // namespace policyc::vm
