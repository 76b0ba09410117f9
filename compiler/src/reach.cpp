// Follows terms to roles, roles to the roles that they are held by, and `may` to
// other actions.

#include "reach.hpp"

#include <map>
#include <utility>

namespace policyc::compiler {

Reach::Reach(const Model& model, const std::vector<std::vector<std::uint32_t>>& uses_of)
    : model_(model),
      uses_of_(uses_of),
      included_by_(model.schema.roles.size()),
      roles_(model.roles.size()),
      known_(model.actions.size()) {
  for (std::size_t role = 0; role < model.roles.size(); ++role) {
    const RoleModel& source = model.roles[role];
    for (const RoleIndex included : source.includes)
      included_by_[included].push_back(static_cast<RoleIndex>(role));
    if (source.condition) collect(*source.condition, roles_[role]);
    for (const RoleModel::Through& through : source.through) roles_[role].roles.insert(through.role);
  }
  // Rules name the same few roles again and again: what each leads to is found once.
  std::map<RoleIndex, Direct> closed;
  uses_.reserve(model.uses.size());
  for (const RuleUse& use : model.uses) {
    Direct direct;
    if (use.when) collect(*use.when, direct);
    if (use.unless) collect(*use.unless, direct);
    close_roles(direct);
    for (const Who& who : use.who) {
      if (who.kind != WhoKind::role) continue;
      const auto [found, is_new] = closed.try_emplace(who.index);
      if (is_new) {
        found->second.roles.insert(who.index);
        close_roles(found->second);
      }
      const Direct& led_to = found->second;
      direct.mentioned.now = direct.mentioned.now || led_to.mentioned.now;
      direct.mentioned.context.insert(led_to.mentioned.context.begin(), led_to.mentioned.context.end());
      direct.actions.insert(led_to.actions.begin(), led_to.actions.end());
    }
    uses_.push_back({std::move(direct.mentioned), {direct.actions.begin(), direct.actions.end()}});
  }
}

void Reach::collect(const Term& term, Direct& direct) const {
  switch (term.kind) {
    case TermKind::context: direct.mentioned.context.insert(static_cast<std::uint16_t>(term.index)); break;
    case TermKind::now: direct.mentioned.now = true; break;
    case TermKind::may: direct.actions.insert(static_cast<ActionIndex>(term.index)); break;
    case TermKind::has_role:
      (term.itself ? direct.roles_itself : direct.roles).insert(term.roles.begin(), term.roles.end());
      break;
    case TermKind::has_role_value: {
      const auto kind = static_cast<std::size_t>(term.operands[2].type.argument);
      const auto& candidates = model_.schema.kinds[kind].roles;
      (term.itself ? direct.roles_itself : direct.roles).insert(candidates.begin(), candidates.end());
      break;
    }
    default: break;
  }
  for (const Term& operand : term.operands) collect(operand, direct);
}

// Every role that makes somebody a holder of these adds what its own sources
// mention. Asked at an entity itself, a role of a kind above does not count by
// inclusion.
void Reach::close_roles(Direct& direct) const {
  std::vector<std::pair<RoleIndex, bool>> open;
  std::set<std::pair<RoleIndex, bool>> seen;
  const auto reach = [&](RoleIndex role, bool itself) {
    if (seen.insert({role, itself}).second) open.emplace_back(role, itself);
  };
  for (const RoleIndex role : direct.roles) reach(role, false);
  for (const RoleIndex role : direct.roles_itself) reach(role, true);
  while (!open.empty()) {
    const auto [role, itself] = open.back();
    open.pop_back();
    const KindIndex kind = model_.schema.roles[role].kind;
    for (const RoleIndex includer : included_by_[role])
      if (!itself || model_.schema.roles[includer].kind == kind) reach(includer, itself);
    // A source names whoever holds it, from above too.
    for (const RoleIndex source : model_.roles[role].role_sources) reach(source, false);
    const Direct& own = roles_[role];
    direct.mentioned.now = direct.mentioned.now || own.mentioned.now;
    direct.mentioned.context.insert(own.mentioned.context.begin(), own.mentioned.context.end());
    direct.actions.insert(own.actions.begin(), own.actions.end());
    for (const RoleIndex asked : own.roles) reach(asked, false);
    for (const RoleIndex asked : own.roles_itself) reach(asked, true);
  }
}

// Actions that are asked about come first. They form no cycle: that is an error of
// the policy, and such a policy has no model.
const Mentioned& Reach::of(ActionIndex action) {
  std::vector<ActionIndex> open = {action};
  while (!open.empty()) {
    const ActionIndex next = open.back();
    if (known_[next]) {
      open.pop_back();
      continue;
    }
    const std::size_t before = open.size();
    for (const std::uint32_t index : uses_of_[next])
      for (const ActionIndex asked : uses_[index].actions)
        if (!known_[asked]) open.push_back(asked);
    if (open.size() != before) continue;

    Mentioned all;
    const auto add = [&](const Mentioned& part) {
      all.now = all.now || part.now;
      all.context.insert(part.context.begin(), part.context.end());
    };
    for (const std::uint32_t index : uses_of_[next]) {
      add(uses_[index].mentioned);
      for (const ActionIndex asked : uses_[index].actions) add(*known_[asked]);
    }
    known_[next] = std::move(all);
    open.pop_back();
  }
  return *known_[action];
}

}  // namespace policyc::compiler
