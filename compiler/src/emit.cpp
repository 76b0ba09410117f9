// The code of tests: two ways out of each, short-circuit, cheapest first.

#include "emit.hpp"

#include <algorithm>

namespace policyc::compiler {

using vm::Op;

EmittedRun Emitter::finish() {
  EmittedRun run;
  run.too_long = out_.is_too_long();
  run.out_of_registers = out_.ran_out_of_registers();
  run.range = out_.finish();
  run.loops = std::move(loops_);
  loops_.clear();
  return run;
}

EmittedRun Emitter::decide(const Decide& tests, RuleIndex a_forbid, RuleIndex an_allow) {
  out_.begin();
  const auto decide_by = [&](Node node, Op op, RuleIndex rule) {
    if (node == kNever) return;
    const Label yes = out_.label();
    const Label no = out_.label();
    test(node, yes, no, yes);
    out_.bind(yes);
    out_.stop(op, rule);
    out_.bind(no);
  };
  decide_by(tests.forbidden, Op::forbid, a_forbid);
  decide_by(tests.allowed, Op::allow, an_allow);
  out_.stop(Op::deny, 0);
  return finish();
}

EmittedRun Emitter::reasons(const ActionTests& tests) {
  out_.begin();
  const auto note = [&](const RuleTest& rule, Op op) {
    const Label yes = out_.label();
    const Label no = out_.label();
    test(rule.test, yes, no, yes);
    out_.bind(yes);
    out_.instruction(op, 0, 0, rule.rule);
    out_.bind(no);
  };
  for (const RuleTest& rule : tests.forbids)
    if (rule.test != kNever) note(rule, Op::forbid);
  for (const RuleTest& rule : tests.allows)
    if (rule.test != kNever) note(rule, Op::allow);
  out_.stop(Op::deny, 0);
  return finish();
}

EmittedRun Emitter::times(Node noting) {
  out_.begin();
  const Label done = out_.label();
  test(noting, done, done, done);
  out_.bind(done);
  out_.stop(Op::deny, 0);
  return finish();
}

void Emitter::go(Label target, Label next) {
  if (target != next) out_.jump(target);
}

void Emitter::ask(Op op, Register a, Register b, std::uint16_t c, Label yes, Label no, Label next) {
  if (next == yes) {
    out_.branch(op, a, b, c, false, no);
    return;
  }
  out_.branch(op, a, b, c, true, yes);
  go(no, next);
}

void Emitter::test(Node node, Label yes, Label no, Label next) {
  if (!out_.reachable() || out_.is_too_long()) return;
  const NodeInfo& info = graph_[node];
  const auto two = [&](Op op) {
    const auto [a, b] = values(graph_.operand(node, 0), graph_.operand(node, 1), no);
    ask(op, a, b, 0, yes, no, next);
  };
  const auto one = [&](Op op, std::uint16_t c) {
    const Register a = value(graph_.operand(node, 0), no);
    ask(op, a, 0, c, yes, no, next);
  };
  const auto type_of = [&](std::size_t operand) { return graph_[graph_.operand(node, operand)].type; };
  switch (info.kind) {
    case NodeKind::never: return go(no, next);
    case NodeKind::always: return go(yes, next);
    case NodeKind::negation: return test(graph_.operand(node, 0), no, yes, next);
    case NodeKind::conjunction:
    case NodeKind::disjunction: return chain(node, yes, no, next);
    case NodeKind::role: return role(node, yes, no, next);
    case NodeKind::has_defined: return has_defined(node, yes, no, next);
    case NodeKind::is_set: return is_set(node, yes, no, next);
    case NodeKind::any:
    case NodeKind::all:
    case NodeKind::at_least:
    case NodeKind::any_path: return loop(node, yes, no, next);
    case NodeKind::note_windows: {
      const auto [principal, entity] = values(graph_.operand(node, 0), graph_.operand(node, 1), no);
      out_.instruction(Op::note_windows, principal, entity, 0);
      return go(no, next);
    }
    case NodeKind::note_instant:
      out_.instruction(Op::note_instant, value(graph_.operand(node, 0), no), 0, 0);
      return go(no, next);
    case NodeKind::is_true: return one(Op::is_true, 0);
    case NodeKind::is_kind: return one(Op::is_kind, info.index);
    case NodeKind::is_inline: return one(Op::is_inline, 0);
    case NodeKind::equal: {
      const TypeKind type = type_of(0).kind;
      return two(type == TypeKind::string ? Op::equal_string
                 : type == TypeKind::ip   ? Op::equal_ip
                                          : Op::equal);
    }
    case NodeKind::less: return two(Op::less);
    case NodeKind::less_equal: return two(Op::less_equal);
    case NodeKind::in_set: return two(Op::in_set);
    case NodeKind::in_network: return two(type_of(1).kind == TypeKind::set ? Op::in_cidr_set : Op::in_cidr);
    case NodeKind::in_scope: return two(Op::in_subtree);
    case NodeKind::in_members: return two(Op::is_among);
    case NodeKind::is_member: return two(Op::is_member);
    case NodeKind::contains_all: return two(Op::contains_all);
    case NodeKind::contains_any: return two(Op::contains_any);
    case NodeKind::starts_with: return two(Op::starts_with);
    case NodeKind::ends_with: return two(Op::ends_with);
    case NodeKind::matches: return two(Op::matches);
    default: return one(Op::is_true, 0);  // a value is asked by is_true alone
  }
}

// All of, or some of: each operand leads on to the next one, or out.
void Emitter::chain(Node node, Label yes, Label no, Label next) {
  const bool all = graph_[node].kind == NodeKind::conjunction;
  std::vector<Node> order(graph_.operands(node).begin(), graph_.operands(node).end());
  std::stable_sort(order.begin(), order.end(),
                   [&](Node a, Node b) { return graph_[a].weight < graph_[b].weight; });
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    const Label then = out_.label();
    test(order[i], all ? then : yes, all ? no : then, then);
    out_.bind(then);
  }
  test(order.back(), yes, no, next);
}

