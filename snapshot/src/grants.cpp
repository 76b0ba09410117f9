// Grants, in both of their forms; and the members of groups.

#include <algorithm>
#include <array>

#include "entities.hpp"

namespace policyc::snapshot {

using text::DiagCode;
using Kind = Node::Kind;

namespace {

constexpr std::size_t kRole = 0;
constexpr std::size_t kTo = 1;
constexpr std::size_t kOn = 2;
constexpr std::size_t kNoPart = 3;

// The keys that say when a grant counts.
constexpr std::string_view kFrom = "from";
constexpr std::string_view kUntil = "until";

// For a key that is none: one of those that say when a grant counts, if it is near.
std::string near_bound(std::string_view key) {
  const std::vector<std::string> bounds = {std::string(kFrom), std::string(kUntil)};
  const std::string* const near = text::nearest(key, bounds);
  return near == nullptr ? std::string() : "did you mean '" + *near + "'?";
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

// The members of a group that has been read; without an id they are only looked at.
void EntityReader::members(NodeIndex list, const EntityRef& group) {
  if (!is_list(list, "'members'")) return;
  for (NodeIndex i = Document::first(list); i != document_.last(list); i = document_.after(i)) {
    if (findings_.full()) return;
    const EntityRef member = values_.member(i, group.kind);
    const std::uint64_t where = packed(document_.span(i));
    if (!member.known()) continue;
    if (group.id.empty())
      builder_.mention(member.kind, member.id, where);
    else
      builder_.member(group.kind, group.id, member.kind, member.id, where);
  }
}

// `on` without an id: the entity is in error, and its grants are only looked at.
void EntityReader::grants(NodeIndex map, const EntityRef& on) {
  if (document_[map].kind != Kind::map) {
    const std::vector<std::string> roles = names_.roles_of(on.kind);
    (void)is_map(map, "'grants' of an entity", names_.granting(roles.empty() ? "ROLE" : roles.front()));
    return;
  }
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken || findings_.full()) continue;
    const GrantedRole role = values_.granted(key, on.kind);
    const NodeIndex list = key + 1;
    if (document_[list].kind != Kind::list) {
      (void)is_list(list, "'" + shown(document_.text(key)) + "'");
      if (document_[list].kind == Kind::plain || document_[list].kind == Kind::quoted)
        grant_item(list, document_.text(key), role, on);
      continue;
    }
    for (NodeIndex i = Document::first(list); i != document_.last(list); i = document_.after(i))
      grant_item(i, document_.text(key), role, on);
  }
}

// There will be no image then, but who and what a grant names must be there all the same.
void EntityReader::tell(bool sound, const std::optional<Principal>& principal, const GrantedRole& role,
                        const EntityRef& on, std::uint64_t where, const Window& window) {
  const bool whole =
      sound && on.known() && (on.kind == kSystemKind || !on.id.empty()) && principal && role.known();
  if (whole && role.declared == kNoIndex)
    return builder_.grant_defined(*principal, role.defined, on.kind, on.id, where, role.where, window);
  if (whole) return builder_.grant(*principal, role.declared, on.kind, on.id, where, window);
  if (principal && !principal->is_everyone && principal->kind != kSystemKind)
    builder_.mention(principal->kind, principal->id, where);
  if (on.known() && on.kind != kSystemKind && !on.id.empty()) builder_.mention(on.kind, on.id, where);
}

bool EntityReader::bound(NodeIndex key, Window& window) {
  const bool begins = document_.text(key) == kFrom;
  Fact time;
  if (!values_.typed(key + 1, {TypeKind::time, TypeKind::boolean, false, 0}, {begins ? kFrom : kUntil}, time,
                     elements_))
    return false;
  (begins ? window.from : window.until) = time.number;
  return true;
}

void EntityReader::grant_item(NodeIndex item, std::string_view role_name, const GrantedRole& role,
                              const EntityRef& on) {
  NodeIndex to = item;
  KindIndex kind = names_.schema().first_subject;
  bool sound = true;
  Window window;
  if (document_[item].kind == Kind::map) {
    to = 0;
    for (NodeIndex key = Document::first(item); key != document_.last(item); key = document_.after(key + 1)) {
      if (document_[key].kind == Kind::broken) continue;
      const std::string_view name = document_.text(key);
      if (name == "to") {
        to = key + 1;
        continue;
      }
      if (name == kFrom || name == kUntil) {
        sound = bound(key, window) && sound;
        continue;
      }
      sound = false;
      const bool meant = document_.find(item, "to") == 0 && to == 0 &&
                         meant_as_part(name, std::array<std::string, 3>{"", "to", ""}, kind) == kTo;
      if (meant) to = key + 1;
      findings_.add(DiagCode::snapshot_unknown_key, document_.span(key),
                    {"a grant", shown(name), joined({"to", "from", "until"})},
                    meant ? "did you mean 'to'?" : near_bound(name));
    }
    if (to == 0) {
      findings_.add(DiagCode::snapshot_grant_lacks, document_.start(item),
                    {"to", "to whom, " + names_.settings("to", std::uint64_t{1} << kind)});
      return;
    }
  }
  const Called called = to == item ? Called{role_name, true} : Called{"to"};
  tell(sound, values_.principal(to, called, kind), role, on, packed(document_.span(to)), window);
}

void EntityReader::grants_at_top(NodeIndex list) {
  const std::string subject = names_.samples(std::uint64_t{1} << names_.schema().first_subject);
  const std::string one = names_.map_of({{"to", subject}, {"role", "ROLE"}, {"on", "KIND:ID"}});
  if (!is_list(list, "'grants' at the top", "[ " + one + " ]")) return;
  for (NodeIndex i = Document::first(list); i != document_.last(list); i = document_.after(i))
    if (!findings_.full() && is_map(i, "each grant", one)) grant(i, false);
}

std::size_t EntityReader::meant_as_part(std::string_view key, std::span<const std::string> known,
                                        KindIndex& kind) const {
  if (const KindIndex named = names_.find_kind(key); named != kNoIndex) {
    kind = named;
    return is_principal(names_.schema().kinds[named].category) ? kTo : kOn;
  }
  if (is_one_of(key, {"role", "grant"})) return kRole;
  if (is_one_of(key, {"user", "principal", "subject", "who", "whom", "member", "grantee", "for"})) return kTo;
  if (is_one_of(key, {"at", "in", "of", "scope", "resource", "object", "entity", "where"})) return kOn;
  const std::string* const near = text::nearest(key, known);
  return near == nullptr
             ? kNoPart
             : static_cast<std::size_t>(std::find(known.begin(), known.end(), *near) - known.begin());
}

void EntityReader::grant(NodeIndex map, bool is_line) {
  const std::array<std::string, 3> known = {is_line ? "grant" : "role", "to", "on"};
  std::array<NodeIndex, 3> parts{};
  Window window;
  bool sound = true;
  bool has_others = false;
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken) continue;
    const auto part = std::find(known.begin(), known.end(), document_.text(key));
    if (part != known.end())
      parts[static_cast<std::size_t>(part - known.begin())] = key + 1;
    else if (document_.text(key) == kFrom || document_.text(key) == kUntil)
      sound = bound(key, window) && sound;
    else
      has_others = true;
  }
  KindIndex to_kind = names_.schema().first_subject;
  KindIndex on_kind = kNoIndex;
  if (has_others) {
    sound = false;
    unknown_parts(map, known, parts, to_kind, on_kind);
  }
  // Nothing of it is where it belongs, and that has been said.
  if (!sound && parts == std::array<NodeIndex, 3>{}) return;
  // Everything under one key: the rest is not missing but elsewhere.
  if (parts[kRole] != 0 && document_[parts[kRole]].kind == Kind::map) {
    (void)values_.text(parts[kRole], {known[kRole]});
    return;
  }
  const auto lacks = [&](std::size_t part, const std::string& says) {
    findings_.add(DiagCode::snapshot_grant_lacks, document_.start(map), {known[part], says});
  };
  if (parts[kRole] == 0) lacks(kRole, "which role");
  if (parts[kTo] == 0) lacks(kTo, "to whom, " + names_.settings("to", std::uint64_t{1} << to_kind));
  if (parts[kOn] == 0) lacks(kOn, "on what, " + names_.settings("on", places_of(parts[kRole])));
  const std::optional<Principal> principal =
      parts[kTo] == 0 ? std::nullopt : values_.principal(parts[kTo], {"to"}, to_kind);
  EntityRef on;
  if (parts[kOn] != 0) {
    // Where the role could be granted is for findings: a kind that is written needs none.
    const bool bare =
        (document_[parts[kOn]].kind != Kind::quoted && document_[parts[kOn]].kind != Kind::plain) ||
        document_.text(parts[kOn]).find(':') == std::string_view::npos;
    on = values_.entity(parts[kOn], {"on"}, bare ? places_of(parts[kRole]) : 0, on_kind);
  }
  const GrantedRole role =
      parts[kRole] == 0 || !on.known() ? GrantedRole{} : values_.granted(parts[kRole], on.kind);
  tell(sound, principal, role, on, packed(document_.span(map)), window);
}

