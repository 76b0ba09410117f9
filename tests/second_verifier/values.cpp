#include "values.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <set>

#include "wire.hpp"

namespace policyc::second {
namespace {

// The length of the well-formed sequence at `at`, 0 if there is none: table 3-7 of the Unicode standard.
std::size_t sequence_at(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const auto between = [&](std::size_t i, unsigned low, unsigned high) {
    return byte(i) >= low && byte(i) <= high;
  };
  const auto tail = [&](std::size_t i) { return between(i, 0x80, 0xBF); };
  if (between(0, 0x00, 0x7F)) return 1;
  if (between(0, 0xC2, 0xDF)) return tail(1) ? 2 : 0;
  const unsigned low3 = byte(0) == 0xE0 ? 0xA0 : 0x80;
  const unsigned high3 = byte(0) == 0xED ? 0x9F : 0xBF;
  if (between(0, 0xE0, 0xEF)) return between(1, low3, high3) && tail(2) ? 3 : 0;
  const unsigned low4 = byte(0) == 0xF0 ? 0x90 : 0x80;
  const unsigned high4 = byte(0) == 0xF4 ? 0x8F : 0xBF;
  if (between(0, 0xF0, 0xF4)) return between(1, low4, high4) && tail(2) && tail(3) ? 4 : 0;
  return 0;
}

bool is_scalar_type(TypeKind kind, std::uint64_t argument, const Tables& tables) {
  if (kind == TypeKind::set) return false;
  if (kind == TypeKind::enumeration) return argument < tables.enums.size();
  if (kind == TypeKind::role) return argument < tables.kinds.size();
  if (kind != TypeKind::entity) return argument == 0;
  for (std::size_t i = tables.kinds.size(); i < 64; ++i)
    if (((argument >> i) & 1) != 0) return false;
  return argument != 0;
}

bool is_scalar(const Literal& value, TypeKind kind, std::uint64_t argument, const Tables& tables) {
  if (!value.elements.empty()) return false;
  const bool written = kind == TypeKind::string || kind == TypeKind::ip || kind == TypeKind::entity;
  const bool counted = kind != TypeKind::string && kind != TypeKind::ip;
  if ((!written && !value.text.empty()) || (!counted && value.number != 0)) return false;
  const auto below = [&](std::size_t count) {
    return value.number >= 0 && static_cast<std::uint64_t>(value.number) < count;
  };
  switch (kind) {
    case TypeKind::boolean: return below(2);
    case TypeKind::string: return is_text(value.text);
    case TypeKind::ip: return is_address(value.text);
    case TypeKind::enumeration: return below(tables.enums[argument].members.size());
    case TypeKind::role: {
      if (!below(tables.roles.size())) return false;
      const Role& role = tables.roles[static_cast<std::size_t>(value.number)];
      return role.kind == argument && !role.stands_for_action;
    }
    case TypeKind::entity:
      if (!below(tables.kinds.size()) || ((argument >> value.number) & 1) == 0) return false;
      return value.number == 0 ? value.text.empty() : is_entity_id(value.text);
    default: return true;
  }
}

}  // namespace

bool is_text(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_at(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

bool is_name(const std::string& text) { return !text.empty() && is_text(text); }

bool is_entity_id(const std::string& text) {
  if (!is_name(text) || text == "*") return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c != '#' && c != '\x7F' && (static_cast<unsigned char>(c) & 0xE0) != 0;
  });
}

bool is_address(const std::string& text) {
  if (text.find('\0') != std::string::npos) return false;
  const std::size_t slash = text.find('/');
  const std::string address = text.substr(0, slash);
  std::array<unsigned char, 16> bytes{};
  const bool four = inet_pton(AF_INET, address.c_str(), bytes.data() + 12) == 1;
  if (!four && inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return false;
  if (slash == std::string::npos) return true;
  const std::string digits = text.substr(slash + 1);
  if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return false;
  if (digits.find_first_not_of("0123456789") != std::string::npos) return false;
  const int said = std::stoi(digits);
  if (said > (four ? 32 : 128)) return false;
  for (std::size_t bit = static_cast<std::size_t>(said + (four ? 96 : 0)); bit < 128; ++bit)
    if (((bytes[bit / 8] >> (7 - bit % 8)) & 1) != 0) return false;
  return true;
}

bool is_type(const Type& type, const Tables& tables) {
  if (type.kind == TypeKind::set) return is_scalar_type(type.element, type.argument, tables);
  return type.element == TypeKind::boolean && is_scalar_type(type.kind, type.argument, tables);
}

bool is_value(const Literal& value, const Type& type, const Tables& tables) {
  if (type.kind != TypeKind::set) return is_scalar(value, type.kind, type.argument, tables);
  if (value.number != 0 || !value.text.empty()) return false;
  for (const Literal& element : value.elements)
    if (!is_scalar(element, type.element, type.argument, tables)) return false;
  return true;
}

void judge_fields(const std::vector<Field>& fields, const Tables& tables) {
  std::set<std::string> names;
  for (const Field& field : fields) {
    demand(is_name(field.name) && names.insert(field.name).second, "a field's name is bad or taken");
    demand(is_type(field.type, tables), "a field's type is none");
    demand(!field.has_value || is_value(field.value, field.type, tables), "a field's value is none");
  }
}

}  // namespace policyc::second
