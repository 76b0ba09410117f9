// An engine takes in both halves of a pair or neither; what readers hold stays; what they ask with is of the
// generation that answers, or refused.

#include <array>
#include <string>
#include <vector>

#include "engine/engine_fixture.hpp"

namespace policyc::vm::testing {
namespace {

TEST(Engine, DeniesUntilBothAreIn) {
  Engine engine;
  Reader reader = engine.reader();
  const Decision decision = reader.decide(asked_by("user:ann"));
  EXPECT_FALSE(decision.allowed());
  EXPECT_EQ(decision.error, ErrorCode::not_loaded);
  EXPECT_EQ(reader.decide(Query{}).error, ErrorCode::not_loaded);
  EXPECT_EQ(reader.resolve("user:ann").error().code, ErrorCode::not_loaded);
  for (const auto& alone : {engine.reload(program_for(true)), engine.reload(snapshot_for())}) {
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error().code, ErrorCode::not_loaded);
  }
  EXPECT_EQ(engine.stats().generation, 0U);
  EXPECT_EQ(engine.stats().refused, 2U);
  EXPECT_EQ(engine.program(), nullptr);

  const auto loaded = engine.reload(program_for(true), snapshot_for());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(*loaded, 1U);
  const Decision after = reader.decide(asked_by("user:ann"));
  EXPECT_TRUE(after.allowed());
  EXPECT_EQ(after.generation, 1U);
  EXPECT_FALSE(reader.decide(asked_by("user:bob")).allowed());
}

TEST(Engine, TakesInBothOrNeither) {
  Engine engine;
  Reader reader = engine.reader();
  ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
  Schema other = schema();
  other.roles[kMember].name = "associate";
  const auto mixed = engine.reload(program_for(false, other), snapshot_for());
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().code, ErrorCode::schema_mismatch);
  EXPECT_EQ(engine.reload(program_for(false, other)).error().code, ErrorCode::schema_mismatch);
  EXPECT_EQ(engine.reload(nullptr, snapshot_for()).error().code, ErrorCode::not_loaded);
  const Decision decision = reader.decide(asked_by("user:ann"));
  EXPECT_TRUE(decision.allowed()) << "the old pair goes on";
  EXPECT_EQ(decision.generation, 1U);
  EXPECT_EQ(engine.stats().refused, 3U);
  EXPECT_EQ(engine.stats().reloads, 1U);

  // One half beside the other, if they were made for each other.
  const auto policy_alone = engine.reload(program_for(false));
  ASSERT_TRUE(policy_alone);
  EXPECT_EQ(*policy_alone, 2U);
  EXPECT_FALSE(reader.decide(asked_by("user:ann")).allowed());
  const auto snapshot_alone = engine.reload(snapshot_for(1));
  ASSERT_TRUE(snapshot_alone);
  EXPECT_EQ(*snapshot_alone, 3U);
  EXPECT_FALSE(reader.decide(asked_by("user:ann")).allowed());
  EXPECT_TRUE(reader.resolve("user:aa0"));
}

TEST(Engine, ListsAreOfOneGeneration) {
  Engine engine;
  Reader reader = engine.reader();
  const Request which{.subject = "user:ann", .action = "task.act", .resource = "task"};
  const Request who{.subject = "user", .action = "task.act", .resource = "task:t1"};
  const Request what{.subject = "user:ann", .action = "", .resource = "task:t1"};
  EXPECT_EQ(reader.list_resources(which).error().code, ErrorCode::not_loaded);
  EXPECT_EQ(reader.list_subjects(who).error().code, ErrorCode::not_loaded);
  EXPECT_EQ(reader.list_actions(what).error().code, ErrorCode::not_loaded);
  FactList facts = small_facts();
  facts.entity(kTask, "t3", kFolder, "f1");
  const auto snapshot = std::make_shared<const Snapshot>(snapshot_of(facts, schema()));
  ASSERT_TRUE(engine.reload(program_for(true), snapshot));

  const auto resources = reader.list_resources(which);
  ASSERT_TRUE(resources);
  EXPECT_EQ(resources->entities,
            (std::vector<Handle>{*reader.resolve("task:t1"), *reader.resolve("task:t3")}));
  EXPECT_EQ(resources->generation, 1U);
  const auto subjects = reader.list_subjects(who);
  ASSERT_TRUE(subjects);
  EXPECT_EQ(subjects->entities, std::vector<Handle>{*reader.resolve("user:ann")});
  EXPECT_EQ(subjects->generation, 1U);
  const auto actions = reader.list_actions(what);
  ASSERT_TRUE(actions);
  EXPECT_EQ(actions->actions, std::vector<ActionIndex>{*engine.program()->find_action("task.act")});
  EXPECT_EQ(actions->generation, 1U);
  EXPECT_EQ(reader.list_actions(what, 2).error().code, ErrorCode::generation_too_old);
  EXPECT_EQ(reader.list_resources(which, {}, 2).error().code, ErrorCode::generation_too_old);

  // A page goes on in the same snapshot under another policy, and says so; never in another snapshot.
  const auto first = reader.list_resources(which, {1, std::nullopt});
  ASSERT_TRUE(first);
  ASSERT_TRUE(first->next);
  ASSERT_TRUE(engine.reload(program_for(true)));
  const auto second = reader.list_resources(which, {1, first->next});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->generation, 2U);
  EXPECT_EQ(second->entities.front(), resources->entities[1]);
  {
    const Reader::Pin pin = reader.pin();
    ASSERT_TRUE(engine.reload(snapshot_for()));
    EXPECT_TRUE(reader.list_resources(which, {1, first->next})) << "what is pinned stays";
  }
  EXPECT_EQ(reader.list_resources(which, {1, first->next}).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(reader.list_subjects(who, {1, first->next}).error().code, ErrorCode::stale_handle);
}

