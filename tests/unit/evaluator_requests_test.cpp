// Every way in which a request is refused, the sentence about it, and what is
// ignored. A refused request is a deny, whatever the rules say.

#include "unit/evaluator_fixture.hpp"

namespace policyc::vm::testing {
namespace {

// task.act allows everything that gets as far as its code: for what the door refuses.
ProgramParts open_parts() {
  ProgramParts p = parts();
  p.context = {
      {"ip", kIp, std::nullopt}, {"channel", kString, text("ui")}, {"mfa", optional(kBool), std::nullopt}};
  const std::vector<Instruction> allow = {{Op::allow, 0, 0, 0, 0, 0}};
  add_action(p, action("see", kSystemKind), allow);
  add_action(p, action("greet", kUser), allow);
  add_action(p, action("close", kOrganization), allow);
  ActionInfo open = action("open", kFolder);
  open.needs_now = true;
  add_action(p, open, allow);
  ActionInfo nest = action("nest", kFolder);
  add_action(p, nest, allow);
  ActionInfo act = action("act");
  act.wire_name = "do-it";
  add_action(p, act, allow);
  ActionInfo assign = action("assign");
  assign.parameters = {{"to", kUserType, std::nullopt},
                       {"role", kOrganizationRole, std::nullopt},
                       {"note", kString, text("")},
                       {"plan", optional(kPlanType), std::nullopt},
                       {"team", set_of(kUserType), elements({})},
                       {"roles", set_of(kOrganizationRole), elements({})},
                       {"words", set_of(kString), elements({})},
                       {"limit", kInt, number(0)},
                       {"until", optional(kTime), std::nullopt},
                       {"length", optional(kDuration), std::nullopt},
                       {"from", optional(kIp), std::nullopt},
                       {"loud", kBool, number(0)},
                       {"where", optional(kAnyEntity), std::nullopt}};
  add_action(p, assign, allow);
  ActionInfo look = action("look");
  look.required_context = {0, 1, 2};
  add_action(p, look, allow);
  return p;
}

const Evaluator& door() {
  static const Evaluator evaluator = evaluator_of(open_parts());
  return evaluator;
}

// "allow", or the error's name and the sentence about it.
std::string answer(const Request& asked) {
  const Decision decision = decide_both_ways(door(), asked);
  if (decision.allowed()) return "allow";
  EXPECT_EQ(decision.effect, Effect::deny);
  EXPECT_EQ(decision.why, Why::error);
  EXPECT_EQ(decision.form, Form::none);
  EXPECT_TRUE(door().reasons(asked).empty());
  return std::string(name_of(decision.error)) + ": " + door().explain_error(asked, decision);
}

std::string answer(std::string_view subject, std::string_view action, std::string_view resource) {
  return answer({.subject = subject, .action = action, .resource = resource});
}

TEST(Requests, SubjectsAreOfSubjectKinds) {
  EXPECT_EQ(answer("user:ann", "task.do-it", "task:t1"), "allow");
  EXPECT_EQ(answer("service:sync", "task.do-it", "task:t1"), "allow");
  EXPECT_EQ(
      answer("robot:x", "task.do-it", "task:t1"),
      "unknown_kind: the policy declares no kind of subject 'robot': subjects are of kind user or service");
  EXPECT_EQ(
      answer("task:t1", "task.do-it", "task:t1"),
      "unknown_kind: the policy declares no kind of subject 'task': subjects are of kind user or service");
  EXPECT_EQ(answer("serivce:sync", "task.do-it", "task:t1"),
            "unknown_kind: the policy declares no kind of subject 'serivce'; did you mean 'service'?");
  EXPECT_EQ(answer("users:ann", "task.do-it", "task:t1"),
            "unknown_kind: the policy declares no kind of subject 'users'; did you mean 'user'?");
  EXPECT_EQ(answer("system:x", "task.do-it", "task:t1").substr(0, 61),
            "unknown_kind: the policy declares no kind of subject 'system'");
  EXPECT_EQ(answer("ann", "task.do-it", "task:t1"),
            "malformed: 'ann' is not of the form kind:id; did you mean 'user:ann'?");
  for (const std::string_view subject : {"", "nobody", "system", "user:", ":ann", "user:a#b"})
    EXPECT_EQ(answer(subject, "task.do-it", "task:t1"),
              "malformed: '" + std::string(subject) + "' is not of the form kind:id");
  EXPECT_EQ(answer("user:*", "task.do-it", "task:t1"),
            "malformed: 'user:*' is everyone: ask for one of them");
  EXPECT_EQ(
      answer({.subject = "user:ann", .action = "task.do-it", .resource = "task:t1", .parent = "folder:f1"}),
      "malformed: a parent is given, but 'task:t1' is not described");
  EXPECT_EQ(answer(std::string_view("user:a\0b", 8), "task.do-it", "task:t1"),
            "malformed: 'user:a\\x00b' is not of the form kind:id");
}

TEST(Requests, AnIdMayHoldColons) {
  FactList facts = small_facts();
  facts.entity(kUser, "urn:x:7");
  const Evaluator evaluator = evaluator_of(open_parts(), facts);
  Request asked{.subject = "user:urn:x:7", .action = "user.greet", .resource = "user:urn:x:7"};
  EXPECT_TRUE(evaluator.decide(asked).allowed());
  asked.resource = "user:urn:x";
  EXPECT_EQ(evaluator.decide(asked).error, ErrorCode::unknown_resource);
  const auto handle = evaluator.resolve("user:urn:x:7");
  ASSERT_TRUE(handle);
  EXPECT_EQ(evaluator.snapshot().find(kUser, "urn:x:7"), *handle);
}

TEST(Requests, ResourcesAreInTheSnapshot) {
  EXPECT_EQ(answer("user:ann", "system.see", "system"), "allow");
  EXPECT_EQ(answer("user:ann", "user.greet", "user:bob"), "allow");
  EXPECT_EQ(answer("user:ann", "task.do-it", "task:t9"), "unknown_resource: the snapshot has no 'task:t9'");
  EXPECT_EQ(answer("user:ann", "user.greet", "user:nobody"),
            "unknown_resource: the snapshot has no 'user:nobody'");
  EXPECT_EQ(answer("user:ann", "task.do-it", "tusk:t1"),
            "unknown_kind: the policy declares no kind 'tusk'; did you mean 'task'?");
  EXPECT_EQ(answer("user:ann", "task.do-it", "system:x"),
            "unknown_kind: the policy declares no kind 'system': it declares organization, folder and task");
  for (const std::string_view resource : {"", "task", "task:", "task:a\nb"})
    EXPECT_EQ(answer("user:ann", "task.do-it", resource).substr(0, 11), "malformed: ");
}

TEST(Requests, ActionsAreOfTheResourcesKind) {
  EXPECT_EQ(
      answer("user:ann", "task.act", "task:t1"),
      "unknown_action: the policy declares no action 'task.act' for 'task:t1'; callers say 'task.do-it'")
      << "the plain name of an action with a wire name";
  EXPECT_EQ(answer("user:ann", "folder.nest", "task:t1"),
            "unknown_action: the policy declares no action 'folder.nest' for 'task:t1': it is asked of a "
            "folder, not of a task");
  const std::string unknown = "unknown_action: the policy declares no action ";
  EXPECT_EQ(answer("user:ann", "do-it", "task:t1"),
            unknown + "'do-it' for 'task:t1'; did you mean 'task.do-it'?");
  EXPECT_EQ(answer("user:ann", "task.doit", "task:t1"),
            unknown + "'task.doit' for 'task:t1'; did you mean 'task.do-it'?");
  EXPECT_EQ(answer("user:ann", "folder.opne", "folder:f1"),
            unknown + "'folder.opne' for 'folder:f1'; did you mean 'folder.open'?");
  EXPECT_EQ(answer("user:ann", "", "system"), unknown + "'' for 'system'; system has see");
}

TEST(Requests, ATimeIsNeeded) {
  Request asked{.subject = "user:ann", .action = "folder.open", .resource = "folder:f1"};
  EXPECT_EQ(answer(asked), "now_missing: the decision depends on the time, and the request has no `now`");
  asked.now = 0;
  EXPECT_EQ(answer(asked), "allow");
}

TEST(Requests, ContextThatTheRulesMentionIsNeeded) {
  Request asked{.subject = "user:ann", .action = "task.look", .resource = "task:t1"};
  EXPECT_EQ(answer(asked), "missing_context: the action's rules need the context value 'ip'");
  const std::array<NamedValue, 2> given{
      {{"ip", Value::string("10.0.0.1")}, {"unheard", Value::boolean(true)}}};
  asked.context = given;
  EXPECT_EQ(answer(asked), "allow") << "channel has a default, mfa is optional, unheard is ignored";
  const std::array<NamedValue, 1> wrong{{{"ip", Value::string("10.0.0.1/8")}}};
  asked.context = wrong;
  EXPECT_EQ(
      answer(asked),
      "ill_typed: the context value 'ip' is not of its type, ip: the address of a block has no bits beyond "
      "its prefix, as in \"10.0.0.0/8\"");
  asked.action = "task.do-it";
  EXPECT_EQ(
      answer(asked),
      "ill_typed: the context value 'ip' is not of its type, ip: the address of a block has no bits beyond "
      "its prefix, as in \"10.0.0.0/8\"")
      << "whatever is said must be sound, asked for or not";
}

// task.assign with what it needs and one value more.
std::string assigned(const NamedValue& more) {
  const std::array<NamedValue, 3> given{
      {{"to", Value::string("user:bob")}, {"role", Value::string("member")}, more}};
  Request asked{.subject = "user:ann", .action = "task.assign", .resource = "task:t1"};
  asked.parameters = given;
  return answer(asked);
}

TEST(Requests, ParametersWithoutDefaultAreNeeded) {
  Request asked{.subject = "user:ann", .action = "task.assign", .resource = "task:t1"};
  EXPECT_EQ(answer(asked), "missing_parameter: the action needs the parameter 'to'");
  const std::array<NamedValue, 2> given{
      {{"to", Value::string("user:bob")}, {"Role", Value::string("member")}}};
  asked.parameters = given;
  EXPECT_EQ(answer(asked), "missing_parameter: the action needs the parameter 'role'");
  EXPECT_EQ(assigned({"unheard", Value::integer(1)}), "allow");
}

TEST(Requests, ValuesOfEveryTypeAreTaken) {
  const std::array<Value, 3> users{Value::string("user:max"), Value::string("user:ann"),
                                   Value::string("user:max")};
  const std::array<Value, 2> roles{Value::string("member"), Value::string("lead")};
  for (const NamedValue& good :
       {NamedValue{"note", Value::string("")}, NamedValue{"plan", Value::string("enterprise")},
        NamedValue{"team", Value::list(users)}, NamedValue{"team", Value::list({})},
        NamedValue{"roles", Value::list(roles)}, NamedValue{"limit", Value::integer(INT64_MIN)},
        NamedValue{"until", Value::time(-1)}, NamedValue{"until", Value::string("2026-01-01T00:00:00Z")},
        NamedValue{"length", Value::duration(1)}, NamedValue{"length", Value::string("8h")},
        NamedValue{"from", Value::string("2001:db8::/32")}, NamedValue{"loud", Value::boolean(true)},
        NamedValue{"where", Value::string("folder:f2")}})
    EXPECT_EQ(assigned(good), "allow") << good.name;
}

TEST(Requests, IllTypedValuesAreRefused) {
  const std::array<Value, 2> mixed{Value::string("user:max"), Value::integer(1)};
  const std::array<Value, 1> nested{Value::list({})};
  Value three = Value::boolean(true);
  three.number = 3;
  struct Case {
    NamedValue value;
    const char* type;
    std::string hint = {};
  };
  const std::string time = ": it is a time like \"2026-03-01T09:00:00Z\", with a zone";
  const std::string duration = ": it is a duration like \"90s\", \"15m\", \"8h\" or \"30d\"";
  const std::string ip = ": it is an address or a block like \"10.0.0.1\", \"10.0.0.0/8\" or \"2001:db8::1\"";
  for (const Case& bad :
       {Case{{"note", Value::integer(1)}, "string", ": it is a text"},
        Case{{"note", Value::string("\xff")}, "string", ": it is no UTF-8"},
        Case{{"note", Value::list({})}, "string", ": it is a text"},
        Case{{"plan", Value::string("Free")}, "plan?", "; did you mean 'free'?"},
        Case{{"plan", Value::integer(0)}, "plan?", ": it is free, team or enterprise"},
        Case{{"team", Value::string("user:max")}, "set<user>", ": it is a list"},
        Case{{"team", Value::list(mixed)}, "set<user>", ": it is an entity, as \"kind:id\""},
        Case{{"team", Value::list(nested)}, "set<user>", ": it is an entity, as \"kind:id\""},
        Case{{"limit", Value::string("1")}, "int", ": it is a whole number, without quotes"},
        Case{{"limit", Value::boolean(true)}, "int", ": it is a whole number"},
        Case{{"limit", Value::duration(1)}, "int", ": it is a whole number"},
        Case{{"until", Value::integer(1)}, "time?", time},
        Case{{"until", Value::string("2026-01-01")}, "time?", time},
        Case{{"length", Value::time(1)}, "duration?", duration},
        Case{{"length", Value::string("8")}, "duration?", duration},
        Case{{"from", Value::string("10.0.0")}, "ip?", ip},
        Case{{"loud", Value::integer(1)}, "bool", ": it is true or false"},
        Case{{"loud", three}, "bool", ": it is true or false"}})
    EXPECT_EQ(assigned(bad.value), "ill_typed: the parameter '" + std::string(bad.value.name) +
                                       "' is not of its type, " + bad.type + bad.hint);
  // An entity of another kind, one without a kind, one of no kind.
  struct Entity {
    const char* name;
    const char* hint;
  };
  for (const Entity& entity :
       {Entity{"task:t1", ": 'task:t1' is no user"}, Entity{"max", ": write 'user:max'"},
        Entity{"robot:max", ": 'robot:max' is no user"}, Entity{"users:max", "; did you mean 'user:max'?"}}) {
    const std::array<Value, 2> team{Value::string("user:max"), Value::string(entity.name)};
    EXPECT_EQ(assigned({"team", Value::list(team)}),
              std::string("ill_typed: the parameter 'team' is not of its type, set<user>") + entity.hint);
  }
}

TEST(Requests, EntitiesInValuesAreKnown) {
  const std::array<Value, 2> team{Value::string("user:max"), Value::string("user:mux")};
  EXPECT_EQ(assigned({"team", Value::list(team)}),
            "unknown_entity: the parameter 'team' names 'user:mux', which the snapshot does not have");
  EXPECT_EQ(assigned({"where", Value::string("folder:f9")}),
            "unknown_entity: the parameter 'where' names 'folder:f9', which the snapshot does not have");
}

TEST(Requests, RolesThatNobodyMayAssign) {
  const std::array<Value, 2> roles{Value::string("member"), Value::string("admin")};
  EXPECT_EQ(assigned({"roles", Value::list(roles)}),
            "not_assignable: the parameter 'roles' names a role that is declared not assignable");
  const std::array<Value, 1> of_another_kind{Value::string("viewer")};
  EXPECT_EQ(assigned({"roles", Value::list(of_another_kind)}).substr(0, 10), "ill_typed:");
}

// Two values of one name: whichever is meant, obeying the other could grant too much.
TEST(Requests, ANameGivenTwiceIsRefused) {
  EXPECT_EQ(assigned({"to", Value::string("user:bob")}), "malformed: the parameter 'to' is given twice");
  const std::array<NamedValue, 2> twice{{{"mfa", Value::boolean(true)}, {"mfa", Value::boolean(true)}}};
  Request asked{.subject = "user:ann", .action = "task.do-it", .resource = "task:t1"};
  asked.context = twice;
  EXPECT_EQ(answer(asked), "malformed: the context value 'mfa' is given twice");
  const std::array<NamedValue, 2> levels{{{"level", Value::integer(1)}, {"level", Value::integer(9)}}};
  asked.context = {};
  asked.subject_attributes = levels;
  EXPECT_EQ(answer(asked), "malformed: the subject's attribute 'level' is given twice");
  const std::array<NamedValue, 2> ignored{{{"unheard", Value::integer(1)}, {"unheard", Value::integer(9)}}};
  asked.subject_attributes = ignored;
  EXPECT_EQ(answer(asked), "allow");
}

TEST(Requests, SetsHaveRoomForSoManyElements) {
  const std::vector<Value> fits(kMaxGivenElements, Value::string("x"));
  EXPECT_EQ(assigned({"words", Value::list(fits)}), "allow");
  const std::vector<Value> too_many(kMaxGivenElements + 1, Value::string("x"));
  EXPECT_EQ(assigned({"words", Value::list(too_many)}),
            "limit_exceeded: with the parameter 'words' the request brings sets of more than 1024 "
            "elements in all");
}

TEST(Requests, LongTexts) {
  const std::string id(1'000'000, 'x');
  FactList facts = small_facts();
  facts.entity(kUser, id);
  const Evaluator evaluator = evaluator_of(open_parts(), facts);
  const std::string name = "user:" + id;
  Request asked{.subject = name, .action = "user.greet", .resource = name};
  EXPECT_TRUE(evaluator.decide(asked).allowed());
  const std::string longer = name + "x";
  asked.resource = longer;
  const Decision decision = evaluator.decide(asked);
  EXPECT_EQ(decision.error, ErrorCode::unknown_resource);
  EXPECT_EQ(evaluator.explain_error(asked, decision),
            "the snapshot has no 'user:" + std::string(75, 'x') + "…'");
}

TEST(Requests, WhatIsIgnoredIsNamed) {
  const std::array<NamedValue, 3> parameters{
      {{"note", Value::string("")}, {"nota", Value::string("")}, {"nota", Value::string("")}}};
  const std::array<NamedValue, 2> context{{{"mfa", Value::boolean(true)}, {"MFA", Value::boolean(true)}}};
  const std::array<NamedValue, 3> subject{
      {{"level", Value::integer(9)}, {"badge", Value::string("gold")}, {"age", Value::integer(9)}}};
  const std::array<NamedValue, 2> resource{{{"draft", Value::boolean(true)}, {"title", Value::string("x")}}};
  Request asked{.subject = "user:ann", .action = "task.assign", .resource = "task:t1"};
  asked.parameters = parameters;
  asked.context = context;
  asked.subject_attributes = subject;
  asked.resource_attributes = resource;
  const auto said = [&] {
    std::string all;
    static constexpr const char* kKinds[] = {"parameter", "context", "attribute", "not from request"};
    for (const RequestDiagnostic& one : door().diagnostics(asked))
      all += std::string(kKinds[static_cast<std::size_t>(one.kind)]) + " " + one.name + "; ";
    return all;
  };
  // Of a request that is refused too: that is when one looks.
  EXPECT_EQ(answer(asked).substr(0, 17), "missing_parameter");
  EXPECT_EQ(said(),
            "parameter nota; context MFA; not from request badge; attribute age; not from request title; ");
  asked.resource = "task:new";
  asked.resource_inline = true;
  EXPECT_EQ(said(), "parameter nota; context MFA; not from request badge; attribute age; ");
  asked = request();
  EXPECT_EQ(said(), "");
}

TEST(Handles, AskTheSameQuestion) {
  const Evaluator& evaluator = door();
  const auto query = [&](std::string_view subject, std::string_view action, std::string_view resource) {
    return Query{*evaluator.resolve(subject), *evaluator.resolve(resource),
                 evaluator.program().find_action(action).value()};
  };
  EXPECT_TRUE(evaluator.decide(query("user:ann", "task.do-it", "task:t1")).allowed());
  EXPECT_TRUE(evaluator.decide(query("user:ann", "system.see", "system")).allowed());
  EXPECT_EQ(evaluator.decide(query("task:t1", "task.do-it", "task:t1")).error, ErrorCode::unknown_kind);
  EXPECT_EQ(evaluator.decide(query("user:ann", "task.do-it", "folder:f1")).error, ErrorCode::unknown_action);
  EXPECT_EQ(evaluator.decide(query("user:ann", "task.look", "task:t1")).error, ErrorCode::missing_context);
  EXPECT_EQ(evaluator.decide(query("user:ann", "folder.open", "folder:f1")).error, ErrorCode::now_missing);
  EXPECT_TRUE(evaluator.decide(query("user:ann", "folder.open", "folder:f1"), 5).allowed());
  const Decision decision = evaluator.decide(query("user:ann", "task.assign", "task:t1"));
  EXPECT_EQ(decision.error, ErrorCode::missing_parameter);
  EXPECT_EQ(decision.detail, 0U);
  EXPECT_EQ(evaluator.decide(Query{}).error, ErrorCode::stale_handle);
  Query unknown = query("user:ann", "task.do-it", "task:t1");
  unknown.action = 99;
  EXPECT_EQ(evaluator.decide(unknown).error, ErrorCode::unknown_action);
}

TEST(Handles, AreOfOneSnapshot) {
  const Evaluator other = evaluator_of(open_parts());
  const Handle ann = *door().resolve("user:ann"), task = *door().resolve("task:t1");
  const Handle others = *other.resolve("user:ann");
  EXPECT_EQ(other.decide(Query{ann, task, 5}).error, ErrorCode::stale_handle);
  EXPECT_EQ(door().decide(Query{others, task, 5}).error, ErrorCode::stale_handle);
  EXPECT_TRUE(door().decide(Query{ann, task, 5}).allowed());
  const Handle beyond{0x7FFFFFFF, ann.epoch};
  EXPECT_EQ(door().decide(Query{ann, beyond, 5}).error, ErrorCode::stale_handle);
}

TEST(Handles, AreFoundByName) {
  const auto code = [](std::string_view name) {
    const auto handle = door().resolve(name);
    return handle ? ErrorCode::none : handle.error().code;
  };
  EXPECT_EQ(code("system"), ErrorCode::none);
  EXPECT_EQ(code("folder:f2"), ErrorCode::none);
  EXPECT_EQ(code("folder:f9"), ErrorCode::unknown_entity);
  EXPECT_EQ(code("robot:f9"), ErrorCode::unknown_kind);
  EXPECT_EQ(code("system:f9"), ErrorCode::unknown_kind);
  EXPECT_EQ(code("folder"), ErrorCode::malformed);
}

TEST(Evaluators, NeedWhatBelongsTogether) {
  const auto program = program_of(open_parts());
  const auto snapshot = std::make_shared<const Snapshot>(snapshot_of(small_facts(), schema()));
  EXPECT_EQ(Evaluator::create(nullptr, snapshot).error().code, ErrorCode::not_loaded);
  EXPECT_EQ(Evaluator::create(program, nullptr).error().code, ErrorCode::not_loaded);
  Schema other = schema();
  other.attributes[kTitle].fallback.reset();
  FactList empty;
  const auto foreign = std::make_shared<const Snapshot>(snapshot_of(empty, other));
  EXPECT_EQ(Evaluator::create(program, foreign).error().code, ErrorCode::schema_mismatch);
}

TEST(Evaluators, ExplainOnlyTheirOwnDecisions) {
  Decision decision;
  decision.why = Why::error;
  decision.error = ErrorCode::internal;
  EXPECT_EQ(door().explain_error(request(), decision), describe(ErrorCode::internal));
  // Another request's: nothing of this one is named.
  decision.error = ErrorCode::missing_parameter;
  decision.detail = 200;
  EXPECT_EQ(door().explain_error(request(), decision), describe(ErrorCode::missing_parameter));
}

}  // namespace
}  // namespace policyc::vm::testing
