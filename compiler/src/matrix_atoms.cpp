#include "matrix_atoms.hpp"

#include <algorithm>
#include <functional>

namespace policyc::compiler {
namespace {

bool same_path(const text::Path& a, const text::Path& b) {
  return std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                    [](const text::Name& x, const text::Name& y) { return x.text == y.text; });
}

Settled negate(Settled known) {
  if (known == Settled::open) return known;
  return known == Settled::yes ? Settled::no : Settled::yes;
}

// `given` is a conjunction of facts: each is assumed as it stands.
Settled assumed(const text::Expr* given, const text::Expr& expression) {
  if (given == nullptr) return Settled::open;
  if (same(*given, expression)) return Settled::yes;
  if (given->kind == text::ExprKind::logical_not && same(given->operands[0], expression)) return Settled::no;
  if (expression.kind == text::ExprKind::logical_not && same(expression.operands[0], *given))
    return Settled::no;
  if (given->kind == text::ExprKind::logical_and)
    for (const text::Expr& fact : given->operands)
      if (const Settled known = assumed(&fact, expression); known != Settled::open) return known;
  return Settled::open;
}

bool is_subject(const text::Expr& expression) {
  return expression.kind == text::ExprKind::path && expression.path.parts.size() == 1 &&
         expression.path.parts[0].text == "subject";
}

// `subject is ROLE` at the resource itself or where the role stands.
Settled role_test(const Column& column, const text::Expr& expression) {
  if (!is_subject(expression.operands[0]) || expression.itself || expression.operands.size() > 2)
    return Settled::open;
  const text::Expr& target = expression.operands[1];
  std::vector<const text::Path*> paths;
  if (target.kind == text::ExprKind::path) paths.push_back(&target.path);
  if (target.kind == text::ExprKind::set)
    for (const text::Expr& element : target.operands) {
      if (element.kind != text::ExprKind::path) return Settled::open;
      paths.push_back(&element.path);
    }
  if (paths.empty()) return Settled::open;
  Settled any = Settled::no;
  for (const text::Path* path : paths) {
    const std::vector<RoleIndex> roles = roles_named(*column.model, *path);
    if (roles.empty()) return Settled::open;
    for (const RoleIndex role : roles) {
      const Settled known = column.role(role);
      if (known == Settled::yes) return negate(expression.negated ? Settled::yes : Settled::no);
      if (known == Settled::open) any = Settled::open;
    }
  }
  return expression.negated ? negate(any) : any;
}

Settled combine(const Column& column, const text::Expr& expression, Settled absorbing) {
  Settled result = negate(absorbing);
  for (const text::Expr& operand : expression.operands) {
    const Settled known = truth(column, operand);
    if (known == absorbing) return absorbing;
    if (known == Settled::open) result = Settled::open;
  }
  return result;
}

}  // namespace

Settled Column::role(RoleIndex role) const {
  if (held.contains(role)) return Settled::yes;
  const RoleInfo& info = model->schema.roles[role];
  const RoleModel& derived = model->roles[role];
  // A role with a source or an `if` may be held though nobody granted it.
  const bool by_grant_only = info.attribute_sources.empty() && info.roll_up_attributes.empty() &&
                             info.roll_up_roles.empty() && derived.role_sources.empty() &&
                             derived.through.empty() && !derived.condition;
  if (info.kind != scope || !by_grant_only) return Settled::open;
  // Some open role may include it: then it is open too.
  for (std::size_t other = 0; other < model->roles.size(); ++other) {
    const auto& includes = model->roles[other].includes;
    if (std::find(includes.begin(), includes.end(), role) != includes.end() &&
        this->role(static_cast<RoleIndex>(other)) != Settled::no)
      return Settled::open;
  }
  return Settled::no;
}

