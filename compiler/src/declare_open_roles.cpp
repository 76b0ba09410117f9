// What an open role is made of: a role that nobody is granted, one hidden role for each action of its
// ceiling, and the rule that lets whoever holds a hidden role do that action. A snapshot's own roles are then
// nothing but sets of hidden roles, and every later stage knows roles and rules alone.

#include <algorithm>
#include <map>

#include "analysis.hpp"
#include "declarer.hpp"
#include "rule_targets.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

// More find no room, which is said where bits are assigned.
constexpr std::size_t kMostHidden = 65;

// "`allow custom to` its ceiling", as the rules that are written are.
[[nodiscard]] std::shared_ptr<const text::Rule> rule_of(const text::Role& role, const std::string& scope) {
  auto rule = std::make_shared<text::Rule>();
  rule->annotations = role.annotations;
  rule->doc = role.doc;
  rule->who.push_back({{{scope, role.name.span}, role.name}, role.name.span});
  rule->actions = role.ceiling;
  rule->span = role.span;
  return rule;
}

}  // namespace

void Declarer::open_roles() {
  const Analysis analysis{loaded_, model_, symbols_, diagnostics_, !diagnostics_.has_errors(), {}, {}};
  Targets targets(analysis);
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    for (const auto* list : roles_of(static_cast<KindIndex>(kind)))
      for (const text::Role& role : *list)
        if (role.is_open) add_open_role(static_cast<KindIndex>(kind), role, role.span.file, targets);
}

void Declarer::add_open_role(KindIndex kind, const text::Role& role, std::uint32_t file, Targets& targets) {
  // One that was left out for its name has been reported.
  const RoleIndex index = schema_.find_role(kind, role.name.text);
  if (index == kNoIndex || written_roles_[index] != &role) return;
  if (const OpenRoleInfo* first = schema_.find_open_role(kind)) {
    diagnostics_.add(DiagCode::second_open_role, role.span, {schema_.kinds[kind].name}, {},
                     {{model_.roles[first->role].span, "the first one"}});
    return;
  }
  std::vector<Target> named;
  for (const text::ActionRef& ref : role.ceiling) {
    std::vector<Target> found;
    (void)targets.resolve(ref, found);
    for (const Target& target : found) {
      const bool reaches = target.kind == kind || symbols_.may_be_above(target.kind, kind);
      if (!reaches && symbols_.knows_all_parents())
        diagnostics_.add(DiagCode::role_never_held, ref.span,
                         {role_name(schema_, index), schema_.kinds[target.kind].name}, {},
                         {{role.name.span, "the role is declared here"}});
    }
    named.insert(named.end(), found.begin(), found.end());
  }
  OpenRoleInfo info;
  info.role = index;
  OpenRoleModel more;
  more.rule = rule_of(role, schema_.kinds[kind].name);
  more.file = file;
  std::map<ActionIndex, RoleIndex> hidden;
  for (const Target& target : merged(named))
    for (const ActionIndex action : target.actions) {
      if (hidden.size() == kMostHidden) break;
      const auto [found, is_new] = hidden.try_emplace(action, kNoIndex);
      if (is_new) {
        const ActionInfo& asked = model_.actions[action];
        const std::string name = schema_.kinds[asked.kind].name + "." + asked.wire_name;
        found->second = hidden_role(kind, role, name);
        info.ceiling.push_back({name, found->second});
      }
      more.uses.push_back({target.kind, target.within, action, found->second});
    }
  schema_.open_roles.push_back(std::move(info));
  model_.open_roles.push_back(std::move(more));
}

// A name that no identifier can be, for what prints all roles.
RoleIndex Declarer::hidden_role(KindIndex kind, const text::Role& of, const std::string& action) {
  static const text::Role nothing;
  const auto index = static_cast<RoleIndex>(schema_.roles.size());
  RoleInfo info;
  info.name = of.name.text + "(" + action + ")";
  info.kind = kind;
  info.grantable = false;
  info.assignable = false;
  info.is_hidden = true;
  schema_.roles.push_back(std::move(info));
  schema_.kinds[kind].roles.push_back(index);
  RoleModel more;
  more.span = of.span;
  model_.roles.push_back(std::move(more));
  written_roles_.push_back(&nothing);
  return index;
}

}  // namespace policyc::compiler
