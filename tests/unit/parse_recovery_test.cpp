// Where reading goes on after a mistake: nothing is reported twice, and nothing
// that stands behind it is lost.

#include <algorithm>

#include "parse_fixture.hpp"

namespace policyc::text {
namespace {

using testing::parse_text;
using testing::Parsed;

bool knows(const Parsed& parsed, const std::string& word) {
  const std::vector<std::string>& words = parsed.file.unread_words;
  return std::find(words.begin(), words.end(), word) != words.end();
}

TEST(ParseRecovery, ALineThatStandsNoFurtherInIsAnotherStatement) {
  EXPECT_EQ(parse_text("allow to a.b\nbanana foo\nrole r").codes(), "1040@1:7 1001@2:1");
  EXPECT_EQ(parse_text("allow to a.b,\n  banana.foo\nrole r").codes(), "1040@1:7");
  EXPECT_EQ(parse_text("scope a {\n  role r not x\n  banana\n}").codes(), "1046@2:14 1004@3:3");
}

TEST(ParseRecovery, ClausesGoOnWithTheirStatement) {
  EXPECT_EQ(parse_text("allow to a.b\nwhen x\nunless y").codes(), "1040@1:7");
  EXPECT_EQ(parse_text("role r not x\nincludes a\nnot granted").codes(), "1046@1:12");
}

TEST(ParseRecovery, WhatStandsBehindAMistakeIsRead) {
  const Parsed parsed = parse_text(
      "scope a in {\n  role r\n  action )\n  action b\n}\nallow r to (\nallow r to a.b when (x\n"
      "@id(\"last\") allow r to a.b\n");
  EXPECT_EQ(parsed.codes(), "1010@1:12 1010@3:10 1042@6:12 1012@7:23");
  ASSERT_EQ(parsed.file.scopes.size(), 1u);
  EXPECT_EQ(parsed.file.scopes[0].roles.size(), 1u);
  EXPECT_EQ(parsed.file.scopes[0].actions.size(), 1u);
  ASSERT_EQ(parsed.file.rules.size(), 1u);
  EXPECT_EQ(parsed.file.rules[0].annotations.at(0).value, "last");
}

TEST(ParseRecovery, AnnotationsAreLostWithTheirStatement) {
  const Parsed parsed = parse_text("@id(\"lost\") allow to a.b\nallow r to a.b");
  ASSERT_EQ(parsed.file.rules.size(), 1u);
  EXPECT_TRUE(parsed.file.rules[0].annotations.empty());
}

// Later stages don't call a name unknown that a broken declaration may have declared.
TEST(ParseRecovery, WordsOfBrokenDeclarationsAreKept) {
  const Parsed parsed =
      parse_text("role reviewer includes 1\nscpoe task in project { role labeler }\nallow writer too x.y");
  EXPECT_TRUE(knows(parsed, "reviewer"));
  EXPECT_TRUE(knows(parsed, "task"));
  EXPECT_TRUE(knows(parsed, "labeler"));
  EXPECT_FALSE(knows(parsed, "writer"));
}

TEST(ParseRecovery, AHiddenCharacterLeavesItsWordWhole) {
  const Parsed parsed = parse_text("role mem\u200Bber\nrole b\u00FCro");
  EXPECT_EQ(parsed.codes(), "1083@1:9 1084@2:6");
  EXPECT_EQ(parsed.file.system_roles.size(), 2u);
  EXPECT_TRUE(knows(parsed, "member"));
}

TEST(ParseRecovery, BrokenTestsAndTablesAreLeftOut) {
  const Parsed parsed = parse_text(
      "test \"a\" on b { user:ann may x.y on z:1 }\n"
      "test \"c\" on \"d\" {\n"
      "  table on { columns user:ann  row x.y: yes, no }\n"
      "  table on z:1 { columns user:ann, 1  row x.y: yes, no }\n"
      "  user:ann may x.y on z:1\n"
      "}\n");
  EXPECT_EQ(parsed.codes(), "1018@1:13 1071@3:12 1071@4:36");
  ASSERT_EQ(parsed.file.tests.size(), 1u);
  EXPECT_EQ(parsed.file.tests[0].tables.size(), 0u);
  EXPECT_EQ(parsed.file.tests[0].expectations.size(), 1u);
}

TEST(ParseRecovery, ForeignCommentsAreReadOver) {
  const Parsed parsed = parse_text("# one\n# two\nrole a # three\n/* role b\nrole c */ role d\n/* open");
  EXPECT_EQ(parsed.codes(), "1086@1:1 1086@3:8 1086@4:1 1086@6:1");
  EXPECT_EQ(parsed.file.system_roles.size(), 2u);
}

TEST(ParseRecovery, AnotherEncodingIsOneMistake) {
  EXPECT_EQ(parse_text(std::string("\xFF\xFEr\0o\0l\0e\0\n\0", 12)).codes(), "1080@1:1");
  EXPECT_EQ(parse_text("role caf\xE9s").codes(), "1080@1:9");
}

}  // namespace
}  // namespace policyc::text
