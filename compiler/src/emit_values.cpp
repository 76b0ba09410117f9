// The code of values: loaded once on a way, kept in a register for as long as one
// is free.

#include "emit.hpp"

namespace policyc::compiler {

using vm::Op;

Register Emitter::remembered(Register reg, Node node) {
  out_.remember(reg, node);
  return reg;
}

Register Emitter::value(Node node, Label absent) {
  if (const auto cached = out_.find(node)) return *cached;
  return remembered(load(node, absent), node);
}

// The heavier one first: it needs more registers, and nothing is held meanwhile.
std::pair<Register, Register> Emitter::values(Node left, Node right, Label absent) {
  const bool left_first = graph_[left].weight >= graph_[right].weight;
  const Register first = value(left_first ? left : right, absent);
  out_.hold(first);
  const Register second = value(left_first ? right : left, absent);
  out_.release(first);
  return left_first ? std::pair(first, second) : std::pair(second, first);
}

Register Emitter::constant(const vm::Constant& constant) {
  const Register reg = out_.allocate();
  out_.instruction(Op::load_constant, reg, 0, static_cast<std::uint16_t>(constants_.number_of(constant)));
  return reg;
}

Register Emitter::load(Node node, Label absent) {
  const NodeInfo& info = graph_[node];
  const auto of_entity = [&](Op op) {
    const Register entity = value(graph_.operand(node, 0), absent);
    const Register reg = out_.allocate();
    out_.branch(op, reg, entity, info.index, false, absent);
    return reg;
  };
  const auto of_request = [&](Op op) {
    const Register reg = out_.allocate();
    out_.branch(op, reg, 0, info.index, false, absent);
    return reg;
  };
  const auto arithmetic = [&](Op op) {
    const auto [left, right] = values(graph_.operand(node, 0), graph_.operand(node, 1), absent);
    const Register reg = out_.allocate();
    out_.instruction(op, reg, left, right);
    return reg;
  };
  switch (info.kind) {
    case NodeKind::ancestor: return of_entity(Op::ancestor);
    case NodeKind::parent: return of_entity(Op::parent);
    case NodeKind::attribute: return of_entity(Op::load_attribute);
    case NodeKind::parameter: return of_request(Op::load_parameter);
    case NodeKind::context: return of_request(Op::load_context);
    case NodeKind::now: {
      const Register reg = out_.allocate();
      out_.instruction(Op::load_now, reg, 0, 0);
      return reg;
    }
    case NodeKind::constant: return constant(graph_.constant_of(node));
    case NodeKind::size: {
      const Register set = value(graph_.operand(node, 0), absent);
      const Register reg = out_.allocate();
      out_.instruction(Op::size, reg, set, 0);
      return reg;
    }
    case NodeKind::add: return arithmetic(Op::add);
    case NodeKind::subtract: return arithmetic(Op::subtract);
    case NodeKind::otherwise: return otherwise(node, absent);
    case NodeKind::truth: return truth(graph_.operand(node, 0));
    default: return value(node, absent);  // subject, resource and variables are always in a register
  }
}

Register Emitter::otherwise(Node node, Label absent) {
  const Register result = out_.allocate();
  out_.hold(result);
  const Label instead = out_.label();
  const Label done = out_.label();
  const Register left = value(graph_.operand(node, 0), instead);
  out_.instruction(Op::move, result, left, 0);
  out_.remember(result, node);
  if (out_.reachable()) out_.jump(done);
  out_.bind(instead);
  const Register right = value(graph_.operand(node, 1), absent);
  out_.instruction(Op::move, result, right, 0);
  out_.remember(result, node);
  out_.bind(done);
  out_.release(result);
  return result;
}

Register Emitter::truth(Node node) {
  const Register result = out_.allocate();
  out_.hold(result);
  const Label yes = out_.label();
  const Label no = out_.label();
  const Label done = out_.label();
  test(node, yes, no, yes);
  for (const bool outcome : {true, false}) {
    out_.bind(outcome ? yes : no);
    const auto number = static_cast<std::uint16_t>(constants_.number_of(boolean_constant(outcome)));
    out_.instruction(Op::load_constant, result, 0, number);
    if (outcome && out_.reachable()) out_.jump(done);
  }
  out_.bind(done);
  out_.release(result);
  return result;
}

}  // namespace policyc::compiler
