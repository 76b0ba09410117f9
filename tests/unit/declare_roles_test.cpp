// What roles rest on and how they are stored; and the model as text.

#include <algorithm>

#include "policyc/compiler/compile.hpp"
#include "unit/declare_fixture.hpp"

namespace policyc::compiler::testing {
namespace {

std::uint64_t mask(const std::vector<std::uint8_t>& bits) {
  std::uint64_t all = 0;
  for (const std::uint8_t one : bits) all |= std::uint64_t{1} << one;
  return all;
}

std::size_t place_in_order(const Declarations& in, const std::string& role) {
  const auto& order = in.schema().roll_up_order;
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), in.role_index(role)) - order.begin());
}

TEST(DeclareRoles, HaveTheBitsThatFactsCanSet) {
  const Declarations result = sound(R"(
    subject user {}
    scope workspace {
      role granted
      role named from owner not granted
      role up from task.granted not granted
      role both from task.granted
      role derived from granted not granted
      role conditional if workspace.open not granted
      owner: user
      open: bool = false
    }
    scope task in workspace { role granted not assignable })");
  const auto bits = [&](const char* role) {
    return std::pair<int, int>(result.role(role).flow_bit, result.role(role).up_bit);
  };
  EXPECT_EQ(bits("workspace.granted"), std::pair(0, 255));
  EXPECT_EQ(bits("workspace.named"), std::pair(1, 255));
  EXPECT_EQ(bits("workspace.up"), std::pair(255, 2));
  EXPECT_EQ(bits("workspace.both"), std::pair(3, 4));
  EXPECT_EQ(bits("workspace.derived"), std::pair(255, 255));
  EXPECT_EQ(bits("workspace.conditional"), std::pair(255, 255));
  EXPECT_EQ(result.kind("workspace").rolled_up_bits, mask({2, 4}));
  EXPECT_FALSE(result.role("task.granted").assignable);
  EXPECT_TRUE(result.role("task.granted").grantable);
  EXPECT_FALSE(result.role("workspace.up").grantable);
}

TEST(DeclareRoles, SourcesAreWhatTheirNamesMeanAtTheScope) {
  const Declarations result = sound(R"(
    subject user {}
    role operator
    scope organization { role member  role lead }
    scope project in organization {
      home: organization
      both: left | right
      owner: user
      role member
      role one from owner, member, organization.member, lead, operator, project.member, system.operator
      role two from home.lead, both.keeper
      role three includes member, task.labeler, project.one
    }
    scope task in project { role labeler }
    scope left { role keeper }
    scope right { role keeper })");
  EXPECT_EQ(result.names_of(result.more("project.one").role_sources),
            "project.member organization.member organization.lead system.operator");
  ASSERT_EQ(result.role("project.one").attribute_sources.size(), 1u);
  std::string through;
  for (const RoleModel::Through& one : result.more("project.two").through)
    through += result.schema().attributes[one.attribute].name + "." + result.name_of(one.role) + " ";
  EXPECT_EQ(through, "home.organization.lead both.left.keeper both.right.keeper ");
  EXPECT_EQ(result.names_of(result.more("project.three").includes),
            "project.member task.labeler project.one");
}

TEST(DeclareRoles, OneNameForTwoRolesOnOnePathIsAmbiguousThroughAnAttribute) {
  // Asked at a workspace, organization.lead would count too.
  EXPECT_EQ(declared(R"(
    subject user {}
    scope organization { role lead }
    scope workspace in organization { role lead }
    scope task { place: organization | workspace  role heir from place.lead })")
                .codes(),
            "PC2027");
}

TEST(DeclareRoles, ARollUpCountsWhatIncludesTheRoleAtTheChild) {
  const Declarations result = sound(R"(
    subject user {}
    scope workspace { role guest from project.reader, project.owner not granted  role member }
    scope project in workspace {
      owner: user
      role reader from follower
      role editor includes reader
      role chief includes editor
      role follower
      role rolled includes reader from task.labeler not granted
      role other
    }
    scope task in project { role labeler })");
  const RoleInfo& guest = result.role("workspace.guest");
  ASSERT_EQ(guest.roll_up_roles.size(), 1u);
  EXPECT_EQ(guest.roll_up_roles[0].child, result.symbols->kind("project"));
  EXPECT_EQ(guest.roll_up_roles[0].mask,
            mask({result.role("project.reader").flow_bit, result.role("project.editor").flow_bit,
                  result.role("project.chief").flow_bit, result.role("project.follower").flow_bit,
                  result.role("project.rolled").up_bit}));
  EXPECT_EQ(guest.roll_up_attributes.size(), 1u);
  EXPECT_LT(place_in_order(result, "project.rolled"), place_in_order(result, "workspace.guest"));
}

TEST(DeclareRoles, AreRolledUpFromTheLeavesWhateverTheOrderOfTheText) {
  // `folder` nests in itself, so that it has as many kinds above it as `document`.
  const Declarations result = sound(R"(
    subject user {}
    role somewhere from organization.some not granted
    scope organization { role some from folder.up not granted }
    scope folder in folder, organization { role up from document.up not granted }
    scope document in folder { role up from page.owner not granted }
    scope page in document { owner: user })");
  EXPECT_LT(place_in_order(result, "document.up"), place_in_order(result, "folder.up"));
  EXPECT_LT(place_in_order(result, "folder.up"), place_in_order(result, "organization.some"));
  EXPECT_LT(place_in_order(result, "organization.some"), place_in_order(result, "system.somewhere"));
}

