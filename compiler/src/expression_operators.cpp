// Values, comparisons, sets, strings, arithmetic and the connectives.

#include <algorithm>

#include "expression_checker.hpp"

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

[[nodiscard]] Type element_of(const Type& set) {
  return {set.element, TypeKind::boolean, false, set.argument};
}

[[nodiscard]] Type set_of(const Type& element) {
  return {TypeKind::set, element.kind, false, element.argument};
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
  MaybeTerm term = any_test(expr, known);
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
  for (const Expr& operand : expr.operands) {
    MaybeTerm one = test(operand, here);
    // Behind a broken operand nothing is known: what it would have guarded gives no second error.
    if (!one) {
      sound = false;
      break;
    }
    add_known(here, known_from(*one, all));
    term.operands.push_back(std::move(*one));
  }
  return sound ? std::optional(std::move(term)) : std::nullopt;
}

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
                  {"what stands before", "a single value",
                   "a set; sets stand right of `in`, `contains all` and `contains any`"});
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
  const bool is_role_path =
      expected.kind == TypeKind::role && expr.kind == ExprKind::path && expr.path.parts.size() == 2 &&
      expr.path.parts[0].text == schema_.kinds[expected.argument].name &&
      schema_.find_role(static_cast<KindIndex>(expected.argument), expr.path.parts[1].text) != kNoIndex;
  if (symbols && expr.kind == ExprKind::path &&
      ((expr.path.parts.size() == 1 && !names_value(expr.path)) || is_role_path)) {
    const auto read = Expressions(symbols_, diagnostics_).literal(expr, expected);
    if (!read) return std::nullopt;
    Term term = make(TermKind::constant, expr.span, {}, expected);
    term.type.optional = false;
    term.constant = *read;
    return term;
  }
  return needed(expr, known);
}

// Both sides of a comparison. The side that says its type by itself is read first.
bool ExpressionChecker::sides(const Expr& expr, const Known& known, MaybeTerm& left, MaybeTerm& right) {
  const auto is_bare = [&](const Expr& side) {
    return side.kind == ExprKind::path && side.path.parts.size() == 1 && !names_value(side.path);
  };
  const bool right_first = is_bare(expr.operands[0]) && !is_bare(expr.operands[1]);
  now_allowed_ = true;
  MaybeTerm& first = right_first ? right : left;
  MaybeTerm& second = right_first ? left : right;
  first = needed(expr.operands[right_first ? 1 : 0], known);
  if (first) {
    now_allowed_ = true;
    second = typed(expr.operands[right_first ? 0 : 1], first->type, known);
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
  fail(DiagCode::different_types, span, {shown(left.type), shown(right.type)});
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
  fail(DiagCode::misplaced_now, span, {"it is part of a larger sum"});
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
    const bool bare = expr.operands[1].kind == ExprKind::path && expr.operands[1].path.parts.size() == 1 &&
                      !names_value(expr.operands[1].path);
    right = bare ? typed(expr.operands[1], expected, known) : value(expr.operands[1], known);
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
  return term;
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
