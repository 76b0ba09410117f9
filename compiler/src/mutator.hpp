#pragma once

// One walk over a package both lists what could be changed and changes it: each place is offered in turn,
// with the words for the change, and the one that was asked for is told to go ahead.

#include <optional>
#include <string>
#include <vector>

#include "policyc/compiler/mutants.hpp"

namespace policyc::compiler {

// What `project.**` and its like stand for, as far as the tree says it: one action each.
class NamedActions {
 public:
  explicit NamedActions(const text::Package& package) : package_(package) {}

  // Appends them; what names a scope with all below it is kept as it is.
  void resolve(const text::ActionRef& ref, std::vector<text::ActionRef>& single,
               std::vector<text::ActionRef>& whole) const;

 private:
  void star(const text::ActionRef& ref, std::vector<text::ActionRef>& single) const;
  [[nodiscard]] const text::ActionGroup* group(const std::string& name) const;

  const text::Package& package_;
  mutable std::vector<std::string> open_;  // groups being resolved: one in itself ends there
};

class Mutator {
 public:
  // `wanted`: the change to make; none: list them all. `sources`: to quote from, for the list.
  Mutator(const text::SourceSet* sources, std::optional<std::size_t> wanted)
      : sources_(sources), wanted_(wanted) {}

  // Walks until the change is made.
  void walk(text::Package& package);

  [[nodiscard]] std::vector<Mutant> take() && { return std::move(found_); }

 private:
  // True: make it, and return.
  [[nodiscard]] bool offer(text::Span span, const std::string& change);
  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  // "`text`", as it is written there.
  [[nodiscard]] std::string quoted(text::Span span) const;

  // mutants.cpp
  void file(text::File& file, const NamedActions& actions);
  void rules(text::File& file, const NamedActions& actions);
  void cells(text::File& file, std::size_t index, const NamedActions& actions);
  void attributes(std::vector<text::Attribute>& all);
  void roles(std::vector<text::Role>& all);
  void role(text::Role& role);

  // mutants_conditions.cpp
  void guard(text::Boxed<text::Expr>& condition, const char* word);
  void condition(text::Expr& expr);
  void connective(text::Expr& expr);
  void leaf(text::Expr& expr);
  void set_of(text::Expr& expr);
  void literal(text::Expr& expr);

  const text::SourceSet* sources_;
  const std::optional<std::size_t> wanted_;
  std::size_t offered_ = 0;
  bool is_done_ = false;
  std::vector<Mutant> found_;
};

}  // namespace policyc::compiler
