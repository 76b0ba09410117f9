#include "rule_who.hpp"

#include <algorithm>
#include <utility>

#include "familiar_words.hpp"

namespace policyc::compiler {

using text::DiagCode;

WhoResolver::WhoResolver(const Analysis& analysis) : analysis_(analysis), closures_(analysis.model) {}

std::optional<std::vector<Who>> WhoResolver::resolve(const text::Rule& rule, KindIndex kind) {
  std::vector<Who> all;
  bool sound = !rule.who.empty();
  for (const text::Path& path : rule.who) {
    Who who;
    const std::string& first = path.parts.front().text;
    if (path.parts.size() == 1 && first == "anyone") {
      // For an allow the parser has refused it.
      sound = sound && rule.effect == text::Effect::forbid;
    } else if (const KindIndex named = analysis_.symbols.kind(first);
               path.parts.size() == 1 && named != kNoIndex) {
      who = {WhoKind::subject_kind, named};
      if (analysis_.model.schema.kinds[named].category != KindCategory::subject) {
        const bool is_group = analysis_.model.schema.kinds[named].category == KindCategory::group;
        report(is_group ? DiagCode::group_as_who : DiagCode::scope_as_who, path.span, {first});
        sound = false;
      }
    } else if (const std::optional<RoleIndex> found = role(path, kind)) {
      who = {WhoKind::role, *found};
    } else {
      sound = false;
    }
    const bool repeated = std::any_of(all.begin(), all.end(), [&](const Who& other) {
      return other.kind == who.kind && other.index == who.index;
    });
    if (!repeated) all.push_back(who);
  }
  if (!sound) return std::nullopt;
  return all;
}

std::optional<RoleIndex> WhoResolver::role(const text::Path& path, KindIndex kind) {
  if (path.parts.size() == 1) return bare(path.parts.front(), kind);
  return qualified(path, kind);
}

// "A role name stands for one role."
std::optional<RoleIndex> WhoResolver::bare(const text::Name& name, KindIndex kind) {
  const Schema& schema = analysis_.model.schema;
  const std::vector<RoleIndex> candidates = analysis_.symbols.roles_at(kind, name.text);
  if (candidates.size() == 1) return holdable(candidates.front(), name.span, kind);
  if (candidates.size() > 1) {
    std::vector<std::string> names;
    std::vector<text::Note> notes;
    for (const RoleIndex role : candidates) {
      names.push_back(role_name(schema, role));
      notes.push_back({analysis_.model.roles[role].span, "this is " + names.back()});
    }
    report(DiagCode::ambiguous_role, name.span,
           {name.text, " at or above " + schema.kinds[kind].name, listed(names, "or")}, {}, std::move(notes));
    return std::nullopt;
  }
  // Declared somewhere, but neither there nor above: it can't be held there.
  for (std::size_t role = 0; role < schema.roles.size(); ++role)
    if (schema.roles[role].name == name.text) {
      // A scope whose parent was not understood may stand below it after all.
      if (!analysis_.symbols.knows_all_parents()) return std::nullopt;
      report(DiagCode::role_never_held, name.span,
             {role_name(schema, static_cast<RoleIndex>(role)), schema.kinds[kind].name}, {},
             {{analysis_.model.roles[role].span, "the role is declared here"}});
      return std::nullopt;
    }
  report_unknown_role(name.text, name.span, kind);
  return std::nullopt;
}

std::optional<RoleIndex> WhoResolver::qualified(const text::Path& path, KindIndex kind) {
  const Schema& schema = analysis_.model.schema;
  const KindIndex scope = analysis_.symbols.kind(path.parts[0].text);
  if (scope == kNoIndex) {
    if (analysis_.symbols.is_tainted(path.parts[0].text)) return std::nullopt;
    report(DiagCode::unknown_name, path.parts[0].span, {"scope", path.parts[0].text},
           suggestion_for(path.parts[0].text, analysis_.symbols.kind_names()));
    return std::nullopt;
  }
  const RoleIndex role = path.parts.size() == 2 ? schema.find_role(scope, path.parts[1].text) : kNoIndex;
  if (role == kNoIndex) {
    std::string name = path.parts[0].text;
    for (std::size_t i = 1; i < path.parts.size(); ++i) name += "." + path.parts[i].text;
    report_unknown_role(name, path.span, kind);
    return std::nullopt;
  }
  if (scope == kind || analysis_.symbols.may_be_above(kind, scope)) return holdable(role, path.span, kind);
  if (!analysis_.symbols.knows_all_parents()) return std::nullopt;
  report(DiagCode::role_never_held, path.span, {role_name(schema, role), schema.kinds[kind].name}, {},
         {{analysis_.model.roles[role].span, "the role is declared here"}});
  return std::nullopt;
}

// A role that is neither granted nor has a source that reaches down to the kind.
std::optional<RoleIndex> WhoResolver::holdable(RoleIndex role, text::Span span, KindIndex kind) {
  if (!analysis_.sound_declarations) return role;
  const RoleClosure& closure = closures_.of(role, kind, false);
  if (!closure.bits.empty() || !closure.derived.empty()) return role;
  const RoleInfo& info = analysis_.model.schema.roles[role];
  const char* why = info.up_bit != kNoBit ? "it is rolled up to here, and held at that entity alone"
                                          : "it is `not granted`, and nothing else gives it";
  report(DiagCode::role_never_held, span,
         {role_name(analysis_.model.schema, role), analysis_.model.schema.kinds[kind].name}, {},
         {{analysis_.model.roles[role].span, why}});
  return std::nullopt;
}

void WhoResolver::report_unknown_role(const std::string& name, text::Span span, KindIndex kind) {
  const Schema& schema = analysis_.model.schema;
  if (analysis_.symbols.is_tainted(name)) return;
  std::vector<std::string> candidates = analysis_.symbols.role_names_at(kind);
  for (const KindInfo& other : schema.kinds)
    if (other.category == KindCategory::subject) candidates.push_back(other.name);
  std::string suggestion = familiar_who(name, is_allow_, schema);
  if (suggestion.empty()) suggestion = suggestion_for(name, candidates);
  report(DiagCode::unknown_name, span, {"role", name}, std::move(suggestion));
}

void WhoResolver::report(DiagCode code, text::Span span, std::vector<std::string> arguments,
                         std::string suggestion, std::vector<text::Note> notes) {
  if (!reported_.insert(span.begin).second) return;
  analysis_.diagnostics.add(code, span, std::move(arguments), std::move(suggestion), std::move(notes));
}

}  // namespace policyc::compiler
