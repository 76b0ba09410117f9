// "x holds role r at e" as a test: raw bits of the role word, and code for what no
// bit can say, conditions (`if`) and roles held on an entity that an attribute
// names (`from attr.role`).

#include <bit>

#include "lower.hpp"

namespace policyc::compiler {
namespace {

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

}  // namespace

// An entity that may be of several kinds is asked as each of them: the layout of
// the role word depends on the kind.
Node Lowering::holds(const Lowered& principal, RoleIndex role, const Lowered& entity, bool itself,
                     std::uint32_t depth, Asks asks, bool closed) {
  const bool one_kind = std::has_single_bit(entity.kinds);
  std::vector<Node> ways;
  for (std::uint64_t left = entity.kinds; left != 0; left &= left - 1) {
    const auto kind = static_cast<KindIndex>(std::countr_zero(left));
    const Node held = holds_at(principal, role, entity.node, kind, itself, depth, asks, closed);
    ways.push_back(one_kind ? held : graph_.all_of({graph_.is_kind(entity.node, kind), held}));
  }
  return graph_.any_of(std::move(ways));
}

Node Lowering::holds_at(const Lowered& principal, RoleIndex role, Node entity, KindIndex kind, bool itself,
                        std::uint32_t depth, Asks asks, bool closed) {
  const KindIndex role_kind = model_.schema.roles[role].kind;
  if (!closures_.can_be_below(kind, role_kind) || (itself && role_kind != kind)) return kNever;
  const Key key = {
      asks == Asks::whether ? kKnownHolds : kKnownHoldsTimes,
      principal.node,
      entity,
      depth,
      principal.kinds,
      (std::uint64_t{role} << 32) | (std::uint64_t{kind} << 2) | (closed ? 2U : 0U) | (itself ? 1U : 0U)};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const Level level(*this);
  if (!level) return kNever;

  const RoleClosure& closure = closures_.of(role, kind, itself);
  std::vector<Node> ways;
  if (asks == Asks::whether) {
    for (const RoleClosure::Bits& bits : closure.bits)
      ways.push_back(graph_.all_of({exist_above(entity, kind, bits.guard),
                                    graph_.role(principal.node, entity, kind, bits.mask, false)}));
    ways.push_back(graph_.role(principal.node, entity, kind, closure.bits_itself, true));
  } else {
    // Grants count here of whatever role: see lower_times.cpp.
    ways.push_back(graph_.note_windows(principal.node, entity));
  }
  const Node known = closure.derived.empty() ? kAlways : may_hold(principal.node, entity);
  for (const RoleClosure::Derived& source : closure.derived) {
    // A kind with such an attribute does not nest in itself: its roles are asked at this entity alone.
    const bool is_here = source.here || (closed && model_.schema.roles[source.role].kind == kind);
    const Node held = is_here ? derived(principal, source.role, entity, depth, asks, closed)
                              : derived_above(principal, source.role, entity, kind, depth, asks);
    ways.push_back(graph_.all_of({known, exist_above(entity, kind, source.guard), held}));
  }
  const Node result = graph_.any_of(std::move(ways));
  known_.emplace(key, result);
  return result;
}

// The snapshot has the entity, or the request describes it: whatever is there stands
// in something, at last in `system`. Only the policy's text names what may not be
// there, and the request its subject.
Node Lowering::is_there(Node entity) {
  switch (graph_[entity].kind) {
    case NodeKind::constant:
      return entity == graph_.constant(system_constant())
                 ? kAlways
                 : graph_.is_set(graph_.ancestor(entity, kSystemKind));
    case NodeKind::otherwise:
      if (is_there(graph_.operand(entity, 0)) == kAlways && is_there(graph_.operand(entity, 1)) == kAlways)
        return kAlways;
      [[fallthrough]];
    case NodeKind::subject: return graph_.is_set(graph_.ancestor(entity, kSystemKind));
    default: return kAlways;
  }
}

// Whoever is not there holds nothing, but for the one who asks: roles with `if` are
// for strangers too. At what is not there nothing is held.
Node Lowering::may_hold(Node principal, Node entity) {
  const Node asks = principal == kSubject ? kAlways : graph_.compare(NodeKind::equal, principal, kSubject);
  return graph_.all_of({is_there(entity), graph_.any_of({is_there(principal), asks})});
}

// The ancestors of all these kinds are there.
Node Lowering::exist_above(Node entity, KindIndex kind, std::uint64_t kinds) {
  std::vector<Node> tests;
  for (std::uint64_t left = kinds; left != 0; left &= left - 1)
    tests.push_back(graph_.is_set(nearest(entity, kind, static_cast<KindIndex>(std::countr_zero(left)))));
  return graph_.all_of(std::move(tests));
}

// The nearest entity of the wanted kind at or above an entity of kind `kind`.
Node Lowering::nearest(Node entity, KindIndex kind, KindIndex wanted) {
  if (kind == wanted) return entity;
  if (wanted == kSystemKind) return graph_.constant(system_constant());
  return graph_.ancestor(entity, wanted);
}

// Is the role derived in code at some entity of its kind, at or above the given one?
Node Lowering::derived_above(const Lowered& principal, RoleIndex role, Node entity, KindIndex kind,
                             std::uint32_t depth, Asks asks) {
  const KindIndex role_kind = model_.schema.roles[role].kind;
  if (!closures_.can_be_below(kind, role_kind)) return kNever;
  const Node start = nearest(entity, kind, role_kind);
  const bool is_there = kind == role_kind || closures_.has_always(kind, role_kind);
  const Node there = is_there ? kAlways : graph_.is_set(start);
  if (!model_.schema.kinds[role_kind].self_nesting)
    return graph_.all_of({there, derived(principal, role, start, depth, asks, false)});

  // In a kind that nests in itself, every one of them on the path counts.
  if (!may_loop(depth, model_.roles[role].span)) return kNever;
  const Node variable = graph_.variable(depth, {TypeKind::entity, TypeKind::boolean, false, bit(role_kind)});
  const Node held = derived(principal, role, variable, depth + 1, asks, false);
  if ((graph_[held].free & bit(depth)) == 0) return graph_.all_of({there, held});
  const Node body = graph_.all_of({graph_.is_kind(variable, role_kind), held});
  return graph_.loop(NodeKind::any_path, start, variable, body);
}

// Is the role derived in code at this entity, which is of the role's kind? An
// entity that the request describes can't vouch for anybody: what rests on its own
// attributes is not held at it. Ancestors are never described by a request.
Node Lowering::derived(const Lowered& principal, RoleIndex role, Node entity, std::uint32_t depth, Asks asks,
                       bool closed) {
  const RoleModel& source = model_.roles[role];
  const KindIndex kind = model_.schema.roles[role].kind;
  const Level level(*this);
  if (!level) return kNever;
  const NodeKind origin = graph_[entity].kind;
  const bool stands_above = origin == NodeKind::ancestor || origin == NodeKind::parent || kind == kSystemKind;
  const Node stored = stands_above ? kAlways : graph_.negation(graph_.is_inline(entity));

  std::vector<Node> ways;
  if (source.condition) {
    Environment at;
    at.principal = principal;
    at.entity = {entity, bit(kind)};
    at.depth = depth;
    const Node condition =
        asks == Asks::whether ? test(*source.condition, at) : term_times(*source.condition, at);
    ways.push_back(source.condition_reads_own ? graph_.all_of({stored, condition}) : condition);
  }
  for (const RoleModel::Through& through : source.through) {
    if (through.recursive && closed) continue;
    const Type& type = model_.schema.attributes[through.attribute].type;
    const Node named = graph_.attribute(entity, through.attribute, type);
    if (type.kind != TypeKind::set) {
      const Node held = holds(principal, through.role, {named, type.argument}, false, depth, asks);
      ways.push_back(graph_.all_of({stored, graph_.is_set(named), held}));
      continue;
    }
    if (!may_loop(depth, source.span)) return kNever;
    const Node variable = graph_.variable(depth, {type.element, TypeKind::boolean, false, type.argument});
    const Node held =
        holds(principal, through.role, {variable, type.argument}, false, depth + 1, asks, through.recursive);
    ways.push_back(graph_.all_of({stored, graph_.loop(NodeKind::any, named, variable, held)}));
  }
  return graph_.any_of(std::move(ways));
}

}  // namespace policyc::compiler
