// Decodes a program image, then checks everything that its sections say of each
// other. The code is left to the verifier.

#include "program_reader.hpp"

#include <algorithm>
#include <set>

#include "byte_io.hpp"
#include "program_format.hpp"
#include "schema_check.hpp"
#include "schema_codec.hpp"
#include "text_values.hpp"
#include "verifier.hpp"

namespace policyc::vm {
namespace {

using Finding = std::optional<std::string>;

std::vector<ParameterInfo> read_fields(ByteReader& in) {
  std::vector<ParameterInfo> fields;
  const std::size_t number = in.count(16);
  for (std::size_t i = 0; i < number && in.ok(); ++i) {
    ParameterInfo field;
    field.name = in.text();
    field.type = read_type(in);
    field.fallback = read_optional(in);
    fields.push_back(std::move(field));
  }
  return fields;
}

ActionInfo read_action(ByteReader& in) {
  ActionInfo action;
  action.name = in.text();
  action.wire_name = in.text();
  action.title = in.text();
  action.kind = in.u16();
  action.parameters = read_fields(in);
  action.required_context.resize(in.count(2));
  for (std::uint16_t& field : action.required_context) field = in.u16();
  action.needs_now = in.boolean();
  action.cost = in.text();
  return action;
}

RuleInfo read_rule(ByteReader& in) {
  RuleInfo rule;
  rule.id = in.text();
  rule.reason = in.text();
  rule.place = in.text();
  const bool allow = in.boolean();
  rule.effect = allow ? RuleEffect::allow : RuleEffect::forbid;
  rule.obligations.resize(in.count(2));
  for (ObligationIndex& obligation : rule.obligations) obligation = in.u16();
  return rule;
}

ObligationInfo read_obligation(ByteReader& in) {
  ObligationInfo obligation;
  obligation.name = in.text();
  for (ParameterInfo& field : read_fields(in))
    obligation.arguments.push_back({std::move(field.name), field.type, std::move(field.fallback)});
  return obligation;
}

Anchor read_anchor(ByteReader& in) {
  Anchor anchor;
  anchor.base = static_cast<Anchor::Base>(in.u8());
  anchor.itself = in.boolean();
  anchor.kind = in.u16();
  anchor.mask = in.u16();
  anchor.steps.resize(in.count(2));
  for (AnchorStep& step : anchor.steps) step.attribute = in.u16();
  return anchor;
}

ActionAnchors read_anchors(ByteReader& in) {
  ActionAnchors action;
  action.anywhere = in.boolean();
  const std::size_t number = in.count(10);
  for (std::size_t i = 0; i < number && in.ok(); ++i) action.anchors.push_back(read_anchor(in));
  return action;
}

Constant read_constant(ByteReader& in) {
  Constant constant;
  constant.type = read_type(in);
  constant.value = read_value(in);
  return constant;
}

RoleMask read_mask(ByteReader& in) {
  RoleMask mask{};
  for (std::uint64_t& word : mask) word = in.u64();
  return mask;
}

ActionCode read_range(ByteReader& in) {
  ActionCode range;
  range.decide.begin = in.u32();
  range.decide.end = in.u32();
  range.reasons.begin = in.u32();
  range.reasons.end = in.u32();
  range.times.begin = in.u32();
  range.times.end = in.u32();
  return range;
}

Instruction read_instruction(ByteReader& in) {
  Instruction instruction;
  instruction.op = static_cast<Op>(in.u8());  // the verifier refuses unknown ones
  instruction.a = in.u8();
  instruction.b = in.u8();
  instruction.flags = in.u8();
  instruction.target = in.u16();
  instruction.c = in.u16();
  return instruction;
}

template <class T>
void read_list(ByteReader& in, std::vector<T>& list, std::size_t smallest, T (*read)(ByteReader&)) {
  const std::size_t number = in.count(smallest);
  for (std::size_t i = 0; i < number && in.ok(); ++i) list.push_back(read(in));
}

// Decodes every section whole: none may be missing, cut off or too long.
Finding decode(const Image& image, ProgramParts& parts) {
  if (image.sections.size() != kProgramSections) return "the image does not have the sections of a program";
  for (const ImageSection& section : image.sections) {
    ByteReader in(section.bytes);
    switch (static_cast<ProgramSection>(section.number)) {
      case ProgramSection::manifest:
        parts.name = in.text();
        parts.version = in.text();
        break;
      case ProgramSection::schema: parts.schema = read_schema(in); break;
      case ProgramSection::assignable: read_assignable(in, parts.schema); break;
      case ProgramSection::context: parts.context = read_fields(in); break;
      case ProgramSection::actions: read_list(in, parts.actions, 27, read_action); break;
      case ProgramSection::rules: read_list(in, parts.rules, 17, read_rule); break;
      case ProgramSection::constants: read_list(in, parts.constants, 27, read_constant); break;
      case ProgramSection::masks: read_list(in, parts.masks, 32, read_mask); break;
      case ProgramSection::ranges: read_list(in, parts.action_code, 24, read_range); break;
      case ProgramSection::code: read_list(in, parts.code, 8, read_instruction); break;
      case ProgramSection::obligations: read_list(in, parts.obligations, 8, read_obligation); break;
      case ProgramSection::anchors: read_list(in, parts.anchors, 5, read_anchors); break;
      default: return "section " + std::to_string(section.number) + " is unknown";
    }
    if (!in.done()) return "section " + std::to_string(section.number) + " is cut off, malformed or too long";
  }
  return std::nullopt;
}

Finding check_fields(const std::vector<ParameterInfo>& fields, const Schema& schema, std::string_view what) {
  std::set<std::string_view> names;
  for (const ParameterInfo& field : fields) {
    const std::string name = std::string(what) + " '" + field.name + "'";
    if (field.name.empty() || !is_utf8(field.name) || !names.insert(field.name).second)
      return "the name of " + name + " is empty, not UTF-8 or used twice";
    if (!is_valid_type(field.type, schema)) return name + " has an invalid type";
    if (field.fallback && !is_valid_value(*field.fallback, field.type, schema))
      return name + " has a default that is not of its type";
  }
  return std::nullopt;
}

Finding check_actions(const ProgramParts& parts) {
  if (parts.actions.size() >= 0xFFFF) return "there are too many actions";
  if (parts.action_code.size() != parts.actions.size()) return "the actions and their code differ in number";
  std::set<std::pair<KindIndex, std::string_view>> names;
  std::set<std::pair<KindIndex, std::string_view>> wire_names;
  KindIndex last = 0;
  for (const ActionInfo& action : parts.actions) {
    const std::string name = "action '" + action.name + "'";
    if (action.kind >= parts.schema.kinds.size() || action.kind < last)
      return name + " is out of the order of kinds";
    last = action.kind;
    if (action.name.empty() || action.wire_name.empty() || !is_utf8(action.name) ||
        !is_utf8(action.wire_name) || !is_utf8(action.title) || !is_utf8(action.cost))
      return name + " has a text that is empty or not UTF-8";
    if (!names.emplace(action.kind, action.name).second ||
        !wire_names.emplace(action.kind, action.wire_name).second)
      return name + " is declared twice";
    if (action.parameters.size() > kMaxParameters) return name + " has too many parameters";
    if (auto finding = check_fields(action.parameters, parts.schema, "parameter")) return finding;
    int previous = -1;
    for (const std::uint16_t field : action.required_context) {
      if (field >= parts.context.size() || static_cast<int>(field) <= previous)
        return name + " requires unknown context, or out of order";
      previous = field;
    }
  }
  return std::nullopt;
}

Finding check_rules(const ProgramParts& parts) {
  if (parts.rules.size() > 0xFFFF) return "there are too many rules";
  for (const RuleInfo& rule : parts.rules) {
    if (!is_utf8(rule.id) || !is_utf8(rule.reason) || !is_utf8(rule.place))
      return "a text of a rule is not UTF-8";
    for (const ObligationIndex obligation : rule.obligations)
      if (obligation >= parts.obligations.size()) return "rule '" + rule.id + "' has an unknown obligation";
  }
  return std::nullopt;
}

Finding check_obligations(const ProgramParts& parts) {
  if (parts.obligations.size() > 0x10000) return "there are too many obligations";
  for (const ObligationInfo& obligation : parts.obligations) {
    if (obligation.name.empty() || !is_utf8(obligation.name))
      return "an obligation's name is empty or not UTF-8";
    if (obligation.arguments.size() > kMaxParameters)
      return "obligation '" + obligation.name + "' has too many arguments";
    std::vector<ParameterInfo> fields;
    for (const ObligationInfo::Argument& argument : obligation.arguments) {
      if (!argument.value && !argument.type.optional)
        return "argument '" + argument.name + "' of an obligation has no value";
      fields.push_back({argument.name, argument.type, argument.value});
    }
    if (auto finding = check_fields(fields, parts.schema, "argument")) return finding;
  }
  return std::nullopt;
}

// An attribute of a step names entities; a mask is one of the program's.
Finding check_anchors(const ProgramParts& parts) {
  if (parts.anchors.size() != parts.actions.size()) return "the actions and their anchors differ in number";
  const auto names_entities = [&](const AnchorStep& step) {
    if (step.attribute == kNoIndex) return true;
    if (step.attribute >= parts.schema.attributes.size()) return false;
    const Type& type = parts.schema.attributes[step.attribute].type;
    return (type.kind == TypeKind::set ? type.element : type.kind) == TypeKind::entity;
  };
  for (const ActionAnchors& action : parts.anchors) {
    if (action.anchors.size() > kMaxAnchors || (action.anywhere && !action.anchors.empty()))
      return "an action has too many anchors";
    for (const Anchor& anchor : action.anchors) {
      const bool is_role = anchor.base == Anchor::Base::roles;
      const bool is_known =
          is_role
              ? anchor.kind < parts.schema.kinds.size() && anchor.mask < parts.masks.size()
              : anchor.base < Anchor::Base::roles && anchor.kind == 0 && anchor.mask == 0 && !anchor.itself;
      if (!is_known || anchor.steps.size() > kMaxAnchorSteps ||
          !std::all_of(anchor.steps.begin(), anchor.steps.end(), names_entities))
        return "an anchor is invalid";
    }
  }
  return std::nullopt;
}

Finding check_constants(const ProgramParts& parts) {
  if (parts.constants.size() > 0x10000 || parts.masks.size() > 0x10000)
    return "there are too many constants or masks";
  for (const Constant& constant : parts.constants)
    if (!is_valid_type(constant.type, parts.schema) || constant.type.optional ||
        !is_valid_value(constant.value, constant.type, parts.schema))
      return "a constant's type or value is invalid";
  return std::nullopt;
}

Finding check_parts(const ProgramParts& parts) {
  if (!is_utf8(parts.name) || !is_utf8(parts.version)) return "the policy's name or version is not UTF-8";
  if (auto finding = check_schema(parts.schema)) return finding;
  if (parts.context.size() > kMaxContextFields) return "there are too many context fields";
  if (auto finding = check_fields(parts.context, parts.schema, "context field")) return finding;
  if (auto finding = check_actions(parts)) return finding;
  if (auto finding = check_rules(parts)) return finding;
  if (auto finding = check_obligations(parts)) return finding;
  if (auto finding = check_anchors(parts)) return finding;
  return check_constants(parts);
}

}  // namespace

Result<std::unique_ptr<ProgramParts>> read_program(std::span<const std::byte> bytes) {
  auto image = read_image(kProgramFormat, bytes);
  if (!image) return image.error();
  auto parts = std::make_unique<ProgramParts>();
  if (auto finding = decode(*image, *parts)) return Error{ErrorCode::bad_image, std::move(*finding)};
  if (auto finding = check_parts(*parts)) return Error{ErrorCode::bad_image, std::move(*finding)};
  if (schema_digest_of(parts->schema) != image->schema_digest)
    return Error{ErrorCode::bad_digest, "the schema does not match its digest"};
  if (auto error = verify(*parts)) return std::move(*error);
  parts->digest = digest_of(bytes);
  parts->schema_digest = image->schema_digest;
  return parts;
}

}  // namespace policyc::vm
