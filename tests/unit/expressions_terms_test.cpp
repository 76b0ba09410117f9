// The terms that conditions become, as the back end reads them.

#include "unit/expressions_fixture.hpp"

namespace policyc::compiler::testing {
namespace {

TEST(Terms, ComparisonsAreLessAndEqualAlone) {
  EXPECT_EQ(term_of("task.limit == 3").kind, TermKind::equal);
  const Term different = term_of("task.limit != 3");
  ASSERT_EQ(different.kind, TermKind::logical_not);
  EXPECT_EQ(different.operands[0].kind, TermKind::equal);
  EXPECT_EQ(term_of("task.limit < 3").operands[1].kind, TermKind::constant);
  // a > b is b < a.
  const Term greater = term_of("task.limit > 3");
  EXPECT_EQ(greater.kind, TermKind::less);
  EXPECT_EQ(greater.operands[0].constant.number, 3);
  EXPECT_EQ(greater.operands[1].kind, TermKind::attribute);
  EXPECT_EQ(term_of("task.limit >= 3").kind, TermKind::less_equal);
  EXPECT_EQ(term_of("task.limit <= 3").operands[0].kind, TermKind::attribute);
}

TEST(Terms, ContainsIsInTheOtherWayRound) {
  const Term contains = term_of("task.people contains subject");
  EXPECT_EQ(contains.kind, TermKind::in);
  EXPECT_EQ(contains.operands[0].kind, TermKind::subject);
  EXPECT_EQ(contains.operands[1].kind, TermKind::attribute);
  EXPECT_EQ(term_of("subject not in task.people").kind, TermKind::logical_not);
  // An address that lies in a block of the set is no element of the set.
  EXPECT_EQ(term_of("team.networks contains ip(\"10.0.0.1\")").kind, TermKind::in);
  EXPECT_EQ(term_of("context.address is set and context.address in team.networks").operands[1].kind,
            TermKind::in_network);
}

TEST(Terms, ASetOfLiteralsIsAConstant) {
  const Term in = term_of("task.state in {final, draft, final}");
  ASSERT_EQ(in.operands[1].kind, TermKind::constant);
  EXPECT_EQ(in.operands[1].constant.elements.size(), 2u);
  EXPECT_EQ(term_of("context.channel in {task.title, \"web\"}").operands[1].kind, TermKind::set);
  // Elements that only the request knows are asked for one by one.
  const Term all = term_of("task.tags contains all {\"a\", context.channel}");
  ASSERT_EQ(all.kind, TermKind::logical_and);
  EXPECT_EQ(all.operands[0].kind, TermKind::in);
  EXPECT_EQ(term_of("task.tags contains any {\"a\", context.channel}").kind, TermKind::logical_or);
  EXPECT_EQ(term_of("task.tags contains any {\"a\", \"b\"}").kind, TermKind::contains_any);
}

TEST(Terms, ScopesAreAncestorsOfTheResource) {
  const Term open = term_of("project is set and project.open").operands[1];
  ASSERT_EQ(open.kind, TermKind::attribute);
  EXPECT_EQ(open.operands[0].kind, TermKind::ancestor);
  EXPECT_FALSE(open.operands[0].type.optional);
  EXPECT_EQ(term_of("resource in team:t1").operands[0].kind, TermKind::resource);
  EXPECT_EQ(term_of("task in team:t1").operands[0].kind, TermKind::resource);
  EXPECT_EQ(term_of("parent in team:t1").operands[0].kind, TermKind::parent);
}

TEST(Terms, ANamedConditionIsReadAtItsScope) {
  const Term put_in = term_of("project is set and opened").operands[1];
  ASSERT_EQ(put_in.kind, TermKind::attribute);
  ASSERT_EQ(put_in.operands[0].kind, TermKind::ancestor);
  EXPECT_EQ(put_in.operands[0].operands[0].kind, TermKind::resource);
}

TEST(Terms, IsAsksForAKindARoleOrAValue) {
  EXPECT_EQ(term_of("subject is user").kind, TermKind::is_kind);
  EXPECT_EQ(term_of("subject is not user").kind, TermKind::logical_not);
  const Term role = term_of("subject is member on team itself");
  ASSERT_EQ(role.kind, TermKind::has_role);
  EXPECT_TRUE(role.itself);
  EXPECT_EQ(role.roles.size(), 1u);
  EXPECT_EQ(role.operands[1].kind, TermKind::ancestor);
  EXPECT_EQ(term_of("subject is member").operands[1].kind, TermKind::resource);
  const Term value = term_of("subject is action.as");
  ASSERT_EQ(value.kind, TermKind::has_role_value);
  EXPECT_EQ(value.operands[2].kind, TermKind::parameter);
  EXPECT_EQ(term_of("subject is {member, user}").kind, TermKind::logical_or);
}

TEST(Terms, VariablesCountFromTheOutermost) {
  const Term outer = term_of("any p in task.people: (any q in task.people: (p == q))");
  ASSERT_EQ(outer.kind, TermKind::any);
  const Term& equal = outer.operands[1].operands[1];
  EXPECT_EQ(equal.operands[0].index, 0u);
  EXPECT_EQ(equal.operands[1].index, 1u);
  const Term least = term_of("at least 2 p in task.people: (p == subject)");
  EXPECT_EQ(least.kind, TermKind::at_least);
  EXPECT_EQ(least.number, 2);
}

TEST(Terms, KeysNameValues) {
  EXPECT_EQ(key_of(term_of("subject == task.maker").operands[0]), "subject");
  const std::string maker = key_of(term_of("subject == task.maker").operands[1]);
  EXPECT_EQ(maker, key_of(term_of("subject == resource.maker").operands[1]));
  EXPECT_NE(maker, key_of(term_of("task.needed == action.as").operands[0]));
  EXPECT_EQ(key_of(term_of("task.limit + 1 == 3").operands[0]), "");
  EXPECT_NE(key_of(term_of("(task.due else context.at) is set").operands[0]), "");
  EXPECT_EQ(key_of(term_of("(task.extra else 3) == 3").operands[0]), "");
}

TEST(Terms, WhatIsFalseMakesTheOppositeSure) {
  text::Diagnostics diagnostics;
  Model model;
  const Symbols symbols(model);
  const Expressions expressions(symbols, diagnostics);
  const auto set_if_false = [&](const char* condition) {
    return expressions.known_if_false(term_of(condition)).set.size();
  };
  EXPECT_EQ(set_if_false("task.extra is not set"), 1u);
  EXPECT_EQ(set_if_false("task.extra is set"), 0u);
  EXPECT_EQ(set_if_false("task.extra is not set or task.due is not set"), 2u);
  EXPECT_EQ(set_if_false("task.extra is not set and task.due is not set"), 0u);
  EXPECT_EQ(expressions.known_if_false(term_of("subject is user")).kinds.size(), 1u);
}

text::Expr path(const std::string& name) {
  text::Expr expr;
  expr.kind = text::ExprKind::path;
  expr.path.parts = {{name, {}}};
  return expr;
}

TEST(Terms, LiteralsHaveTheExpectedType) {
  Model model;
  model.schema.kinds.resize(1);
  model.schema.enums.push_back({"state", {"draft", "final"}});
  const Symbols symbols(model);
  text::Diagnostics diagnostics;
  Expressions expressions(symbols, diagnostics);
  const Type state{TypeKind::enumeration, TypeKind::boolean, false, 0};
  const auto member = expressions.literal(path("final"), state);
  ASSERT_TRUE(member);
  EXPECT_EQ(member->number, 1);

  // The grammar lets no sum stand for a literal; whoever calls otherwise is told.
  text::Expr sum;
  sum.kind = text::ExprKind::add;
  EXPECT_FALSE(expressions.literal(sum, state));
  ASSERT_EQ(diagnostics.list().size(), 1u);
  EXPECT_EQ(text::info(diagnostics.list()[0].code).name, "not_a_literal");
  EXPECT_FALSE(expressions.literal(path("drafd"), state));
  EXPECT_EQ(diagnostics.list()[1].suggestion, "did you mean 'draft'?");

  text::Expr set;
  set.kind = text::ExprKind::set;
  set.operands = {path("final"), path("draft"), path("final")};
  const Type states{TypeKind::set, TypeKind::enumeration, false, 0};
  const auto elements = expressions.literal(set, states);
  ASSERT_TRUE(elements);
  EXPECT_EQ(elements->elements.size(), 2u);
}

}  // namespace
}  // namespace policyc::compiler::testing
