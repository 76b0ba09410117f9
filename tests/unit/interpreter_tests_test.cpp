// Every test instruction, over values of every source: constants, the snapshot's
// attributes and what the request says.

#include "unit/evaluator_fixture.hpp"

namespace policyc::vm::testing {
namespace {

constexpr std::uint8_t kSubject = kSubjectRegister, kResource = kResourceRegister;
constexpr std::uint16_t kWho = 0, kWhoAll = 1, kWords = 2, kCount = 3, kAnything = 4, kAddresses = 5;
constexpr std::uint16_t kAddress = 0, kChannel = 1;

bool compared(Op op, Type type, DefaultValue a, DefaultValue b) {
  TestBench bench;
  const std::uint8_t x = bench.constant(type, std::move(a));
  const std::uint8_t y = bench.constant(type, std::move(b));
  return bench.holds(op, x, y);
}

TEST(Interpreter, IsTrue) {
  TestBench bench;
  const std::uint8_t yes = bench.constant(kBool, number(1)), no = bench.constant(kBool, number(0));
  EXPECT_TRUE(bench.holds(Op::is_true, yes));
  EXPECT_FALSE(bench.holds(Op::is_true, no));
}

TEST(Interpreter, EqualOfEveryScalar) {
  for (const Type& type : {kBool, kPlanType, kOrganizationRole}) {
    const std::int64_t one = type == kOrganizationRole ? kMember : 0, other = one + 1;
    EXPECT_TRUE(compared(Op::equal, type, number(one), number(one)));
    EXPECT_FALSE(compared(Op::equal, type, number(one), number(other)));
  }
  for (const Type& type : {kInt, kTime, kDuration}) {
    EXPECT_TRUE(compared(Op::equal, type, number(INT64_MIN), number(INT64_MIN)));
    // The halves of a number count alike: nothing is compared as if it were a node.
    EXPECT_FALSE(compared(Op::equal, type, number(1), number(1 + (std::int64_t{1} << 32))));
  }
  EXPECT_TRUE(compared(Op::equal, kUserType, entity(kUser, "ann"), entity(kUser, "ann")));
  EXPECT_FALSE(compared(Op::equal, kUserType, entity(kUser, "ann"), entity(kUser, "bob")));
}

TEST(Interpreter, EntitiesOfEverySourceAreCompared) {
  TestBench bench;
  bench.asked.subject = "user:max";
  const std::array<NamedValue, 2> values{
      {{"who", Value::string("user:max")}, {"anything", Value::string("task:t1")}}};
  bench.asked.parameters = values;
  const std::uint8_t owner = bench.attribute(kOwner, kResource);
  const std::uint8_t max = bench.constant(kUserType, entity(kUser, "max"));
  const std::uint8_t who = bench.parameter(kWho);
  const std::uint8_t task = bench.parameter(kAnything);
  for (const std::uint8_t other : {owner, max, who}) EXPECT_TRUE(bench.holds(Op::equal, kSubject, other));
  EXPECT_TRUE(bench.holds(Op::equal, kResource, task));
  EXPECT_FALSE(bench.holds(Op::equal, kSubject, task));
}

TEST(Interpreter, StringsAreBytes) {
  EXPECT_TRUE(compared(Op::equal_string, kString, text(""), text("")));
  EXPECT_FALSE(compared(Op::equal_string, kString, text("a"), text(std::string("a\0", 2))));
  EXPECT_FALSE(compared(Op::equal_string, kString, text("A"), text("a")));
  TestBench bench;
  const std::uint8_t title = bench.attribute(kTitle, kResource);  // both "blue"
  const std::uint8_t badge = bench.attribute(kBadge, kSubject);
  const std::uint8_t channel = bench.context(kChannel);
  EXPECT_TRUE(bench.holds(Op::equal_string, title, badge));
  EXPECT_FALSE(bench.holds(Op::equal_string, title, channel));
}

TEST(Interpreter, AMappedAddressIsItsIpv4Address) {
  EXPECT_TRUE(compared(Op::equal_ip, kIp, text("10.0.0.1"), text("::ffff:10.0.0.1")));
  EXPECT_FALSE(compared(Op::equal_ip, kIp, text("10.0.0.0/8"), text("10.0.0.0/9")));
  TestBench bench;
  const std::array<NamedValue, 1> values{{{"ip", Value::string("::ffff:10.0.0.1")}}};
  bench.asked.context = values;
  const std::uint8_t given = bench.context(kAddress);
  const std::uint8_t written = bench.constant(kIp, text("10.0.0.1"));
  EXPECT_TRUE(bench.holds(Op::equal_ip, given, written));
}

TEST(Interpreter, OrderOfNumbers) {
  for (const Type& type : {kInt, kTime, kDuration}) {
    EXPECT_TRUE(compared(Op::less, type, number(INT64_MIN), number(INT64_MAX)));
    EXPECT_FALSE(compared(Op::less, type, number(3), number(3)));
    EXPECT_FALSE(compared(Op::less, type, number(4), number(3)));
    EXPECT_TRUE(compared(Op::less_equal, type, number(3), number(3)));
    EXPECT_TRUE(compared(Op::less_equal, type, number(-4), number(3)));
    EXPECT_FALSE(compared(Op::less_equal, type, number(4), number(3)));
  }
  EXPECT_TRUE(compared(Op::less, kPlanType, number(0), number(2)));
  TestBench bench;
  const std::uint8_t plan = bench.attribute(kPlan, bench.load(Op::ancestor, kResource, kOrganization));
  const std::uint8_t team = bench.constant(kPlanType, number(1));
  EXPECT_TRUE(bench.holds(Op::less, team, plan));
  EXPECT_FALSE(bench.holds(Op::less_equal, plan, team));
}

// Whether `element` is in the set, a constant.
bool is_in(Type type, DefaultValue element, std::vector<DefaultValue> set) {
  TestBench bench;
  const std::uint8_t x = bench.constant(type, std::move(element));
  const std::uint8_t all = bench.constant(set_of(type), elements(std::move(set)));
  return bench.holds(Op::in_set, x, all);
}

TEST(Interpreter, ElementsOfConstantSets) {
  EXPECT_TRUE(is_in(kInt, number(-7), {number(9), number(-7), number(3), number(9)}));
  EXPECT_FALSE(is_in(kInt, number(4), {number(9), number(-7), number(3)}));
  EXPECT_FALSE(is_in(kInt, number(4), {}));
  EXPECT_TRUE(is_in(kPlanType, number(2), {number(2), number(0)}));
  EXPECT_TRUE(is_in(kOrganizationRole, number(kAdmin), {number(kMember), number(kAdmin)}));
  EXPECT_TRUE(is_in(kString, text(""), {text("b"), text("")}));
  EXPECT_FALSE(is_in(kString, text("B"), {text("b"), text("")}));
  EXPECT_TRUE(is_in(kIp, text("::ffff:10.0.0.1"), {text("10.0.0.2"), text("10.0.0.1")}));
  EXPECT_FALSE(is_in(kIp, text("10.0.0.1"), {text("10.0.0.0/8")})) << "an element, not an address in a block";
  EXPECT_TRUE(is_in(kUserType, entity(kUser, "bob"), {entity(kUser, "max"), entity(kUser, "bob")}));
}

TEST(Interpreter, ElementsOfStoredAndGivenSets) {
  TestBench bench;
  const std::array<Value, 3> users{Value::string("user:max"), Value::string("user:ann"),
                                   Value::string("user:max")};
  const std::array<Value, 2> words{Value::string("z"), Value::string("blue")};
  const std::array<NamedValue, 2> values{{{"who_all", Value::list(users)}, {"words", Value::list(words)}}};
  bench.asked.parameters = values;
  const std::uint8_t annotators = bench.attribute(kAnnotators, kResource);  // bob and ann
  const std::uint8_t tags = bench.attribute(kTags, kResource);              // "", a and b
  const std::uint8_t title = bench.attribute(kTitle, kResource);            // blue
  const std::uint8_t given = bench.parameter(kWhoAll);
  const std::uint8_t said = bench.parameter(kWords);
  const std::uint8_t max = bench.constant(kUserType, entity(kUser, "max"));
  const std::uint8_t b = bench.constant(kString, text("b"));
  EXPECT_TRUE(bench.holds(Op::in_set, kSubject, annotators));
  EXPECT_FALSE(bench.holds(Op::in_set, max, annotators));
  EXPECT_TRUE(bench.holds(Op::in_set, max, given));
  EXPECT_TRUE(bench.holds(Op::in_set, b, tags));
  EXPECT_FALSE(bench.holds(Op::in_set, title, tags));
  EXPECT_TRUE(bench.holds(Op::in_set, title, said));
  EXPECT_TRUE(bench.holds(Op::contains_any, annotators, given));
  EXPECT_FALSE(bench.holds(Op::contains_all, annotators, given));
  EXPECT_FALSE(bench.holds(Op::contains_any, said, tags));
}

TEST(Interpreter, SetsInSets) {
  const auto sets = [](Op op, std::vector<std::string> a, std::vector<std::string> b) {
    TestBench bench;
    const auto set = [&](const std::vector<std::string>& words) {
      std::vector<DefaultValue> values;
      for (const std::string& word : words) values.push_back(text(word));
      return bench.constant(set_of(kString), elements(std::move(values)));
    };
    const std::uint8_t x = set(a), y = set(b);
    return bench.holds(op, x, y);
  };
  EXPECT_TRUE(sets(Op::contains_all, {"c", "a", "b"}, {"b", "c"}));
  EXPECT_FALSE(sets(Op::contains_all, {"b", "c"}, {"c", "a", "b"}));
  EXPECT_TRUE(sets(Op::contains_all, {}, {}));
  EXPECT_TRUE(sets(Op::contains_any, {"a", "b"}, {"x", "b"}));
  EXPECT_FALSE(sets(Op::contains_any, {"a", "b"}, {"x", "y"}));
  EXPECT_FALSE(sets(Op::contains_any, {"a"}, {}));
  // A set of the snapshot against one of the policy: the packings differ.
  TestBench bench;
  const std::uint8_t tags = bench.attribute(kTags, kResource);
  const std::uint8_t same = bench.constant(set_of(kString), elements({text("a"), text("b"), text("")}));
  EXPECT_TRUE(bench.holds(Op::contains_all, tags, same));
  EXPECT_TRUE(bench.holds(Op::contains_all, same, tags));
}

TEST(Interpreter, BeginningsEndsAndPatterns) {
  EXPECT_TRUE(compared(Op::starts_with, kString, text("blue"), text("bl")));
  EXPECT_TRUE(compared(Op::starts_with, kString, text(""), text("")));
  EXPECT_FALSE(compared(Op::starts_with, kString, text("b"), text("bl")));
  EXPECT_TRUE(compared(Op::ends_with, kString, text("blue"), text("lue")));
  EXPECT_FALSE(compared(Op::ends_with, kString, text("blue"), text("bl")));
  EXPECT_TRUE(compared(Op::matches, kString, text("a/b/c"), text("a/*/c")));
  EXPECT_FALSE(compared(Op::matches, kString, text("a/b/c"), text("a/*/d")));
}

TEST(Interpreter, AddressesInBlocks) {
  EXPECT_TRUE(compared(Op::in_cidr, kIp, text("10.9.8.7"), text("10.0.0.0/8")));
  EXPECT_TRUE(compared(Op::in_cidr, kIp, text("::ffff:10.9.8.7"), text("10.0.0.0/8")));
  EXPECT_FALSE(compared(Op::in_cidr, kIp, text("11.0.0.1"), text("10.0.0.0/8")));
  EXPECT_FALSE(compared(Op::in_cidr, kIp, text("10.0.0.0/8"), text("10.9.8.7")));
  TestBench bench;
  const std::uint8_t networks =
      bench.attribute(kNetworks, bench.load(Op::ancestor, kResource, kOrganization));
  const std::uint8_t in = bench.constant(kIp, text("10.1.2.3"));
  const std::uint8_t one = bench.constant(kIp, text("192.168.0.1"));
  const std::uint8_t out = bench.constant(kIp, text("192.168.0.2"));
  EXPECT_TRUE(bench.holds(Op::in_cidr_set, in, networks));
  EXPECT_TRUE(bench.holds(Op::in_cidr_set, one, networks));
  EXPECT_FALSE(bench.holds(Op::in_cidr_set, out, networks));
  const std::uint8_t none = bench.constant(set_of(kIp), elements({}));
  EXPECT_FALSE(bench.holds(Op::in_cidr_set, in, none));
}

TEST(Interpreter, AddressesInTheRequestsBlocks) {
  TestBench bench;
  const std::array<Value, 2> blocks{Value::string("172.16.0.0/12"), Value::string("10.0.0.0/8")};
  const std::array<NamedValue, 1> values{{{"addresses", Value::list(blocks)}}};
  bench.asked.parameters = values;
  const std::uint8_t given = bench.parameter(kAddresses);
  const std::uint8_t in = bench.constant(kIp, text("10.1.2.3"));
  const std::uint8_t out = bench.constant(kIp, text("9.1.2.3"));
  EXPECT_TRUE(bench.holds(Op::in_cidr_set, in, given));
  EXPECT_FALSE(bench.holds(Op::in_cidr_set, out, given));
}

TEST(Interpreter, Subtrees) {
  TestBench bench;
  const auto entity_of = [&](KindIndex kind, const char* id) {
    return bench.constant(kAnyEntity, entity(kind, id));
  };
  const std::uint8_t f1 = entity_of(kFolder, "f1"), f2 = entity_of(kFolder, "f2");
  const std::uint8_t acme = entity_of(kOrganization, "acme"), beta = entity_of(kOrganization, "beta");
  const std::uint8_t g1 = entity_of(kFolder, "g1"), lost = entity_of(kFolder, "lost");
  const std::uint8_t stranger = entity_of(kUser, "stranger");
  for (const std::uint8_t above : {kResource, f1, f2, acme})
    EXPECT_TRUE(bench.holds(Op::in_subtree, kResource, above));
  for (const std::uint8_t other : {beta, g1, lost, kSubject})
    EXPECT_FALSE(bench.holds(Op::in_subtree, kResource, other));
  EXPECT_TRUE(bench.holds(Op::in_subtree, f2, f1));
  EXPECT_FALSE(bench.holds(Op::in_subtree, f1, f2));
  const std::uint8_t system = bench.load(Op::ancestor, kResource, kSystemKind);
  for (const std::uint8_t known : {kSubject, kResource, acme, system})
    EXPECT_TRUE(bench.holds(Op::in_subtree, known, system));
  // What the snapshot does not have stands nowhere but in itself.
  EXPECT_TRUE(bench.holds(Op::in_subtree, lost, lost));
  EXPECT_FALSE(bench.holds(Op::in_subtree, lost, system));
  EXPECT_FALSE(bench.holds(Op::in_subtree, stranger, lost));
}

TEST(Interpreter, Kinds) {
  TestBench bench;
  EXPECT_TRUE(bench.holds(Op::is_kind, kSubject, 0, kUser));
  EXPECT_FALSE(bench.holds(Op::is_kind, kSubject, 0, kService));
  EXPECT_TRUE(bench.holds(Op::is_kind, kResource, 0, kTask));
  const std::uint8_t lost = bench.constant(kAnyEntity, entity(kService, "lost"));
  EXPECT_TRUE(bench.holds(Op::is_kind, lost, 0, kService));
  EXPECT_FALSE(bench.holds(Op::is_kind, lost, 0, kUser));
  EXPECT_FALSE(bench.holds(Op::is_inline, kResource));
}

TEST(Interpreter, TheTimeOfTheRequest) {
  TestBench bench;
  const std::uint8_t now = bench.plain(Op::load_now);
  const std::uint8_t then = bench.constant(kTime, number(77));
  EXPECT_TRUE(bench.holds(Op::equal, now, then));
  const std::uint8_t due = bench.attribute(kDue, kResource);  // -5
  EXPECT_TRUE(bench.holds(Op::less, due, now));
}

TEST(Interpreter, ArithmeticStopsAtTheEnds) {
  const auto result = [](Op op, std::int64_t a, std::int64_t b, std::int64_t expected) {
    TestBench bench;
    const std::uint8_t x = bench.constant(kInt, number(a)), y = bench.constant(kInt, number(b));
    const std::uint8_t is = bench.plain(op, x, y), wanted = bench.constant(kInt, number(expected));
    return bench.holds(Op::equal, is, wanted);
  };
  EXPECT_TRUE(result(Op::add, 3, -5, -2));
  EXPECT_TRUE(result(Op::add, INT64_MAX, 1, INT64_MAX));
  EXPECT_TRUE(result(Op::add, INT64_MIN, -1, INT64_MIN));
  EXPECT_TRUE(result(Op::subtract, 3, 5, -2));
  EXPECT_TRUE(result(Op::subtract, INT64_MIN, 1, INT64_MIN));
  EXPECT_TRUE(result(Op::subtract, INT64_MAX, -1, INT64_MAX));
  EXPECT_TRUE(result(Op::subtract, 0, INT64_MIN, INT64_MAX));
}

TEST(Interpreter, AnAbsentParameterAndAnUnsetAttributeAreNotThere) {
  for (const std::uint16_t parameter : {kWho, kWhoAll, kWords, kCount}) {
    TestBench bench;
    bench.parameter(parameter);
    EXPECT_FALSE(bench.loaded());
  }
  {
    TestBench bench;
    bench.context(kAddress);
    EXPECT_FALSE(bench.loaded());
  }
  {
    TestBench bench;
    bench.attribute(kOwner, kResource);
    EXPECT_TRUE(bench.loaded());
    bench.asked.resource = "task:t2";
    EXPECT_FALSE(bench.loaded());
  }
  {
    TestBench bench;
    bench.attribute(kOwner, kSubject);
    EXPECT_FALSE(bench.loaded()) << "an attribute of another kind";
  }
}

}  // namespace
}  // namespace policyc::vm::testing
