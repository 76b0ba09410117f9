#include "mutants.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace policyc::mutation {
namespace {

std::vector<std::string> mutated(const std::string& source) {
  std::vector<std::string> all;
  for (const Mutant& one : mutants_of(source))
    all.push_back(source.substr(0, one.begin) + one.replacement + source.substr(one.end));
  return all;
}

TEST(Mutants, AreSmallChangesOfTheCode) {
  EXPECT_EQ(mutated("return a < b;"), (std::vector<std::string>{"return a <= b;"}));
  EXPECT_EQ(mutated("if (!x) break;"), (std::vector<std::string>{"if (true) break;", "if (false) break;",
                                                                 "if (x) break;", "if (!x) ;"}));
  EXPECT_EQ(mutated("x = 9 + true;"),
            (std::vector<std::string>{"x = 10 + true;", "x = 9 - true;", "x = 9 + false;"}));
}

TEST(Mutants, LeaveTextsCommentsAndTypesAlone) {
  for (const char* source :
       {"// a < b", "/* a == b */", "f(\"1 + 1\");", "c = '1';", "R\"x(a && b)x\";", "#if A == 1",
        "static_assert(a == 1);", "std::vector<int> v;", "x1 = 0x1Fu;", "n = 1'000'000;", "untrue = x;"})
    EXPECT_EQ(mutated(source), std::vector<std::string>{}) << source;
}

TEST(Mutants, StandOnALine) {
  const std::string source = "a;\n  b == c;\n";
  const Line line = line_of(source, source.find("=="));
  EXPECT_EQ(line.number, 2U);
  EXPECT_EQ(line.text, "b == c;");
}

}  // namespace
}  // namespace policyc::mutation
