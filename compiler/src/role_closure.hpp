#pragma once

// Which raw role bits, and which conditions in code, make somebody a holder of a
// role: the inclusion of roles in roles and the roles that come from roles, closed
// once for each role and each kind of entity at which it is asked.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "graph.hpp"
#include "policyc/compiler/model.hpp"

namespace policyc::compiler {

// The answer to "who holds role r at an entity of kind K". A part counts only if
// the entity has ancestors of the kinds in `guard`: those that every entity of
// kind K has anyway, and K itself, are left out.
struct RoleClosure {
  struct Bits {
    std::uint64_t guard = 0;
    vm::RoleMask mask{};
  };
  struct Derived {
    std::uint64_t guard = 0;
    RoleIndex role = 0;
    bool here = false;  // held only if derived at the entity itself
  };
  std::vector<Bits> bits;        // of the role word: what is held at the entity and above
  vm::RoleMask bits_itself{};    // of the word of the entity alone
  std::vector<Derived> derived;  // roles with `if` or `from attr.role`, to be asked in code
};

class RoleClosures {
 public:
  explicit RoleClosures(const Model& model);

  // Of a role that is of the kind, of a kind above or of `system`; `itself` only
  // with a role of the kind. The reference stays valid.
  [[nodiscard]] const RoleClosure& of(RoleIndex role, KindIndex kind, bool itself);

  // Does every entity of the kind have an ancestor of the other kind?
  [[nodiscard]] bool has_always(KindIndex kind, KindIndex ancestor) const noexcept;
  // Can an entity of the kind be, or stand below, one of the other kind?
  [[nodiscard]] bool can_be_below(KindIndex kind, KindIndex other) const noexcept;

 private:
  [[nodiscard]] RoleClosure close(RoleIndex role, KindIndex kind, bool itself) const;

  const Model& model_;
  std::vector<std::vector<RoleIndex>> included_by_;  // by role: the roles that include it
  std::vector<std::uint64_t> always_above_;          // by kind: kinds of which each has an ancestor
  std::unordered_map<std::uint64_t, RoleClosure> known_;
};

}  // namespace policyc::compiler
