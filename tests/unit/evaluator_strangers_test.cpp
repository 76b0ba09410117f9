// Who and what the snapshot does not know: unknown subjects, entities that only the
// policy names, resources that the request describes; and whose attributes count.

#include "unit/evaluator_fixture.hpp"

namespace policyc::vm::testing {
namespace {

constexpr std::uint8_t kSubject = kSubjectRegister, kResource = kResourceRegister;

TEST(Strangers, KeepTheirIdentity) {
  TestBench bench;
  bench.asked.subject = "user:root";
  const std::uint8_t root = bench.constant(kUserType, entity(kUser, "root"));
  const std::uint8_t other = bench.constant(kUserType, entity(kUser, "toor"));
  const std::uint8_t again = bench.constant(kUserType, entity(kUser, "root"));
  const std::uint8_t both =
      bench.constant(set_of(kUserType), elements({entity(kUser, "x"), entity(kUser, "root")}));
  const std::uint8_t service = bench.constant(kAnyEntity, entity(kService, "root"));
  EXPECT_TRUE(bench.holds(Op::equal, kSubject, root));
  EXPECT_TRUE(bench.holds(Op::equal, again, root));
  EXPECT_TRUE(bench.holds(Op::in_set, kSubject, both));
  EXPECT_FALSE(bench.holds(Op::equal, kSubject, other));
  EXPECT_FALSE(bench.holds(Op::equal, kSubject, service));
  bench.asked.subject = "user:nobody";
  for (const std::uint8_t one : {root, other, service, kResource})
    EXPECT_FALSE(bench.holds(Op::equal, kSubject, one));
  EXPECT_FALSE(bench.holds(Op::in_set, kSubject, both));
}

TEST(Strangers, HoldNothingAndHaveDefaults) {
  TestBench bench;
  bench.asked.subject = "user:nobody";
  RoleMask everything;
  everything.fill(~std::uint64_t{0});
  bench.program().masks = {everything};
  EXPECT_FALSE(bench.holds(Op::has_roles, kSubjectWord));
  EXPECT_TRUE(bench.holds(Op::is_kind, kSubject, 0, kUser));
  const std::uint8_t level = bench.attribute(kLevel, kSubject);
  const std::uint8_t one = bench.constant(kInt, number(1)), nine = bench.constant(kInt, number(9));
  EXPECT_TRUE(bench.holds(Op::equal, level, one));
  const std::array<NamedValue, 2> given{{{"level", Value::integer(9)}, {"badge", Value::string("gold")}}};
  bench.asked.subject_attributes = given;
  EXPECT_TRUE(bench.holds(Op::equal, level, nine));
  const std::uint8_t badge = bench.attribute(kBadge, kSubject);  // not from request
  const std::uint8_t none = bench.constant(kString, text("none"));
  EXPECT_TRUE(bench.holds(Op::equal_string, badge, none));
  TestBench parentless;
  parentless.asked.subject = "user:nobody";
  parentless.load(Op::parent, kSubject, 0);
  EXPECT_FALSE(parentless.loaded());
}

TEST(Strangers, NeedTheAttributesOfTheirKind) {
  const Evaluator evaluator = evaluator_of(with_code({{Op::allow, 0, 0, 0, 0, 0}}));
  Request asked = request();
  asked.subject = "service:cron";
  const Decision refused = evaluator.decide(asked);
  EXPECT_EQ(refused.error, ErrorCode::unknown_subject);
  EXPECT_EQ(evaluator.explain_error(asked, refused),
            "'service:cron' is not in the snapshot, and its kind needs the attribute 'key'");
  const std::array<NamedValue, 1> given{{{"key", Value::string("k")}}};
  asked.subject_attributes = given;
  EXPECT_TRUE(evaluator.decide(asked).allowed());
}

// The request's value wins over the snapshot's, and that over the default; only where it may.
TEST(RequestAttributes, WinWhereTheyMay) {
  TestBench bench;
  const std::array<NamedValue, 2> subject{{{"level", Value::integer(9)}, {"badge", Value::string("gold")}}};
  const std::array<NamedValue, 2> resource{
      {{"draft", Value::boolean(true)}, {"title", Value::string("red")}}};
  bench.asked.subject_attributes = subject;
  bench.asked.resource_attributes = resource;
  const std::uint8_t level = bench.attribute(kLevel, kSubject), nine = bench.constant(kInt, number(9));
  const std::uint8_t badge = bench.attribute(kBadge, kSubject), blue = bench.constant(kString, text("blue"));
  const std::uint8_t draft = bench.attribute(kDraft, kResource), title = bench.attribute(kTitle, kResource);
  EXPECT_TRUE(bench.holds(Op::equal, level, nine));
  EXPECT_TRUE(bench.holds(Op::equal_string, badge, blue));
  EXPECT_TRUE(bench.holds(Op::is_true, draft));
  EXPECT_TRUE(bench.holds(Op::equal_string, title, blue));
  // The same user by another way is the same user; another user is not.
  const std::uint8_t ann = bench.constant(kUserType, entity(kUser, "ann"));
  const std::uint8_t bob = bench.constant(kUserType, entity(kUser, "bob"));
  const std::uint8_t her_level = bench.attribute(kLevel, ann), his_level = bench.attribute(kLevel, bob);
  EXPECT_TRUE(bench.holds(Op::equal, her_level, nine));
  EXPECT_FALSE(bench.holds(Op::equal, his_level, nine));
}

TEST(RequestAttributes, AreTypedEvenWhereNoRuleAsks) {
  const Evaluator evaluator = evaluator_of(with_code({{Op::allow, 0, 0, 0, 0, 0}}));
  Request asked = request();
  const std::array<NamedValue, 1> wrong{{{"level", Value::string("high")}}};
  asked.subject_attributes = wrong;
  const Decision refused = evaluator.decide(asked);
  EXPECT_EQ(refused.error, ErrorCode::ill_typed);
  EXPECT_EQ(evaluator.explain_error(asked, refused),
            "the subject's attribute 'level' is not of its type, int: it is a whole number, without quotes");
}

// task.act, folder.act and organization.act of a described resource.
Evaluator describing(const FactList& facts = small_facts()) {
  ProgramParts p = parts();
  const std::vector<Instruction> allow = {{Op::allow, 0, 0, 0, 0, 0}};
  p.schema.attributes[kTitle].fallback.reset();
  add_action(p, action("act", kUser), allow);
  add_action(p, action("act", kOrganization), allow);
  add_action(p, action("act", kFolder), allow);
  add_action(p, action("act"), allow);
  FactList with_titles = facts;
  return evaluator_of(p, with_titles);
}

FactList folders_alone() {
  FactList facts;
  facts.entity(kUser, "ann").entity(kOrganization, "acme").entity(kFolder, "f1", kOrganization, "acme");
  return facts;
}

std::string described(const Evaluator& evaluator, std::string_view resource, std::string_view parent,
                      std::span<const NamedValue> attributes = {}) {
  const std::string action = std::string(resource.substr(0, resource.find(':'))) + ".act";
  Request asked{.subject = "user:ann", .action = action, .resource = resource};
  asked.resource_inline = true;
  asked.parent = parent;
  asked.resource_attributes = attributes;
  const Decision decision = decide_both_ways(evaluator, asked);
  if (decision.allowed()) return "allow";
  return std::string(name_of(decision.error)) + ": " + evaluator.explain_error(asked, decision);
}

TEST(DescribedResources, StandInTheSnapshot) {
  const Evaluator evaluator = describing(folders_alone());
  const std::array<NamedValue, 1> title{{{"title", Value::string("new")}}};
  EXPECT_EQ(described(evaluator, "task:new", "folder:f1", title), "allow");
  EXPECT_EQ(described(evaluator, "task", "folder:f1", title), "allow");
  EXPECT_EQ(described(evaluator, "folder", "folder:f1"), "allow");
  EXPECT_EQ(described(evaluator, "folder", "organization:acme"), "allow");
  EXPECT_EQ(described(evaluator, "organization", ""), "allow");
  EXPECT_EQ(described(evaluator, "organization", "system"), "allow");
  EXPECT_EQ(described(evaluator, "task", "", title),
            "bad_parent: 'task' needs a parent in the snapshot, of kind folder");
  EXPECT_EQ(described(evaluator, "folder", "folder:f9"),
            "bad_parent: 'folder' needs a parent in the snapshot, of kind folder or organization, which "
            "'folder:f9' is not");
  EXPECT_EQ(described(evaluator, "task", "organization:acme", title).substr(0, 10), "bad_parent");
  EXPECT_EQ(described(evaluator, "task", "system", title).substr(0, 10), "bad_parent");
  EXPECT_EQ(described(evaluator, "organization:b", "organization:acme"),
            "bad_parent: 'organization:b' stands in nothing: it can't have the parent 'organization:acme'");
  EXPECT_EQ(described(evaluator, "folder:f1", "organization:acme"),
            "resource_exists: 'folder:f1' is in the snapshot: ask about it without describing it");
  EXPECT_EQ(described(evaluator, "system", "").substr(0, 16), "resource_exists:");
  EXPECT_EQ(described(evaluator, "user:new", ""), "unknown_resource: the snapshot has no 'user:new'");
  EXPECT_EQ(described(evaluator, "folder:", "organization:acme"),
            "malformed: 'folder:' is not of the form kind:id or a kind");
}

TEST(DescribedResources, NeedTheirAttributes) {
  const Evaluator evaluator = describing(folders_alone());
  EXPECT_EQ(described(evaluator, "task", "folder:f1"),
            "missing_attribute: the resource is described without its attribute 'title'");
  const std::array<NamedValue, 1> wrong{{{"title", Value::integer(3)}}};
  EXPECT_EQ(described(evaluator, "task", "folder:f1", wrong),
            "ill_typed: the resource's attribute 'title' is not of its type, string: it is a text");
  const std::array<NamedValue, 2> lost{
      {{"title", Value::string("x")}, {"owner", Value::string("user:lost")}}};
  EXPECT_EQ(
      described(evaluator, "task", "folder:f1", lost),
      "unknown_entity: the resource's attribute 'owner' names 'user:lost', which the snapshot does not have");
}

TEST(DescribedResources, StandAtMostSixtyFourDeep) {
  FactList facts;
  facts.entity(kUser, "ann").entity(kOrganization, "acme").entity(kFolder, "1", kOrganization, "acme");
  for (int depth = 2; depth <= 64; ++depth)
    facts.entity(kFolder, std::to_string(depth), kFolder, std::to_string(depth - 1));
  const Evaluator evaluator = describing(facts);
  EXPECT_EQ(described(evaluator, "folder", "folder:63"), "allow");
  EXPECT_EQ(described(evaluator, "folder", "folder:64"),
            "limit_exceeded: 'folder' would have more than 64 ancestors");
}

TEST(DescribedResources, TakeAllAttributesFromTheRequest) {
  TestBench bench;
  bench.asked.resource = "task:new";
  bench.asked.resource_inline = true;
  bench.asked.parent = "folder:f2";
  const std::array<Value, 2> annotators{Value::string("user:max"), Value::string("user:ann")};
  const std::array<NamedValue, 3> given{{{"title", Value::string("blue")},
                                         {"annotators", Value::list(annotators)},
                                         {"owner", Value::string("user:ann")}}};
  bench.asked.resource_attributes = given;
  const std::uint8_t title = bench.attribute(kTitle, kResource), blue = bench.constant(kString, text("blue"));
  const std::uint8_t owner = bench.attribute(kOwner, kResource);
  const std::uint8_t all = bench.attribute(kAnnotators, kResource);
  const std::uint8_t tags = bench.plain(Op::size, bench.attribute(kTags, kResource));
  const std::uint8_t none = bench.constant(kInt, number(0));
  EXPECT_TRUE(bench.holds(Op::equal_string, title, blue));
  EXPECT_TRUE(bench.holds(Op::equal, owner, kSubject));
  EXPECT_TRUE(bench.holds(Op::in_set, kSubject, all));
  EXPECT_TRUE(bench.holds(Op::equal, tags, none)) << "a default";
  EXPECT_TRUE(bench.holds(Op::is_inline, kResource));
  EXPECT_FALSE(bench.holds(Op::is_inline, kSubject));
  EXPECT_TRUE(bench.holds(Op::is_kind, kResource, 0, kTask));
  bench.attribute(kDue, kResource);
  EXPECT_FALSE(bench.loaded()) << "unset, and nowhere given";
}

TEST(DescribedResources, StandBelowTheirParent) {
  TestBench bench;
  bench.asked.resource = "task:new";
  bench.asked.resource_inline = true;
  bench.asked.parent = "folder:f2";
  const std::uint8_t parent = bench.load(Op::parent, kResource, 0);
  const std::uint8_t folder = bench.load(Op::ancestor, kResource, kFolder);
  const std::uint8_t itself = bench.load(Op::ancestor, kResource, kTask);
  const std::uint8_t acme = bench.load(Op::ancestor, kResource, kOrganization);
  const std::uint8_t system = bench.load(Op::ancestor, kResource, kSystemKind);
  const std::uint8_t f2 = bench.constant(kAnyEntity, entity(kFolder, "f2"));
  const std::uint8_t t1 = bench.constant(kAnyEntity, entity(kTask, "t1"));
  const std::uint8_t named = bench.constant(kAnyEntity, entity(kTask, "new"));
  EXPECT_TRUE(bench.holds(Op::equal, parent, f2));
  EXPECT_TRUE(bench.holds(Op::equal, folder, f2));
  EXPECT_TRUE(bench.holds(Op::equal, itself, kResource));
  EXPECT_TRUE(bench.holds(Op::equal, named, kResource)) << "equal by kind and id";
  EXPECT_FALSE(bench.holds(Op::equal, t1, kResource));
  for (const std::uint8_t above : {kResource, f2, acme, system})
    EXPECT_TRUE(bench.holds(Op::in_subtree, kResource, above));
  EXPECT_FALSE(bench.holds(Op::in_subtree, kResource, t1));
  EXPECT_FALSE(bench.holds(Op::in_subtree, t1, kResource));
}

// What flows from above is held; what the resource's own attributes say is not.
TEST(DescribedResources, GiveTheRolesOfTheirAncestors) {
  const auto holds = [](std::string_view subject, std::string_view resource, std::string_view parent,
                        RoleIndex role) {
    ProgramParts p = parts();
    p.masks = {mask_of({role})};
    const std::vector<Instruction> code = {
        {Op::has_roles, 0, 0, 0, 1, 0}, {Op::allow, 0, 0, 0, 0, 0}, {Op::deny, 0, 0, 0, 0, 0}};
    add_action(p, action("act", kOrganization), code);
    add_action(p, action("act", kFolder), code);
    add_action(p, action("act"), code);
    const std::string name = std::string(resource) + ".act";
    const std::array<Value, 1> annotators{Value::string("user:ann")};
    const std::array<NamedValue, 1> given{{{"annotators", Value::list(annotators)}}};
    Request asked{.subject = subject, .action = name, .resource = resource};
    asked.resource_inline = true;
    asked.parent = parent;
    asked.resource_attributes = given;
    const Decision decision = decide_both_ways(evaluator_of(p), asked);
    EXPECT_EQ(decision.error, ErrorCode::none);
    return decision.allowed();
  };
  EXPECT_TRUE(holds("user:ann", "task", "folder:f2", kAdmin));
  EXPECT_TRUE(holds("user:ann", "task", "folder:f2", kViewer));
  EXPECT_FALSE(holds("user:ann", "task", "folder:g1", kViewer));
  EXPECT_FALSE(holds("user:ann", "task", "folder:f2", kLabeler)) << "nobody makes himself one by saying so";
  EXPECT_TRUE(holds("user:max", "organization", "", kRoot));
  EXPECT_FALSE(holds("user:ann", "organization", "", kAdmin));
  EXPECT_FALSE(holds("user:nobody", "task", "folder:f2", kMember));
  // Bob contributes to f2, since a task there names him: rolled up, so it counts at f2 itself, and the
  // nearest folder of a new task in f2 is f2; that of a new folder in f2 is the new one.
  EXPECT_TRUE(holds("user:bob", "task", "folder:f2", kContributor));
  EXPECT_FALSE(holds("user:bob", "folder", "folder:f2", kContributor));
}

// A literal of the policy and the described resource are one entity, to loads too.
TEST(DescribedResources, AreKnownByTheirName) {
  TestBench bench;
  bench.asked.resource = "task:new";
  bench.asked.resource_inline = true;
  bench.asked.parent = "folder:f2";
  const std::array<NamedValue, 1> given{{{"title", Value::string("blue")}}};
  bench.asked.resource_attributes = given;
  const std::uint8_t named = bench.constant(kAnyEntity, entity(kTask, "new"));
  const std::uint8_t other = bench.constant(kAnyEntity, entity(kTask, "newer"));
  const std::uint8_t title = bench.attribute(kTitle, named), untitled = bench.attribute(kTitle, other);
  const std::uint8_t blue = bench.constant(kString, text("blue"));
  EXPECT_TRUE(bench.holds(Op::equal_string, title, blue));
  EXPECT_FALSE(bench.holds(Op::equal_string, untitled, blue));
}

}  // namespace
}  // namespace policyc::vm::testing
