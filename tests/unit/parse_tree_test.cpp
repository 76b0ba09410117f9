// What the tree says of a text.

#include "parse_fixture.hpp"

namespace policyc::text {
namespace {

using testing::parse_text;
using testing::Parsed;
using testing::shown;
using testing::shown_expression;

TEST(ParseExpression, BindsFromLoosestToTightest) {
  EXPECT_EQ(shown_expression("a and b and c"), "(and a b c)");
  EXPECT_EQ(shown_expression("(a and b) or not c"), "(or (and a b) (not c))");
  EXPECT_EQ(shown_expression("not a == b"), "(not (== a b))");
  EXPECT_EQ(shown_expression("not not a"), "(not (not a))");
  EXPECT_EQ(shown_expression("a else b == c + d - e"), "(== (else a b) (- (+ c d) e))");
  EXPECT_EQ(shown_expression("a else b else c"), "(else a (else b c))");
  EXPECT_EQ(shown_expression("((a.b.c))"), "a.b.c");
}

TEST(ParseExpression, ReadsEveryComparison) {
  EXPECT_EQ(shown_expression("a != 1 and a < 2 and a <= 3 and a > 4 and a >= -5"),
            "(and (!= a 1) (< a 2) (<= a 3) (> a 4) (>= a -5))");
  EXPECT_EQ(shown_expression("x in {a, b} and x not in s"), "(and (in x (set a b)) (not_in x s))");
  EXPECT_EQ(shown_expression("s contains x and s contains all t and s contains any {}"),
            "(and (contains s x) (contains_all s t) (contains_any s (set)))");
  EXPECT_EQ(shown_expression("s starts with \"a\" or s ends with t or s matches \"x*\""),
            "(or (starts s \"a\") (ends s t) (matches s \"x*\"))");
  EXPECT_EQ(shown_expression("a is set and b is not set"), "(and (is_set a) (not_is_set b))");
}

TEST(ParseExpression, ReadsRolesAndPermissions) {
  EXPECT_EQ(shown_expression("subject is member"), "(is subject member)");
  EXPECT_EQ(shown_expression("x is not {a, b} on task.project itself"),
            "(not_is_itself x (set a b) task.project)");
  EXPECT_EQ(shown_expression("x is set.member on (parent)"), "(is x set.member parent)");
  EXPECT_EQ(shown_expression("subject may task.read on project:p1"), "(may task.read subject project:p1)");
}

TEST(ParseExpression, ReadsQuantifiersAndSizes) {
  EXPECT_EQ(shown_expression("any m in task.a: (m == subject) and all n in s: (n is user)"),
            "(and (any m task.a (== m subject)) (all n s (is n user)))");
  EXPECT_EQ(shown_expression("at least 2 m in s: (m is lead)"), "(at_least 2 m s (is m lead))");
  EXPECT_EQ(shown_expression("size(task.a) >= 2"), "(>= (size task.a) 2)");
}

TEST(ParseExpression, ReadsLiterals) {
  EXPECT_EQ(shown_expression("90s"), "90000000us");
  EXPECT_EQ(shown_expression("30d"), "2592000000000us");
  EXPECT_EQ(shown_expression("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(shown_expression("time(\"1970-01-01T01:00:00+01:00\")"), "@0");
  EXPECT_EQ(shown_expression("ip(\"10.0.0.0/8\")"), "ip:10.0.0.0/8");
  EXPECT_EQ(shown_expression("user:\"ann@acme.io\""), "user:ann@acme.io");
  EXPECT_EQ(shown_expression(R"("a\"b\\c\n\t\u{e9}")"), "\"a\"b\\c\n\té\"");
}

TEST(ParseExpression, SaysWhatIsWrong) {
  EXPECT_EQ(shown_expression("a and b or c"), "PC1021");
  EXPECT_EQ(shown_expression("a < b < c"), "PC1022");
  EXPECT_EQ(shown_expression("a and"), "PC1020");
  EXPECT_EQ(shown_expression("a b"), "PC1003");
  EXPECT_EQ(shown_expression(""), "PC1020");
}

TEST(ParseExpression, ParenthesesBelongToThePlaceOfWhatTheyHold) {
  SourceSet sources;
  Diagnostics diagnostics;
  const std::uint32_t file = sources.add(Source("expression", "x and (a or b) "));
  const std::optional<Expr> expr = parse_expression(sources, file, diagnostics);
  ASSERT_TRUE(expr);
  EXPECT_EQ(sources.slice(expr->span), "x and (a or b)");
  EXPECT_EQ(sources.slice(expr->operands[1].span), "(a or b)");
}

TEST(ParseTree, KeepsDocumentsAnnotationsAndComments) {
  const Parsed parsed = parse_text(
      "/// A policy.\n///\n/// Of two paragraphs.\npolicy p version \"1\"\n"
      "//// a ruler\n"
      "role a   /// not first on its line\n"
      "/// What it is for.\n@id(\"x\") @reason(\"y\")  // why\nallow a to b.c\n");
  ASSERT_EQ(parsed.codes(), "");
  EXPECT_EQ(parsed.file.header->doc, "A policy.\n\nOf two paragraphs.");
  EXPECT_EQ(parsed.file.system_roles.at(0).doc, "");
  const Rule& rule = parsed.file.rules.at(0);
  EXPECT_EQ(rule.doc, "What it is for.");
  ASSERT_EQ(rule.annotations.size(), 2u);
  EXPECT_EQ(rule.annotations[1].name.text, "reason");
  EXPECT_EQ(rule.annotations[1].value, "y");
  ASSERT_EQ(parsed.file.comments.size(), 7u);
  EXPECT_EQ(parsed.file.comments[6].text, "// why");
}

TEST(ParseTree, ScopesHoldWhatStandsInThem) {
  const Parsed parsed = parse_text(
      "scope folder in folder, drive plural \"folders\" {\n"
      "  owner: user | service?\n"
      "  tags: set<string> from request = {\"a\", \"b\"}\n"
      "  level: role of drive = admin\n"
      "  role editor from owner, parent.editor if open includes viewer, file.reader not assignable not "
      "granted\n"
      "  action read, move(to: folder, soft: bool = true) as \"mv\" \"Move\"\n"
      "  condition own \"Own\" = owner == subject\n"
      "}\n"
      "condition mine on folder = own\n");
  ASSERT_EQ(parsed.codes(), "");
  const Scope& scope = parsed.file.scopes.at(0);
  EXPECT_EQ(scope.parents.at(1).text, "drive");
  EXPECT_EQ(scope.plural, "folders");
  const Attribute& owner = scope.attributes.at(0);
  EXPECT_EQ(owner.type.names.at(1).text, "service");
  EXPECT_TRUE(owner.type.optional);
  const Attribute& tags = scope.attributes.at(1);
  EXPECT_EQ(tags.type.kind, TypeExpr::Kind::set);
  EXPECT_EQ(tags.type.element.at(0).names.at(0).text, "string");
  EXPECT_TRUE(tags.from_request);
  EXPECT_EQ(shown(*tags.fallback), "(set \"a\" \"b\")");
  EXPECT_EQ(scope.attributes.at(2).type.kind, TypeExpr::Kind::role_of);
  const Role& role = scope.roles.at(0);
  EXPECT_EQ(shown(role.sources.at(1)), "parent.editor");
  EXPECT_EQ(shown(*role.condition), "open");
  EXPECT_EQ(shown(role.includes.at(1)), "file.reader");
  EXPECT_TRUE(role.not_assignable && role.not_granted);
  ASSERT_EQ(scope.actions.size(), 2u);
  EXPECT_EQ(scope.actions[1].parameters.at(1).name.text, "soft");
  EXPECT_EQ(shown(*scope.actions[1].parameters[1].fallback), "true");
  EXPECT_EQ(scope.actions[1].wire_name, "mv");
  EXPECT_EQ(scope.actions[1].title, "Move");
  EXPECT_EQ(scope.conditions.at(0).scope.text, "folder");
  EXPECT_EQ(shown(parsed.file.conditions.at(0).body), "own");
}

TEST(ParseTree, RulesNameTheirTargets) {
  const Parsed parsed = parse_text(
      "forbid anyone to a.**, b.*, c.{x, all}, d.y, everything when p == q unless r\n"
      "allow m,\n  n.o to a.b\n");
  ASSERT_EQ(parsed.codes(), "");
  const Rule& rule = parsed.file.rules.at(0);
  EXPECT_EQ(rule.effect, Effect::forbid);
  EXPECT_EQ(shown(rule.who.at(0)), "anyone");
  using Kind = ActionRef::Kind;
  const std::vector<Kind> kinds = {Kind::star_star, Kind::star, Kind::several, Kind::one, Kind::group};
  ASSERT_EQ(rule.actions.size(), kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) EXPECT_EQ(rule.actions[i].kind, kinds[i]) << i;
  EXPECT_EQ(rule.actions[2].actions.at(1).text, "all");
  EXPECT_EQ(rule.actions[4].actions.at(0).text, "everything");
  EXPECT_EQ(shown(*rule.when), "(== p q)");
  EXPECT_EQ(shown(*rule.unless), "r");
  EXPECT_EQ(parsed.sources.slice(parsed.file.rules.at(1).span), "allow m,\n  n.o to a.b");
}

TEST(ParseTree, ContextualWordsAreNamesWhereNamesStand) {
  const Parsed parsed = parse_text(
      "scope role { role: role of role  action: set<action>  scope: bool\n"
      "  action role, allow, all, not }\n"
      "scope task { role test  role matrix includes test  role table  action in, on }\n"
      "allow test to task.in, role.{allow, all}\n"
      "forbid matrix to role.not when task.when == context.to and subject is table on task\n");
  ASSERT_EQ(parsed.codes(), "");
  EXPECT_EQ(parsed.file.scopes.at(0).attributes.size(), 3u);
  EXPECT_EQ(parsed.file.scopes.at(0).actions.size(), 4u);
  EXPECT_EQ(parsed.file.rules.size(), 2u);
}

TEST(ParseTree, TestsAreListsOfExpectations) {
  const Parsed parsed = parse_text(
      "test \"t\" on \"s.yaml\" at time(\"1970-01-01T00:00:01Z\") with { a: 1 } {\n"
      "  user:ann may task.read on task:t1 because \"r\"\n"
      "  user:ann may not task.move(to: folder:f, n: 2) on system with { mfa: true } because default\n"
      "  user:ann may task.add on new task t9 in folder:f { owner: user:ann }\n"
      "  user:ann may task.add on new task:t9 because error \"unknown_parent\"\n"
      "  table on task:t1 with { b: 2 } { columns user:ann, user:mia  row task.read(x: 1): yes, no }\n"
      "}\n");
  // A bare id behind `new` is none: the kind alone, or kind:id.
  EXPECT_EQ(parsed.codes(), "1003@4:37");
  const text::Test& test = parsed.file.tests.at(0);
  EXPECT_EQ(test.at, 1'000'000);
  EXPECT_EQ(test.context.at(0).name.text, "a");
  ASSERT_EQ(test.expectations.size(), 4u);
  EXPECT_EQ(test.expectations[0].because, BecauseKind::rule);
  const Expectation& denied = test.expectations[1];
  EXPECT_FALSE(denied.allowed);
  EXPECT_EQ(shown(denied.parameters.at(1).value), "2");
  EXPECT_EQ(denied.resource.entity.kind.text, "system");
  EXPECT_EQ(denied.context.at(0).name.text, "mfa");
  EXPECT_EQ(denied.because, BecauseKind::default_deny);
  EXPECT_TRUE(test.expectations[3].resource.is_new);
  EXPECT_EQ(test.expectations[3].resource.entity.id, "t9");
  EXPECT_EQ(test.expectations[3].because_text, "unknown_parent");
  const TestTable& table = test.tables.at(0);
  EXPECT_EQ(table.columns.at(1).id, "mia");
  EXPECT_EQ(table.rows.at(0).cells, (std::vector<bool>{true, false}));
  EXPECT_EQ(table.context.size(), 1u);
}

TEST(ParseTree, MatricesHaveSections) {
  const Parsed parsed = parse_text(
      "actions access \"Access\" = { a.b as \"B\", c.{d, e}, f.* }\n"
      "matrix \"M\" given x is set {\n"
      "  columns r as \"R\", s.t\n"
      "  row \"first\" a.b\n"
      "  section \"S\" { row \"in it\" access }\n"
      "  row \"last\" c.d\n"
      "}\n");
  ASSERT_EQ(parsed.codes(), "");
  EXPECT_EQ(parsed.file.groups.at(0).members.at(0).letter, "B");
  EXPECT_EQ(parsed.file.groups.at(0).members.at(1).kind, ActionRef::Kind::several);
  const Matrix& matrix = parsed.file.matrices.at(0);
  EXPECT_EQ(shown(*matrix.given), "(is_set x)");
  EXPECT_EQ(matrix.columns.at(0).title, "R");
  ASSERT_EQ(matrix.sections.size(), 3u);
  EXPECT_EQ(matrix.sections[0].title, "");
  EXPECT_EQ(matrix.sections[1].rows.at(0).target.kind, ActionRef::Kind::group);
  EXPECT_EQ(matrix.sections[2].rows.at(0).title, "last");
}

// What the tree of a text says, without its places.
std::string summary(const Parsed& parsed) {
  std::string out = parsed.diagnostics.list().empty() ? "" : "wrong: " + parsed.codes();
  for (const Scope& scope : parsed.file.scopes) {
    out += scope.name.text + "{";
    for (const Role& role : scope.roles) out += role.name.text + "'" + role.doc + "' ";
    out += "}";
  }
  for (const Rule& rule : parsed.file.rules)
    out += shown(rule.who.at(0)) + " " + (rule.when ? shown(*rule.when) : "");
  return out;
}

TEST(ParseText, LineEndsAndMarksOfEditorsMeanNothing) {
  const std::string plain =
      "scope a { // note\n  /// Who reads.\n  role b\n}\nallow b to a.c\n  when x == \"y\"";
  const std::string expected = summary(parse_text(plain));
  ASSERT_EQ(expected, "a{b'Who reads.' }b (== x \"y\")");
  const auto with = [&](const std::string& line_end) {
    std::string out;
    for (const char c : plain) out += c == '\n' ? line_end : std::string(1, c);
    return out;
  };
  EXPECT_EQ(summary(parse_text(with("\r\n"))), expected);
  EXPECT_EQ(summary(parse_text(with("\r"))), expected);
  EXPECT_EQ(summary(parse_text(with("\n\n\n"))), expected);
  EXPECT_EQ(summary(parse_text(with("\n\t"))), expected);
  EXPECT_EQ(summary(parse_text("\xEF\xBB\xBF" + plain + "\n")), expected);
}

TEST(ParseText, EmptyTextsAreEmptyPolicies) {
  for (const char* text : {"", "\n", "\xEF\xBB\xBF", "// nothing", "   \t\r\n"}) {
    const Parsed parsed = parse_text(text);
    EXPECT_EQ(parsed.codes(), "") << text;
    EXPECT_TRUE(parsed.file.rules.empty());
  }
}

}  // namespace
}  // namespace policyc::text
