// The rules of schemas, one function a table.

#include "schema_check.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <set>
#include <string_view>

#include "text_values.hpp"

namespace policyc::vm {
namespace {

using Finding = std::optional<std::string>;

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

bool is_name(std::string_view name) noexcept { return !name.empty() && is_utf8(name); }

constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

// Every one of `table`'s entries is listed once, by the kind that it says it is of.
template <class Info>
Finding check_membership(const Schema& schema, const std::vector<Info>& table,
                         std::vector<std::uint16_t> KindInfo::*list, std::string_view what) {
  std::vector<bool> seen(table.size(), false);
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind) {
    std::set<std::string_view> names;
    for (const std::uint16_t index : schema.kinds[kind].*list) {
      if (index >= table.size())
        return "kind " + quoted(schema.kinds[kind].name) + " lists an unknown " + std::string(what);
      if (seen[index] || table[index].kind != kind)
        return std::string(what) + " " + quoted(table[index].name) + " is listed by the wrong kind";
      seen[index] = true;
      if (!names.insert(table[index].name).second)
        return std::string(what) + " " + quoted(table[index].name) + " is declared twice";
    }
  }
  if (std::find(seen.begin(), seen.end(), false) != seen.end())
    return "a " + std::string(what) + " is listed by no kind";
  return std::nullopt;
}

Finding check_enums(const Schema& schema) {
  std::set<std::string_view> names;
  for (const EnumInfo& info : schema.enums) {
    if (!is_name(info.name) || !names.insert(info.name).second)
      return "an enum's name is empty or declared twice";
    std::set<std::string_view> members;
    for (const std::string& member : info.members)
      if (!is_name(member) || !members.insert(member).second)
        return "enum " + quoted(info.name) + " has an empty member or one twice";
    if (info.members.empty() || info.members.size() >= kNoIndex)
      return "enum " + quoted(info.name) + " has no members or too many";
  }
  return std::nullopt;
}

bool may_stand_in_others(KindCategory category) noexcept {
  return category == KindCategory::scope || category == KindCategory::group;
}

// Groups, and they alone, have members: of known kinds of principals.
Finding check_members(const Schema& schema) {
  for (const KindInfo& kind : schema.kinds) {
    const bool is_group = kind.category == KindCategory::group;
    if (kind.cross && !is_group && kind.category != KindCategory::scope)
      return "kind " + quoted(kind.name) + " lets in other roots, but is no scope and no group";
    if (is_group != (kind.members != 0) || (is_group && !kind.roles.empty()))
      return "kind " + quoted(kind.name) +
             " has members but is no group, or is a group without members or with roles";
    for (std::size_t i = 0; i < kMaxKinds; ++i)
      if ((kind.members & bit(i)) != 0 &&
          (i >= schema.kinds.size() || !is_principal(schema.kinds[i].category)))
        return "a member of group " + quoted(kind.name) + " is of no kind of principal";
  }
  return std::nullopt;
}

Finding check_kinds(const Schema& schema) {
  if (schema.kinds.empty() || schema.kinds.size() > kMaxKinds) return "there must be 1 to 64 kinds";
  std::set<std::string_view> names;
  std::set<std::string_view> plurals;
  for (std::size_t i = 0; i < schema.kinds.size(); ++i) {
    const KindInfo& kind = schema.kinds[i];
    if (!is_name(kind.name) || !names.insert(kind.name).second)
      return "a kind's name is empty or declared twice";
    if (i == kSystemKind) {
      if (kind.category != KindCategory::system || kind.name != "system")
        return "the first kind is not system";
    } else {
      if (kind.category == KindCategory::system) return "there is more than one system";
      if (!is_name(kind.plural) || !plurals.insert(kind.plural).second)
        return "the plural of " + quoted(kind.name) + " is empty or used twice";
    }
    if (!may_stand_in_others(kind.category) && !kind.parents.empty())
      return "kind " + quoted(kind.name) + " can't have a parent";
    std::uint64_t parents = 0;
    for (const KindIndex parent : kind.parents) {
      if (parent >= schema.kinds.size() || schema.kinds[parent].category != KindCategory::scope ||
          (parents & bit(parent)) != 0)
        return "kind " + quoted(kind.name) + " has an unknown parent kind, or one twice";
      parents |= bit(parent);
    }
    if (kind.self_nesting != ((parents & bit(i)) != 0))
      return "kind " + quoted(kind.name) + " is wrongly marked as nesting in itself";
  }
  if (schema.first_subject != kNoIndex &&
      (schema.first_subject >= schema.kinds.size() ||
       schema.kinds[schema.first_subject].category != KindCategory::subject))
    return "the first subject kind is no subject kind";
  return std::nullopt;
}

// Kinds nest without cycles, but for a kind in itself; `ancestors` is the closure.
Finding check_ancestors(const Schema& schema) {
  const std::size_t count = schema.kinds.size();
  std::array<std::uint64_t, kMaxKinds> closure{};
  for (std::size_t i = 0; i < count; ++i)
    for (const KindIndex parent : schema.kinds[i].parents) closure[i] |= bit(parent);
  for (std::size_t via = 0; via < count; ++via)
    for (std::size_t i = 0; i < count; ++i)
      if ((closure[i] & bit(via)) != 0) closure[i] |= closure[via];
  for (std::size_t i = 0; i < count; ++i) {
    const KindInfo& kind = schema.kinds[i];
    if ((closure[i] & bit(i)) != 0 && !kind.self_nesting)
      return "kind " + quoted(kind.name) + " nests in itself through other kinds";
    for (std::size_t other = 0; other < i; ++other)
      if ((closure[i] & bit(other)) != 0 && (closure[other] & bit(i)) != 0)
        return "kinds " + quoted(kind.name) + " and " + quoted(schema.kinds[other].name) +
               " nest in each other";
    if (kind.ancestors != closure[i])
      return "the ancestors of kind " + quoted(kind.name) + " are not its closure";
  }
  return std::nullopt;
}

bool names_principals(const Schema& schema, const AttributeInfo& attribute) noexcept {
  const Type& type = attribute.type;
  const bool entities =
      type.kind == TypeKind::entity || (type.kind == TypeKind::set && type.element == TypeKind::entity);
  if (!entities) return false;
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind)
    if ((type.argument & bit(kind)) != 0 && is_principal(schema.kinds[kind].category)) return true;
  return false;
}

