#pragma once

// Which facts an action's allows can't do without, read off the decision graph: whoever is allowed something
// holds a role, or is named by an attribute, at the resource or at what leads to it.

#include "anchors.hpp"
#include "lower.hpp"

namespace policyc::compiler {

// Sound: where one of the allows is true, one of the facts holds; and where that can't be said, `anywhere`.
[[nodiscard]] vm::ActionAnchors anchors_of(const Graph& graph, const ActionTests& tests, MaskPool& masks);

}  // namespace policyc::compiler
