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
    if (!set) {
      look_at(expr.operands[1], known);
      return std::nullopt;
    }
    if (set->type.kind != TypeKind::set)
      return fail(DiagCode::wrong_operand, expr.operands[0].span, {"`contains`", "a set", shown(set->type)});
  }
  // A set contains an address, or a principal, if that is one of its elements; `in` asks whether the address
  // lies in one, or the principal is a member of one.
  MaybeTerm term =
      in(expr.operands[contains ? 1 : 0], expr.operands[contains ? 0 : 1], expr.span, known, contains);
  if (!term) return std::nullopt;
  return negated(std::move(*term), expr.negated, expr.span);
}

std::optional<Term> ExpressionChecker::in(const Expr& element, const Expr& set, text::Span span,
                                          const Known& known, bool elements_only) {
  if (set.kind == ExprKind::set) {
    MaybeTerm left = needed(element, known);
    if (!left) {
      look_at(set, known);
      return std::nullopt;
    }
    if (left->type.kind == TypeKind::set)
      return fail(DiagCode::wrong_operand, element.span, {"`in`", "a single value", shown(left->type)});
    MaybeTerm right = written_set(set, left->type, known, !elements_only);
    if (!right) return std::nullopt;
    const TermKind kind = elements_only ? TermKind::in : kind_of_in(*left, *right);
    return make(kind, span, {std::move(*left), std::move(*right)});
  }
  MaybeTerm right = needed(set, known);
  if (!right) {
    look_at(element, known);
    return std::nullopt;
  }
  if (right->type.kind == TypeKind::set) {
    MaybeTerm left = typed(element, element_of(right->type), known);
    if (!left) return std::nullopt;
    Term one = *right;
    one.type = element_of(right->type);
    one.kinds = one.type.kind == TypeKind::entity ? one.type.argument : 0;
    const TermKind kind = elements_only ? TermKind::in : kind_of_in(*left, *right);
    if (kind != TermKind::in_members && !agree(*left, one, span)) return std::nullopt;
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
    const bool may_be_member = (members_of(right->kinds) & left->kinds) != 0;
    if (may_be_member) {
      Term member = make(TermKind::is_member, span, {*left, *right});
      if ((right->kinds & ~groups()) == 0) return member;
      Term below = make(TermKind::in_scope, span, {std::move(*left), std::move(*right)});
      return make(TermKind::logical_or, span, {std::move(below), std::move(member)});
    }
    if (!possible)
      return fail(DiagCode::never_equal, span, {kinds_shown(left->kinds), "in " + kinds_shown(right->kinds)});
    return make(TermKind::in_scope, span, {std::move(*left), std::move(*right)});
  }
  return fail(DiagCode::wrong_operand, set.span,
              {"`in`", "a set, a block of addresses or an entity", shown(right->type)});
}

// What `in` asks of a set: an address lies in its blocks, and a principal may be a
// member of groups that are its elements.
TermKind ExpressionChecker::kind_of_in(const Term& element, const Term& set) const {
  if (element.type.kind == TypeKind::ip) return TermKind::in_network;
  const bool entities = element.type.kind == TypeKind::entity && set.type.element == TypeKind::entity;
  return entities && (members_of(set.type.argument) & element.kinds) != 0 ? TermKind::in_members
                                                                          : TermKind::in;
}

std::uint64_t ExpressionChecker::groups() const {
  std::uint64_t all = 0;
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    if (schema_.kinds[kind].category == KindCategory::group) all |= kind_bit(kind);
  return all;
}

std::uint64_t ExpressionChecker::members_of(std::uint64_t groups) const {
  std::uint64_t members = 0;
  for (std::uint64_t open = groups, seen = 0; open != 0; open = members & ~seen) {
    seen |= open;
    for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
      if ((open & kind_bit(kind)) != 0) members |= schema_.kinds[kind].members;
  }
  return members;
}

// {a, b}: a constant if all its elements are, else a set that only `in` can stand before.
// `with_groups`: groups that may have such an element among their members are as good as elements.
std::optional<Term> ExpressionChecker::written_set(const Expr& set, const Type& element, const Known& known,
                                                   bool with_groups) {
  std::vector<Term> elements;
  bool sound = true;
  bool constant = true;
  for (const Expr& one : set.operands) {
    MaybeTerm term = typed(one, element, known);
    Term expected;
    expected.type = element;
    expected.kinds = element.kind == TypeKind::entity ? element.argument : 0;
    const bool may_be_member = with_groups && term && term->type.kind == TypeKind::entity &&
                               (members_of(term->kinds) & expected.kinds) != 0;
    if (!term || (!may_be_member && !agree(expected, *term, one.span))) {
      sound = false;
      continue;
    }
    constant = constant && term->kind == TermKind::constant;
    elements.push_back(std::move(*term));
  }
  if (!sound) return std::nullopt;
  Type type = set_of(element);
  // Entities widen the set's type: each literal is of one kind, which need not be expected first.
  for (const Term& one : elements)
    if (element.kind == TypeKind::entity) type.argument |= one.type.argument;
  if (!constant) return make(TermKind::set, set.span, std::move(elements), type);
  Term term = make(TermKind::constant, set.span, {}, type);
  for (Term& one : elements) {
    auto& values = term.constant.elements;
    if (std::find(values.begin(), values.end(), one.constant) == values.end())
      values.push_back(std::move(one.constant));
  }
  return term;
}

// contains all, contains any
std::optional<Term> ExpressionChecker::contains(const Expr& expr, const Known& known) {
  MaybeTerm left = needed(expr.operands[0], known);
  if (!left) {
    look_at(expr.operands[1], known);
    return std::nullopt;
  }
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
