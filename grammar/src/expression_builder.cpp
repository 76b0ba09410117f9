#include "expression_builder.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace policyc::text {

void ExpressionBuilder::clear() {
  stack_.clear();
  sets_.clear();
  elses_.clear();
  logics_.clear();
  nots_.clear();
  not_counts_.clear();
  nots_here_ = 0;
  ops_.clear();
  is_.clear();
  variables_.clear();
  counts_.clear();
  actions_.clear();
}

Expr ExpressionBuilder::take() { return pop().expr; }

ExpressionBuilder::Built ExpressionBuilder::pop() {
  Built built = std::move(stack_.back());
  stack_.pop_back();
  return built;
}

bool ExpressionBuilder::push_built(Built built) {
  if (built.nesting > max_nesting_) return false;
  stack_.push_back(std::move(built));
  return true;
}

bool ExpressionBuilder::push(Expr leaf) { return push_built(Built{std::move(leaf), 0}); }

ExpressionBuilder::Built ExpressionBuilder::node(ExprKind kind, std::size_t count, std::uint32_t deeper) {
  Built built;
  built.expr.kind = kind;
  const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
  if (count > 0) built.expr.span = join(first->expr.span, stack_.back().expr.span);
  built.expr.operands.reserve(count);
  for (auto it = first; it != stack_.end(); ++it) {
    built.nesting = std::max(built.nesting, it->nesting);
    built.expr.operands.push_back(std::move(it->expr));
  }
  stack_.erase(first, stack_.end());
  built.nesting += deeper;
  return built;
}

bool ExpressionBuilder::unary(ExprKind kind, std::uint32_t begin, std::uint32_t end) {
  Built built = node(kind, 1, 1);
  built.expr.span = {file_, begin, end};
  return push_built(std::move(built));
}

bool ExpressionBuilder::binary(ExprKind kind, bool negated) {
  Built built = node(kind, 2, 0);
  built.expr.negated = negated;
  return push_built(std::move(built));
}

bool ExpressionBuilder::compare() {
  Built built = node(ExprKind::compare, 2, 0);
  built.expr.op = ops_.back();
  ops_.pop_back();
  return push_built(std::move(built));
}

bool ExpressionBuilder::sum(ExprKind kind) { return push_built(node(kind, 2, 1)); }

bool ExpressionBuilder::is(std::uint32_t end) {
  const Is flags = is_.back();
  is_.pop_back();
  Built built = node(ExprKind::is, flags.on ? 3 : 2, 0);
  built.expr.negated = flags.negated;
  built.expr.itself = flags.itself;
  built.expr.span.end = end;
  return push_built(std::move(built));
}

bool ExpressionBuilder::is_set(std::uint32_t end) {
  const Is flags = is_.back();
  is_.pop_back();
  Built built = node(ExprKind::is_set, 1, 0);
  built.expr.negated = flags.negated;
  built.expr.span.end = end;
  return push_built(std::move(built));
}

bool ExpressionBuilder::may() {
  Built built = node(ExprKind::may, 2, 0);
  built.expr.path = std::move(actions_.back());
  actions_.pop_back();
  return push_built(std::move(built));
}

bool ExpressionBuilder::quantifier(ExprKind kind, std::uint32_t begin, std::uint32_t end) {
  Built built = node(kind, 2, 1);
  built.expr.span = {file_, begin, end};
  built.expr.variable = std::move(variables_.back());
  variables_.pop_back();
  if (kind == ExprKind::at_least) {
    built.expr.number = counts_.back();
    counts_.pop_back();
  }
  return push_built(std::move(built));
}

// Parentheses leave no node, but the place of what they hold includes them.
bool ExpressionBuilder::group(std::uint32_t begin, std::uint32_t end) {
  Built& built = stack_.back();
  built.expr.span = {file_, begin, end};
  ++built.nesting;
  return built.nesting <= max_nesting_;
}

bool ExpressionBuilder::end_set(std::uint32_t begin, std::uint32_t end) {
  const std::size_t first = sets_.back();
  sets_.pop_back();
  Built built = node(ExprKind::set, stack_.size() - first, 1);
  built.expr.span = {file_, begin, end};
  return push_built(std::move(built));
}

bool ExpressionBuilder::end_else() {
  const std::size_t first = elses_.back();
  elses_.pop_back();
  while (stack_.size() - first > 1)
    if (!push_built(node(ExprKind::otherwise, 2, 1))) return false;
  return true;
}

std::optional<Span> ExpressionBuilder::logic(ExprKind kind, Span place) {
  Logic& chain = logics_.back();
  if (!chain.kind) {
    chain.kind = kind;
    chain.place = place;
  }
  if (chain.kind == kind || chain.mixed) return std::nullopt;
  chain.mixed = true;
  return chain.place;
}

bool ExpressionBuilder::end_logic() {
  const Logic chain = logics_.back();
  logics_.pop_back();
  return push_built(node(chain.kind.value_or(ExprKind::logical_and), stack_.size() - chain.first, 0));
}

bool ExpressionBuilder::negation(std::uint32_t begin) {
  nots_.push_back(begin);
  return ++nots_here_ <= max_nesting_;
}

void ExpressionBuilder::end_negations() {
  not_counts_.push_back(nots_here_);
  nots_here_ = 0;
}

bool ExpressionBuilder::apply_negations() {
  const std::uint32_t count = not_counts_.back();
  not_counts_.pop_back();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t begin = nots_.back();
    nots_.pop_back();
    if (!unary(ExprKind::logical_not, begin, stack_.back().expr.span.end)) return false;
  }
  return true;
}

}  // namespace policyc::text
