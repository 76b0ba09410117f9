// Lists that hostile callers ask for: pages of one, cursors of elsewhere, resources that are described, names
// that are none, and memory that runs out at every place in turn.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policyc/compiler/compile.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot/read.hpp"
#include "policyc/text/parse.hpp"
#include "unit/allocations.hpp"

namespace policyc::vm::testing {
namespace {

constexpr const char* kPolicy = R"(policy lists version "1"
subject user {}
subject service { key: string }
group team of user, team {}
context { channel: string? }
scope organization {
  role admin
  role member public
}
scope project in organization {
  owner: user?
  watchers: set<user | team> = {}
  action read, watch, own, rate(stars: int), audit
}
allow member to project.read
allow user to project.watch when subject in project.watchers
allow user to project.own when project.owner is set and project.owner == subject
allow member to project.rate when action.stars < 6
allow admin to project.audit when context.channel is set
)";

constexpr const char* kFacts = R"(snapshot: 1
users: [ { id: ann }, { id: bob }, { id: eve }, { id: mia } ]
services: [ { id: bot, key: k1 } ]
teams:
  - { id: night, members: [eve] }
  - { id: day, members: [ "team:night", bob ] }
organizations:
  - id: acme
    grants: { member: [ann, "team:day"], admin: [ann] }
    projects:
      - { id: p1, owner: bob, watchers: [ "team:day", user:ann ] }
      - { id: p2, owner: ann }
      - { id: p3, watchers: [ user:mia ] }
  - id: blue
    grants: { member: [ "user:*" ] }
    projects: [ { id: b1, owner: ann }, { id: b2 } ]
)";

std::shared_ptr<const Program> compiled() {
  const text::LoadedPackage package = text::load_package_from_memory({{"lists.policy", kPolicy}});
  const compiler::CompileResult result = compiler::compile(package);
  EXPECT_FALSE(result.diagnostics.has_errors());
  auto loaded = Program::load(result.image, Trust::unsigned_local());
  if (!loaded) std::abort();
  return std::make_shared<const Program>(std::move(*loaded));
}

std::vector<std::byte> image_for(const Program& program) {
  const snapshot::ReadResult read = snapshot::read_text("facts.yaml", kFacts, snapshot::Format::yaml,
                                                        program.schema(), program.schema_digest());
  EXPECT_FALSE(read.diagnostics.has_errors());
  return read.image;
}

// Each call makes a snapshot of its own, with handles and cursors of its own.
Evaluator evaluator() {
  static const std::shared_ptr<const Program> program = compiled();
  static const std::vector<std::byte> image = image_for(*program);
  auto facts = Snapshot::load(image, program->schema(), program->schema_digest());
  if (!facts) std::abort();
  auto made = Evaluator::create(program, std::make_shared<const Snapshot>(std::move(*facts)));
  if (!made) std::abort();
  return std::move(*made);
}

Request on_which(std::string_view subject, std::string_view action) {
  return {.subject = subject, .action = action, .resource = "project"};
}
Request who(std::string_view action, std::string_view resource, std::string_view kind = {}) {
  return {.subject = kind, .action = action, .resource = resource};
}

using Ask = std::function<Result<EntityList>(const Evaluator&, const Page&)>;

// Lists of both sorts that begin in every way: grants, groups, everyone, attributes.
std::vector<Ask> questions() {
  std::vector<Ask> all;
  for (const std::string_view action : {"project.read", "project.watch", "project.own"}) {
    for (const std::string_view subject :
         {"user:ann", "user:bob", "user:eve", "user:mia", "user:nobody", "service:bot"})
      all.push_back([=](const Evaluator& of, const Page& page) {
        return of.list_resources(on_which(subject, action), page);
      });
    for (const std::string_view resource :
         {"project:p1", "project:p2", "project:p3", "project:b1", "project:b2"})
      all.push_back([=](const Evaluator& of, const Page& page) {
        return of.list_subjects(who(action, resource), page);
      });
  }
  return all;
}

TEST(Lists, InPagesOfOneAreTheWholeInOrder) {
  const Evaluator of = evaluator();
  std::size_t longest = 0;
  for (const Ask& ask : questions()) {
    const auto whole = ask(of, {});
    ASSERT_TRUE(whole);
    EXPECT_FALSE(whole->next);
    longest = std::max(longest, whole->entities.size());
    std::vector<Handle> entities;
    std::vector<KindIndex> everyone;
    std::size_t pages = 0;
    for (Page page{1, {}};; ++pages) {
      const auto list = ask(of, page);
      ASSERT_TRUE(list);
      EXPECT_LE(list->entities.size(), 1U);
      entities.insert(entities.end(), list->entities.begin(), list->entities.end());
      everyone.insert(everyone.end(), list->everyone.begin(), list->everyone.end());
      page.after = list->next;
      if (!page.after) break;
    }
    EXPECT_EQ(entities, whole->entities);
    EXPECT_EQ(everyone, whole->everyone);
    EXPECT_LE(pages, whole->entities.size()) << "a page that is full and the last is known to be";
    EXPECT_EQ(ask(of, {0, {}}).error().code, ErrorCode::malformed) << "a page of nothing never ends";
  }
  EXPECT_GT(longest, 3U);
}

