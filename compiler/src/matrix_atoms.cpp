#include "matrix_atoms.hpp"

#include <algorithm>

namespace policyc::compiler {
namespace {

bool same_path(const text::Path& a, const text::Path& b) {
  return std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                    [](const text::Name& x, const text::Name& y) { return x.text == y.text; });
}

Known negate(Known known) {
  if (known == Known::open) return known;
  return known == Known::yes ? Known::no : Known::yes;
}

// `given` is a conjunction of facts: each is assumed as it stands.
Known assumed(const text::Expr* given, const text::Expr& expression) {
  if (given == nullptr) return Known::open;
  if (same(*given, expression)) return Known::yes;
  if (given->kind == text::ExprKind::logical_not && same(given->operands[0], expression)) return Known::no;
  if (expression.kind == text::ExprKind::logical_not && same(expression.operands[0], *given)) return Known::no;
  if (given->kind == text::ExprKind::logical_and)
    for (const text::Expr& fact : given->operands)
      if (const Known known = assumed(&fact, expression); known != Known::open) return known;
  return Known::open;
}

bool is_subject(const text::Expr& expression) {
  return expression.kind == text::ExprKind::path && expression.path.parts.size() == 1 &&
         expression.path.parts[0].text == "subject";
}

// `subject is ROLE` at the resource itself or where the role stands.
Known role_test(const Column& column, const text::Expr& expression) {
  if (!is_subject(expression.operands[0]) || expression.itself || expression.operands.size() > 2)
    return Known::open;
  const text::Expr& target = expression.operands[1];
  std::vector<const text::Path*> paths;
  if (target.kind == text::ExprKind::path) paths.push_back(&target.path);
  if (target.kind == text::ExprKind::set)
    for (const text::Expr& element : target.operands) {
      if (element.kind != text::ExprKind::path) return Known::open;
      paths.push_back(&element.path);
    }
  if (paths.empty()) return Known::open;
  Known any = Known::no;
  for (const text::Path* path : paths) {
    const std::vector<RoleIndex> roles = roles_named(*column.model, *path);
    if (roles.empty()) return Known::open;
    for (const RoleIndex role : roles) {
      const Known known = column.role(role);
      if (known == Known::yes) return negate(expression.negated ? Known::yes : Known::no);
      if (known == Known::open) any = Known::open;
    }
  }
  return expression.negated ? negate(any) : any;
}

Known combine(const Column& column, const text::Expr& expression, Known absorbing) {
  Known result = negate(absorbing);
  for (const text::Expr& operand : expression.operands) {
    const Known known = truth(column, operand);
    if (known == absorbing) return absorbing;
    if (known == Known::open) result = Known::open;
  }
  return result;
}

}  // namespace

Known Column::role(RoleIndex role) const {
  if (held.contains(role)) return Known::yes;
  const RoleInfo& info = model->schema.roles[role];
  const RoleModel& derived = model->roles[role];
  // A role with a source or an `if` may be held though nobody granted it.
  const bool by_grant_only = info.attribute_sources.empty() && info.roll_up_attributes.empty() &&
                             info.roll_up_roles.empty() && derived.role_sources.empty() &&
                             derived.through.empty() && !derived.condition;
  if (info.kind != scope || !by_grant_only) return Known::open;
  // Some open role may include it: then it is open too.
  for (std::size_t other = 0; other < model->roles.size(); ++other) {
    const auto& includes = model->roles[other].includes;
    if (std::find(includes.begin(), includes.end(), role) != includes.end() &&
        this->role(static_cast<RoleIndex>(other)) != Known::no)
      return Known::open;
  }
  return Known::no;
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

const text::Condition* sole_condition(const Model& model, const text::Expr& expression) {
  if (expression.kind != text::ExprKind::path || expression.path.parts.size() != 1) return nullptr;
  const std::string& name = expression.path.parts[0].text;
  for (const text::File& file : model.package->files) {
    for (const text::Condition& condition : file.conditions)
      if (condition.name.text == name) return &condition;
    for (const text::Scope& scope : file.scopes)
      for (const text::Condition& condition : scope.conditions)
        if (condition.name.text == name) return &condition;
  }
  return nullptr;
}

bool same(const text::Expr& a, const text::Expr& b) {
  return a.kind == b.kind && a.flag == b.flag && a.negated == b.negated && a.itself == b.itself && a.op == b.op &&
         a.number == b.number && a.text == b.text && a.variable.text == b.variable.text &&
         same_path(a.path, b.path) &&
         std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(), same);
}

Known truth(const Column& column, const text::Expr& expression) {
  if (const Known known = assumed(column.given, expression); known != Known::open) return known;
  switch (expression.kind) {
    case text::ExprKind::boolean: return expression.flag ? Known::yes : Known::no;
    case text::ExprKind::logical_not: return negate(truth(column, expression.operands[0]));
    case text::ExprKind::logical_and: return combine(column, expression, Known::no);
    case text::ExprKind::logical_or: return combine(column, expression, Known::yes);
    case text::ExprKind::is: return role_test(column, expression);
    case text::ExprKind::path:
      if (const text::Condition* named = sole_condition(*column.model, expression))
        return truth(column, named->body);
      return Known::open;
    default: return Known::open;
  }
}

}  // namespace policyc::compiler
