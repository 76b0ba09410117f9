#pragma once

// What stands in braces: subjects, groups, scopes, tests and matrices.
//
// A block is finished whatever was wrong inside. If its header could not be
// read, names that it declares are kept, and tests and tables are left out.

#include "actions_rules.hpp"

namespace policyc::text {

template <Body B>
struct Build<grammar::block_open<B>> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.open_block(B, {in.begin(), in.end()});
  }
};

template <Body B>
struct Build<grammar::block_close<B>> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.block_sound = state.close_block({in.begin(), in.end()});
  }
};

// -------------------------------------------------- subjects, groups and scopes
POLICYC_ON(kw_subject) {
  state.subject = {};
  state.plural = &state.subject.plural;
  state.describe(state.subject, false);
}
POLICYC_ON(subject_name) { state.subject.name = state.name(match); }
POLICYC_ON(subject) {
  state.subject.span = state.place(match);
  if (!state.subject.name.text.empty()) state.tree.subjects.push_back(std::move(state.subject));
}

POLICYC_ON(kw_group) {
  state.principal_group = {};
  state.plural = &state.principal_group.plural;
  state.cross = &state.principal_group.cross;
  state.describe(state.principal_group, false);
}
POLICYC_ON(group_kind) { state.principal_group.name = state.name(match); }
POLICYC_ON(group_parent) { state.principal_group.parents.push_back(state.name(match)); }
POLICYC_ON(member_kind) { state.principal_group.members.push_back(state.name(match)); }
POLICYC_ON(principal_group) {
  state.principal_group.span = state.place(match);
  if (!state.principal_group.name.text.empty())
    state.tree.principal_groups.push_back(std::move(state.principal_group));
}

POLICYC_ON(kw_scope) {
  state.scope = {};
  state.plural = &state.scope.plural;
  state.cross = &state.scope.cross;
  state.describe(state.scope, false);
}
POLICYC_ON(scope_name) { state.scope.name = state.name(match); }
POLICYC_ON(scope_parent) { state.scope.parents.push_back(state.name(match)); }
POLICYC_ON(scope) {
  state.scope.span = state.place(match);
  if (!state.scope.name.text.empty()) state.tree.scopes.push_back(std::move(state.scope));
}

POLICYC_ON(kind_cross) {
  state.once(*state.cross, "cross", state.place(match), "keep one of the two");
  *state.cross = true;
}

POLICYC_ON(plural_text) {
  state.once(state.plural->has_value(), "plural", state.string_place, "keep one of the two");
  *state.plural = state.string_value;
}

POLICYC_ON(kw_context) { state.drop_annotations(); }

// ----------------------------------------------------------------------- tests
POLICYC_ON(argument_name) { state.argument = state.name(match); }
POLICYC_ON(argument) { state.add_argument(); }
POLICYC_ON(arguments_open) {
  state.arguments.clear();
  state.argument_names.clear();
}

POLICYC_ON(kw_system) {
  const Name system = state.name(match);
  state.entity = {system, {}, system.span};
}
POLICYC_ON(kw_new) {
  state.resource = {};
  state.resource.is_new = true;
}
POLICYC_ON(new_kind) {
  const Name kind = state.name(match);
  state.entity = {kind, {}, kind.span};
}
POLICYC_ON(new_entity) { state.resource.entity = state.entity; }
POLICYC_ON(new_parent) { state.resource.parent = state.entity; }
POLICYC_ON(new_attributes) { state.resource.attributes = std::move(state.arguments); }
POLICYC_ON(old_resource) {
  state.resource = {};
  state.resource.entity = state.entity;
}
POLICYC_ON(resource) { state.resource.span = state.place(match); }

POLICYC_ON(expected_subject) {
  state.expectation = {};
  state.expectation.allowed = true;
  state.expectation.subject = state.entity;
}
POLICYC_ON(via_entity) { state.expectation.via = state.entity; }
POLICYC_ON(may_not) { state.expectation.allowed = false; }
// The word alone is a mistake; what it says is checked as though it were ours.
inline void complain_of_verdict(State& state, Match match, const char* ours) {
  const Span where = state.place(match);
  state.complain(DiagCode::wrong_word, where, {std::string(state.view(where)), ours});
}
POLICYC_ON(wrong_may_not) {
  state.expectation.allowed = false;
  complain_of_verdict(state, match, "may not");
}
POLICYC_ON(wrong_may) { complain_of_verdict(state, match, "may"); }
POLICYC_ON(expected_action_path) { state.expectation.action = state.path; }
POLICYC_ON(expectation_arguments) { state.expectation.parameters = std::move(state.arguments); }
POLICYC_ON(test_with) {
  state.once(!state.expectation.context.empty(), "with", state.place(match), "write all values in one list");
  state.expectation.context = std::move(state.arguments);
}
POLICYC_ON(because_rule) { state.add_reason(BecauseKind::rule, state.string_value); }
POLICYC_ON(because_default) { state.add_reason(BecauseKind::default_deny, {}); }
POLICYC_ON(because_code) { state.add_reason(BecauseKind::error, state.string_value); }
POLICYC_ON(because) {
  const Span where = state.place(match);
  state.once(state.expectation.because_span != Span{}, "because", where, "keep one of the two");
  state.expectation.because_span = where;
}
POLICYC_ON(on_one) {
  state.expectation.resource = std::move(state.resource);
  state.expectation.span = {state.file, state.expectation.subject.span.begin, state.place(match).end};
  state.test.expectations.push_back(std::move(state.expectation));
}

