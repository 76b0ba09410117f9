#include "build_problems.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "entities.hpp"
#include "snapshot_format.hpp"

namespace policyc::snapshot {
namespace {

using text::DiagCode;

bool is_part_of_id(std::string_view text, std::size_t at) {
  return at < text.size() && std::string_view(" \t\r\n\"'[]{},:").find(text[at]) == std::string_view::npos;
}

// Where in this part of the text the word stands by itself; npos: nowhere.
std::size_t find_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if ((at == 0 || !is_part_of_id(text, at - 1)) && !is_part_of_id(text, at + word.size())) return at;
  return std::string_view::npos;
}

// A grant or a list may name several entities: the one that is wrong, as kind:id or
// as its bare id. All of the place, if it is written in some other way.
text::Span narrowed(text::Span span, std::string_view source, std::string_view entity) {
  const std::string_view part = source.substr(span.begin, span.end - span.begin);
  for (const std::string_view word : {entity, entity.substr(entity.find(':') + 1)}) {
    const std::size_t at = word.empty() ? std::string_view::npos : find_word(part, word);
    if (at == std::string_view::npos) continue;
    const auto begin = static_cast<std::uint32_t>(span.begin + at);
    return {span.file, begin, begin + static_cast<std::uint32_t>(word.size())};
  }
  return span;
}

struct Wording {
  DiagCode code;
  std::vector<std::string> arguments;
};

// The kinds that an entity may stand in, as it would say so.
std::string places_for(const std::string& entity, const Names& names) {
  const KindIndex kind = names.find_kind(entity.substr(0, entity.find(':')));
  return kind == kNoIndex ? std::string() : names.settings("in", names.parents_of(kind));
}

Wording wording_of(const BuildError& error, const Names& names) {
  const std::string& subject = error.subject;
  const std::string& object = error.object;
  switch (error.problem) {
    case BuildProblem::duplicate_entity: return {DiagCode::duplicate_entity, {subject}};
    case BuildProblem::unknown_parent: return {DiagCode::unknown_parent, {subject, object}};
    case BuildProblem::wrong_parent_kind:
      return {DiagCode::wrong_parent_kind, {subject, object, places_for(subject, names)}};
    case BuildProblem::missing_parent:
      return {DiagCode::missing_parent, {subject, places_for(subject, names)}};
    case BuildProblem::parent_cycle: return {DiagCode::parent_cycle, {object}};
    case BuildProblem::too_many_ancestors: return {DiagCode::too_many_ancestors, {subject}};
    case BuildProblem::missing_attribute: return {DiagCode::missing_attribute, {subject, object}};
    case BuildProblem::unknown_entity: return {DiagCode::unknown_entity, {object}};
    case BuildProblem::unknown_default: return {DiagCode::unknown_default, {subject, object}};
    case BuildProblem::cross_root: return {DiagCode::cross_root, {subject, object}};
    case BuildProblem::empty_window: return {DiagCode::empty_window, {}};
    case BuildProblem::duplicate_grant: return {DiagCode::duplicate_grant, {subject, object}};
    case BuildProblem::not_public: return {DiagCode::not_public, {subject, object}};
    case BuildProblem::duplicate_role: return {DiagCode::duplicate_role, {subject, object}};
    case BuildProblem::unknown_role: return {DiagCode::undefined_role, {subject, object}};
    case BuildProblem::role_elsewhere: return {DiagCode::role_elsewhere, {subject, object, error.near}};
    case BuildProblem::unknown_role_value: {
      const std::vector<std::string> roles = names.roles_of(names.find_kind(error.near));
      return {DiagCode::snapshot_unknown_role,
              {shown(object), error.near,
               (roles.empty() ? "it declares none" : "it declares " + joined(roles)) + ", and " + subject +
                   " and what it stands in define none of that name"}};
    }
    case BuildProblem::open_to_everyone: return {DiagCode::open_to_everyone, {subject, object}};
    case BuildProblem::empty_userset: return {DiagCode::empty_userset, {subject, object}};
    case BuildProblem::duplicate_member: return {DiagCode::duplicate_member, {subject, object}};
    case BuildProblem::member_cycle: return {DiagCode::member_cycle, {object}};
    case BuildProblem::groups_too_deep:
      return {DiagCode::groups_too_deep, {subject, std::to_string(vm::kMaxGroupDepth)}};
    case BuildProblem::reference_cycle: return {DiagCode::reference_cycle, {object, subject}};
    case BuildProblem::closure_too_large:
      return {DiagCode::closure_too_large, {subject, std::to_string(vm::kMaxClosure), object}};
    case BuildProblem::constraint_broken:
      return {DiagCode::constraint_broken, {subject, object, error.detail}};
    case BuildProblem::not_grantable: return {DiagCode::not_grantable, {object}};
    case BuildProblem::too_many: return {DiagCode::snapshot_full, {subject, object}};
    case BuildProblem::duplicate_attribute: return {DiagCode::duplicate_key, {object}};
    // The reader has refused these; whatever comes through is an error all the same.
    case BuildProblem::wrong_role_kind: return {DiagCode::snapshot_unknown_role, {object, subject, ""}};
    case BuildProblem::wrong_member_kind:
      return {DiagCode::snapshot_wrong_kind,
              {object, object.substr(0, object.find(':')), "a member",
               "a member of a kind that the policy says"}};
    case BuildProblem::malformed: break;
  }
  return {DiagCode::snapshot_bad_id, {subject, "the builder refuses it", "use letters, digits and marks"}};
}

bool is_consequence(const BuildError& error, const KnownTrouble& known) {
  switch (error.problem) {
    case BuildProblem::duplicate_attribute: return known.duplicate_keys;
    case BuildProblem::unknown_role_value:  // what could not be read may have defined it
    case BuildProblem::constraint_broken: return known.errors;
    case BuildProblem::unknown_entity:
    case BuildProblem::unknown_default:
    case BuildProblem::unknown_parent: return known.losses.may_have(error.object);
    case BuildProblem::unknown_role:
    case BuildProblem::role_elsewhere: return known.losses.may_have(error.subject);
    case BuildProblem::missing_parent:
      return std::binary_search(known.misplaced.begin(), known.misplaced.end(), error.where);
    case BuildProblem::missing_attribute:
      // Nothing at all about system: what could not be read may have been that.
      if (error.where == 0 && known.losses.may_have(kSystemKind)) return true;
      return std::binary_search(known.incomplete.begin(), known.incomplete.end(), error.where);
    default: return false;
  }
}

std::string near_name(const BuildError& error, const Names& names) {
  const std::vector<OpenRoleInfo>& open = names.schema().open_roles;
  if (error.problem == BuildProblem::not_grantable &&
      std::any_of(open.begin(), open.end(), [&](const OpenRoleInfo& one) {
        return names.schema().roles[one.role].name == error.object;
      }))
    return "it is open: define a role with `roles`, and grant that";
  if (error.problem == BuildProblem::unknown_role_value)
    return text::did_you_mean(error.object, names.roles_of(names.find_kind(error.near)));
  if (error.near.empty() || error.problem == BuildProblem::role_elsewhere) return {};
  if (error.near.ends_with(":" + error.object))
    return "its id is written with the kind: '" + error.object + "'";
  return "did you mean '" + error.near + "'?";
}

// An entity is known by its id; in what it stands, it says elsewhere.
text::Span place_of_parent(const BuildError& error, std::string_view source, const KnownTrouble& known,
                           std::uint32_t file) {
  const auto found =
      std::lower_bound(known.parents.begin(), known.parents.end(), std::pair(error.where, std::uint64_t{0}));
  if (found != known.parents.end() && found->first == error.where) return unpacked(found->second, file);
  text::Span line = unpacked(error.where, file);
  if (!known.lines) return line;
  const std::size_t before = source.rfind('\n', line.begin);
  const text::Span whole = {file,
                            static_cast<std::uint32_t>(before == std::string_view::npos ? 0 : before + 1),
                            static_cast<std::uint32_t>(std::min(source.find('\n', line.end), source.size()))};
  const text::Span value = narrowed(whole, source, error.object);
  return value.begin == whole.begin && value.end == whole.end ? line : value;
}

}  // namespace

void report_problems(const std::vector<BuildError>& errors, std::string_view source, const Names& names,
                     const KnownTrouble& known, Findings& findings) {
  for (const BuildError& error : errors) {
    if (is_consequence(error, known)) continue;
    Wording wording = wording_of(error, names);
    text::Span span = unpacked(error.where, findings.file());
    std::vector<text::Note> notes;
    if (error.other != error.where)
      notes.push_back({unpacked(error.other, findings.file()), "it stands here first"});
    if (error.problem == BuildProblem::unknown_entity || error.problem == BuildProblem::cross_root ||
        error.problem == BuildProblem::unknown_role_value)
      span = narrowed(span, source, error.object);
    if (error.problem == BuildProblem::unknown_parent)
      span = place_of_parent(error, source, known, findings.file());
    findings.add(wording.code, span, std::move(wording.arguments), near_name(error, names), std::move(notes));
  }
}

}  // namespace policyc::snapshot
