#pragma once

// What the parts of the generator share: words to choose from, and the door between declarations and rules.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "generator.hpp"

namespace policyc::differential {

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

inline const std::vector<std::string> kWords = {"",  "a",  "ab",  "abc",
                                                "b", "ba", "a*b", "longer than sixteen bytes"};
inline const std::vector<std::string> kPatterns = {"*", "a*", "*b", "a*b", "*a*", "abc", "a**c", ""};
inline const std::vector<std::string> kDurations = {"0s", "90s", "15m", "8h", "30d"};
inline const std::vector<std::int64_t> kDurationValues = {0, 90'000'000, 900'000'000, 28'800'000'000,
                                                          2'592'000'000'000};
inline const std::vector<std::string> kAddresses = {"10.0.0.7", "10.1.2.3",        "192.168.0.1",
                                                    "::1",      "::ffff:10.0.0.7", "2001:db8::5"};
inline const std::vector<std::string> kBlocks = {"10.0.0.0/8",     "10.0.0.0/24",   "10.0.0.7",
                                                 "192.168.0.0/16", "2001:db8::/32", "::1",
                                                 "::/0",           "0.0.0.0/0",     "::ffff:10.0.0.0/104"};

// Microseconds since the epoch, whole seconds, few enough to meet each other; and as RFC 3339 writes them.
std::int64_t random_time(Random& random);
std::string time_text(std::int64_t microseconds);

std::size_t kind_index(const PolicySpec& policy, const std::string& name);
const KindSpec& kind_named(const PolicySpec& policy, const std::string& name);

// A type that attributes, parameters and context fields take, besides entities and roles.
TypeSpec random_plain_type(const PolicySpec& policy, Random& random);

// A value of the type, as a policy writes it. Of its entities some are in no snapshot.
std::string literal_of(const TypeSpec& type, const PolicySpec& policy, Random& random);

// A typed value that a condition can name, and what must be known before it may be used.
struct Term {
  std::string text;
  TypeSpec type;
  std::vector<std::string> guards = {};
};

// Where a condition stands.
struct Scene {
  const PolicySpec& policy;
  Random& random;
  std::size_t kind = 0;  // of the resource; the upper one for a rule over several kinds
  bool several_kinds = false;
  const ActionSpec* action = nullptr;  // the only one asked
  bool in_role = false;                // a role's `if`
  bool in_condition = false;
  bool now = true;
  std::size_t may_order = 0;
  std::string subject_kind = {};  // if the rule's WHO leaves only one
  std::vector<Term> variables = {};
};

// A role that may be held at an entity of this kind, as it must be named there; "" if there is none.
std::string random_role(const Scene& scene, std::size_t at);
// A condition, well-typed and guarded by construction; and as it stands where nothing else is beside it.
std::string condition(Scene& scene, int depth);
std::string without_parentheses(std::string text);
// One that asks for a role which only a value names; "" if none is at hand.
std::string role_value_condition(Scene& scene);

// A condition for a role's `if`, and all conditions, groups and rules of a policy whose declarations are
// complete.
std::string role_condition(const PolicySpec& policy, std::size_t kind, Random& random);
void add_rules(PolicySpec& policy, Random& random);

}  // namespace policyc::differential
