#pragma once

// "open role custom [includes member] can {…}": what the declaration says as a rule, and what follows from
// the roles that a snapshot defines under it.

#include <algorithm>
#include <string>
#include <vector>

#include "oracle.hpp"

namespace policyc::oracle {

// "A grant of one acts as an allow rule with the declaration's id": whom it allows is asked below.
inline text::Rule rule_of(const text::Role& role, const text::Name& scope) {
  text::Rule rule;
  rule.who = {{{scope, role.name}, role.span}};
  rule.actions = role.ceiling;
  rule.span = role.span;
  return rule;
}
inline bool is_rule_of(const text::Role& role, const text::Rule& rule) {
  return role.is_open && rule.span.file == role.span.file && rule.span.begin == role.span.begin;
}

// A file's rules "in source order", open roles among them.
inline std::vector<text::Rule> rules_of(const text::File& file) {
  std::vector<text::Rule> rules = file.rules;
  const auto add = [&](const std::vector<text::Role>& roles, const text::Name& scope) {
    for (const text::Role& role : roles)
      if (role.is_open) rules.push_back(rule_of(role, scope));
  };
  add(file.system_roles, {"system", {}});
  for (const text::Scope& scope : file.scopes) add(scope.roles, scope.name);
  std::ranges::sort(rules, {}, [](const text::Rule& rule) { return rule.span.begin; });
  return rules;
}

// "Snapshots may define roles of their own": whoever is granted one of them where it is defined holds the
// open role there. Any other role is granted by its name.
inline bool gives(const Entity::Grant& grant, const Entity& e, const text::Role& role) {
  return role.is_open ? e.roles.contains(grant.role) : grant.role == role.name.text;
}

// One that is defined there, "a subset of the ceiling", with this action in it.
inline bool gives(const Entity::Grant& grant, const Entity& e, const std::string& action) {
  const auto defined = e.roles.find(grant.role);
  return defined != e.roles.end() && defined->second.contains(action);
}

}  // namespace policyc::oracle