TEST(Lists, GoOnBehindAnyPlaceOfTheirSnapshotAlone) {
  const Evaluator of = evaluator();
  const Evaluator other = evaluator();
  for (const Ask& ask : questions()) {
    const auto whole = ask(of, {});
    ASSERT_TRUE(whole);
    // Whatever the number: a place, and nothing besides.
    for (const std::uint32_t after : {0U, 1U, 7U, 12U, 0x7FFFFFFFU, 0xFFFFFFFCU, 0xFFFFFFFEU, 0xFFFFFFFFU}) {
      const auto list = ask(of, {100, Cursor{after, of.snapshot().epoch()}});
      ASSERT_TRUE(list);
      std::vector<Handle> behind;
      for (const Handle entity : whole->entities)
        if (entity.node > after) behind.push_back(entity);
      EXPECT_EQ(list->entities, behind);
      EXPECT_TRUE(list->everyone.empty());
      EXPECT_EQ(ask(other, {100, Cursor{after, of.snapshot().epoch()}}).error().code,
                ErrorCode::stale_handle);
    }
  }
}

TEST(Lists, TakeADescribedResourceWhereADecisionDoes) {
  const Evaluator of = evaluator();
  const NamedValue attributes[] = {{"owner", Value::string("user:mia")}};
  Request asked = who("project.own", "project");
  asked.resource_inline = true;
  asked.parent = "organization:acme";
  asked.resource_attributes = attributes;
  const auto subjects = of.list_subjects(asked);
  ASSERT_TRUE(subjects);
  EXPECT_EQ(subjects->entities, std::vector<Handle>{*of.resolve("user:mia")});
  asked.action = "project.read";
  EXPECT_EQ(of.list_subjects(asked)->entities.size(), 3U);
  asked.subject = "user:mia";
  asked.action = {};
  const auto actions = of.list_actions(asked);
  ASSERT_TRUE(actions);
  EXPECT_EQ(actions->actions, std::vector<ActionIndex>{*of.program().find_action("project.own")});

  asked.parent = "organization:nowhere";
  EXPECT_EQ(of.list_actions(asked).error().code, ErrorCode::bad_parent);
  asked.parent = "organization:acme";
  asked.resource = "project:p1";
  EXPECT_EQ(of.list_actions(asked).error().code, ErrorCode::resource_exists);
  asked = on_which("user:ann", "project.read");
  asked.resource_inline = true;
  const auto refused = of.list_resources(asked);
  EXPECT_EQ(refused.error().code, ErrorCode::malformed);
  EXPECT_NE(refused.error().message.find("none is described"), std::string::npos) << refused.error().message;
}

