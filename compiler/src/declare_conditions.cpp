// Named conditions, and groups of actions.

#include <algorithm>

#include "analysis.hpp"
#include "declarer.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

}  // namespace

void Declarer::conditions() {
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    for (const auto* list : conditions_of(static_cast<KindIndex>(kind)))
      for (const text::Condition& condition : *list) {
        // Inside of a scope it is that scope's, whether it says so or not.
        const bool elsewhere =
            !condition.scope.text.empty() && condition.scope.text != schema_.kinds[kind].name;
        const KindIndex of = elsewhere ? symbols_.kind(condition.scope.text) : static_cast<KindIndex>(kind);
        add_condition(condition, of);
      }
  for (const text::File& file : loaded_.package.files)
    for (const text::Condition& condition : file.conditions)
      add_condition(condition, symbols_.kind(condition.scope.text));
}

void Declarer::add_condition(const text::Condition& condition, KindIndex kind) {
  const std::string& name = condition.name.text;
  if (kind == kNoIndex) {
    if (!symbols_.is_tainted(condition.scope.text))
      diagnostics_.add(DiagCode::unknown_name, condition.scope.span, {"scope", condition.scope.text},
                       suggestion_for(condition.scope.text, symbols_.kind_names()));
    symbols_.tainted_.insert(name);
    return;
  }
  if (is_reserved_name(condition.name, "a condition", false)) {
    symbols_.tainted_.insert(name);
    return;
  }
  // In conditions a kind's name is the kind, or the nearest entity of it.
  if (const auto taken = global_.find(name); taken != global_.end() && symbols_.kind(name) != kNoIndex) {
    diagnostics_.add(DiagCode::name_clash, condition.name.span,
                     {"a condition", name, "declared as " + taken->second.what}, {},
                     {{taken->second.span, "declared here"}});
    symbols_.tainted_.insert(name);
    return;
  }
  if (!take(members_[kind], "the condition", condition.name)) return;
  // One condition of a name along every path: two that can meet on one entity clash.
  const auto [first, last] = symbols_.conditions_by_name_.equal_range(name);
  for (auto same = first; same != last; ++same) {
    const ConditionSymbol& other = symbols_.conditions[same->second];
    bool meet = false;
    for (std::size_t below = 0; below < schema_.kinds.size(); ++below) {
      const auto at = static_cast<KindIndex>(below);
      const auto reaches = [&](KindIndex of) { return at == of || symbols_.may_be_above(at, of); };
      meet = meet || (reaches(kind) && reaches(other.kind));
    }
    if (!meet) continue;
    diagnostics_.add(DiagCode::condition_shadows, condition.name.span, {name, schema_.kinds[other.kind].name},
                     {}, {{other.syntax->name.span, "declared first here"}});
    return;
  }
  symbols_.conditions_by_name_.emplace(name, symbols_.conditions.size());
  symbols_.conditions.push_back({&condition, kind});
  model_.conditions.push_back({name, condition.title.value_or(""), kind, condition.span});
}

void Declarer::groups() {
  // Groups stand beside what belongs to `system`, outside of any scope.
  for (const text::File& file : loaded_.package.files)
    for (const text::ActionGroup& written : file.groups) {
      if (!take(askable_[kSystemKind], "the group", written.name)) continue;
      GroupModel group;
      group.name = written.name.text;
      group.title = written.title.value_or("");
      for (const text::ActionRef& member : written.members) add_members(group, member);
      symbols_.groups_[group.name] = model_.groups.size();
      model_.groups.push_back(std::move(group));
    }
}

void Declarer::add_members(GroupModel& group, const text::ActionRef& member) {
  using Ref = text::ActionRef::Kind;
  const std::string letter = member.letter.value_or("");
  const auto add = [&](ActionIndex action, text::Span span) {
    const auto same = [&](const GroupModel::Member& other) { return other.action == action; };
    if (std::any_of(group.members.begin(), group.members.end(), same)) {
      diagnostics_.add(DiagCode::duplicate_name, span, {"the group's action", model_.actions[action].name});
      return;
    }
    group.members.push_back({action, letter});
  };
  if (member.kind == Ref::group) {
    const text::Name& name = member.actions.front();
    diagnostics_.add(DiagCode::unknown_name, name.span, {"action", name.text},
                     "actions of a group are written with their scope, such as project.read");
    return;
  }
  const KindIndex kind = symbols_.kind(member.scope.text);
  if (kind == kNoIndex) {
    if (!symbols_.is_tainted(member.scope.text))
      diagnostics_.add(DiagCode::unknown_name, member.scope.span, {"scope", member.scope.text},
                       suggestion_for(member.scope.text, symbols_.kind_names()));
    return;
  }
  if (member.kind == Ref::star || member.kind == Ref::star_star) {
    bool any = false;
    for (std::size_t i = 0; i < model_.actions.size(); ++i) {
      const KindIndex of = model_.actions[i].kind;
      if (of != kind && (member.kind == Ref::star || !symbols_.may_be_above(of, kind))) continue;
      add(static_cast<ActionIndex>(i), member.span);
      any = true;
    }
    if (!any && symbols_.knows_all_parents())
      diagnostics_.add(DiagCode::no_actions, member.span,
                       {member.scope.text + (member.kind == Ref::star ? ".*" : ".**"), member.scope.text});
    return;
  }
  for (const text::Name& name : member.actions) {
    if (const auto action = symbols_.action(kind, name.text)) {
      add(*action, name.span);
    } else if (!symbols_.is_tainted(name.text)) {
      diagnostics_.add(DiagCode::unknown_name, name.span, {"action", member.scope.text + "." + name.text},
                       suggestion_for(name.text, symbols_.action_names(kind)));
    }
  }
}

}  // namespace policyc::compiler
