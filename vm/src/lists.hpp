#pragma once

// Lists from candidates: what can't be allowed is never looked at, and what is looked at is decided.

#include "evaluation.hpp"
#include "policyc/lists.hpp"

namespace policyc::vm {

[[nodiscard]] Result<EntityList> list_resources(const Linked& linked, const Request& request,
                                                const Page& page);
[[nodiscard]] Result<EntityList> list_subjects(const Linked& linked, const Request& request,
                                               const Page& page);
[[nodiscard]] Result<ActionList> list_actions(const Linked& linked, const Request& request);

}  // namespace policyc::vm
