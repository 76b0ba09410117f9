// Typed terms as nodes. A test over an absent value is false: typing has made sure
// that no such test decides anything.

#include <bit>

#include "lower.hpp"

namespace policyc::compiler {
namespace {

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

// The test of two values that a term stands for, if it is one.
[[nodiscard]] NodeKind comparison(TermKind kind) noexcept {
  switch (kind) {
    case TermKind::equal: return NodeKind::equal;
    case TermKind::less: return NodeKind::less;
    case TermKind::less_equal: return NodeKind::less_equal;
    case TermKind::in_scope: return NodeKind::in_scope;
    case TermKind::is_member: return NodeKind::is_member;
    case TermKind::contains_all: return NodeKind::contains_all;
    case TermKind::contains_any: return NodeKind::contains_any;
    case TermKind::starts_with: return NodeKind::starts_with;
    case TermKind::ends_with: return NodeKind::ends_with;
    case TermKind::matches: return NodeKind::matches;
    default: return NodeKind::never;
  }
}

[[nodiscard]] bool is_test(TermKind kind) noexcept { return kind >= TermKind::logical_not; }

}  // namespace

std::vector<Node> Lowering::tests(const Term& term, const Environment& at) {
  std::vector<Node> nodes;
  nodes.reserve(term.operands.size());
  for (const Term& operand : term.operands) nodes.push_back(test(operand, at));
  return nodes;
}

Node Lowering::test(const Term& term, const Environment& at) {
  const Level level(*this);
  if (!level) return kNever;
  switch (term.kind) {
    case TermKind::logical_not: return graph_.negation(test(term.operands[0], at));
    case TermKind::logical_and: return graph_.all_of(tests(term, at));
    case TermKind::logical_or: return graph_.any_of(tests(term, at));
    case TermKind::in: return any_element(term, at, NodeKind::equal);
    case TermKind::in_network: return any_element(term, at, NodeKind::in_network);
    case TermKind::in_members: return any_element(term, at, NodeKind::is_member);
    case TermKind::is_set: return graph_.is_set(value(term.operands[0], at).node);
    case TermKind::is_kind: return kind_test(term, at);
    case TermKind::has_role:
    case TermKind::has_role_value: return role_test(term, at, Asks::whether);
    case TermKind::may: return may(term, at);
    case TermKind::any:
    case TermKind::all:
    case TermKind::at_least: return quantifier(term, at);
    case TermKind::otherwise: return boolean_otherwise(term, at);
    default: break;
  }
  if (const NodeKind kind = comparison(term.kind); kind != NodeKind::never) {
    const Node left = value(term.operands[0], at).node;
    return graph_.compare(kind, left, value(term.operands[1], at).node);
  }
  return graph_.is_true(value(term, at).node);
}

// Membership. A set written with elements that only the request knows is no value:
// it is one test for each element.
Node Lowering::any_element(const Term& term, const Environment& at, NodeKind scalar) {
  const Node element = value(term.operands[0], at).node;
  const Term& set = term.operands[1];
  if (set.kind != TermKind::set) {
    const Node right = value(set, at).node;
    const NodeKind over_set = scalar == NodeKind::equal       ? NodeKind::in_set
                              : scalar == NodeKind::is_member ? NodeKind::in_members
                                                              : scalar;
    return graph_.compare(over_set, element, right);
  }
  std::vector<Node> ways;
  for (const Term& one : set.operands) ways.push_back(graph_.compare(scalar, element, value(one, at).node));
  return graph_.any_of(std::move(ways));
}

// "x is ROLE, …"; and "x is VALUE", one question for each role that the value may be.
Node Lowering::role_test(const Term& term, const Environment& at, Asks asks) {
  const Level level(*this);
  if (!level) return kNever;
  const bool is_value = term.kind == TermKind::has_role_value;
  const std::vector<RoleIndex>& roles =
      is_value ? model_.schema.kinds[static_cast<std::size_t>(term.operands[2].type.argument)].roles
               : term.roles;
  const Lowered principal = value(term.operands[0], at);
  const Lowered entity = value(term.operands[1], at);
  std::vector<Node> ways;
  for (const RoleIndex role : roles) {
    if (model_.schema.roles[role].is_hidden) continue;  // no text can name it
    const Node meant = is_value ? is_meant(role, term.operands[2], at) : kAlways;
    if (meant == kNever) continue;
    ways.push_back(graph_.all_of({meant, holds(principal, role, entity, term.itself, at.depth, asks)}));
  }
  if (is_value) {
    const auto kind = static_cast<KindIndex>(term.operands[2].type.argument);
    if (const OpenRoleInfo* const open = model_.schema.find_open_role(kind))
      ways.push_back(graph_.all_of({holds(principal, open->role, entity, term.itself, at.depth, asks),
                                    defined_test(term, term.operands[2], at, asks)}));
  }
  return graph_.any_of(std::move(ways));
}

// "x is VALUE" of a role that the snapshot defines. Whoever is granted one holds the open role there, and
// windows of that are windows of this: so when it may turn is asked of the open role, if there is a value.
Node Lowering::defined_test(const Term& term, const Term& value_of, const Environment& at, Asks asks) {
  const Level level(*this);
  if (!level) return kNever;
  if (value_of.kind == TermKind::set) {
    std::vector<Node> ways;
    for (const Term& one : value_of.operands) ways.push_back(defined_test(term, one, at, asks));
    return graph_.any_of(std::move(ways));
  }
  const Node role = value(value_of, at).node;
  if (asks == Asks::whether)
    return graph_.has_defined(value(term.operands[0], at).node, value(term.operands[1], at).node, role,
                              term.itself);
  if (value_of.type.kind != TypeKind::set) return graph_.is_set(role);
  const Node size = graph_.value(NodeKind::size, {role}, {TypeKind::integer, TypeKind::boolean, false, 0});
  return graph_.compare(NodeKind::less_equal, graph_.constant(integer_constant(1)), size);
}

// Is this the role that the value is, or one of a set?
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

Node Lowering::may(const Term& term, const Environment& at) {
  const auto action = static_cast<ActionIndex>(term.index);
  const KindIndex kind = model_.actions[action].kind;
  const Lowered principal = value(term.operands[0], at);
  const Lowered entity = value(term.operands[1], at);
  std::vector<Node> parts = {may_hold(principal.node, entity.node),
                             permits(action, principal, entity.node, at.depth)};
  if (entity.kinds != bit(kind)) parts.push_back(graph_.is_kind(entity.node, kind));
  // Not every rule reads the principal and the entity, so an absent one is refused here.
  if (term.operands[0].type.optional) parts.push_back(graph_.is_set(principal.node));
  if (term.operands[1].type.optional) parts.push_back(graph_.is_set(entity.node));
  return graph_.all_of(std::move(parts));
}

Node Lowering::kind_test(const Term& term, const Environment& at) {
  const Lowered entity = value(term.operands[0], at);
  if ((entity.kinds & ~term.kinds) == 0) return graph_.is_set(entity.node);
  std::vector<Node> ways;
  for (std::uint64_t left = entity.kinds & term.kinds; left != 0; left &= left - 1)
    ways.push_back(graph_.is_kind(entity.node, static_cast<KindIndex>(std::countr_zero(left))));
  return graph_.any_of(std::move(ways));
}

Node Lowering::quantifier(const Term& term, const Environment& at) {
  if (!may_loop(at.depth, term.span)) return kNever;
  const Node set = value(term.operands[0], at).node;
  Environment inside = at;
  const Node variable = enter(term, inside);
  const Node body = test(term.operands[1], inside);
  const NodeKind kind = term.kind == TermKind::any   ? NodeKind::any
                        : term.kind == TermKind::all ? NodeKind::all
                                                     : NodeKind::at_least;
  return graph_.loop(kind, set, variable, body, kind == NodeKind::at_least ? term.number : 0);
}

// The variable of a quantifier, which stands for each element in turn inside of it.
Node Lowering::enter(const Term& quantifier, Environment& at) {
  const Type& type = quantifier.operands[0].type;
  const Node variable = graph_.variable(at.depth, {type.element, TypeKind::boolean, false, type.argument});
  ++at.depth;
  at.variables.push_back({variable, type.element == TypeKind::entity ? type.argument : 0});
  return variable;
}

// A boolean that stands in for an absent one may be any test, so both sides are
// asked where they stand instead of being loaded.
Node Lowering::boolean_otherwise(const Term& term, const Environment& at) {
  const Node left = value(term.operands[0], at).node;
  const Node right = test(term.operands[1], at);
  return graph_.any_of({graph_.is_true(left), graph_.all_of({graph_.negation(graph_.is_set(left)), right})});
}

// Narrowing by a guard is in the term; what the environment knows is in the value.
Lowered Lowering::value(const Term& term, const Environment& at) {
  const Level level(*this);
  if (!level) return {};
  const auto narrowed = [&](Lowered lowered) {
    if (term.kinds != 0) lowered.kinds &= term.kinds;
    return lowered;
  };
  const auto binary = [&](NodeKind kind) {
    const Lowered left = value(term.operands[0], at);
    const Lowered right = value(term.operands[1], at);
    Type type = term.type;
    type.optional = false;
    const std::uint64_t kinds = type.kind == TypeKind::entity ? left.kinds | right.kinds : 0;
    return narrowed({graph_.value(kind, {left.node, right.node}, type), kinds});
  };
  const std::uint64_t declared = term.type.kind == TypeKind::entity ? term.type.argument : 0;
  switch (term.kind) {
    case TermKind::subject: return narrowed(at.principal);
    case TermKind::resource: return narrowed(at.entity);
    case TermKind::ancestor: {
      const auto kind = static_cast<KindIndex>(term.index);
      const Lowered from = value(term.operands[0], at);
      if (from.kinds == bit(kind)) return from;
      if (kind == kSystemKind) return {graph_.constant(system_constant()), bit(kind)};
      return {graph_.ancestor(from.node, kind), bit(kind)};
    }
    case TermKind::parent:
      return {graph_.parent(value(term.operands[0], at).node), term.kinds != 0 ? term.kinds : declared};
    case TermKind::attribute: return narrowed(attribute(term, at));
    case TermKind::parameter:
      return narrowed({graph_.parameter(static_cast<std::uint16_t>(term.index), term.type), declared});
    case TermKind::context:
      return narrowed({graph_.context(static_cast<std::uint16_t>(term.index), term.type), declared});
    case TermKind::now: return {graph_.now(), 0};
    case TermKind::constant: return narrowed({graph_.constant({term.type, term.constant}), declared});
    case TermKind::variable: return narrowed(at.variables[term.index]);
    case TermKind::size: {
      const Node set = value(term.operands[0], at).node;
      return {graph_.value(NodeKind::size, {set}, {TypeKind::integer, TypeKind::boolean, false, 0}), 0};
    }
    case TermKind::add: return binary(NodeKind::add);
    case TermKind::subtract: return binary(NodeKind::subtract);
    case TermKind::otherwise:
      if (term.type.kind == TypeKind::boolean) return {graph_.truth(boolean_otherwise(term, at)), 0};
      return binary(NodeKind::otherwise);
    default: return {graph_.truth(is_test(term.kind) ? test(term, at) : kNever), 0};
  }
}

// An entity of several kinds has the attribute of each of them: reading one of
// another kind finds nothing, so they stand in for each other.
Lowered Lowering::attribute(const Term& term, const Environment& at) {
  const Schema& schema = model_.schema;
  const auto index = static_cast<AttributeIndex>(term.index);
  const AttributeInfo& info = schema.attributes[index];
  const Lowered entity = value(term.operands[0], at);
  const auto kinds_of = [](const Type& type) { return type.kind == TypeKind::entity ? type.argument : 0; };
  Node node = graph_.attribute(entity.node, index, info.type);
  std::uint64_t kinds = kinds_of(info.type);
  for (std::uint64_t left = entity.kinds & ~bit(info.kind); left != 0; left &= left - 1) {
    const AttributeIndex other =
        schema.find_attribute(static_cast<KindIndex>(std::countr_zero(left)), info.name);
    if (other == kNoIndex || schema.attributes[other].type.kind != info.type.kind) continue;
    Type type = info.type;
    type.optional = false;
    const Node more = graph_.attribute(entity.node, other, schema.attributes[other].type);
    node = graph_.value(NodeKind::otherwise, {node, more}, type);
    kinds |= kinds_of(schema.attributes[other].type);
  }
  return {node, kinds};
}

}  // namespace policyc::compiler
