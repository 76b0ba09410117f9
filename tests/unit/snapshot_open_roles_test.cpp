// Roles that a snapshot defines: what a builder may be told of them, what a schema may say, and what a
// damaged image may not.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>

#include "image.hpp"
#include "policyc/compiler/compile.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot_builder.hpp"
#include "policyc/text/parse.hpp"
#include "schema_check.hpp"
#include "unit/snapshot_fixture.hpp"

namespace policyc {
namespace {

constexpr const char* kPolicy = R"(policy own
language 1
subject user {}
group team of user {}
scope organization {
  role member
  open role custom includes member can {organization.see, project.*}
  action see, leave
}
scope project in organization { action read, write }
allow member to organization.leave
)";

class OpenRoles : public ::testing::Test {
 protected:
  void SetUp() override {
    const text::LoadedPackage package = text::load_package_from_memory({{"own.policy", kPolicy}});
    auto program = Program::load(compiler::compile(package).image, Trust::unsigned_local());
    ASSERT_TRUE(program) << program.error().message;
    program_ = std::make_shared<const Program>(std::move(program).value());
    user_ = schema().find_kind("user");
    team_ = schema().find_kind("team");
    organization_ = schema().find_kind("organization");
    project_ = schema().find_kind("project");
  }

  [[nodiscard]] const Schema& schema() const { return program_->schema(); }

  // Facts in this order or turned round: a role of acme's own, granted to ann and to a team of bob's.
  [[nodiscard]] SnapshotBuilder::Output build(bool turned_round) const {
    SnapshotBuilder builder(schema(), program_->schema_digest());
    std::vector<std::function<void()>> facts = {
        [&] { builder.entity(user_, "ann", kNoIndex, {}, {}, 1); },
        [&] { builder.entity(user_, "bob", kNoIndex, {}, {}, 2); },
        [&] { builder.entity(user_, "cid", kNoIndex, {}, {}, 3); },
        [&] { builder.entity(team_, "night", kNoIndex, {}, {}, 4); },
        [&] { builder.member(team_, "night", user_, "bob", 5); },
        [&] { builder.entity(organization_, "acme", kNoIndex, {}, {}, 6); },
        [&] { builder.entity(organization_, "other", kNoIndex, {}, {}, 7); },
        [&] { builder.entity(project_, "p", organization_, "acme", {}, 8); },
        [&] { builder.define_role(organization_, "acme", "reader", kRead, 9); },
        [&] { builder.define_role(organization_, "acme", "writer", kWrite, 10); },
        [&] { builder.define_role(organization_, "other", "reader", kWrite, 11); },
        [&] { builder.grant_defined(Principal::one(user_, "ann"), "reader", organization_, "acme", 12, 12); },
        [&] {
          builder.grant_defined(Principal::one(team_, "night"), "writer", organization_, "acme", 13, 13);
        },
        [&] {
          builder.grant_defined(Principal::one(user_, "cid"), "reader", organization_, "other", 14, 14);
        },
    };
    if (turned_round) std::reverse(facts.begin(), facts.end());
    for (const auto& fact : facts) fact();
    return builder.finish();
  }

  [[nodiscard]] static bool may(const Evaluator& evaluator, const char* subject, const char* action,
                                const char* resource) {
    Request request;
    request.subject = subject;
    request.action = action;
    request.resource = resource;
    const Decision decision = evaluator.decide(request);
    EXPECT_EQ(decision.error, ErrorCode::none);
    return decision.allowed();
  }

