// Values: literals, paths, `else`, sums and sizes.

#include <algorithm>

#include "expression_checker.hpp"

namespace policyc::compiler {

using text::DiagCode;
using text::Expr;
using text::ExprKind;

// A value that may be missing, as its type says.
std::optional<Term> ExpressionChecker::value(const Expr& expr, const Known& known) {
  const auto constant = [&](TypeKind kind, std::int64_t number, std::string text = {}) {
    Term term = make(TermKind::constant, expr.span, {}, {kind, TypeKind::boolean, false, 0});
    term.constant.number = number;
    term.constant.text = std::move(text);
    return term;
  };
  switch (expr.kind) {
    case ExprKind::boolean: return constant(TypeKind::boolean, expr.flag ? 1 : 0);
    case ExprKind::integer: return constant(TypeKind::integer, expr.number);
    case ExprKind::duration: return constant(TypeKind::duration, expr.number);
    case ExprKind::time: return constant(TypeKind::time, expr.number);
    case ExprKind::string: return constant(TypeKind::string, 0, expr.text);
    case ExprKind::ip: return constant(TypeKind::ip, 0, expr.text);
    case ExprKind::entity: {
      const KindIndex kind = symbols_.kind(expr.path.parts.front().text);
      const Type type = entity_type(kind == kNoIndex ? 0 : kind_bit(kind));
      const auto read = Expressions(symbols_, diagnostics_).literal(expr, type);
      if (!read) return std::nullopt;
      Term term = make(TermKind::constant, expr.span, {}, type);
      term.constant = *read;
      term.kinds = type.argument;
      return term;
    }
    case ExprKind::path: return path(expr, known);
    case ExprKind::add:
    case ExprKind::subtract: return arithmetic(expr, known);
    case ExprKind::otherwise: return otherwise(expr, known);
    case ExprKind::size: return size(expr, known);
    case ExprKind::set:
      return fail(DiagCode::wrong_operand, expr.span,
                  {"an expression", "a single value",
                   "a set, which stands right of `in`, `contains all` and `contains any`"});
    default: return any_test(expr, known);
  }
}

// A value that is there.
std::optional<Term> ExpressionChecker::needed(const Expr& expr, const Known& known) {
  MaybeTerm term = value(expr, known);
  if (term && term->type.optional) return fail(DiagCode::unguarded, expr.span, {source_of(expr)});
  return term;
}

// A value where a type is expected: bare members and roles are read by it.
std::optional<Term> ExpressionChecker::typed(const Expr& expr, const Type& expected, const Known& known) {
  const bool symbols = expected.kind == TypeKind::enumeration || expected.kind == TypeKind::role;
  if (symbols && is_symbol(expr)) {
    const auto read = Expressions(symbols_, diagnostics_).literal(expr, expected);
    if (!read) return std::nullopt;
    Term term = make(TermKind::constant, expr.span, {}, expected);
    term.type.optional = false;
    term.constant = *read;
    return term;
  }
  return needed(expr, known);
}

std::optional<Term> ExpressionChecker::otherwise(const Expr& expr, const Known& known) {
  MaybeTerm left = value(expr.operands[0], known);
  if (!left) return std::nullopt;
  Type expected = left->type;
  expected.optional = false;
  MaybeTerm right;
  if (expected.kind == TypeKind::set && expr.operands[1].kind == ExprKind::set) {
    right = written_set(expr.operands[1], element_of(expected), known);
    if (right && right->kind == TermKind::set)
      return fail(DiagCode::wrong_operand, expr.operands[1].span,
                  {"`else`", "a literal or a declared set", "neither"});
    if (right) right->type = expected;
  } else if (expr.operands[1].kind == ExprKind::path || expr.operands[1].kind == ExprKind::otherwise) {
    // It may be missing in its turn.
    right = is_symbol(expr.operands[1]) ? typed(expr.operands[1], expected, known)
                                        : value(expr.operands[1], known);
  } else {
    right = typed(expr.operands[1], expected, known);
  }
  if (!right) return std::nullopt;
  const bool entities = left->type.kind == TypeKind::entity && right->type.kind == TypeKind::entity;
  if (!entities && !agree(*left, *right, expr.span)) return std::nullopt;
  // What is always there needs no stand-in.
  if (!left->type.optional) return left;
  Type type = expected;
  type.optional = right->type.optional;
  if (entities) type.argument |= right->type.argument;
  const std::uint64_t kinds = left->kinds | right->kinds;
  Term term = make(TermKind::otherwise, expr.span, {std::move(*left), std::move(*right)}, type);
  if (entities) term.kinds = kinds;
  return settled(std::move(term), known);
}

std::optional<Term> ExpressionChecker::arithmetic(const Expr& expr, const Known& known) {
  const bool now_allowed = now_allowed_;
  MaybeTerm left = needed(expr.operands[0], known);
  now_allowed_ = now_allowed;
  MaybeTerm right = needed(expr.operands[1], known);
  now_allowed_ = now_allowed;
  if (!left || !right) return std::nullopt;
  const bool plus = expr.kind == ExprKind::add;
  TypeKind a = left->type.kind;
  TypeKind b = right->type.kind;
  if (plus && a == TypeKind::duration && b == TypeKind::time) {
    std::swap(left, right);
    std::swap(a, b);
  }
  TypeKind result = TypeKind::set;
  if (a == b && (a == TypeKind::integer || a == TypeKind::duration))
    result = a;
  else if (a == TypeKind::time && b == TypeKind::duration)
    result = TypeKind::time;
  else if (!plus && a == TypeKind::time && b == TypeKind::time)
    result = TypeKind::duration;
  if (result == TypeKind::set)
    return fail(DiagCode::wrong_operand, expr.span,
                {plus ? "`+`" : "`-`", "two ints, two durations, or a time and a duration",
                 shown(left->type) + " and " + shown(right->type)});
  return make(plus ? TermKind::add : TermKind::subtract, expr.span, {std::move(*left), std::move(*right)},
              {result, TypeKind::boolean, false, 0});
}

std::optional<Term> ExpressionChecker::size(const Expr& expr, const Known& known) {
  MaybeTerm set = needed(expr.operands[0], known);
  if (!set) return std::nullopt;
  if (set->type.kind != TypeKind::set)
    return fail(DiagCode::wrong_operand, expr.operands[0].span, {"`size`", "a set", shown(set->type)});
  return make(TermKind::size, expr.span, {std::move(*set)}, kIntegerType);
}

}  // namespace policyc::compiler