TEST(DeclareRoles, ASourceThatNobodyCanHoldAtTheChildGivesNothing) {
  const Declarations result = sound(R"(
    subject user {}
    scope workspace { role guest from project.nobody }
    scope project in workspace { role nobody not granted })");
  EXPECT_TRUE(result.role("workspace.guest").roll_up_roles.empty());
}

TEST(DeclareRoles, EveryKindOnThePathHasItsPlaceInTheWord) {
  const Declarations result = sound(R"(
    subject user {}
    role root
    scope organization { role a role b role c }
    scope project in organization { role d }
    scope archive { role e })");
  const auto place = [&](const char* of, const char* in) {
    return result.kind(in).word_offsets[result.symbols->kind(of)];
  };
  EXPECT_EQ(place("system", "project"), 0);
  EXPECT_EQ(place("organization", "project"), 1);
  EXPECT_EQ(place("project", "project"), 4);
  EXPECT_EQ(place("archive", "project"), kNoIndex);
  EXPECT_EQ(place("project", "organization"), kNoIndex);
  EXPECT_EQ(place("system", "user"), 0);
}

TEST(DeclareRoles, AKindHas64RolesAndAPath256Bits) {
  const auto scope = [](const std::string& name, const std::string& parent, int roles) {
    std::string text = "scope " + name + parent + " {";
    for (int i = 0; i < roles; ++i) text += " role " + name + std::to_string(i);
    return text + " }\n";
  };
  EXPECT_EQ(sound(scope("a", "", 64)).schema().roles.size(), 64u);
  EXPECT_EQ(declared(scope("a", "", 65)).codes(), "PC2014");
  const std::string full = scope("a", "", 64) + scope("b", " in a", 64) + scope("c", " in b", 64);
  EXPECT_EQ(sound(full + scope("d", " in c", 64)).schema().roles.size(), 256u);
  EXPECT_EQ(declared("role root\n" + full + scope("d", " in c", 64) + scope("e", " in d", 1)).codes(),
            "PC2013");
  // Beside one another they share no path.
  EXPECT_EQ(sound("role root\n" + full + scope("d", " in c", 63) + scope("e", " in c", 63)).codes(), "");
}

TEST(DeclareRoles, CirclesAreFoundWhereverTheyLead) {
  const auto circles = [](const std::string& roles) {
    return declared("subject user {} scope a { role top } scope b in a { " + roles +
                    " } scope c in b { at: b  role low }")
        .codes();
  };
  EXPECT_EQ(circles("role x includes y  role y includes x"), "PC2020");
  EXPECT_EQ(circles("role x from y  role y from x"), "PC2020");
  // Whoever holds x holds y, hence x2, hence x.
  EXPECT_EQ(circles("role x from x2 includes y  role x2  role y includes x2"), "PC2020");
  // The same said twice is no circle.
  EXPECT_EQ(circles("role x includes y  role y from x"), "");
  EXPECT_EQ(circles("role x from c.low, top  role y includes x, c.low"), "");
  EXPECT_EQ(circles("next: b?  role x from next.y  role y from x"), "PC2020");
}

TEST(DeclareRoles, TheModelIsShownAsText) {
  const auto loaded = text::load_package_from_memory({{"test.policy", R"(policy shown version "2"
enum plan { free, team }
subject user { plan: plan = free }
scope organization {
  role member
  role guest from project.owner, project.editor not granted
  action view(quiet: bool = true) as "look" "Look"
}
scope project in organization {
  owner: user?  until: duration = 2s
  blocks: set<ip> = { ip("10.0.0.1") }
  role editor from owner includes reader
  role reader from organization.member if project.until > 1s not assignable
  action read
}
condition own on project "Own" = project.owner is set and project.owner == subject
actions all_of_it "All" = { project.read as "R" }
@id("look") allow member, guest to organization.view when action.quiet
allow reader, editor to all_of_it when own unless subject.plan == team
)"}});
  text::Diagnostics diagnostics;
  const auto model = analyze(loaded, diagnostics);
  ASSERT_TRUE(model) << text::render_text(diagnostics.list().front(), loaded.sources);
  EXPECT_EQ(dump(*model), R"(policy shown version 2

enum plan { free team }

system

subject user plural users
  attribute plan: plan = free

scope organization plural organizations
  role member bit 0
  role guest rolled-up bit 1 not granted
    rolled up from project.owner
    rolled up from project bits 0
  action view as "look" "Look"
    parameter quiet: bool = true

scope project in organization plural projects
  attribute owner: user?
  attribute until: duration = 2000000us
  attribute blocks: set<ip> = {"10.0.0.1"}
  role editor bit 0
    includes project.reader
    from attribute owner
  role reader bit 1 not assignable
    from role organization.member
    if (reads its own attributes) (< 1000000us (attribute until resource))
  action read

condition own on project "Own"

actions all_of_it "All"
  project.read as "R"

rule look allow at test.policy:18
  at organization: organization.member organization.guest to view
    when parameter 0

rule test.policy:19 allow
  at project: project.reader project.editor to read
    when (and (is-set (attribute owner resource)) (== (attribute owner resource) subject))
    unless (== (attribute plan subject) team)
)");
}

}  // namespace
}  // namespace policyc::compiler::testing
