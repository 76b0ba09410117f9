// Types, attributes, actions, context, conditions, groups: what they are and where their names are known.

#include "unit/declare_fixture.hpp"

namespace policyc::compiler::testing {
namespace {

constexpr const char* kMembers = R"(
enum plan { free, team, enterprise }
subject user { email: string = ""  boss: user? }
subject service {}
scope organization {
  plan: plan = team
  partners: set<organization> = {}
  seats: set<plan>?
  role member
  role owner
  action view, assign(to: user, role: role of organization = member, quiet: bool = true) as "hand-out" "Assign roles"
}
scope project in organization {
  until: time? from request
  actor: user | service
  blocks: set<ip> = { ip("10.0.0.0/8") }
  limit: duration = 30d
  keeper: user = user:"ann@acme.io"
  role member
  action read, update
  condition late = project.limit < 1d
}
scope task in project { action label  condition own on task "Own" = true }
scope wiki in project { action edit }
condition own on wiki = true
condition calm on system "Calm" = true
context { channel: string = "ui", mfa: bool }
actions access "Access" = { organization.view as "V", project.** as "P" }
action restart
)";

TEST(DeclareMembers, HaveTheirTypes) {
  const Declarations result = sound(kMembers);
  const Schema& schema = result.schema();
  std::string all;
  for (const AttributeInfo& one : schema.attributes)
    all += schema.kinds[one.kind].name + "." + one.name + ": " + to_string(one.type, schema) +
           (one.from_request ? " from request" : "") + (one.fallback ? " = …" : "") + "\n";
  EXPECT_EQ(all,
            "user.email: string = …\nuser.boss: user?\norganization.plan: plan = …\n"
            "organization.partners: set<organization> = …\norganization.seats: set<plan>?\n"
            "project.until: time? from request\nproject.actor: user | service\nproject.blocks: set<ip> = …\n"
            "project.limit: duration = …\nproject.keeper: user = …\n");
  const AttributeIndex plan = schema.find_attribute(result.symbols->kind("organization"), "plan");
  EXPECT_EQ(schema.attributes[plan].fallback->number, 1);
  const AttributeIndex keeper = schema.find_attribute(result.symbols->kind("project"), "keeper");
  EXPECT_EQ(schema.attributes[keeper].fallback->text, "ann@acme.io");
  EXPECT_EQ(schema.attributes[keeper].fallback->number, result.symbols->kind("user"));
}

TEST(DeclareMembers, ActionsAreKnownByTheirPlainNames) {
  const Declarations result = sound(kMembers);
  const KindIndex organization = result.symbols->kind("organization");
  const auto assign = result.symbols->action(organization, "assign");
  ASSERT_TRUE(assign);
  const ActionInfo& info = result.model->actions[*assign];
  EXPECT_EQ(info.wire_name, "hand-out");
  EXPECT_EQ(info.title, "Assign roles");
  ASSERT_EQ(info.parameters.size(), 3u);
  EXPECT_EQ(to_string(info.parameters[1].type, result.schema()), "role of organization");
  EXPECT_EQ(info.parameters[1].fallback->number, result.role_index("organization.member"));
  EXPECT_EQ(info.parameters[2].fallback->number, 1);
  EXPECT_FALSE(result.symbols->action(organization, "hand-out"));
  EXPECT_FALSE(result.symbols->action(organization, "read"));
  EXPECT_TRUE(result.symbols->action(kSystemKind, "restart"));
  // In the order of kinds, as the image wants them.
  for (std::size_t i = 1; i < result.model->actions.size(); ++i)
    EXPECT_LE(result.model->actions[i - 1].kind, result.model->actions[i].kind);
  EXPECT_EQ(result.symbols->action_names(organization), (std::vector<std::string>{"assign", "view"}));
}

TEST(DeclareMembers, ConditionsAreKnownOnTheirScopeAndBelow) {
  const Declarations result = sound(kMembers);
  const Symbols& symbols = *result.symbols;
  const auto at = [&](const char* kind, const char* name) {
    const auto found = symbols.condition_at(symbols.kind(kind), name);
    return found ? result.schema().kinds[result.model->conditions[*found].kind].name : "none";
  };
  EXPECT_EQ(at("task", "own"), "task");
  EXPECT_EQ(at("wiki", "own"), "wiki");
  EXPECT_EQ(at("project", "own"), "none");
  EXPECT_EQ(at("task", "late"), "project");
  EXPECT_EQ(at("organization", "late"), "none");
  EXPECT_EQ(at("user", "calm"), "system");
  EXPECT_EQ(at("system", "calm"), "system");
  EXPECT_EQ(result.model->conditions[*symbols.condition_at(symbols.kind("task"), "own")].title, "Own");
}

TEST(DeclareMembers, GroupsAndContextAreKnownEverywhere) {
  const Declarations result = sound(kMembers);
  EXPECT_EQ(result.symbols->context("channel"), 0);
  EXPECT_EQ(result.symbols->context("mfa"), 1);
  EXPECT_FALSE(result.symbols->context("ip"));
  ASSERT_TRUE(result.symbols->group("access"));
  std::string all;
  for (const GroupModel::Member& one : result.model->groups[*result.symbols->group("access")].members)
    all += result.model->actions[one.action].name + ":" + one.letter + " ";
  EXPECT_EQ(all, "view:V read:P update:P label:P edit:P ");
}

TEST(DeclareMembers, RolesOfTheKindItselfComeBeforeThoseAbove) {
  const Declarations result = sound(kMembers);
  const Symbols& symbols = *result.symbols;
  EXPECT_EQ(result.names_of(symbols.roles_at(symbols.kind("project"), "member")),
            "project.member organization.member");
  EXPECT_EQ(result.names_of(symbols.roles_at(symbols.kind("organization"), "member")), "organization.member");
  EXPECT_EQ(result.names_of(symbols.roles_at(symbols.kind("user"), "member")), "");
  EXPECT_EQ(symbols.role_names_at(symbols.kind("task")),
            (std::vector<std::string>{"organization.member", "owner", "project.member"}));
}

TEST(DeclareMembers, AnUnreadDeclarationMayHaveDeclaredItsWords) {
  const Declarations result = declared("scope project { limit: (int) = 5  role editor from limt }");
  EXPECT_TRUE(result.symbols->is_tainted("limit"));
  EXPECT_FALSE(result.symbols->is_tainted("limt"));
}

TEST(DeclareMembers, ParametersAreLimited) {
  std::string parameters;
  for (int i = 0; i < 64; ++i) parameters += (i == 0 ? "p" : ", p") + std::to_string(i) + ": int";
  EXPECT_EQ(sound("scope a { action act(" + parameters + ") }").model->actions[0].parameters.size(), 64u);
  EXPECT_EQ(declared("scope a { action act(" + parameters + ", q: int, r: int) }").codes(), "PC2014");
}

TEST(DeclareMembers, TablesAreLimitedByTheirIndices) {
  std::string members;
  for (int i = 0; i < 65536; ++i) members += (i == 0 ? "m" : ", m") + std::to_string(i);
  const Declarations result = declared("enum many { " + members + " }");
  EXPECT_EQ(result.codes(), "PC2014");
  EXPECT_EQ(result.schema().enums[0].members.size(), 65534u);
}

}  // namespace
}  // namespace policyc::compiler::testing