TEST(Engine, HandlesAreOfOneSnapshot) {
  Engine engine;
  Reader reader = engine.reader();
  const SnapshotPointer first = snapshot_for();
  ASSERT_TRUE(engine.reload(program_for(true), first));
  Query query{*reader.resolve("user:ann"), *reader.resolve("task:t1"),
              *engine.program()->find_action("task.act")};
  EXPECT_TRUE(reader.decide(query).allowed());
  // Another policy over the same snapshot: they are good still.
  ASSERT_TRUE(engine.reload(program_for(true)));
  EXPECT_TRUE(reader.decide(query).allowed());
  // Another snapshot, even one of the same facts: never someone else's.
  ASSERT_TRUE(engine.reload(snapshot_for()));
  EXPECT_EQ(reader.decide(query).error, ErrorCode::stale_handle);
  query.subject = *reader.resolve("user:ann");
  EXPECT_EQ(reader.decide(query).error, ErrorCode::stale_handle) << "the resource's is as old";
  query.resource = *reader.resolve("task:t1");
  EXPECT_TRUE(reader.decide(query).allowed());
  // And back again: the first snapshot's handles are its own.
  ASSERT_TRUE(engine.reload(first));
  EXPECT_EQ(reader.decide(query).error, ErrorCode::stale_handle);
  EXPECT_EQ(reader.decide(Query{}).error, ErrorCode::stale_handle) << "the null handle";
}

TEST(Engine, APinKeepsItsGeneration) {
  Engine engine;
  Reader reader = engine.reader();
  Reader other = engine.reader();
  {
    const Reader::Pin nothing = reader.pin();
    EXPECT_EQ(nothing.generation(), 0U);
    EXPECT_EQ(nothing.evaluator(), nullptr);
    ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
    EXPECT_EQ(reader.decide(asked_by("user:ann")).error, ErrorCode::not_loaded) << "it was pinned before";
  }
  const std::weak_ptr<const Program> first = engine.program();
  {
    const Reader::Pin pin = reader.pin();
    ASSERT_TRUE(engine.reload(program_for(false), snapshot_for()));
    const Reader::Pin again = reader.pin();
    EXPECT_EQ(again.generation(), 1U) << "overlapping pins see the first one's";
    EXPECT_EQ(engine.stats().retired, 1U);
    EXPECT_TRUE(reader.decide(asked_by("user:ann")).allowed());
    EXPECT_FALSE(other.decide(asked_by("user:ann")).allowed());
    EXPECT_TRUE(pin.evaluator()->decide(asked_by("user:ann")).allowed());
    engine.collect();
    EXPECT_FALSE(first.expired());
  }
  EXPECT_TRUE(first.expired()) << "freed when the last pin ended";
  EXPECT_EQ(engine.stats().retired, 0U);
  EXPECT_EQ(reader.decide(asked_by("user:ann")).generation, 2U);
}

TEST(Engine, AnIdleReaderKeepsNothing) {
  Engine engine;
  Reader reader = engine.reader();
  ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
  EXPECT_TRUE(reader.decide(asked_by("user:ann")).allowed());
  const std::weak_ptr<const Snapshot> first = engine.snapshot();
  ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
  EXPECT_TRUE(first.expired());
}

TEST(Engine, ReadersMayOutliveIt) {
  auto engine = std::make_unique<Engine>();
  Reader reader = engine->reader();
  { const Reader gone = engine->reader(); }
  Reader again = engine->reader();  // takes the place of the one that is gone
  ASSERT_TRUE(engine->reload(program_for(true), snapshot_for()));
  engine.reset();
  EXPECT_TRUE(reader.decide(asked_by("user:ann")).allowed());
  Reader moved = std::move(reader);
  EXPECT_TRUE(moved.decide(asked_by("user:ann")).allowed());
  again = std::move(moved);
  EXPECT_TRUE(again.decide(asked_by("user:ann")).allowed());
}

TEST(Engine, OneMayInsistOnAGeneration) {
  Engine engine;
  Reader reader = engine.reader();
  ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
  EXPECT_TRUE(reader.decide(asked_by("user:ann"), 1).allowed());
  const Decision early = reader.decide(asked_by("user:ann"), 2);
  EXPECT_FALSE(early.allowed());
  EXPECT_EQ(early.error, ErrorCode::generation_too_old);
  EXPECT_EQ(early.generation, 1U);
  ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
  EXPECT_TRUE(reader.decide(asked_by("user:ann"), 2).allowed());
}

