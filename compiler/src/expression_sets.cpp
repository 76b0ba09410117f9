// What is in what: sets, blocks of addresses and places.

#include <algorithm>

#include "expression_checker.hpp"

namespace policyc::compiler {

using text::DiagCode;
using text::Expr;
using text::ExprKind;

std::optional<Term> ExpressionChecker::membership(const Expr& expr, const Known& known) {
  const bool contains = expr.kind == ExprKind::contains;
  if (contains && expr.operands[0].kind != ExprKind::set) {
    MaybeTerm set = needed(expr.operands[0], known);
    if (!set) return std::nullopt;
    if (set->type.kind != TypeKind::set)
      return fail(DiagCode::wrong_operand, expr.operands[0].span, {"`contains`", "a set", shown(set->type)});
  }
  MaybeTerm term = in(expr.operands[contains ? 1 : 0], expr.operands[contains ? 0 : 1], expr.span, known);
  if (!term) return std::nullopt;
  // A set of blocks contains an address if it is one of its elements; `in` asks whether it lies in one.
  if (contains && term->kind == TermKind::in_network) term->kind = TermKind::in;
  return negated(std::move(*term), expr.negated, expr.span);
}

std::optional<Term> ExpressionChecker::in(const Expr& element, const Expr& set, text::Span span,
                                          const Known& known) {
  if (set.kind == ExprKind::set) {
    MaybeTerm left = needed(element, known);
    if (!left) return std::nullopt;
    if (left->type.kind == TypeKind::set)
      return fail(DiagCode::wrong_operand, element.span, {"`in`", "a single value", shown(left->type)});
    MaybeTerm right = written_set(set, left->type, known);
    if (!right) return std::nullopt;
    const TermKind kind = left->type.kind == TypeKind::ip ? TermKind::in_network : TermKind::in;
    return make(kind, span, {std::move(*left), std::move(*right)});
  }
  MaybeTerm right = needed(set, known);
  if (!right) return std::nullopt;
  if (right->type.kind == TypeKind::set) {
    MaybeTerm left = typed(element, element_of(right->type), known);
    if (!left) return std::nullopt;
    Term one = *right;
    one.type = element_of(right->type);
    one.kinds = one.type.kind == TypeKind::entity ? one.type.argument : 0;
    if (!agree(*left, one, span)) return std::nullopt;
    const TermKind kind = left->type.kind == TypeKind::ip ? TermKind::in_network : TermKind::in;
    return make(kind, span, {std::move(*left), std::move(*right)});
  }
  MaybeTerm left = needed(element, known);
  if (!left) return std::nullopt;
  if (left->type.kind == TypeKind::ip && right->type.kind == TypeKind::ip)
    return make(TermKind::in_network, span, {std::move(*left), std::move(*right)});
  if (left->type.kind == TypeKind::entity && right->type.kind == TypeKind::entity) {
    // Itself or below: some kind of the left side must be able to stand at or below one of the right.
    bool possible = false;
    for (std::size_t a = 0; a < schema_.kinds.size(); ++a)
      for (std::size_t b = 0; b < schema_.kinds.size(); ++b)
        possible = possible ||
                   ((left->kinds & kind_bit(a)) != 0 && (right->kinds & kind_bit(b)) != 0 &&
                    (a == b || symbols_.may_be_above(static_cast<KindIndex>(a), static_cast<KindIndex>(b))));
    if (!possible)
      return fail(DiagCode::never_equal, span, {kinds_shown(left->kinds), "in " + kinds_shown(right->kinds)});
    return make(TermKind::in_scope, span, {std::move(*left), std::move(*right)});
  }
  return fail(DiagCode::wrong_operand, set.span,
              {"`in`", "a set, a block of addresses or an entity", shown(right->type)});
}

// {a, b}: a constant if all its elements are, else a set that only `in` can stand before.
std::optional<Term> ExpressionChecker::written_set(const Expr& set, const Type& element, const Known& known) {
  std::vector<Term> elements;
  bool sound = true;
  bool constant = true;
  for (const Expr& one : set.operands) {
    MaybeTerm term = typed(one, element, known);
    Term expected;
    expected.type = element;
    expected.kinds = element.kind == TypeKind::entity ? element.argument : 0;
    if (!term || !agree(expected, *term, one.span)) {
      sound = false;
      continue;
    }
    constant = constant && term->kind == TermKind::constant;
    elements.push_back(std::move(*term));
  }
  if (!sound) return std::nullopt;
  Type type = set_of(element);
  if (!constant) return make(TermKind::set, set.span, std::move(elements), type);
  Term term = make(TermKind::constant, set.span, {}, type);
  for (Term& one : elements) {
    // Entities widen the set's type: each literal is of one kind, which need not be expected first.
    if (element.kind == TypeKind::entity) term.type.argument |= one.type.argument;
    auto& values = term.constant.elements;
    if (std::find(values.begin(), values.end(), one.constant) == values.end())
      values.push_back(std::move(one.constant));
  }
  return term;
}

// contains all, contains any
std::optional<Term> ExpressionChecker::contains(const Expr& expr, const Known& known) {
  MaybeTerm left = needed(expr.operands[0], known);
  if (!left) return std::nullopt;
  const char* what = expr.kind == ExprKind::contains_all ? "`contains all`" : "`contains any`";
  if (left->type.kind != TypeKind::set)
    return fail(DiagCode::wrong_operand, expr.operands[0].span, {what, "a set", shown(left->type)});
  const bool all = expr.kind == ExprKind::contains_all;
  MaybeTerm right;
  if (expr.operands[1].kind == ExprKind::set) {
    right = written_set(expr.operands[1], element_of(left->type), known);
    if (right && right->kind == TermKind::set) {
      // Elements that only the request knows: one question for each.
      Term each = make(all ? TermKind::logical_and : TermKind::logical_or, expr.span, {});
      for (Term& element : right->operands)
        each.operands.push_back(make(TermKind::in, element.span, {element, *left}));
      if (each.operands.size() == 1) return std::move(each.operands.front());
      return each;
    }
  } else {
    right = needed(expr.operands[1], known);
  }
  if (!right) return std::nullopt;
  if (right->type.kind != TypeKind::set)
    return fail(DiagCode::wrong_operand, expr.operands[1].span, {what, "a set", shown(right->type)});
  const bool entities = left->type.element == TypeKind::entity && right->type.element == TypeKind::entity;
  const bool same =
      entities ? (left->type.argument & right->type.argument) != 0
               : left->type.element == right->type.element && left->type.argument == right->type.argument;
  // An empty literal is a set of anything.
  const bool empty = right->kind == TermKind::constant && right->constant.elements.empty();
  if (!same && !empty)
    return fail(DiagCode::different_types, expr.span, {shown(left->type), shown(right->type)});
  // The evaluator compares sets of one type.
  if (right->kind == TermKind::constant)
    right->type = {TypeKind::set, left->type.element, false,
                   left->type.argument | (entities ? right->type.argument : 0)};
  return make(all ? TermKind::contains_all : TermKind::contains_any, expr.span,
              {std::move(*left), std::move(*right)});
}

}  // namespace policyc::compiler
