#pragma once

// The worst cost of a run as a formula: "14 + 3·|task.annotators|".

#include <span>
#include <string>

#include "emit.hpp"
#include "graph_names.hpp"

namespace policyc::compiler {

// At most how many instructions the run takes: each outside a loop once, each of a
// loop once an element. `path` is the number of entities from one to its root.
[[nodiscard]] std::string cost_of(const EmittedRun& run, std::span<const vm::Instruction> code,
                                  const GraphNames& names);

}  // namespace policyc::compiler
