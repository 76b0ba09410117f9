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
    if (who.kind == WhoKind::role) all.push_back(role_times(principal, who.index, entity, false, depth));
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
  if (term.kind == TermKind::has_role || term.kind == TermKind::has_role_value) {
    // A value may be any role of its scope; asked is the one that it is.
    const std::vector<RoleIndex>& roles =
        term.kind == TermKind::has_role
            ? term.roles
            : model_.schema.kinds[static_cast<std::size_t>(term.operands[2].type.argument)].roles;
    const Lowered principal = value(term.operands[0], at);
    const Lowered entity = value(term.operands[1], at);
    std::vector<Node> noted;
    for (const RoleIndex role : roles) {
      if (model_.schema.roles[role].is_hidden) continue;  // no text can name it
      const Node meant = term.kind == TermKind::has_role ? kAlways : is_meant(role, term.operands[2], at);
      noted.push_back(graph_.all_of({meant, role_times(principal, role, entity, term.itself, at.depth)}));
    }
    all.push_back(graph_.all_of({are_set(principal, entity), graph_.any_of(std::move(noted))}));
  }
  return graph_.any_of(std::move(all));
}

Node Lowering::loop_times(const Term& term, const Environment& at) {
  if (!may_loop(at.depth, term.span)) return kNever;
  const Node set = value(term.operands[0], at).node;
  const Type& type = term.operands[0].type;
  const Node variable = graph_.variable(at.depth, {type.element, TypeKind::boolean, false, type.argument});
  Environment inside = at;
  ++inside.depth;
  inside.variables.push_back({variable, type.element == TypeKind::entity ? type.argument : 0});
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

// Is this the role that the value names, or one of a set?
Node Lowering::is_meant(RoleIndex role, const Term& value_of, const Environment& at) {
  if (value_of.kind == TermKind::set) {
    std::vector<Node> ways;
    for (const Term& one : value_of.operands) ways.push_back(is_meant(role, one, at));
    return graph_.any_of(std::move(ways));
  }
  const Node named = graph_.constant(role_constant(model_.schema, role));
  const NodeKind kind = value_of.type.kind == TypeKind::set ? NodeKind::in_set : NodeKind::equal;
  return graph_.compare(kind, named, value(value_of, at).node);
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

Node Lowering::role_times(const Lowered& principal, RoleIndex role, const Lowered& entity, bool itself,
                          std::uint32_t depth, bool closed) {
  const bool one_kind = std::has_single_bit(entity.kinds);
  std::vector<Node> all;
  for (std::uint64_t left = entity.kinds; left != 0; left &= left - 1) {
    const auto kind = static_cast<KindIndex>(std::countr_zero(left));
    const Node noted = role_times_at(principal, role, entity.node, kind, itself, depth, closed);
    all.push_back(one_kind ? noted : graph_.all_of({graph_.is_kind(entity.node, kind), noted}));
  }
  return graph_.any_of(std::move(all));
}

// Every grant to the principal, of whatever role, at the entity and above; and what
// the sources in code ask that the role is held by.
Node Lowering::role_times_at(const Lowered& principal, RoleIndex role, Node entity, KindIndex kind,
                             bool itself, std::uint32_t depth, bool closed) {
  const KindIndex role_kind = model_.schema.roles[role].kind;
  if (!closures_.can_be_below(kind, role_kind) || (itself && role_kind != kind)) return kNever;
  const Key key = {
      kKnownRoleTimes,
      principal.node,
      entity,
      depth,
      principal.kinds,
      (std::uint64_t{role} << 32) | (std::uint64_t{kind} << 2) | (closed ? 2U : 0U) | (itself ? 1U : 0U)};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const Level level(*this);
  if (!level) return kNever;

  std::vector<Node> all = {graph_.note_windows(principal.node, entity)};
  const RoleClosure& closure = closures_.of(role, kind, itself);
  const Node known = closure.derived.empty() ? kAlways : may_hold(principal.node, entity);
  for (const RoleClosure::Derived& source : closure.derived) {
    const bool is_here = source.here || (closed && model_.schema.roles[source.role].kind == kind);
    const Node noted = is_here ? source_times(principal, source.role, entity, depth, closed)
                               : source_times_above(principal, source.role, entity, kind, depth);
    all.push_back(graph_.all_of({known, exist_above(entity, kind, source.guard), noted}));
  }
  const Node result = graph_.any_of(std::move(all));
  known_.emplace(key, result);
  return result;
}

Node Lowering::source_times_above(const Lowered& principal, RoleIndex role, Node entity, KindIndex kind,
                                  std::uint32_t depth) {
  const KindIndex role_kind = model_.schema.roles[role].kind;
  if (!closures_.can_be_below(kind, role_kind)) return kNever;
  const Node start = nearest(entity, kind, role_kind);
  const bool is_there = kind == role_kind || closures_.has_always(kind, role_kind);
  const Node there = is_there ? kAlways : graph_.is_set(start);
  if (!model_.schema.kinds[role_kind].self_nesting)
    return graph_.all_of({there, source_times(principal, role, start, depth, false)});
  if (!may_loop(depth, model_.roles[role].span)) return kNever;
  const Node variable = graph_.variable(depth, {TypeKind::entity, TypeKind::boolean, false, bit(role_kind)});
  const Node noted = source_times(principal, role, variable, depth + 1, false);
  if ((graph_[noted].free & bit(depth)) == 0) return graph_.all_of({there, noted});
  const Node body = graph_.all_of({graph_.is_kind(variable, role_kind), noted});
  return graph_.loop(NodeKind::any_path, start, variable, body);
}

Node Lowering::source_times(const Lowered& principal, RoleIndex role, Node entity, std::uint32_t depth,
                            bool closed) {
  const RoleModel& source = model_.roles[role];
  const KindIndex kind = model_.schema.roles[role].kind;
  const Level level(*this);
  if (!level) return kNever;
  const NodeKind origin = graph_[entity].kind;
  const bool stands_above = origin == NodeKind::ancestor || origin == NodeKind::parent || kind == kSystemKind;
  const Node stored = stands_above ? kAlways : graph_.negation(graph_.is_inline(entity));

  std::vector<Node> all;
  if (source.condition) {
    Environment at;
    at.principal = principal;
    at.entity = {entity, bit(kind)};
    at.depth = depth;
    const Node noted = term_times(*source.condition, at);
    all.push_back(source.condition_reads_own ? graph_.all_of({stored, noted}) : noted);
  }
  for (const RoleModel::Through& through : source.through) {
    if (through.recursive && closed) continue;
    const Type& type = model_.schema.attributes[through.attribute].type;
    const Node named = graph_.attribute(entity, through.attribute, type);
    if (type.kind != TypeKind::set) {
      const Node noted = role_times(principal, through.role, {named, type.argument}, false, depth);
      all.push_back(graph_.all_of({stored, graph_.is_set(named), noted}));
      continue;
    }
    if (!may_loop(depth, source.span)) return kNever;
    const Node variable = graph_.variable(depth, {type.element, TypeKind::boolean, false, type.argument});
    const Node noted =
        role_times(principal, through.role, {variable, type.argument}, false, depth + 1, through.recursive);
    all.push_back(graph_.all_of({stored, graph_.loop(NodeKind::any, named, variable, noted)}));
  }
  return graph_.any_of(std::move(all));
}

}  // namespace policyc::compiler
