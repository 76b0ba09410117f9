#include "probe_roles.hpp"

namespace policyc::compiler {
namespace {

struct Named {
  std::set<RoleIndex> roles;
  std::set<ActionIndex> actions;  // of `may`
};

void collect(const Model& model, const Term& term, Named& named) {
  if (term.kind == TermKind::has_role) named.roles.insert(term.roles.begin(), term.roles.end());
  if (term.kind == TermKind::has_role_value) {
    const auto& all = model.schema.kinds[static_cast<std::size_t>(term.operands[2].type.argument)].roles;
    named.roles.insert(all.begin(), all.end());
  }
  if (term.kind == TermKind::may) named.actions.insert(static_cast<ActionIndex>(term.index));
  for (const Term& operand : term.operands) collect(model, operand, named);
}

// The roles of which these are made: those that include them, those that they come from, those that their
// conditions name.
void close(const Model& model, const std::vector<std::vector<RoleIndex>>& included_by, Named& named) {
  std::vector<RoleIndex> open(named.roles.begin(), named.roles.end());
  const auto reach = [&](RoleIndex role) {
    if (named.roles.insert(role).second) open.push_back(role);
  };
  while (!open.empty()) {
    const RoleIndex role = open.back();
    open.pop_back();
    for (const RoleIndex includer : included_by[role]) reach(includer);
    const RoleModel& made = model.roles[role];
    for (const RoleIndex source : made.role_sources) reach(source);
    for (const RoleModel::Through& through : made.through) reach(through.role);
    if (!made.condition) continue;
    Named of;
    collect(model, *made.condition, of);
    for (const RoleIndex one : of.roles) reach(one);
    named.actions.insert(of.actions.begin(), of.actions.end());
  }
}

}  // namespace

std::vector<std::set<RoleIndex>> asked_roles(const Model& model) {
  std::vector<std::vector<RoleIndex>> included_by(model.schema.roles.size());
  for (std::size_t role = 0; role < model.roles.size(); ++role)
    for (const RoleIndex included : model.roles[role].includes)
      included_by[included].push_back(static_cast<RoleIndex>(role));

  std::vector<Named> direct(model.actions.size());
  for (const RuleUse& use : model.uses) {
    Named named;
    for (const Who& who : use.who)
      if (who.kind == WhoKind::role) named.roles.insert(who.index);
    if (use.when) collect(model, *use.when, named);
    if (use.unless) collect(model, *use.unless, named);
    for (const ActionIndex action : use.actions) {
      direct[action].roles.insert(named.roles.begin(), named.roles.end());
      direct[action].actions.insert(named.actions.begin(), named.actions.end());
    }
  }
  std::vector<std::set<RoleIndex>> all;
  for (Named& named : direct) close(model, included_by, named);
  for (std::size_t action = 0; action < direct.size(); ++action) {
    std::set<RoleIndex> roles;
    std::set<ActionIndex> seen = {static_cast<ActionIndex>(action)};
    std::vector<ActionIndex> open = {static_cast<ActionIndex>(action)};
    while (!open.empty()) {
      const Named& named = direct[open.back()];
      open.pop_back();
      roles.insert(named.roles.begin(), named.roles.end());
      for (const ActionIndex asked : named.actions)
        if (seen.insert(asked).second) open.push_back(asked);
    }
    all.push_back(std::move(roles));
  }
  return all;
}

}  // namespace policyc::compiler
