// Roles that a snapshot defines, in both of their forms.

#include <algorithm>
#include <array>

#include "entities.hpp"
#include "text_values.hpp"

namespace policyc::snapshot {

using text::DiagCode;
using Kind = Node::Kind;

bool EntityReader::may_define(NodeIndex at, KindIndex kind) {
  if (names_.schema().find_open_role(kind) != nullptr) return true;
  findings_.add(DiagCode::no_open_role, document_.span(at), {names_.name_of(kind)});
  return false;
}

// `on` without an id: the entity is in error, and what it defines is only looked at.
void EntityReader::roles(NodeIndex map, NodeIndex key, const EntityRef& on) {
  if (!may_define(key, on.kind)) return;
  if (!is_map(map, "'roles' of an entity",
              names_.json() ? "{ \"NAME\": [ \"ACTION\" ] }" : "{ NAME: [ ACTION ] }"))
    return;
  for (NodeIndex one = Document::first(map); one != document_.last(map); one = document_.after(one + 1))
    if (document_[one].kind != Kind::broken && !findings_.full()) role(one, one + 1, on);
}

void EntityReader::role(NodeIndex name_node, NodeIndex can, const EntityRef& on) {
  const OpenRoleInfo& open = *names_.schema().find_open_role(on.kind);
  std::string_view name;
  if (const std::optional<std::string_view> written = values_.text(name_node, {"role"})) {
    if (!vm::is_valid_id(*written))
      findings_.add(DiagCode::bad_role_name, document_.span(name_node), {shown(*written)});
    else if (names_.find_role(on.kind, *written) != kNoIndex)
      findings_.add(DiagCode::role_declared, document_.span(name_node),
                    {names_.name_of(on.kind), shown(*written)});
    else
      name = *written;
  }
  // A role with a mistake is defined all the same: that it is granted is no second one.
  const std::vector<std::uint32_t> actions =
      can != 0 && is_list(can, "what a role can") ? actions_of(can, open) : std::vector<std::uint32_t>();
  if (!name.empty() && (on.kind == kSystemKind || !on.id.empty()))
    builder_.define_role(on.kind, on.id, name, actions, packed(document_.span(name_node)));
}

std::vector<std::uint32_t> EntityReader::actions_of(NodeIndex can, const OpenRoleInfo& open) {
  std::vector<std::string> ceiling;
  for (const OpenRoleInfo::Action& action : open.ceiling) ceiling.push_back(action.name);
  std::vector<std::uint32_t> actions;
  for (NodeIndex i = Document::first(can); i != document_.last(can); i = document_.after(i)) {
    const std::optional<std::string_view> written = values_.text(i, {"can", true});
    if (!written) continue;
    const auto found = std::find(ceiling.begin(), ceiling.end(), *written);
    const auto number = static_cast<std::uint32_t>(found - ceiling.begin());
    if (found == ceiling.end())
      findings_.add(DiagCode::above_ceiling, document_.span(i),
                    {shown(*written), names_.name_of(names_.schema().roles[open.role].kind), joined(ceiling)},
                    text::did_you_mean(*written, ceiling));
    else if (std::find(actions.begin(), actions.end(), number) != actions.end())
      findings_.add(DiagCode::repeated_action, document_.span(i), {shown(*written)});
    else
      actions.push_back(number);
  }
  return actions;
}

void EntityReader::role_line(NodeIndex map) {
  constexpr std::size_t kRole = 0;
  constexpr std::size_t kOn = 1;
  constexpr std::size_t kCan = 2;
  const std::array<std::string, 3> known = {"role", "on", "can"};
  std::array<NodeIndex, 3> parts{};
  for (NodeIndex key = Document::first(map); key != document_.last(map); key = document_.after(key + 1)) {
    if (document_[key].kind == Kind::broken) continue;
    const auto part = std::find(known.begin(), known.end(), document_.text(key));
    if (part != known.end())
      parts[static_cast<std::size_t>(part - known.begin())] = key + 1;
    else
      findings_.add(DiagCode::snapshot_unknown_key, document_.span(key),
                    {"a role", shown(document_.text(key)), joined({known.begin(), known.end()})},
                    text::did_you_mean(document_.text(key), {known.begin(), known.end()}));
  }
  for (const std::size_t part : {kOn, kCan})
    if (parts[part] == 0) findings_.add(DiagCode::role_lacks, document_.start(map), {known[part]});
  if (parts[kOn] == 0) return;
  const EntityRef on = values_.entity(parts[kOn], {"on"}, 0);
  if (on.known() && may_define(parts[kOn], on.kind)) role(parts[kRole], parts[kCan], on);
}

}  // namespace policyc::snapshot
