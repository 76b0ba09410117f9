#include "value_reader.hpp"

#include <algorithm>
#include <bit>

namespace policyc::vm {
namespace {

ErrorCode read_entity(std::string_view text, std::uint64_t kinds, const Linked& linked, Cell& cell) noexcept {
  if (text == "system" && (kinds & 1) != 0) return cell.node = kSystemNode, ErrorCode::none;
  const std::optional<EntityName> name = split_entity(text);
  if (!name) return ErrorCode::ill_typed;
  const KindIndex kind = linked.program->find_kind(name->kind);
  if (kind == kNoIndex || kind == kSystemKind || ((kinds >> kind) & 1) == 0) return ErrorCode::ill_typed;
  cell.node = linked.view.find(kind, name->id);
  return cell.node == kNoNode ? ErrorCode::unknown_entity : ErrorCode::none;
}

ErrorCode read_scalar(const Value& value, TypeKind kind, std::uint64_t argument, bool assigns, NodeId place,
                      const Linked& linked, Cell& cell) noexcept {
  using Kind = Value::Kind;
  const Schema& schema = linked.parts.schema;
  const auto number = [&](bool right) {
    cell.number = value.number;
    return right ? ErrorCode::none : ErrorCode::ill_typed;
  };
  const auto parsed = [&](std::optional<std::int64_t> read) {
    cell.number = read.value_or(0);
    return read ? ErrorCode::none : ErrorCode::ill_typed;
  };
  const bool text = value.kind == Kind::text;
  switch (kind) {
    case TypeKind::boolean:
      return number(value.kind == Kind::boolean && (value.number == 0 || value.number == 1));
    case TypeKind::integer: return number(value.kind == Kind::integer);
    case TypeKind::time: return text ? parsed(parse_time(value.text)) : number(value.kind == Kind::time);
    case TypeKind::duration:
      return text ? parsed(parse_duration(value.text)) : number(value.kind == Kind::duration);
    case TypeKind::string:
      cell.text = value.text;
      return text && is_utf8(value.text) ? ErrorCode::none : ErrorCode::ill_typed;
    case TypeKind::ip: {
      const std::optional<IpBlock> block = text ? parse_ip(value.text) : std::nullopt;
      if (block) cell.block = *block;
      return block ? ErrorCode::none : ErrorCode::ill_typed;
    }
    case TypeKind::enumeration: {
      const std::vector<std::string>& members = schema.enums[argument].members;
      const auto found = text ? std::find(members.begin(), members.end(), value.text) : members.end();
      cell.number = found - members.begin();
      return found == members.end() ? ErrorCode::ill_typed : ErrorCode::none;
    }
    case TypeKind::role: {
      const RoleIndex role = text ? schema.find_role(static_cast<KindIndex>(argument), value.text) : kNoIndex;
      if (role == kNoIndex && text && place != kNoNode) {
        const std::uint32_t defined =
            linked.view.find_definition(static_cast<KindIndex>(argument), place, value.text);
        cell.number = kFirstDefined + defined;
        return defined == kNoNode ? ErrorCode::ill_typed : ErrorCode::none;
      }
      if (role == kNoIndex) return ErrorCode::ill_typed;
      cell.number = role;
      return assigns && !schema.roles[role].assignable ? ErrorCode::not_assignable : ErrorCode::none;
    }
    case TypeKind::entity:
      return text ? read_entity(value.text, argument, linked, cell) : ErrorCode::ill_typed;
    case TypeKind::set: break;
  }
  return ErrorCode::ill_typed;
}

template <class T>
ErrorCode read_set(const Value& value, const Type& type, bool assigns, NodeId place, const Linked& linked,
                   ElementArena& arena, T Cell::*field, Packing packing, Cell& cell) noexcept {
  T* const begin = arena.take<T>(value.elements.size());
  if (begin == nullptr) return ErrorCode::limit_exceeded;
  T* end = begin;
  for (const Value& element : value.elements) {
    Cell one;
    const ErrorCode error = read_scalar(element, type.element, type.argument, assigns, place, linked, one);
    if (error != ErrorCode::none) return error;
    *end++ = one.*field;
  }
  std::sort(begin, end);
  end = std::unique(begin, end);
  cell.set = {begin, static_cast<std::uint32_t>(end - begin), packing};
  return ErrorCode::none;
}

}  // namespace

ErrorCode read_value(const Value& value, const Type& type, bool assigns, NodeId place, const Linked& linked,
                     ElementArena& elements, Cell& cell) noexcept {
  if (type.kind != TypeKind::set)
    return read_scalar(value, type.kind, type.argument, assigns, place, linked, cell);
  if (value.kind != Value::Kind::list) return ErrorCode::ill_typed;
  const auto read = [&](auto field, Packing packing) {
    return read_set(value, type, assigns, place, linked, elements, field, packing, cell);
  };
  switch (type.element) {
    case TypeKind::string: return read(&Cell::text, Packing::views);
    case TypeKind::ip: return read(&Cell::block, Packing::blocks);
    case TypeKind::entity: return read(&Cell::node, Packing::nodes);
    default: return read(&Cell::number, Packing::numbers);
  }
}

}  // namespace policyc::vm
