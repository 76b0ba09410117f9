// Grants, in both of their forms; and the members of groups.

#include <algorithm>
#include <array>

#include "entities.hpp"

namespace policyc::snapshot {

using text::DiagCode;
using Kind = Node::Kind;

// The members of a group that has been read; without an id they are only looked at.
void EntityReader::members(NodeIndex list, const EntityRef& group) {
  if (!is_list(list, "'members'")) return;
  for (NodeIndex i = Document::first(list); i != document_.last(list); i = document_.after(i)) {
    if (findings_.full()) return;
    const EntityRef member = values_.member(i, group.kind);
    if (member.known() && !group.id.empty())
      builder_.member(group.kind, group.id, member.kind, member.id, packed(document_.span(i)));
  }
}

// `on` without an id: the entity is in error, and its grants are only looked at.
void EntityReader::grants(NodeIndex map, const EntityRef& on) {
  if (!is_map(map, "'grants'")) return;
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken || findings_.full()) continue;
    const RoleIndex role = values_.role(key, on.kind);
    const NodeIndex list = key + 1;
    if (!is_list(list, "'" + shown(document_.text(key)) + "'")) continue;
    for (NodeIndex i = Document::first(list); i != document_.last(list); i = document_.after(i))
      grant_item(i, role, on);
  }
}

void EntityReader::grant_item(NodeIndex item, RoleIndex role, const EntityRef& on) {
  NodeIndex to = item;
  bool sound = true;
  if (document_[item].kind == Kind::map) {
    to = 0;
    for (NodeIndex key = Document::first(item); key != document_.last(item); key = document_.after(key + 1)) {
      if (document_[key].kind == Kind::broken) continue;
      const std::string_view name = document_.text(key);
      if (name == "to") {
        to = key + 1;
        continue;
      }
      sound = false;
      if (name == "from" || name == "until")
        findings_.add(DiagCode::snapshot_window, document_.span(key));
      else
        findings_.add(DiagCode::snapshot_unknown_key, document_.span(key), {"a grant", shown(name), "to"});
    }
    if (to == 0) {
      findings_.add(DiagCode::snapshot_grant_lacks, document_.start(item), {"to", "to whom, `to: user:ann`"});
      return;
    }
  }
  const std::optional<Principal> principal = values_.principal(to);
  const bool sound_on = on.kind == kSystemKind || !on.id.empty();
  if (sound && sound_on && principal && role != kNoIndex)
    builder_.grant(*principal, role, on.kind, on.id, packed(document_.span(to)));
}

void EntityReader::grants_at_top(NodeIndex list) {
  if (!is_list(list, "'grants'")) return;
  for (NodeIndex i = Document::first(list); i != document_.last(list); i = document_.after(i))
    if (!findings_.full() && is_map(i, "each grant")) grant(i, false);
}

void EntityReader::grant(NodeIndex map, bool is_line) {
  const std::string role_key = is_line ? "grant" : "role";
  const std::vector<std::string> known = {role_key, "to", "on"};
  std::array<NodeIndex, 3> parts{};
  bool sound = true;
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken) continue;
    const std::string_view name = document_.text(key);
    const auto part = std::find(known.begin(), known.end(), name);
    if (part != known.end()) {
      parts[static_cast<std::size_t>(part - known.begin())] = key + 1;
      continue;
    }
    sound = false;
    if (name == "from" || name == "until")
      findings_.add(DiagCode::snapshot_window, document_.span(key));
    else if (!is_unsupported(key))
      findings_.add(DiagCode::snapshot_unknown_key, document_.span(key),
                    {"a grant", shown(name), joined(known)}, text::did_you_mean(name, known));
  }
  const auto lacks = [&](std::size_t part, const char* says) {
    if (parts[part] == 0)
      findings_.add(DiagCode::snapshot_grant_lacks, document_.start(map), {known[part], says});
    return parts[part] == 0;
  };
  const bool no_role = lacks(0, "which role");
  const bool no_to = lacks(1, "to whom, `to: user:ann`");
  const bool no_on = lacks(2, "on what, `on: organization:acme`");
  const std::optional<Principal> principal = no_to ? std::nullopt : values_.principal(parts[1]);
  const EntityRef on = no_on ? EntityRef{} : values_.entity(parts[2], {"on"});
  const RoleIndex role = no_role || !on.known() ? kNoIndex : values_.role(parts[0], on.kind);
  if (sound && principal && role != kNoIndex)
    builder_.grant(*principal, role, on.kind, on.id, packed(document_.span(map)));
}

}  // namespace policyc::snapshot
