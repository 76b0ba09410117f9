// What must hold when the rules of a policy change.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "world.hpp"

namespace policyc::properties {
namespace {

// A permission that a condition asks for may stand behind a `not`: then a forbid there is what lets one in
// here, and the other way round. What one rule does is said about policies without.
constexpr std::string_view kAsksForPermissions = " may ";

std::vector<std::size_t> rules_that(const PolicySpec& spec, bool forbid) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < spec.rules.size(); ++i)
    if (is_forbid(spec.rules[i]) == forbid) found.push_back(i);
  return found;
}

PolicySpec without(PolicySpec spec, std::size_t rule) {
  spec.rules.erase(spec.rules.begin() + static_cast<std::ptrdiff_t>(rule));
  return spec;
}

// A world, and one of its rules that is added to the others.
struct Addition {
  World world = any_world([](const PolicySpec& spec) { return !mentions(spec, kAsksForPermissions); });
  std::size_t rule = 0;

  explicit Addition(bool forbid) {
    const std::vector<std::size_t> rules = rules_that(world.spec, forbid);
    RC_PRE(!rules.empty());
    rule = rules[any_below(rules.size())];
  }
};

TEST(Properties, AForbidThatIsAddedNeverAllows) {
  expect_holds("a forbid that is added never allows", [](Count& count) {
    const Addition added(true);
    const Product before(without(added.world.spec, added.rule), added.world.facts);
    const Product after = added.world.product();
    for (const Asked& request : added.world.requests) {
      const bool was = before.ask(request).allowed, is = after.ask(request).allowed;
      ++count.compared;
      count.tells(was && !is);
      if (is && !was) fail(added.world, request, "allowed by adding " + added.world.spec.rules[added.rule]);
    }
  });
}

// An action needs to be told what its rules mention. So a request that leaves out the time, or a value of the
// context, is refused once a rule asks for it; that is an error which says so, and no rule's doing.
bool lacks_what_rules_mention(const Answer& answer) {
  for (const char* code : {"now_missing", "missing_context", "ill_typed", "unknown_entity", "cross_root"})
    if (answer.error == code) return true;
  return false;
}

TEST(Properties, AnAllowThatIsAddedTakesNothingAway) {
  expect_holds("an allow that is added takes nothing away", [](Count& count) {
    const Addition added(false);
    const Product before(without(added.world.spec, added.rule), added.world.facts);
    const Product after = added.world.product();
    for (const Asked& request : added.world.requests) {
      const Answer answer = after.ask(request);
      if (lacks_what_rules_mention(answer)) continue;
      const bool was = before.ask(request).allowed;
      ++count.compared;
      count.tells(!was && answer.allowed);
      if (was && !answer.allowed)
        fail(added.world, request, "taken away by adding " + added.world.spec.rules[added.rule]);
    }
  });
}

TEST(Properties, TheOrderOfRulesAndDuplicatesDoNotMatter) {
  expect_holds("the order of rules and duplicates do not matter", [](Count& count) {
    const World world = any_world();
    // Where each rule of the other policy is in this one.
    std::vector<std::size_t> places(world.spec.rules.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    for (std::size_t i = 0, size = places.size(); i < size; ++i)
      if (any_chance(25)) places.push_back(i);
    for (std::size_t i = places.size(); i > 1; --i) std::swap(places[i - 1], places[any_below(i)]);
    PolicySpec spec = world.spec;
    spec.rules.clear();
    std::vector<bool> seen(world.spec.rules.size());
    for (const std::size_t place : places) {
      std::string rule = world.spec.rules[place];
      // An id is one rule's alone.
      if (seen[place] && rule.starts_with('@')) rule.erase(0, rule.find(") ") + 2);
      seen[place] = true;
      spec.rules.push_back(rule);
    }
    const Product before = world.product();
    const Product after(spec, world.facts);
    for (const Asked& request : world.requests) {
      Answer answer = after.ask(request);
      for (std::size_t& rule : answer.rules)
        if (rule < kOpenRoles) rule = places[rule];
      std::sort(answer.rules.begin(), answer.rules.end());
      answer.rules.erase(std::unique(answer.rules.begin(), answer.rules.end()), answer.rules.end());
      ++count.compared;
      count.tells(!answer.rules.empty());
      expect_same(world, request, before.ask(request), answer,
                  "with the rules in another order:\n" + spec.text());
    }
  });
}

// What the answer must be without the rule, as far as the answer with it tells: the rule was the cause, or
// one of several, or had no part in it.
void expect_cause(const World& world, const Asked& request, std::size_t rule, const Answer& with,
                  Answer without) {
  for (std::size_t& place : without.rules) place += place >= rule && place < kOpenRoles ? 1 : 0;
  std::vector<std::size_t> others = with.rules;
  std::erase(others, rule);
  const bool was_named = others.size() < with.rules.size();
  const std::string what =
      "without " + world.spec.rules[rule] + "\nbefore: " + with.text() + "\nafter:  " + without.text();
  if (!was_named || !others.empty()) {
    if (without.allowed != with.allowed || without.rules != others) fail(world, request, what);
  } else if (is_forbid(world.spec.rules[rule])) {
    // What the only forbid kept back shows now, if there is any.
    const bool shows_allows = std::none_of(without.rules.begin(), without.rules.end(), [&](std::size_t one) {
      return one < kOpenRoles && is_forbid(world.spec.rules[one]);
    });
    if (!shows_allows || without.allowed == without.rules.empty()) fail(world, request, what);
  } else if (without.allowed || !without.rules.empty()) {
    fail(world, request, what);
  }
}

TEST(Properties, TheRulesThatAreNamedAreTheCause) {
  expect_holds("the rules that are named are the cause", [](Count& count) {
    const World world =
        any_world([](const PolicySpec& spec) { return !mentions(spec, kAsksForPermissions); });
    const std::size_t rule = any_below(world.spec.rules.size());
    const Product with = world.product();
    const Product less(without(world.spec, rule), world.facts);
    for (const Asked& request : world.requests) {
      const Answer answer = with.ask(request);
      // For two principals the rules of both may be named, so that one is not the cause alone.
      if (!answer.error.empty() || request.on_behalf_of) continue;
      ++count.compared;
      count.tells(std::find(answer.rules.begin(), answer.rules.end(), rule) != answer.rules.end());
      expect_cause(world, request, rule, answer, less.ask(request));
    }
  });
}

}  // namespace
}  // namespace policyc::properties
