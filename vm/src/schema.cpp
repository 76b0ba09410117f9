// Look-ups in a schema by name, and types as text.

#include "policyc/schema.hpp"

namespace policyc {
namespace {

std::string element_text(TypeKind kind, std::uint64_t argument, const Schema& schema) {
  switch (kind) {
    case TypeKind::boolean: return "bool";
    case TypeKind::integer: return "int";
    case TypeKind::string: return "string";
    case TypeKind::time: return "time";
    case TypeKind::duration: return "duration";
    case TypeKind::ip: return "ip";
    case TypeKind::enumeration: return argument < schema.enums.size() ? schema.enums[argument].name : "enum";
    case TypeKind::role:
      return "role of " + (argument < schema.kinds.size() ? schema.kinds[argument].name : "?");
    case TypeKind::entity: {
      std::string text;
      for (std::size_t kind_index = 0; kind_index < schema.kinds.size(); ++kind_index) {
        if (((argument >> kind_index) & 1) == 0) continue;
        if (!text.empty()) text += " | ";
        text += schema.kinds[kind_index].name;
      }
      return text.empty() ? "entity" : text;
    }
    case TypeKind::set: break;  // a set is no element
  }
  return "?";
}

}  // namespace

KindIndex Schema::find_kind(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (kinds[i].name == name) return static_cast<KindIndex>(i);
  return kNoIndex;
}

KindIndex Schema::find_plural(std::string_view plural) const noexcept {
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (i != kSystemKind && kinds[i].plural == plural) return static_cast<KindIndex>(i);
  return kNoIndex;
}

AttributeIndex Schema::find_attribute(KindIndex kind, std::string_view name) const noexcept {
  if (kind >= kinds.size()) return kNoIndex;
  for (const AttributeIndex index : kinds[kind].attributes)
    if (attributes[index].name == name && attributes[index].closure_of == kNoIndex) return index;
  return kNoIndex;
}

RoleIndex Schema::find_role(KindIndex kind, std::string_view name) const noexcept {
  if (kind >= kinds.size()) return kNoIndex;
  for (const RoleIndex index : kinds[kind].roles)
    if (roles[index].name == name && !roles[index].is_hidden) return index;
  return kNoIndex;
}

const OpenRoleInfo* Schema::find_open_role(KindIndex kind) const noexcept {
  for (const OpenRoleInfo& open : open_roles)
    if (roles[open.role].kind == kind) return &open;
  return nullptr;
}

std::string to_string(const Type& type, const Schema& schema) {
  std::string text = type.kind == TypeKind::set
                         ? "set<" + element_text(type.element, type.argument, schema) + ">"
                         : element_text(type.kind, type.argument, schema);
  if (type.optional) text += '?';
  return text;
}

}  // namespace policyc
