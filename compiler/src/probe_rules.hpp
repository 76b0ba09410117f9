#pragma once

// Probes as rules of a model: each says where it is asked, of whom, and under which condition.

#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "probe_points.hpp"

namespace policyc::compiler {

// One probe: all ways in which a request may match it.
struct Probe {
  Meaning meaning;
  std::vector<RuleUse> uses;  // their `rule` is not set; actions are those of the policy
};

class ProbeRules {
 public:
  ProbeRules(const Model& model, const ProbePoints& points);

  // For rules and the tests in their conditions.
  void add_rules();
  // For the `if` of roles, asked at the resource, or above it where the role is of a scope above.
  void add_role_conditions(const std::vector<std::set<RoleIndex>>& asked);
  // For a role that stands for one source alone.
  void add_source(std::size_t point, RoleIndex role, const std::vector<ActionIndex>& actions);

  [[nodiscard]] std::vector<Probe> take() &&;

  // Of whom a probe asks that asks of nobody in particular.
  [[nodiscard]] static std::vector<Who> everybody(const Schema& schema);

 private:
  // Where tests are come to: what holds before, and the use that it is before in.
  struct Walk {
    std::uint32_t owner = 0;  // rule or role
    bool of_role = false;
    bool reads_own = false;
    std::size_t ordinal = 0;   // of the places met; equal in all uses of one rule
    KindIndex kind = 0;        // on which names are looked up
    RuleUse base;              // without conditions
    std::vector<Term> before;  // all of them true
  };
  using Key = std::tuple<bool, std::uint32_t, std::size_t, std::size_t, bool>;

  void rule_use(const RuleUse& use);
  void whom(const text::Rule& rule, const RuleUse& use, Walk& walk);
  void tests(const text::Expr& expr, const Term& term, Walk& walk);
  void test(std::optional<std::size_t> point, const Term& term, Walk& walk);
  void add(std::size_t point, bool asked, RuleUse use, const Walk& walk);

  const Model& model_;
  const ProbePoints& points_;
  std::map<Key, Probe> probes_;
};

}  // namespace policyc::compiler
