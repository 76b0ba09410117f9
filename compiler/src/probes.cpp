// Probes become a program: the actions that have some get a second one of the same shape, whose rules the
// probes are. The policy's own rules stay beneath, for conditions that ask what somebody may.

#include "policyc/compiler/probes.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include "probe_roles.hpp"
#include "probe_rules.hpp"
#include "probe_sources.hpp"

namespace policyc::compiler {
namespace {

// So many probes are compiled at once; there are more parts where an action's code grows too long.
constexpr std::size_t kMostAtOnce = 4'000;

void renumber(Term& term, const std::vector<ActionIndex>& numbers) {
  if (term.kind == TermKind::may) term.index = numbers[term.index];
  for (Term& operand : term.operands) renumber(operand, numbers);
}

// Actions stand in the order of their kinds: those that were added at the end are put there.
void put_in_order(Model& model) {
  std::vector<ActionIndex> order(model.actions.size());
  std::iota(order.begin(), order.end(), ActionIndex{0});
  std::stable_sort(order.begin(), order.end(), [&](ActionIndex a, ActionIndex b) {
    return model.actions[a].kind < model.actions[b].kind;
  });
  std::vector<ActionIndex> numbers(order.size());
  std::vector<ActionInfo> actions;
  std::vector<text::Span> spans;
  for (const ActionIndex old : order) {
    numbers[old] = static_cast<ActionIndex>(actions.size());
    actions.push_back(std::move(model.actions[old]));
    spans.push_back(model.action_spans[old]);
  }
  model.actions = std::move(actions);
  model.action_spans = std::move(spans);
  for (RuleUse& use : model.uses) {
    for (ActionIndex& action : use.actions) action = numbers[action];
    if (use.when) renumber(*use.when, numbers);
    if (use.unless) renumber(*use.unless, numbers);
  }
  for (RoleModel& role : model.roles)
    if (role.condition) renumber(*role.condition, numbers);
  for (GroupModel& group : model.groups)
    for (GroupModel::Member& member : group.members) member.action = numbers[member.action];
  for (OpenRoleModel& open : model.open_roles)
    for (OpenRoleModel::Use& use : open.uses) use.action = numbers[use.action];
}

// The model with the probes, or nothing if that is more than an image holds.
ProbePart part_of(const text::LoadedPackage& loaded, const Model& plain, std::span<const Probe> probes) {
  Model model = plain;
  const RuleInfo dummy{"", "", "", RuleEffect::forbid, {}};
  std::vector<RuleInfo> rules(kFirstProbe, dummy);
  rules[1].effect = RuleEffect::allow;
  for (RuleUse& use : model.uses) use.rule = model.rules[use.rule].effect == RuleEffect::allow ? 1 : 0;

  ProbePart part;
  std::vector<ActionIndex> second(model.actions.size(), kNoIndex);
  const auto probed = [&](ActionIndex action) {
    if (second[action] == kNoIndex) {
      second[action] = static_cast<ActionIndex>(model.actions.size());
      ActionInfo info = model.actions[action];
      info.name += kProbeSuffix;
      info.wire_name += kProbeSuffix;
      model.actions.push_back(std::move(info));
      model.action_spans.push_back(model.action_spans[action]);
    }
    return second[action];
  };
  for (const Probe& probe : probes) {
    const auto rule = static_cast<RuleIndex>(rules.size());
    rules.push_back(rules[1]);
    part.meanings.push_back(probe.meaning);
    for (RuleUse use : probe.uses) {
      use.rule = rule;
      for (ActionIndex& action : use.actions) action = probed(action);
      model.uses.push_back(std::move(use));
    }
  }
  model.rules = std::move(rules);
  model.rule_sources.assign(model.rules.size(), {});
  text::Diagnostics found;
  if (model.actions.size() >= kNoIndex) return part;
  put_in_order(model);
  part.image = generate(model, loaded, found);
  return part;
}

class Parts {
 public:
  Parts(const text::LoadedPackage& loaded, Probes& probes) : loaded_(loaded), probes_(probes) {}

