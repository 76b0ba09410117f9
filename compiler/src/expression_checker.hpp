#pragma once

// The checker of one expression: names, types and guards in one walk. Its parts are
// in expression_names.cpp (what paths mean), expression_values.cpp, expression_sets.cpp,
// expression_operators.cpp (tests) and expression_roles.cpp (`is`, `may`, quantifiers).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expressions.hpp"

namespace policyc::compiler {

inline constexpr Type kBooleanType{TypeKind::boolean, TypeKind::boolean, false, 0};
inline constexpr Type kIntegerType{TypeKind::integer, TypeKind::boolean, false, 0};
inline constexpr Type kTimeType{TypeKind::time, TypeKind::boolean, false, 0};

[[nodiscard]] constexpr std::uint64_t kind_bit(std::size_t kind) noexcept { return std::uint64_t{1} << kind; }
[[nodiscard]] constexpr Type element_of(const Type& set) noexcept {
  return {set.element, TypeKind::boolean, false, set.argument};
}
[[nodiscard]] constexpr Type set_of(const Type& element) noexcept {
  return {TypeKind::set, element.kind, false, element.argument};
}

// What the outcome of a test makes sure.
[[nodiscard]] Known known_from(const Term& test, bool outcome);
void add_known(Known& to, const Known& more);

class ExpressionChecker {
 public:
  ExpressionChecker(const Symbols& symbols, text::Diagnostics& diagnostics, const Site& site,
                    bool lost_guards = false)
      : symbols_(symbols),
        schema_(symbols.schema()),
        diagnostics_(diagnostics),
        site_(site),
        lost_guards_(lost_guards) {
    frame_.kind = site.kind;
    frame_.resource.kind = TermKind::resource;
    frame_.resource.type = entity_type(kind_bit(site.kind));
    frame_.resource.kinds = kind_bit(site.kind);
  }

  // An expression of type boolean, read with what is known.
  [[nodiscard]] std::optional<Term> test(const text::Expr& expr, const Known& known);

 private:
  using MaybeTerm = std::optional<Term>;

  struct Variable {
    std::string name;
    Term term;
  };
  // Where names are looked up: the resource, or the entity that a named condition is about.
  struct Frame {
    KindIndex kind = kSystemKind;
    Term resource;
  };

