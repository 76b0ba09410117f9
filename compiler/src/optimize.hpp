#pragma once

// Rules of one action as few, cheap tests. Nothing here changes what is decided.

#include "graph.hpp"
#include "lower.hpp"

namespace policyc::compiler {

// What `decide` asks: a forbid if `forbidden`, else an allow if `allowed`. The test
// `allowed` is only sound where `forbidden` is false.
struct Decide {
  Node forbidden = kNever;
  Node allowed = kNever;
};

[[nodiscard]] Decide optimize(Graph& graph, const ActionTests& tests);

}  // namespace policyc::compiler
