// `is`, `is set`, `may` and the quantifiers.

#include <algorithm>
#include <bit>
#include <span>

#include "analysis.hpp"
#include "expression_checker.hpp"
#include "familiar_words.hpp"

namespace policyc::compiler {

using text::DiagCode;
using text::Expr;
using text::ExprKind;

std::optional<Term> ExpressionChecker::is_set(const Expr& expr, const Known& known) {
  MaybeTerm term = value(expr.operands[0], known);
  if (!term) return std::nullopt;
  // What a guard has made sure is still a question of the request; what can't be missing is none.
  if (!term->type.optional && known.set.count(key_of(*term)) == 0)
    return negated(truth(true, expr.span), expr.negated, expr.span);
  term->type.optional = false;
  return negated(make(TermKind::is_set, expr.span, {std::move(*term)}), expr.negated, expr.span);
}

std::optional<Term> ExpressionChecker::is(const Expr& expr, const Known& known) {
  // `x is null`: whether x is there is what is asked.
  if (const Expr& what = expr.operands[1];
      is_symbol(what) && what.path.parts.size() == 1 && is_nothing(what.path.parts[0].text))
    return fail(DiagCode::unknown_name, what.span, {"role or kind", what.path.parts[0].text},
                familiar_name(what.path.parts[0].text));
  MaybeTerm whom = needed(expr.operands[0], known);
  MaybeTerm where;
  if (expr.operands.size() > 2) {
    where = needed(expr.operands[2], known);
    if (where && where->type.kind != TypeKind::entity)
      return fail(DiagCode::wrong_operand, expr.operands[2].span, {"`on`", "an entity", shown(where->type)});
  } else {
    where = settled(frame_.resource, known);
  }
  if (!whom || !where) return std::nullopt;
  if (whom->type.kind != TypeKind::entity)
    return fail(DiagCode::wrong_operand, expr.operands[0].span, {"`is`", "an entity", shown(whom->type)});

  const Expr& what = expr.operands[1];
  const bool is_list = what.kind == ExprKind::set;
  if (is_list && what.operands.empty())
    return fail(DiagCode::wrong_operand, what.span, {"`is`", "a role or a kind", "an empty set"});
  Term any = make(TermKind::logical_or, expr.span, {});
  bool sound = true;
  for (const Expr& one : is_list ? std::span(what.operands) : std::span(&what, 1)) {
    MaybeTerm term = is_one(one, *whom, *where, expr, known);
    sound = sound && term.has_value();
    if (term) any.operands.push_back(std::move(*term));
  }
  if (!sound) return std::nullopt;
  Term term = any.operands.size() == 1 ? std::move(any.operands.front()) : std::move(any);
  return negated(std::move(term), expr.negated, expr.span);
}

// A path right of `is` that names a role, by its name alone or with its scope.
bool ExpressionChecker::is_role_path(const text::Path& path, const Term& where) const {
  if (path.parts.size() == 2) {
    const KindIndex kind = symbols_.kind(path.parts[0].text);
    return kind != kNoIndex && schema_.find_role(kind, path.parts[1].text) != kNoIndex;
  }
  if (path.parts.size() != 1) return false;
  for (std::uint64_t left = where.kinds; left != 0; left &= left - 1)
    if (!symbols_.roles_at(static_cast<KindIndex>(std::countr_zero(left)), path.parts[0].text).empty())
      return true;
  // A role of that name anywhere: it is meant, even if nobody can hold it here.
  return std::any_of(schema_.roles.begin(), schema_.roles.end(),
                     [&](const RoleInfo& role) { return role.name == path.parts[0].text; }) &&
         !names_value(path);
}

// One of what stands right of `is`: a kind, a role, or a value that is a role.
std::optional<Term> ExpressionChecker::is_one(const Expr& what, const Term& whom, const Term& where,
                                              const Expr& expr, const Known& known) {
  const bool is_path = what.kind == ExprKind::path;
  if (is_path && what.path.parts.size() == 1) {
    const std::string& name = what.path.parts[0].text;
    if (const KindIndex kind = symbols_.kind(name); kind != kNoIndex) {
      // A principal is of its kind everywhere: `on` would say nothing.
      if (expr.operands.size() > 2)
        return fail(DiagCode::wrong_operand, what.span,
                    {"`on`", "a role before it", "the kind '" + name + "'"});
      Term term = make(TermKind::is_kind, expr.span, {whom});
      term.kinds = kind_bit(kind);
      return term;
    }
  }
  if ((whom.kinds & principals()) == 0)
    return fail(DiagCode::not_a_principal, whom.span, {kinds_shown(whom.kinds)});

  if (is_path && is_role_path(what.path, where)) {
    std::vector<RoleIndex> found;
    for (std::uint64_t left = where.kinds; left != 0; left &= left - 1) {
      bool failed = false;
      const auto role = role_at(what.path, static_cast<KindIndex>(std::countr_zero(left)), failed);
      if (failed) return std::nullopt;
      if (role && std::find(found.begin(), found.end(), *role) == found.end()) found.push_back(*role);
    }
    return role_test(found, what, whom, where, expr);
  }
  if (is_path && what.path.parts.size() == 1 && !names_value(what.path))
    return unknown_role(what.path, where);
  if (is_path && what.path.parts.size() == 2) {
    const KindIndex kind = symbols_.kind(what.path.parts[0].text);
    if (kind != kNoIndex && schema_.find_attribute(kind, what.path.parts[1].text) == kNoIndex)
      return unknown_role(what.path, where);
  }

  // A value that is a role.
  MaybeTerm role = needed(what, known);
  if (!role) return std::nullopt;
  const TypeKind kind = role->type.kind == TypeKind::set ? role->type.element : role->type.kind;
  if (kind != TypeKind::role)
    return fail(DiagCode::wrong_operand, what.span,
                {"`is`", "a role, a kind or a value of a type `role of …`", shown(role->type)});
  const auto of = static_cast<KindIndex>(role->type.argument);
  for (std::uint64_t left = where.kinds; left != 0; left &= left - 1) {
    const auto at = static_cast<KindIndex>(std::countr_zero(left));
    if (expr.itself ? at != of : at != of && !symbols_.may_be_above(at, of))
      return fail(DiagCode::role_not_here, what.span, {source_of(what), kinds_shown(kind_bit(at))});
  }
  Term term = make(TermKind::has_role_value, expr.span, {whom, where, std::move(*role)});
  term.itself = expr.itself;
  return term;
}

std::nullopt_t ExpressionChecker::unknown_role(const text::Path& path, const Term& where) {
  const text::Name& last = path.parts.back();
  if (symbols_.is_tainted(last.text)) return std::nullopt;
  std::vector<std::string> names;
  if (path.parts.size() == 2) {
    const KindInfo& kind = schema_.kinds[symbols_.kind(path.parts[0].text)];
    for (const RoleIndex role : kind.roles)
      if (!schema_.roles[role].is_hidden) names.push_back(schema_.roles[role].name);
    return fail(DiagCode::unknown_name, last.span, {"role of '" + kind.name + "':", last.text},
                suggestion_for(last.text, names));
  }
  names = symbols_.kind_names();
  for (std::uint64_t left = where.kinds; left != 0; left &= left - 1)
    for (std::string& role : symbols_.role_names_at(static_cast<KindIndex>(std::countr_zero(left))))
      names.push_back(std::move(role));
  std::string suggestion = familiar_name(last.text);
  if (suggestion.empty()) suggestion = suggestion_for(last.text, names);
  return fail(DiagCode::unknown_name, last.span, {"role or kind", last.text}, std::move(suggestion));
}

std::uint64_t ExpressionChecker::principals() const {
  std::uint64_t kinds = 0;
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    if (schema_.kinds[kind].category == KindCategory::subject) kinds |= kind_bit(kind);
  return kinds;
}

// The role that a path means at an entity of the kind; nothing if nobody can hold it there.
std::optional<RoleIndex> ExpressionChecker::role_at(const text::Path& path, KindIndex kind, bool& failed) {
  if (path.parts.size() == 2) {
    const KindIndex of = symbols_.kind(path.parts[0].text);
    if (of != kind && !symbols_.may_be_above(kind, of)) return std::nullopt;
    return schema_.find_role(of, path.parts[1].text);
  }
  const std::vector<RoleIndex> roles = symbols_.roles_at(kind, path.parts[0].text);
  if (roles.empty()) return std::nullopt;
  if (roles.size() == 1) return roles.front();
  std::string names;
  for (const RoleIndex role : roles)
    names += (names.empty() ? "" : ", ") + schema_.kinds[schema_.roles[role].kind].name + "." +
             schema_.roles[role].name;
  fail(DiagCode::several_roles, path.span, {path.parts[0].text, names});
  failed = true;
  return std::nullopt;
}

std::optional<Term> ExpressionChecker::role_test(const std::vector<RoleIndex>& found, const Expr& what,
                                                 const Term& whom, const Term& where, const Expr& expr) {
  // Of one kind or of several, the name must mean one role, and one that can be held there.
  if (found.size() > 1) {
    std::string names;
    for (const RoleIndex role : found)
      names += (names.empty() ? "" : ", ") + schema_.kinds[schema_.roles[role].kind].name + "." +
               schema_.roles[role].name;
    return fail(DiagCode::several_roles, what.span, {source_of(what), names});
  }
  std::uint64_t nowhere = 0;
  for (std::uint64_t left = where.kinds; left != 0; left &= left - 1) {
    const auto at = static_cast<KindIndex>(std::countr_zero(left));
    const KindIndex of = found.empty() ? kNoIndex : schema_.roles[found.front()].kind;
    const bool can = of != kNoIndex && (at == of || (!expr.itself && symbols_.may_be_above(at, of)));
    if (!can) nowhere |= kind_bit(at);
  }
  if (nowhere != 0)
    return fail(DiagCode::role_not_here, what.span,
                {source_of(what), kinds_shown(nowhere) + (expr.itself ? " itself" : "")});
  Term term = make(TermKind::has_role, expr.span, {whom, where});
  term.roles = found;
  term.itself = expr.itself;
  return term;
}

std::optional<Term> ExpressionChecker::may(const Expr& expr, const Known& known) {
  if (site_.place == Site::Place::role) return fail(DiagCode::not_in_role, expr.span, {"`may`"});
  MaybeTerm whom = needed(expr.operands[0], known);
  MaybeTerm where = needed(expr.operands[1], known);
  if (!whom || !where) return std::nullopt;
  if (whom->type.kind != TypeKind::entity)
    return fail(DiagCode::wrong_operand, expr.operands[0].span, {"`may`", "a principal", shown(whom->type)});
  if (where->type.kind != TypeKind::entity)
    return fail(DiagCode::wrong_operand, expr.operands[1].span, {"`on`", "an entity", shown(where->type)});
  if ((whom->kinds & principals()) == 0)
    return fail(DiagCode::not_a_principal, whom->span, {kinds_shown(whom->kinds)});

  const text::Path& path = expr.path;
  const std::string name = source_of(path);
  const KindIndex kind = path.parts.size() == 2 ? symbols_.kind(path.parts[0].text) : kNoIndex;
  const auto action = kind == kNoIndex ? std::nullopt : symbols_.action(kind, path.parts[1].text);
  if (!action) {
    if (symbols_.is_tainted(path.parts.back().text) || symbols_.is_tainted(path.parts.front().text))
      return std::nullopt;
    return fail(DiagCode::unknown_name, path.span, {"action", name},
                kind == kNoIndex ? suggestion_for(path.parts[0].text, symbols_.kind_names())
                                 : suggestion_for(path.parts[1].text, symbols_.action_names(kind)));
  }
  if (!symbols_.model().actions[*action].parameters.empty())
    return fail(DiagCode::may_with_parameters, path.span, {name});
  if (where->kinds != kind_bit(kind))
    return fail(DiagCode::may_elsewhere, expr.operands[1].span,
                {name, schema_.kinds[kind].name, kinds_shown(where->kinds)});
  Term term = make(TermKind::may, expr.span, {std::move(*whom), std::move(*where)});
  term.index = *action;
  return term;
}

std::optional<Term> ExpressionChecker::quantifier(const Expr& expr, const Known& known) {
  constexpr std::size_t kMostNested = 2;
  const std::string& name = expr.variable.text;
  MaybeTerm set;
  if (expr.operands[0].kind == ExprKind::set)
    fail(DiagCode::bad_range, expr.operands[0].span, {"a literal"});
  else
    set = needed(expr.operands[0], known);
  if (set && set->type.kind != TypeKind::set) {
    fail(DiagCode::bad_range, expr.operands[0].span, {shown(set->type)});
    set.reset();
  }
  if (is_taken(expr.variable)) return fail(DiagCode::taken_variable, expr.variable.span, {name});
  if (quantifiers_ == kMostNested) return fail(DiagCode::nested_too_deep, expr.span, {});
  if (expr.kind == ExprKind::at_least && expr.number < 1)
    return fail(DiagCode::at_least_none, expr.span, {std::to_string(expr.number)});
  if (!set) return std::nullopt;

  Variable variable{name, make(TermKind::variable, expr.variable.span, {},
                               {set->type.element, TypeKind::boolean, false, set->type.argument})};
  variable.term.index = static_cast<std::uint32_t>(quantifiers_);
  if (set->type.element == TypeKind::entity) variable.term.kinds = set->type.argument;
  variables_.push_back(std::move(variable));
  ++quantifiers_;
  MaybeTerm body = test(expr.operands[1], known);
  --quantifiers_;
  variables_.pop_back();
  if (!body) return std::nullopt;
  const TermKind kind = expr.kind == ExprKind::any   ? TermKind::any
                        : expr.kind == ExprKind::all ? TermKind::all
                                                     : TermKind::at_least;
  Term term = make(kind, expr.span, {std::move(*set), std::move(*body)});
  term.number = expr.number;
  return term;
}

}  // namespace policyc::compiler