bool is_child_kind(const Schema& schema, KindIndex child, KindIndex parent) noexcept {
  if (child >= schema.kinds.size() || child == parent) return false;
  if (schema.kinds[child].category == KindCategory::group) return false;
  if (parent == kSystemKind) return schema.kinds[child].parents.empty() && child != kSystemKind;
  const auto& parents = schema.kinds[child].parents;
  return std::find(parents.begin(), parents.end(), parent) != parents.end();
}

// A set of the kind's own entities, empty where it is not said, about an attribute of the same kind.
bool is_closure(const Schema& schema, const AttributeInfo& attribute) noexcept {
  if (attribute.closure_of >= schema.attributes.size()) return false;
  const AttributeInfo& of = schema.attributes[attribute.closure_of];
  const Type& type = of.type;
  const std::uint64_t own = std::uint64_t{1} << attribute.kind;
  const bool leads_on =
      type.kind == TypeKind::entity || (type.kind == TypeKind::set && type.element == TypeKind::entity);
  return leads_on && type.argument == own && of.kind == attribute.kind && of.closure_of == kNoIndex &&
         !of.from_request && !attribute.from_request &&
         attribute.type == Type{TypeKind::set, TypeKind::entity, false, own} && attribute.fallback &&
         attribute.fallback->elements.empty();
}

