#pragma once

// From tests to jump code: every test is code with two ways out, so that a decision
// is a chain of tests and forward jumps and needs no boolean in a register.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "assembler.hpp"
#include "constants.hpp"
#include "lower.hpp"
#include "optimize.hpp"

namespace policyc::compiler {

// Where a loop's `each` stands, and what it runs over.
struct EmittedLoop {
  std::uint32_t at = 0;
  Node range = kNoNode;
  bool is_path = false;
};

struct EmittedRun {
  vm::CodeRange range;
  std::vector<EmittedLoop> loops;
  bool too_long = false;
  bool out_of_registers = false;
};

class Emitter {
 public:
  Emitter(const Graph& graph, ConstantPool& constants, MaskPool& masks, std::vector<vm::Instruction>& code)
      : graph_(graph), constants_(constants), masks_(masks), code_(code), out_(graph, code) {}

  // The optimised run. The rules only say which effect it is.
  [[nodiscard]] EmittedRun decide(const Decide& tests, RuleIndex a_forbid, RuleIndex an_allow);
  // Every rule for itself: forbids in source order, then allows.
  [[nodiscard]] EmittedRun reasons(const ActionTests& tests);
  // What makes the decision turn by time: a test of Lowering::times.
  [[nodiscard]] EmittedRun times(Node test);

 private:
  [[nodiscard]] EmittedRun finish();

  // Code for a test that goes to one of two labels. `next` is the one that is bound
  // right after it, if either is; a jump to it is saved.
  void test(Node node, Label yes, Label no, Label next);
  void ask(vm::Op op, Register a, Register b, std::uint16_t c, Label yes, Label no, Label next);
  void go(Label target, Label next);
  void chain(Node node, Label yes, Label no, Label next);
  void role(Node node, Label yes, Label no, Label next);
  void has_defined(Node node, Label yes, Label no, Label next);
  void is_set(Node node, Label yes, Label no, Label next);
  void loop(Node node, Label yes, Label no, Label next);

  // Loads a value into a register; goes to `absent` if there is none.
  [[nodiscard]] Register value(Node node, Label absent);
  [[nodiscard]] std::pair<Register, Register> values(Node left, Node right, Label absent);
  [[nodiscard]] Register load(Node node, Label absent);
  [[nodiscard]] Register otherwise(Node node, Label absent);
  [[nodiscard]] Register truth(Node node);
  [[nodiscard]] Register constant(const vm::Constant& constant);
  [[nodiscard]] Register remembered(Register reg, Node node);

  const Graph& graph_;
  ConstantPool& constants_;
  MaskPool& masks_;
  std::vector<vm::Instruction>& code_;
  Assembler out_;
  std::vector<EmittedLoop> loops_;
};

}  // namespace policyc::compiler
