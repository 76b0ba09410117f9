#pragma once

// For people who named an entity that a snapshot does not have.

#include <cstddef>
#include <string>
#include <string_view>

#include "policyc/schema.hpp"
#include "policyc/snapshot.hpp"

namespace policyc::vm {

// The entity, as kind:id, that was probably meant; empty if none is near. Walks over
// the snapshot; `compared` counts the names that were compared, over many questions, and
// beyond a bound no more are.
[[nodiscard]] std::string near_entity(const Snapshot& snapshot, const Schema& schema, KindIndex kind,
                                      std::string_view id, std::size_t& compared);

}  // namespace policyc::vm
