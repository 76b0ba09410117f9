// Whatever a model says, the code that comes out is accepted by the verifier; and
// small policies give the code that one would write by hand.

#include <random>

#include "unit/backend_fixture.hpp"

namespace policyc::compiler {
namespace {

using namespace testing;  // NOLINT

TEST(Backend, RolesBecomeOneMask) {
  Model made = model();
  allow(made, {role_who(kMember)});
  allow(made, {role_who(kLabeler), role_who(kRoot)});
  const Generated got = generated(made);
  ASSERT_TRUE(got.program) << got.code;
  EXPECT_EQ(got.code, R"(action task.act  cost 3
  decide
         0000  has_roles      w0, {system.root organization.member task.labeler}  if not -> L2
         0001  allow          "r0"  ; or "r1"
  L2:    0002  deny
  reasons
         0000  has_roles      w0, {organization.member}  if not -> L2
         0001  allow          "r0"
  L2:    0002  has_roles      w0, {system.root task.labeler}  if not -> L4
         0003  allow          "r1"
  L4:    0004  deny
  times
         0000  note_windows   r0 at r1
         0001  deny
)");
}

TEST(Backend, ForbidsGoFirstAndCheapTestsBeforeDearOnes) {
  Model made = model();
  allow(made, {role_who(kLabeler)},
        both(any(attribute(kAnnotators), negated(equal(variable(0, kUserType), subject()))),
             equal(attribute(kTitle), constant(kString, literal("x")))));
  forbid(made, {{WhoKind::anyone, kNoIndex}}, attribute(kFrozen, ancestor(kOrganization)),
         has_role(subject(), kAdmin, resource()));
  const Generated got = generated(made);
  ASSERT_TRUE(got.program) << got.code;
  EXPECT_EQ(got.program->actions()[0].cost, "13 + 3·|task.annotators|");
  EXPECT_EQ(got.code.substr(0, got.code.find("  reasons")), R"(action task.act  cost 13 + 3·|task.annotators|
  decide
         0000  has_roles      w0, {organization.admin}  if so -> L5
         0001  ancestor       r2 := organization of r1  else -> L5
         0002  load_attribute r3 := r2.organization.frozen  else -> L5
         0003  is_true        r3  if not -> L5
         0004  forbid         "r1"
  L5:    0005  has_roles      w0, {task.labeler}  if not -> L14
         0006  load_attribute r2 := r1.task.title  else -> L14
         0007  load_constant  r3 := "x"
         0008  equal_string   r2, r3  if not -> L14
         0009  load_attribute r4 := r1.task.annotators  else -> L14
         0010  each_set       r5 in r4, loop 0  then -> L14
         0011  equal          r0, r5  if not -> L13
         0012  end            loop 0
  L13:   0013  allow          "r0"
  L14:   0014  deny
)");
}

TEST(Backend, NoRuleIsADenyAndAForbidAlwaysIsAForbid) {
  Model made = model();
  Generated got = generated(made);
  ASSERT_TRUE(got.program) << got.code;
  EXPECT_EQ(got.code,
            "action task.act  cost 1\n  decide\n         0000  deny\n  reasons\n         0000  deny\n");
  forbid(made, {{WhoKind::anyone, kNoIndex}});
  allow(made, {role_who(kMember)});
  got = generated(made);
  ASSERT_TRUE(got.program) << got.code;
  EXPECT_NE(got.code.find("decide\n         0000  forbid         \"r0\"\n  reasons"), std::string::npos)
      << got.code;
}

TEST(Backend, AConditionThatAllowsShareIsAskedOnce) {
  Model made = model();
  const Term shown = attribute(kFrozen, ancestor(kOrganization));
  allow(made, {role_who(kLabeler)}, shown);
  allow(made, {role_who(kMember)}, shown);
  allow(made, {role_who(kViewer)});
  const Generated got = generated(made);
  ASSERT_TRUE(got.program) << got.code;
  const std::string decide = got.code.substr(0, got.code.find("  reasons"));
  EXPECT_EQ(decide.find("frozen"), decide.rfind("frozen")) << decide;
  EXPECT_NE(decide.find("{organization.member task.labeler}"), std::string::npos) << decide;
}

TEST(Backend, WhatAForbidHasRuledOutIsNotAskedAgain) {
  Model made = model();
  forbid(made, {{WhoKind::anyone, kNoIndex}}, std::nullopt, has_role(subject(), kMember, resource()));
  allow(made, {role_who(kMember), role_who(kAdmin)});
  const Generated got = generated(made);
  ASSERT_TRUE(got.program) << got.code;
  EXPECT_EQ(got.program->actions()[0].cost, "3") << got.code;
}

TEST(Backend, TheSameModelGivesTheSameBytes) {
  const auto image = [] {
    Model made = model();
    allow(made, {role_who(kMember)}, equal(attribute(kTitle), constant(kString, literal("a"))));
    allow(made, {role_who(kViewer)}, equal(attribute(kTitle), constant(kString, literal("b"))));
    text::Diagnostics diagnostics;
    return generate(made, {}, diagnostics);
  };
  EXPECT_EQ(image(), image());
}

// Random terms of every kind, nested at random.
class RandomTerms {
 public:
  explicit RandomTerms(std::uint32_t seed) : random_(seed) {}

  Term boolean(int depth) {
    if (depth == 0) return leaf();
    switch (pick(10)) {
      case 0: return negated(boolean(depth - 1));
      case 1:
      case 2: return both(boolean(depth - 1), boolean(depth - 1));
      case 3:
      case 4: return either(boolean(depth - 1), boolean(depth - 1));
      case 5:
        if (users_.size() >= 2) return leaf();
        return quantified(depth);
      case 6: return equal(boolean(depth - 1), boolean(depth - 1));
      case 7: return term(TermKind::otherwise, kBool, {attribute(kDraft), boolean(depth - 1)});
      default: return leaf();
    }
  }

