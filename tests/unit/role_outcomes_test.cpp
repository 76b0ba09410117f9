// What roles settle by themselves: found from code, for every assignment of its role tests.

#include "role_outcomes.hpp"

#include "unit/evaluator_fixture.hpp"

namespace policyc::vm::testing {
namespace {

constexpr std::uint8_t kSubject = kSubjectRegister, kResource = kResourceRegister;

RoleOutcomes outcomes_of(const std::vector<Instruction>& code, std::vector<RoleMask> masks = {}) {
  ProgramParts parts = with_code(code);
  parts.masks = std::move(masks);
  const auto loaded = Program::load(write_program(parts), Trust::unsigned_local());
  EXPECT_TRUE(loaded) << loaded.error().message;
  return role_outcomes(parts, 0);
}

RoleMask bit(unsigned number) {
  RoleMask mask{};
  mask[number / 64] = std::uint64_t{1} << (number % 64);
  return mask;
}

TEST(RoleOutcomes, CodeWithoutTestsIsSettled) {
  EXPECT_EQ(outcomes_of(deny_code()).of(0), Settled::by_default);
  EXPECT_EQ(outcomes_of({{Op::allow, 0, 0, 0, 0, 0}}).of(7), Settled::allowed);
  EXPECT_EQ(outcomes_of({{Op::forbid, 0, 0, 0, 0, 1}}).of(7), Settled::forbidden);
}

// forbid if a; allow if b or c; else deny.
TEST(RoleOutcomes, EachAssignmentIsTold) {
  Assembler code;
  const auto forbid = code.label(), allow = code.label();
  code.jump(forbid, Op::has_roles, 0, 0, 0, true);
  code.jump(allow, Op::has_roles, 0, 0, 1, true);
  code.jump(allow, Op::has_roles, 0, 0, 2, true).op(Op::deny);
  code.place(forbid).op(Op::forbid, 0, 0, 1).place(allow).op(Op::allow);
  const RoleOutcomes outcomes = outcomes_of(code.take(), {bit(0), bit(4), bit(8)});
  EXPECT_TRUE(outcomes.settles());
  for (std::uint64_t word = 0; word < 512; ++word) {
    const bool a = (word & 1) != 0, b = (word & 16) != 0, c = (word & 256) != 0;
    EXPECT_EQ(outcomes.of(word), a ? Settled::forbidden : b || c ? Settled::allowed : Settled::by_default);
  }
}

// A test of something else may turn out either way: settled is what it can't change.
TEST(RoleOutcomes, OtherTestsGoBothWays) {
  Assembler code;
  const auto allow = code.label(), absent = code.label();
  code.jump(allow, Op::has_roles, 0, 0, 0, true);
  code.jump(absent, Op::load_attribute, 2, kResource, kOwner);
  code.jump(absent, Op::equal, 2, kSubject);
  code.jump(allow, Op::has_roles, 0, 0, 1, true).place(absent).op(Op::deny).place(allow).op(Op::allow);
  const RoleOutcomes outcomes = outcomes_of(code.take(), {bit(0), bit(4)});
  EXPECT_EQ(outcomes.of(1), Settled::allowed);
  EXPECT_EQ(outcomes.of(16), Settled::no);
  EXPECT_EQ(outcomes.of(0), Settled::by_default);
  EXPECT_EQ(outcomes.of(17), Settled::allowed);
}

TEST(RoleOutcomes, WhatRolesDoNotSettleIsLeftToTheCode) {
  Assembler code;
  const auto absent = code.label();
  code.jump(absent, Op::load_attribute, 2, kResource, kOwner).op(Op::allow).place(absent).op(Op::deny);
  EXPECT_FALSE(outcomes_of(code.take()).settles());
}

// More tests than there is room for, and bits beyond the first 64: asked of the code.
TEST(RoleOutcomes, TestsWithoutRoomCountAsOthers) {
  Assembler code;
  const auto allow = code.label();
  std::vector<RoleMask> masks;
  for (std::uint16_t i = 0; i < 7; ++i) {
    masks.push_back(bit(i));
    code.jump(allow, Op::has_roles, 0, 0, i, true);
  }
  code.op(Op::deny).place(allow).op(Op::allow);
  const RoleOutcomes many = outcomes_of(code.take(), masks);
  EXPECT_EQ(many.of(1U << 4), Settled::allowed);
  EXPECT_EQ(many.of(1U << 5), Settled::no);
  EXPECT_EQ(many.of(0), Settled::no);

  Assembler far;
  const auto there = far.label();
  far.jump(there, Op::has_roles, 0, 0, 0, true);
  far.jump(there, Op::has_roles, 0, 0, 1, true).op(Op::deny).place(there).op(Op::allow);
  const RoleOutcomes wide = outcomes_of(far.take(), {bit(3), bit(70)});
  EXPECT_EQ(wide.of(8), Settled::allowed);
  EXPECT_EQ(wide.of(0), Settled::no);
}

// Somebody else's word, or one that the code writes over, says nothing about the subject's roles.
TEST(RoleOutcomes, OtherWordsAreNotTheSubjects) {
  Assembler other;
  const auto allow = other.label();
  other.op(Op::roles, 1, kSubject, kResource);
  other.jump(allow, Op::has_roles, 1, 0, 0, true).op(Op::deny).place(allow).op(Op::allow);
  EXPECT_FALSE(outcomes_of(other.take(), {bit(0)}).settles());

  Assembler over;
  const auto early = over.label(), late = over.label();
  over.jump(early, Op::has_roles, 0, 0, 0, true);
  over.op(Op::roles_itself, kSubjectWord, kSubject, kResource);
  over.jump(late, Op::has_roles, 0, 0, 0, true)
      .op(Op::deny)
      .place(early)
      .op(Op::allow)
      .place(late)
      .op(Op::allow);
  EXPECT_FALSE(outcomes_of(over.take(), {bit(0)}).settles());
}

// A loop is left without a step, or taken: both.
TEST(RoleOutcomes, LoopsGoBothWays) {
  Assembler code;
  const auto none = code.label(), found = code.label(), next = code.label();
  code.jump(none, Op::load_attribute, 2, kResource, kAnnotators);
  code.jump(none, Op::each_set, 3, 2, 0);
  code.jump(next, Op::has_roles, 0, 0, 0);
  code.jump(found, Op::equal, 3, kSubject, 0, true);
  code.place(next).op(Op::end);
  code.place(none).op(Op::deny).place(found).op(Op::allow);
  const RoleOutcomes outcomes = outcomes_of(code.take(), {bit(0)});
  EXPECT_EQ(outcomes.of(0), Settled::by_default);
  EXPECT_EQ(outcomes.of(1), Settled::no);
}

TEST(RoleOutcomes, TheDecisionSaysThatRolesSettledIt) {
  Assembler code;
  const auto allow = code.label(), absent = code.label();
  code.jump(allow, Op::has_roles, 0, 0, 0, true);
  code.jump(absent, Op::load_attribute, 2, kResource, kOwner);
  code.jump(allow, Op::equal, 2, kSubject, 0, true).place(absent).op(Op::deny).place(allow).op(Op::allow);
  ProgramParts parts = with_code(code.take());
  parts.context[0].type.optional = true;
  parts.masks = {mask_of({kLabeler})};
  const Evaluator evaluator = evaluator_of(parts);
  std::size_t by_roles = 0;
  std::size_t by_code = 0;
  for (const char* subject : {"user:ann", "user:bob", "user:cid"})
    for (const char* resource : {"task:t1", "task:t2"}) {
      Request asked = request();
      asked.subject = subject;
      asked.resource = resource;
      const Decision decision = decide_both_ways(evaluator, asked);
      by_roles += decision.form == Form::roles ? 1U : 0U;
      by_code += decision.form == Form::jump_code ? 1U : 0U;
      EXPECT_EQ(decision.valid_until, kForever);
    }
  EXPECT_GT(by_roles, 0U);
  EXPECT_GT(by_code, 0U);
}

}  // namespace
}  // namespace policyc::vm::testing
