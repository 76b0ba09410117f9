// Keys of constants and masks, and the literals that no policy wrote.

#include "constants.hpp"

namespace policyc::compiler {
namespace {

void append(std::string& key, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) key.push_back(static_cast<char>((number >> shift) & 0xFF));
}

// Every variable part is preceded by its length, so that no two values share a key.
void append(std::string& key, const DefaultValue& value) {
  append(key, static_cast<std::uint64_t>(value.number));
  append(key, value.text.size());
  key += value.text;
  append(key, value.elements.size());
  for (const DefaultValue& element : value.elements) append(key, element);
}

}  // namespace

std::string key_of(const vm::Constant& constant) {
  std::string key;
  key.push_back(static_cast<char>(constant.type.kind));
  key.push_back(static_cast<char>(constant.type.element));
  key.push_back(static_cast<char>(constant.type.optional));
  append(key, constant.type.argument);
  append(key, constant.value);
  return key;
}

std::string key_of(const vm::RoleMask& mask) {
  std::string key;
  for (const std::uint64_t word : mask) append(key, word);
  return key;
}

vm::Constant boolean_constant(bool value) {
  return {{TypeKind::boolean, TypeKind::boolean, false, 0}, {value ? 1 : 0, {}, {}}};
}

vm::Constant integer_constant(std::int64_t value) {
  return {{TypeKind::integer, TypeKind::boolean, false, 0}, {value, {}, {}}};
}

vm::Constant duration_constant(std::int64_t microseconds) {
  return {{TypeKind::duration, TypeKind::boolean, false, 0}, {microseconds, {}, {}}};
}

vm::Constant role_constant(const Schema& schema, RoleIndex role) {
  return {{TypeKind::role, TypeKind::boolean, false, schema.roles[role].kind}, {role, {}, {}}};
}

vm::Constant system_constant() {
  return {{TypeKind::entity, TypeKind::boolean, false, std::uint64_t{1} << kSystemKind},
          {kSystemKind, {}, {}}};
}

}  // namespace policyc::compiler
