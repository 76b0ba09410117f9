#pragma once

// Warnings: policies that compile and yet may not say what their author meant.
// Each has a way out, by which the author says that it is meant.

#include "analysis.hpp"

namespace policyc::compiler {

// Rules as a whole: stars, repetitions, rules that never matter, actions without a rule.
void lint_rules(const Analysis& analysis);
// Roles in rules: those that reach more, or fewer, people than they seem to.
void lint_roles(const Analysis& analysis);
// Conditions: what is true of nothing, what a default opens, what a table can't say.
void lint_conditions(const Analysis& analysis);
// Constraints that forbid a role to everybody.
void lint_constraints(const Analysis& analysis);
// What is deprecated, where it is named.
void lint_deprecated(const Analysis& analysis);
// Declarations that nothing uses.
void lint_unused(const Analysis& analysis, const Asking& asking);

}  // namespace policyc::compiler
