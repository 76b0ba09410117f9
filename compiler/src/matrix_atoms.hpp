#pragma once

// What is known about a condition in one column of the permission table: true,
// false, or open. Works on the syntax tree, because a table prints what the
// author wrote.

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/compiler/model.hpp"

namespace policyc::compiler {

enum class Settled : std::uint8_t { no, yes, open };

// What one column assumes about its subject.
struct Column {
  const Model* model = nullptr;
  KindIndex scope = kSystemKind;      // of the column's role
  std::set<RoleIndex> held;           // the role and its closure
  const text::Expr* given = nullptr;  // assumed true; may be null
  KindIndex at = kNoIndex;            // of the resource that a cell is about

  // Is the role held, not held, or open?
  [[nodiscard]] Settled role(RoleIndex role) const;
};

// The role and everything that it includes.
[[nodiscard]] std::set<RoleIndex> closure_of(const Model& model, RoleIndex role);

// The roles that a path in a policy may name: `manager`, `organization.manager`.
[[nodiscard]] std::vector<RoleIndex> roles_named(const Model& model, const text::Path& path);

// The named condition that an expression consists of alone, or nullptr. Scopes that don't stand in each other
// may have one of the same name: it is the one that counts at an entity of kind `at`, or any if there is no
// kind.
[[nodiscard]] const text::Condition* sole_condition(const Model& model, const text::Expr& expression,
                                                    KindIndex at = kNoIndex);

// Three-valued truth of a condition under the column's assumptions.
[[nodiscard]] Settled truth(const Column& column, const text::Expr& expression);

// Do two expressions say the same, word for word?
[[nodiscard]] bool same(const text::Expr& a, const text::Expr& b);

// One number for expressions that say the same, so that one among many is found without comparing it with
// each.
[[nodiscard]] std::size_t fingerprint(const text::Expr& expression);

}  // namespace policyc::compiler
