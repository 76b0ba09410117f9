// Texts that were made to exhaust something: each is refused with a code, in
// time that grows with its length.

#include <algorithm>
#include <ctime>

#include "parse_fixture.hpp"

namespace policyc::text {
namespace {

using testing::parse_text;
using testing::Parsed;

std::string repeated(const std::string& text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

constexpr const char* kRule = "allow a to b.c when ";

// Of this thread alone: what others do on a busy machine costs the text nothing.
double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_of(const std::string& text) {
  const double begin = thread_seconds();
  (void)parse_text(text);
  return thread_seconds() - begin;
}

// The best of some runs is what the text costs; the rest is the machine.
double cost_of(const std::string& text) {
  double best = seconds_of(text);
  for (int i = 0; i < 9; ++i) best = std::min(best, seconds_of(text));
  return best;
}

TEST(ParseLimits, NestingIsBounded) {
  constexpr std::size_t kMany = 1'000'000;
  const std::vector<std::string> openings = {"(",         "not ",        "{",        "size(",
                                             "any m in ", "a is b on (", "a else (", "at least 1 m in s: ("};
  for (const std::string& opening : openings) {
    const Parsed parsed = parse_text(kRule + repeated(opening, kMany / opening.size()));
    ASSERT_EQ(parsed.diagnostics.list().size(), 1u) << opening << parsed.codes().substr(0, 100);
    EXPECT_EQ(parsed.diagnostics.list()[0].code, DiagCode::too_deep) << opening;
  }
  EXPECT_EQ(parse_text("a: " + repeated("set<", kMany)).diagnostics.list()[0].code, DiagCode::too_deep);
  EXPECT_EQ(parse_text("a: int = " + repeated("{", kMany)).diagnostics.list()[0].code, DiagCode::too_deep);
}

TEST(ParseLimits, NestingUpToTheBoundIsRead) {
  const auto nested = [](std::size_t depth) {
    return parse_text(kRule + repeated("(", depth) + "x" + repeated(")", depth)).codes();
  };
  EXPECT_EQ(nested(200), "");
  EXPECT_EQ(nested(201), "9001@1:222");
}

// An optimised build takes a tenth of it.
TEST(ParseLimits, AMillionParenthesesAreRefusedAtOnce) {
  EXPECT_LT(cost_of(kRule + repeated("(", 1'000'000)), 1.0);
  EXPECT_LT(cost_of(kRule + repeated("not ", 1'000'000)), 1.0);
}

// Chains of else and sums are trees of that depth.
TEST(ParseLimits, ChainsThatNestAreBoundedToo) {
  EXPECT_EQ(parse_text(kRule + repeated("a + ", 199) + "a == b").codes(), "");
  EXPECT_EQ(parse_text(kRule + repeated("a + ", 201) + "a == b").codes().substr(0, 5), "9001@");
  EXPECT_EQ(parse_text(kRule + repeated("a else ", 201) + "a == b").codes().substr(0, 5), "9001@");
}

TEST(ParseLimits, AMillionTermsAreOneNode) {
  const Parsed parsed = parse_text(kRule + repeated("a and ", 1'000'000) + "a");
  ASSERT_EQ(parsed.codes(), "");
  EXPECT_EQ(parsed.file.rules.at(0).when->operands.size(), 1'000'001u);
}

// Nothing is read twice: a grammar that tries each alternative anew triples its time with each level.
TEST(ParseLimits, DepthCostsLinearTime) {
  for (const auto& [open, close] : std::vector<std::pair<std::string, std::string>>{
           {"(", ")"}, {"{", "}"}, {"a is b on (", ")"}, {"any m in s: (", ")"}, {"not (", ")"}}) {
    const auto text = [&, &open = open, &close = close](std::size_t depth) {
      return repeated(
          "allow a to b.c when x in " + repeated(open, depth) + "x" + repeated(close, depth) + "\n", 20);
    };
    const double quarter = cost_of(text(45));
    const double whole = cost_of(text(180));
    EXPECT_LT(whole, quarter * 10) << open;
  }
}

TEST(ParseLimits, MistakesCostLinearTime) {
  for (const std::string line : {"banana foo\n", "allow a to b.c when (\n", "role r from \"x\"\n",
                                 "scope a {\n", "enum e { a,\n", "} ", "foo { ", "@id(\"x\") "}) {
    const auto cost = [&](std::size_t lines) {
      const std::string text = repeated(line, lines);
      double best = 1e9;
      for (int i = 0; i < 3; ++i) best = std::min(best, seconds_of(text));
      return best;
    };
    EXPECT_LT(cost(40'000), 5 * cost(10'000) + 0.1) << line;
  }
}

TEST(ParseLimits, ErrorsAreCounted) {
  ParseLimits limits;
  limits.max_errors = 3;
  const Parsed parsed = parse_text(repeated("banana foo\n", 10) + "role r\n", limits);
  EXPECT_EQ(parsed.codes(), "1001@1:1 1001@2:1 1001@3:1 9003@4:1");
}

TEST(ParseLimits, FilesHaveASize) {
  ParseLimits limits;
  limits.max_bytes = 10;
  EXPECT_EQ(parse_text("role reader", limits).codes(), "9002@1:1");
  EXPECT_EQ(parse_text("role reade", limits).codes(), "");
}

}  // namespace
}  // namespace policyc::text
