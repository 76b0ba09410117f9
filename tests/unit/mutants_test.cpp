// Mutants differ from their policy, each in what it says, and those that decide alike are told.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "policyc/compiler/mutants.hpp"
#include "policyc/compiler/sameness.hpp"

namespace {

using namespace policyc;

text::LoadedPackage package(const std::string& policy) {
  text::LoadedPackage loaded = text::load_package_from_memory({{"t.policy", policy}});
  EXPECT_FALSE(loaded.diagnostics.has_errors());
  return loaded;
}

std::vector<std::string> changes(const std::string& policy) {
  const text::LoadedPackage loaded = package(policy);
  std::vector<std::string> all;
  for (const compiler::Mutant& one :
       compiler::list_mutants(compiler::to_mutate(loaded.package), loaded.sources))
    all.push_back(one.change);
  return all;
}

constexpr const char* kPolicy = R"(subject user {}
scope team {
  role member
  role lead includes member
}
scope doc in team {
  owner: user
  open: bool = false
  size: int = 1
  role author from owner
  role guest if doc.open not granted
  action read, write
}
condition small on doc "Small" = doc.size < 3
@id("read") allow author, guest, member to doc.{read, write} when small unless doc.open and subject is lead
forbid anyone to doc.write when doc.size in {1, 2, 7} unless small
)";

TEST(Mutants, AreWhatTheySay) {
  EXPECT_EQ(changes(kPolicy), (std::vector<std::string>{
                                  "`lead` doesn't include `member`",
                                  "`open` is true where nothing is said",
                                  "`author` doesn't come from `owner`",
                                  "the `if` of `guest` is left out",
                                  "`doc.open` is turned round",
                                  "`<` is `<=`",
                                  "`doc.size < 3` is turned round",
                                  "`3` is one more",
                                  "`3` is one less",
                                  "this rule is left out",
                                  "this rule forbids what it allows",
                                  "`author` is left out of this rule for `doc.read`",
                                  "`author` is left out of this rule for `doc.write`",
                                  "`guest` is left out of this rule for `doc.read`",
                                  "`guest` is left out of this rule for `doc.write`",
                                  "`member` is left out of this rule for `doc.read`",
                                  "`member` is left out of this rule for `doc.write`",
                                  "this `when` is left out",
                                  "`small` is turned round",
                                  "this `unless` is left out",
                                  "this `and` is an `or`",
                                  "`doc.open` is left out of this `and`",
                                  "`subject is lead` is left out of this `and`",
                                  "`doc.open` is turned round",
                                  "`subject is lead` is turned round",
                                  "this rule is left out",
                                  "this `when` is left out",
                                  "`doc.size in {1, 2, 7}` is turned round",
                                  "`1` is left out of this set",
                                  "`2` is left out of this set",
                                  "`7` is left out of this set",
                                  "this `unless` is left out",
                                  "`small` is turned round",
                              }));
}

// Every change is made, each is another one, and they all decide otherwise than the policy.
TEST(Mutants, DecideOtherwise) {
  const text::LoadedPackage loaded = package(kPolicy);
  const compiler::CompileResult compiled = compiler::compile(loaded);
  ASSERT_TRUE(compiled.model);
  compiler::Sameness same;
  const std::vector<std::uint32_t> before = same.of(*compiled.model);
  const text::Package plain = compiler::to_mutate(loaded.package);
  text::LoadedPackage scratch;
  scratch.sources = loaded.sources;
  std::set<std::string> models = {compiler::dump(*compiled.model)};
  std::size_t broken = 0;
  for (const compiler::Mutant& one : compiler::list_mutants(plain, loaded.sources)) {
    scratch.package = compiler::make_mutant(plain, one.number);
    auto model = compiler::analyze_mutant(scratch);
    if (!model) {
      EXPECT_EQ(one.change, "the `if` of `guest` is left out");  // nobody would hold it
      ++broken;
      continue;
    }
    text::Diagnostics found;
    EXPECT_FALSE(compiler::generate(*model, scratch, found).empty()) << one.change;
    EXPECT_TRUE(models.insert(compiler::dump(*model)).second) << one.change << " changes nothing, or repeats";
    // Defaults and sources are in the schema, and what graphs ask is the same.
    if (one.change != "`open` is true where nothing is said" &&
        one.change != "`author` doesn't come from `owner`") {
      EXPECT_NE(same.of(*model), before) << one.change;
    }
  }
  EXPECT_EQ(broken, 1u);
}

// A cell of a rule with several roles and actions takes the rule apart; both parts are still that rule.
TEST(Mutants, PartsOfARuleKeepItsId) {
  const text::LoadedPackage loaded = package(kPolicy);
  const text::Package plain = compiler::to_mutate(loaded.package);
  for (const compiler::Mutant& one : compiler::list_mutants(plain, loaded.sources)) {
    if (one.change != "`guest` is left out of this rule for `doc.write`") continue;
    text::LoadedPackage scratch;
    scratch.sources = loaded.sources;
    scratch.package = compiler::make_mutant(plain, one.number);
    const auto model = compiler::analyze_mutant(scratch);
    ASSERT_TRUE(model);
    ASSERT_EQ(model->rules.size(), 3u);
    EXPECT_EQ(model->rules[0].id, "read");
    EXPECT_EQ(model->rules[1].id, "read");
    return;
  }
  FAIL() << "there is no such change";
}

TEST(Mutants, LeaveTheListAsItWas) { EXPECT_EQ(changes(kPolicy), changes(kPolicy)); }

std::vector<std::uint32_t> of(compiler::Sameness& same, const std::string& rules) {
  static constexpr const char* kHead =
      "subject user {}\nscope doc {\n  open: bool = false\n  owner: user\n  role reader\n  role author from "
      "owner\n"
      "  action read, write\n}\n";
  const text::LoadedPackage loaded = package(kHead + rules);
  const compiler::CompileResult compiled = compiler::compile(loaded);
  EXPECT_TRUE(compiled.model && !compiled.image.empty());
  return compiled.model ? same.of(*compiled.model) : std::vector<std::uint32_t>{};
}

TEST(Sameness, IsOfWhatIsAsked) {
  compiler::Sameness same;
  const auto first = of(same, "allow reader to doc.read when doc.open\nallow author to doc.read\n");
  EXPECT_EQ(of(same, "allow author to doc.read\n@id(\"x\") allow reader to doc.read when doc.open\n"), first);
  EXPECT_EQ(
      of(same,
         "allow author to doc.read\nallow reader to doc.read when doc.open\nallow author to doc.read\n"),
      first);
  const auto other = of(same, "allow reader to doc.read when not doc.open\nallow author to doc.read\n");
  EXPECT_NE(other[0], first[0]);
  EXPECT_EQ(other[1], first[1]);  // nothing was said of writing
}

}  // namespace