  void add(const Model& model, std::span<const Probe> probes, bool own_schema) {
    if (probes.empty()) return;
    if (probes.size() <= kMostAtOnce) {
      ProbePart part = part_of(loaded_, model, probes);
      if (!part.image.empty()) {
        part.own_schema = own_schema;
        probes_.parts.push_back(std::move(part));
        return;
      }
      if (probes.size() == 1) {
        probes_.is_measured[probes.front().meaning.point] = false;
        return;
      }
    }
    add(model, probes.first(probes.size() / 2), own_schema);
    add(model, probes.subspan(probes.size() / 2), own_schema);
  }

 private:
  const text::LoadedPackage& loaded_;
  Probes& probes_;
};

class SourceProbes {
 public:
  SourceProbes(const text::LoadedPackage& loaded, const Model& model, const ProbePoints& points,
               Probes& probes)
      : loaded_(loaded), model_(model), points_(points), probes_(probes), asked_(asked_roles(model)) {}

  // All at once where there is room for so many roles, else in halves.
  void add(std::span<const ProbeSource> sources) {
    if (sources.empty() || add_together(sources)) return;
    if (sources.size() == 1) {
      probes_.is_measured[sources.front().point] = false;
      return;
    }
    add(sources.first(sources.size() / 2));
    add(sources.subspan(sources.size() / 2));
  }

 private:
  bool add_together(std::span<const ProbeSource> sources) {
    text::LoadedPackage with;
    with.sources = loaded_.sources;
    with.package = loaded_.package;
    for (text::File& file : with.package.files) {
      file.tests.clear();
      file.matrices.clear();
    }
    for (const ProbeSource& source : sources)
      for (const ProbeSource::Held& held : source.held) {
        text::File& file = with.package.files[held.file];
        text::Role role;
        role.name = {held.name, held.source.span};
        role.sources = {held.source};
        role.not_granted = true;
        role.span = held.source.span;
        (held.scope.empty() ? file.system_roles : file.scopes[held.index].roles).push_back(std::move(role));
      }
    text::Diagnostics found;
    const std::optional<Model> model = analyze(with, found);
    if (!model) return false;
    ProbeRules rules(*model, points_);
    for (const ProbeSource& source : sources)
      for (const ProbeSource::Held& held : source.held) {
        const KindIndex kind = held.scope.empty() ? kSystemKind : model->schema.find_kind(held.scope);
        const RoleIndex role = model_.schema.find_role(kind, held.role);
        std::vector<ActionIndex> actions;
        for (std::size_t action = 0; action < asked_.size(); ++action)
          if (asked_[action].contains(role)) actions.push_back(static_cast<ActionIndex>(action));
        rules.add_source(source.point, model->schema.find_role(kind, held.name), actions);
      }
    const std::vector<Probe> all = std::move(rules).take();
    Parts(with, probes_).add(*model, all, true);
    return true;
  }

  const text::LoadedPackage& loaded_;
  const Model& model_;
  const ProbePoints& points_;
  Probes& probes_;
  const std::vector<std::set<RoleIndex>> asked_;
};

}  // namespace

Probes make_probes(const text::LoadedPackage& loaded, const Model& model) {
  Probes probes;
  ProbePoints points(loaded, model);
  probes.is_measured.assign(points.size(), true);
  ProbeRules rules(model, points);
  rules.add_rules();
  const std::vector<Probe> of_rules = std::move(rules).take();
  Parts parts(loaded, probes);
  parts.add(model, of_rules, false);
  // Apart: what is asked of a role above may need what the rules do not.
  ProbeRules roles(model, points);
  roles.add_role_conditions(asked_roles(model));
  const std::vector<Probe> of_roles = std::move(roles).take();
  parts.add(model, of_roles, false);
  SourceProbes(loaded, model, points, probes).add(probe_sources(loaded.package, points));
  probes.points = std::move(points).take();
  return probes;
}

}  // namespace policyc::compiler
