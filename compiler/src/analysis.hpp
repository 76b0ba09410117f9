#pragma once

// The stages of analyze(), in their order. Each reads what the stages before it
// have put into the model, adds its own part, and reports all that it finds.

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "expressions.hpp"
#include "policyc/compiler/model.hpp"
#include "policyc/text/diagnostic.hpp"
#include "policyc/text/parse.hpp"
#include "symbols.hpp"

namespace policyc::compiler {

class Asking;  // asking.hpp: made once, of the model with its rules

struct Analysis {
  const text::LoadedPackage& loaded;
  Model& model;
  const Symbols& symbols;
  text::Diagnostics& diagnostics;
  // The declarations had no error. Where they had, what they would have made
  // possible is not known, and nothing is called impossible.
  bool sound_declarations = true;
  std::set<std::string, std::less<>> constant_conditions;  // named ones that are always true, or always false
  std::vector<bool> whole_rules;  // parallel to model.rules: all of its uses are there
};

// Roles' `if`: typed, not constant, without circles.
void add_role_conditions(Analysis& analysis);
// Circles of roles in which an `if` has a part (role_cycles.cpp).
void report_condition_cycles(Analysis& analysis);
// Named conditions, where they are declared.
void check_named_conditions(Analysis& analysis);
// Rules and their uses.
void add_rules(Analysis& analysis);
// What snapshots must satisfy (constraints.cpp).
void add_constraints(Analysis& analysis);
// Conditions that ask for a role which nobody can hold there (role_questions.cpp).
void check_role_questions(const Analysis& analysis);
// Permissions that ask about each other in a circle.
void find_permission_cycles(Analysis& analysis, const Asking& asking);
// RoleModel::condition_reads_own.
void mark_own_conditions(Model& model, const Asking& asking);
void check_tests(Analysis& analysis);
void check_matrices(Analysis& analysis);
// Warnings about a package without errors.
void lint(const Analysis& analysis, const Asking& asking);

// ------------------------------------------------------------------- helpers

// The kinds of subjects, as a set of bits.
[[nodiscard]] std::uint64_t subject_kinds(const Schema& schema);

// "workspace.member", "task.label".
[[nodiscard]] std::string role_name(const Schema& schema, RoleIndex role);
[[nodiscard]] std::string action_name(const Model& model, ActionIndex action);

// "a", "a and b", "a, b and c"; `last` is the word before the last.
[[nodiscard]] std::string listed(const std::vector<std::string>& names, const std::string& last = "and");

// "did you mean 'b'?", or, if none of the candidates is near, what there is.
[[nodiscard]] std::string suggestion_for(const std::string& name, std::vector<std::string> candidates);

// What policies call the action of this kind that callers call so; empty if there is none.
[[nodiscard]] std::string plain_name_of(const Model& model, KindIndex kind, const std::string& wire_name);

// Says that nothing declares the name; quiet if a declaration that failed would have.
void report_unknown(const Analysis& analysis, const char* what, const std::string& name, text::Span span,
                    const std::vector<std::string>& candidates);

// Every term of an expression, the outer ones first.
template <class Visit>
void each_term(const Term& term, const Visit& visit) {
  visit(term);
  for (const Term& operand : term.operands) each_term(operand, visit);
}

// Every term of a use's conditions.
template <class Visit>
void each_term(const RuleUse& use, const Visit& visit) {
  if (use.when) each_term(*use.when, visit);
  if (use.unless) each_term(*use.unless, visit);
}

}  // namespace policyc::compiler
