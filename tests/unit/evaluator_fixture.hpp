#pragma once

// Hand-assembled programs run over small snapshots. Every program is run by both
// forms of the dispatch loop, and must give the same with both.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "interpreter.hpp"
#include "policyc/evaluator.hpp"
#include "program_index.hpp"
#include "request_resolver.hpp"
#include "unit/snapshot_fixture.hpp"
#include "unit/vm_fixture.hpp"

namespace policyc::vm {

// The dispatch loop as a switch: interpreter_switch.cpp.
Outcome run_decide_by_switch(const Evaluation& evaluation) noexcept;
std::vector<RuleIndex> run_reasons_by_switch(const Evaluation& evaluation);

}  // namespace policyc::vm

namespace policyc::vm::testing {

inline std::shared_ptr<const Program> program_of(const ProgramParts& parts) {
  auto loaded = Program::load(write_program(parts), Trust::unsigned_local());
  EXPECT_TRUE(loaded) << loaded.error().message;
  if (!loaded) std::abort();
  return std::make_shared<const Program>(std::move(*loaded));
}

inline Evaluator evaluator_of(const ProgramParts& parts, const FactList& facts = small_facts()) {
  auto made = Evaluator::create(program_of(parts),
                                std::make_shared<const Snapshot>(snapshot_of(facts, parts.schema)));
  EXPECT_TRUE(made) << made.error().message;
  if (!made) std::abort();
  return std::move(*made);
}

// A request that task.act be decided for ann at t1, unless said otherwise.
inline Request request() { return {.subject = "user:ann", .action = "task.act", .resource = "task:t1"}; }

// Decides by the product's loop and by the switch, and compares.
inline Decision decide_both_ways(const Evaluator& evaluator, const Request& asked) {
  const Decision decision = evaluator.decide(asked);
  const Linked linked(std::shared_ptr<const Program>(std::shared_ptr<void>(), &evaluator.program()),
                      std::shared_ptr<const Snapshot>(std::shared_ptr<void>(), &evaluator.snapshot()));
  const auto room = std::make_unique<RequestRoom>();
  Evaluation evaluation(linked);
  if (resolve(asked, *room, evaluation).code != ErrorCode::none) {
    EXPECT_EQ(decision.why, Why::error);
    return decision;
  }
  const Outcome outcome = run_decide_by_switch(evaluation);
  EXPECT_NE(outcome, Outcome::broken);
  EXPECT_EQ(outcome, run_decide(evaluation));  // where roles settle it, the evaluator hasn't run the code
  EXPECT_EQ(outcome == Outcome::allowed, decision.allowed());
  EXPECT_EQ(outcome == Outcome::deny_by_default, decision.why == Why::default_deny);
  EXPECT_EQ(run_reasons_by_switch(evaluation), evaluator.reasons(asked));
  return decision;
}

// One test instruction at work: loads into registers, then the test.
class TestBench {
 public:
  explicit TestBench(FactList facts = small_facts()) : facts_(std::move(facts)), parts_(parts()) {
    parts_.context = {{"ip", optional(kIp), std::nullopt}, {"channel", kString, text("ui")}};
    action_.parameters = {{"who", optional(kUserType), std::nullopt},
                          {"who_all", optional(set_of(kUserType)), std::nullopt},
                          {"words", optional(set_of(kString)), std::nullopt},
                          {"count", optional(kInt), std::nullopt},
                          {"anything", optional(kAnyEntity), std::nullopt},
                          {"addresses", optional(set_of(kIp)), std::nullopt}};
    action_.needs_now = true;
    asked = request();
    asked.now = 77;
  }

  // What the registers are loaded with, in the order of the calls, from r2 on. A
  // value that is absent denies.
  std::uint8_t constant(Type type, DefaultValue value) {
    parts_.constants.push_back({type, std::move(value)});
    code_.op(Op::load_constant, next_, 0, static_cast<std::uint16_t>(parts_.constants.size() - 1));
    return next_++;
  }
  std::uint8_t attribute(AttributeIndex index, std::uint8_t of) {
    return load(Op::load_attribute, of, index);
  }
  std::uint8_t parameter(std::uint16_t index) { return load(Op::load_parameter, 0, index); }
  std::uint8_t context(std::uint16_t index) { return load(Op::load_context, 0, index); }
  std::uint8_t load(Op op, std::uint8_t b, std::uint16_t c) {
    code_.jump(absent_, op, next_, b, c);
    return next_++;
  }
  std::uint8_t plain(Op op, std::uint8_t b = 0, std::uint16_t c = 0) {
    code_.op(op, next_, b, c);
    return next_++;
  }
  Assembler& code() { return code_; }
  ProgramParts& program() { return parts_; }

  // The outcome of a test: the same program is run with both senses of it.
  bool holds(Op op, std::uint8_t a, std::uint8_t b = 0, std::uint16_t c = 0) {
    const bool jumped = run(op, a, b, c, true) == Effect::allow;
    const bool went_on = run(op, a, b, c, false) == Effect::deny;
    EXPECT_EQ(jumped, went_on) << "the two senses of " << find_op(static_cast<std::uint8_t>(op))->name;
    return jumped;
  }

  // Whether all loads found their values.
  bool loaded() {
    Assembler code = code_;
    ProgramParts whole = parts_;
    code.op(Op::allow).place(absent_).op(Op::deny);
    add_action(whole, action_, code.take());
    return decide_both_ways(evaluator_of(whole, facts_), asked).allowed();
  }

  Request asked;

 private:
  Effect run(Op op, std::uint8_t a, std::uint8_t b, std::uint16_t c, bool sense) {
    Assembler code = code_;
    ProgramParts whole = parts_;
    const auto yes = code.label();
    code.jump(yes, op, a, b, c, sense);
    // Where nothing loads, nothing jumps to `absent`.
    code.place(absent_).op(Op::deny);
    code.place(yes).op(Op::allow);
    add_action(whole, action_, code.take());
    const Decision decision = decide_both_ways(evaluator_of(whole, facts_), asked);
    EXPECT_EQ(decision.error, ErrorCode::none);
    return decision.effect;
  }

  FactList facts_;
  ProgramParts parts_;
  ActionInfo action_ = action("act");
  Assembler code_;
  Assembler::Label absent_ = code_.label();
  std::uint8_t next_ = 2;
};

}  // namespace policyc::vm::testing
