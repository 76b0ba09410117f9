// Constraints where a host builds snapshots itself: what it is told, what a schema may not say, and what
// counting costs. Which snapshots break which constraints is compared with the oracle in tests/differential.

#include <gtest/gtest.h>

#include <chrono>

#include "policyc/compiler/compile.hpp"
#include "policyc/program.hpp"
#include "policyc/snapshot.hpp"
#include "policyc/snapshot_builder.hpp"
#include "policyc/text/parse.hpp"
#include "schema_check.hpp"

namespace policyc {
namespace {

constexpr const char* kPolicy = R"(policy duties
language 1
subject user {}
subject service {}
group team of user, team {}
scope organization {
  role payer
  role approver public
  role owner includes payer
}
scope workspace in organization {
  created_by: user
  role keeper from created_by
  role busy
  action read
}
allow keeper, busy, payer, approver to workspace.read
)";

constexpr const char* kConstraints = R"(
constraint "four eyes": at most 1 of payer, approver on organization
constraint "one keeper": exactly 1 user is keeper on workspace
constraint "few approve": at most 2 user is organization.approver on workspace
constraint "somebody owns": at least 1 user is owner on organization
constraint "kept apart": at most 1 of keeper, busy on workspace
)";

Program program_of(const std::string& policy) {
  const text::LoadedPackage package = text::load_package_from_memory({{"duties.policy", policy}});
  compiler::CompileResult compiled = compiler::compile(package);
  for (const text::Diagnostic& one : compiled.diagnostics.list())
    ADD_FAILURE() << text::render_text(one, package.sources);
  auto program = Program::load(compiled.image, Trust::unsigned_local());
  if (!program) std::abort();
  return std::move(program).value();
}

class Constraints : public ::testing::Test {
 protected:
  explicit Constraints(const std::string& policy = std::string(kPolicy) + kConstraints)
      : program_(program_of(policy)),
        schema_(program_.schema()),
        builder_(schema_, program_.schema_digest()) {}

  [[nodiscard]] KindIndex kind(const char* name) const { return schema_.find_kind(name); }
  [[nodiscard]] RoleIndex role(const char* of, const char* name) const {
    return schema_.find_role(kind(of), name);
  }

  void entity(const char* of, const std::string& id, const char* in = nullptr, const std::string& parent = "",
              std::uint64_t where = 0) {
    builder_.entity(kind(of), id, in == nullptr ? kNoIndex : kind(in), parent, {}, where);
  }
  void workspace(const std::string& id, const std::string& organization, const std::string& by,
                 std::uint64_t where = 0) {
    AttributeFact created{schema_.find_attribute(kind("workspace"), "created_by"), {}, where};
    created.value.number = kind("user");
    created.value.text = by;
    builder_.entity(kind("workspace"), id, kind("organization"), organization, {&created, 1}, where);
  }
  void grant(const std::string& user, const char* what, const std::string& organization,
             std::uint64_t where = 0) {
    builder_.grant(kind("user"), user, role("organization", what), kind("organization"), organization, where);
  }

  std::string finish() {
    const SnapshotBuilder::Output output = builder_.finish();
    EXPECT_EQ(output.image.empty(), !output.errors.empty());
    std::string text;
    for (const BuildError& error : output.errors)
      text +=
          std::to_string(error.where) + " " + error.subject + " " + error.object + ": " + error.detail + "\n";
    return text;
  }

  Program program_;
  const Schema& schema_;
  SnapshotBuilder builder_;
};