TEST(Engine, ReasonsAreOfTheSameGeneration) {
  Engine engine;
  Reader reader = engine.reader();
  ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
  const Decision decision = reader.decide(asked_by("user:ann"));
  std::array<RuleIndex, 4> rules{};
  const auto count = reader.reasons(asked_by("user:ann"), decision, rules);
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1U);
  EXPECT_EQ(*reader.reasons(asked_by("user:ann"), decision, {}), 1U) << "how many, if there is no room";
  ASSERT_TRUE(engine.reload(program_for(false), snapshot_for()));
  EXPECT_EQ(reader.reasons(asked_by("user:ann"), decision, rules).error().code, ErrorCode::stale_decision);
  const Decision unknown = reader.decide(asked_by("robot:x"));
  EXPECT_EQ(reader.explain_error(asked_by("robot:x"), unknown),
            "the policy declares no kind of subject 'robot': subjects are of kind user or service");
  EXPECT_EQ(reader.explain_error(asked_by("user:ann"), decision), describe(ErrorCode::none));
}

// Every query of a batch has circumstances of its own; one that is refused leaves the others alone.
TEST(Engine, BatchesMixTheirCircumstances) {
  ProgramParts p = parts();
  p.context = {{"channel", kString, std::nullopt}};
  p.constants = {{kString, text("ui")}, {kTime, number(50)}};
  p.masks = {mask_of({kAdmin})};
  ActionInfo act = action("act");
  act.needs_now = true;
  act.required_context = {0};
  // Admins, in the interface, from 50 on.
  add_action(p, act,
             {{Op::has_roles, 0, 0, 0, 7, 0},
              {Op::load_context, 2, 0, 0, 6, 0},
              {Op::load_constant, 3, 0, 0, 0, 0},
              {Op::equal_string, 2, 3, 0, 4, 0},
              {Op::load_now, 4, 0, 0, 0, 0},
              {Op::load_constant, 5, 0, 0, 0, 1},
              {Op::less, 4, 5, kSense, 1, 0},
              {Op::allow, 0, 0, 0, 0, 0},
              {Op::deny, 0, 0, 0, 0, 0}});
  auto loaded = Program::load(write_program(p), Trust::unsigned_local());
  ASSERT_TRUE(loaded) << loaded.error().message;
  Engine engine;
  Reader reader = engine.reader();
  ASSERT_TRUE(engine.reload(std::make_shared<const Program>(std::move(*loaded)), snapshot_for()));

  const std::array<NamedValue, 1> by_hand{{{"channel", Value::string("ui")}}};
  const std::array<NamedValue, 1> by_machine{{{"channel", Value::string("api")}}};
  const std::array<NamedValue, 1> wrong{{{"channel", Value::integer(1)}}};
  const std::array<Circumstances, 5> circumstances{{{60, {}, by_hand},
                                                    {40, {}, by_hand},
                                                    {60, {}, by_machine},
                                                    {std::nullopt, {}, by_hand},
                                                    {60, {}, wrong}}};
  const std::array<std::string_view, 4> names{"user:ann", "user:bob", "task:t1", "user:nobody"};
  std::array<Handle, 4> handles;
  EXPECT_EQ(reader.resolve_batch(names, handles), 3U);
  EXPECT_EQ(handles[3], Handle{});
  const ActionIndex asked = *engine.program()->find_action("task.act");
  const auto query = [&](std::size_t subject, std::uint32_t under) {
    return BatchQuery{{handles[subject], handles[2], asked}, under};
  };
  const std::vector<BatchQuery> queries = {query(0, 0), query(0, 1), query(0, 2), query(0, 3), query(0, 4),
                                           query(0, 5), query(1, 0), query(3, 0), query(0, 0)};
  std::vector<Decision> decisions(queries.size());
  EXPECT_EQ(reader.decide_batch(queries, circumstances, decisions), queries.size());
  std::string answers;
  for (const Decision& decision : decisions) {
    EXPECT_EQ(decision.generation, 1U);
    answers += decision.allowed() ? "allow " : std::string(name_of(decision.error)) + " ";
  }
  EXPECT_EQ(answers, "allow none none now_missing ill_typed malformed none stale_handle allow ");
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (queries[i].circumstances >= circumstances.size()) continue;
    const Decision alone = reader.decide(queries[i].query, circumstances[queries[i].circumstances]);
    EXPECT_EQ(alone.allowed(), decisions[i].allowed()) << i;
    EXPECT_EQ(alone.error, decisions[i].error) << i;
  }
  // As many as there is room for.
  EXPECT_EQ(reader.decide_batch(queries, circumstances, std::span(decisions).first(2)), 2U);
  EXPECT_EQ(reader.decide_batch({}, circumstances, decisions), 0U);
}

}  // namespace
}  // namespace policyc::vm::testing
