#pragma once

// Annotations, types and what a policy declares.

#include "actions_expressions.hpp"

namespace policyc::text {

POLICYC_ON(statement_begin) { state.begin_statement(state.offset(match.begin)); }

// ---------------------------------------------------------- annotations and types
POLICYC_ON(annotation_name) { state.annotation = {state.name(match), {}, {}}; }
POLICYC_ON(annotation_text) { state.annotation.value = state.string_value; }
POLICYC_ON(annotation) { state.add_annotation(state.place(match)); }

POLICYC_ON(type_name) { state.names.push_back(state.name(match)); }

POLICYC_ON(type_union) {
  TypeExpr type;
  type.names = std::move(state.names);
  state.names.clear();
  state.types.push_back(std::move(type));
}

POLICYC_ON(type_scope) {
  TypeExpr type;
  type.kind = TypeExpr::Kind::role_of;
  type.names.push_back(state.name(match));
  state.types.push_back(std::move(type));
}

inline void put_into_set(State& state) {
  TypeExpr type;
  type.kind = TypeExpr::Kind::set;
  type.element.push_back(std::move(state.types.back()));
  state.types.back() = std::move(type);
}
POLICYC_ON(type_set) { put_into_set(state); }

POLICYC_ON(type_list) {
  const Span where = state.place(match);
  const Span word{state.file, where.begin, static_cast<std::uint32_t>(end_of_token(state.text, where.begin))};
  const std::string_view element =
      state.view({state.file, state.types.back().span.begin, state.types.back().span.end});
  state.complain(DiagCode::wrong_word, word,
                 {std::string(state.view(word)), "set<" + std::string(element) + ">"});
  put_into_set(state);
}

POLICYC_ON(type_optional) { state.types.back().optional = true; }

template <>
struct Build<grammar::type> : Bounded<grammar::type> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    const Span where = state.place({in.begin(), in.end()});
    const std::string_view written = state.view(where);
    if (const std::size_t bracket = written.find('['); bracket != std::string_view::npos) {
      const std::size_t element_end = end_of_token_before(written, bracket);
      const auto end = static_cast<std::uint32_t>(where.begin + written.find(']') + 1);
      state.complain(DiagCode::wrong_word, {state.file, where.begin, end},
                     {std::string(written.substr(0, element_end)) + "[]",
                      "set<" + std::string(written.substr(0, element_end)) + ">"});
      const bool optional = std::exchange(state.types.back().optional, false);
      state.types.back().span = where;
      put_into_set(state);
      state.types.back().optional = optional;
    }
    state.types.back().span = where;
  }
};

POLICYC_ON(default_value) { state.fallback = state.expressions.take(); }

// ------------------------------------------------------------------ attributes
POLICYC_ON(attribute_name) {
  state.attribute = {};
  state.attribute.name = state.name(match);
}
POLICYC_ON(from_request) { state.attribute.from_request = true; }
POLICYC_ON(kw_cross) {
  state.once(state.attribute.cross, "cross", state.place(match), "keep one of the two");
  state.attribute.cross = true;
}
POLICYC_ON(kw_acyclic) {
  state.once(state.attribute.acyclic, "acyclic", state.place(match), "keep one of the two");
  state.attribute.acyclic = true;
}
POLICYC_ON(attribute) { state.add_attribute(state.place(match)); }

// ----------------------------------------------------------------------- roles
POLICYC_ON(kw_role) {
  state.role = {};
  state.describe(state.role, true);
}
POLICYC_ON(role_name) { state.role.name = state.name(match); }
POLICYC_ON(kw_role_from) {
  state.once(!state.role.sources.empty(), "from", state.place(match), "write all sources in one list");
}
POLICYC_ON(kw_includes) {
  state.once(!state.role.includes.empty(), "includes", state.place(match), "write all roles in one list");
}
POLICYC_ON(role_source) { state.role.sources.push_back(state.path); }
POLICYC_ON(role_included) { state.role.includes.push_back(state.path); }
POLICYC_ON(kw_public) {
  state.once(state.role.is_public, "public", state.place(match), "remove it");
  state.role.is_public = true;
}
POLICYC_ON(role_if) { state.add_clause(state.role.condition, "if", state.place(match)); }

POLICYC_ON(not_assignable) {
  state.once(state.role.not_assignable, "assignable", state.place(match), "remove it");
  state.role.not_assignable = true;
}
POLICYC_ON(not_granted) {
  state.once(state.role.not_granted, "granted", state.place(match), "remove it");
  state.role.not_granted = true;
}
POLICYC_ON(role) { state.add_role(state.place(match)); }