TEST_F(Constraints, HostsAreToldWhatIsBrokenWhere) {
  for (const char* const user : {"ann", "bob", "cid", "dan", "eve"}) entity("user", user);
  entity("service", "sync");
  entity("organization", "acme", nullptr, "", 10);
  entity("organization", "empty", nullptr, "", 20);
  workspace("w1", "acme", "ann", 30);
  grant("ann", "owner", "acme", 40);
  grant("ann", "approver", "acme", 60);
  grant("bob", "approver", "acme", 50);
  grant("cid", "approver", "acme", 70);
  grant("dan", "approver", "acme", 80);
  builder_.grant(kind("service"), "sync", role("organization", "owner"), kind("organization"), "empty", 90);
  builder_.grant(kind("user"), "ann", role("workspace", "busy"), kind("workspace"), "w1", 100);
  EXPECT_EQ(finish(),
            "20 organization:empty somebody owns: no user holds owner, where at least 1 must\n"
            "60 organization:acme four eyes: user:ann holds payer and approver\n"
            "80 workspace:w1 few approve: user:ann, user:bob, user:cid and 1 more hold "
            "organization.approver, where at most 2 may\n"
            "100 workspace:w1 kept apart: user:ann holds keeper and busy\n");
}

TEST_F(Constraints, EveryoneIsTooMany) {
  entity("user", "ann");
  entity("organization", "acme");
  workspace("w1", "acme", "ann", 5);
  grant("ann", "owner", "acme", 10);
  builder_.grant(Principal::everyone(kind("user")), role("organization", "approver"), kind("organization"),
                 "acme", 20);
  EXPECT_EQ(finish(),
            "20 organization:acme four eyes: user:* holds approver; user:ann holds payer and approver\n"
            "20 workspace:w1 few approve: user:* holds organization.approver, where at most 2 may\n");
}

TEST_F(Constraints, AGroupIsAPrincipalAlsoWhileItIsEmpty) {
  entity("user", "ann");
  entity("team", "board");
  entity("organization", "acme");
  grant("ann", "owner", "acme", 10);
  for (const char* const what : {"approver", "payer"})
    builder_.grant(kind("team"), "board", role("organization", what), kind("organization"), "acme", 20);
  EXPECT_EQ(finish(), "20 organization:acme four eyes: team:board holds payer and approver\n");
}

TEST_F(Constraints, AreNotCountedWhereOtherThingsAreWrong) {
  entity("organization", "acme", nullptr, "", 10);
  grant("ann", "owner", "acme", 20);
  EXPECT_EQ(finish(), "20 user:ann user:ann: \n");
}

TEST_F(Constraints, ReportsAreBounded) {
  entity("user", "ann");
  for (int i = 0; i < 1500; ++i) entity("organization", "o" + std::to_string(i));
  const SnapshotBuilder::Output output = builder_.finish();
  EXPECT_EQ(output.errors.size(), 1000u);
}

TEST_F(Constraints, AreWhatAnImageWasBuiltFor) {
  const Program without = program_of(kPolicy);
  EXPECT_FALSE(without.schema_digest() == program_.schema_digest());
  entity("user", "ann");
  entity("organization", "acme");
  grant("ann", "owner", "acme");
  const std::vector<std::byte> image = builder_.finish().image;
  EXPECT_TRUE(Snapshot::load(image, schema_, program_.schema_digest()));
  EXPECT_FALSE(Snapshot::load(image, without.schema(), without.schema_digest()));
}

