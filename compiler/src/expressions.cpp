// The door to expressions, and literals.

#include "expressions.hpp"

#include <algorithm>
#include <bit>
#include <set>

#include "analysis.hpp"
#include "expression_checker.hpp"
#include "familiar_words.hpp"
#include "text_values.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;
using text::Expr;
using text::ExprKind;

// Literals of one expected type. In a test (`defined`) a role may be one that a snapshot defines.
class Literals {
 public:
  Literals(const Symbols& symbols, text::Diagnostics& diagnostics, bool defined = false)
      : symbols_(symbols), schema_(symbols.schema()), diagnostics_(diagnostics), defined_(defined) {}

  std::optional<DefaultValue> read(const Expr& expr, const Type& expected) {
    if (expected.kind != TypeKind::set) return scalar(expr, expected.kind, expected);
    if (expr.kind != ExprKind::set) return wrong(expr, expected);
    DefaultValue value;
    bool sound = true;
    for (const Expr& element : expr.operands) {
      std::optional<DefaultValue> one = scalar(element, expected.element, element_of(expected));
      sound = sound && one.has_value();
      if (one && std::find(value.elements.begin(), value.elements.end(), *one) == value.elements.end())
        value.elements.push_back(std::move(*one));
    }
    return sound ? std::optional(std::move(value)) : std::nullopt;
  }

 private:
  std::optional<DefaultValue> scalar(const Expr& expr, TypeKind kind, const Type& expected) {
    const auto number = [&](bool right, std::int64_t n) -> std::optional<DefaultValue> {
      if (!right) return wrong(expr, expected);
      DefaultValue value;
      value.number = n;
      return value;
    };
    switch (kind) {
      case TypeKind::boolean: return number(expr.kind == ExprKind::boolean, expr.flag ? 1 : 0);
      case TypeKind::integer: return number(expr.kind == ExprKind::integer, expr.number);
      case TypeKind::time: return number(expr.kind == ExprKind::time, expr.number);
      case TypeKind::duration: return number(expr.kind == ExprKind::duration, expr.number);
      case TypeKind::string:
      case TypeKind::ip: {
        if (expr.kind != (kind == TypeKind::string ? ExprKind::string : ExprKind::ip))
          return wrong(expr, expected);
        DefaultValue value;
        value.text = expr.text;
        return value;
      }
      case TypeKind::enumeration: return member(expr, expected);
      case TypeKind::role: return role(expr, expected);
      case TypeKind::entity: return entity(expr, expected);
      case TypeKind::set: break;
    }
    return wrong(expr, expected);
  }

  std::optional<DefaultValue> member(const Expr& expr, const Type& expected) {
    if (expr.kind != ExprKind::path || expr.path.parts.size() != 1) return wrong(expr, expected);
    const EnumInfo& info = schema_.enums[expected.argument];
    const std::string& name = expr.path.parts.front().text;
    const auto found = std::find(info.members.begin(), info.members.end(), name);
    if (found != info.members.end()) {
      DefaultValue value;
      value.number = found - info.members.begin();
      return value;
    }
    diagnostics_.add(DiagCode::unknown_name, expr.span, {"member of the enum '" + info.name + "':", name},
                     suggestion_for(name, info.members));
    return std::nullopt;
  }

  std::optional<DefaultValue> role(const Expr& expr, const Type& expected) {
    if (expr.kind != ExprKind::path || expr.path.parts.size() > 2) return wrong(expr, expected);
    const auto kind = static_cast<KindIndex>(expected.argument);
    const std::string& name = expr.path.parts.back().text;
    const bool elsewhere =
        expr.path.parts.size() == 2 && expr.path.parts.front().text != schema_.kinds[kind].name;
    const RoleIndex index = elsewhere ? kNoIndex : schema_.find_role(kind, name);
    const std::string written = elsewhere ? expr.path.parts.front().text + "." + name : name;
    if (index != kNoIndex) {
      DefaultValue value;
      value.number = index;
      return value;
    }
    if (symbols_.is_tainted(name)) return std::nullopt;
    std::vector<std::string> names;
    for (const RoleIndex one : schema_.kinds[kind].roles)
      if (!schema_.roles[one].is_hidden) names.push_back(schema_.roles[one].name);
    if (defined_ && !elsewhere && schema_.find_open_role(kind) != nullptr) {
      DefaultValue value;
      value.number = kNoIndex;
      value.text = name;
      return value;
    }
    diagnostics_.add(DiagCode::unknown_name, expr.span,
                     {"role of '" + schema_.kinds[kind].name + "':", written}, suggestion_for(name, names));
    return std::nullopt;
  }

  std::optional<DefaultValue> entity(const Expr& expr, const Type& expected) {
    const bool is_system = expr.kind == ExprKind::path && expr.path.parts.size() == 1 &&
                           expr.path.parts.front().text == "system";
    if (expr.kind != ExprKind::entity && !is_system) return wrong(expr, expected);
    const text::Name& name = expr.path.parts.front();
    const KindIndex kind = symbols_.kind(name.text);
    if (kind == kNoIndex) {
      if (!symbols_.is_tainted(name.text))
        diagnostics_.add(DiagCode::unknown_name, name.span, {"kind", name.text},
                         suggestion_for(name.text, symbols_.kind_names()));
      return std::nullopt;
    }
    if ((expected.argument & kind_bit(kind)) == 0) return wrong(expr, expected);
    if (kind != kSystemKind && !vm::is_valid_id(expr.text)) {
      diagnostics_.add(DiagCode::bad_id, expr.span, {expr.text});
      return std::nullopt;
    }
    DefaultValue value;
    value.number = kind;
    value.text = expr.text;
    return value;
  }