  // expression_names.cpp
  [[nodiscard]] MaybeTerm path(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm head(const text::Path& path, std::size_t& used, const Known& known);
  [[nodiscard]] MaybeTerm scope_name(const text::Name& name, KindIndex kind, const Known& known);
  [[nodiscard]] MaybeTerm parameter(const text::Path& path);
  [[nodiscard]] MaybeTerm context_field(const text::Path& path);
  [[nodiscard]] MaybeTerm attribute(Term of, const text::Name& name, const std::string& before,
                                    text::Span span, const Known& known);
  [[nodiscard]] MaybeTerm named_condition(std::size_t index, text::Span span, const Known& known);
  [[nodiscard]] bool names_value(const text::Path& path) const;
  [[nodiscard]] bool is_symbol(const text::Expr& expr) const;
  [[nodiscard]] bool is_taken(const text::Name& name) const;
  [[nodiscard]] Term settled(Term term, const Known& known) const;
  [[nodiscard]] Term ancestor(KindIndex kind, text::Span span) const;

  // expression_values.cpp
  [[nodiscard]] MaybeTerm value(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm needed(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm typed(const text::Expr& expr, const Type& expected, const Known& known);
  [[nodiscard]] MaybeTerm otherwise(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm arithmetic(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm size(const text::Expr& expr, const Known& known);

  // expression_operators.cpp
  [[nodiscard]] MaybeTerm any_test(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm connective(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm compare(const text::Expr& expr, const Known& known);
  [[nodiscard]] bool sides(const text::Expr& expr, const Known& known, MaybeTerm& left, MaybeTerm& right);
  [[nodiscard]] std::string attributes_there_are(KindIndex kind, const std::string& wanted) const;
  [[nodiscard]] bool agree(const Term& left, const Term& right, text::Span span);
  [[nodiscard]] bool now_is_well_placed(const Term& left, const Term& right, text::Span span);
  [[nodiscard]] MaybeTerm strings(const text::Expr& expr, const Known& known);

  // expression_sets.cpp
  [[nodiscard]] MaybeTerm membership(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm in(const text::Expr& element, const text::Expr& set, text::Span span,
                             const Known& known, bool elements_only);
  [[nodiscard]] MaybeTerm written_set(const text::Expr& set, const Type& element, const Known& known,
                                      bool with_groups = false);
  void look_at(const text::Expr& expr, const Known& known);
  [[nodiscard]] TermKind kind_of_in(const Term& element, const Term& set) const;
  [[nodiscard]] std::uint64_t groups() const;
  [[nodiscard]] MaybeTerm contains(const text::Expr& expr, const Known& known);

  // expression_roles.cpp
  [[nodiscard]] MaybeTerm is(const text::Expr& expr, const Known& known);
  // Of `expr`, which is the whole test.
  [[nodiscard]] MaybeTerm is_one(const text::Expr& what, const Term& whom, const Term& where,
                                 const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm role_test(const std::vector<RoleIndex>& found, const text::Expr& what,
                                    const Term& whom, const Term& where, const text::Expr& expr);
  [[nodiscard]] std::optional<RoleIndex> role_at(const text::Path& path, KindIndex kind, bool& failed);
  [[nodiscard]] bool is_role_path(const text::Path& path, const Term& where) const;
  [[nodiscard]] std::nullopt_t unknown_role(const text::Path& path, const Term& where);
  [[nodiscard]] std::uint64_t principals() const;
  [[nodiscard]] MaybeTerm is_set(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm may(const text::Expr& expr, const Known& known);
  [[nodiscard]] MaybeTerm quantifier(const text::Expr& expr, const Known& known);

  // expression_names.cpp
  [[nodiscard]] std::nullopt_t refuse_depth();

  [[nodiscard]] static Type entity_type(std::uint64_t kinds) {
    return {TypeKind::entity, TypeKind::boolean, false, kinds};
  }
  [[nodiscard]] static Term make(TermKind kind, text::Span span, std::vector<Term> operands,
                                 Type type = kBooleanType) {
    Term term;
    term.kind = kind;
    term.type = type;
    term.span = span;
    term.operands = std::move(operands);
    return term;
  }
  [[nodiscard]] static Term truth(bool value, text::Span span) {
    Term term = make(TermKind::constant, span, {});
    term.constant.number = value ? 1 : 0;
    return term;
  }
  [[nodiscard]] static Term negated(Term term, bool negate, text::Span span) {
    if (!negate) return term;
    return make(TermKind::logical_not, span, {std::move(term)});
  }
  // "a value of type set<user>", with an article, for messages.
  [[nodiscard]] std::string shown(const Type& type) const;
  [[nodiscard]] std::string kinds_shown(std::uint64_t kinds) const;
  // Of these kinds, those that a group of the other kinds may have among its members, directly or not.
  [[nodiscard]] std::uint64_t members_of(std::uint64_t groups) const;
  [[nodiscard]] bool is_attribute_of_one(std::uint64_t kinds, const std::string& name) const;
  [[nodiscard]] static std::string source_of(const text::Path& path);
  [[nodiscard]] static std::string source_of(const text::Expr& expr);
  std::nullopt_t fail(text::DiagCode code, text::Span span, std::vector<std::string> arguments,
                      std::string suggestion = {});

  const Symbols& symbols_;
  const Schema& schema_;
  text::Diagnostics& diagnostics_;
  Site site_;
  bool lost_guards_ = false;  // something that may have been a guard was broken
  Frame frame_;
  std::vector<Variable> variables_;
  std::vector<std::size_t> conditions_;  // named ones being put in
  std::size_t put_in_ = 0;               // tests that names have put in so far
  std::size_t depth_ = 0;                // `conditions_`, and tests around within them
  bool too_much_ = false;
  text::Span outermost_;         // where the first of `conditions_` is named
  std::size_t quantifiers_ = 0;  // around, those of conditions put in included
  bool now_allowed_ = false;     // directly under a comparison
};

}  // namespace policyc::compiler
