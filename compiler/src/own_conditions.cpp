// Which roles' conditions rest on the attributes of the entity that they are asked at.

#include <algorithm>
#include <set>

#include "analysis.hpp"
#include "asking.hpp"

namespace policyc::compiler {
namespace {

// "No role whose `from` or `if` reads its own attributes is held" on an entity that
// the request describes. What is asked for on the way counts too, wherever it is
// asked: the reading that grants less.
class OwnReading {
 public:
  OwnReading(const Model& model, const Asking& graph)
      : model_(model), graph_(graph), uses_of_(model.actions.size()) {
    for (const RuleUse& use : model.uses)
      for (const ActionIndex action : use.actions) uses_of_[action].push_back(&use);
  }

  [[nodiscard]] bool reads_own(RoleIndex role) const {
    const KindIndex kind = model_.schema.roles[role].kind;
    const Term& condition = *model_.roles[role].condition;
    if (names_attribute(condition, kind, kind)) return true;
    std::set<Asking::Node> seen;
    std::vector<Asking::Node> open;
    const auto reach = [&](const std::vector<Asking::Edge>& edges) {
      for (const Asking::Edge& edge : edges)
        if (seen.insert(edge.to).second) open.push_back(edge.to);
    };
    reach(graph_.asked(condition));
    while (!open.empty()) {
      const Asking::Node node = open.back();
      open.pop_back();
      if (graph_.is_role(node) ? role_reads(static_cast<RoleIndex>(node), kind)
                               : action_reads(graph_.action_of(node), kind))
        return true;
      reach(graph_.edges(node));
    }
    return false;
  }

 private:
  [[nodiscard]] bool role_reads(RoleIndex role, KindIndex own) const {
    const RoleInfo& info = model_.schema.roles[role];
    const RoleModel& more = model_.roles[role];
    if (info.kind == own && (!info.attribute_sources.empty() || !more.through.empty())) return true;
    return more.condition && names_attribute(*more.condition, info.kind, own);
  }

  [[nodiscard]] bool action_reads(ActionIndex action, KindIndex own) const {
    for (const RuleUse* use : uses_of_[action])
      if ((use->when && names_attribute(*use->when, use->kind, own)) ||
          (use->unless && names_attribute(*use->unless, use->kind, own)))
        return true;
    return false;
  }

  // An attribute of `resource`, where it is of the kind, or of the nearest entity of it.
  static bool names_attribute(const Term& term, KindIndex resource, KindIndex own) {
    bool found = false;
    each_term(term, [&](const Term& part) {
      if (part.kind != TermKind::attribute) return;
      const Term& of = part.operands.front();
      found = found || (of.kind == TermKind::resource && resource == own) ||
              (of.kind == TermKind::ancestor && of.index == own);
    });
    return found;
  }

  const Model& model_;
  const Asking& graph_;
  std::vector<std::vector<const RuleUse*>> uses_of_;
};

}  // namespace

void mark_own_conditions(Model& model, const Asking& asking) {
  const bool any = std::any_of(model.roles.begin(), model.roles.end(),
                               [](const RoleModel& role) { return role.condition.has_value(); });
  if (!any) return;
  const OwnReading reading(model, asking);
  for (std::size_t role = 0; role < model.roles.size(); ++role)
    if (model.roles[role].condition)
      model.roles[role].condition_reads_own = reading.reads_own(static_cast<RoleIndex>(role));
}

}  // namespace policyc::compiler
