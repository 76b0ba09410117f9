// When a decision turns by the passing of time alone: the tests of the time in an
// action's rules, and whom they ask about whose grants may have a window.
//
// What counts is fixed by the text of the rules, without short-circuit: so that a
// request without `now` is refused whatever is decided first, and `valid_until`
// doesn't depend on how a policy is compiled. Only what guards a question by there
// being nobody to ask about, or nothing to ask at, is kept. The result is a test
// that joins what is to be noted by "or" and is never true.

#include <bit>

#include "lower.hpp"

namespace policyc::compiler {
namespace {

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

// `now`, or `now` moved by something: what a test of the time has on one side.
[[nodiscard]] bool has_now(const Term& term) noexcept {
  if (term.kind == TermKind::now) return true;
  return (term.kind == TermKind::add || term.kind == TermKind::subtract) &&
         (has_now(term.operands[0]) || has_now(term.operands[1]));
}

[[nodiscard]] bool compares(TermKind kind) noexcept {
  return kind == TermKind::equal || kind == TermKind::less || kind == TermKind::less_equal;
}

// Times and durations: of a time and a duration a time, of two alike a duration.
[[nodiscard]] Type sum_type(const Type& a, const Type& b) noexcept {
  return {a.kind == b.kind ? TypeKind::duration : TypeKind::time, TypeKind::boolean, false, 0};
}

}  // namespace

Node Lowering::times(ActionIndex action) {
  action_ = action;
  steps_ = 0;
  if (refused_) return kNever;
  const Lowered subject = {kSubject, subject_kinds_};
  const Lowered resource = {kResource, bit(model_.actions[action].kind)};
  std::vector<Node> all;
  for (const std::uint32_t index : uses_of_[action]) all.push_back(use_times(index, subject, resource, 0));
  return graph_.any_of(std::move(all));
}

Node Lowering::use_times(std::uint32_t index, const Lowered& principal, const Lowered& entity,
                         std::uint32_t depth) {
  const Key key = {kKnownUseTimes, principal.node, entity.node, depth, principal.kinds, index};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const Level level(*this);
  if (!level) return kNever;

  const RuleUse& use = model_.uses[index];
  Environment at;
  at.principal = principal;
  at.entity = entity;
  at.depth = depth;
  std::vector<Node> all;
  for (const Who& who : use.who)
    if (who.kind == WhoKind::role)
      all.push_back(holds(principal, who.index, entity, false, depth, Asks::when));
  if (use.when) all.push_back(term_times(*use.when, at));
  if (use.unless) all.push_back(term_times(*use.unless, at));
  std::vector<Node> guarded = {graph_.any_of(std::move(all))};
  if (use.within != kNoIndex && use.within != use.kind && !closures_.has_always(use.kind, use.within))
    guarded.push_back(graph_.is_set(nearest(entity.node, use.kind, use.within)));
  const Node result = graph_.all_of(std::move(guarded));
  if (!refused_) known_.emplace(key, result);
  return result;
}

Node Lowering::term_times(const Term& term, const Environment& at) {
  const Level level(*this);
  if (!level) return kNever;
  switch (term.kind) {
    case TermKind::any:
    case TermKind::all:
    case TermKind::at_least: return loop_times(term, at);
    case TermKind::may: return may_times(term, at);
    default: break;
  }
  std::vector<Node> all;
  for (const Term& operand : term.operands) all.push_back(term_times(operand, at));
  if (compares(term.kind) && (has_now(term.operands[0]) || has_now(term.operands[1])))
    all.push_back(turns_at(term, at));
  if (term.kind == TermKind::has_role || term.kind == TermKind::has_role_value)
    all.push_back(graph_.all_of({are_set(value(term.operands[0], at), value(term.operands[1], at)),
                                 role_test(term, at, Asks::when)}));
  return graph_.any_of(std::move(all));
}

Node Lowering::loop_times(const Term& term, const Environment& at) {
  if (!may_loop(at.depth, term.span)) return kNever;
  const Node set = value(term.operands[0], at).node;
  Environment inside = at;
  const Node variable = enter(term, inside);
  const Node body = term_times(term.operands[1], inside);
  return graph_.any_of({term_times(term.operands[0], at), graph_.loop(NodeKind::any, set, variable, body)});
}

Node Lowering::may_times(const Term& term, const Environment& at) {
  const auto action = static_cast<ActionIndex>(term.index);
  const KindIndex kind = model_.actions[action].kind;
  const Lowered principal = value(term.operands[0], at);
  const Lowered entity = value(term.operands[1], at);
  std::vector<Node> all;
  for (const std::uint32_t index : uses_of_[action])
    all.push_back(use_times(index, principal, {entity.node, bit(kind)}, at.depth));
  std::vector<Node> guarded = {may_hold(principal.node, entity.node), graph_.any_of(std::move(all))};
  if (entity.kinds != bit(kind)) guarded.push_back(graph_.is_kind(entity.node, kind));
  guarded.push_back(are_set(principal, entity));
  return graph_.any_of({term_times(term.operands[0], at), term_times(term.operands[1], at),
                        graph_.all_of(std::move(guarded))});
}

// What a guard makes sure of where something is decided is asked here.
Node Lowering::are_set(const Lowered& principal, const Lowered& entity) {
  return graph_.all_of({graph_.is_set(principal.node), graph_.is_set(entity.node)});
}

// Solved for `now`: `now + d < t` turns at t - d, `now <= t` right after t. What is
// equal at one instant turns twice.
Node Lowering::turns_at(const Term& term, const Environment& at) {
  const bool on_left = has_now(term.operands[0]);
  const Term* side = &term.operands[on_left ? 0 : 1];
  Node instant = value(term.operands[on_left ? 1 : 0], at).node;
  bool rises = on_left;  // what is compared with it grows as time passes, or seen from the other side
  const auto moved = [&](NodeKind kind, Node left, Node right) {
    return graph_.value(kind, {left, right}, sum_type(graph_[left].type, graph_[right].type));
  };
  while (side->kind != TermKind::now) {
    const bool first = has_now(side->operands[0]);
    const Node other = value(side->operands[first ? 1 : 0], at).node;
    if (side->kind == TermKind::add) {
      instant = moved(NodeKind::subtract, instant, other);
    } else if (first) {
      instant = moved(NodeKind::add, instant, other);
    } else {
      instant = moved(NodeKind::subtract, other, instant);
      rises = !rises;
    }
    side = &side->operands[first ? 0 : 1];
  }
  const Node one = graph_.constant(duration_constant(1));
  const Node after = moved(NodeKind::add, instant, one);
  if (term.kind == TermKind::equal)
    return graph_.any_of({graph_.note_instant(instant), graph_.note_instant(after)});
  const bool is_after = (term.kind == TermKind::less_equal) == rises;
  return graph_.note_instant(is_after ? after : instant);
}

}  // namespace policyc::compiler
