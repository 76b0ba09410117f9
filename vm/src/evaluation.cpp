#include "evaluation.hpp"

#include "cell_sets.hpp"

namespace policyc::vm {

KindIndex Evaluation::kind_of(NodeId node) const noexcept {
  if (is_stored(node)) return linked.view.kind_of(node);
  if (node == subject) return subject_kind;
  if (node == resource) return resource_kind;
  const std::size_t stranger = node - linked.view.node_count();
  return stranger < linked.strangers.size() ? linked.strangers[stranger] : kNoIndex;
}

NodeId Evaluation::parent_of(NodeId node) const noexcept {
  if (is_stored(node)) return linked.view.parent_of(node);
  return node == resource && resource_inline ? inline_parent : kNoNode;
}

NodeId Evaluation::nearest(NodeId node, KindIndex kind) const noexcept {
  if (!is_stored(node)) {
    if (kind_of(node) == kind) return node;
    const NodeId parent = parent_of(node);
    return parent == kNoNode ? kNoNode : nearest(parent, kind);
  }
  if (kind == kSystemKind) return kSystemNode;
  if (linked.view.kind_of(node) == kind) return node;
  const std::span<const NodeId> path = linked.view.path_of(node);
  for (std::size_t i = path.size(); i-- > 0;)
    if (linked.view.kind_of(path[i]) == kind) return path[i];
  return kNoNode;
}

bool Evaluation::is_at_or_below(NodeId node, NodeId above) const noexcept {
  if (node == above) return true;
  if (!is_stored(above)) return false;
  if (!is_stored(node)) node = parent_of(node);
  if (node == kNoNode) return false;
  return above == kSystemNode || (node >= above && node < linked.view.end_of(above));
}

bool Evaluation::load(AttributeIndex attribute, NodeId entity, Cell& cell) const noexcept {
  const AttributeInfo& info = linked.parts.schema.attributes[attribute];
  if (kind_of(entity) != info.kind) return false;
  if (entity == subject && info.from_request) {
    for (std::size_t i = 0; i < subject_given_count; ++i)
      if (subject_given[i].index == attribute) return cell = subject_given[i].cell, true;
  }
  if (entity == resource && (info.from_request || resource_inline)) {
    for (std::size_t i = 0; i < resource_given_count; ++i)
      if (resource_given[i].index == attribute) return cell = resource_given[i].cell, true;
  }
  // The view writes the field of the type alone, so it starts from a fresh cell; the caller's
  // stays as it was where nothing is found, as the verifier has reckoned.
  Cell stored;
  if (is_stored(entity) && linked.view.load(attribute, entity, stored)) return cell = stored, true;
  const std::optional<Cell>& fallback = linked.defaults[attribute];
  if (fallback) cell = *fallback;
  return fallback.has_value();
}

bool Evaluation::load_parameter(std::uint16_t index, Cell& cell) const noexcept {
  if (parameter_given[index]) return cell = parameters[index], true;
  const std::optional<Cell>& fallback = linked.parameters[action][index];
  if (fallback) cell = *fallback;
  return fallback.has_value();
}

bool Evaluation::load_context(std::uint16_t index, Cell& cell) const noexcept {
  if (context_given[index]) return cell = context[index], true;
  const std::optional<Cell>& fallback = linked.context[index];
  if (fallback) cell = *fallback;
  return fallback.has_value();
}

// Whoever the snapshot does not know holds nothing, but that the one who asks holds
// what everyone of that kind does; and nothing is held at an entity that it does not
// have but through what that stands in.
RoleWord Evaluation::roles(NodeId principal, NodeId entity) const noexcept {
  RoleWord word{};
  const bool is_known = is_stored(principal);
  if (!is_known && principal != subject) return word;
  const SnapshotView& view = linked.view;
  if (is_stored(entity)) {
    if (is_known)
      view.add_roles(principal, entity, word);
    else
      view.add_roles_of_everyone(subject_kind, entity, word);
  } else if (entity == resource && resource_inline) {
    if (is_known)
      view.add_roles_below(principal, inline_parent, resource_kind, word);
    else
      view.add_roles_of_everyone_below(subject_kind, inline_parent, resource_kind, word);
  }
  if (now && !view.windows.empty())
    if (const auto asked = windows_asked(principal, entity)) view.add_windowed(*asked, *now, word);
  return word;
}

std::optional<SnapshotView::Asked> Evaluation::windows_asked(NodeId principal, NodeId entity) const noexcept {
  SnapshotView::Asked asked;
  if (is_stored(principal))
    asked.principal = principal;
  else if (principal == subject)
    asked.who = subject_kind;
  else
    return std::nullopt;
  asked.entity = entity;
  if (is_stored(entity)) return asked;
  if (entity != resource || !resource_inline) return std::nullopt;
  asked.entity = inline_parent;
  asked.below = resource_kind;
  return asked;
}

void Evaluation::note_windows(NodeId principal, NodeId entity, Moments& moments) const noexcept {
  if (linked.view.windows.empty()) return;
  if (const auto asked = windows_asked(principal, entity)) linked.view.note_windows(*asked, moments);
}

RoleWord Evaluation::roles_itself(NodeId principal, NodeId entity) const noexcept {
  RoleWord word{};
  if (!is_stored(entity)) return word;
  if (is_stored(principal))
    linked.view.add_roles_itself(principal, entity, word);
  else if (principal == subject)
    linked.view.add_roles_of_everyone_itself(subject_kind, entity, word);
  if (now && !linked.view.windows.empty())
    if (auto asked = windows_asked(principal, entity)) {
      asked->itself = true;
      linked.view.add_windowed(*asked, *now, word);
    }
  return word;
}

bool Evaluation::has_defined(NodeId principal, NodeId entity, std::int64_t role, bool itself) const noexcept {
  if (role < kFirstDefined) return false;
  const auto definition = static_cast<std::uint32_t>(role - kFirstDefined);
  const NodeId defined_at = linked.view.definitions[definition].entity;
  const bool counts = itself ? entity == defined_at : is_at_or_below(entity, defined_at);
  return counts && linked.view.is_granted(principal, definition, now);
}

bool Evaluation::has_any_defined(NodeId principal, NodeId entity, const SetRef& roles,
                                 bool itself) const noexcept {
  // Sorted, and those that the snapshot defines come last.
  for (std::uint32_t i = roles.count; i-- > 0;) {
    const std::int64_t role = element_of(roles, i, linked.view).number;
    if (role < kFirstDefined) return false;
    if (has_defined(principal, entity, role, itself)) return true;
  }
  return false;
}

bool Evaluation::is_member(NodeId node, NodeId group) const noexcept {
  return node == group || linked.view.is_member(node, group);
}

bool Evaluation::is_among(const SetRef& set, const Cell& element) const noexcept {
  const SnapshotView& view = linked.view;
  if (contains(set, element, view)) return true;
  if (element.node < view.resources || !is_stored(element.node)) return false;
  // Usersets come last, and are no elements: the numbers of their lines are those of strangers as nodes.
  for (const std::uint32_t line : view.holders_of(element.node - view.resources)) {
    Cell group;
    group.node = line + view.resources;
    if (!is_stored(group.node)) break;
    if (contains(set, group, view)) return true;
  }
  return false;
}

}  // namespace policyc::vm
