// The container of an image and the layout of its sections.

#include <algorithm>

#include "hash.hpp"
#include "policyc/digest.hpp"
#include "program_format.hpp"
#include "tables.hpp"
#include "wire.hpp"

namespace policyc::second {
namespace {

using Bytes = std::span<const std::byte>;

bool is(Bytes field, const Digest& digest) {
  const auto wanted = std::as_bytes(std::span(digest.bytes));
  return std::equal(wanted.begin(), wanted.end(), field.begin()) &&
         std::all_of(field.begin() + 16, field.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

// The twelve sections by number, each where the one before ends, at the next multiple of 8.
std::vector<Bytes> open_container(Bytes image) {
  demand(image.size() >= 96, "the header is cut off");
  Wire wire(image);
  for (const std::uint8_t byte : vm::kProgramMagic) demand(wire.u8() == byte, "the magic is another");
  demand(wire.u16() == vm::kProgramFormat.major && wire.u16() <= vm::kProgramFormat.minor,
         "the version is another");
  demand(wire.u32() == 0, "there are features");
  demand(wire.u64() == image.size(), "the size is another");
  demand(wire.u32() == 12 && wire.u32() == 0, "the number of sections is another");
  const Digest sides[] = {digest_of(image.first(32)), digest_of(image.subspan(64))};
  demand(is(wire.take(32), digest_of(std::as_bytes(std::span(sides)))), "the content is damaged");
  const Bytes schema_digest = wire.take(32);

  std::vector<Bytes> sections;
  std::uint64_t end = 96 + 12 * 32;
  for (std::uint32_t i = 1; i <= 12; ++i) {
    demand(wire.u32() == i && wire.u32() == 0, "a section is missing");
    const std::uint64_t begin = (end + 7) / 8 * 8;
    demand(wire.u64() == begin && begin <= image.size(), "a section begins elsewhere");
    const std::uint64_t size = wire.u64();
    demand(size <= image.size() - begin, "a section ends behind the image");
    for (std::uint64_t gap = end; gap < begin; ++gap) demand(image[gap] == std::byte{0}, "a gap is not zero");
    sections.push_back(image.subspan(begin, size));
    demand(wire.u64() == vm::hash64(sections.back()), "a section is damaged");
    end = begin + size;
  }
  demand(end == image.size(), "something follows the last section");
  demand(is(schema_digest, digest_of(sections[1])), "the schema is damaged");
  return sections;
}

std::vector<std::uint16_t> read_indices(Wire& wire) {
  std::vector<std::uint16_t> indices;
  wire.each([&] { indices.push_back(wire.u16()); });
  return indices;
}

Type read_type(Wire& wire) {
  const std::uint8_t kind = wire.u8();
  const std::uint8_t element = wire.u8();
  demand(kind <= 9 && element <= 8, "a type is none");
  const bool optional = wire.flag();
  return {static_cast<TypeKind>(kind), static_cast<TypeKind>(element), optional, wire.u64()};
}

Literal read_scalar(Wire& wire) {
  Literal literal;
  literal.number = static_cast<std::int64_t>(wire.u64());
  literal.text = wire.text();
  return literal;
}

Literal read_literal(Wire& wire) {
  Literal literal = read_scalar(wire);
  wire.each([&] { literal.elements.push_back(read_scalar(wire)); });
  return literal;
}

void read_value(Wire& wire, Field& field) {
  field.has_value = wire.flag();
  if (field.has_value) field.value = read_literal(wire);
}

std::vector<Field> read_fields(Wire& wire) {
  std::vector<Field> fields;
  wire.each([&] {
    Field& field = fields.emplace_back();
    field.name = wire.text();
    field.type = read_type(wire);
    read_value(wire, field);
  });
  return fields;
}

std::vector<Bits> read_bits(Wire& wire, bool with_path) {
  std::vector<Bits> all;
  wire.each([&] {
    Bits& bits = all.emplace_back();
    bits.kind = wire.u16();
    bits.mask = wire.u64();
    if (with_path) bits.path = wire.u64();
  });
  return all;
}

void read_kind(Wire& wire, Kind& kind) {
  kind.name = wire.text();
  kind.plural = wire.text();
  kind.category = wire.u8();
  demand(kind.category <= 3, "a category is none");
  kind.parents = read_indices(wire);
  kind.members = wire.u64();
  kind.cross = wire.flag();
  kind.attributes = read_indices(wire);
  kind.roles = read_indices(wire);
  kind.ancestors = wire.u64();
  kind.self_nesting = wire.flag();
  kind.rolled_up = wire.u64();
  kind.offsets = read_indices(wire);
}

void read_role(Wire& wire, Role& role) {
  role.name = wire.text();
  role.kind = wire.u16();
  role.grantable = wire.flag();
  role.is_public = wire.flag();
  role.flow = wire.u8();
  role.up = wire.u8();
  role.sources = read_indices(wire);
  role.child_sources = read_indices(wire);
  role.child_roles = read_bits(wire, false);
  role.userset = read_bits(wire, false);
}

void read_constraint(Wire& wire, Constraint& constraint) {
  constraint.title = wire.text();
  constraint.form = wire.u8();
  demand(constraint.form <= 3, "a form is none");
  wire.u32();  // any number of holders is one
  constraint.scope = wire.u16();
  constraint.counted = wire.u16();
  wire.each([&] {
    Counted& counted = constraint.roles.emplace_back();
    counted.role = wire.u16();
    counted.bits = read_bits(wire, true);
  });
}

void read_schema(Wire& wire, Tables& tables) {
  wire.each([&] {
    Enumeration& one = tables.enums.emplace_back();
    one.name = wire.text();
    wire.each([&] { one.members.push_back(wire.text()); });
  });
  wire.each([&] { read_kind(wire, tables.kinds.emplace_back()); });
  wire.each([&] {
    Attribute& attribute = tables.attributes.emplace_back();
    attribute.field.name = wire.text();
    attribute.kind = wire.u16();
    attribute.field.type = read_type(wire);
    attribute.from_request = wire.flag();
    read_value(wire, attribute.field);
    wire.flag();  // whether it may name what stands in another root
    attribute.closure_of = wire.u16();
  });
  wire.each([&] { read_role(wire, tables.roles.emplace_back()); });
  tables.roll_up_order = read_indices(wire);
  wire.each([&] { read_constraint(wire, tables.constraints.emplace_back()); });
  wire.each([&] {
    OpenRole& open = tables.open_roles.emplace_back();
    open.role = wire.u16();
    wire.each([&] {
      std::string name = wire.text();
      open.ceiling.emplace_back(std::move(name), wire.u16());
      if (open.ceiling.back().second < tables.roles.size())
        tables.roles[open.ceiling.back().second].stands_for_action = true;
    });
  });
  tables.first_subject = wire.u16();
}

void read_action(Wire& wire, Tables& tables) {
  Action& action = tables.actions.emplace_back();
  action.name = wire.text();
  action.wire = wire.text();
  tables.texts.push_back(wire.text());
  action.kind = wire.u16();
  action.parameters = read_fields(wire);
  action.context = read_indices(wire);
  action.needs_now = wire.flag();
  tables.texts.push_back(wire.text());
}

void read_rule(Wire& wire, Tables& tables) {
  for (int text = 0; text < 3; ++text) tables.texts.push_back(wire.text());
  Rule& rule = tables.rules.emplace_back();
  rule.allows = wire.flag();
  rule.obligations = read_indices(wire);
}

void read_anchors(Wire& wire, Tables& tables) {
  tables.anywhere.push_back(wire.flag());
  std::vector<AnchorRow>& rows = tables.anchors.emplace_back();
  wire.each([&] {
    AnchorRow& row = rows.emplace_back();
    row.base = wire.u8();
    row.itself = wire.flag();
    row.kind = wire.u16();
    row.mask = wire.u16();
    row.steps = read_indices(wire);
  });
}

void read_section(std::size_t number, Wire& wire, Tables& tables) {
  switch (number) {
    case 1:
      for (int text = 0; text < 2; ++text) tables.texts.push_back(wire.text());
      break;
    case 2: read_schema(wire, tables); break;
    case 3:
      for (Role& role : tables.roles) role.assignable = wire.flag();
      break;
    case 4: tables.context = read_fields(wire); break;
    case 5: wire.each([&] { read_action(wire, tables); }); break;
    case 6: wire.each([&] { read_rule(wire, tables); }); break;
    case 7:
      wire.each([&] {
        Field& constant = tables.constants.emplace_back();
        constant.type = read_type(wire);
        constant.value = read_literal(wire);
        constant.has_value = true;
      });
      break;
    case 8:
      wire.each([&] {
        wire.take(32);
        ++tables.masks;
      });
      break;
    case 9:
      wire.each([&] {
        for (int run = 0; run < 3; ++run) {
          const std::uint32_t begin = wire.u32();
          tables.ranges.push_back({begin, wire.u32()});
        }
      });
      break;
    case 10:
      wire.each([&] {
        Word word{};
        word.op = wire.u8();
        word.a = wire.u8();
        word.b = wire.u8();
        word.flags = wire.u8();
        word.target = wire.u16();
        word.c = wire.u16();
        tables.code.push_back(word);
      });
      break;
    case 11:
      wire.each([&] {
        Obligation& obligation = tables.obligations.emplace_back();
        obligation.name = wire.text();
        obligation.arguments = read_fields(wire);
      });
      break;
    default: wire.each([&] { read_anchors(wire, tables); }); break;
  }
}

}  // namespace

Tables read_tables(Bytes image) {
  Tables tables;
  const std::vector<Bytes> sections = open_container(image);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    Wire wire(sections[i]);
    read_section(i + 1, wire, tables);
    wire.expect_end();
  }
  return tables;
}

}  // namespace policyc::second
