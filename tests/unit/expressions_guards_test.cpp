// Optional values and kinds: what a test makes sure, and where.

#include "unit/expressions_fixture.hpp"

namespace policyc::compiler::testing {
namespace {

constexpr const char* kRight = "";
constexpr const char* kUnguarded = "PC2045";
constexpr const char* kLacks = "PC2046";

struct Row {
  const char* clauses;
  const char* codes;
};

void expect(const std::vector<Row>& rows) {
  for (const Row& row : rows) EXPECT_EQ(errors_of(forbid_worker(row.clauses)), row.codes) << row.clauses;
}

TEST(Guards, WhatIsSetIsKnownRightOfAnd) {
  expect({
      {"when task.extra > 3", kUnguarded},
      {"when task.extra is set and task.extra > 3", kRight},
      {"when task.extra > 3 and task.extra is set", kUnguarded},
      {"when task.limit > 3 and (task.extra is set and task.limit > 4) and task.extra > 3", kRight},
      {"when task.extra is set and (task.limit > 3 or task.extra > 3)", kRight},
      {"when task.extra is not set and task.extra > 3", kUnguarded},
      {"when task.done", kUnguarded},
      {"when task.done is set and task.done", kRight},
  });
}

TEST(Guards, WhatIsNotSetIsKnownRightOfOr) {
  expect({
      {"when task.extra is not set or task.extra > 3", kRight},
      {"when not (task.extra is set) or task.extra > 3", kRight},
      {"when task.extra is set or task.extra > 3", kUnguarded},
      // One of the two was false, and nobody knows which.
      {"when not (task.extra is set and task.due is set) or task.extra > 3", kRight},
      {"when (task.extra is set and task.due is set) or task.extra > 3", kUnguarded},
      {"when not (task.extra is set or task.due is set) or task.extra > 3", kUnguarded},
      // Both alternatives make it sure.
      {"when ((task.extra is set and task.limit > 1) or (task.extra is set and task.limit < 0)) and "
       "task.extra > 3",
       kRight},
      {"when (task.extra is set or task.limit < 0) and task.extra > 3", kUnguarded},
  });
}

TEST(Guards, UnlessKnowsWhatWhenHasMadeSure) {
  expect({
      {"when task.extra is set unless task.extra > 3", kRight},
      {"when task.extra is not set unless task.extra > 3", kUnguarded},
      {"when task.extra is set or task.limit > 3 unless task.extra > 3", kUnguarded},
      {"unless task.extra is not set or task.extra > 3", kRight},
      {"when subject is user unless subject.email == \"\"", kRight},
  });
}

TEST(Guards, ElseStandsInForWhatIsMissing) {
  expect({
      {"when (task.extra else 3) > 3", kRight},
      {"when (task.extra else task.limit) > 3", kRight},
      {"when task.done else true", kRight},
      {"when task.done else task.title", "PC2042"},
      {"when task.done else (task.limit > 3)", kRight},
      {"when (task.due else context.at) < now", kUnguarded},
      {"when (task.due else context.at else time(\"2026-01-01T00:00:00Z\")) == "
       "time(\"2026-01-01T00:00:00Z\")",
       kRight},
      {"when (task.due else context.at) is set and (task.due else context.at) < context.at", kUnguarded},
      {"when (task.due else context.at) is set and now - (task.due else context.at) < 8h", kRight},
      {"when (task.extra else \"3\") == 3", "PC2042"},
      {"when subject is user and (subject.boss else subject) == task.maker", kRight},
  });
}

TEST(Guards, AScopeThatMayBeMissingIsGuardedLikeAValue) {
  expect({
      {"when team.plan == free", kRight},
      {"when project.open", kUnguarded},
      {"when project is set and project.open", kRight},
      {"when project is not set or project.open", kRight},
      {"when project is set and project.due < now", kUnguarded},
      {"when opened", kUnguarded},
      {"when project is set and opened", kRight},
      {"when project is set and guarded", kRight},
      {"when folder is set and folder.label is set and folder.label == \"x\"", kRight},
      {"when folder.label is set", kUnguarded},
  });
}

TEST(Guards, ANamedConditionGuardsWhereItStands) {
  expect({
      {"when project is set and guarded and project.due > now", kRight},
      {"when project is set and (guarded or project.due > now)", kUnguarded},
      {"when project is set and not guarded and project.due > now", kUnguarded},
  });
}

TEST(Guards, EachStepOfAPathIsGuarded) {
  expect({
      {"when subject is user and subject.boss.level > 3", kUnguarded},
      {"when subject is user and subject.boss is set and subject.boss.level > 3", kRight},
      {"when subject is user and subject.boss is set and subject.boss.boss.level > 3", kUnguarded},
      {"when subject is user and subject.boss is set and subject.boss.boss is set and "
       "subject.boss.boss.level > 3",
       kRight},
      {"when subject.home is set and subject.home.plan == free", kRight},
      {"when subject.home.plan == free", kUnguarded},
  });
}

TEST(Guards, WhatIsKnownInAQuantifierStaysInIt) {
  expect({
      {"when any p in task.people: (p.boss is set and p.boss == subject)", kRight},
      {"when any p in task.people: (p.boss == subject)", kUnguarded},
      // One element's guard is none for another's.
      {"when any p in task.people: (p.boss is set) and any q in task.people: (q.boss == subject)",
       kUnguarded},
      {"when task.extra is set and any p in task.people: (p.level > task.extra)", kRight},
      {"when any p in task.people: (task.extra is set and p == subject) and task.extra > 3", kUnguarded},
  });
}

TEST(Guards, AKindTestNarrowsWhoIsMeant) {
  expect({
      {"when subject.level > 3", kRight},
      {"when subject.email == \"x\"", kLacks},
      {"when subject is user and subject.email == \"x\"", kRight},
      {"when subject is not service and subject.email == \"x\"", kRight},
      {"when subject is service or subject.email == \"x\"", kRight},
      {"when not (subject is user) or subject.email == \"x\"", kRight},
      {"when subject is not user and subject.owner.level > 3", kRight},
      {"when task.maker.email == \"x\"", kLacks},
      {"when task.maker is user and task.maker.email == \"x\"", kRight},
      {"when any h in task.helpers: (h is user and h.email == \"x\")", kRight},
      {"when any h in task.helpers: (h.email == \"x\")", kLacks},
      {"when parent is project and parent.open", kRight},
      {"when parent.open", kLacks},
  });
}

TEST(Guards, WhoLetsThroughNarrowsTheSubject) {
  const std::string reads_email = " to task.look when subject.email == \"x\"";
  EXPECT_EQ(errors_of(kWorld + "forbid user" + reads_email), "");
  EXPECT_EQ(errors_of(kWorld + "forbid anyone" + reads_email), kLacks);
  EXPECT_EQ(errors_of(kWorld + "forbid user, service" + reads_email), kLacks);
  // Anybody may hold a role.
  EXPECT_EQ(errors_of(kWorld + "forbid worker, user" + reads_email), kLacks);
}

TEST(Guards, StarsBelowAScopeMakeItSure) {
  EXPECT_EQ(errors_of(kWorld + "forbid user to project.** when project.open"), "");
  EXPECT_EQ(errors_of(kWorld + "forbid user to project.*, task.* when project.open"), kUnguarded);
}

TEST(Guards, AQuestionThatTypesAnswerIsConstant) {
  expect({
      {"when task.limit is set", "PC2086"},
      {"when team is not set", "PC2086"},
      {"when subject is not set", "PC2086"},
      {"when task.extra is set", kRight},
      {"when task.limit is set and task.extra is set", kRight},
      {"when project is set", kRight},
      // What a guard has made sure, the request decides all the same.
      {"when task.extra is set unless task.extra is set and task.limit > 3", kRight},
      {"when task.extra is set unless task.extra is set", kRight},
  });
}

}  // namespace
}  // namespace policyc::compiler::testing
