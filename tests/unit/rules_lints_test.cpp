// Lints: each speaks where it should, and is quiet where the author has shown that
// something is meant. A package with an error has no lints.

#include "unit/rules_fixture.hpp"

namespace policyc::compiler::testing {
namespace {

const std::string kBase = R"(
subject user {}
context { channel: string = "ui", device: string }
scope team {
  role member
  role lead includes member
  action see
}
scope project in team {
  people: set<user> = {}
  action read, edit
}
allow member to team.see when context.device == "phone"
)";

// How often the lint speaks when these rules are added.
std::size_t spoken(const std::string& rules, text::DiagCode code) {
  const Analyzed result = analyzed(kBase + rules);
  EXPECT_TRUE(result.model) << result.report();
  return static_cast<std::size_t>(
      std::count_if(result.diagnostics.list().begin(), result.diagnostics.list().end(),
                    [&](const text::Diagnostic& one) { return one.code == code; }));
}

struct Row {
  const char* rules;
  text::DiagCode code;
  std::size_t times;
};

TEST(Lints, SpeakAndAreQuiet) {
  using enum text::DiagCode;
  const Row rows[] = {
      {"allow member to project.*", star_in_allow, 1},
      {"allow member to team.**, project.*", star_in_allow, 2},
      {"forbid member to project.*", star_in_allow, 0},
      {"actions g \"G\" = { project.* } allow member to g", star_in_allow, 0},
      {"forbid member to project.read", forbid_hits_higher_roles, 1},
      {"forbid lead to project.read", forbid_hits_higher_roles, 0},
      {"forbid member, lead to project.read", forbid_hits_higher_roles, 0},
      {"forbid member to project.read unless subject is lead", forbid_hits_higher_roles, 0},
      {"forbid member to project.read unless subject is member", forbid_hits_higher_roles, 1},
      {"allow member to project.read allow member to project.read", repeated_rule, 1},
      {"allow member to project.read forbid member to project.read", repeated_rule, 0},
      {"allow member to project.read allow lead to project.read", repeated_rule, 0},
      {"allow member, lead to project.read allow lead, member to project.read", repeated_rule, 1},
      {"allow lead to project.read when subject in project.people "
       "allow lead to project.read when subject in project.people",
       repeated_rule, 1},
      {"allow lead to project.read when subject in project.people "
       "allow lead to project.read when subject not in project.people",
       repeated_rule, 0},
      {"allow member to project.{read, edit}, project.read", repeated_part, 1},
      {"allow member, team.member to project.read", repeated_part, 1},
      {"allow lead to project.read forbid anyone to project.*", shadowed_allow, 1},
      {"allow lead to project.read forbid member to project.read", shadowed_allow, 1},
      {"allow member to project.read forbid lead to project.read", shadowed_allow, 0},
      {"allow lead to project.{read, edit} forbid anyone to project.read", shadowed_allow, 0},
      {"allow lead to project.read forbid anyone to project.read when subject in project.people",
       shadowed_allow, 0},
      {"allow member to project.read when all p in project.people: (p is member)", all_of_nothing, 1},
      {"allow member to project.read when not (all p in project.people: (p is member))", all_of_nothing, 0},
      {"allow member to project.read when size(project.people) > 0 and all p in project.people: (p is "
       "member)",
       all_of_nothing, 0},
      {"allow member to project.read when subject in project.people and all p in project.people: (p is "
       "member)",
       all_of_nothing, 0},
      {"forbid lead to project.read when all p in project.people: (p is member)", all_of_nothing, 0},
      {"forbid lead to project.read unless all p in project.people: (p is member)", all_of_nothing, 1},
      {"allow member to project.read when context.channel == \"ui\"", widening_default, 1},
      {"forbid lead to project.read when context.channel == \"api\"", widening_default, 1},
      {"allow member to project.read when context.channel == \"api\"", widening_default, 0},
      {"forbid lead to project.read when context.channel in {\"ui\", \"api\"}", widening_default, 0},
      {"allow member to project.read when context.channel not in {\"api\"}", widening_default, 1},
      {"allow lead to project.read", action_without_allow, 1},
      {"allow lead to project.{read, edit}", action_without_allow, 0},
      {"allow lead to project.read forbid anyone to project.edit", action_without_allow, 0},
      {"allow lead to project.read forbid anyone to project.*", action_without_allow, 1},
      {"allow lead to project.read forbid lead to project.edit", action_without_allow, 1},
  };
  for (const Row& row : rows)
    EXPECT_EQ(spoken(row.rules, row.code), row.times) << row.rules << " " << text::info(row.code).name;
}

TEST(Lints, NoRulesIsAWarningAndNothingElse) {
  EXPECT_EQ(analyzed("").codes(), "PC3004");
  EXPECT_EQ(analyzed("// nothing\n").codes(), "PC3004");
  EXPECT_EQ(analyzed("subject user {} scope a { role r action x }").codes(), "PC3004");
}

TEST(Lints, AreQuietBesideErrors) {
  EXPECT_EQ(analyzed(kBase + "allow nobody to project.*").codes(), "PC2001");
}

TEST(Lints, KnowWhatIsUsedThroughSomethingElse) {
  const auto unused = [](const std::string& text) {
    std::string names;
    const Analyzed result = analyzed(text);
    EXPECT_TRUE(result.model) << result.report();
    for (const text::Diagnostic& one : result.diagnostics.list())
      if (one.code == text::DiagCode::unused) names += (names.empty() ? "" : " ") + one.arguments[1];
    return names;
  };
  EXPECT_EQ(unused(R"(
subject user {}
scope team {
  role guest from project.helper
  role boss includes guest
  role idle
  role idler includes idle
  action see
}
scope project in team { helpers: set<user> = {}  role helper from helpers }
allow guest to team.see
)"),
            "team.idle team.idler");
  EXPECT_EQ(unused(R"(
subject user {}
scope team {
  role a
  role b if subject is a
  action give(what: role of team)
}
scope project in team { role c  role d  action read }
allow b to team.give
allow user to project.read when subject is {c}
)"),
            "project.d");
}

}  // namespace
}  // namespace policyc::compiler::testing
