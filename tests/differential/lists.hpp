#pragma once

// Lists against the oracle: a list has exactly those for which the oracle allows the same question.

#include "product.hpp"

namespace policyc::differential {

// Asks for the three lists around a request: on what else, who else, what else. In pages of `most`. "" if the
// oracle agrees about each entity and action, else what differs.
[[nodiscard]] std::string compare_lists(const CompiledPolicy& policy, const Evaluator& evaluator,
                                        const oracle::Snapshot& facts, const oracle::Request& request,
                                        std::size_t most);

}  // namespace policyc::differential
