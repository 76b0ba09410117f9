#pragma once

// Expressions: from the syntax tree to typed terms. A term that comes back is
// sound: every name resolved, every type agreed, no optional value read unguarded.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policyc/compiler/model.hpp"
#include "policyc/text/diagnostic.hpp"
#include "symbols.hpp"

namespace policyc::compiler {

// What named conditions may put into one expression: tests in all, and how deep: each name and each
// test around another counts one.
inline constexpr std::size_t kMaxPutIn = 2'000;
inline constexpr std::size_t kMaxConditionDepth = 200;

// Where an expression stands: what its names mean.
struct Site {
  enum class Place : std::uint8_t {
    rule,       // when, unless: everything
    role,       // a role's `if`: attributes, roles and `now`; no context, no action
    condition,  // a named condition, checked where it is declared
    given,      // of a matrix
  };
  Place place = Place::rule;
  KindIndex kind = kSystemKind;       // of the resource
  std::uint64_t subject_kinds = 0;    // whom the rule's WHO lets through: narrows `subject`
  std::optional<ActionIndex> action;  // whose parameters `action.x` names; none: no action is at hand
};

// Optional values known to be set and kinds known to be narrower at a place:
// what `is set` and `is KIND` to the left, or in `when`, have made sure.
struct Known {
  std::set<std::string> set;                   // keys of terms, see key_of()
  std::map<std::string, std::uint64_t> kinds;  // possible kinds of an entity-valued term
  bool lost_guards = false;                    // what was broken may have made sure of more
};

// A term's identity as a value: "resource.#12", "subject", "action.0" … Two terms
// with one key have one value throughout a decision. Empty: has none.
[[nodiscard]] std::string key_of(const Term& term);

class Expressions {
 public:
  Expressions(const Symbols& symbols, text::Diagnostics& diagnostics)
      : symbols_(symbols), diagnostics_(diagnostics) {}

  // A condition: an expression of type boolean. Nothing if it has an error, which
  // is then reported. `known` is what holds before; afterwards it also says what
  // the truth of the expression makes sure.
  [[nodiscard]] std::optional<Term> condition(const text::Expr& expr, const Site& site, Known& known);
  // What the expression's being false makes sure (for `unless`).
  [[nodiscard]] Known known_if_false(const Term& term) const;

  // A literal of the expected type: a default, a test's argument. Enum members and
  // roles are written bare. Nothing, reported, if it is no literal of that type.
  [[nodiscard]] std::optional<DefaultValue> literal(const text::Expr& expr, const Type& expected);
  // Is it a literal of the type in a test? There a role may be one that only the test's snapshot knows;
  // whether it does is found when the test is run.
  bool is_argument(const text::Expr& expr, const Type& expected);

  // Does the expression mention an action's parameter, itself or through conditions?
  [[nodiscard]] bool mentions_action(const text::Expr& expr, KindIndex kind) const;

 private:
  [[nodiscard]] std::optional<ActionIndex> fitting_action(const text::Expr& expr, const Site& site,
                                                          const Known& known) const;

  const Symbols& symbols_;
  text::Diagnostics& diagnostics_;
};

// The truth of a condition as far as literals, types and kinds alone decide it,
// whatever snapshot and request say; nothing if they don't.
[[nodiscard]] std::optional<bool> constant_truth(const Term& term);

}  // namespace policyc::compiler
