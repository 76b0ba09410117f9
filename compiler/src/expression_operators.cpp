// Tests: the connectives, comparisons and strings.

#include <utility>

#include "expression_checker.hpp"
#include "familiar_words.hpp"

namespace policyc::compiler {

using text::DiagCode;
using text::Expr;
using text::ExprKind;

namespace {

[[nodiscard]] std::size_t count_now(const Term& term) {
  std::size_t count = term.kind == TermKind::now ? 1 : 0;
  for (const Term& operand : term.operands) count += count_now(operand);
  return count;
}

// `now`, `now + d`, `now - d` or `now - t`.
[[nodiscard]] bool is_now_side(const Term& term) {
  if (term.kind == TermKind::now) return true;
  if (term.kind != TermKind::add && term.kind != TermKind::subtract) return false;
  return term.operands[0].kind == TermKind::now && count_now(term.operands[1]) == 0;
}

[[nodiscard]] bool is_ordered(TypeKind kind) {
  return kind == TypeKind::integer || kind == TypeKind::time || kind == TypeKind::duration ||
         kind == TypeKind::enumeration;
}

[[nodiscard]] const char* symbol_of(text::CompareOp op) {
  switch (op) {
    case text::CompareOp::eq: return "==";
    case text::CompareOp::ne: return "!=";
    case text::CompareOp::lt: return "<";
    case text::CompareOp::le: return "<=";
    case text::CompareOp::gt: return ">";
    case text::CompareOp::ge: return ">=";
  }
  return "?";
}

}  // namespace

std::optional<Term> ExpressionChecker::test(const Expr& expr, const Known& known) {
  const bool within_name = !conditions_.empty();
  if (within_name) {
    ++put_in_;
    if (depth_ >= kMaxConditionDepth) return refuse_depth();
    ++depth_;
  }
  MaybeTerm term = any_test(expr, known);
  if (within_name) --depth_;
  if (!term) return std::nullopt;
  if (term->type.kind != TypeKind::boolean)
    return fail(DiagCode::not_a_condition, expr.span, {shown(term->type)});
  if (term->type.optional) return fail(DiagCode::unguarded, expr.span, {source_of(expr)});
  return term;
}

std::optional<Term> ExpressionChecker::any_test(const Expr& expr, const Known& known) {
  // What a comparison allows it allows directly beneath itself only.
  const bool now_allowed = std::exchange(now_allowed_, false);
  MaybeTerm term;
  switch (expr.kind) {
    case ExprKind::logical_not:
      term = test(expr.operands[0], known);
      if (term) term = negated(std::move(*term), true, expr.span);
      break;
    case ExprKind::logical_and:
    case ExprKind::logical_or: term = connective(expr, known); break;
    case ExprKind::compare: term = compare(expr, known); break;
    case ExprKind::in:
    case ExprKind::contains: term = membership(expr, known); break;
    case ExprKind::contains_all:
    case ExprKind::contains_any: term = contains(expr, known); break;
    case ExprKind::starts_with:
    case ExprKind::ends_with:
    case ExprKind::matches: term = strings(expr, known); break;
    case ExprKind::is_set: term = is_set(expr, known); break;
    case ExprKind::is: term = is(expr, known); break;
    case ExprKind::may: term = may(expr, known); break;
    case ExprKind::any:
    case ExprKind::all:
    case ExprKind::at_least: term = quantifier(expr, known); break;
    default:
      now_allowed_ = now_allowed;
      term = value(expr, known);
      break;
  }
  now_allowed_ = now_allowed;
  return term;
}

std::optional<Term> ExpressionChecker::connective(const Expr& expr, const Known& known) {
  const bool all = expr.kind == ExprKind::logical_and;
  Term term = make(all ? TermKind::logical_and : TermKind::logical_or, expr.span, {});
  Known here = known;
  bool sound = true;
  const bool lost_before = lost_guards_;
  for (const Expr& operand : expr.operands) {
    MaybeTerm one = test(operand, here);
    // What a broken operand would have guarded gives no second error.
    if (!one) {
      sound = false;
      lost_guards_ = true;
      continue;
    }
    add_known(here, known_from(*one, all));
    term.operands.push_back(std::move(*one));
  }
  lost_guards_ = lost_before;
  return sound ? std::optional(std::move(term)) : std::nullopt;
}

// What stands beside something broken is looked at all the same. A bare word is not:
// which type it should be of is not known.
void ExpressionChecker::look_at(const Expr& expr, const Known& known) {
  if (expr.kind == ExprKind::set) {
    for (const Expr& element : expr.operands) look_at(element, known);
  } else if (!is_symbol(expr)) {
    (void)value(expr, known);
  }
}

// Both sides of a comparison. The side that says its type by itself is read first.
bool ExpressionChecker::sides(const Expr& expr, const Known& known, MaybeTerm& left, MaybeTerm& right) {
  const bool right_first = is_symbol(expr.operands[0]) && !is_symbol(expr.operands[1]);
  now_allowed_ = true;
  MaybeTerm& first = right_first ? right : left;
  MaybeTerm& second = right_first ? left : right;
  first = needed(expr.operands[right_first ? 1 : 0], known);
  if (first) {
    now_allowed_ = true;
    second = typed(expr.operands[right_first ? 0 : 1], first->type, known);
  } else {
    now_allowed_ = true;
    look_at(expr.operands[right_first ? 0 : 1], known);
  }
  now_allowed_ = false;
  return left && right;
}

bool ExpressionChecker::agree(const Term& left, const Term& right, text::Span span) {
  if (left.type.kind == TypeKind::entity && right.type.kind == TypeKind::entity) {
    // As declared: what a guard has narrowed may well be compared with what it excludes.
    if ((left.type.argument & right.type.argument) != 0) return true;
    fail(DiagCode::never_equal, span, {kinds_shown(left.type.argument), kinds_shown(right.type.argument)});
    return false;
  }
  if (left.type.kind == right.type.kind && left.type.element == right.type.element &&
      left.type.argument == right.type.argument)
    return true;
  // What stands in quotes was often meant without them.
  const bool right_quoted = right.kind == TermKind::constant && right.type.kind == TypeKind::string;
  const bool left_quoted = left.kind == TermKind::constant && left.type.kind == TypeKind::string;
  fail(DiagCode::different_types, span, {shown(left.type), shown(right.type)},
       right_quoted  ? familiar_string(left.type, right.constant.text, schema_)
       : left_quoted ? familiar_string(right.type, left.constant.text, schema_)
                     : "");
  return false;
}

bool ExpressionChecker::now_is_well_placed(const Term& left, const Term& right, text::Span span) {
  const std::size_t count = count_now(left) + count_now(right);
  if (count == 0) return true;
  if (count > 1) {
    fail(DiagCode::misplaced_now, span, {"it stands twice in this comparison"});
    return false;
  }
  if (is_now_side(count_now(left) > 0 ? left : right)) return true;
  fail(DiagCode::misplaced_now, span, {"it begins a sum, with one thing added or taken away"});
  return false;
}

std::optional<Term> ExpressionChecker::compare(const Expr& expr, const Known& known) {
  MaybeTerm left;
  MaybeTerm right;
  if (!sides(expr, known, left, right)) return std::nullopt;
  if (left->type.kind == TypeKind::set || right->type.kind == TypeKind::set)
    return fail(DiagCode::set_comparison, expr.span, {symbol_of(expr.op)});
  if (!agree(*left, *right, expr.span) || !now_is_well_placed(*left, *right, expr.span)) return std::nullopt;
  const bool equality = expr.op == text::CompareOp::eq || expr.op == text::CompareOp::ne;
  if (!equality && !is_ordered(left->type.kind))
    return fail(DiagCode::no_order, expr.span, {to_string(left->type, schema_)});
  if (expr.op == text::CompareOp::gt || expr.op == text::CompareOp::ge) std::swap(left, right);
  const TermKind kind = equality ? TermKind::equal
                        : expr.op == text::CompareOp::lt || expr.op == text::CompareOp::gt
                            ? TermKind::less
                            : TermKind::less_equal;
  return negated(make(kind, expr.span, {std::move(*left), std::move(*right)}), expr.op == text::CompareOp::ne,
                 expr.span);
}

std::optional<Term> ExpressionChecker::strings(const Expr& expr, const Known& known) {
  const auto [kind, word] = expr.kind == ExprKind::starts_with
                                ? std::pair{TermKind::starts_with, "`starts with`"}
                            : expr.kind == ExprKind::ends_with ? std::pair{TermKind::ends_with, "`ends with`"}
                                                               : std::pair{TermKind::matches, "`matches`"};
  MaybeTerm left = needed(expr.operands[0], known);
  MaybeTerm right = needed(expr.operands[1], known);
  if (!left || !right) return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    const Term& side = i == 0 ? *left : *right;
    if (side.type.kind != TypeKind::string)
      return fail(DiagCode::wrong_operand, expr.operands[i].span, {word, "a string", shown(side.type)});
  }
  return make(kind, expr.span, {std::move(*left), std::move(*right)});
}

}  // namespace policyc::compiler
