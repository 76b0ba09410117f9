// Deciding allocates nothing and stays inside its bounds: every allocation of the
// test program is counted, and code that the verifier accepts is run, however
// mangled it is.

#include <cstdint>
#include <optional>
#include <random>

#include "policyc/engine.hpp"
#include "unit/allocations.hpp"
#include "unit/evaluator_fixture.hpp"
#include "verifier.hpp"

namespace policyc::vm::testing {
namespace {

// An action with a parameter of every shape, and code that reads them all.
ProgramParts busy_parts(std::vector<Instruction> code) {
  ProgramParts p = parts();
  p.context = {{"ip", optional(kIp), std::nullopt}, {"channel", kString, text("ui")}};
  p.constants = {{kInt, number(0)},
                 {kString, text("b")},
                 {set_of(kUserType), elements({entity(kUser, "ann"), entity(kUser, "lost")})},
                 {kUserType, entity(kUser, "lost")},
                 {set_of(kIp), elements({text("10.0.0.0/8"), text("::1")})},
                 {set_of(kString), elements({text("b"), text("x")})},
                 {kAnyEntity, entity(kFolder, "f1")},
                 {kIp, text("10.1.1.1")},
                 {kTime, number(50)},
                 {kPlanType, number(1)}};
  p.masks = {mask_of({kAdmin}), mask_of({kLabeler, kContributor}), mask_of({kRoot})};
  ActionInfo act = action("act");
  act.parameters = {{"who", optional(kUserType), std::nullopt},
                    {"team", set_of(kUserType), elements({entity(kUser, "bob")})},
                    {"words", optional(set_of(kString)), std::nullopt}};
  act.needs_now = true;
  add_action(p, std::move(act), code, {{Op::deny, 0, 0, 0, 0, 0}});
  return p;
}

// Much of the instruction set in one run.
std::vector<Instruction> busy_code() {
  Assembler code;
  const auto no = code.label(), next = code.label(), out = code.label(), inner = code.label();
  const auto unset = code.label(), after = code.label(), climbed = code.label(), yes = code.label();
  code.jump(no, Op::has_roles, 0, 0, 2, true);
  code.op(Op::load_constant, 2, 0, 0).op(Op::load_constant, 3, 0, 1).op(Op::load_constant, 4, 0, 2);
  code.jump(no, Op::load_attribute, 5, kResourceRegister, kAnnotators);
  code.jump(next, Op::in_set, 0, 5, 0, true).place(next);
  code.jump(out, Op::each_set, 6, 5, 0).op(Op::roles, 1, 6, 1).jump(inner, Op::each_set, 7, 4, 1);
  code.op(Op::increment, 2).jump(no, Op::in_subtree, 1, 7, 0, true).op(Op::end, 0, 0, 1).place(inner);
  code.op(Op::end, 0, 0, 0).place(out);
  code.jump(unset, Op::load_parameter, 8, 0, 2).jump(unset, Op::in_set, 3, 8).place(unset);
  code.jump(no, Op::load_parameter, 9, 0, 1).op(Op::size, 10, 9).jump(after, Op::less, 2, 10).place(after);
  code.op(Op::load_now, 11).op(Op::load_constant, 12, 0, 8).op(Op::subtract, 13, 11, 12);
  code.op(Op::load_constant, 14, 0, 6).jump(climbed, Op::each_path, 15, 14, 0).op(Op::roles_itself, 2, 0, 15);
  code.op(Op::end, 0, 0, 0).place(climbed);
  code.jump(no, Op::ancestor, 16, 1, kOrganization).jump(no, Op::load_attribute, 17, 16, kNetworks);
  code.op(Op::load_constant, 18, 0, 7).jump(yes, Op::in_cidr_set, 18, 17, 0, true);
  code.place(no).op(Op::deny).place(yes).op(Op::allow);
  return code.take();
}

struct Asked {
  std::array<Value, 2> team{Value::string("user:max"), Value::string("user:bob")};
  std::array<Value, 2> words{Value::string("b"), Value::string("")};
  std::array<NamedValue, 4> parameters{{{"who", Value::string("user:bob")},
                                        {"team", Value::list(team)},
                                        {"words", Value::list(words)},
                                        {"unheard", Value::integer(1)}}};
  std::array<NamedValue, 1> context{{{"ip", Value::string("10.0.0.1")}}};
  std::array<NamedValue, 1> level{{{"level", Value::integer(2)}}};
  std::array<NamedValue, 2> attributes{{{"annotators", Value::list(team)}, {"title", Value::string("t")}}};

