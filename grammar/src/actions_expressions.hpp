#pragma once

// Expressions: operands are pushed, operators take theirs from the stack.

#include "actions_words.hpp"

namespace policyc::text {

// A result that nests too deep is not built.
inline void check_depth(State& state, Match match, bool built) {
  if (!built) state.too_deep(state.offset(match.begin));
}

inline void push(State& state, Expr leaf) { (void)state.expressions.push(std::move(leaf)); }

// -------------------------------------------------------------------- operands
inline Expr leaf(State& state, Match match, ExprKind kind) {
  Expr out;
  out.kind = kind;
  out.span = state.place(match);
  return out;
}

POLICYC_ON(string_value) {
  Expr out = leaf(state, match, ExprKind::string);
  out.text = state.string_value;
  push(state, std::move(out));
}

POLICYC_ON(wrong_unit) {
  const std::size_t unit = skip_blanks(state.text, state.offset(match.begin));
  const std::size_t end = end_of_token(state.text, unit);
  const std::size_t number_end = end_of_token_before(state.text, unit);
  const std::size_t number = start_of_word(state.text, number_end);
  const Number meant = read_spelled_duration(state.text.substr(number, number_end - number),
                                             state.text.substr(unit, end - unit));
  complain(state, meant.problem,
           {state.file, static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(end)});
  state.count = meant.value;
  state.is_duration = true;
}

POLICYC_ON(number_value) {
  Expr out = leaf(state, match, state.is_duration ? ExprKind::duration : ExprKind::integer);
  out.number = state.count;
  push(state, std::move(out));
}

POLICYC_ON(true_value) {
  Expr out = leaf(state, match, ExprKind::boolean);
  out.flag = true;
  push(state, std::move(out));
}

POLICYC_ON(false_value) { push(state, leaf(state, match, ExprKind::boolean)); }

POLICYC_ON(time_value) {
  Expr out = leaf(state, match, ExprKind::time);
  out.number = state.instant;
  push(state, std::move(out));
}

POLICYC_ON(bare_time_value) {
  Expr out = leaf(state, match, ExprKind::time);
  out.number = state.instant;
  push(state, std::move(out));
}

POLICYC_ON(ip_value) {
  Expr out = leaf(state, match, ExprKind::ip);
  out.text = state.string_value;
  push(state, std::move(out));
}

POLICYC_ON(entity_value) {
  Expr out = leaf(state, match, ExprKind::entity);
  out.text = state.entity.id;
  out.path = {{state.entity.kind}, state.entity.kind.span};
  push(state, std::move(out));
}

POLICYC_ON(path_value) {
  Expr out = leaf(state, match, ExprKind::path);
  out.path = state.path;
  push(state, std::move(out));
}

// ------------------------------------------------------------------- brackets
POLICYC_ON(group) {
  const Span where = state.place(match);
  check_depth(state, match, state.expressions.group(where.begin, where.end));
}

POLICYC_ON(set_open) { state.expressions.begin_set(); }

POLICYC_ON(set_value) {
  const Span where = state.place(match);
  check_depth(state, match, state.expressions.end_set(where.begin, where.end));
}
template <>
struct Build<grammar::literal_set> : Build<grammar::set_value> {};

POLICYC_ON(wrong_set_open) { state.expressions.begin_set(); }

POLICYC_ON(wrong_set) {
  const Span where = state.place(match);
  const std::string_view list = state.view({state.file, where.begin + 1, where.end - 1});
  constexpr std::size_t kShown = 60;
  const bool is_long = list.size() > kShown || list.find('\n') != std::string_view::npos;
  state.complain(DiagCode::set_in_parentheses, where, {is_long ? "{ a, b }" : "{" + std::string(list) + "}"});
  check_depth(state, match, state.expressions.end_set(where.begin, where.end));
}

POLICYC_ON(size_call) {
  const Span where = state.place(match);
  check_depth(state, match, state.expressions.unary(ExprKind::size, where.begin, where.end));
}

// ---------------------------------------------------------------- quantifiers
POLICYC_ON(variable) { state.expressions.variable(state.name(match)); }

POLICYC_ON(least_count) {
  const Number number = read_number({match.begin, match.end});
  complain(state, number.problem, state.place(match));
  state.expressions.least(number.value);
}

template <ExprKind Kind>
struct BuildQuantifier {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    const Match match{in.begin(), in.end()};
    const Span where = state.place(match);
    check_depth(state, match, state.expressions.quantifier(Kind, where.begin, where.end));
  }
};
template <>
struct Build<grammar::any_value> : BuildQuantifier<ExprKind::any> {};
template <>
struct Build<grammar::all_value> : BuildQuantifier<ExprKind::all> {};
template <>
struct Build<grammar::at_least_value> : BuildQuantifier<ExprKind::at_least> {};

// -------------------------------------------------------------- + - and else
POLICYC_ON(plus_tail) { check_depth(state, match, state.expressions.sum(ExprKind::add)); }
POLICYC_ON(minus_tail) { check_depth(state, match, state.expressions.sum(ExprKind::subtract)); }
POLICYC_ON(else_begin) { state.expressions.begin_else(); }
POLICYC_ON(else_tail) { check_depth(state, match, state.expressions.end_else()); }

// ---------------------------------------------------------------- comparisons
template <CompareOp Op>
struct BuildCompareOp {
  static void apply0(State& state) { state.expressions.compare_op(Op); }
};
template <>
struct Build<grammar::op_eq> : BuildCompareOp<CompareOp::eq> {};
template <>
struct Build<grammar::op_ne> : BuildCompareOp<CompareOp::ne> {};
template <>
struct Build<grammar::op_le> : BuildCompareOp<CompareOp::le> {};
template <>
struct Build<grammar::op_ge> : BuildCompareOp<CompareOp::ge> {};
template <>
struct Build<grammar::op_lt> : BuildCompareOp<CompareOp::lt> {};
template <>
struct Build<grammar::op_gt> : BuildCompareOp<CompareOp::gt> {};

