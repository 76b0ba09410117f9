// Writes and reads the canonical bytes of a schema. Decoding checks shapes only;
// what the numbers refer to is checked by schema_check.cpp.

#include "schema_codec.hpp"

#include "program_parts.hpp"

namespace policyc::vm {
namespace {

constexpr std::size_t kSmallestText = 4;
constexpr std::size_t kSmallestType = 11;

// Enumerators are dense from zero to `last`.
template <class E>
E read_enum(ByteReader& in, E last) noexcept {
  const std::uint8_t value = in.u8();
  if (value <= static_cast<std::uint8_t>(last)) return static_cast<E>(value);
  in.fail();
  return E{};
}

template <class T>
void write_indices(ByteWriter& out, const std::vector<T>& indices) {
  out.count(indices.size());
  for (const T index : indices) out.u16(index);
}

std::vector<std::uint16_t> read_indices(ByteReader& in) {
  std::vector<std::uint16_t> indices(in.count(2));
  for (std::uint16_t& index : indices) index = in.u16();
  return indices;
}

void write_attribute(ByteWriter& out, const AttributeInfo& attribute) {
  out.text(attribute.name);
  out.u16(attribute.kind);
  write_type(out, attribute.type);
  out.boolean(attribute.from_request);
  write_optional(out, attribute.fallback);
  out.boolean(attribute.cross);
  out.u16(attribute.closure_of);
}

AttributeInfo read_attribute(ByteReader& in) {
  AttributeInfo attribute;
  attribute.name = in.text();
  attribute.kind = in.u16();
  attribute.type = read_type(in);
  attribute.from_request = in.boolean();
  attribute.fallback = read_optional(in);
  attribute.cross = in.boolean();
  attribute.closure_of = in.u16();
  return attribute;
}

void write_role(ByteWriter& out, const RoleInfo& role) {
  out.text(role.name);
  out.u16(role.kind);
  out.boolean(role.grantable);
  out.boolean(role.is_public);
  out.u8(role.flow_bit);
  out.u8(role.up_bit);
  write_indices(out, role.attribute_sources);
  write_indices(out, role.roll_up_attributes);
  out.count(role.roll_up_roles.size());
  for (const RollUpSource& source : role.roll_up_roles) {
    out.u16(source.child);
    out.u64(source.mask);
  }
  out.count(role.userset.size());
  for (const KindBits& bits : role.userset) {
    out.u16(bits.kind);
    out.u64(bits.mask);
  }
}

RoleInfo read_role(ByteReader& in) {
  RoleInfo role;
  role.name = in.text();
  role.kind = in.u16();
  role.grantable = in.boolean();
  role.is_public = in.boolean();
  role.flow_bit = in.u8();
  role.up_bit = in.u8();
  role.attribute_sources = read_indices(in);
  role.roll_up_attributes = read_indices(in);
  role.roll_up_roles.resize(in.count(10));
  for (RollUpSource& source : role.roll_up_roles) {
    source.child = in.u16();
    source.mask = in.u64();
  }
  role.userset.resize(in.count(10));
  for (KindBits& bits : role.userset) {
    bits.kind = in.u16();
    bits.mask = in.u64();
  }
  return role;
}

OpenRoleInfo read_open_role(ByteReader& in) {
  OpenRoleInfo open;
  open.role = in.u16();
  const std::size_t actions = in.count(kSmallestText + 2);
  for (std::size_t i = 0; i < actions && in.ok(); ++i) {
    std::string name = in.text();
    open.ceiling.push_back({std::move(name), in.u16()});
  }
  return open;
}

// What roles are to open roles is said there alone.
void mark_open_roles(Schema& schema) {
  for (const OpenRoleInfo& open : schema.open_roles) {
    if (open.role < schema.roles.size()) schema.roles[open.role].is_open = true;
    for (const OpenRoleInfo::Action& action : open.ceiling)
      if (action.role < schema.roles.size()) schema.roles[action.role].is_hidden = true;
  }
}

void write_kind(ByteWriter& out, const KindInfo& kind) {
  out.text(kind.name);
  out.text(kind.plural);
  out.u8(static_cast<std::uint8_t>(kind.category));
  write_indices(out, kind.parents);
  out.u64(kind.members);
  out.boolean(kind.cross);
  write_indices(out, kind.attributes);
  write_indices(out, kind.roles);
  out.u64(kind.ancestors);
  out.boolean(kind.self_nesting);
  out.u64(kind.rolled_up_bits);
  write_indices(out, kind.word_offsets);
}

KindInfo read_kind(ByteReader& in) {
  KindInfo kind;
  kind.name = in.text();
  kind.plural = in.text();
  kind.category = read_enum(in, KindCategory::group);
  kind.parents = read_indices(in);
  kind.members = in.u64();
  kind.cross = in.boolean();
  kind.attributes = read_indices(in);
  kind.roles = read_indices(in);
  kind.ancestors = in.u64();
  kind.self_nesting = in.boolean();
  kind.rolled_up_bits = in.u64();
  kind.word_offsets = read_indices(in);
  return kind;
}

void write_constraint(ByteWriter& out, const ConstraintInfo& constraint) {
  out.text(constraint.title);
  out.u8(static_cast<std::uint8_t>(constraint.form));
  out.u32(constraint.count);
  out.u16(constraint.scope);
  out.u16(constraint.counted);
  out.count(constraint.roles.size());
  for (const CountedRole& role : constraint.roles) {
    out.u16(role.role);
    out.count(role.bits.size());
    for (const CountedBits& bits : role.bits) {
      out.u16(bits.kind);
      out.u64(bits.mask);
      out.u64(bits.path);
    }
  }
}

// Grows as it decodes: a count is no licence to allocate more than its bytes.
template <class T, class Read>
void read_list(ByteReader& in, std::vector<T>& list, std::size_t smallest, Read read) {
  const std::size_t number = in.count(smallest);
  for (std::size_t i = 0; i < number && in.ok(); ++i) list.push_back(read(in));
}

ConstraintInfo read_constraint(ByteReader& in) {
  ConstraintInfo constraint;
  constraint.title = in.text();
  constraint.form = read_enum(in, ConstraintForm::at_least);
  constraint.count = in.u32();
  constraint.scope = in.u16();
  constraint.counted = in.u16();
  read_list(in, constraint.roles, 6, [](ByteReader& from) {
    CountedRole role;
    role.role = from.u16();
    read_list(from, role.bits, 18, [](ByteReader& part) {
      CountedBits bits;
      bits.kind = part.u16();
      bits.mask = part.u64();
      bits.path = part.u64();
      return bits;
    });
    return role;
  });
  return constraint;
}

}  // namespace

void write_type(ByteWriter& out, const Type& type) {
  out.u8(static_cast<std::uint8_t>(type.kind));
  out.u8(static_cast<std::uint8_t>(type.element));
  out.boolean(type.optional);
  out.u64(type.argument);
}

Type read_type(ByteReader& in) {
  Type type;
  type.kind = read_enum(in, TypeKind::set);
  type.element = read_enum(in, TypeKind::entity);
  type.optional = in.boolean();
  type.argument = in.u64();
  return type;
}

void write_value(ByteWriter& out, const DefaultValue& value) {
  out.i64(value.number);
  out.text(value.text);
  out.count(value.elements.size());
  for (const DefaultValue& element : value.elements) {
    out.i64(element.number);
    out.text(element.text);
  }
}

DefaultValue read_value(ByteReader& in) {
  DefaultValue value;
  value.number = in.i64();
  value.text = in.text();
  read_list(in, value.elements, 8 + kSmallestText, [](ByteReader& from) {
    DefaultValue element;
    element.number = from.i64();
    element.text = from.text();
    return element;
  });
  return value;
}

void write_optional(ByteWriter& out, const std::optional<DefaultValue>& value) {
  out.boolean(value.has_value());
  if (value) write_value(out, *value);
}

std::optional<DefaultValue> read_optional(ByteReader& in) {
  if (!in.boolean()) return std::nullopt;
  return read_value(in);
}

void write_schema(ByteWriter& out, const Schema& schema) {
  out.count(schema.enums.size());
  for (const EnumInfo& info : schema.enums) {
    out.text(info.name);
    out.count(info.members.size());
    for (const std::string& member : info.members) out.text(member);
  }
  out.count(schema.kinds.size());
  for (const KindInfo& kind : schema.kinds) write_kind(out, kind);
  out.count(schema.attributes.size());
  for (const AttributeInfo& attribute : schema.attributes) write_attribute(out, attribute);
  out.count(schema.roles.size());
  for (const RoleInfo& role : schema.roles) write_role(out, role);
  write_indices(out, schema.roll_up_order);
  out.count(schema.constraints.size());
  for (const ConstraintInfo& constraint : schema.constraints) write_constraint(out, constraint);
  out.count(schema.open_roles.size());
  for (const OpenRoleInfo& open : schema.open_roles) {
    out.u16(open.role);
    out.count(open.ceiling.size());
    for (const OpenRoleInfo::Action& action : open.ceiling) {
      out.text(action.name);
      out.u16(action.role);
    }
  }
  out.u16(schema.first_subject);
}

Schema read_schema(ByteReader& in) {
  Schema schema;
  read_list(in, schema.enums, 2 * kSmallestText, [](ByteReader& from) {
    EnumInfo info;
    info.name = from.text();
    read_list(from, info.members, kSmallestText, [](ByteReader& member) { return member.text(); });
    return info;
  });
  read_list(in, schema.kinds, 2 * kSmallestText + 42, read_kind);
  read_list(in, schema.attributes, kSmallestText + 7 + kSmallestType, read_attribute);
  read_list(in, schema.roles, kSmallestText + 22, read_role);
  schema.roll_up_order = read_indices(in);
  read_list(in, schema.constraints, kSmallestText + 13, read_constraint);
  read_list(in, schema.open_roles, 2 + 4, read_open_role);
  mark_open_roles(schema);
  schema.first_subject = in.u16();
  return schema;
}

void write_assignable(ByteWriter& out, const Schema& schema) {
  for (const RoleInfo& role : schema.roles) out.boolean(role.assignable);
}

void read_assignable(ByteReader& in, Schema& schema) {
  for (RoleInfo& role : schema.roles) role.assignable = in.boolean();
}

Digest schema_digest_of(const Schema& schema) {
  ByteWriter out;
  write_schema(out, schema);
  return digest_of(out.bytes());
}

}  // namespace policyc::vm
