#pragma once

// What a property is about: a random policy, facts that keep its schema, and requests; and what the product
// answers.
//
// RapidCheck supplies the seeds and the choices, the generator of tests/differential what they stand for. A
// case that doesn't fit a property is discarded, and another one is tried.

#include <rapidcheck.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "differential/generator.hpp"
#include "differential/product.hpp"

namespace policyc::properties {

using differential::CompiledPolicy;
using differential::KindSpec;
using differential::PolicySpec;
using differential::Random;
using oracle::Entity;
using Facts = oracle::Snapshot;
using Asked = oracle::Request;

// Choices. A seed does not shrink: a smaller one means another case, not a smaller one.
[[nodiscard]] std::uint64_t any_seed();
[[nodiscard]] std::size_t any_below(std::size_t n);
[[nodiscard]] bool any_chance(unsigned percent);

// What a decision is, in words that two policies share.
struct Answer {
  bool allowed = false;
  std::string error = {};  // the code's name, or ""
  // Places in PolicySpec::rules; behind them all, the lines of open roles, whose grants act as rules.
  std::vector<std::size_t> rules = {};
  std::vector<std::string> obligations = {};  // by name, in order, each once
  std::int64_t valid_until = 0;

  friend bool operator==(const Answer&, const Answer&) = default;
  [[nodiscard]] std::string text() const;
};

// A policy and facts, ready to be asked.
class Product {
 public:
  // Discards the case if chance wrote a policy that contradicts itself; fails if it is refused for anything
  // else.
  Product(const PolicySpec& spec, const Facts& facts);

  [[nodiscard]] Answer ask(const Asked& request) const;
  [[nodiscard]] const CompiledPolicy& policy() const noexcept { return policy_; }
  [[nodiscard]] const Evaluator& evaluator() const noexcept { return *evaluator_; }

 private:
  std::size_t first_line_;  // of the rules
  CompiledPolicy policy_;
  std::unique_ptr<const Evaluator> evaluator_;
};

inline constexpr std::size_t kOpenRoles = 1'000'000;

struct World {
  PolicySpec spec;
  Facts facts;
  std::vector<Asked> requests;

  [[nodiscard]] Product product() const { return {spec, facts}; }
};
[[nodiscard]] World any_world(const std::function<bool(const PolicySpec&)>& fits = {});

// The same facts, whose entities stand below each other and not below the ones that were copied.
[[nodiscard]] Facts copy_of(const Facts& facts);
// The same entities with other grants, and other values where these name nobody. `changes` says whose.
[[nodiscard]] Facts other_facts(const PolicySpec& spec, const Facts& facts,
                                const std::function<bool(const Entity&)>& changes);
// The one that stands below nothing but system, above this one or itself.
[[nodiscard]] const Entity& root_of(const Entity& entity);
[[nodiscard]] bool is_at_or_below(const Entity& entity, const Entity& above);
// Where the request's resource stands, or would: nothing if that is nowhere.
[[nodiscard]] const Entity* place_of(const Facts& facts, const Asked& request);

[[nodiscard]] bool is_forbid(const std::string& rule);
[[nodiscard]] bool mentions(const PolicySpec& spec, std::string_view text);

// Ends the property's case as failed, with all that is needed to look for the mistake.
[[noreturn]] void fail(const World& world, const Asked& request, const std::string& what);
void expect_same(const World& world, const Asked& request, const Answer& before, const Answer& after,
                 const std::string& what);

// Answers that were compared; and among them, or beside them, those that show that the property is about
// something: a forbid that is added does take something away. None of either would mean that nothing was
// tested.
struct Count {
  std::uint64_t compared = 0, telling = 0;

  void tells(bool whether) noexcept { telling += whether ? 1U : 0U; }
};

// Runs a property for as many cases as POLICYC_PROPERTIES_CASES says, and prints what was counted.
void expect_holds(const std::string& name, const std::function<void(Count& count)>& property);

}  // namespace policyc::properties