std::set<RoleIndex> closure_of(const Model& model, RoleIndex role) {
  std::set<RoleIndex> closure;
  std::vector<RoleIndex> open = {role};
  while (!open.empty()) {
    const RoleIndex next = open.back();
    open.pop_back();
    if (!closure.insert(next).second) continue;
    for (const RoleIndex included : model.roles[next].includes) open.push_back(included);
    // `role editor from manager`: whoever holds manager holds editor.
    for (std::size_t other = 0; other < model.roles.size(); ++other) {
      const auto& sources = model.roles[other].role_sources;
      if (std::find(sources.begin(), sources.end(), next) != sources.end())
        open.push_back(static_cast<RoleIndex>(other));
    }
  }
  return closure;
}

std::vector<RoleIndex> roles_named(const Model& model, const text::Path& path) {
  std::vector<RoleIndex> roles;
  if (path.parts.empty() || path.parts.size() > 2) return roles;
  for (std::size_t i = 0; i < model.schema.roles.size(); ++i) {
    const RoleInfo& role = model.schema.roles[i];
    if (role.name != path.parts.back().text) continue;
    if (path.parts.size() == 2 && model.schema.kinds[role.kind].name != path.parts[0].text) continue;
    roles.push_back(static_cast<RoleIndex>(i));
  }
  return roles;
}

const text::Condition* sole_condition(const Model& model, const text::Expr& expression, KindIndex at) {
  if (expression.kind != text::ExprKind::path || expression.path.parts.size() != 1) return nullptr;
  const std::string& name = expression.path.parts[0].text;
  const auto is_meant = [&](const text::Condition& condition) {
    if (condition.name.text != name) return false;
    const KindIndex kind = model.schema.find_kind(condition.scope.text);
    return at == kNoIndex || kind == at || kind == kSystemKind ||
           (kind != kNoIndex && ((model.schema.kinds[at].ancestors >> kind) & 1) != 0);
  };
  for (const text::File& file : model.package->files) {
    for (const text::Condition& condition : file.conditions)
      if (is_meant(condition)) return &condition;
    for (const text::Scope& scope : file.scopes)
      for (const text::Condition& condition : scope.conditions)
        if (is_meant(condition)) return &condition;
  }
  return nullptr;
}

bool same(const text::Expr& a, const text::Expr& b) {
  return a.kind == b.kind && a.flag == b.flag && a.negated == b.negated && a.itself == b.itself &&
         a.op == b.op && a.number == b.number && a.text == b.text && a.variable.text == b.variable.text &&
         same_path(a.path, b.path) &&
         std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(), same);
}

std::size_t fingerprint(const text::Expr& expression) {
  std::size_t sum = 0;
  const auto add = [&](std::size_t part) { sum = sum * 1'099'511'628'211u + part; };
  const auto add_text = [&](const std::string& text) { add(std::hash<std::string>()(text)); };
  add(static_cast<std::size_t>(expression.kind));
  add(static_cast<std::size_t>(expression.op));
  add(static_cast<std::size_t>(expression.number));
  add(static_cast<std::size_t>(expression.negated));
  add_text(expression.text);
  for (const text::Name& part : expression.path.parts) add_text(part.text);
  for (const text::Expr& operand : expression.operands) add(fingerprint(operand));
  return sum;
}

Settled truth(const Column& column, const text::Expr& expression) {
  if (const Settled known = assumed(column.given, expression); known != Settled::open) return known;
  switch (expression.kind) {
    case text::ExprKind::boolean: return expression.flag ? Settled::yes : Settled::no;
    case text::ExprKind::logical_not: return negate(truth(column, expression.operands[0]));
    case text::ExprKind::logical_and: return combine(column, expression, Settled::no);
    case text::ExprKind::logical_or: return combine(column, expression, Settled::yes);
    case text::ExprKind::is: return role_test(column, expression);
    case text::ExprKind::path:
      if (const text::Condition* named = sole_condition(*column.model, expression, column.at))
        return truth(column, named->body);
      return Settled::open;
    default: return Settled::open;
  }
}

}  // namespace policyc::compiler
