#include "constraints.hpp"

#include <algorithm>

namespace policyc::oracle {

namespace {

using text::Constraint;
using Form = Constraint::Form;

}  // namespace

// "What every snapshot must satisfy for each entity of the scope."
std::set<Breach> Constraints::broken(const Snapshot& snapshot) const {
  // "A grant with a window counts for `at most`, not for `at least`."
  Snapshot always = snapshot;
  for (auto& [name, entity] : always) {
    if (entity.parent != nullptr) entity.parent = &always.at(entity.parent->name);
    for (Entity::Grant& grant : entity.grants) grant.from = grant.until = std::nullopt;
  }
  std::set<Breach> all;
  for (const text::File& file : package_.files)
    for (const Constraint& c : file.constraints)
      for (const auto& [name, entity] : snapshot) {
        if (entity.kind != c.scope.text) continue;
        const bool keeps_least =
            c.form == Form::at_most || c.form == Form::at_most_of || holders(c, snapshot, name) >= c.count;
        if (!keeps_least || (c.form != Form::at_least && !keeps_most(c, always, name)))
          all.insert({c.title.text, name});
      }
  return all;
}

// "`at most n of` counts, for each principal, the roles it holds; the other forms count principals; `user:*`
// counts as too many."
bool Constraints::keeps_most(const Constraint& c, const Snapshot& snapshot, const std::string& entity) const {
  const bool is_of_each = c.form == Form::at_most_of;
  for (const std::string& kind : kinds(c)) {
    if (held_by(c, snapshot, kind + ":*", entity) > 0) return false;
    for (const auto& [name, principal] : snapshot)
      if (is_of_each && principal.kind == kind && held_by(c, snapshot, name, entity) > c.count) return false;
  }
  return is_of_each || holders(c, snapshot, entity) <= c.count;
}

std::int64_t Constraints::holders(const Constraint& c, const Snapshot& snapshot,
                                  const std::string& entity) const {
  return std::ranges::count_if(snapshot, [&](const auto& entry) {
    return entry.second.kind == c.counted.text && held_by(c, snapshot, entry.first, entity) > 0;
  });
}

std::int64_t Constraints::held_by(const Constraint& c, const Snapshot& snapshot, const std::string& who,
                                  const std::string& entity) const {
  return std::ranges::count_if(
      c.roles, [&](const text::Path& role) { return oracle_.holds(snapshot, who, role, entity); });
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