void Emitter::role(Node node, Label yes, Label no, Label next) {
  const NodeInfo& info = graph_[node];
  const WordKey key = {graph_.operand(node, 0), graph_.operand(node, 1), info.itself};
  std::optional<Register> word = out_.find_word(key);
  if (!word) {
    const auto [principal, entity] = values(key.principal, key.entity, no);
    word = out_.allocate_word();
    out_.instruction(info.itself ? Op::roles_itself : Op::roles, *word, principal, entity);
    out_.remember_word(*word, key);
  }
  const auto mask = static_cast<std::uint16_t>(masks_.number_of(graph_.mask(info.data)));
  ask(Op::has_roles, *word, 0, mask, yes, no, next);
}

void Emitter::has_defined(Node node, Label yes, Label no, Label next) {
  const NodeInfo& info = graph_[node];
  const bool is_set = graph_[graph_.operand(node, 2)].type.kind == TypeKind::set;
  const Register role = value(graph_.operand(node, 2), no);
  out_.hold(role);
  const auto [principal, entity] = values(graph_.operand(node, 0), graph_.operand(node, 1), no);
  out_.release(role);
  const Op of_one = info.itself ? Op::has_defined_itself : Op::has_defined;
  const Op of_set = info.itself ? Op::has_any_defined_itself : Op::has_any_defined;
  ask(is_set ? of_set : of_one, principal, entity, role, yes, no, next);
}

// A value that is cached is known to be there. Inside a loop it is loaded all the
// same: the code of a body must be able to reach its end whatever it is known.
void Emitter::is_set(Node node, Label yes, Label no, Label next) {
  const Node operand = graph_.operand(node, 0);
  if (out_.depth() == 0) {
    (void)value(operand, no);
  } else {
    const Register reg = load(operand, no);
    out_.remember(reg, operand);
  }
  go(yes, next);
}

void Emitter::loop(Node node, Label yes, Label no, Label next) {
  const NodeInfo& info = graph_[node];
  const Node variable = graph_.operand(node, 1);
  const Node body = graph_.operand(node, 2);
  const Register range = value(graph_.operand(node, 0), no);
  out_.hold(range);
  Register count = 0;
  Register wanted = 0;
  if (info.kind == NodeKind::at_least) {
    wanted = constant(integer_constant(info.number));
    out_.hold(wanted);
    count = constant(integer_constant(0));
    out_.hold(count);
  }
  const Register element = out_.allocate();
  out_.hold(element);

  const auto slot = static_cast<std::uint16_t>(out_.depth());
  const bool is_path = info.kind == NodeKind::any_path;
  out_.enter_loop();
  if (out_.reachable())
    loops_.push_back({static_cast<std::uint32_t>(out_.position()), graph_.operand(node, 0), is_path});
  const Label round = out_.label();
  out_.branch(is_path ? Op::each_path : Op::each_set, element, range, slot, false,
              info.kind == NodeKind::all ? yes : no);
  out_.remember(element, variable);
  if (info.kind == NodeKind::all) {
    test(body, round, no, round);
  } else if (info.kind == NodeKind::at_least) {
    const Label one_more = out_.label();
    test(body, one_more, round, one_more);
    out_.bind(one_more);
    out_.instruction(Op::increment, count, 0, 0);
    out_.branch(Op::less_equal, wanted, count, 0, true, yes);
  } else {
    test(body, yes, round, round);
  }
  out_.bind(round);
  out_.stop(Op::end, slot);
  out_.leave_loop();
  out_.release(element);
  if (info.kind == NodeKind::at_least) {
    out_.release(count);
    out_.release(wanted);
  }
  out_.release(range);
  (void)next;  // nothing falls out of a loop
}

}  // namespace policyc::compiler