Finding check_attributes(const Schema& schema) {
  if (auto finding = check_membership(schema, schema.attributes, &KindInfo::attributes, "attribute"))
    return finding;
  for (const AttributeInfo& attribute : schema.attributes) {
    if (!is_name(attribute.name)) return "an attribute's name is empty or not UTF-8";
    if (!is_valid_type(attribute.type, schema))
      return "attribute " + quoted(attribute.name) + " has an invalid type";
    if (attribute.fallback && !is_valid_value(*attribute.fallback, attribute.type, schema))
      return "attribute " + quoted(attribute.name) + " has a default that is not of its type";
    if (attribute.closure_of != kNoIndex && !is_closure(schema, attribute))
      return "attribute " + quoted(attribute.name) + " is no closure of another";
  }
  return std::nullopt;
}

Finding check_role_sources(const Schema& schema, const RoleInfo& role) {
  const auto source_is = [&](AttributeIndex index) {
    return index < schema.attributes.size() && names_principals(schema, schema.attributes[index]) &&
           !schema.attributes[index].from_request;
  };
  for (const AttributeIndex index : role.attribute_sources)
    if (!source_is(index) || schema.attributes[index].kind != role.kind || role.flow_bit == kNoBit)
      return "role " + quoted(role.name) + " has an attribute source that can't name its holders";
  for (const AttributeIndex index : role.roll_up_attributes)
    if (!source_is(index) || !is_child_kind(schema, schema.attributes[index].kind, role.kind) ||
        role.up_bit == kNoBit)
      return "role " + quoted(role.name) + " rolls up an attribute that can't name its holders";
  for (const RollUpSource& source : role.roll_up_roles)
    if (!is_child_kind(schema, source.child, role.kind) || role.up_bit == kNoBit ||
        (source.mask & ~raw_bits_of(schema, source.child)) != 0)
      return "role " + quoted(role.name) + " rolls up from a kind that is no child, or unknown bits";
  return std::nullopt;
}

// Bits that flow, of the role's own kind and of kinds above it.
Finding check_userset(const Schema& schema, const RoleInfo& role) {
  std::uint64_t seen = 0;
  for (const KindBits& bits : role.userset) {
    if (bits.kind >= schema.kinds.size() || (seen & bit(bits.kind)) != 0 || bits.mask == 0)
      return "role " + quoted(role.name) + " has a userset over an unknown kind, or over one twice";
    seen |= bit(bits.kind);
    const std::uint64_t flows = raw_bits_of(schema, bits.kind) & ~schema.kinds[bits.kind].rolled_up_bits;
    const std::uint64_t above = schema.kinds[role.kind].ancestors | bit(role.kind) | bit(kSystemKind);
    if ((above & bit(bits.kind)) == 0 || (bits.mask & ~flows) != 0)
      return "role " + quoted(role.name) + " has a userset that can't be";
  }
  return std::nullopt;
}

Finding check_roles(const Schema& schema) {
  if (schema.roles.size() >= kNoIndex) return "there are too many roles";
  if (auto finding = check_membership(schema, schema.roles, &KindInfo::roles, "role")) return finding;
  std::array<std::uint64_t, kMaxKinds> used{};
  std::array<std::uint64_t, kMaxKinds> rolled_up{};
  for (const RoleInfo& role : schema.roles) {
    if (!is_name(role.name)) return "a role's name is empty or not UTF-8";
    for (const std::uint8_t raw : {role.flow_bit, role.up_bit}) {
      if (raw == kNoBit) continue;
      if (raw >= kRawBits || (used[role.kind] & bit(raw)) != 0)
        return "role " + quoted(role.name) + " has a bit that is out of range or taken";
      used[role.kind] |= bit(raw);
    }
    if (role.up_bit != kNoBit) rolled_up[role.kind] |= bit(role.up_bit);
    if (role.is_public && !role.grantable)
      return "role " + quoted(role.name) + " is public but can't be granted";
    if (role.grantable && role.flow_bit == kNoBit)
      return "role " + quoted(role.name) + " can be granted but has no bit for it";
  }
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind)
    if (schema.kinds[kind].rolled_up_bits != rolled_up[kind])
      return "the rolled-up bits of kind " + quoted(schema.kinds[kind].name) + " don't fit its roles";
  for (const RoleInfo& role : schema.roles)
    for (const auto check : {check_role_sources, check_userset})
      if (auto finding = check(schema, role)) return finding;
  return std::nullopt;
}