TEST_F(Constraints, ASchemaNamesWhatCanBeCounted) {
  ASSERT_EQ(vm::check_schema(schema_), std::nullopt);
  const KindIndex user = kind("user");
  const auto refused = [&](auto change) {
    Schema changed = schema_;
    change(changed.constraints);
    return vm::check_schema(changed).value_or("sound");
  };
  using List = std::vector<ConstraintInfo>;
  EXPECT_EQ(refused([](List& all) { all[0].title = ""; }),
            "a constraint's title is empty, not UTF-8, or given twice");
  EXPECT_EQ(refused([](List& all) { all[1].title = all[0].title; }),
            "a constraint's title is empty, not UTF-8, or given twice");
  EXPECT_EQ(refused([&](List& all) { all[0].scope = user; }), "constraint 'four eyes' is on no scope");
  EXPECT_EQ(refused([&](List& all) { all[0].scope = 60; }), "constraint 'four eyes' is on no scope");
  EXPECT_EQ(refused([&](List& all) { all[0].counted = user; }),
            "constraint 'four eyes' counts no kind of principals");
  EXPECT_EQ(refused([&](List& all) { all[1].counted = all[1].scope; }),
            "constraint 'one keeper' counts no kind of principals");
  EXPECT_EQ(refused([](List& all) { all[1].counted = kNoIndex; }),
            "constraint 'one keeper' counts no kind of principals");
  EXPECT_EQ(refused([](List& all) { all[0].roles.clear(); }),
            "constraint 'four eyes' counts too many roles, or none");
  EXPECT_EQ(refused([](List& all) { all[1].roles.push_back(all[4].roles[1]); }),
            "constraint 'one keeper' counts too many roles, or none");
  EXPECT_EQ(refused([](List& all) { all[0].roles[1].role = all[0].roles[0].role; }),
            "constraint 'four eyes' counts a role twice");
  EXPECT_EQ(refused([](List& all) { all[0].roles[0].role = all[1].roles[0].role; }),
            "constraint 'four eyes' counts a role that nobody holds there");
  EXPECT_EQ(refused([](List& all) { all[0].roles[0].bits[0].mask |= std::uint64_t{1} << 40; }),
            "constraint 'four eyes' counts bits that nobody has there");
  EXPECT_EQ(refused([](List& all) { all[0].roles[0].bits[0].kind = all[1].scope; }),
            "constraint 'four eyes' counts bits that nobody has there");
  EXPECT_EQ(refused([](List& all) { all[0].roles[0].bits[0].path = std::uint64_t{1} << all[1].scope; }),
            "constraint 'four eyes' counts bits that nobody has there");
}

// Half the users pay and half approve above all workspaces: a loop over workspaces and users would take
// minutes.
TEST(ConstraintsCost, GoesAlongTheFacts) {
  constexpr int kUsers = 100'000;
  constexpr int kWorkspaces = 10'000;
  const auto seconds = [&](const std::string& policy) {
    const Program program = program_of(policy);
    const Schema& schema = program.schema();
    SnapshotBuilder builder(schema, program.schema_digest());
    const KindIndex user = schema.find_kind("user");
    const KindIndex organization = schema.find_kind("organization");
    const KindIndex workspace = schema.find_kind("workspace");
    builder.entity(organization, "acme", kNoIndex, "", {}, 0);
    for (int i = 0; i < kUsers; ++i) {
      const std::string id = "u" + std::to_string(i);
      builder.entity(user, id, kNoIndex, "", {}, 0);
      builder.grant(user, id, schema.find_role(organization, i % 2 == 0 ? "payer" : "approver"), organization,
                    "acme", 0);
    }
    for (int i = 0; i < kWorkspaces; ++i) {
      const std::string by = "u" + std::to_string(i);
      AttributeFact created{schema.find_attribute(workspace, "created_by"), {}, 0};
      created.value.number = user;
      created.value.text = by;
      builder.entity(workspace, "w" + std::to_string(i), organization, "acme", {&created, 1}, 0);
      builder.grant(user, "u" + std::to_string(i + 1), schema.find_role(workspace, "busy"), workspace,
                    "w" + std::to_string(i), 0);
    }
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(builder.finish().image.empty());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const double without = seconds(kPolicy);
  const double with = seconds(std::string(kPolicy) + R"(
constraint "four eyes": at most 1 of organization.payer, organization.approver on workspace
constraint "kept":      exactly 1 user is keeper on workspace
constraint "paid":      at least 2 user is organization.payer on workspace
constraint "apart":     at most 1 of keeper, busy on workspace
constraint "bounded":   at most 60000 user is organization.approver on organization
constraint "mixed":     at most 3 of organization.payer, organization.approver, keeper, busy on workspace
)");
  RecordProperty("without", std::to_string(without));
  RecordProperty("with", std::to_string(with));
  std::printf("%.3f s without constraints, %.3f s with six\n", without, with);
  EXPECT_LT(with, 5 * without + 2);
}

}  // namespace
}  // namespace policyc
