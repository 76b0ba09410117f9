#include <algorithm>
#include <optional>
#include <set>

#include "lints.hpp"
#include "matrix_atoms.hpp"
#include "rule_names.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

// The truth of a test of one context field against a constant, with the field at
// its default.
std::optional<bool> truth_by_default(const Model& model, const Term& term) {
  const auto fallback = [&](const Term& value) -> const DefaultValue* {
    if (value.kind != TermKind::context) return nullptr;
    const std::optional<DefaultValue>& given = model.context[value.index].fallback;
    return given ? &*given : nullptr;
  };
  if (const DefaultValue* value = fallback(term)) return value->number != 0;
  if (term.operands.size() != 2) return std::nullopt;
  const Term& a = term.operands[0];
  const Term& b = term.operands[1];
  const DefaultValue* left = a.kind == TermKind::constant ? &a.constant : fallback(a);
  const DefaultValue* right = b.kind == TermKind::constant ? &b.constant : fallback(b);
  if (left == nullptr || right == nullptr) return std::nullopt;
  switch (term.kind) {
    case TermKind::equal: return *left == *right;
    case TermKind::less: return left->number < right->number;
    case TermKind::less_equal: return left->number <= right->number;
    case TermKind::in:
      return std::find(right->elements.begin(), right->elements.end(), *left) != right->elements.end();
    default: return std::nullopt;
  }
}

class ConditionLints {
 public:
  explicit ConditionLints(const Analysis& analysis) : analysis_(analysis), model_(analysis.model) {}

  void run() {
    for (const RuleUse& use : model_.uses) {
      allows_ = model_.rules[use.rule].effect == RuleEffect::allow;
      measured_.clear();
      each_term(use, [&](const Term& term) { measure(term); });
      if (use.when) walk(*use.when, allows_);
      if (use.unless) walk(*use.unless, !allows_);
    }
    for (const text::File& file : analysis_.loaded.package.files)
      for (const text::Matrix& matrix : file.matrices) untitled_cells(matrix);
  }

 private:
  // `opens`: whether the term's being true is on the side of access.
  void walk(const Term& term, bool opens) {
    switch (term.kind) {
      case TermKind::logical_not: walk(term.operands[0], !opens); return;
      case TermKind::logical_and:
      case TermKind::logical_or:
        for (const Term& operand : term.operands) walk(operand, opens);
        return;
      case TermKind::all:
        if (opens) all_of_nothing(term);
        return;
      default: break;
    }
    if (const std::optional<bool> truth = truth_by_default(model_, term); truth && *truth == opens)
      widens(term);
  }

  // Sets whose size, or of which some element, is asked for elsewhere in the rule.
  void measure(const Term& term) {
    const Term* set = nullptr;
    if (term.kind == TermKind::size || term.kind == TermKind::any || term.kind == TermKind::at_least)
      set = &term.operands[0];
    if (term.kind == TermKind::in || term.kind == TermKind::in_members) set = &term.operands[1];
    if (set != nullptr) measured_.insert(key_of(*set));
  }

  void all_of_nothing(const Term& term) {
    const Term& set = term.operands[0];
    if (set.kind == TermKind::constant) return;
    if (const std::string key = key_of(set); !key.empty() && measured_.contains(key)) return;
    analysis_.diagnostics.add(DiagCode::all_of_nothing, term.span,
                              {std::string(analysis_.loaded.sources.slice(set.span))});
  }

  void widens(const Term& term) {
    each_term(term, [&](const Term& part) {
      if (part.kind != TermKind::context || !reported_.insert(part.index).second) return;
      const std::string& name = model_.context[part.index].name;
      for (const text::File& file : analysis_.loaded.package.files)
        for (const text::Attribute& field : file.context)
          if (field.name.text == name && field.fallback)
            analysis_.diagnostics.add(DiagCode::widening_default, field.fallback->span, {name}, {},
                                      {{term.span, allows_ ? "here it helps an allow to match"
                                                           : "here it keeps a forbid from matching"}});
    });
  }

  // A table prints the title of a condition, or, if it has none, its text.
  void untitled_cells(const text::Matrix& matrix) {
    std::set<RoleIndex> held;
    for (const text::Matrix::Column& column : matrix.columns)
      for (const RoleIndex role : roles_named(model_, column.role)) held.merge(closure_of(model_, role));
    std::set<ActionIndex> actions;
    for (const text::Matrix::Section& section : matrix.sections)
      for (const text::Matrix::Row& row : section.rows) add_actions(row.target, actions);
    for (const RuleUse& use : model_.uses) {
      const text::Rule& rule = *model_.rule_sources[use.rule].syntax;
      const bool about = std::any_of(use.actions.begin(), use.actions.end(),
                                     [&](ActionIndex action) { return actions.contains(action); });
      const bool concerns = std::any_of(use.who.begin(), use.who.end(), [&](const Who& who) {
        return who.kind != WhoKind::role || held.contains(who.index);
      });
      if (!about || !concerns || annotation(rule, "cell") != nullptr) continue;
      for (const auto* clause : {&rule.when, &rule.unless})
        if (*clause && !has_words(**clause))
          analysis_.diagnostics.add(DiagCode::untitled_cell, (*clause)->span);
    }
  }

  void add_actions(const text::ActionRef& target, std::set<ActionIndex>& actions) const {
    if (target.kind == text::ActionRef::Kind::group) {
      if (const std::optional<std::size_t> group = analysis_.symbols.group(target.actions.front().text))
        for (const GroupModel::Member& member : model_.groups[*group].members) actions.insert(member.action);
      return;
    }
    const KindIndex kind = analysis_.symbols.kind(target.scope.text);
    for (std::size_t i = 0; i < model_.actions.size(); ++i) {
      const bool named =
          std::any_of(target.actions.begin(), target.actions.end(),
                      [&](const text::Name& name) { return name.text == model_.actions[i].name; });
      if (model_.actions[i].kind == kind && (named || target.kind == text::ActionRef::Kind::star))
        actions.insert(static_cast<ActionIndex>(i));
    }
  }

  // Named conditions have words of their own; a test of a role is mostly settled by
  // the column.
  [[nodiscard]] bool has_words(const text::Expr& expression) const {
    switch (expression.kind) {
      case text::ExprKind::logical_and:
      case text::ExprKind::logical_or:
      case text::ExprKind::logical_not:
        return std::all_of(expression.operands.begin(), expression.operands.end(),
                           [&](const text::Expr& operand) { return has_words(operand); });
      case text::ExprKind::is: return true;
      default: return sole_condition(model_, expression) != nullptr;
    }
  }

  const Analysis& analysis_;
  const Model& model_;
  bool allows_ = false;
  std::set<std::string> measured_;
  std::set<std::uint32_t> reported_;  // context fields
};

}  // namespace

void lint_conditions(const Analysis& analysis) { ConditionLints(analysis).run(); }

}  // namespace policyc::compiler
