// Rules as tests: who, within, when and unless; and the rules of another action
// where a condition asks whether somebody may do that.

#include <bit>

#include "lower.hpp"

namespace policyc::compiler {
namespace {

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

}  // namespace

std::size_t Lowering::KeyHash::operator()(const Key& key) const noexcept {
  std::uint64_t hash = key.what;
  for (const std::uint64_t part : {std::uint64_t{key.principal}, std::uint64_t{key.entity},
                                   std::uint64_t{key.depth}, key.kinds, key.more}) {
    hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 31;
  }
  return static_cast<std::size_t>(hash);
}

Lowering::Lowering(const Model& model, Graph& graph, text::Diagnostics& diagnostics)
    : model_(model),
      graph_(graph),
      diagnostics_(diagnostics),
      closures_(model),
      uses_of_(model.actions.size()) {
  for (std::size_t kind = 0; kind < model.schema.kinds.size(); ++kind)
    if (model.schema.kinds[kind].category == KindCategory::subject) subject_kinds_ |= bit(kind);
  for (std::uint32_t index = 0; index < model.uses.size(); ++index)
    for (const ActionIndex action : model.uses[index].actions)
      if (uses_of_[action].empty() || uses_of_[action].back() != index) uses_of_[action].push_back(index);
}

Lowering::Level::Level(Lowering& lowering) : lowering_(lowering), sound_(true) {
  ++lowering_.levels_;
  ++lowering_.steps_;
  if (lowering_.levels_ <= kMaxLoweringDepth && lowering_.steps_ <= kMaxLoweringSteps) return;
  sound_ = false;
  lowering_.refuse(text::DiagCode::action_expands_too_far, lowering_.model_.action_spans[lowering_.action_]);
}

void Lowering::refuse(text::DiagCode code, text::Span span) {
  if (refused_) return;
  refused_ = true;
  const ActionInfo& action = model_.actions[action_];
  diagnostics_.add(code, span, {model_.schema.kinds[action.kind].name + "." + action.name});
}

bool Lowering::may_loop(std::uint32_t depth, text::Span span) {
  if (depth < vm::kLoopSlots) return true;
  refuse(text::DiagCode::loops_too_deep, span);
  return false;
}

ActionTests Lowering::action(ActionIndex action) {
  action_ = action;
  steps_ = 0;
  refused_ = false;
  const Lowered subject = {kSubject, subject_kinds_};
  const Lowered resource = {kResource, bit(model_.actions[action].kind)};
  ActionTests tests;
  for (const std::uint32_t index : uses_of_[action]) {
    const RuleIndex rule = model_.uses[index].rule;
    const Node test = use(index, subject, resource, 0);
    auto& list = model_.rules[rule].effect == RuleEffect::allow ? tests.allows : tests.forbids;
    // A rule may reach an action in several ways; it is noted once.
    if (!list.empty() && list.back().rule == rule)
      list.back().test = graph_.any_of({list.back().test, test});
    else
      list.push_back({rule, test});
  }
  return tests;
}

Node Lowering::use(std::uint32_t index, const Lowered& principal, const Lowered& entity,
                   std::uint32_t depth) {
  const Level level(*this);
  if (!level) return kNever;

  const RuleUse& use = model_.uses[index];
  std::vector<Node> parts;
  std::vector<Node> ways;
  for (const Who& one : use.who) ways.push_back(who(one, principal, entity, depth));
  parts.push_back(graph_.any_of(std::move(ways)));
  if (use.within != kNoIndex && use.within != use.kind && !closures_.has_always(use.kind, use.within))
    parts.push_back(graph_.is_set(nearest(entity.node, use.kind, use.within)));
  Environment at;
  at.principal = principal;
  at.entity = entity;
  at.depth = depth;
  if (use.when) parts.push_back(test(*use.when, at));
  if (use.unless) parts.push_back(graph_.negation(test(*use.unless, at)));
  return graph_.all_of(std::move(parts));
}

// The same where `may` asks: again and again, it may be.
Node Lowering::known_use(std::uint32_t index, const Lowered& principal, const Lowered& entity,
                         std::uint32_t depth) {
  const Key key = {kKnownUse, principal.node, entity.node, depth, principal.kinds, index};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const Node result = use(index, principal, entity, depth);
  if (!refused_) known_.emplace(key, result);
  return result;
}

Node Lowering::who(const Who& who, const Lowered& principal, const Lowered& entity, std::uint32_t depth) {
  switch (who.kind) {
    case WhoKind::role: return holds(principal, who.index, entity, false, depth, Asks::whether);
    case WhoKind::subject_kind:
      if ((principal.kinds & bit(who.index)) == 0) return kNever;
      return principal.kinds == bit(who.index) ? kAlways : graph_.is_kind(principal.node, who.index);
    case WhoKind::anyone: return kAlways;
  }
  return kNever;
}

// Some allow of the action matches and no forbid does.
Node Lowering::permits(ActionIndex action, const Lowered& principal, Node entity, std::uint32_t depth) {
  const Key key = {kKnownPermits, principal.node, entity, depth, principal.kinds, action};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const Level level(*this);
  if (!level) return kNever;

  const Lowered resource = {entity, bit(model_.actions[action].kind)};
  std::vector<Node> allows;
  std::vector<Node> forbids;
  for (const std::uint32_t index : uses_of_[action]) {
    auto& list = model_.rules[model_.uses[index].rule].effect == RuleEffect::allow ? allows : forbids;
    list.push_back(known_use(index, principal, resource, depth));
  }
  const Node allowed = graph_.any_of(std::move(allows));
  const Node result = graph_.all_of({allowed, graph_.negation(graph_.any_of(std::move(forbids)))});
  known_.emplace(key, result);
  return result;
}

}  // namespace policyc::compiler
