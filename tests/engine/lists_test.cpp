// Lists from many threads at once: the indexes behind them are made by whoever comes first, and are the same
// for all.

#include <atomic>
#include <thread>
#include <vector>

#include "engine/engine_fixture.hpp"

namespace policyc::vm::testing {
namespace {

// task.act is allowed to admins of the organization, who are found by their grants; task.own to the owner,
// who is found by the attribute. The code is the same as in a decision; the anchors say where lists begin.
ProgramPointer program_with_anchors() {
  ProgramParts p = parts();
  p.masks = {mask_of({kAdmin})};
  add_action(p, action("act"),
             {{Op::has_roles, 0, 0, 0, 1, 0}, {Op::allow, 0, 0, 0, 0, 0}, {Op::deny, 0, 0, 0, 0, 0}});
  p.anchors.back() = {false, {{Anchor::Base::roles, false, kTask, 0, {}}}};
  Assembler code;
  const auto no = code.label(), yes = code.label();
  code.jump(no, Op::load_attribute, 2, kResourceRegister, kOwner).jump(yes, Op::equal, 2, 0, 0, true);
  code.place(no).op(Op::deny).place(yes).op(Op::allow);
  add_action(p, action("own"), code.take());
  p.anchors.back() = {false, {{Anchor::Base::subject, false, 0, 0, {{kOwner}}}}};
  auto loaded = Program::load(write_program(p), Trust::unsigned_local());
  if (!loaded) ADD_FAILURE() << loaded.error().message;
  return loaded ? std::make_shared<const Program>(std::move(*loaded)) : nullptr;
}

FactList facts_of(int tasks) {
  FactList facts = small_facts();
  for (int i = 0; i < tasks; ++i)
    facts.entity(kTask, "x" + std::to_string(i), kFolder, i % 3 == 0 ? "f1" : "g1",
                 {{kOwner, entity(kUser, i % 5 == 0 ? "ann" : "max")}});
  return facts;
}

TEST(Lists, OfManyThreadsThatMakeTheSameIndexesAreTheSame) {
  constexpr std::size_t kThreads = 8;
  constexpr int kRounds = 25;
  const ProgramPointer program = program_with_anchors();
  ASSERT_NE(program, nullptr);
  const auto snapshot = std::make_shared<const Snapshot>(snapshot_of(facts_of(60), schema()));
  const auto ask = [](Reader& reader, std::string_view action) {
    return std::pair(reader.list_resources({.subject = "user:ann", .action = action, .resource = "task"}),
                     reader.list_subjects({.subject = {}, .action = action, .resource = "task:x0"}));
  };
  for (int round = 0; round < kRounds; ++round) {
    Engine engine;  // whose indexes nobody has made yet
    ASSERT_TRUE(engine.reload(program, snapshot));
    std::atomic<std::size_t> ready = 0;
    std::vector<std::vector<Handle>> found(kThreads);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        Reader reader = engine.reader();
        ready.fetch_add(1);
        while (ready.load() < kThreads) std::this_thread::yield();
        for (const std::string_view action : {"task.act", "task.own"}) {
          const auto [resources, subjects] = ask(reader, action);
          if (!resources || !subjects) continue;  // and then too few are found
          for (const auto* list : {&*resources, &*subjects})
            found[t].insert(found[t].end(), list->entities.begin(), list->entities.end());
        }
      });
    for (std::thread& thread : threads) thread.join();

    // By deciding about each.
    Reader reader = engine.reader();
    const Handle ann = *reader.resolve("user:ann");
    std::vector<Handle> expected;
    for (const char* name : {"act", "own"}) {
      const ActionIndex index = *program->find_action(std::string("task.") + name);
      for (std::uint32_t node = 0;; ++node) {
        const Handle task{node, ann.epoch};
        const Decision decision = reader.decide(Query{ann, task, index});
        if (decision.error == ErrorCode::stale_handle) break;  // the last was the one before
        if (decision.allowed()) expected.push_back(task);
      }
      for (const char* user : {"ann", "bob", "max"}) {
        const Query query{*reader.resolve(std::string("user:") + user), *reader.resolve("task:x0"), index};
        if (reader.decide(query).allowed()) expected.push_back(query.subject);
      }
    }
    ASSERT_GT(expected.size(), 30U);
    for (const std::vector<Handle>& one : found) EXPECT_EQ(one, expected);
  }
}

}  // namespace
}  // namespace policyc::vm::testing