 private:
  int pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  Term quantified(int depth) {
    Term set = attribute(kAnnotators);
    users_.push_back(static_cast<std::uint32_t>(users_.size()));
    Term body = boolean(depth - 1);
    users_.pop_back();
    switch (pick(3)) {
      case 0: return any(std::move(set), std::move(body));
      case 1: return all(std::move(set), std::move(body));
      default: return at_least(pick(4), std::move(set), std::move(body));
    }
  }

  Term user() {
    if (!users_.empty() && pick(2) == 0)
      return variable(users_[static_cast<std::size_t>(pick(static_cast<int>(users_.size())))], kUserType);
    switch (pick(4)) {
      case 0: return subject();
      case 1: return term(TermKind::otherwise, kUserType, {attribute(kOwner), subject()});
      case 2: return term(TermKind::parameter, kUserType, {}, 0);
      default: return constant(kUserType, entity(kUser, "ann"));
    }
  }

  Term integer(int depth) {
    switch (pick(depth > 0 ? 5 : 3)) {
      case 0: return constant(kInt, number(pick(3)));
      case 1: return term(TermKind::size, kInt, {attribute(kTags)});
      case 2: return term(TermKind::size, kInt, {attribute(kAnnotators)});
      case 3: return term(TermKind::add, kInt, {integer(depth - 1), integer(depth - 1)});
      default: return term(TermKind::subtract, kInt, {integer(depth - 1), integer(depth - 1)});
    }
  }

  Term leaf() {
    const std::string words[] = {"a", "b*", ""};
    const Term word = constant(kString, literal(words[pick(3)]));
    switch (pick(17)) {
      case 0: return attribute(kFrozen, ancestor(kOrganization));
      case 1: return attribute(kDraft);
      case 2: return equal(user(), user());
      case 3: return test(TermKind::less, {integer(3), integer(3)});
      case 4: return test(TermKind::in, {user(), attribute(kAnnotators)});
      case 5: return test(TermKind::in, {user(), term(TermKind::set, set_of(kUserType), {user(), user()})});
      case 6: return test(TermKind::matches, {attribute(kTitle), word});
      case 7:
        return test(TermKind::in_network,
                    {term(TermKind::context, kIp, {}, 0), attribute(kNetworks, ancestor(kOrganization))});
      case 8: return is_set(pick(2) == 0 ? attribute(kOwner) : attribute(kDue));
      case 9:
        return has_role(user(), static_cast<RoleIndex>(pick(7)),
                        pick(2) == 0 ? resource() : ancestor(kFolder), false);
      case 10: return has_role(user(), kLabeler, resource(), true);
      case 11: {
        Term asked = test(TermKind::has_role_value,
                          {user(), resource(), term(TermKind::parameter, kOrganizationRole, {}, 1)});
        return asked;
      }
      case 12: {
        Term asked = test(TermKind::is_kind, {subject()});
        asked.kinds = bit(kService);
        return asked;
      }
      case 13: return constant(kBool, number(pick(2)));
      case 14: return test(TermKind::in_scope, {resource(), ancestor(kFolder)});
      case 15:
        return test(TermKind::contains_all,
                    {attribute(kTags), constant(set_of(kString), elements({literal("x"), literal("y")}))});
      default:
        return test(TermKind::less,
                    {term(TermKind::now, kTime),
                     term(TermKind::add, kTime, {attribute(kDue), constant(kDuration, number(5))})});
    }
  }

  std::mt19937 random_;
  std::vector<std::uint32_t> users_;
};

TEST(Backend, EveryModelGivesCodeThatTheVerifierAccepts) {
  for (std::uint32_t seed = 0; seed < 1'500; ++seed) {
    RandomTerms random(seed);
    Model made = model();
    // Roles held by other roles, by conditions (at every folder of a path) and through attributes.
    made.roles[kMember].includes = {kViewer};
    made.roles[kViewer].includes = {kLabeler};
    made.roles[kViewer].role_sources = {kLead};
    if (seed % 3 == 0)
      made.roles[kContributor].condition = equal(subject(), constant(kUserType, entity(kUser, "bob")));
    if (seed % 3 == 1) {
      Term inside = has_role(subject(), kLead, ancestor(kOrganization, resource(kFolder)));
      made.roles[kViewer].condition =
          either(std::move(inside), has_role(subject(), kContributor, resource(kFolder), true));
    }
    // The loop of a path leaves room for one quantifier; the random terms may use two.
    const int depth = 1 + static_cast<int>(seed % 5);
    for (int rule = 0; rule < 4; ++rule) {
      add_rule(made, rule % 2 == 0 ? RuleEffect::allow : RuleEffect::forbid,
               {role_who(static_cast<RoleIndex>((seed + static_cast<std::uint32_t>(rule)) % 7))},
               random.boolean(depth), rule == 3 ? std::optional<Term>(random.boolean(depth)) : std::nullopt);
    }
    const Generated got = generated(made);
    if (!got.program && got.diagnostics.error_count() == 1 &&
        got.diagnostics.list()[0].code == text::DiagCode::loops_too_deep)
      continue;
    ASSERT_TRUE(got.program) << "seed " << seed << ": " << got.code << dump_graph(made);
    ASSERT_FALSE(dump_graph(made).empty());
  }
}

}  // namespace
}  // namespace policyc::compiler