  // Of a known and an unknown subject, and of a known and a described resource.
  [[nodiscard]] std::vector<Request> requests() const {
    std::vector<Request> all;
    for (const std::string_view subject : {"user:ann", "user:max", "user:lost", "user:nobody"}) {
      for (const std::string_view resource : {"task:t1", "task:t2", "task:new"}) {
        Request one{.subject = subject, .action = "task.act", .resource = resource, .now = 60};
        one.parameters = parameters;
        one.context = context;
        one.subject_attributes = level;
        if (resource == "task:new") {
          one.resource_inline = true;
          one.parent = "folder:f2";
          one.resource_attributes = attributes;
        }
        all.push_back(one);
        one.parameters = {};
        one.context = {};
        all.push_back(one);
      }
    }
    return all;
  }
};

TEST(Deciding, AllocatesNothing) {
  const Evaluator evaluator = evaluator_of(busy_parts(busy_code()));
  const Asked asked;
  std::vector<Request> requests = asked.requests();
  std::size_t allowed = 0;
  for (const Request& request : requests) allowed += decide_both_ways(evaluator, request).allowed() ? 1U : 0U;
  EXPECT_GT(allowed, 0U);
  EXPECT_LT(allowed, requests.size());
  // Refused ones too.
  for (std::size_t i = 0, size = requests.size(); i < size; ++i) {
    Request wrong = requests[i];
    wrong.resource = "task:lost";
    wrong.resource_inline = false;
    requests.push_back(wrong);
    wrong = requests[i];
    wrong.now.reset();
    requests.push_back(wrong);
  }
  ActionIndex action = *evaluator.program().find_action("task.act");
  const Query query{*evaluator.resolve("user:ann"), *evaluator.resolve("task:t1"), action};
  const std::size_t before = allocations.load();
  std::size_t again = 0;
  for (const Request& request : requests) again += evaluator.decide(request).allowed() ? 1U : 0U;
  again += evaluator.decide(query, 60).allowed() ? 1U : 0U;
  const std::size_t after = allocations.load();
  EXPECT_EQ(after, before);
  EXPECT_EQ(again, allowed + 1);
  const auto probe = std::make_unique<int>(0);
  EXPECT_GT(allocations.load(), after) << "the counter counts";
  static_assert(noexcept(evaluator.decide(requests[0]))&& noexcept(evaluator.decide(query)));
}

// Runs the work with memory for no allocation, for one, for two, until it succeeds: before, it must say each
// time that memory ran out, and never throw.
template <class Work>
void run_out_of_memory(Work work) {
  constexpr std::size_t kMost = 100'000;
  std::size_t room = 0;
  for (; room < kMost; ++room) {
    last_of_allocations = allocations.load() + room;
    std::optional<decltype(work())> result;
    bool thrown = false;
    try {
      result.emplace(work());
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
    last_of_allocations = SIZE_MAX;
    ASSERT_FALSE(thrown) << "with memory for " << room << " allocations";
    if (*result) break;
    ASSERT_EQ(result->error().code, ErrorCode::out_of_memory) << "with memory for " << room << " allocations";
    ASSERT_EQ(result->error().message, describe(ErrorCode::out_of_memory));
  }
  EXPECT_GT(room, 0U) << "it needs memory";
  EXPECT_LT(room, kMost);
}

TEST(WantOfMemory, IsAnErrorAndThrowsNothing) {
  const ProgramParts parts = busy_parts(busy_code());
  const std::vector<std::byte> program_image = write_program(parts);
  run_out_of_memory([&] { return Program::load(program_image, Trust::unsigned_local()); });

  const Snapshot made = snapshot_of(small_facts(), parts.schema);
  const auto program = program_of(parts);
  run_out_of_memory(
      [&] { return Snapshot::load(made.image(), program->schema(), program->schema_digest()); });

  const auto snapshot = std::make_shared<const Snapshot>(snapshot_of(small_facts(), parts.schema));
  run_out_of_memory([&] { return Evaluator::create(program, snapshot); });
  Engine engine;
  run_out_of_memory([&] { return engine.reload(program, snapshot); });
  EXPECT_EQ(engine.stats().generation, 1U);
}

// Instructions changed, moved, repeated and cut at random: what the verifier still
// accepts must run, end, and give the same by both forms of the loop. The sanitizers
// see to the rest.
TEST(Deciding, WhateverTheVerifierAcceptsRuns) {
  std::mt19937 random(7);
  const auto pick = [&](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
  };
  const Asked asked;
  const std::vector<Request> requests = asked.requests();
  const auto snapshot = std::make_shared<const Snapshot>(snapshot_of(small_facts(), schema()));
  std::size_t accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Instruction> code = busy_code();
    for (std::size_t change = 1 + pick(4); change-- > 0;) {
      Instruction& at = code[pick(code.size())];
      switch (pick(8)) {
        case 0: at.op = static_cast<Op>(pick(kOps.size())); break;
        case 1: at.a = static_cast<std::uint8_t>(pick(20)); break;
        case 2: at.b = static_cast<std::uint8_t>(pick(20)); break;
        case 3: at.c = static_cast<std::uint16_t>(pick(13)); break;
        case 4: at.target = static_cast<std::uint16_t>(pick(code.size())); break;
        case 5: at.flags ^= kSense; break;
        case 6: at = code[pick(code.size())]; break;
        default: std::swap(at, code[pick(code.size())]); break;
      }
    }
    const ProgramParts parts = busy_parts(std::move(code));
    if (verify(parts)) continue;
    ++accepted;
    const auto evaluator = Evaluator::create(program_of(parts), snapshot);
    ASSERT_TRUE(evaluator);
    for (const Request& request : requests)
      ASSERT_EQ(decide_both_ways(*evaluator, request).error, ErrorCode::none);
  }
  EXPECT_GT(accepted, 500U);
}

}  // namespace
}  // namespace policyc::vm::testing
