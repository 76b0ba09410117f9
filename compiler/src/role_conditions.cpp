// `if` of roles: typed where the role is declared, and free of circles.

#include "analysis.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

class RoleConditions {
 public:
  explicit RoleConditions(Analysis& analysis)
      : analysis_(analysis), expressions_(analysis.symbols, analysis.diagnostics) {
    site_.place = Site::Place::role;
    site_.subject_kinds = subject_kinds(analysis.model.schema);
  }

  void add(const std::vector<text::Role>& roles, KindIndex kind) {
    if (kind == kNoIndex) return;
    for (const text::Role& role : roles) {
      if (!role.condition) continue;
      const RoleIndex index = analysis_.model.schema.find_role(kind, role.name.text);
      if (index == kNoIndex || analysis_.model.roles[index].condition) continue;
      site_.kind = kind;
      Known known;
      std::optional<Term> term = expressions_.condition(*role.condition, site_, known);
      if (const std::optional<bool> truth =
              term && !analysis_.diagnostics.has(DiagCode::mixed_and_or, role.condition->span)
                  ? constant_truth(*term)
                  : std::nullopt)
        analysis_.diagnostics.add(DiagCode::constant_condition, role.condition->span,
                                  {"if", *truth ? "always true" : "always false"});
      // A role whose condition is wrong is still one that may be held.
      if (!term) term = placeholder(role.condition->span);
      analysis_.model.roles[index].condition = std::move(term);
    }
  }

 private:
  static Term placeholder(text::Span span) {
    Term term;
    term.span = span;
    term.constant.number = 1;
    return term;
  }

  Analysis& analysis_;
  Expressions expressions_;
  Site site_;
};

}  // namespace

void add_role_conditions(Analysis& analysis) {
  RoleConditions conditions(analysis);
  for (const text::File& file : analysis.loaded.package.files) {
    conditions.add(file.system_roles, kSystemKind);
    for (const text::Scope& scope : file.scopes)
      conditions.add(scope.roles, analysis.symbols.kind(scope.name.text));
  }
  report_condition_cycles(analysis);
}

void check_named_conditions(Analysis& analysis) {
  Expressions expressions(analysis.symbols, analysis.diagnostics);
  Site site;
  site.place = Site::Place::condition;
  site.subject_kinds = subject_kinds(analysis.model.schema);
  for (const ConditionSymbol& condition : analysis.symbols.conditions) {
    if (condition.syntax == nullptr || condition.kind == kNoIndex) continue;
    site.kind = condition.kind;
    Known known;
    const std::optional<Term> term = expressions.condition(condition.syntax->body, site, known);
    const bool is_meant = !analysis.diagnostics.has(DiagCode::mixed_and_or, condition.syntax->body.span);
    const std::optional<bool> truth = term && is_meant ? constant_truth(*term) : std::nullopt;
    // What rests on it is no mistake of its own.
    if (!is_meant) analysis.constant_conditions.insert(condition.syntax->name.text);
    if (!truth) continue;
    analysis.diagnostics.add(DiagCode::constant_condition, condition.syntax->body.span,
                             {condition.syntax->name.text, *truth ? "always true" : "always false"});
    analysis.constant_conditions.insert(condition.syntax->name.text);
  }
}

}  // namespace policyc::compiler