// What a list asks is read as for a decision; then it becomes a list.
POLICYC_ON(kw_who) { state.expectation = {}; }
POLICYC_ON(list_open) {
  state.listed = {};
  state.listed.list_span = state.place(match);
}
POLICYC_ON(everyone_kind) {
  state.entity = {state.name(match), "*", {}};
  state.entity.span = state.entity.kind.span;
}
POLICYC_ON(listed_everyone) {
  state.entity.span.end =
      static_cast<std::uint32_t>(end_of_token_before(state.text, state.offset(match.end)));
  state.listed.entities.push_back(state.entity);
}
POLICYC_ON(listed_entity) { state.listed.entities.push_back(state.entity); }
POLICYC_ON(listed_action) { state.listed.actions.push_back(state.path); }
POLICYC_ON(which_kind) {
  const Name kind = state.name(match);
  state.resource = {};
  state.resource.entity = {kind, {}, kind.span};
  state.resource.span = kind.span;
}
POLICYC_ON(on_which) {
  if (!state.expectation.allowed) state.complain(DiagCode::list_of_denied, state.place(match));
  state.listed.kind = ListExpectation::Kind::on_which;
  state.add_list(state.place(match));
}
POLICYC_ON(may_which) {
  if (!state.expectation.allowed) state.complain(DiagCode::list_of_denied, state.place(match));
  state.listed.kind = ListExpectation::Kind::which;
  state.add_list(state.place(match));
}
POLICYC_ON(who_may) {
  state.listed.kind = ListExpectation::Kind::who;
  state.add_list(state.place(match));
}

POLICYC_ON(kw_test) {
  state.test = {};
  state.describe(state.test, false);
}
POLICYC_ON(test_title) { state.test.name = state.string_value; }
POLICYC_ON(test_snapshot) { state.test.snapshot = {state.string_value, state.string_place}; }
POLICYC_ON(header_at) {
  state.once(state.test.at.has_value(), "at", state.place(match), "keep one of the two");
  state.test.at = state.instant;
}
POLICYC_ON(header_with) {
  state.once(!state.test.context.empty(), "with", state.place(match), "write all values in one list");
  state.test.context = std::move(state.arguments);
}
POLICYC_ON(test) {
  state.test.span = state.place(match);
  if (state.block_sound) state.tree.tests.push_back(std::move(state.test));
}

// ---------------------------------------------------------------------- tables
POLICYC_ON(kw_table) { state.table = {}; }
POLICYC_ON(table_with) { state.table.context = std::move(state.arguments); }
POLICYC_ON(table_header) { state.table.resource = std::move(state.resource); }
POLICYC_ON(table_column) { state.table.columns.push_back(state.entity); }
POLICYC_ON(row_action) {
  state.table_row = {};
  state.table_row.action = state.path;
}
POLICYC_ON(row_arguments) { state.table_row.parameters = std::move(state.arguments); }
inline void add_cell(State& state, Match match, bool allowed) {
  state.table_row.cells.push_back(allowed);
  state.table_row.cell_spans.push_back(state.place(match));
}
POLICYC_ON(cell_yes) { add_cell(state, match, true); }
POLICYC_ON(cell_no) { add_cell(state, match, false); }
POLICYC_ON(table_row) { state.add_table_row(state.place(match)); }
POLICYC_ON(table) {
  state.drop_annotations();
  state.table.span = state.place(match);
  if (state.block_sound) state.test.tables.push_back(std::move(state.table));
}

// -------------------------------------------------------------------- matrices
POLICYC_ON(kw_matrix) {
  state.matrix = {};
  state.describe(state.matrix, false);
}
POLICYC_ON(matrix_title) { state.matrix.title = state.string_value; }
POLICYC_ON(matrix_given) { state.matrix.given = state.expressions.take(); }
POLICYC_ON(kw_columns) {
  const bool repeated =
      state.body() == Body::table ? !state.table.columns.empty() : !state.matrix.columns.empty();
  state.once(repeated, "columns", state.place(match), "write all columns in one list");
}
POLICYC_ON(matrix_role) {
  state.column = {};
  state.column.role = state.path;
}
POLICYC_ON(column_title) { state.column.title = state.string_value; }
POLICYC_ON(matrix_column) {
  state.column.span = state.place(match);
  state.matrix.columns.push_back(std::move(state.column));
}
POLICYC_ON(row_title) {
  state.matrix_row = {};
  state.matrix_row.title = state.string_value;
}
POLICYC_ON(row_target) { state.matrix_row.target = std::move(state.target); }
POLICYC_ON(matrix_row) {
  state.matrix_row.span = state.place(match);
  state.add_matrix_row();
}
POLICYC_ON(kw_section) { state.section = {}; }
POLICYC_ON(section_title) { state.section.title = state.string_value; }
POLICYC_ON(section) {
  state.section.span = state.place(match);
  state.matrix.sections.push_back(std::move(state.section));
}
POLICYC_ON(matrix) {
  state.matrix.span = state.place(match);
  if (state.block_sound) state.tree.matrices.push_back(std::move(state.matrix));
}

}  // namespace policyc::text
