#include "short_way.hpp"

namespace policyc::vm {
namespace {

// "kind:id" of a kind that is known beforehand. The table of ids has valid ids alone.
NodeId find_of_kind(const Linked& linked, KindIndex kind, std::string_view entity) noexcept {
  const std::string& name = linked.parts.schema.kinds[kind].name;
  if (kind == kSystemKind || entity.size() <= name.size() || entity[name.size()] != ':' ||
      !entity.starts_with(name))
    return kNoNode;
  return linked.view.find(kind, entity.substr(name.size() + 1));
}

NodeId find_subject(const Linked& linked, std::string_view entity) noexcept {
  const std::vector<KindInfo>& kinds = linked.parts.schema.kinds;
  // Most policies have one kind of subjects.
  const NodeId first = find_of_kind(linked, linked.parts.schema.first_subject, entity);
  if (first != kNoNode) return first;
  const KindIndex kind = linked.program->find_kind(entity.substr(0, entity.find(':')));
  if (kind == kNoIndex || kinds[kind].category != KindCategory::subject) return kNoNode;
  return find_of_kind(linked, kind, entity);
}

}  // namespace

std::optional<Query> query_of(const Linked& linked, const Request& request) noexcept {
  if (request.resource_inline || !request.parent.empty() || !request.parameters.empty() ||
      !request.context.empty() || !request.subject_attributes.empty() ||
      !request.resource_attributes.empty() || request.on_behalf_of)
    return std::nullopt;
  const std::optional<ActionIndex> action = linked.program->find_action(request.action);
  if (!action || linked.actions[*action].lacks != ErrorCode::none) return std::nullopt;
  const NodeId resource = find_of_kind(linked, linked.actions[*action].kind, request.resource);
  if (resource == kNoNode) return std::nullopt;
  const NodeId subject = find_subject(linked, request.subject);
  if (subject == kNoNode) return std::nullopt;
  return Query{{subject, linked.epoch}, {resource, linked.epoch}, *action};
}

}  // namespace policyc::vm
