#pragma once

// Whatever loads is asked: decisions by names and by handles, reasons, obligations, explanations, lists; and
// its code is run step by step. The sanitizers judge that, and the count of the steps.

#include <memory>

#include "policyc/evaluator.hpp"

namespace policyc::attack {

// About one action, and once around a list of each kind. `turn` chooses who asks, about what.
void ask_about(const Evaluator& evaluator, ActionIndex action, std::size_t turn);

// Everything that a snapshot's view tells of its nodes, and its statistics.
void look_at_all(const Snapshot& snapshot, const Schema& schema);

// The runs of an action on nodes of the snapshot. Ends the program with a message if one takes more steps
// than its length, in each turn of its loops.
void count_steps(const std::shared_ptr<const Program>& program,
                 const std::shared_ptr<const Snapshot>& snapshot, ActionIndex action, std::size_t turn);

}  // namespace policyc::attack
