#pragma once

// What the sections of an image say, as far as the judges ask.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "policyc/schema.hpp"

namespace policyc::second {

struct Literal {
  std::int64_t number = 0;
  std::string text;
  std::vector<Literal> elements;
};

struct Field {
  std::string name;
  Type type;
  bool has_value = false;
  Literal value;
};

struct Enumeration {
  std::string name;
  std::vector<std::string> members;
};

struct Kind {
  std::string name;
  std::string plural;
  std::uint8_t category = 0;
  std::vector<std::uint16_t> parents;
  std::uint64_t members = 0;
  bool cross = false;
  std::vector<std::uint16_t> attributes;
  std::vector<std::uint16_t> roles;
  std::uint64_t ancestors = 0;
  bool self_nesting = false;
  std::uint64_t rolled_up = 0;
  std::vector<std::uint16_t> offsets;
};

struct Attribute {
  Field field;
  std::uint16_t kind = 0;
  bool from_request = false;
  std::uint16_t closure_of = 0;
};

struct Bits {
  std::uint16_t kind = 0;
  std::uint64_t mask = 0;
  std::uint64_t path = 0;
};

struct Role {
  std::string name;
  std::uint16_t kind = 0;
  bool grantable = false;
  bool is_public = false;
  bool assignable = false;
  std::uint8_t flow = 0;
  std::uint8_t up = 0;
  std::vector<std::uint16_t> sources;
  std::vector<std::uint16_t> child_sources;
  std::vector<Bits> child_roles;
  std::vector<Bits> userset;
  bool stands_for_action = false;  // of an open role's ceiling
};

struct Counted {
  std::uint16_t role = 0;
  std::vector<Bits> bits;
};

struct Constraint {
  std::string title;
  std::uint8_t form = 0;
  std::uint16_t scope = 0;
  std::uint16_t counted = 0;
  std::vector<Counted> roles;
};

struct OpenRole {
  std::uint16_t role = 0;
  std::vector<std::pair<std::string, std::uint16_t>> ceiling;
};

struct Action {
  std::string name;
  std::string wire;
  std::uint16_t kind = 0;
  std::vector<Field> parameters;
  std::vector<std::uint16_t> context;
  bool needs_now = false;
};

struct Rule {
  bool allows = false;
  std::vector<std::uint16_t> obligations;
};

struct Obligation {
  std::string name;
  std::vector<Field> arguments;
};

struct AnchorRow {
  std::uint8_t base = 0;
  bool itself = false;
  std::uint16_t kind = 0;
  std::uint16_t mask = 0;
  std::vector<std::uint16_t> steps;
};

struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// 64 bits of the code section, as they stand there.
struct Word {
  std::uint8_t op, a, b, flags;
  std::uint16_t target, c;
};

struct Tables {
  std::vector<std::string> texts;  // whatever has to be UTF-8 and nothing else
  std::vector<Enumeration> enums;
  std::vector<Kind> kinds;
  std::vector<Attribute> attributes;
  std::vector<Role> roles;
  std::vector<std::uint16_t> roll_up_order;
  std::vector<Constraint> constraints;
  std::vector<OpenRole> open_roles;
  std::uint16_t first_subject = 0;
  std::vector<Field> context;
  std::vector<Action> actions;
  std::vector<Rule> rules;
  std::vector<Field> constants;  // without names
  std::size_t masks = 0;
  std::vector<Range> ranges;  // three an action: decide, reasons, times
  std::vector<Word> code;
  std::vector<Obligation> obligations;
  std::vector<std::vector<AnchorRow>> anchors;
  std::vector<bool> anywhere;
};

// The container and its sections, whole. Throws Refused.
[[nodiscard]] Tables read_tables(std::span<const std::byte> image);

// Each throws Refused.
void judge_schema(const Tables& tables);
void judge_tables(const Tables& tables);
void judge_code(const Tables& tables);

}  // namespace policyc::second