inline void wrong_operator(State& state, Match match, std::string ours) {
  const Span where = state.place(match);
  state.complain(DiagCode::wrong_operator, where, {std::string(state.view(where)), std::move(ours)});
}

POLICYC_ON(wrong_eq) {
  wrong_operator(state, match, "==");
  state.expressions.compare_op(CompareOp::eq);
}
POLICYC_ON(wrong_like) {
  const std::size_t next = skip_blanks(state.text, state.offset(match.begin) + 4);
  wrong_operator(state, match, instead_of_like(state.text.substr(next)));
}
POLICYC_ON(wrong_ne) {
  wrong_operator(state, match, "!=");
  state.expressions.compare_op(CompareOp::ne);
}
POLICYC_ON(wrong_le) {
  wrong_operator(state, match, "<=");
  state.expressions.compare_op(CompareOp::le);
}
POLICYC_ON(wrong_ge) {
  wrong_operator(state, match, ">=");
  state.expressions.compare_op(CompareOp::ge);
}

POLICYC_ON(compare_tail) { check_depth(state, match, state.expressions.compare()); }

template <ExprKind Kind, bool Negated = false>
struct BuildBinary {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    check_depth(state, {in.begin(), in.end()}, state.expressions.binary(Kind, Negated));
  }
};
template <>
struct Build<grammar::in_tail> : BuildBinary<ExprKind::in> {};
template <>
struct Build<grammar::not_in_tail> : BuildBinary<ExprKind::in, true> {};
template <>
struct Build<grammar::contains_all> : BuildBinary<ExprKind::contains_all> {};
template <>
struct Build<grammar::contains_any> : BuildBinary<ExprKind::contains_any> {};
template <>
struct Build<grammar::contains_tail> : BuildBinary<ExprKind::contains> {};
template <>
struct Build<grammar::starts_tail> : BuildBinary<ExprKind::starts_with> {};
template <>
struct Build<grammar::ends_tail> : BuildBinary<ExprKind::ends_with> {};
template <>
struct Build<grammar::like_tail> : BuildBinary<ExprKind::starts_with> {};
template <>
struct Build<grammar::matches_tail> : BuildBinary<ExprKind::matches> {};

// ------------------------------------------------------------------ is and may
POLICYC_ON(wrong_is) { wrong_operator(state, match, "is"); }
POLICYC_ON(kw_is) { state.expressions.begin_is(); }
POLICYC_ON(is_not) { state.expressions.current_is().negated = true; }
POLICYC_ON(is_on) { state.expressions.current_is().on = true; }
POLICYC_ON(is_itself) { state.expressions.current_is().itself = true; }
POLICYC_ON(is_set) { check_depth(state, match, state.expressions.is_set(state.place(match).end)); }
POLICYC_ON(is_role) { check_depth(state, match, state.expressions.is(state.place(match).end)); }

POLICYC_ON(itself_alone) {
  const Span role = state.expressions.top().span;
  state.complain(DiagCode::itself_without_on, state.place(match), {std::string(state.view(role))});
}

POLICYC_ON(may_action) { state.expressions.may_action(state.path); }
POLICYC_ON(may_tail) { check_depth(state, match, state.expressions.may()); }

// --------------------------------------------------------------- not, and, or
POLICYC_ON(wrong_not) { wrong_operator(state, match, "not"); }
POLICYC_ON(wrong_and) { wrong_operator(state, match, "and"); }
POLICYC_ON(wrong_or) { wrong_operator(state, match, "or"); }

POLICYC_ON(negation) { check_depth(state, match, state.expressions.negation(state.offset(match.begin))); }
POLICYC_ON(negations) { state.expressions.end_negations(); }
POLICYC_ON(negated_term) { check_depth(state, match, state.expressions.apply_negations()); }

inline void join(State& state, Match match, ExprKind kind) {
  if (state.expressions.logic(kind, state.place(match)))
    state.complain(DiagCode::mixed_and_or, state.place(match));
}
POLICYC_ON(logic_begin) { state.expressions.begin_logic(); }
POLICYC_ON(kw_and) { join(state, match, ExprKind::logical_and); }
POLICYC_ON(kw_or) { join(state, match, ExprKind::logical_or); }
POLICYC_ON(logic_tail) { check_depth(state, match, state.expressions.end_logic()); }

// Whatever recurses does so through one of these; the stack is bounded here.
template <typename Rule>
struct Bounded {
  template <typename, tao::pegtl::apply_mode A, tao::pegtl::rewind_mode M,
            template <typename...> class Action_, template <typename...> class Control_, typename Input>
  static bool match(Input& in, State& state) {
    const NestingGuard guard(state.depth);
    if (state.depth > state.limits.max_nesting + 1) state.too_deep(state.offset(in.current()));
    return tao::pegtl::match<Rule, A, M, Action_, Control_>(in, state);
  }
};
template <>
struct Build<grammar::operand> : Bounded<grammar::operand>, tao::pegtl::nothing<grammar::operand> {};
template <>
struct Build<grammar::place> : Bounded<grammar::place>, tao::pegtl::nothing<grammar::place> {};
template <>
struct Build<grammar::literal> : Bounded<grammar::literal>, tao::pegtl::nothing<grammar::literal> {};

}  // namespace policyc::text
