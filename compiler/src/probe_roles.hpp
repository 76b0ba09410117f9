#pragma once

// Which roles a request for an action may ask of its subject, as far as probes go.

#include <cstddef>
#include <set>
#include <vector>

#include "policyc/compiler/model.hpp"

namespace policyc::compiler {

// By action: the roles that its rules and conditions name, and all that makes somebody a holder of these.
[[nodiscard]] std::vector<std::set<RoleIndex>> asked_roles(const Model& model);

}  // namespace policyc::compiler