  // Of the ceiling: organization.see, project.read, project.write.
  static constexpr std::array<std::uint32_t, 1> kRead = {1};
  static constexpr std::array<std::uint32_t, 1> kWrite = {2};
  std::shared_ptr<const Program> program_;
  KindIndex user_ = 0, team_ = 0, organization_ = 0, project_ = 0;
};

TEST_F(OpenRoles, AreHeldByWhoeverIsGrantedOne) {
  const SnapshotBuilder::Output built = build(false);
  ASSERT_EQ(vm::testing::text_of(built.errors), "");
  auto loaded = Snapshot::load(built.image, schema(), program_->schema_digest());
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto evaluator =
      Evaluator::create(program_, std::make_shared<const Snapshot>(std::move(loaded).value()));
  ASSERT_TRUE(evaluator);
  EXPECT_TRUE(may(*evaluator, "user:ann", "project.read", "project:p"));
  EXPECT_FALSE(may(*evaluator, "user:ann", "project.write", "project:p"));
  EXPECT_TRUE(may(*evaluator, "user:bob", "project.write", "project:p"));
  EXPECT_FALSE(may(*evaluator, "user:bob", "project.read", "project:p"));
  EXPECT_FALSE(may(*evaluator, "user:cid", "project.write", "project:p"));  // of the other organization
  EXPECT_TRUE(may(*evaluator, "user:cid", "organization.leave", "organization:other"));  // a member
  EXPECT_FALSE(may(*evaluator, "user:cid", "organization.leave", "organization:acme"));
}

TEST_F(OpenRoles, TheSameFactsGiveTheSameBytesInAnyOrder) {
  EXPECT_EQ(build(false).image, build(true).image);
}

TEST_F(OpenRoles, ABuilderRefusesWhatCantBe) {
  const RoleIndex open = schema().open_roles.at(0).role;
  const RoleIndex hidden = schema().open_roles.at(0).ceiling.at(0).role;
  constexpr std::array<std::uint32_t, 1> kBeyond = {3};
  SnapshotBuilder builder(schema(), program_->schema_digest());
  builder.entity(organization_, "acme", kNoIndex, {}, {}, 1);
  builder.entity(user_, "ann", kNoIndex, {}, {}, 2);
  builder.entity(project_, "p", organization_, "acme", {}, 3);
  builder.define_role(organization_, "acme", "beyond", kBeyond, 10);
  builder.define_role(organization_, "acme", "member", kRead, 11);
  builder.define_role(organization_, "acme", "custom", kRead, 12);
  builder.define_role(organization_, "acme", "a#b", kRead, 13);
  builder.define_role(project_, "p", "reader", kRead, 14);
  builder.define_role(kSystemKind, {}, "reader", kRead, 15);
  builder.grant_defined(Principal::one(user_, "ann"), "reader", project_, "p", 16, 16);
  builder.grant(user_, "ann", open, organization_, "acme", 17);
  builder.grant(user_, "ann", hidden, organization_, "acme", 18);
  builder.grant(Principal::userset(organization_, "acme", hidden),
                schema().find_role(organization_, "member"), organization_, "acme", 19);
  const SnapshotBuilder::Output built = builder.finish();
  EXPECT_TRUE(built.image.empty());
  std::vector<std::pair<std::uint64_t, BuildProblem>> found;
  for (const BuildError& error : built.errors) found.emplace_back(error.where, error.problem);
  const std::vector<std::pair<std::uint64_t, BuildProblem>> expected = {
      {10, BuildProblem::malformed}, {11, BuildProblem::malformed},     {12, BuildProblem::malformed},
      {13, BuildProblem::malformed}, {14, BuildProblem::malformed},     {15, BuildProblem::malformed},
      {16, BuildProblem::malformed}, {17, BuildProblem::not_grantable}, {18, BuildProblem::not_grantable},
      {19, BuildProblem::malformed}};
  EXPECT_EQ(found, expected);
}

TEST_F(OpenRoles, ASchemaSaysThemWholeOrNotAtAll) {
  ASSERT_EQ(vm::check_schema(schema()), std::nullopt);
  EXPECT_EQ(schema().find_role(organization_, schema().roles[schema().open_roles[0].ceiling[0].role].name),
            kNoIndex);
  const auto broken = [&](const auto& change) {
    Schema copy = schema();
    change(copy);
    return vm::check_schema(copy).has_value();
  };
  EXPECT_FALSE(broken([](Schema&) {}));
  EXPECT_TRUE(broken([](Schema& s) { s.open_roles.clear(); }));
  EXPECT_TRUE(broken([](Schema& s) { s.open_roles.push_back(s.open_roles[0]); }));
  EXPECT_TRUE(broken([](Schema& s) { s.open_roles[0].role = kNoIndex; }));
  EXPECT_TRUE(broken([](Schema& s) { s.open_roles[0].ceiling.pop_back(); }));
  EXPECT_TRUE(broken([](Schema& s) { s.open_roles[0].ceiling[0].role = s.open_roles[0].role; }));
  EXPECT_TRUE(broken([](Schema& s) { s.open_roles[0].ceiling[0].role = s.open_roles[0].ceiling[1].role; }));
  EXPECT_TRUE(broken([](Schema& s) { s.open_roles[0].ceiling[0].name = s.open_roles[0].ceiling[1].name; }));
  EXPECT_TRUE(broken([](Schema& s) { s.open_roles[0].ceiling[0].name.clear(); }));
  EXPECT_TRUE(broken([](Schema& s) { s.roles[s.open_roles[0].role].grantable = true; }));
  EXPECT_TRUE(broken([](Schema& s) { s.roles[s.open_roles[0].ceiling[0].role].grantable = true; }));
  EXPECT_TRUE(broken([](Schema& s) { s.roles[s.open_roles[0].role].assignable = true; }));
}

// Every byte changed, digests repaired: refused, or sound to ask about.
TEST_F(OpenRoles, DamagedImagesAreRefusedOrSound) {
  const std::vector<std::byte> sound = build(false).image;
  std::size_t refused = 0;
  for (std::size_t at = vm::kImageHeaderSize; at < sound.size(); ++at)
    for (const unsigned change : {0x01U, 0x08U, 0x80U, 0xFFU}) {
      std::vector<std::byte> image = sound;
      image[at] ^= static_cast<std::byte>(change);
      vm::repair_digests(image);
      auto loaded = Snapshot::load(image, schema(), program_->schema_digest());
      if (!loaded) {
        ++refused;
        continue;
      }
      const auto evaluator =
          Evaluator::create(program_, std::make_shared<const Snapshot>(std::move(loaded).value()));
      for (const char* subject : {"user:ann", "user:bob", "user:cid", "user:nobody"})
        for (const char* action : {"project.read", "project.write"}) {
          Request request;
          request.subject = subject;
          request.action = action;
          request.resource = "project:p";
          (void)evaluator->decide(request);
        }
    }
  EXPECT_GT(refused, sound.size() * 2);
}

}  // namespace
}  // namespace policyc
