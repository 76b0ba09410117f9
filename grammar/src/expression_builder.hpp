#pragma once

// Expressions while they are read: operands wait on a stack, an operator takes
// its own from there and leaves one result.
//
// Every result knows how deep it nests, so that a tree deeper than the limit
// never exists, whatever made it deep: what walks or destroys trees may recurse.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policyc/text/syntax.hpp"

namespace policyc::text {

class ExpressionBuilder {
 public:
  ExpressionBuilder(std::uint32_t file, std::uint32_t max_nesting) : file_(file), max_nesting_(max_nesting) {}

  // Forgets what an abandoned statement has left behind.
  void clear();

  [[nodiscard]] bool empty() const noexcept { return stack_.empty(); }
  // The expression that was finished last.
  [[nodiscard]] Expr take();
  [[nodiscard]] const Expr& top() const { return stack_.back().expr; }

  // False from any of these: the result would nest too deep, and is not built.
  // Places are byte offsets of the whole construct.
  bool push(Expr leaf);
  bool unary(ExprKind kind, std::uint32_t begin, std::uint32_t end);
  bool binary(ExprKind kind, bool negated = false);
  bool compare();
  bool sum(ExprKind kind);
  bool is(std::uint32_t end);
  bool is_set(std::uint32_t end);
  bool may();
  bool quantifier(ExprKind kind, std::uint32_t begin, std::uint32_t end);
  bool group(std::uint32_t begin, std::uint32_t end);

  // Sets: the elements are those pushed since begin_set().
  void begin_set() { sets_.push_back(stack_.size()); }
  bool end_set(std::uint32_t begin, std::uint32_t end);

  // `else` chains group to the right: a else (b else c).
  void begin_else() { elses_.push_back(stack_.size() - 1); }
  bool end_else();

  // Chains of `and` or of `or` become one node.
  void begin_logic() { logics_.push_back({stack_.size() - 1, std::nullopt, {}, false}); }
  // The operator's place if this one differs from the first, once a chain.
  [[nodiscard]] std::optional<Span> logic(ExprKind kind, Span place);
  bool end_logic();

  // `not` before a term: each is noted, and all are applied behind it.
  bool negation(std::uint32_t begin);
  void end_negations();
  bool apply_negations();

  void compare_op(CompareOp op) { ops_.push_back(op); }

  // What follows `is`.
  struct Is {
    bool negated = false;
    bool on = false;
    bool itself = false;
  };
  void begin_is() { is_.emplace_back(); }
  [[nodiscard]] Is& current_is() { return is_.back(); }

  void variable(Name name) { variables_.push_back(std::move(name)); }
  void least(std::int64_t count) { counts_.push_back(count); }
  void may_action(Path path) { actions_.push_back(std::move(path)); }

 private:
  struct Built {
    Expr expr;
    std::uint32_t nesting = 0;
  };
  struct Logic {
    std::size_t first = 0;
    std::optional<ExprKind> kind;
    Span place;
    bool mixed = false;
  };

  Built pop();
  bool push_built(Built built);
  // The last `count` operands, under one node.
  Built node(ExprKind kind, std::size_t count, std::uint32_t deeper);

  std::uint32_t file_;
  std::uint32_t max_nesting_;
  std::vector<Built> stack_;
  std::vector<std::size_t> sets_;
  std::vector<std::size_t> elses_;
  std::vector<Logic> logics_;
  std::vector<std::uint32_t> nots_;        // where each `not` stands
  std::vector<std::uint32_t> not_counts_;  // how many stand before each open term
  std::uint32_t nots_here_ = 0;
  std::vector<CompareOp> ops_;
  std::vector<Is> is_;
  std::vector<Name> variables_;
  std::vector<std::int64_t> counts_;
  std::vector<Path> actions_;
};

}  // namespace policyc::text