// The kinds that have the role that stands at this node; those that have any, if none has.
std::uint64_t EntityReader::places_of(NodeIndex role) const {
  const bool text =
      role != 0 && (document_[role].kind == Kind::plain || document_[role].kind == Kind::quoted);
  const std::uint64_t places = text ? names_.kinds_with_role(document_.text(role)) : 0;
  return places != 0 ? places : names_.kinds_with_roles();
}

void EntityReader::unknown_parts(NodeIndex map, std::span<const std::string> known,
                                 std::span<NodeIndex> parts, KindIndex& to_kind, KindIndex& on_kind) {
  std::vector<std::string> all(known.begin(), known.end());
  for (const std::string_view one : {kFrom, kUntil}) all.emplace_back(one);
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken) continue;
    const std::string_view name = document_.text(key);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (name == kFrom || name == kUntil) continue;
    KindIndex kind = kNoIndex;
    const std::size_t part = meant_as_part(name, known, kind);
    const bool meant = part != kNoPart && parts[part] == 0;
    if (!meant && is_unsupported(key)) continue;
    findings_.add(DiagCode::snapshot_unknown_key, document_.span(key), {"a grant", shown(name), joined(all)},
                  meant ? "did you mean '" + known[part] + "'?" : near_bound(name));
    if (!meant) continue;
    parts[part] = key + 1;
    if (kind != kNoIndex) (part == kTo ? to_kind : on_kind) = kind;
  }
}

}  // namespace policyc::snapshot
