#include "asking.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "analysis.hpp"

namespace policyc::compiler {

Asking::Asking(const Model& model) : model_(model), edges_(model.roles.size() + model.actions.size()) {
  for (std::size_t i = 0; i < model.roles.size(); ++i) {
    const RoleModel& source = model.roles[i];
    const auto self = static_cast<Node>(i);
    // Whoever holds the including role holds the included one.
    for (const RoleIndex included : source.includes) edges_[included].push_back({self, source.span});
    for (const RoleIndex other : source.role_sources) edges_[i].push_back({other, source.span});
    for (const RoleModel::Through& through : source.through)
      if (!through.recursive) edges_[i].push_back({through.role, source.span});
    if (!source.condition) continue;
    for (const Edge& edge : asked(*source.condition)) edges_[i].push_back(edge);
  }
  // Rules repeat each other's questions: each is kept once an action. Most actions have few, and look them
  // through; of those that have many, a set knows them.
  constexpr std::size_t kFew = 16;
  std::unordered_map<Node, std::set<Node>> many;
  const auto is_new = [&](Node from, Node to) {
    const std::vector<Edge>& known = edges_[from];
    if (known.size() < kFew)
      return std::none_of(known.begin(), known.end(), [&](const Edge& edge) { return edge.to == to; });
    std::set<Node>& seen = many[from];
    if (seen.empty())
      for (const Edge& edge : known) seen.insert(edge.to);
    return seen.insert(to).second;
  };
  std::vector<Edge> found;
  for (const RuleUse& use : model.uses) {
    found.clear();
    if (use.when) found = asked(*use.when);
    if (use.unless)
      for (const Edge& edge : asked(*use.unless)) found.push_back(edge);
    for (const Who& who : use.who)
      if (who.kind == WhoKind::role) found.push_back({role(who.index), model.roles[who.index].span});
    for (const ActionIndex one : use.actions)
      for (const Edge& edge : found)
        if (is_new(action(one), edge.to)) edges_[action(one)].push_back(edge);
  }
}

std::vector<Asking::Edge> Asking::asked(const Term& term) const {
  std::vector<Edge> found;
  each_term(term, [&](const Term& part) {
    switch (part.kind) {
      case TermKind::has_role:
        for (const RoleIndex one : part.roles) found.push_back({role(one), part.span});
        break;
      case TermKind::has_role_value:
        // The value may be any role of its scope.
        for (const RoleIndex one :
             model_.schema.kinds[static_cast<std::size_t>(part.operands[2].type.argument)].roles)
          found.push_back({role(one), part.span});
        break;
      case TermKind::may: found.push_back({action(static_cast<ActionIndex>(part.index)), part.span}); break;
      default: break;
    }
  });
  return found;
}

}  // namespace policyc::compiler
