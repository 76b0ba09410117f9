#include "constraints.hpp"

#include <algorithm>

namespace policyc::oracle {

namespace {

using text::Constraint;
using Form = Constraint::Form;

}  // namespace

// "What every snapshot must satisfy for each entity of the scope." "A grant with a window counts for `at
// most`, not for `at least`."
std::set<Breach> Constraints::broken(const Snapshot& snapshot) const {
  std::set<Breach> all;
  for (const text::File& file : package_.files)
    for (const Constraint& c : file.constraints)
      for (const auto& [name, entity] : snapshot) {
        if (entity.kind != c.scope.text) continue;
        const bool is_enough = c.form == Form::at_most || c.form == Form::at_most_of ||
                               holders(c, snapshot, name, {std::nullopt}) >= c.count;
        if (!is_enough || (c.form != Form::at_least && is_too_much(c, snapshot, name)))
          all.insert({c.title.text, name});
      }
  return all;
}

// "`at most n of` counts, for each principal, the roles it holds; the other forms count principals; `user:*`
// counts as too many." What holds at some time does so when one of the grants begins to count.
bool Constraints::is_too_much(const Constraint& c, const Snapshot& snapshot,
                              const std::string& entity) const {
  Times times = {INT64_MIN};
  for (const auto& [name, one] : snapshot)
    for (const Entity::Grant& grant : one.grants)
      if (grant.from) times.insert(grant.from);
  const bool is_of_each = c.form == Form::at_most_of;
  for (const std::string& kind : kinds(c)) {
    if (held_by(c, snapshot, kind + ":*", entity, times) > 0) return true;
    for (const auto& [name, who] : snapshot)
      if (is_of_each && who.kind == kind && held_by(c, snapshot, name, entity, times) > c.count) return true;
  }
  return !is_of_each && holders(c, snapshot, entity, times) > c.count;
}

std::int64_t Constraints::holders(const Constraint& c, const Snapshot& snapshot, const std::string& entity,
                                  const Times& times) const {
  return std::ranges::count_if(snapshot, [&](const auto& entry) {
    return entry.second.kind == c.counted.text && held_by(c, snapshot, entry.first, entity, times) > 0;
  });
}

std::int64_t Constraints::held_by(const Constraint& c, const Snapshot& snapshot, const std::string& who,
                                  const std::string& entity, const Times& times) const {
  return std::ranges::count_if(c.roles, [&](const text::Path& role) {
    return std::ranges::any_of(
        times, [&](const auto& now) { return oracle_.holds(snapshot, who, role, entity, now); });
  });
}

// Principals of the named kind, or of all kinds: a group holds what is granted to it, as its members do.
std::vector<std::string> Constraints::kinds(const Constraint& constraint) const {
  if (constraint.form != Form::at_most_of) return {constraint.counted.text};
  std::vector<std::string> all;
  for (const text::File& file : package_.files) {
    for (const text::SubjectKind& kind : file.subjects) all.push_back(kind.name.text);
    for (const text::PrincipalGroup& kind : file.principal_groups) all.push_back(kind.name.text);
  }
  return all;
}

}  // namespace policyc::oracle