  std::nullopt_t wrong(const Expr& expr, const Type& expected) {
    const char* what = nullptr;
    switch (expr.kind) {
      case ExprKind::boolean: what = "a bool"; break;
      case ExprKind::integer: what = "an int"; break;
      case ExprKind::string: what = "a string"; break;
      case ExprKind::duration: what = "a duration"; break;
      case ExprKind::time: what = "a time"; break;
      case ExprKind::ip: what = "an ip"; break;
      case ExprKind::set: what = "a set"; break;
      case ExprKind::entity: what = "an entity"; break;
      case ExprKind::path: what = "a name"; break;
      default: diagnostics_.add(DiagCode::not_a_literal, expr.span); return std::nullopt;
    }
    Type plain = expected;
    plain.optional = false;
    std::string suggestion;
    if (expr.kind == ExprKind::string) suggestion = familiar_string(plain, expr.text, schema_);
    if (expr.kind == ExprKind::path && plain.kind == TypeKind::boolean)
      suggestion = familiar_truth(expr.path.parts.front().text);
    diagnostics_.add(DiagCode::wrong_literal, expr.span,
                     {"a value of type " + to_string(plain, schema_), what, example(plain)},
                     std::move(suggestion));
    return std::nullopt;
  }

  // How values of the type are written.
  [[nodiscard]] std::string example(const Type& type) const {
    switch (type.kind) {
      case TypeKind::boolean: return "true or false";
      case TypeKind::integer: return "a whole number, such as 3";
      case TypeKind::time: return "time(\"2026-01-01T00:00:00Z\")";
      case TypeKind::duration: return "a number with its unit, such as 90s, 15m, 8h or 30d";
      case TypeKind::string: return "text between quotes, such as \"web\"";
      case TypeKind::ip: return "ip(\"10.0.0.7\") or ip(\"10.0.0.0/8\")";
      case TypeKind::enumeration:
        return "one of its members, such as " + schema_.enums[type.argument].members.front();
      case TypeKind::role: return "the name of a role of '" + schema_.kinds[type.argument].name + "'";
      case TypeKind::entity: {
        const KindInfo& kind = schema_.kinds[static_cast<std::size_t>(std::countr_zero(type.argument))];
        return kind.name == "system" ? kind.name : "a kind and an id, such as " + kind.name + ":x1";
      }
      case TypeKind::set: return "a list between braces, such as {} or {a, b}";
    }
    return "a literal of that type";
  }

  const Symbols& symbols_;
  const Schema& schema_;
  text::Diagnostics& diagnostics_;
  bool defined_;
};

// Does some path below lead to `action`, directly or through a named condition?
bool leads_to_action(const Expr& expr, KindIndex kind, const Symbols& symbols, std::set<std::size_t>& seen) {
  if (expr.kind == ExprKind::path) {
    const std::string& name = expr.path.parts.front().text;
    if (name == "action") return true;
    if (expr.path.parts.size() == 1)
      if (const auto index = symbols.condition_at(kind, name); index && seen.insert(*index).second) {
        const ConditionSymbol& condition = symbols.conditions[*index];
        if (leads_to_action(condition.syntax->body, condition.kind, symbols, seen)) return true;
      }
  }
  return std::any_of(expr.operands.begin(), expr.operands.end(),
                     [&](const Expr& operand) { return leads_to_action(operand, kind, symbols, seen); });
}

}  // namespace

std::optional<Term> Expressions::condition(const text::Expr& expr, const Site& site, Known& known) {
  if (site.place == Site::Place::condition && !site.action && mentions_action(expr, site.kind))
    if (const std::optional<ActionIndex> action = fitting_action(expr, site, known)) {
      Site there = site;
      there.action = action;
      return condition(expr, there, known);
    }
  const std::size_t errors = diagnostics_.error_count();
  std::optional<Term> term =
      ExpressionChecker(symbols_, diagnostics_, site, known.lost_guards).test(expr, known);
  // A rule that is left out without a finding would be a hole; then nothing compiles.
  if (!term && diagnostics_.error_count() == errors && !symbols_.has_tainted() && !known.lost_guards)
    diagnostics_.add(DiagCode::not_understood, expr.span);
  if (term) add_known(known, known_from(*term, true));
  known.lost_guards = known.lost_guards || !term;
  return term;
}

// Where a condition is declared, no action is at hand whose parameters it names. It
// must make sense for one of those that it can be used for: this one, or else the one
// with which it has the fewest errors.
std::optional<ActionIndex> Expressions::fitting_action(const Expr& expr, const Site& site,
                                                       const Known& known) const {
  const std::vector<ActionInfo>& actions = symbols_.model().actions;
  std::optional<ActionIndex> best;
  std::size_t fewest = 0;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const bool reached = actions[i].kind == site.kind || symbols_.may_be_above(actions[i].kind, site.kind);
    if (!reached || actions[i].parameters.empty()) continue;
    Site there = site;
    there.action = static_cast<ActionIndex>(i);
    text::Diagnostics found;
    if (ExpressionChecker(symbols_, found, there).test(expr, known)) return there.action;
    if (best && found.error_count() >= fewest) continue;
    best = there.action;
    fewest = found.error_count();
  }
  return best;
}

Known Expressions::known_if_false(const Term& term) const { return known_from(term, false); }

std::optional<DefaultValue> Expressions::literal(const text::Expr& expr, const Type& expected) {
  return Literals(symbols_, diagnostics_).read(expr, expected);
}

bool Expressions::is_argument(const text::Expr& expr, const Type& expected) {
  return Literals(symbols_, diagnostics_, true).read(expr, expected).has_value();
}

bool Expressions::mentions_action(const text::Expr& expr, KindIndex kind) const {
  std::set<std::size_t> seen;
  return leads_to_action(expr, kind, symbols_, seen);
}

}  // namespace policyc::compiler
