// Each rule of the verifier has one program that breaks it and nothing else.

#include <gtest/gtest.h>

#include <functional>

#include "policyc/program.hpp"
#include "second_verifier/second_verifier.hpp"
#include "vm_fixture.hpp"

namespace policyc::vm::testing {
namespace {

std::string problem(const ProgramParts& parts) {
  const std::vector<std::byte> image = write_program(parts);
  const auto loaded = Program::load(image, Trust::unsigned_local());
  EXPECT_EQ(second::judge_program(image).empty(), static_cast<bool>(loaded));
  if (loaded) return "";
  EXPECT_EQ(loaded.error().code, ErrorCode::bad_code) << loaded.error().message;
  const std::string& message = loaded.error().message;
  return message.substr(message.rfind(": ") == std::string::npos ? 0 : message.rfind(": ") + 2);
}

std::string problem(Assembler& code) { return problem(with_code(code.take())); }

// Constants 0 int, 1 string, 2 set<user>, 3 time, 4 bool, 5 set<ip>, 6 ip, 7 plan, 8 duration.
ProgramParts with_constants(const std::vector<Instruction>& decide,
                            const std::vector<Instruction>& reasons = deny_code()) {
  ProgramParts p = with_code(decide, reasons);
  p.constants = {
      {kInt, number(7)},       {kString, text("x")},   {set_of(kUserType), elements({entity(kUser, "ann")})},
      {kTime, number(5)},      {kBool, number(1)},     {set_of(kIp), elements({text("10.0.0.0/8")})},
      {kIp, text("10.0.0.1")}, {kPlanType, number(1)}, {kDuration, number(9)}};
  p.masks = {mask_of({kMember})};
  return p;
}

std::string problem_with_constants(Assembler& code) { return problem(with_constants(code.take())); }

TEST(Verifier, AcceptsTheShortestRun) {
  Assembler code;
  EXPECT_EQ(problem(code.op(Op::deny)), "");
}

TEST(Verifier, UnknownOpcode) {
  Assembler code;
  EXPECT_EQ(problem(code.op(static_cast<Op>(47)).op(Op::deny)), "the opcode is unknown");
}

TEST(Verifier, UnusedFieldsAreZero) {
  Assembler code;
  EXPECT_EQ(problem(code.op(Op::deny, 1)), "a field that the instruction does not use is not zero");
  ProgramParts p = with_code({{Op::deny, 0, 0, 2, 0, 0}});
  EXPECT_EQ(problem(p), "unknown flags are set");
}

TEST(Verifier, RunEndsInStop) {
  Assembler code;
  EXPECT_EQ(problem_with_constants(code.op(Op::load_constant, 2, 0, 0)), "control runs past the end");
}

TEST(Verifier, EveryInstructionIsReachable) {
  Assembler code;
  EXPECT_EQ(problem(code.op(Op::deny).op(Op::deny)), "the instruction can never be reached");
}

TEST(Verifier, JumpsStayInside) {
  ProgramParts p = with_code({{Op::jump, 0, 0, 0, 1, 0}, {Op::deny, 0, 0, 0, 0, 0}});
  EXPECT_EQ(problem(p), "the jump leaves the run");
}

TEST(Verifier, RuleIndexAndEffect) {
  Assembler far;
  EXPECT_EQ(problem(far.op(Op::allow, 0, 0, 2)), "there is no such rule");
  Assembler other;
  EXPECT_EQ(problem(other.op(Op::allow, 0, 0, 1)), "the rule has the other effect");
}

TEST(Verifier, AllowStopsDecideAndNotReasons) {
  const std::vector<Instruction> code = {{Op::allow, 0, 0, 0, 0, 0}, {Op::deny, 0, 0, 0, 0, 0}};
  EXPECT_EQ(problem(with_code(code)), "the instruction can never be reached");
  EXPECT_EQ(problem(with_code(deny_code(), code)), "");
  EXPECT_EQ(problem(with_code(deny_code(), {code[0]})), "control runs past the end");
}

TEST(Verifier, MaskAndWord) {
  Assembler far;
  auto out = far.label();
  far.jump(out, Op::has_roles, 0, 0, 1).place(out).op(Op::deny);
  EXPECT_EQ(problem_with_constants(far), "there is no such mask");
  for (const std::uint8_t word : {std::uint8_t{1}, std::uint8_t{8}, std::uint8_t{255}}) {
    Assembler unset;
    out = unset.label();
    unset.jump(out, Op::has_roles, word, 0, 0).place(out).op(Op::deny);
    EXPECT_EQ(problem_with_constants(unset), "the role word is not set");
  }
}

TEST(Verifier, RegistersAreSetBeforeTheyAreRead) {
  Assembler code;
  const auto out = code.label();
  code.jump(out, Op::is_true, 2).place(out).op(Op::deny);
  EXPECT_EQ(problem(code), "an operand is not set or has the wrong type");
}

TEST(Verifier, RegisterNumbers) {
  Assembler write;
  EXPECT_EQ(problem_with_constants(write.op(Op::load_constant, 32, 0, 0).op(Op::deny)),
            "there is no such register");
  Assembler read;
  const auto out = read.label();
  read.jump(out, Op::is_inline, 200).place(out).op(Op::deny);
  EXPECT_EQ(problem(read), "an operand is not set or has the wrong type");
}

// Every test with operands of a type that it does not take.
TEST(Verifier, TestsGetTheTypesTheyAskFor) {
  struct Case {
    Op op;
    std::uint16_t a, b;  // constants
    bool fits;
  };
  const Case cases[] = {
      {Op::is_true, 4, 4, true},       {Op::is_true, 0, 0, false},      {Op::equal, 0, 0, true},
      {Op::equal, 0, 3, false},        {Op::equal, 1, 1, false},        {Op::equal, 6, 6, false},
      {Op::equal, 2, 2, false},        {Op::equal, 7, 7, true},         {Op::equal_string, 1, 1, true},
      {Op::equal_string, 1, 0, false}, {Op::equal_ip, 6, 6, true},      {Op::equal_ip, 6, 1, false},
      {Op::less, 0, 0, true},          {Op::less, 3, 3, true},          {Op::less, 4, 4, false},
      {Op::less, 3, 8, false},         {Op::less, 7, 7, true},          {Op::less_equal, 0, 7, false},
      {Op::in_set, 6, 5, true},        {Op::in_set, 0, 5, false},       {Op::in_set, 5, 5, false},
      {Op::contains_all, 5, 5, true},  {Op::contains_all, 2, 5, false}, {Op::contains_any, 2, 2, true},
      {Op::starts_with, 1, 1, true},   {Op::ends_with, 1, 6, false},    {Op::matches, 1, 2, false},
      {Op::in_cidr, 6, 6, true},       {Op::in_cidr, 1, 6, false},      {Op::in_cidr_set, 6, 5, true},
      {Op::in_cidr_set, 1, 5, false},  {Op::in_subtree, 0, 0, false},
  };
  for (const Case& c : cases) {
    Assembler code;
    const auto out = code.label();
    code.op(Op::load_constant, 2, 0, c.a).op(Op::load_constant, 3, 0, c.b);
    code.jump(out, c.op, 2, c.op == Op::is_true ? 0 : 3).place(out).op(Op::deny);
    EXPECT_EQ(problem_with_constants(code), c.fits ? "" : "an operand is not set or has the wrong type")
        << find_op(static_cast<std::uint8_t>(c.op))->name << " of " << c.a << ", " << c.b;
  }
}

TEST(Verifier, Arithmetic) {
  struct Case {
    Op op;
    std::uint16_t b, c;
    bool fits;
  };
  const Case cases[] = {{Op::add, 0, 0, true},      {Op::add, 3, 8, true},  {Op::add, 8, 3, true},
                        {Op::add, 8, 8, true},      {Op::add, 3, 3, false}, {Op::subtract, 3, 3, true},
                        {Op::subtract, 3, 8, true}, {Op::add, 0, 3, false}, {Op::subtract, 8, 3, false},
                        {Op::subtract, 7, 7, false}};
  for (const Case& c : cases) {
    Assembler code;
    code.op(Op::load_constant, 2, 0, c.b).op(Op::load_constant, 3, 0, c.c).op(c.op, 4, 2, 3).op(Op::deny);
    EXPECT_EQ(problem_with_constants(code), c.fits ? "" : "the operands can't be added or subtracted");
  }
}

TEST(Verifier, OperandsAreInTheirTables) {
  struct Case {
    Op op;
    std::uint8_t b;
    std::uint16_t c;
    const char* problem;
  };
  const Case cases[] = {{Op::load_attribute, 1, 12, "there is no such attribute"},
                        {Op::load_attribute, 2, 0, "operand b is not an entity"},
                        {Op::load_parameter, 0, 0, "there is no such parameter"},
                        {Op::load_context, 0, 2, "there is no such context field"},
                        {Op::ancestor, 1, 6, "there is no such kind"},
                        {Op::parent, 2, 0, "operand b is not an entity"}};
  for (const Case& c : cases) {
    Assembler code;
    const auto out = code.label();
    EXPECT_EQ(problem(code.jump(out, c.op, 3, c.b, c.c).place(out).op(Op::deny)), c.problem);
  }
  Assembler constant;
  EXPECT_EQ(problem_with_constants(constant.op(Op::load_constant, 2, 0, 9).op(Op::deny)),
            "there is no such constant");
  Assembler kind_test;
  const auto out = kind_test.label();
  EXPECT_EQ(problem(kind_test.jump(out, Op::is_kind, 1, 0, 6).place(out).op(Op::deny)),
            "there is no such kind");
  Assembler size;
  EXPECT_EQ(problem(size.op(Op::size, 2, 1).op(Op::deny)), "operand b is not a set");
  Assembler move;
  EXPECT_EQ(problem(move.op(Op::move, 2, 3).op(Op::deny)), "operand b is not set");
  Assembler count;
  EXPECT_EQ(problem(count.op(Op::increment, 1).op(Op::deny)), "operand a is not an integer");
  Assembler word;
  EXPECT_EQ(problem(word.op(Op::roles, 8, 0, 1).op(Op::deny)), "there is no such role word");
  Assembler roles;
  EXPECT_EQ(problem(roles.op(Op::roles, 1, 0, 300).op(Op::deny)),
            "roles are asked of an entity at an entity");
}

TEST(Verifier, TimeOnlyWhereTheActionNeedsIt) {
  Assembler code;
  ProgramParts p = with_code(code.op(Op::load_now, 2).op(Op::deny).take());
  EXPECT_EQ(problem(p), "the action does not say that it needs the time");
  p.actions[0].needs_now = true;
  EXPECT_EQ(problem(p), "");
}

TEST(Verifier, TypesMeetAtJoins) {
  // r2 is an int on one way and a bool on the other: not set after the join.
  Assembler code;
  const auto other = code.label();
  const auto join = code.label();
  const auto out = code.label();
  code.jump(other, Op::is_inline, 1).op(Op::load_constant, 2, 0, 0).jump(join, Op::jump);
  code.place(other).op(Op::load_constant, 2, 0, 4);
  code.place(join).jump(out, Op::is_true, 2).place(out).op(Op::deny);
  EXPECT_EQ(problem_with_constants(code), "an operand is not set or has the wrong type");
}

TEST(Verifier, RegisterOfAnAbsentLoadKeepsItsType) {
  // The idiom of `opt else default`: load the default, then load over it.
  Assembler code;
  const auto next = code.label();
  const auto out = code.label();
  code.op(Op::load_constant, 2, 0, 3).jump(next, Op::load_attribute, 2, 1, kDue).place(next);
  code.jump(out, Op::less, 2, 2).place(out).op(Op::deny);
  EXPECT_EQ(problem_with_constants(code), "");
}

// ---------------------------------------------------------------------- loops

TEST(Verifier, LoopIsAccepted) {
  Assembler code;
  const auto after = code.label();
  const auto next = code.label();
  code.op(Op::load_constant, 2, 0, 2).jump(after, Op::each_set, 3, 2, 0);
  code.jump(next, Op::equal, 3, 0).op(Op::allow, 0, 0, 0).place(next).op(Op::end);
  code.place(after).op(Op::deny);
  EXPECT_EQ(problem_with_constants(code), "");
}

TEST(Verifier, LoopSlots) {
  Assembler wrong;
  auto after = wrong.label();
  wrong.jump(after, Op::each_path, 3, 1, 1).op(Op::end, 0, 0, 1).place(after).op(Op::deny);
  EXPECT_EQ(problem(wrong), "the loop does not use the slot of its depth");

  Assembler deep;
  after = deep.label();
  deep.jump(after, Op::each_path, 3, 1, 0)
      .jump(after, Op::each_path, 4, 1, 1)
      .jump(after, Op::each_path, 5, 1, 2);
  deep.place(after).op(Op::deny);
  EXPECT_EQ(problem(deep), "loops are nested too deep");
}

TEST(Verifier, LoopsAreClosed) {
  Assembler open;
  const auto after = open.label();
  open.jump(after, Op::each_path, 3, 1, 0).place(after).op(Op::deny);
  EXPECT_EQ(problem(open), "a jump leads into the body of a loop");
  ProgramParts p = with_code({{Op::end, 0, 0, 0, 0, 0}, {Op::deny, 0, 0, 0, 0, 0}});
  EXPECT_EQ(problem(p), "there is no loop to end");
}

TEST(Verifier, UnclosedLoopAtTheEnd) {
  ProgramParts p = with_code({{Op::each_path, 3, 1, 0, 0, 0}, {Op::deny, 0, 0, 0, 0, 0}});
  EXPECT_EQ(problem(p), "a jump leads into the body of a loop");
}

TEST(Verifier, EndNamesItsOwnSlot) {
  Assembler code;
  const auto after = code.label();
  code.jump(after, Op::each_path, 3, 1, 0).op(Op::end, 0, 0, 1).place(after).op(Op::deny);
  EXPECT_EQ(problem(code), "the slot is not that of the innermost loop");
}

TEST(Verifier, NoJumpIntoALoop) {
  Assembler code;
  const auto inside = code.label();
  const auto after = code.label();
  code.jump(inside, Op::is_inline, 1).jump(after, Op::each_path, 3, 1, 0).place(inside).op(Op::end);
  code.place(after).op(Op::deny);
  EXPECT_EQ(problem(code), "a jump leads into the body of a loop");
}

TEST(Verifier, JumpOutOfALoopIsFine) {
  Assembler code;
  const auto after = code.label();
  const auto found = code.label();
  code.jump(after, Op::each_path, 3, 1, 0).jump(found, Op::is_kind, 3, 0, kFolder, true).op(Op::end);
  code.place(found).op(Op::allow, 0, 0, 0).place(after).op(Op::deny);
  EXPECT_EQ(problem(code), "");
}

TEST(Verifier, LoopVariableIsNotSetAfterTheLoop) {
  Assembler code;
  const auto after = code.label();
  const auto out = code.label();
  code.jump(after, Op::each_path, 3, 1, 0).op(Op::end).place(after).jump(out, Op::is_inline, 3);
  code.place(out).op(Op::deny);
  EXPECT_EQ(problem(code), "an operand is not set or has the wrong type");
}

TEST(Verifier, BodyMayReuseADeadRegister) {
  Assembler code;
  const auto after = code.label();
  const auto next = code.label();
  code.op(Op::load_constant, 4, 0, 0).jump(after, Op::each_path, 3, 1, 0);
  code.op(Op::load_constant, 4, 0, 4).jump(next, Op::is_true, 4).place(next).op(Op::end);
  code.place(after).op(Op::deny);
  EXPECT_EQ(problem_with_constants(code), "");
}

TEST(Verifier, BodyMayNotChangeATypeThatItReads) {
  Assembler code;  // r4 is an int on the first turn and a bool on the second
  const auto after = code.label();
  code.op(Op::load_constant, 4, 0, 0).jump(after, Op::each_path, 3, 1, 0);
  code.op(Op::increment, 4).op(Op::load_constant, 4, 0, 4).op(Op::end).place(after).op(Op::deny);
  EXPECT_EQ(problem_with_constants(code), "operand a is not an integer");
}

TEST(Verifier, JumpOutOfALoopSeesLaterTurns) {
  // On the first turn r4 is still an int at the jump; on the second it is a bool.
  Assembler code;
  const auto after = code.label();
  const auto found = code.label();
  code.op(Op::load_constant, 4, 0, 0).jump(after, Op::each_path, 3, 1, 0);
  code.jump(found, Op::is_kind, 3, 0, kFolder, true).op(Op::load_constant, 4, 0, 4).op(Op::end);
  code.place(found).op(Op::increment, 4).place(after).op(Op::deny);
  EXPECT_EQ(problem_with_constants(code), "operand a is not an integer");
}

TEST(Verifier, NestedLoopsAreJudgedTogether) {
  // The inner loop's register is spoiled by the outer one's body.
  Assembler code;
  const auto outer = code.label();
  const auto inner = code.label();
  code.op(Op::load_constant, 4, 0, 0).jump(outer, Op::each_path, 3, 1, 0).jump(inner, Op::each_path, 5, 1, 1);
  code.op(Op::increment, 4).op(Op::end, 0, 0, 1).place(inner).op(Op::load_constant, 4, 0, 4).op(Op::end);
  code.place(outer).op(Op::deny);
  EXPECT_EQ(problem_with_constants(code), "operand a is not an integer");
}

// ---------------------------------------------------------------------- times

TEST(Verifier, TimesAreNotedInTheirOwnRunAlone) {
  const auto problem_in = [](Assembler& decide, Assembler& times) {
    ProgramParts parts = with_code(deny_code());
    parts.actions.clear();
    parts.action_code.clear();
    parts.anchors.clear();
    parts.code.clear();
    parts.constants = {{kTime, number(7)}};
    add_action(parts, action("act"), decide.take(), deny_code(), times.take());
    return problem(parts);
  };
  const auto windows = [](std::uint8_t a, std::uint8_t b) {
    Assembler code;
    code.op(Op::note_windows, a, b).op(Op::deny);
    return code;
  };
  const auto nothing = [] {
    Assembler code;
    code.op(Op::deny);
    return code;
  };
  Assembler no = nothing();
  Assembler sound = windows(0, 1);
  EXPECT_EQ(problem_in(no, sound), "");
  Assembler one = windows(0, 1), other = nothing();
  EXPECT_EQ(problem_in(one, other), "times are noted in their own run alone");
  Assembler unset = windows(0, 2);
  no = nothing();
  EXPECT_EQ(problem_in(no, unset), "windows are noted of an entity at an entity");
  Assembler instant;
  instant.op(Op::load_constant, 2).op(Op::note_instant, 2).op(Op::deny);
  no = nothing();
  EXPECT_EQ(problem_in(no, instant), "");
  Assembler entity;
  entity.op(Op::note_instant, 0).op(Op::deny);
  no = nothing();
  EXPECT_EQ(problem_in(no, entity), "operand a is not a time");
  Assembler rule;
  rule.op(Op::allow).op(Op::deny);
  no = nothing();
  EXPECT_EQ(problem_in(no, rule), "a rule is noted among the times");
}

// --------------------------------------------------------------------- ranges

TEST(Verifier, RangesCoverTheCodeExactly) {
  ProgramParts gap = with_code(deny_code());
  gap.code.push_back({});
  EXPECT_EQ(problem(gap), "code follows the last action's");
  ProgramParts shared = with_code(deny_code());
  shared.action_code[0].reasons = shared.action_code[0].decide;
  EXPECT_EQ(problem(shared), "the actions' code overlaps or leaves gaps");
  ProgramParts outside = with_code(deny_code());
  outside.action_code[0].reasons.end = 100;
  EXPECT_EQ(problem(outside), "an action's code is empty, too long or outside the code");
  ProgramParts empty = with_code(deny_code());
  empty.action_code[0].reasons.begin = empty.action_code[0].reasons.end;
  EXPECT_EQ(problem(empty), "an action's code is empty, too long or outside the code");
}

TEST(Verifier, RunsHaveALimit) {
  Assembler code;
  for (std::size_t i = 0; i + 1 < kMaxInstructions; ++i) code.op(Op::load_constant, 2, 0, 0);
  EXPECT_EQ(problem_with_constants(code.op(Op::deny)), "");
  EXPECT_EQ(problem_with_constants(code.op(Op::deny)),
            "an action's code is empty, too long or outside the code");
}

// Numbers live in images on disk: this test fails when one changes.
// Whoever prints a program or an obligation may count on it that its texts are UTF-8.
TEST(Tables, IdsInConstantsAreText) {
  const auto loads = [](std::string id) {
    ProgramParts parts = with_code(deny_code());
    parts.constants = {{kUserType, entity(kUser, std::move(id))}};
    const auto loaded = Program::load(write_program(parts), Trust::unsigned_local());
    EXPECT_TRUE(loaded || loaded.error().code == ErrorCode::bad_image);
    return static_cast<bool>(loaded);
  };
  EXPECT_TRUE(loads("ann\xC3\xA9"));
  EXPECT_FALSE(loads("ann\xC3"));
  EXPECT_FALSE(loads("ann\xFF"));
}

TEST(Opcodes, NumbersArePinned) {
  const char* names[] = {"deny",
                         "allow",
                         "forbid",
                         "jump",
                         "has_roles",
                         "is_true",
                         "equal",
                         "equal_string",
                         "equal_ip",
                         "less",
                         "less_equal",
                         "in_set",
                         "contains_all",
                         "contains_any",
                         "starts_with",
                         "ends_with",
                         "matches",
                         "in_cidr",
                         "in_cidr_set",
                         "in_subtree",
                         "is_kind",
                         "is_inline",
                         "load_constant",
                         "load_attribute",
                         "load_parameter",
                         "load_context",
                         "load_now",
                         "parent",
                         "ancestor",
                         "size",
                         "add",
                         "subtract",
                         "roles",
                         "roles_itself",
                         "move",
                         "increment",
                         "each_set",
                         "each_path",
                         "end",
                         "is_among",
                         "is_member",
                         "note_windows",
                         "note_instant",
                         "has_defined",
                         "has_defined_itself",
                         "has_any_defined",
                         "has_any_defined_itself"};
  ASSERT_EQ(kOps.size(), std::size(names));
  for (std::size_t i = 0; i < kOps.size(); ++i) EXPECT_EQ(kOps[i].name, names[i]) << i;
}

}  // namespace
}  // namespace policyc::vm::testing
