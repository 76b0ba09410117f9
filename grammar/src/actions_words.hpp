#pragma once

// Words, strings, paths, entities and the values of literals.

#include "actions.hpp"
#include "literals.hpp"
#include "other_languages.hpp"

namespace policyc::text {

inline void complain(State& state, const std::optional<Problem>& problem, Span where) {
  if (problem) state.complain(problem->code, where, problem->arguments);
}

// --------------------------------------------------------------------- strings
POLICYC_ON(string_body) {
  const std::uint32_t begin = state.offset(match.begin);
  const std::uint32_t end = state.offset(match.end);
  Unescaped unescaped = unescape({match.begin, match.end});
  complain(state, unescaped.problem,
           {state.file, begin + unescaped.problem_begin, begin + unescaped.problem_end});
  state.string_value = std::move(unescaped.value);
  const bool closed = end < state.text.size() && state.text[end] == '"';
  state.string_place = {state.file, begin - 1, closed ? end + 1 : end};
}

POLICYC_ON(single_quoted) {
  state.string_value.assign(match.begin + 1, match.end - 1);
  state.string_place = state.place(match);
  state.complain(DiagCode::single_quotes, state.string_place, {in_double_quotes(state.string_value)});
}

POLICYC_ON(unterminated) { state.complain(DiagCode::unterminated_string, state.string_place); }

// ----------------------------------------------------------------------- paths
POLICYC_ON(path_head) {
  const Name head = state.name(match);
  state.path = {{head}, head.span};
}

POLICYC_ON(path_word) {
  state.path.parts.push_back(state.name(match));
  state.path.span.end = state.path.parts.back().span.end;
}

// -------------------------------------------------------------------- entities
POLICYC_ON(entity_kind) {
  state.entity = {state.name(match), {}, {}};
  state.entity.span = state.entity.kind.span;
}

POLICYC_ON(entity_id) {
  state.entity.id.assign(match.begin, match.end);
  state.entity.span.end = state.offset(match.end);
}

POLICYC_ON(entity_quoted) {
  state.entity.id = state.string_value;
  state.entity.span.end = state.offset(match.end);
}

POLICYC_ON(entity_any) {
  state.entity.span.end = state.offset(match.end);
  state.complain(DiagCode::everyone_in_policy, state.entity.span, {state.entity.kind.text});
}

POLICYC_ON(entity_role) {
  state.entity.span.end = state.offset(match.end);
  const std::string role(match.begin + 1, match.end);
  state.complain(DiagCode::userset_in_policy, state.entity.span,
                 {std::string(state.view(state.entity.span)), state.entity.kind.text + "." + role});
}

// --------------------------------------------------------------------- numbers
POLICYC_ON(number_token) {
  const Number number = read_number({match.begin, match.end});
  complain(state, number.problem, state.place(match));
  state.count = number.value;
  state.is_duration = number.is_duration;
}

POLICYC_ON(bare_time) {
  const std::string written(match.begin, match.end);
  const Instant instant = read_time(written);
  const std::string day = written.substr(0, std::string_view("2026-03-01").size());
  const std::string whole = instant.problem ? day + "T00:00:00Z" : written;
  state.complain(DiagCode::bare_time, state.place(match), {"time(\"" + whole + "\")"});
  state.instant = read_time(whole).microseconds;
}

POLICYC_ON(count) {
  const Number number = read_number({match.begin, match.end});
  complain(state, number.problem, state.place(match));
  state.count = number.value;
}
template <>
struct Build<grammar::edition> : Build<grammar::count> {};

// ---------------------------------------------------------- times and addresses
POLICYC_ON(time_text) {
  const Instant instant = read_time(state.string_value);
  complain(state, instant.problem, state.string_place);
  state.instant = instant.microseconds;
}

POLICYC_ON(ip_text) { complain(state, check_ip(state.string_value), state.string_place); }

// -------------------------------------------------- marks that are read over
POLICYC_ON(semicolon) { state.complain(DiagCode::semicolon, state.place(match)); }

POLICYC_ON(trailing_comma) {
  const std::uint32_t at = state.offset(match.begin);
  state.complain(DiagCode::trailing_comma, {state.file, at, at + 1});
}

POLICYC_ON(stray_close) {
  const Span where = state.place(match);
  state.complain(DiagCode::stray_close, where, {std::string(state.view(where))});
}

POLICYC_ON(wrong_equals) {
  const Span where = state.place(match);
  state.complain(DiagCode::wrong_operator, where, {std::string(state.view(where)), "="});
}

}  // namespace policyc::text
