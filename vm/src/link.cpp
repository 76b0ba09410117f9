#include "link.hpp"

#include <algorithm>

#include "defaults.hpp"
#include "program_index.hpp"
#include "snapshot_access.hpp"

namespace policyc::vm {
namespace {

// Sorted and without repetitions, as the look-ups expect.
template <class T>
Cell sorted_set(std::vector<T>& elements, Packing packing) {
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  Cell cell;
  cell.set = {elements.data(), static_cast<std::uint32_t>(elements.size()), packing};
  return cell;
}

}  // namespace

Linked::Linked(std::shared_ptr<const Program> a_program, std::shared_ptr<const Snapshot> a_snapshot)
    : program(std::move(a_program)),
      snapshot(std::move(a_snapshot)),
      parts(ProgramAccess::parts(*program)),
      view(SnapshotAccess::view(*snapshot)),
      epoch(snapshot->epoch()),
      reverse(*this) {
  for (const Constant& constant : parts.constants)
    constants.push_back(cell_of(constant.value, constant.type));
  for (const AttributeInfo& attribute : parts.schema.attributes) {
    defaults.push_back(fallback_of(attribute.fallback, attribute.type));
    lost_defaults.push_back(is_lost(attribute.fallback, attribute.type));
  }
  for (const ActionInfo& action : parts.actions) {
    std::vector<std::optional<Cell>>& cells = parameters.emplace_back();
    std::vector<bool>& lost = lost_parameters.emplace_back();
    for (const ParameterInfo& parameter : action.parameters) {
      cells.push_back(fallback_of(parameter.fallback, parameter.type));
      lost.push_back(is_lost(parameter.fallback, parameter.type));
    }
  }
  for (const ParameterInfo& field : parts.context) {
    context.push_back(fallback_of(field.fallback, field.type));
    lost_context.push_back(is_lost(field.fallback, field.type));
  }
  for (std::size_t i = 0; i < parts.actions.size(); ++i) {
    const LinkedAction& action = actions.emplace_back(linked_action(i));
    const bool asks_more = action.needs_now || action.asks_of_windows || action.may_oblige;
    role_outcomes.push_back(asks_more ? RoleOutcomes{} : vm::role_outcomes(parts, i));
    role_outcomes.back().needs_values = action.lacks != ErrorCode::none;
  }
}

// The first thing that a request by handles can't bring, in the order in which a
// request with values would be refused for it.
LinkedAction Linked::linked_action(std::size_t index) const {
  const ActionInfo& action = parts.actions[index];
  LinkedAction linked;
  linked.decide = parts.action_code[index].decide;
  linked.reasons = parts.action_code[index].reasons;
  linked.times = parts.action_code[index].times;
  linked.kind = action.kind;
  linked.needs_now = action.needs_now;
  for (std::uint32_t at = linked.reasons.begin; at < linked.reasons.end; ++at) {
    const Instruction& one = parts.code[at];
    const bool is_rule = one.op == Op::allow || one.op == Op::forbid;
    linked.may_oblige = linked.may_oblige || (is_rule && !parts.rules[one.c].obligations.empty());
  }
  for (std::uint32_t at = linked.times.begin; at < linked.times.end; ++at)
    linked.asks_of_windows =
        linked.asks_of_windows || (!view.windows.empty() && parts.code[at].op == Op::note_windows);
  const auto lack = [&](ErrorCode code, std::size_t detail, bool of_context) {
    linked.lacks = code;
    linked.lacks_detail = static_cast<std::uint32_t>(detail);
    linked.lacks_context = of_context;
  };
  for (std::size_t i = 0; i < action.parameters.size() && linked.lacks == ErrorCode::none; ++i) {
    if (is_needed(action.parameters[i])) lack(ErrorCode::missing_parameter, i, false);
    if (lost_parameters[index][i]) lack(ErrorCode::unknown_entity, i, false);
  }
  for (std::size_t i = 0; i < action.required_context.size() && linked.lacks == ErrorCode::none; ++i) {
    const std::uint16_t field = action.required_context[i];
    if (is_needed(parts.context[field])) lack(ErrorCode::missing_context, field, true);
    if (lost_context[field]) lack(ErrorCode::unknown_entity, field, true);
  }
  return linked;
}

bool Linked::is_lost(const std::optional<DefaultValue>& value, const Type& type) const noexcept {
  const std::span<const DefaultValue> named = named_by_default(value, type);
  return std::any_of(named.begin(), named.end(), [&](const DefaultValue& one) {
    const auto kind = static_cast<KindIndex>(one.number);
    return kind != kSystemKind && view.find(kind, one.text) == kNoNode;
  });
}

NodeId Linked::find(KindIndex kind, std::string_view id) const noexcept {
  const NodeId node = view.find(kind, id);
  if (node != kNoNode) return node;
  const auto stranger = nodes_of_strangers_.find(std::pair(kind, id));
  return stranger == nodes_of_strangers_.end() ? kNoNode : stranger->second;
}

NodeId Linked::intern(KindIndex kind, const std::string& id) {
  if (kind == kSystemKind) return kSystemNode;
  if (const NodeId known = find(kind, id); known != kNoNode) return known;
  const NodeId node = view.node_count() + static_cast<NodeId>(strangers.size());
  strangers.push_back(kind);
  nodes_of_strangers_.emplace(Stranger(kind, id), node);
  return node;
}

std::optional<Cell> Linked::fallback_of(const std::optional<DefaultValue>& value, const Type& type) {
  if (!value) return std::nullopt;
  return cell_of(*value, type);
}

Cell Linked::cell_of(const DefaultValue& value, const Type& type) {
  Cell cell;
  switch (type.kind) {
    case TypeKind::string: cell.text = texts_.emplace_back(value.text); break;
    case TypeKind::ip: cell.block = parse_ip(value.text).value_or(IpBlock{}); break;
    case TypeKind::entity: cell.node = intern(static_cast<KindIndex>(value.number), value.text); break;
    case TypeKind::set: return set_of(value, type);
    default: cell.number = value.number; break;
  }
  return cell;
}

Cell Linked::set_of(const DefaultValue& value, const Type& type) {
  Type element = type;
  element.kind = type.element;
  std::vector<Cell> cells;
  for (const DefaultValue& one : value.elements) cells.push_back(cell_of(one, element));
  const auto collect = [&](auto& store, auto field, Packing packing) {
    auto& elements = store.emplace_back();
    for (const Cell& cell : cells) elements.push_back(cell.*field);
    return sorted_set(elements, packing);
  };
  switch (element.kind) {
    case TypeKind::string: return collect(views_, &Cell::text, Packing::views);
    case TypeKind::ip: return collect(blocks_, &Cell::block, Packing::blocks);
    case TypeKind::entity: return collect(nodes_, &Cell::node, Packing::nodes);
    default: return collect(numbers_, &Cell::number, Packing::numbers);
  }
}

}  // namespace policyc::vm
