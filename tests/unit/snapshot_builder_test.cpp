// What the builder makes of facts: the same bytes whatever their order, and an
// error for everything that can be wrong with them.

#include "snapshot_fixture.hpp"

namespace policyc::vm::testing {
namespace {

std::string problems(const FactList& facts, const Schema& of = schema()) {
  const SnapshotBuilder::Output built = facts.build(of);
  const bool failed = std::any_of(built.errors.begin(), built.errors.end(),
                                  [](const BuildError& error) { return !error.warning; });
  EXPECT_EQ(built.image.empty(), failed);
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    // The caller's places stay with the facts, so the errors are the same in any order.
    EXPECT_EQ(text_of(facts.build_shuffled(of, random).errors), text_of(built.errors));
  }
  return text_of(built.errors);
}

TEST(SnapshotBuilder, TheSameFactsGiveTheSameBytesInAnyOrder) {
  const FactList facts = small_facts();
  const std::vector<std::byte> image = facts.build(schema()).image;
  ASSERT_FALSE(image.empty());
  std::mt19937 random(1);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(facts.build_shuffled(schema(), random).image, image);
}

TEST(SnapshotBuilder, OtherFactsGiveOtherBytes) {
  const std::vector<std::byte> image = small_facts().build(schema()).image;
  EXPECT_NE(small_facts().entity(kUser, "eve").build(schema()).image, image);
  EXPECT_NE(small_facts().grant("bob", kRoot, kSystemKind, "").build(schema()).image, image);
}

TEST(SnapshotBuilder, NoFactsAreASnapshotOfSystemAlone) {
  const Snapshot snapshot = snapshot_of({}, schema());
  EXPECT_EQ(SnapshotAccess::view(snapshot).node_count(), 1U);
}

TEST(SnapshotBuilder, IsEmptyAfterItHasFinished) {
  const Schema of = schema();
  SnapshotBuilder builder(of, schema_digest_of(of));
  builder.entity(kUser, "ann", kNoIndex, {}, {}, 1);
  EXPECT_FALSE(builder.finish().image.empty());
  const SnapshotBuilder::Output second = builder.finish();
  EXPECT_EQ(second.image, FactList().build(of).image);
}

TEST(SnapshotBuilder, DuplicateEntity) {
  EXPECT_EQ(problems(FactList()
                         .entity(kUser, "ann")
                         .entity(kService, "ann", kNoIndex, "", {{kKey, text("")}})
                         .entity(kUser, "ann")),
            "duplicate_entity user:ann |  @30/10\n");
  EXPECT_EQ(problems(FactList().system({}).system({})), "duplicate_entity system |  @20/10\n");
}

TEST(SnapshotBuilder, WhatIsNotThereIsGivenANearName) {
  const Schema of = schema();
  const auto near = [&](KindIndex kind, std::string_view id) {
    SnapshotBuilder builder(of, schema_digest_of(of));
    for (const char* user : {"annabel", "bob", "t1", "user:wa"})
      builder.entity(kUser, user, kNoIndex, {}, {}, 1);
    builder.entity(kOrganization, "bobby", kNoIndex, {}, {}, 1);
    builder.mention(kind, id, 2);
    const SnapshotBuilder::Output built = builder.finish();
    EXPECT_TRUE(built.image.empty());
    for (const BuildError& error : built.errors)
      if (error.problem == BuildProblem::unknown_entity && error.where == 2) return error.near;
    return std::string("it is there");
  };
  EXPECT_EQ(near(kUser, "anabel"), "user:annabel");
  EXPECT_EQ(near(kUser, "ananbel"), "user:annabel");
  EXPECT_EQ(near(kUser, "bobb"), "user:bob");
  EXPECT_EQ(near(kUser, "zoe"), "");
  EXPECT_EQ(near(kUser, "wa"), "user:user:wa");  // its id repeats the kind
  EXPECT_EQ(near(kUser, "t2"), "");              // another number is another entity
  EXPECT_EQ(near(kService, "bob"), "user:bob");  // a principal of another kind
  EXPECT_EQ(near(kOrganization, "bobb"), "organization:bobby");
  EXPECT_EQ(near(kOrganization, "annabel"), "");  // but no principal in place of a scope
  EXPECT_EQ(near(kUser, std::string(500, 'x')), "");
}

TEST(SnapshotBuilder, WhoeverIsMentionedMustBeThere) {
  const Schema of = schema();
  SnapshotBuilder builder(of, schema_digest_of(of));
  builder.entity(kUser, "ann", kNoIndex, {}, {}, 1);
  builder.mention(kUser, "ann", 2);
  EXPECT_TRUE(builder.finish().errors.empty());
  builder.mention(kUser, "ann", 3);  // of the snapshot before: gone
  EXPECT_EQ(text_of(builder.finish().errors), "unknown_entity user:ann | user:ann @3\n");
}

TEST(SnapshotBuilder, Parents) {
  EXPECT_EQ(problems(FactList().entity(kFolder, "f", kOrganization, "acme")),
            "unknown_parent folder:f | organization:acme @10\n");
  EXPECT_EQ(problems(FactList().entity(kOrganization, "acme").entity(kTask, "t", kOrganization, "acme")),
            "wrong_parent_kind task:t | organization:acme @20\n");
  EXPECT_EQ(problems(FactList().entity(kOrganization, "acme").entity(kUser, "ann", kOrganization, "acme")),
            "wrong_parent_kind user:ann | organization:acme @20\n");
  EXPECT_EQ(problems(FactList().entity(kTask, "t")), "missing_parent task:t |  @10\n");
}

TEST(SnapshotBuilder, ParentsInACircle) {
  FactList facts;
  facts.entity(kFolder, "b", kFolder, "c")
      .entity(kFolder, "a", kFolder, "b")
      .entity(kFolder, "c", kFolder, "a");
  facts.entity(kFolder, "below", kFolder, "a").entity(kFolder, "self", kFolder, "self");
  EXPECT_EQ(problems(facts),
            "parent_cycle folder:b | folder:b > folder:c > folder:a > folder:b @10\n"
            "parent_cycle folder:self | folder:self > folder:self @50\n");
}

TEST(SnapshotBuilder, ALongCircleIsCutShort) {
  FactList facts;
  for (int i = 0; i < 100; ++i)
    facts.entity(kFolder, std::to_string(i), kFolder, std::to_string((i + 1) % 100));
  EXPECT_EQ(
      problems(facts),
      "parent_cycle folder:0 | folder:0 > folder:1 > folder:2 > folder:3 > folder:4 > folder:5 > folder:6 > "
      "folder:7 > … > folder:0 @10\n");
}

TEST(SnapshotBuilder, SixtyFourAncestorsAreEnough) {
  FactList facts;
  facts.entity(kOrganization, "acme").entity(kFolder, "1", kOrganization, "acme");
  for (int i = 2; i <= 64; ++i) facts.entity(kFolder, std::to_string(i), kFolder, std::to_string(i - 1));
  EXPECT_EQ(problems(facts), "");
  facts.entity(kTask, "t", kFolder, "64")
      .entity(kFolder, "65", kFolder, "64")
      .entity(kFolder, "66", kFolder, "65");
  EXPECT_EQ(problems(facts), "too_many_ancestors task:t |  @660\ntoo_many_ancestors folder:65 |  @670\n");
}

TEST(SnapshotBuilder, Attributes) {
  EXPECT_EQ(problems(FactList().entity(kService, "sync")), "missing_attribute service:sync | key @10\n");
  EXPECT_EQ(
      problems(FactList().entity(kUser, "ann", kNoIndex, "", {{kLevel, number(1)}, {kLevel, number(1)}})),
      "duplicate_attribute user:ann | level @12\n");
}

TEST(SnapshotBuilder, RequiredAttributesOfSystem) {
  Schema of = schema();
  of.attributes.push_back(attribute("limit", kSystemKind, kInt));
  of.kinds[kSystemKind].attributes = {12};
  ASSERT_EQ(check_schema(of), std::nullopt);
  EXPECT_EQ(problems({}, of), "missing_attribute system | limit @0\n");
  EXPECT_EQ(problems(FactList().system({}), of), "missing_attribute system | limit @10\n");
  EXPECT_EQ(problems(FactList().system({{12, number(4)}}), of), "");
}

TEST(SnapshotBuilder, References) {
  FactList facts;
  facts.entity(kOrganization, "acme").entity(kFolder, "f", kOrganization, "acme");
  facts.entity(kTask, "t", kFolder, "f",
               {{kOwner, entity(kUser, "ann")}, {kAnnotators, users({"bob", "cid"})}});
  facts.entity(kUser, "bob").grant("eve", kViewer, kFolder, "f").grant("bob", kViewer, kFolder, "g");
  EXPECT_EQ(problems(facts),
            "unknown_entity task:t | user:ann @31\nunknown_entity task:t | user:cid @32\n"
            "unknown_entity user:eve | user:eve @50\nunknown_entity user:bob | folder:g @60\n");
}

TEST(SnapshotBuilder, ReferencesIntoAnotherRoot) {
  Schema of = schema();
  of.attributes[kOwner].type = optional(kAnyEntity);
  of.attributes[kBadge].type = kAnyEntity;
  of.attributes[kBadge].fallback = std::nullopt;
  ASSERT_EQ(check_schema(of), std::nullopt);
  FactList facts;
  facts.entity(kOrganization, "acme").entity(kFolder, "f", kOrganization, "acme");
  facts.entity(kOrganization, "beta").entity(kFolder, "g", kOrganization, "beta");
  facts.entity(kTask, "t1", kFolder, "f", {{kOwner, entity(kOrganization, "acme")}});
  facts.entity(kTask, "t2", kFolder, "f", {{kOwner, entity(kTask, "t1")}});
  facts.entity(kTask, "t3", kFolder, "f", {{kOwner, entity(kOrganization, "beta")}});
  facts.entity(kTask, "t4", kFolder, "g", {{kOwner, entity(kTask, "t1")}});
  facts.entity(kTask, "t5", kFolder, "g", {{kOwner, entity(kUser, "ann")}});
  facts.entity(kUser, "ann", kNoIndex, "",
               {{kBadge, entity(kFolder, "g")}});  // a principal stands in no root
  EXPECT_EQ(problems(facts, of),
            "cross_root task:t3 | organization:beta @71\ncross_root task:t4 | task:t1 @81\n");
}

TEST(SnapshotBuilder, Grants) {
  FactList facts;
  facts.entity(kUser, "ann").entity(kOrganization, "acme").entity(kOrganization, "beta");
  facts.grant("ann", kMember, kOrganization, "acme").grant("ann", kMember, kOrganization, "beta");
  facts.grant("ann", kMember, kOrganization, "acme").grant("ann", kMember, kOrganization, "acme");
  EXPECT_EQ(problems(facts),
            "warning duplicate_grant user:ann | member on organization:acme @60/40\n"
            "warning duplicate_grant user:ann | member on organization:acme @70/60\n");
  facts.grant("ann", kLead, kOrganization, "acme").grant("ann", kViewer, kOrganization, "acme");
  EXPECT_EQ(problems(facts),
            "warning duplicate_grant user:ann | member on organization:acme @60/40\n"
            "warning duplicate_grant user:ann | member on organization:acme @70/60\n"
            "not_grantable user:ann | lead @80\nwrong_role_kind user:ann | viewer @90\n");
}

// An error below another one is found in the same run; what follows from an error is not reported.
TEST(SnapshotBuilder, EveryErrorInOneRun) {
  FactList facts;
  facts.entity(kFolder, "f", kOrganization, "nowhere").entity(kFolder, "g", kFolder, "f");
  facts.entity(kTask, "t", kFolder, "g", {{kOwner, entity(kUser, "nobody")}});
  facts.entity(kService, "sync").grant("ann", kLead, kOrganization, "acme");
  EXPECT_EQ(problems(facts),
            "unknown_parent folder:f | organization:nowhere @10\nunknown_entity task:t | user:nobody @31\n"
            "missing_attribute service:sync | key @40\nnot_grantable user:ann | lead @50\n");
}

TEST(SnapshotBuilder, MistakesOfTheCaller) {
  const auto malformed = [](const FactList& facts) {
    const std::string text = problems(facts);
    return text.starts_with("malformed ") && std::count(text.begin(), text.end(), '\n') == 1;
  };
  for (const char* id : {"", "*", "a#b",
                         "a\x01"
                         "b",
                         "\xFF"}) {
    EXPECT_TRUE(malformed(FactList().entity(kUser, id))) << id;
    EXPECT_TRUE(malformed(FactList().entity(kFolder, "f", kOrganization, id))) << id;
    EXPECT_TRUE(malformed(FactList().grant(id, kRoot, kSystemKind, ""))) << id;
    EXPECT_TRUE(malformed(FactList().grant("ann", kMember, kOrganization, id))) << id;
  }
  EXPECT_TRUE(malformed(FactList().entity(99, "ann")));
  EXPECT_TRUE(malformed(FactList().grant("ann", 99, kOrganization, "acme")));
  EXPECT_TRUE(malformed(FactList().grant("ann", kMember, 99, "acme")));
  EXPECT_TRUE(malformed(
      FactList().entity(kOrganization, "acme").grant("acme", kRoot, kSystemKind, "", kOrganization)));
  const auto value = [&](AttributeIndex attribute, DefaultValue of) {
    FactList facts;
    facts.entity(kOrganization, "acme").entity(kFolder, "f", kOrganization, "acme");
    return malformed(facts.entity(kTask, "t", kFolder, "f", {{attribute, std::move(of)}}));
  };
  EXPECT_TRUE(value(99, {}));
  EXPECT_TRUE(value(kLevel, {}));
  EXPECT_TRUE(value(kDraft, number(2)));
  EXPECT_TRUE(value(kOwner, entity(kService, "sync")));
  EXPECT_TRUE(value(kTitle, text("\xC0\x80")));
  EXPECT_TRUE(value(kTags, elements({text("a"), text("\xFF")})));
  EXPECT_TRUE(value(kAnnotators, elements({entity(kFolder, "f")})));
  EXPECT_TRUE(malformed(FactList().entity(kOrganization, "acme", kNoIndex, "", {{kPlan, number(3)}})));
  EXPECT_TRUE(malformed(
      FactList().entity(kOrganization, "acme", kNoIndex, "", {{kNetworks, elements({text("10.0.0")})}})));
}

}  // namespace
}  // namespace policyc::vm::testing
