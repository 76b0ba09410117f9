// Loads that find nothing, walks upwards, role words, loops, and the reasons run.

#include "unit/evaluator_fixture.hpp"

namespace policyc::vm::testing {
namespace {

constexpr std::uint8_t kSubject = kSubjectRegister, kResource = kResourceRegister;

Decision decided(ProgramParts parts, const Request& asked = request()) {
  return decide_both_ways(evaluator_of(parts), asked);
}

// Rule 0 if the run comes to `allowed`, else a deny.
ProgramParts program(Assembler& code, Assembler::Label allowed, std::vector<Constant> constants = {},
                     std::vector<RoleMask> masks = {}) {
  code.op(Op::deny).place(allowed).op(Op::allow);
  ProgramParts parts = with_code(code.take());
  parts.context[0].type.optional = true;
  parts.constants = std::move(constants);
  parts.masks = std::move(masks);
  return parts;
}

// A load that finds nothing leaves its register as it was: code may count on it, and
// the verifier has reckoned with the type from before.
TEST(Interpreter, ALoadThatFindsNothingLeavesTheRegister) {
  struct Case {
    Op op;
    std::uint8_t b;
    std::uint16_t c;
  };
  // Unset due of t2; an ancestor that is not there; a user's parent is system, whose own is none;
  // a context value that the request does not give.
  for (const Case& one : {Case{Op::load_attribute, kResource, kDue}, Case{Op::ancestor, kSubject, kFolder},
                          Case{Op::parent, 4, 0}, Case{Op::load_context, 0, 0}}) {
    Assembler code;
    const auto absent = code.label(), allowed = code.label();
    code.op(Op::load_constant, 2, 0, 0).op(Op::load_constant, 3, 0, 0).op(Op::load_constant, 4, 0, 1);
    const auto system = code.label();
    code.jump(system, Op::parent, 4, kSubject).place(system);
    code.jump(absent, one.op, 2, one.b, one.c).op(Op::deny);
    code.place(absent).jump(allowed, Op::equal_string, 2, 3, 0, true);
    const ProgramParts parts =
        program(code, allowed, {{kString, text("kept")}, {kAnyEntity, entity(kUser, "ann")}});
    Request asked = request();
    asked.resource = "task:t2";
    EXPECT_TRUE(decided(parts, asked).allowed()) << find_op(static_cast<std::uint8_t>(one.op))->name;
  }
}

TEST(Interpreter, ParentsAndAncestors) {
  const auto reaches = [](Op op, std::uint16_t c, KindIndex kind, const char* id, const char* from) {
    TestBench bench;
    bench.asked.resource = from;
    const std::uint8_t found = bench.load(op, kResource, c);
    const std::uint8_t wanted = bench.constant(kAnyEntity, entity(kind, id));
    return bench.holds(Op::equal, found, wanted);
  };
  EXPECT_TRUE(reaches(Op::parent, 0, kFolder, "f2", "task:t1"));
  EXPECT_TRUE(reaches(Op::ancestor, kTask, kTask, "t1", "task:t1")) << "at or above";
  EXPECT_TRUE(reaches(Op::ancestor, kFolder, kFolder, "f2", "task:t1")) << "the nearest";
  EXPECT_TRUE(reaches(Op::ancestor, kOrganization, kOrganization, "acme", "task:t1"));
  EXPECT_TRUE(reaches(Op::ancestor, kOrganization, kOrganization, "beta", "task:t2"));
  TestBench none;
  none.load(Op::ancestor, kSubject, kOrganization);
  EXPECT_FALSE(none.loaded());
  TestBench system;
  system.load(Op::parent, system.load(Op::parent, kSubject, 0), 0);
  EXPECT_FALSE(system.loaded()) << "system stands in nothing";
}

TEST(Interpreter, MovesAndCounts) {
  TestBench bench;
  const std::uint8_t one = bench.constant(kInt, number(1));
  const std::uint8_t copy = bench.plain(Op::move, one);
  bench.code().op(Op::increment, copy);
  const std::uint8_t two = bench.constant(kInt, number(2));
  EXPECT_TRUE(bench.holds(Op::equal, copy, two));
  EXPECT_FALSE(bench.holds(Op::equal, one, copy));
  const std::uint8_t size = bench.plain(Op::size, bench.attribute(kAnnotators, kResource));
  EXPECT_TRUE(bench.holds(Op::equal, size, two));
}

// The subject's own word, and words computed for others.
TEST(Interpreter, RoleWords) {
  struct Case {
    const char* who;
    KindIndex at_kind;
    const char* at;
    RoleIndex role;
    bool above, itself;
  };
  for (const Case& one :
       {Case{"ann", kTask, "t1", kAdmin, true, false}, Case{"ann", kTask, "t1", kLabeler, true, true},
        Case{"ann", kFolder, "f1", kViewer, true, true}, Case{"ann", kFolder, "f2", kViewer, true, false},
        Case{"ann", kTask, "t2", kAdmin, false, false}, Case{"bob", kFolder, "f2", kContributor, true, true},
        Case{"bob", kFolder, "f1", kContributor, false, false}, Case{"max", kTask, "t1", kRoot, true, false},
        Case{"nobody", kTask, "t1", kRoot, false, false},
        Case{"ann", kTask, "nowhere", kAdmin, false, false}}) {
    for (const Op op : {Op::roles, Op::roles_itself}) {
      Assembler code;
      const auto allowed = code.label();
      code.op(Op::load_constant, 2, 0, 0).op(Op::load_constant, 3, 0, 1).op(op, 1, 2, 3);
      code.jump(allowed, Op::has_roles, 1, 0, 0, true);
      const ProgramParts parts = program(
          code, allowed, {{kAnyEntity, entity(kUser, one.who)}, {kAnyEntity, entity(one.at_kind, one.at)}},
          {mask_of({one.role})});
      EXPECT_EQ(decided(parts).allowed(), op == Op::roles ? one.above : one.itself)
          << one.who << " at " << one.at << ", role " << one.role;
    }
  }
  Assembler code;
  const auto allowed = code.label();
  code.jump(allowed, Op::has_roles, kSubjectWord, 0, 0, true);
  const ProgramParts parts = program(code, allowed, {}, {mask_of({kRoot, kAdmin})});
  EXPECT_TRUE(decided(parts).allowed());
  Request asked = request();
  asked.subject = "user:bob";
  EXPECT_FALSE(decided(parts, asked).allowed());
}

// Counts the elements of a loop, and of one loop in another.
TEST(Interpreter, LoopsMeetEveryElementOnce) {
  for (const bool nested : {false, true}) {
    Assembler code;
    const auto allowed = code.label(), done = code.label(), inner_done = code.label(), absent = code.label();
    code.op(Op::load_constant, 2, 0, 0).op(Op::load_constant, 3, 0, 1);
    code.jump(absent, Op::load_attribute, 4, kResource, kTags);
    code.jump(done, Op::each_set, 5, 4, 0);
    if (nested) {
      code.jump(inner_done, Op::each_set, 6, 4, 1).op(Op::increment, 2).op(Op::end, 0, 0, 1);
      code.place(inner_done);
    } else {
      code.op(Op::increment, 2);
    }
    code.op(Op::end, 0, 0, 0).place(done).jump(allowed, Op::equal, 2, 3, 0, true).place(absent);
    const ProgramParts parts = program(code, allowed, {{kInt, number(0)}, {kInt, number(nested ? 9 : 3)}});
    EXPECT_TRUE(decided(parts).allowed()) << nested;
  }
}

TEST(Interpreter, ALoopOverNothingIsLeftAtOnce) {
  Assembler code;
  const auto allowed = code.label(), absent = code.label();
  code.jump(absent, Op::load_attribute, 4, kResource, kTags).jump(allowed, Op::each_set, 5, 4, 0);
  code.op(Op::end, 0, 0, 0).place(absent);
  const ProgramParts parts = program(code, allowed);
  Request asked = request();
  asked.resource = "task:t2";
  EXPECT_TRUE(decided(parts, asked).allowed());
}

// t1, f2, f1 and acme: from the entity itself to its root, without system.
TEST(Interpreter, PathsEndAtTheRoot) {
  const auto length = [](const char* resource, std::int64_t expected) {
    Assembler code;
    const auto allowed = code.label(), done = code.label();
    code.op(Op::load_constant, 2, 0, 0).op(Op::load_constant, 3, 0, 1);
    code.jump(done, Op::each_path, 4, kResource, 0).op(Op::increment, 2).op(Op::end, 0, 0, 0);
    code.place(done).jump(allowed, Op::equal, 2, 3, 0, true);
    Request asked = request();
    asked.resource = resource;
    return decided(program(code, allowed, {{kInt, number(0)}, {kInt, number(expected)}}), asked).allowed();
  };
  EXPECT_TRUE(length("task:t1", 4));
  EXPECT_TRUE(length("task:t2", 3));
}

// A body may write over what the loop runs over: the loop has its own copy.
TEST(Interpreter, ALoopKeepsItsSet) {
  Assembler code;
  const auto allowed = code.label(), done = code.label(), absent = code.label();
  code.op(Op::load_constant, 2, 0, 0).op(Op::load_constant, 3, 0, 1);
  code.jump(absent, Op::load_attribute, 4, kResource, kTags);
  code.jump(done, Op::each_set, 5, 4, 0)
      .op(Op::increment, 2)
      .op(Op::load_constant, 4, 0, 2)
      .op(Op::end, 0, 0, 0);
  code.place(done).jump(allowed, Op::equal, 2, 3, 0, true).place(absent);
  EXPECT_TRUE(
      decided(program(code, allowed, {{kInt, number(0)}, {kInt, number(3)}, {set_of(kString), elements({})}}))
          .allowed());
}

TEST(Interpreter, ReasonsAreAllRulesOfTheDecidingEffect) {
  const auto reasons = [](std::vector<RuleIndex> noted) {
    Assembler run;
    ProgramParts parts = with_code(deny_code());
    parts.rules = {{"a", "", "p:1", RuleEffect::allow},
                   {"f", "", "p:2", RuleEffect::forbid},
                   {"b", "", "p:3", RuleEffect::allow},
                   {"g", "", "p:4", RuleEffect::forbid}};
    for (const RuleIndex rule : noted)
      run.op(parts.rules[rule].effect == RuleEffect::allow ? Op::allow : Op::forbid, 0, 0, rule);
    run.op(Op::deny);
    parts.actions.clear();
    parts.action_code.clear();
    parts.anchors.clear();
    parts.code.clear();
    add_action(parts, action("act"), deny_code(), run.take());
    return evaluator_of(parts).reasons([] {
      Request asked = request();
      static const std::array<NamedValue, 1> kValues{{{"ip", Value::string("10.0.0.1")}}};
      asked.context = kValues;
      return asked;
    }());
  };
  using Rules = std::vector<RuleIndex>;
  EXPECT_EQ(reasons({}), Rules{});
  EXPECT_EQ(reasons({0, 2}), (Rules{0, 2}));
  EXPECT_EQ(reasons({3, 1, 0, 2}), (Rules{1, 3}));
  EXPECT_EQ(reasons({2, 0, 2}), (Rules{0, 2}));
}

TEST(Interpreter, AForbidDenies) {
  const Decision decision = decided(with_code({{Op::forbid, 0, 0, 0, 0, 1}}));
  EXPECT_EQ(decision.effect, Effect::deny);
  EXPECT_EQ(decision.why, Why::rule);
  EXPECT_EQ(decision.form, Form::roles);
  EXPECT_EQ(decision.error, ErrorCode::none);
  const Decision allowed = decided(with_code({{Op::allow, 0, 0, 0, 0, 0}}));
  EXPECT_TRUE(allowed.allowed());
  EXPECT_EQ(decided(with_code(deny_code())).why, Why::default_deny);
}

}  // namespace
}  // namespace policyc::vm::testing