// --------------------------------------------------------------------- actions
POLICYC_ON(action_name) {
  state.action = {};
  state.action.name = state.name(match);
}
POLICYC_ON(parameter_name) {
  state.parameter = {};
  state.parameter.name = state.name(match);
}
POLICYC_ON(parameter) {
  state.parameter.type = std::move(state.types.back());
  state.types.pop_back();
  state.parameter.fallback = std::exchange(state.fallback, std::nullopt);
  state.parameter.span = state.place(match);
  state.action.parameters.push_back(std::move(state.parameter));
}
POLICYC_ON(wire_name) { state.action.wire_name = state.string_value; }
POLICYC_ON(action_title) { state.action.title = state.string_value; }
POLICYC_ON(action_item) {
  state.action.span = state.place(match);
  state.actions.push_back(std::move(state.action));
}
POLICYC_ON(action) { state.add_actions(); }

// ------------------------------------------------------------------ conditions
POLICYC_ON(kw_condition) {
  state.condition = {};
  state.describe(state.condition, false);
}
POLICYC_ON(condition_name) { state.condition.name = state.name(match); }
POLICYC_ON(condition_scope) { state.condition.scope = state.name(match); }
POLICYC_ON(condition_title) { state.condition.title = state.string_value; }
POLICYC_ON(condition_rest) { state.condition.body = state.expressions.take(); }
POLICYC_ON(condition) {
  state.condition.span = state.place(match);
  state.tree.conditions.push_back(std::move(state.condition));
}
POLICYC_ON(scope_condition) {
  state.condition.span = state.place(match);
  if (state.condition.scope.text.empty()) state.condition.scope = state.scope.name;
  state.scope.conditions.push_back(std::move(state.condition));
}

// ----------------------------------------------------------------- obligations
POLICYC_ON(kw_obligation) {
  state.obligation = {};
  state.describe(state.obligation, false);
  state.action = {};
}
POLICYC_ON(obligation_name) { state.obligation.name = state.name(match); }
// Its parameters are written, and were read, like an action's.
POLICYC_ON(obligation) {
  state.obligation.parameters = std::move(state.action.parameters);
  state.obligation.span = state.place(match);
  state.tree.obligations.push_back(std::move(state.obligation));
}

// ----------------------------------------------------------------- constraints
POLICYC_ON(kw_constraint) {
  state.constraint = {};
  state.describe(state.constraint, false);
}
POLICYC_ON(constraint_title) {
  state.constraint.title = {state.string_value, state.string_place};
  // Whoever breaks it is told its title.
  if (state.string_value.empty())
    state.complain(DiagCode::expected_string, state.string_place, {"the constraint's title"});
}
POLICYC_ON(at_most) { state.constraint.form = Constraint::Form::at_most; }
POLICYC_ON(exactly) { state.constraint.form = Constraint::Form::exactly; }
POLICYC_ON(at_least) { state.constraint.form = Constraint::Form::at_least; }
POLICYC_ON(constraint_count) {
  const Number number = read_number({match.begin, match.end});
  const Span where = state.place(match);
  if (number.problem) state.abandon(number.problem->code, where, number.problem->arguments);
  state.constraint.count = number.value;
  state.constraint.count_span = where;
}
POLICYC_ON(of_roles) { state.constraint.form = Constraint::Form::at_most_of; }
POLICYC_ON(constraint_kind) { state.constraint.counted = state.name(match); }
POLICYC_ON(constraint_role) { state.constraint.roles.push_back(state.path); }
POLICYC_ON(constraint_scope) { state.constraint.scope = state.name(match); }
POLICYC_ON(constraint) {
  state.constraint.span = state.place(match);
  state.tree.constraints.push_back(std::move(state.constraint));
}

// ----------------------------------------------------------------------- enums
POLICYC_ON(enum_name) {
  state.enumeration = {};
  state.describe(state.enumeration, false);
  state.enumeration.name = state.name(match);
}
POLICYC_ON(enum_member) { state.enumeration.members.push_back(state.name(match)); }
POLICYC_ON(enumeration) {
  state.enumeration.span = state.place(match);
  state.tree.enumerations.push_back(std::move(state.enumeration));
}

// ----------------------------------------------------------------------- files
POLICYC_ON(policy_name) {
  const Name name = state.name(match);
  if (state.tree.header)
    state.complain(DiagCode::repeated_header, {state.file, state.statement, state.statement + 6}, {"policy"});
  state.tree.header.emplace();
  state.describe(*state.tree.header, false);
  state.tree.header->name = name;
}
POLICYC_ON(version_text) { state.tree.header->version = state.string_value; }
POLICYC_ON(policy_header) { state.tree.header->span = state.place(match); }

POLICYC_ON(language) {
  state.drop_annotations();
  const Span where = state.place(match);
  if (state.tree.language)
    state.complain(DiagCode::repeated_header, {state.file, where.begin, where.begin + 8}, {"language"});
  if (state.count != 1) state.complain(DiagCode::language_edition, where, {std::to_string(state.count)});
  state.tree.language = Language{state.count, where};
}

POLICYC_ON(import) {
  state.drop_annotations();
  state.tree.imports.push_back({state.string_value, state.string_place});
}

}  // namespace policyc::text
