#pragma once

// What an action's rules mention, as written: which context fields, and whether
// the time counts. It is found in the terms, before anything is folded or dropped,
// so that a request lacks something or doesn't whatever the optimizer finds out.

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "policyc/compiler/model.hpp"

namespace policyc::compiler {

struct Mentioned {
  std::set<std::uint16_t> context;
  bool now = false;
};

class Reach {
 public:
  // `uses_of` lists the uses of each action.
  Reach(const Model& model, const std::vector<std::vector<std::uint32_t>>& uses_of);

  // In the rules of the action, the roles they ask for, and the actions they ask
  // about with `may`.
  [[nodiscard]] const Mentioned& of(ActionIndex action);

 private:
  struct Direct {
    Mentioned mentioned;
    std::set<RoleIndex> roles;  // held at an entity or above it
    std::set<RoleIndex> roles_itself;
    std::set<ActionIndex> actions;
  };

  void collect(const Term& term, Direct& direct) const;
  void close_roles(Direct& direct) const;

  const Model& model_;
  const std::vector<std::vector<std::uint32_t>>& uses_of_;
  std::vector<std::vector<RoleIndex>> included_by_;
  struct Closed {  // Direct, with what its roles lead to
    Mentioned mentioned;
    std::vector<ActionIndex> actions;  // ascending
  };
  std::vector<Closed> uses_;                     // of each use
  std::vector<Direct> roles_;                    // of each role's own sources
  std::vector<std::optional<Mentioned>> known_;  // of each action
};

}  // namespace policyc::compiler
