#pragma once

// A caller's value as a cell of the declared type.

#include "evaluation.hpp"
#include "policyc/result.hpp"
#include "policyc/value.hpp"

namespace policyc::vm {

// Errors: ill_typed, unknown_entity (the snapshot has no such entity),
// not_assignable (only if `assigns`: the value of a role parameter),
// limit_exceeded (no room for a set's elements). Names of roles that the snapshot defines are looked up at
// the entity `place` and above; kNoNode: nowhere.
[[nodiscard]] ErrorCode read_value(const Value& value, const Type& type, bool assigns, NodeId place,
                                   const Linked& linked, ElementArena& elements, Cell& cell) noexcept;

}  // namespace policyc::vm