// What no grant and no source gives, but a line of its own: it needs a bit that flows, and nothing else.
bool is_held_by_definition(const RoleInfo& role) noexcept {
  return role.flow_bit != kNoBit && role.up_bit == kNoBit && !role.grantable && !role.assignable &&
         role.attribute_sources.empty();
}

// An open role a kind at most, whose ceiling has names of its own for hidden roles of that kind.
Finding check_open_roles(const Schema& schema) {
  std::uint64_t kinds = 0;
  std::vector<bool> seen(schema.roles.size(), false);
  const auto take = [&](RoleIndex role, bool RoleInfo::*what, KindIndex kind) {
    if (role >= schema.roles.size() || seen[role]) return false;
    seen[role] = true;
    const RoleInfo& info = schema.roles[role];
    return info.*what && info.is_open != info.is_hidden && info.kind == kind && is_held_by_definition(info);
  };
  for (const OpenRoleInfo& open : schema.open_roles) {
    if (open.role >= schema.roles.size()) return "an open role is no role";
    const RoleInfo& role = schema.roles[open.role];
    if ((kinds & bit(role.kind)) != 0 || !take(open.role, &RoleInfo::is_open, role.kind))
      return "open role " + quoted(role.name) + " is one of two of its kind, or may be held otherwise";
    kinds |= bit(role.kind);
    std::set<std::string_view> names;
    for (const OpenRoleInfo::Action& action : open.ceiling)
      if (!is_name(action.name) || !names.insert(action.name).second ||
          !take(action.role, &RoleInfo::is_hidden, role.kind))
        return "open role " + quoted(role.name) + " has an action that can't be, or one twice";
  }
  for (std::size_t i = 0; i < schema.roles.size(); ++i)
    if ((schema.roles[i].is_open || schema.roles[i].is_hidden) && !seen[i])
      return "role " + quoted(schema.roles[i].name) + " belongs to no open role";
  return std::nullopt;
}

// Rolled-up roles are computed in this order, once: each after all it reads.
Finding check_roll_up_order(const Schema& schema) {
  std::array<std::uint64_t, kMaxKinds> computed{};
  std::size_t expected = 0;
  for (const RoleInfo& role : schema.roles) expected += role.up_bit != kNoBit;
  if (schema.roll_up_order.size() != expected) return "the order of roll-ups is incomplete";
  for (const RoleIndex index : schema.roll_up_order) {
    if (index >= schema.roles.size() || schema.roles[index].up_bit == kNoBit)
      return "the order of roll-ups names a role that does not roll up";
    const RoleInfo& role = schema.roles[index];
    if ((computed[role.kind] & bit(role.up_bit)) != 0) return "the order of roll-ups names a role twice";
    for (const RollUpSource& source : role.roll_up_roles)
      if ((source.mask & schema.kinds[source.child].rolled_up_bits & ~computed[source.child]) != 0)
        return "role " + quoted(role.name) + " is rolled up before one of its sources";
    computed[role.kind] |= bit(role.up_bit);
  }
  return std::nullopt;
}

