// The grammar as such: no rule may loop without reading anything.

#include <gtest/gtest.h>

#include <tao/pegtl/contrib/analyze.hpp>

#include "grammar.hpp"

namespace TAO_PEGTL_NAMESPACE {

namespace grammar = policyc::text::grammar;

// The rules that are written by hand: what they read.
template <typename Name, policyc::text::Body B>
struct analyze_traits<Name, grammar::resynchronise<B>> : analyze_any_traits<> {};
template <typename Name, policyc::text::Body B>
struct analyze_traits<Name, grammar::skip_to_brace<B>> : analyze_opt_traits<> {};
template <typename Name, policyc::text::Body B>
struct analyze_traits<Name, grammar::leaves_block<B>> : analyze_opt_traits<> {};
template <typename Name>
struct analyze_traits<Name, grammar::next_declaration> : analyze_opt_traits<> {};
template <typename Name>
struct analyze_traits<Name, grammar::list_in_parentheses> : analyze_opt_traits<> {};

}  // namespace TAO_PEGTL_NAMESPACE

namespace policyc::text {
namespace {

namespace p = tao::pegtl;

struct Loops : p::star<p::opt<p::one<'a'>>> {};
struct Recurses : p::sor<p::seq<Recurses, p::one<'a'>>, p::one<'b'>> {};

TEST(Grammar, NoRuleLoops) {
  EXPECT_EQ(p::analyze<grammar::policy_file>(1), 0u);
  EXPECT_EQ(p::analyze<grammar::whole_expression>(1), 0u);
}

// The analysis would find such rules.
TEST(Grammar, LoopsAreFound) {
  EXPECT_GT(p::analyze<Loops>(-1), 0u);
  EXPECT_GT(p::analyze<Recurses>(-1), 0u);
}

}  // namespace
}  // namespace policyc::text
