// The rules, named conditions and groups of random policies.

#include "policy_parts.hpp"

namespace policyc::differential {

namespace {

// What a rule asks about: the text after `to`, and what that leaves for its conditions.
struct Targets {
  std::string text;
  std::size_t kind = 0;
  bool several_kinds = false;
  const ActionSpec* action = nullptr;
  std::size_t order = 0;  // the lowest of its actions
};

Targets random_targets(const PolicySpec& policy, Random& random, const std::vector<Targets>& groups) {
  if (!groups.empty() && random.chance(12)) return random.pick(groups);
  Targets t;
  do {
    t.kind = random.upto(policy.kinds.size());
  } while (policy.kinds[t.kind].actions.empty());
  const KindSpec& kind = policy.kinds[t.kind];
  const std::size_t first = random.upto(kind.actions.size());
  t.order = kind.actions[0].order;
  switch (random.upto(10)) {
    case 0:
    case 1: t.text = kind.name + ".*"; break;
    case 2:
      if (kind.subject || t.kind == 0) return random_targets(policy, random, groups);
      t.text = kind.name + ".**", t.several_kinds = true, t.order = 0;
      break;
    case 3:
    case 4:
      if (kind.actions.size() > 1) {
        t.text = kind.name + ".{" + kind.actions[0].name + ", " + kind.actions[1].name + "}";
        break;
      }
      [[fallthrough]];
    default:
      t.action = &kind.actions[first], t.order = t.action->order;
      t.text = kind.name + "." + t.action->name;
  }
  return t;
}

// An obligation, whose last value may be left out.
struct Obligation {
  std::string name;
  TypeSpec first, last;

  [[nodiscard]] std::string values(const PolicySpec& policy, Random& random) const {
    const auto value = [&](const TypeSpec& type) {
      const std::string one = literal_of(type, policy, random);
      return type.set ? "{" + one + "}" : one;
    };
    return "(" + value(first) + (random.chance(50) ? ", " + value(last) : "") + ")";
  }
};

std::vector<Obligation> add_obligations(PolicySpec& policy, Random& random) {
  std::vector<Obligation> all;
  for (std::size_t i = random.upto(3); i > 0; --i) {
    Obligation one{"duty" + std::to_string(i), random_plain_type(policy, random), {}};
    one.last = random_plain_type(policy, random);
    one.last.set = false;
    const std::string fallback = literal_of(one.last, policy, random);
    one.last.optional = random.chance(40);
    policy.declarations.push_back("obligation " + one.name + "(first: " + one.first.text() + ", last: " +
                                  one.last.text() + (one.last.optional ? "" : " = " + fallback) + ")");
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

void add_rules(PolicySpec& policy, Random& random) {
  std::vector<std::pair<std::size_t, std::string>> conditions;
  for (std::size_t i = random.upto(3); i > 0; --i) {
    Scene s{policy, random};
    s.kind = random.upto(policy.kinds.size()), s.in_condition = true;
    if (policy.kinds[s.kind].subject || s.kind == 0) continue;
    conditions.emplace_back(s.kind, "cond" + std::to_string(i));
    policy.declarations.push_back("condition cond" + std::to_string(i) + " on " + policy.kinds[s.kind].name +
                                  (random.chance(50) ? " \"Title\"" : "") + " = " +
                                  without_parentheses(condition(s, 1)));
  }
  std::vector<Targets> groups;
  for (std::size_t i = random.upto(2); i > 0; --i) {
    Targets t = random_targets(policy, random, {});
    policy.declarations.push_back("actions group" + std::to_string(i) + " \"Group\" = { " + t.text +
                                  " as \"G\" }");
    t.text = "group" + std::to_string(i);
    groups.push_back(t);
  }
  const std::vector<Obligation> obligations = add_obligations(policy, random);
  for (std::size_t n = 3 + random.upto(8); n > 0; --n) {
    const Targets t = random_targets(policy, random, groups);
    const bool forbid = random.chance(22);
    Scene s{policy, random};
    s.kind = t.kind, s.several_kinds = t.several_kinds, s.action = t.action, s.may_order = t.order;
    std::vector<std::string> who;
    bool kinds_only = true;
    for (std::size_t w = 1 + random.upto(2); w > 0; --w) {
      std::string name = random.chance(85) ? random_role(s, t.kind) : "";
      kinds_only = kinds_only && name.empty();
      if (name.empty())
        name = random.chance(80) || kind_index(policy, "service") == kNone ? "user" : "service";
      if (std::find(who.begin(), who.end(), name) == who.end()) who.push_back(name);
    }
    if (forbid && random.chance(20)) who = {"anyone"}, kinds_only = false;
    if (kinds_only && who.size() == 1) s.subject_kind = who[0];
    if (kind_index(policy, "service") == kNone) s.subject_kind = "user";
    std::string text = forbid ? "forbid " : "allow ";
    if (random.chance(15)) text = "@id(\"rule" + std::to_string(n) + "\") " + text;
    for (std::size_t i = 0; i < who.size(); ++i) text += (i == 0 ? "" : ", ") + who[i];
    text += " to " + t.text;
    const auto any = [&] {
      for (const auto& [kind, name] : conditions)
        if (!t.several_kinds && policy.is_always_above(t.kind, kind) && random.chance(20)) return name;
      return without_parentheses(condition(s, 2));
    };
    if (random.chance(forbid ? 75 : 45)) text += " when " + any();
    if (random.chance(forbid ? 35 : 15)) text += " unless " + any();
    if (!obligations.empty() && random.chance(25)) {
      const Obligation& one = random.pick(obligations);
      text += " obliging " + one.name + one.values(policy, random);
    }
    policy.rules.push_back(text);
  }
  // "Hand out only what you hold": few of the rules above would say it of what is at hand.
  for (std::size_t k = 1; k < policy.kinds.size(); ++k)
    for (const ActionSpec& action : policy.kinds[k].actions) {
      if (policy.kinds[k].subject || !random.chance(35)) continue;
      Scene s{policy, random};
      s.kind = k, s.action = &action, s.may_order = action.order, s.subject_kind = "user";
      if (const std::string test = role_value_condition(s); !test.empty())
        policy.rules.push_back((random.chance(80) ? "allow" : "forbid") + std::string(" user to ") +
                               policy.kinds[k].name + "." + action.name + " when " +
                               without_parentheses(test));
    }
}

}  // namespace policyc::differential
