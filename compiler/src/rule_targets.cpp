#include "rule_targets.hpp"

#include <algorithm>

namespace policyc::compiler {

using text::DiagCode;
using RefKind = text::ActionRef::Kind;

Targets::Targets(const Analysis& analysis) : analysis_(analysis) {
  actions_of_.resize(analysis.model.schema.kinds.size());
  for (std::size_t i = 0; i < analysis.model.actions.size(); ++i)
    actions_of_[analysis.model.actions[i].kind].push_back(static_cast<ActionIndex>(i));
  for (const text::File& file : analysis.loaded.package.files)
    for (const text::ActionGroup& one : file.groups) groups_.emplace(one.name.text, &one);
}

bool Targets::resolve(const text::ActionRef& ref, std::vector<Target>& targets) {
  if (ref.kind == RefKind::group) return !ref.actions.empty() && group(ref.actions.front(), targets);
  const KindIndex kind = analysis_.symbols.kind(ref.scope.text);
  if (kind == kNoIndex) {
    report_scope(ref);
    return false;
  }
  if (ref.kind == RefKind::star_star) return below(kind, ref, targets);
  if (ref.kind != RefKind::star) return named(kind, ref, targets);
  targets.push_back({kind, kNoIndex, actions_of_[kind]});
  if (!actions_of_[kind].empty()) return true;
  if (!quiet_ && analysis_.sound_declarations)
    analysis_.diagnostics.add(DiagCode::no_actions, ref.span, {ref.scope.text + ".*", ref.scope.text});
  return false;
}

bool Targets::named(KindIndex kind, const text::ActionRef& ref, std::vector<Target>& targets) {
  Target target{kind, kNoIndex, {}};
  bool sound = true;
  for (const text::Name& name : ref.actions) {
    if (const std::optional<ActionIndex> action = analysis_.symbols.action(kind, name.text)) {
      target.actions.push_back(*action);
    } else {
      report_action(kind, name);
      sound = false;
    }
  }
  targets.push_back(std::move(target));
  return sound && !ref.actions.empty();
}

// "That scope and every scope below"; `system.**` is everything, since all stands
// below system, the kinds of subjects too.
bool Targets::below(KindIndex kind, const text::ActionRef& ref, std::vector<Target>& targets) {
  bool any = false;
  for (std::size_t i = 0; i < actions_of_.size(); ++i) {
    const auto lower = static_cast<KindIndex>(i);
    if (actions_of_[i].empty() || (lower != kind && !analysis_.symbols.may_be_above(lower, kind))) continue;
    const bool always = lower == kind || kind == kSystemKind || analysis_.symbols.always_above(lower, kind);
    targets.push_back({lower, always ? kNoIndex : kind, actions_of_[i]});
    any = true;
  }
  if (!any && !quiet_ && analysis_.sound_declarations)
    analysis_.diagnostics.add(DiagCode::no_actions, ref.span, {ref.scope.text + ".**", ref.scope.text});
  return any;
}

// A group's members were checked where it is declared.
bool Targets::group(const text::Name& name, std::vector<Target>& targets) {
  const auto found = groups_.find(name.text);
  if (found == groups_.end()) {
    report_group(name);
    return false;
  }
  const auto [position, entered] = open_groups_.insert(name.text);
  if (!entered) return false;
  const bool outer = quiet_;
  quiet_ = true;
  bool sound = true;
  for (const text::ActionRef& member : found->second->members) sound = resolve(member, targets) && sound;
  quiet_ = outer;
  open_groups_.erase(position);
  return sound;
}

void Targets::report_scope(const text::ActionRef& ref) const {
  if (quiet_) return;
  if (groups_.contains(ref.scope.text)) {
    analysis_.diagnostics.add(DiagCode::unknown_name, ref.scope.span, {"scope", ref.scope.text},
                              "it is a group of actions: write `" + ref.scope.text + "` alone");
    return;
  }
  report_unknown(analysis_, "scope", ref.scope.text, ref.scope.span, analysis_.symbols.kind_names());
}

void Targets::report_action(KindIndex kind, const text::Name& name) const {
  const Model& model = analysis_.model;
  if (quiet_ || analysis_.symbols.is_tainted(name.text)) return;
  const std::string& scope = model.schema.kinds[kind].name;
  std::string suggestion;
  if (const std::string plain = plain_name_of(model, kind, name.text); !plain.empty())
    suggestion = "policies call it by its plain name, '" + plain + "'";
  if (suggestion.empty()) suggestion = text::did_you_mean(name.text, analysis_.symbols.action_names(kind));
  for (std::size_t i = 0; i < model.actions.size() && suggestion.empty(); ++i)
    if (model.actions[i].name == name.text)
      suggestion = "did you mean '" + action_name(model, static_cast<ActionIndex>(i)) + "'?";
  if (suggestion.empty()) suggestion = suggestion_for(name.text, analysis_.symbols.action_names(kind));
  analysis_.diagnostics.add(DiagCode::unknown_name, name.span, {"action", scope + "." + name.text},
                            suggestion);
}

// A word alone is a group; what was meant is often an action without its scope, or
// a scope without its action.
void Targets::report_group(const text::Name& name) const {
  const Model& model = analysis_.model;
  if (quiet_ || analysis_.symbols.is_tainted(name.text)) return;
  std::string suggestion;
  if (analysis_.symbols.kind(name.text) != kNoIndex)
    suggestion = "it is a scope: say which actions, `" + name.text + ".{…}`";
  for (std::size_t i = 0; i < model.actions.size() && suggestion.empty(); ++i)
    if (model.actions[i].name == name.text)
      suggestion = "did you mean '" + action_name(model, static_cast<ActionIndex>(i)) + "'?";
  const auto is_role = [&](const RoleInfo& role) { return role.name == name.text; };
  if (suggestion.empty() && std::any_of(model.schema.roles.begin(), model.schema.roles.end(), is_role))
    suggestion = "it is a role, and a rule says who before `to`";
  if (suggestion.empty()) {
    std::vector<std::string> names;
    for (const auto& [known, syntax] : groups_) names.push_back(known);
    suggestion = suggestion_for(name.text, names);
  }
  analysis_.diagnostics.add(DiagCode::unknown_name, name.span, {"group of actions", name.text}, suggestion);
}

std::vector<Target> merged(const std::vector<Target>& targets) {
  if (targets.size() == 1) {
    std::vector<Target> result = targets;
    std::vector<ActionIndex>& actions = result.front().actions;
    std::sort(actions.begin(), actions.end());
    actions.erase(std::unique(actions.begin(), actions.end()), actions.end());
    return result;
  }
  std::map<std::pair<KindIndex, KindIndex>, std::set<ActionIndex>> by_place;
  for (const Target& target : targets)
    by_place[{target.kind, target.within}].insert(target.actions.begin(), target.actions.end());
  std::vector<Target> result;
  for (auto& [place, actions] : by_place) {
    const auto anywhere = by_place.find({place.first, kNoIndex});
    if (place.second != kNoIndex && anywhere != by_place.end()) {
      for (const ActionIndex action : anywhere->second) actions.erase(action);
      if (actions.empty()) continue;
    }
    result.push_back({place.first, place.second, {actions.begin(), actions.end()}});
  }
  return result;
}

}  // namespace policyc::compiler
