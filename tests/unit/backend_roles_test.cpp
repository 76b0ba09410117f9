// "x holds role r at e": which bits and which conditions count, sentence by
// sentence of the language page.

#include "unit/backend_fixture.hpp"

namespace policyc::compiler {
namespace {

using namespace testing;  // NOLINT

// The graph of a policy that allows task.act (or another kind's) to a role.
std::string asked(Model made, RoleIndex role, KindIndex at = kTask) {
  made.actions[0].kind = at;
  allow(made, {role_who(role)}).kind = at;
  const Generated got = generated(made);
  EXPECT_TRUE(got.program) << got.code;
  return dump_graph(made);
}

std::string asked_itself(Model made, RoleIndex role, KindIndex at) {
  made.actions[0].kind = at;
  allow(made, {{WhoKind::anyone, kNoIndex}}, has_role(subject(), role, resource(at), true)).kind = at;
  const Generated got = generated(made);
  EXPECT_TRUE(got.program) << got.code;
  return dump_graph(made);
}

void expect_line(const std::string& graph, const std::string& line) {
  EXPECT_NE(graph.find("= " + line + "\n"), std::string::npos) << "no line '" << line << "' in\n" << graph;
}

TEST(BackendRoles, ARoleFlowsDownAndIncludesReachLowerScopes) {
  Model made = model();
  made.roles[kMember].includes = {kViewer};
  made.roles[kAdmin].includes = {kMember};
  expect_line(asked(made, kViewer),
              "subject holds {organization.member, organization.admin, folder.viewer} at task");
  expect_line(asked(made, kMember), "subject holds {organization.member, organization.admin} at task");
}

TEST(BackendRoles, ARolledUpRoleIsHeldAtItsEntityAlone) {
  expect_line(asked(model(), kLead, kOrganization),
              "subject holds {organization.lead rolled up} at organization");
  const std::string below = asked(model(), kLead);
  expect_line(below, "never");
  expect_line(asked(model(), kContributor, kFolder),
              "subject holds {folder.contributor rolled up} at folder");
}

TEST(BackendRoles, WhatIsGainedThroughARolledUpRoleIsRolledUp) {
  Model made = model();
  made.roles[kLead].includes = {kMember, kViewer};
  expect_line(asked(made, kMember, kOrganization),
              "subject holds {organization.member, organization.lead rolled up} at organization");
  expect_line(asked(made, kMember), "subject holds {organization.member} at task");
  expect_line(asked(made, kViewer), "subject holds {folder.viewer} at task");
  Model from = model();
  from.roles[kMember].role_sources = {kLead};
  expect_line(asked(from, kMember, kOrganization),
              "subject holds {organization.member, organization.lead rolled up} at organization");
  expect_line(asked(from, kMember), "subject holds {organization.member} at task");
}

TEST(BackendRoles, ASourceAboveIsAskedThereAndHeldBelow) {
  Model made = model();
  made.roles[kLabeler].role_sources = {kLead};
  expect_line(asked(made, kLabeler), "subject holds {organization.lead rolled up, task.labeler} at task");
  made.roles[kViewer].role_sources = {kLead};
  expect_line(asked(made, kViewer), "subject holds {organization.lead rolled up, folder.viewer} at task");
}

TEST(BackendRoles, ASourceAboveNeedsAnEntityToBeHeldAt) {
  Model made = model();
  made.schema.kinds[kTask].parents = {kFolder, kOrganization};
  made.roles[kViewer].role_sources = {kAdmin};
  made.roles[kMember].includes = {kViewer};
  const std::string graph = asked(made, kViewer);
  expect_line(graph, "folder is set");
  expect_line(graph, "subject holds {organization.member, folder.viewer} at task");
  expect_line(graph, "subject holds {organization.admin} at task");
}

TEST(BackendRoles, ItselfLeavesOutWhatIsHeldAbove) {
  Model made = model();
  made.roles[kMember].includes = {kViewer};
  made.roles[kContributor].includes = {kViewer};
  expect_line(asked_itself(made, kViewer, kFolder),
              "subject holds {folder.viewer, folder.contributor rolled up} at folder itself");
  made.roles[kViewer].role_sources = {kAdmin};
  const std::string graph = asked_itself(made, kViewer, kFolder);
  expect_line(graph, "subject holds {folder.viewer, folder.contributor rolled up} at folder itself");
  expect_line(graph, "subject holds {organization.admin} at folder");
}

TEST(BackendRoles, AConditionIsAskedAtEveryEntityOfAKindThatNestsInItself) {
  Model made = model();
  made.roles[kViewer].condition = has_role(subject(), kContributor, resource(kFolder), true);
  const std::string graph = asked(made, kViewer);
  expect_line(graph, "subject holds {folder.contributor rolled up} at each1 itself");
  expect_line(graph, "each1 is folder");
  EXPECT_NE(graph.find("any each1 on the path from folder: #"), std::string::npos) << graph;
  EXPECT_NE(asked_itself(made, kViewer, kFolder)
                .find("subject holds {folder.viewer, folder.contributor rolled up} at folder itself"),
            std::string::npos)
      << asked_itself(made, kViewer, kFolder);
}

TEST(BackendRoles, ADescribedResourceVouchesForNobody) {
  Model made = model();
  made.roles[kLabeler].condition = attribute(kDraft);
  made.roles[kLabeler].condition_reads_own = true;
  std::string graph = asked(made, kLabeler);
  expect_line(graph, "task is described by the request");
  expect_line(graph, "task.draft");
  // A condition on something else may hold there.
  made.roles[kLabeler].condition = attribute(kFrozen, ancestor(kOrganization));
  made.roles[kLabeler].condition_reads_own = false;
  graph = asked(made, kLabeler);
  EXPECT_EQ(graph.find("described"), std::string::npos) << graph;
  // An ancestor is never described.
  Model above = model();
  above.roles[kMember].condition = attribute(kFrozen, resource(kOrganization));
  above.roles[kMember].condition_reads_own = true;
  EXPECT_EQ(asked(above, kMember).find("described"), std::string::npos);
}

TEST(BackendRoles, ARoleThroughAnAttributeIsAskedAtTheEntityItNames) {
  Model made = model();
  made.schema.attributes[kOwner].type = optional(entity_type(bit(kFolder)));
  made.roles[kLabeler].through = {{kOwner, kViewer}};
  const std::string graph = asked(made, kLabeler);
  expect_line(graph, "task.owner is set");
  expect_line(graph, "subject holds {folder.viewer} at task.owner");
  expect_line(graph, "task is described by the request");
}

TEST(BackendRoles, ARoleValueIsOneQuestionForEachRole) {
  Model made = model();
  allow(made, {{WhoKind::subject_kind, kUser}},
        test(TermKind::has_role_value,
             {subject(), resource(), term(TermKind::parameter, kOrganizationRole, {}, 1)}));
  ASSERT_TRUE(generated(made).program);
  const std::string graph = dump_graph(made);
  expect_line(graph, "action.new_role == organization.admin");
  expect_line(graph, "subject holds {organization.admin} at task");
  // A rolled-up role of the organization is never held at a task.
  EXPECT_EQ(graph.find("organization.lead =="), std::string::npos) << graph;
  EXPECT_EQ(graph.find("organization.lead rolled up"), std::string::npos) << graph;
}

TEST(BackendRoles, TheTimeAndContextCountAsWritten) {
  Model made = model();
  made.roles[kMember].condition =
      test(TermKind::less, {term(TermKind::now, kTime), constant(kTime, number(5))});
  made.roles[kMember].includes = {kViewer};
  // Never decides anything, and is still mentioned.
  allow(made, {role_who(kViewer)},
        both(constant(kBool, number(0)),
             equal(term(TermKind::context, kString, {}, 1), constant(kString, literal("api")))));
  const Generated got = generated(made);
  ASSERT_TRUE(got.program) << got.code;
  EXPECT_TRUE(got.program->actions()[0].needs_now);
  EXPECT_EQ(got.program->actions()[0].required_context, std::vector<std::uint16_t>{1});
}

}  // namespace
}  // namespace policyc::compiler
