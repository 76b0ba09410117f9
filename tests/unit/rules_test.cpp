// From written rules to uses: whom, what, where and under which names.

#include "unit/rules_fixture.hpp"

namespace policyc::compiler::testing {
namespace {

// The uses of the first rule.
std::string uses(const std::string& rules) {
  const Analyzed result = analyzed(kScopes + rules);
  return result.model ? result.uses_of(0) : result.report();
}

TEST(RuleTargets, EachFormNamesItsActions) {
  EXPECT_EQ(uses("allow member to team.see"), "team.see\n");
  EXPECT_EQ(uses("allow member to project.{edit, read}"), "project.read project.edit\n");
  EXPECT_EQ(uses("allow member to project.*"), "project.read project.edit\n");
  EXPECT_EQ(uses("allow member to project.*, project.read, team.see"),
            "team.see\nproject.read project.edit\n");
  EXPECT_EQ(uses("actions g \"G\" = { project.read, team.* } allow member to g"),
            "team.see team.create team.rename\nproject.read\n");
}

TEST(RuleTargets, TwoStarsReachBelowAndAskForTheAncestorThatMayBeMissing) {
  EXPECT_EQ(uses("forbid user to team.**"),
            "team.see team.create team.rename\nproject.read project.edit\nfolder.list in team\n");
  EXPECT_EQ(uses("forbid user to drive.**"), "drive.mount\nfolder.list in drive\n");
  EXPECT_EQ(uses("forbid user to folder.**"), "folder.list\n");
  // Reached without the ancestor, it needs none.
  EXPECT_EQ(uses("forbid user to drive.**, folder.list"), "drive.mount\nfolder.list\n");
}

TEST(RuleTargets, SystemIsAboveEverythingSubjectsToo) {
  EXPECT_EQ(uses("forbid user to system.**"),
            "system.restart\nuser.view_account\nteam.see team.create team.rename\nproject.read project.edit\n"
            "drive.mount\nfolder.list\n");
  EXPECT_EQ(uses("forbid user to system.*"), "system.restart\n");
  EXPECT_EQ(uses("forbid user to user.**"), "user.view_account\n");
}

TEST(RuleTargets, ParametersGiveEachActionAUseOfItsOwn) {
  EXPECT_EQ(uses("allow member to team.{create, rename} when action.title != \"\""),
            "team.create\nteam.rename\n");
  EXPECT_EQ(uses("allow member to team.{create, rename} unless action.title == \"\""),
            "team.create\nteam.rename\n");
  EXPECT_EQ(uses("allow member to team.{create, rename} when subject == user:ann"),
            "team.create team.rename\n");
  EXPECT_EQ(uses("condition named on team = action.title != \"\"\n"
                 "allow member to team.{create, rename} when named"),
            "team.create\nteam.rename\n");
  // One of the actions lacks it.
  EXPECT_FALSE(analyzed(kScopes + "allow member to team.{create, rename} when action.quiet").model);
}

TEST(RuleWho, NamesOneRoleOrKindOrAnyone) {
  const Analyzed result = analyzed(kScopes +
                                   "forbid member, team.lead, service to project.read\n"
                                   "forbid anyone to project.read\n"
                                   "allow member, team.member to project.read");
  ASSERT_TRUE(result.model) << result.report();
  const auto& all = result.model->uses;
  ASSERT_EQ(all.size(), 3u);
  ASSERT_EQ(all[0].who.size(), 3u);
  const Schema& schema = result.model->schema;
  const KindIndex team = schema.find_kind("team");
  EXPECT_EQ(all[0].who[0].kind, WhoKind::role);
  EXPECT_EQ(all[0].who[0].index, schema.find_role(team, "member"));
  EXPECT_EQ(all[0].who[1].index, schema.find_role(team, "lead"));
  EXPECT_EQ(all[0].who[2].kind, WhoKind::subject_kind);
  EXPECT_EQ(all[0].who[2].index, schema.find_kind("service"));
  EXPECT_EQ(all[1].who[0].kind, WhoKind::anyone);
  EXPECT_EQ(all[2].who.size(), 1u) << "a role by two names is one role";
}

TEST(RuleWho, IsCheckedAtEachKindAndToldOnce) {
  EXPECT_EQ(analyzed(kScopes + "forbid editor to team.**").codes(), "PC2081");
  EXPECT_EQ(analyzed(kScopes + "forbid nobody to team.**").codes(), "PC2001");
  // A role of system counts everywhere.
  EXPECT_TRUE(analyzed(kScopes + "allow operator to project.read").model);
}

TEST(RuleNames, AreTheIdOrThePlace) {
  const Analyzed result =
      analyzed_files({{"main.policy", "import \"more/rules.policy\"\n" + kScopes},
                      {"more/rules.policy",
                       "allow member to team.see\n"
                       "@id(\"readers\") @reason(\"they read\") allow member to project.read\n"
                       "forbid user to drive.mount forbid user to folder.list"}});
  ASSERT_TRUE(result.model) << result.report();
  const auto& rules = result.model->rules;
  ASSERT_EQ(rules.size(), 4u);
  EXPECT_EQ(rules[0].id, "more/rules.policy:1");
  EXPECT_EQ(rules[1].id, "readers");
  EXPECT_EQ(rules[1].reason, "they read");
  EXPECT_EQ(rules[1].place, "more/rules.policy:2");
  EXPECT_EQ(rules[2].id, "more/rules.policy:3");
  EXPECT_EQ(rules[3].id, "more/rules.policy:3:28");
  EXPECT_EQ(rules[3].place, "more/rules.policy:3");
  EXPECT_EQ(rules[0].effect, RuleEffect::allow);
  EXPECT_EQ(rules[2].effect, RuleEffect::forbid);
}

// No golden case shows PC2099: it would be a long one.
TEST(RuleNames, AreNumberedWith16Bits) {
  std::string text = "subject user {} scope team { role member action see }\n";
  for (int i = 0; i < 65'536; ++i) text += "forbid member to team.see\n";
  EXPECT_NE(analyzed(text).codes().find("PC2099"), std::string::npos);
}

TEST(RuleConditions, UnlessSeesWhatWhenHasGuarded) {
  EXPECT_TRUE(analyzed(kScopes + "allow member to project.read when subject is user and subject.home is set\n"
                                 "  unless subject.home.open")
                  .model);
  EXPECT_FALSE(
      analyzed(kScopes + "allow member to project.read unless subject is user and subject.home.open").model);
}

TEST(RuleConditions, TheAncestorOfTwoStarsCountsAsSet) {
  EXPECT_TRUE(analyzed(kScopes + "forbid anyone to drive.** unless subject is keeper on drive").model);
  EXPECT_FALSE(analyzed(kScopes + "forbid anyone to folder.list unless subject is keeper on drive").model);
}

TEST(RuleConditions, KindsOfWhoNarrowTheSubject) {
  EXPECT_TRUE(analyzed(kScopes + "allow user to folder.list when subject.home is set").model);
  EXPECT_FALSE(analyzed(kScopes + "allow user, service to folder.list when subject.home is set").model);
  EXPECT_FALSE(analyzed(kScopes + "allow member, user to folder.list when subject.home is set").model);
}

TEST(RuleConditions, ConstantInEveryActionIsAnErrorInSomeIsNot) {
  EXPECT_EQ(analyzed(kScopes + "allow member to team.see when 1 < 2").codes(), "PC2086");
  EXPECT_EQ(analyzed(kScopes + "allow user to team.see when subject is user").codes(), "PC2086");
  EXPECT_TRUE(analyzed(kScopes + "allow member to team.see when subject is user").model);
}

TEST(PermissionCycles, AreFoundThroughRulesOfEitherEffect) {
  const std::string chain =
      "allow member to team.see when subject == user:ann\n"
      "allow editor to project.read when subject may team.see on team\n";
  EXPECT_TRUE(analyzed(kScopes + chain).model);
  EXPECT_EQ(
      analyzed(kScopes + "allow editor to project.read when subject may project.read on project").codes(),
      "PC2087");
  const Analyzed circle = analyzed(kScopes +
                                   "allow editor to project.read when subject may project.edit on project\n"
                                   "allow editor to project.edit\n"
                                   "forbid editor to project.edit when subject may project.read on project");
  EXPECT_EQ(circle.codes(), "PC2087");
  ASSERT_EQ(circle.diagnostics.list().size(), 1u);
  EXPECT_EQ(text::message(circle.diagnostics.list()[0]),
            "these permissions ask about each other in a circle: project.read > project.edit > project.read");
}

TEST(OwnConditions, AreThoseThatReadTheEntityItself) {
  const Analyzed result = analyzed(R"(
subject user {}
scope team {
  closed: bool = false
  role member
  action see
}
scope project in team {
  open: bool = false
  owner: user
  role lead from owner
  role reader if project.open
  role visitor if resource.open
  role guest if not team.closed
  role aide if subject is lead
  role friend if subject is member on team
  role far if subject is reader
  action read
}
allow reader, visitor, guest, aide, friend, far to project.read
allow member to team.see
)");
  ASSERT_TRUE(result.model) << result.report();
  const auto reads_own = [&](const char* name) {
    return result.model
        ->roles[result.model->schema.find_role(result.model->schema.find_kind("project"), name)]
        .condition_reads_own;
  };
  EXPECT_TRUE(reads_own("reader"));
  EXPECT_TRUE(reads_own("visitor"));
  EXPECT_TRUE(reads_own("aide")) << "through a role that an attribute names";
  EXPECT_TRUE(reads_own("far")) << "through another condition";
  EXPECT_FALSE(reads_own("guest"));
  EXPECT_FALSE(reads_own("friend"));
}

}  // namespace
}  // namespace policyc::compiler::testing
