// Kinds, how they nest, and their names in snapshots.

#include "unit/declare_fixture.hpp"

namespace policyc::compiler::testing {
namespace {

TEST(DeclareKinds, StandInTheOrderOfTheTextAfterSystem) {
  const Declarations result = declared_files({{"b.policy", "import \"a.policy\" scope two {} subject one {}"},
                                              {"a.policy", "subject four {} scope three in two {}"}});
  EXPECT_EQ(result.report(), "");
  std::string names;
  for (const KindInfo& kind : result.schema().kinds) names += kind.name + " ";
  EXPECT_EQ(names, "system two one four three ");
  EXPECT_EQ(result.schema().kinds[0].category, KindCategory::system);
  EXPECT_EQ(result.schema().kinds[1].category, KindCategory::scope);
  EXPECT_EQ(result.schema().kinds[2].category, KindCategory::subject);
  EXPECT_EQ(result.schema().first_subject, result.symbols->kind("one"));
}

TEST(DeclareKinds, PluralsFollowTheRuleUnlessGiven) {
  const Declarations result = sound(R"(
    subject company {} subject key {} scope y {} scope person plural "people" {} scope policy {} scope bus {})");
  EXPECT_EQ(result.kind("company").plural, "companies");
  EXPECT_EQ(result.kind("key").plural, "keys");
  EXPECT_EQ(result.kind("y").plural, "ys");
  EXPECT_EQ(result.kind("person").plural, "people");
  EXPECT_EQ(result.kind("policy").plural, "policies");
  EXPECT_EQ(result.kind("bus").plural, "buss");
  EXPECT_EQ(result.kind("system").plural, "");
}

TEST(DeclareKinds, KnowsWhatMayStandAboveAndWhatAlwaysDoes) {
  const Declarations result = sound(R"(
    scope file in folder, drive {}
    scope folder in folder, drive, organization {}
    scope drive in organization {}
    scope organization {}
    scope archive {}
    subject user {})");
  EXPECT_EQ(result.kinds_of(result.kind("file").ancestors), "folder drive organization");
  EXPECT_EQ(result.kinds_of(result.kind("folder").ancestors), "folder drive organization");
  EXPECT_EQ(result.kinds_of(result.kind("drive").ancestors), "organization");
  EXPECT_EQ(result.kinds_of(result.kind("archive").ancestors), "");
  EXPECT_TRUE(result.kind("folder").self_nesting);
  EXPECT_FALSE(result.kind("file").self_nesting);

  const Symbols& symbols = *result.symbols;
  const KindIndex file = symbols.kind("file"), folder = symbols.kind("folder"), drive = symbols.kind("drive"),
                  organization = symbols.kind("organization"), user = symbols.kind("user");
  EXPECT_TRUE(symbols.may_be_above(file, folder));
  EXPECT_TRUE(symbols.may_be_above(folder, folder));
  EXPECT_FALSE(symbols.may_be_above(drive, drive));
  EXPECT_FALSE(symbols.may_be_above(drive, file));
  EXPECT_TRUE(symbols.may_be_above(user, kSystemKind));
  EXPECT_FALSE(symbols.may_be_above(kSystemKind, kSystemKind));
  EXPECT_TRUE(symbols.always_above(file, organization));
  EXPECT_TRUE(symbols.always_above(folder, organization));
  EXPECT_FALSE(symbols.always_above(folder, folder));
  EXPECT_FALSE(symbols.always_above(folder, drive));
  EXPECT_FALSE(symbols.always_above(file, folder));
  EXPECT_TRUE(symbols.always_above(file, kSystemKind));
}

TEST(DeclareKinds, ACircleIsCutSoThatTheRestIsStillChecked) {
  const Declarations result =
      declared("scope a in b {} scope b in c {} scope c in a {} scope d in c, nowhere {}");
  EXPECT_EQ(result.codes(), "PC2001 PC2008");
  EXPECT_FALSE(result.symbols->knows_all_parents());
  EXPECT_TRUE(result.symbols->may_be_above(result.symbols->kind("d"), result.symbols->kind("c")));
}

TEST(DeclareKinds, SixtyFourAreTheMost) {
  std::string text;
  for (int i = 0; i < 63; ++i)
    text += "scope s" + std::to_string(i) + " { role r" + std::to_string(i) + " }\n";
  EXPECT_EQ(sound(text).schema().kinds.size(), 64u);
  EXPECT_EQ(declared(text + "scope more {} scope still_more {}").codes(), "PC2009");
}

TEST(DeclareKinds, WhatIsLeftOutIsNotCalledUnknown) {
  const Declarations result = declared(R"(
    scope now { role visitor  open: bool = false  action see  condition own on now = true }
    subject string { email: bool = false  action view }
    scope project { due: tyme? })");
  for (const char* name : {"now", "visitor", "open", "see", "own", "string", "email", "view", "due"})
    EXPECT_TRUE(result.symbols->is_tainted(name)) << name;
  EXPECT_FALSE(result.symbols->is_tainted("project"));
}

}  // namespace
}  // namespace policyc::compiler::testing