TEST(Lists, RefuseWhatIsNoQuestion) {
  const Evaluator of = evaluator();
  const std::string long_name = "user:" + std::string(100'000, 'x');
  const auto resources = [&](std::string_view subject, std::string_view action, std::string_view kind) {
    const auto list = of.list_resources({.subject = subject, .action = action, .resource = kind});
    return list ? ErrorCode::none : list.error().code;
  };
  EXPECT_EQ(resources("", "project.read", "project"), ErrorCode::malformed);
  EXPECT_EQ(resources("user:*", "project.read", "project"), ErrorCode::malformed);
  EXPECT_EQ(resources("team:day", "project.read", "project"), ErrorCode::unknown_kind);
  EXPECT_EQ(resources("service:new", "project.read", "project"), ErrorCode::unknown_subject);
  EXPECT_EQ(resources(long_name, "project.read", "project"), ErrorCode::none);
  EXPECT_EQ(resources("user:ann", "", "project"), ErrorCode::unknown_action);
  EXPECT_EQ(resources("user:ann", "project.read", ""), ErrorCode::unknown_kind);
  EXPECT_EQ(resources("user:ann", "project.read", "project:p1"), ErrorCode::unknown_kind);
  EXPECT_EQ(resources("user:ann", "project.read", "system"), ErrorCode::unknown_action);
  EXPECT_EQ(resources("user:ann", "project.read", "team"), ErrorCode::unknown_action);
  EXPECT_EQ(resources("user:ann", "project.rate", "project"), ErrorCode::missing_parameter);
  const auto subjects = [&](std::string_view kind, std::string_view action, std::string_view resource) {
    const auto list = of.list_subjects(who(action, resource, kind));
    return list ? ErrorCode::none : list.error().code;
  };
  EXPECT_EQ(subjects("user:ann", "project.read", "project:p1"), ErrorCode::unknown_kind);
  EXPECT_EQ(subjects("team", "project.read", "project:p1"), ErrorCode::unknown_kind);
  EXPECT_EQ(of.list_subjects(who("project.read", "project:p1", "user:ann")).error().message,
            "a list asks for a kind, 'user', and not for 'user:ann'");
  EXPECT_EQ(of.list_resources({.subject = "user:ann", .action = "project.read", .resource = "project:p1"})
                .error()
                .message,
            "a list asks for a kind, 'project', and not for 'project:p1'");
  EXPECT_EQ(subjects("user", "project.read", "project:new"), ErrorCode::unknown_resource);
  EXPECT_EQ(subjects("user", "project.read", "project"), ErrorCode::malformed);
  EXPECT_EQ(subjects("user", "project.read", "system"), ErrorCode::unknown_action);
  EXPECT_EQ(of.list_actions({.subject = "user:ann", .action = {}, .resource = "project"}).error().code,
            ErrorCode::malformed);

  // On behalf of nobody is no question either, and one that others can't be asked is refused for both.
  Request asked = on_which("user:ann", "project.read");
  for (const auto& [other, code] :
       {std::pair{"", ErrorCode::malformed}, std::pair{"team:day", ErrorCode::unknown_kind},
        std::pair{"service:new", ErrorCode::unknown_subject}}) {
    asked.on_behalf_of = other;
    EXPECT_EQ(of.list_resources(asked).error().code, code) << other;
  }
  // The same context value many times is refused, and not counted.
  const std::vector<NamedValue> many(5000, NamedValue{"channel", Value::string("ui")});
  asked.on_behalf_of.reset();
  asked.context = many;
  EXPECT_EQ(of.list_resources(asked).error().code, ErrorCode::malformed);
}

TEST(Lists, LeaveOutWhatNeedsMore) {
  const Evaluator of = evaluator();
  Request asked{.subject = "user:ann", .action = {}, .resource = "project:p1"};
  const auto list = of.list_actions(asked);
  ASSERT_TRUE(list);
  ASSERT_EQ(list->unanswered.size(), 1U);
  EXPECT_EQ(list->unanswered[0].action, *of.program().find_action("project.rate"));
  EXPECT_EQ(list->unanswered[0].error, ErrorCode::missing_parameter);
  // Of a parameter with the wrong type too; the other actions don't suffer.
  const NamedValue stars[] = {{"stars", Value::string("five")}};
  asked.parameters = stars;
  const auto wrong = of.list_actions(asked);
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->actions, list->actions);
  ASSERT_EQ(wrong->unanswered.size(), 1U);
  EXPECT_EQ(wrong->unanswered[0].error, ErrorCode::ill_typed);
}

// One allocation fails, and then the next one, until a list needs no more.
template <class List, class Same>
void fail_everywhere(const std::function<Result<List>(const Evaluator&)>& ask, const Same& is_same) {
  const auto whole = ask(evaluator());
  ASSERT_TRUE(whole);
  std::size_t failures = 0;
  for (bool failed = true; failed;) {
    const Evaluator of = evaluator();  // without indexes
    const std::size_t before = allocations.load();
    allocations_fail_at = before + failures + 1;
    const auto list = ask(of);
    failed = allocations.load() >= before + failures + 1;
    allocations_fail_at = 0;
    if (list)
      EXPECT_TRUE(is_same(*list, *whole)) << "at allocation " << failures;
    else
      EXPECT_EQ(list.error().code, ErrorCode::out_of_memory) << "at allocation " << failures;
    // What could not be made is made by the next one.
    const auto again = ask(of);
    ASSERT_TRUE(again);
    EXPECT_TRUE(is_same(*again, *whole));
    ++failures;
    ASSERT_LT(failures, 1000U);
  }
  EXPECT_GT(failures, 3U);
}

TEST(Lists, AreWholeOrOutOfMemory) {
  const auto same_entities = [](const EntityList& one, const EntityList& other) {
    const auto nodes = [](const EntityList& list) {
      std::vector<std::uint32_t> all;
      for (const Handle entity : list.entities) all.push_back(entity.node);
      return all;
    };
    return nodes(one) == nodes(other) && one.everyone == other.everyone && !one.next;
  };
  for (const std::string_view action : {"project.read", "project.watch"}) {
    fail_everywhere<EntityList>(
        [=](const Evaluator& of) { return of.list_resources(on_which("user:eve", action)); }, same_entities);
    fail_everywhere<EntityList>(
        [=](const Evaluator& of) { return of.list_subjects(who(action, "project:p1")); }, same_entities);
  }
  fail_everywhere<ActionList>(
      [](const Evaluator& of) {
        return of.list_actions(
            {.subject = "user:ann", .action = {}, .resource = "project:p1", .on_behalf_of = "user:bob"});
      },
      [](const ActionList& one, const ActionList& other) {
        return one.actions == other.actions && one.unanswered.size() == other.unanswered.size();
      });
}

}  // namespace
}  // namespace policyc::vm::testing
