// What is changed in conditions: each test is left out or turned round, each comparison moved by one, each
// set made smaller.

#include <array>
#include <limits>

#include "mutator.hpp"

namespace policyc::compiler {
namespace {

using text::Expr;
using text::ExprKind;

constexpr std::array kSymbols = {"==", "!=", "<", "<=", ">", ">="};

// The comparison that differs from this one where both sides are equal; and of equality, the opposite.
text::CompareOp neighbour(text::CompareOp op) {
  using text::CompareOp;
  switch (op) {
    case CompareOp::eq: return CompareOp::ne;
    case CompareOp::ne: return CompareOp::eq;
    case CompareOp::lt: return CompareOp::le;
    case CompareOp::le: return CompareOp::lt;
    case CompareOp::gt: return CompareOp::ge;
    case CompareOp::ge: return CompareOp::gt;
  }
  return op;
}

Expr negation(Expr expr) {
  Expr out;
  out.kind = ExprKind::logical_not;
  out.span = expr.span;
  out.operands.push_back(std::move(expr));
  return out;
}

bool is_connective(const Expr& expr) {
  return expr.kind == ExprKind::logical_and || expr.kind == ExprKind::logical_or;
}

}  // namespace

void Mutator::guard(text::Boxed<Expr>& guard, const char* word) {
  if (!guard) return;
  if (offer(guard->span, std::string("this `") + word + "` is left out")) {
    guard = {};
    return;
  }
  condition(*guard);
}

void Mutator::condition(Expr& expr) {
  if (is_connective(expr)) return connective(expr);
  if (expr.kind == ExprKind::logical_not && is_connective(expr.operands[0]))
    return connective(expr.operands[0]);
  leaf(expr);
}

void Mutator::connective(Expr& expr) {
  const bool is_and = expr.kind == ExprKind::logical_and;
  const char* word = is_and ? "and" : "or";
  if (offer(expr.span, is_and ? "this `and` is an `or`" : "this `or` is an `and`")) {
    expr.kind = is_and ? ExprKind::logical_or : ExprKind::logical_and;
    return;
  }
  for (std::size_t i = 0; i < expr.operands.size(); ++i) {
    if (!offer(expr.operands[i].span, quoted(expr.operands[i].span) + " is left out of this `" + word + "`"))
      continue;
    expr.operands.erase(expr.operands.begin() + static_cast<std::ptrdiff_t>(i));
    if (expr.operands.size() == 1) {
      Expr only = std::move(expr.operands.front());
      expr = std::move(only);
    }
    return;
  }
  for (Expr& operand : expr.operands) {
    condition(operand);
    if (is_done()) return;
  }
}

// A test that is no connective of others.
void Mutator::leaf(Expr& expr) {
  if (expr.kind == ExprKind::logical_not) {
    if (offer(expr.span, "this `not` is left out")) {
      Expr only = std::move(expr.operands.front());
      expr = std::move(only);
      return;
    }
    return leaf(expr.operands[0]);
  }
  if (expr.kind == ExprKind::compare) {
    const text::CompareOp other = neighbour(expr.op);
    const bool orders = expr.op != text::CompareOp::eq && expr.op != text::CompareOp::ne;
    if (offer(expr.span, std::string("`") + kSymbols[static_cast<std::size_t>(expr.op)] + "` is `" +
                             kSymbols[static_cast<std::size_t>(other)] + "`")) {
      expr.op = other;
      return;
    }
    if (orders && offer(expr.span, quoted(expr.span) + " is turned round")) {
      expr = negation(std::move(expr));
      return;
    }
    for (Expr& operand : expr.operands) {
      literal(operand);
      if (is_done()) return;
    }
    return;
  }
  if (offer(expr.span, quoted(expr.span) + " is turned round")) {
    expr = negation(std::move(expr));
    return;
  }
  switch (expr.kind) {
    case ExprKind::contains_all:
    case ExprKind::contains_any: {
      const bool all = expr.kind == ExprKind::contains_all;
      if (offer(expr.span, all ? "`contains all` is `contains any`" : "`contains any` is `contains all`")) {
        expr.kind = all ? ExprKind::contains_any : ExprKind::contains_all;
        return;
      }
      return set_of(expr.operands[1]);
    }
    case ExprKind::in: return set_of(expr.operands[1]);
    case ExprKind::is:
      if (expr.itself && offer(expr.span, "`itself` is left out")) {
        expr.itself = false;
        return;
      }
      return set_of(expr.operands[1]);
    case ExprKind::any:
    case ExprKind::all: {
      const bool all = expr.kind == ExprKind::all;
      if (offer(expr.span, all ? "`all` is `any`" : "`any` is `all`")) {
        expr.kind = all ? ExprKind::any : ExprKind::all;
        return;
      }
      return condition(expr.operands[1]);
    }
    case ExprKind::at_least:
      if (offer(expr.span, "it takes " + std::to_string(expr.number + 1))) {
        ++expr.number;
        return;
      }
      if (expr.number > 1 && offer(expr.span, "it takes " + std::to_string(expr.number - 1))) {
        --expr.number;
        return;
      }
      return condition(expr.operands[1]);
    default: return;
  }
}

// A set that is written out, without one of its elements.
void Mutator::set_of(Expr& expr) {
  if (expr.kind != ExprKind::set || expr.operands.size() < 2) return;
  for (std::size_t i = 0; i < expr.operands.size(); ++i) {
    if (!offer(expr.operands[i].span, quoted(expr.operands[i].span) + " is left out of this set")) continue;
    expr.operands.erase(expr.operands.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

// A number one higher and one lower, a time or a duration by a second; also within a sum.
void Mutator::literal(Expr& expr) {
  constexpr std::int64_t kSecond = 1'000'000;
  if (expr.kind == ExprKind::add || expr.kind == ExprKind::subtract) {
    for (Expr& operand : expr.operands) {
      literal(operand);
      if (is_done()) return;
    }
    return;
  }
  const bool is_number = expr.kind == ExprKind::integer;
  if (!is_number && expr.kind != ExprKind::time && expr.kind != ExprKind::duration) return;
  const std::int64_t step = is_number ? 1 : kSecond;
  if (expr.number < std::numeric_limits<std::int64_t>::max() - step &&
      offer(expr.span, quoted(expr.span) + (is_number ? " is one more" : " is a second more"))) {
    expr.number += step;
    return;
  }
  if (expr.number > std::numeric_limits<std::int64_t>::min() + step &&
      offer(expr.span, quoted(expr.span) + (is_number ? " is one less" : " is a second less")))
    expr.number -= step;
}

}  // namespace policyc::compiler