// Each kind whose roles an entity can see has a place in its word, and no two
// places overlap.
Finding check_role_words(const Schema& schema) {
  const std::size_t count = schema.kinds.size();
  std::array<std::size_t, kMaxKinds> width{};
  for (std::size_t i = 0; i < count; ++i)
    width[i] = static_cast<std::size_t>(std::bit_width(raw_bits_of(schema, static_cast<KindIndex>(i))));
  for (std::size_t i = 0; i < count; ++i) {
    const KindInfo& kind = schema.kinds[i];
    if (kind.word_offsets.size() != count)
      return "the role word of kind " + quoted(kind.name) + " does not list every kind";
    const std::uint64_t seen = kind.ancestors | bit(i) | bit(kSystemKind);
    std::bitset<kRoleWordBits> taken;
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t offset = kind.word_offsets[k];
      if (offset == kNoIndex) {
        if ((seen & bit(k)) != 0 && width[k] != 0)
          return "the role word of kind " + quoted(kind.name) + " has no place for " +
                 quoted(schema.kinds[k].name);
        continue;
      }
      if (offset + width[k] > kRoleWordBits)
        return "the role word of kind " + quoted(kind.name) + " is over 256 bits";
      for (std::size_t raw = offset; raw < offset + width[k]; ++raw) {
        if (taken[raw]) return "places in the role word of kind " + quoted(kind.name) + " overlap";
        taken.set(raw);
      }
    }
  }
  return std::nullopt;
}

bool is_valid_scalar_type(TypeKind kind, std::uint64_t argument, const Schema& schema) noexcept {
  switch (kind) {
    case TypeKind::enumeration: return argument < schema.enums.size();
    case TypeKind::role: return argument < schema.kinds.size();
    case TypeKind::entity:
      return argument != 0 && (schema.kinds.size() == kMaxKinds || (argument >> schema.kinds.size()) == 0);
    case TypeKind::set: return false;
    default: return argument == 0;
  }
}

bool is_valid_scalar(const DefaultValue& value, TypeKind kind, std::uint64_t argument,
                     const Schema& schema) noexcept {
  if (!value.elements.empty()) return false;
  const auto number = static_cast<std::uint64_t>(value.number);
  switch (kind) {
    case TypeKind::boolean: return number <= 1 && value.text.empty();
    case TypeKind::integer:
    case TypeKind::time:
    case TypeKind::duration: return value.text.empty();
    case TypeKind::string: return value.number == 0 && is_utf8(value.text);
    case TypeKind::ip: return value.number == 0 && parse_ip(value.text).has_value();
    case TypeKind::enumeration: return number < schema.enums[argument].members.size() && value.text.empty();
    case TypeKind::role:
      return number < schema.roles.size() && schema.roles[number].kind == argument &&
             !schema.roles[number].is_hidden && value.text.empty();
    case TypeKind::entity:
      if (number >= schema.kinds.size() || (argument & bit(number)) == 0) return false;
      return number == kSystemKind ? value.text.empty() : is_valid_id(value.text) && is_utf8(value.text);
    case TypeKind::set: break;
  }
  return false;
}

}  // namespace

bool is_valid_type(const Type& type, const Schema& schema) noexcept {
  if (type.kind == TypeKind::set) return is_valid_scalar_type(type.element, type.argument, schema);
  return type.element == TypeKind::boolean && is_valid_scalar_type(type.kind, type.argument, schema);
}

bool is_valid_value(const DefaultValue& value, const Type& type, const Schema& schema) noexcept {
  if (type.kind != TypeKind::set) return is_valid_scalar(value, type.kind, type.argument, schema);
  if (value.number != 0 || !value.text.empty()) return false;
  return std::all_of(value.elements.begin(), value.elements.end(), [&](const DefaultValue& element) {
    return is_valid_scalar(element, type.element, type.argument, schema);
  });
}

std::uint64_t raw_bits_of(const Schema& schema, KindIndex kind) noexcept {
  std::uint64_t bits = 0;
  for (const RoleIndex index : schema.kinds[kind].roles) {
    const RoleInfo& role = schema.roles[index];
    if (role.flow_bit < kRawBits) bits |= bit(role.flow_bit);
    if (role.up_bit < kRawBits) bits |= bit(role.up_bit);
  }
  return bits;
}

std::optional<std::string> check_schema(const Schema& schema) {
  for (const auto check :
       {check_enums, check_kinds, check_members, check_ancestors, check_attributes, check_roles,
        check_open_roles, check_roll_up_order, check_role_words, check_constraints})
    if (auto finding = check(schema)) return finding;
  return std::nullopt;
}

}  // namespace policyc::vm
