// What types agree on, and what literals alone decide.

#include "unit/expressions_fixture.hpp"

namespace policyc::compiler::testing {
namespace {

struct Row {
  const char* condition;
  const char* codes;
};

void expect(const std::vector<Row>& rows) {
  for (const Row& row : rows)
    EXPECT_EQ(errors_of(forbid_worker(std::string("when ") + row.condition)), row.codes) << row.condition;
}

constexpr const char* kRight = "";

TEST(Types, NothingIsConvertedSilently) {
  expect({
      {"task.limit == 3", kRight},
      {"task.limit == \"3\"", "PC2042"},
      {"task.length > 8", "PC2042"},
      {"task.length > 8h", kRight},
      {"task.limit + 1 > 3", kRight},
      {"task.limit + 8h > 3", "PC2043"},
      {"task.length + 8h > 3d", kRight},
      {"task.length + 3 > 8h", "PC2043"},
      {"task.due is set and task.due + 8h > time(\"2026-01-01T00:00:00Z\")", kRight},
      {"task.due is set and 8h + task.due > time(\"2026-01-01T00:00:00Z\")", kRight},
      {"task.due is set and 8h - task.due > time(\"2026-01-01T00:00:00Z\")", "PC2043"},
      {"task.due is set and task.due - task.due > 8h", kRight},
      {"task.due is set and task.due + task.due > task.due", "PC2043"},
      {"task.title == task.state", "PC2042"},
      {"team.plan == task.state", "PC2042"},
      {"team.plan < paid", kRight},
      {"task.title < \"m\"", "PC2044"},
      {"subject < task.maker", "PC2044"},
      {"subject == task", "PC2048"},
      {"subject == task.maker", kRight},
      {"subject == service:robot", kRight},
      {"task.people == task.people", "PC2067"},
      {"task.limit", "PC2041"},
      {"task.limit.more == 3", "PC2047"},
      {"project.open.more and opened.more", "PC2045 PC2047"},
  });
}

TEST(Types, MembersAndRolesAreKnownByTheTypeBesideThem) {
  expect({
      {"task.state == draft", kRight},
      {"draft == task.state", kRight},
      {"action.to == draft", kRight},
      {"task.state in {draft, final}", kRight},
      {"task.state in {draft, paid}", "PC2001"},
      {"task.state == paid", "PC2001"},
      {"draft == final", "PC2065"},
      {"draft", "PC2065"},
      {"action.as == lead", kRight},
      {"lead != action.as", kRight},
      {"action.as == team.lead", kRight},
      {"team.lead == action.as", kRight},
      {"action.as == editor", "PC2001"},
      {"action.as == project.editor", "PC2001"},
      {"team.lead == team.member", "PC2065"},
      {"action.as in {lead, team.member}", kRight},
      {"task.needed == action.as", kRight},
      {"task.needed == action.as and (task.limit > 3) == true", kRight},
  });
}

TEST(Types, SetsBlocksAndPlaces) {
  expect({
      {"subject in task.people", kRight},
      {"subject not in task.helpers", kRight},
      {"task.maker in task.people", kRight},
      {"task in task.people", "PC2048"},
      {"task.limit in task.tags", "PC2042"},
      {"task.tags contains \"a\"", kRight},
      {"task.tags contains 3", "PC2042"},
      {"task.title contains \"a\"", "PC2043"},
      {"task.tags contains all {\"a\", context.channel}", kRight},
      {"task.people contains any task.helpers", kRight},
      {"task.people contains any task.tags", "PC2042"},
      {"size(task.people) > 3", kRight},
      {"size(task.title) > 3", "PC2043"},
      {"resource in team", kRight},
      {"resource in team:t1", kRight},
      {"resource not in task:t1", kRight},
      {"team in task", "PC2048"},
      {"context.address is set and context.address in ip(\"10.0.0.0/8\")", kRight},
      {"context.address is set and context.address in team.networks", kRight},
      {"context.address is set and context.address in \"10.0.0.0/8\"", "PC2043"},
      {"task.title in ip(\"10.0.0.0/8\")", "PC2043"},
  });
}

TEST(Types, RolesAreAskedOfPrincipalsWhereTheyCanBeHeld) {
  expect({
      {"subject is member", kRight},
      {"subject is operator", kRight},
      {"subject is editor", "PC2052"},
      {"subject is task.editor", kRight},
      {"subject is project.editor", kRight},
      {"subject is member on task.people", "PC2043"},
      {"project is set and subject is editor on project", kRight},
      {"subject is editor on project", "PC2045"},
      {"subject is member on team itself", kRight},
      {"subject is member on task itself", "PC2053"},
      {"subject is worker on team", "PC2053"},
      {"subject is member on system", "PC2053"},
      {"subject is member on parent", kRight},
      {"subject is keeper on parent", "PC2053"},
      {"subject is user on team", "PC2043"},
      {"subject is {member, user}", kRight},
      {"subject is {}", "PC2043"},
      {"task is member", "PC2051"},
      {"task is task", "PC2086"},
      {"task.maker is member", kRight},
      {"subject is action.as", kRight},
      {"subject is action.as on system", "PC2053"},
      {"subject is action.as on team itself", kRight},
      {"subject is task.needed", kRight},
      {"subject is action.who", "PC2043"},
      {"subject is nobody", "PC2001"},
      {"subject is team.nobody", "PC2001"},
      {"subject may team.view on team", kRight},
      {"subject may team.view on task", "PC2055"},
      {"subject may task.edit on task", "PC2054"},
      {"task may team.view on team", "PC2051"},
      {"subject may team.nothing on team", "PC2001"},
      {"parent is project and subject may project.read on parent", kRight},
      {"subject may project.read on parent", "PC2055"},
  });
}

TEST(Types, NowStandsOnceAtTheBeginningOfASide) {
  expect({
      {"task.due is set and now < task.due", kRight},
      {"task.due is set and task.due >= now - 8h", kRight},
      {"task.due is set and now - task.due < task.length", kRight},
      {"task.due is set and 8h + now > task.due", kRight},
      {"task.due is set and task.due - now < 8h", "PC2050"},
      {"now < now + 8h", "PC2050"},
      {"now", "PC2050"},
      {"now is set", "PC2050"},
      {"any p in task.people: (p == subject and now > time(\"2026-01-01T00:00:00Z\"))", "PC2050"},
      {"(now > time(\"2026-01-01T00:00:00Z\")) == true", "PC2050"},
      {"now > task.length", "PC2042"},
  });
}

TEST(Types, QuantifiersGoOverDeclaredSetsTwiceAtMost) {
  expect({
      {"any p in task.people: (p == subject)", kRight},
      {"any t in task.tags: (t starts with \"a\")", kRight},
      {"any n in team.networks: (n == ip(\"10.0.0.1\"))", kRight},
      {"any p in task.title: (p == subject)", "PC2059"},
      {"any p in {user:ann}: (p == subject)", "PC2059"},
      {"any worker in task.people: (worker == subject)", "PC2061"},
      {"any draft in task.people: (draft == subject)", "PC2061"},
      {"any subject in task.people: (subject == task.maker)", "PC2061"},
      {"any p in task.people: (any p in task.people: (p == subject))", "PC2061"},
      {"any p in task.people: (any q in task.people: (p != q))", kRight},
      {"any p in task.people: (any q in task.people: (any r in task.people: (p != r)))", "PC2060"},
      {"at least 0 p in task.people: (p == subject)", "PC2062"},
      {"at least 2 p in task.people: (p is worker)", kRight},
      {"any p in task.people: (q == subject)", "PC2001"},
  });
}

TEST(Types, WhatLiteralsAloneDecideIsNoCondition) {
  expect({
      {"3 < 4", "PC2086"},
      {"1 + 2 == 3", "PC2086"},
      {"8h - 1h < 8h", "PC2086"},
      {"(3 < 4) == true", "PC2086"},
      {"not (\"a\" == \"b\")", "PC2086"},
      {"true or task.limit > 3", "PC2086"},
      {"task.limit > 3 and false", "PC2086"},
      {"task.limit > 3 or false", kRight},
      {"task.state in {}", "PC2086"},
      {"3 in {1, 2}", "PC2086"},
      {"\"abc\" starts with \"a\"", "PC2086"},
      {"task.tags contains all {}", "PC2086"},
      {"task.tags contains any {}", "PC2086"},
      {"all p in task.people: (true)", "PC2086"},
      {"any p in task.people: (false)", "PC2086"},
      // Nobody knows whether there is an element.
      {"any p in task.people: (true)", kRight},
      {"subject is user or subject is service", "PC2086"},
      {"subject is user and subject is service", "PC2086"},
      {"subject is user", kRight},
      // Two spellings of one address are one address.
      {"ip(\"10.0.0.1\") == ip(\"::ffff:10.0.0.1\")", kRight},
  });
}

TEST(Types, SumsOfLiteralsEndAtTheEnds) {
  expect({
      {"9223372036854775807 + 1 == 9223372036854775807", "PC2086"},
      {"-9223372036854775807 - 9 < -9223372036854775807", "PC2086"},
  });
}

TEST(Types, ConditionsByNameEnd) {
  EXPECT_EQ(errors_of(kWorld + "condition a on task = b condition b on task = not a"), "PC2058 PC2058");
  EXPECT_EQ(errors_of(kWorld + "condition a on task = a"), "PC2058");
  // Forty that each name the one before twice would be 2^40 tests.
  std::string chain = "condition c0 on task = task.limit > 3 ";
  for (int i = 1; i <= 40; ++i) {
    const std::string before = "c" + std::to_string(i - 1);
    chain += "condition c" + std::to_string(i) + " on task = " + before + " and not " + before + " ";
  }
  EXPECT_TRUE(errors_of(kWorld + chain + "forbid worker to task.look when c40").ends_with("PC2069"));
  EXPECT_EQ(errors_of(kWorld + chain.substr(0, chain.find("condition c8 "))), "");
}

TEST(Types, AConditionOverParametersFitsSomeAction) {
  const std::string shelf =
      "subject user {} scope shelf { role keeper  action take(n: string), put(n: int), look } ";
  // The first action's parameter is of another type.
  const std::string many = "condition many on shelf = action.n > 3 ";
  EXPECT_EQ(errors_of(shelf + many + "allow keeper to shelf.put when many"), "");
  EXPECT_EQ(errors_of(shelf + many + "allow keeper to shelf.take when many"), "PC2042");
  EXPECT_EQ(errors_of(shelf + many + "allow keeper to shelf.look when many"), "PC2001");
  EXPECT_EQ(errors_of(shelf + "condition many on shelf = action.m > 3"), "PC2001");
}

TEST(Types, ARoleSeesNoRequest) {
  EXPECT_EQ(errors_of(kWorld + "scope box { role any_one if context.at is set }"), "PC2056");
  EXPECT_EQ(errors_of(kWorld + "scope box { role any_one if action.n > 3 }"), "PC2056");
  EXPECT_EQ(errors_of(kWorld + "scope box { role any_one if subject may team.view on team:t1 }"), "PC2056");
  EXPECT_EQ(errors_of(kWorld + "scope box { role any_one if subject is operator and subject.level > 3 }"),
            "");
}

TEST(Types, ARuleIsNeverLeftOutSilently) {
  // Without a kind of principals there is nobody to ask about.
  EXPECT_EQ(errors_of("scope box { action look } forbid anyone to box.look when subject.x == 1"), "PC2001");
  EXPECT_EQ(errors_of(forbid_worker("when subject is {}")), "PC2043");
}

}  // namespace
}  // namespace policyc::compiler::testing
