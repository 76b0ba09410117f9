#pragma once

// Targets, groups of actions and rules; what this build can't honour.

#include <algorithm>

#include "actions_declarations.hpp"

namespace policyc::text {

// --------------------------------------------------------------------- targets
POLICYC_ON(target_scope) {
  state.target = {};
  state.target.kind = ActionRef::Kind::group;
  state.target.scope = state.name(match);
}
POLICYC_ON(target_all) { state.target.kind = ActionRef::Kind::star_star; }
POLICYC_ON(target_star) { state.target.kind = ActionRef::Kind::star; }
POLICYC_ON(target_action) { state.target.actions.push_back(state.name(match)); }
POLICYC_ON(target_list) { state.target.kind = ActionRef::Kind::several; }
POLICYC_ON(target_one) { state.target.kind = ActionRef::Kind::one; }
// `task:label`, read as `task.label`.
inline void complain_of_target(State& state, Span where, std::string ours) {
  state.complain(DiagCode::wrong_target, where, {std::move(ours)});
}
POLICYC_ON(target) {
  const Span where = state.place(match);
  std::string written(state.view(where));
  if (const std::size_t colon = written.find(':'); colon != std::string::npos) {
    written.replace(colon, written.find_first_not_of(':', colon) - colon, ".");
    complain_of_target(state, where, std::move(written));
  }
  state.add_target(where);
}

POLICYC_ON(group_name) {
  state.group = {};
  state.describe(state.group, false);
  state.group.name = state.name(match);
}
POLICYC_ON(group_title) { state.group.title = state.string_value; }
POLICYC_ON(letter) { state.target.letter = state.string_value; }
POLICYC_ON(group_member) { state.group.members.push_back(std::move(state.target)); }
POLICYC_ON(action_group) {
  state.group.span = state.place(match);
  state.tree.groups.push_back(std::move(state.group));
}

// ------------------------------------------------------------------ open roles
POLICYC_ON(kw_open_role) {
  state.role = {};
  state.describe(state.role, true);
  state.role.is_open = true;
}
POLICYC_ON(ceiling_target) { state.role.ceiling.push_back(std::move(state.target)); }
POLICYC_ON(open_role) { state.add_role(state.place(match)); }

// ----------------------------------------------------------------------- rules
inline void begin_rule(State& state, Effect effect) {
  state.rule = {};
  state.rule.effect = effect;
  state.describe(state.rule, true);
}
POLICYC_ON(kw_allow) { begin_rule(state, Effect::allow); }
POLICYC_ON(kw_forbid) { begin_rule(state, Effect::forbid); }

// The word alone is a mistake; what it says is checked as though it were ours.
inline void complain_of_word(State& state, Match match, const char* ours) {
  const std::uint32_t at = state.offset(match.begin);
  const Span word{state.file, at, static_cast<std::uint32_t>(end_of_token(state.text, at))};
  state.complain(DiagCode::wrong_word, word, {std::string(state.view(word)), ours});
}
POLICYC_ON(wrong_allow) {
  begin_rule(state, Effect::allow);
  complain_of_word(state, match, "allow");
}
POLICYC_ON(wrong_forbid) {
  begin_rule(state, Effect::forbid);
  complain_of_word(state, match, "forbid");
}

POLICYC_ON(wrong_only) {
  const auto next = static_cast<std::uint32_t>(skip_blanks(state.text, state.offset(match.end)));
  const Span who{state.file, next, static_cast<std::uint32_t>(end_of_token(state.text, next))};
  const std::string name(state.view(who));
  if (state.rule.effect == Effect::allow)
    return state.complain(
        DiagCode::no_only, state.place(match),
        {"allow", "write `allow " + name + " to …`: what no rule allows is denied already"});
  state.complain(
      DiagCode::no_only, state.place(match),
      {"forbid", "write `forbid " + name + " to …`, or `forbid anyone to … unless subject is " + name + "`"});
}

POLICYC_ON(who_entity) {
  const Span where = state.place(match);
  state.complain(DiagCode::rule_for_principal, where, {std::string(state.view(where))});
}
POLICYC_ON(who_anyone) {
  if (state.rule.effect == Effect::allow) state.complain(DiagCode::allow_anyone, state.place(match));
  const Name anyone = state.name(match);
  state.rule.who.push_back({{anyone}, anyone.span});
}
POLICYC_ON(who_star) {
  const Span where = state.place(match);
  if (state.rule.effect == Effect::allow)
    state.complain(DiagCode::allow_anyone, where);
  else
    state.complain(DiagCode::wrong_word, where, {"*", "anyone"});
  const Name anyone{"anyone", where};
  state.rule.who.push_back({{anyone}, where});
}
POLICYC_ON(wrong_role) {
  const Span where = state.place(match);
  const std::size_t next = skip_blanks(state.text, state.offset(match.end));
  state.complain(DiagCode::word_before_name, where,
                 {std::string(state.view(where)),
                  std::string(state.text.substr(next, end_of_token(state.text, next) - next))});
}
POLICYC_ON(who_path) { state.rule.who.push_back(state.path); }

// `label on task`, read as `task.label`.
POLICYC_ON(wrong_on_scope) { state.word = state.name(match); }
POLICYC_ON(wrong_on) {
  ActionRef& target = state.target;
  const Span where{state.file, target.span.begin, state.word.span.end};
  if (target.kind != ActionRef::Kind::group) {
    const std::string written(state.view(target.span));
    return complain_of_target(state, where, written);
  }
  complain_of_target(state, where, state.word.text + "." + target.actions.front().text);
  target.kind = ActionRef::Kind::one;
  target.scope = state.word;
}
POLICYC_ON(rule_target) { state.rule.actions.push_back(std::move(state.target)); }

inline void add_when(State& state, Match match) {
  const Span where = state.place(match);
  if (state.rule.unless)
    state.once(true, "when", where, "write `when` before `unless`, which sees what `when` has guarded");
  state.add_clause(state.rule.when, "when", where);
}
POLICYC_ON(when_clause) { add_when(state, match); }
POLICYC_ON(wrong_when) { complain_of_word(state, match, "when"); }
POLICYC_ON(if_clause) { add_when(state, match); }
POLICYC_ON(wrong_unless) { complain_of_word(state, match, "unless"); }
POLICYC_ON(except_clause) { state.add_clause(state.rule.unless, "unless", state.place(match)); }
POLICYC_ON(unless_clause) { state.add_clause(state.rule.unless, "unless", state.place(match)); }

POLICYC_ON(kw_obliging) {
  state.once(!state.rule.obliging.empty(), "obliging", state.place(match),
             "write all obligations in one list");
}
POLICYC_ON(duty_name) {
  state.duty = {};
  state.duty.name = state.name(match);
}
POLICYC_ON(duty_value) { state.duty.values.push_back(state.expressions.take()); }
POLICYC_ON(duty) {
  state.duty.span = state.place(match);
  state.rule.obliging.push_back(std::move(state.duty));
}

POLICYC_ON(rule) {
  state.rule.span = state.place(match);
  state.tree.rules.push_back(std::move(state.rule));
}

// ---------------------------------------------------- what this build can't honour
template <DiagCode Code>
struct Refuse {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.abandon(Code, state.place({in.begin(), in.end()}));
  }
};
POLICYC_ON(stray_expectation) {
  const std::uint32_t at = state.offset(match.begin);
  const std::size_t blank = state.text.find_first_of(" \t\n", at);
  const Span where{state.file, at, static_cast<std::uint32_t>(std::min(blank, state.text.size()))};
  state.abandon(DiagCode::expected_statement, where, {std::string(state.view(where))},
                "what somebody may is said in a test: test \"TITLE\" on \"SNAPSHOT\" { … }");
}
template <>
struct Build<grammar::kw_always> : Refuse<DiagCode::unsupported_always> {};
template <>
struct Build<grammar::kw_never> : Refuse<DiagCode::unsupported_never> {};

}  // namespace policyc::text
