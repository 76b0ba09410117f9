// From a program's parts to its image. The layout of every section is what this
// file writes; program_reader.cpp is its mirror.

#include "byte_io.hpp"
#include "program_format.hpp"
#include "program_parts.hpp"
#include "schema_codec.hpp"

namespace policyc::vm {
namespace {

void write_fields(ByteWriter& out, const std::vector<ParameterInfo>& fields) {
  out.count(fields.size());
  for (const ParameterInfo& field : fields) {
    out.text(field.name);
    write_type(out, field.type);
    write_optional(out, field.fallback);
  }
}

void write_actions(ByteWriter& out, const std::vector<ActionInfo>& actions) {
  out.count(actions.size());
  for (const ActionInfo& action : actions) {
    out.text(action.name);
    out.text(action.wire_name);
    out.text(action.title);
    out.u16(action.kind);
    write_fields(out, action.parameters);
    out.count(action.required_context.size());
    for (const std::uint16_t field : action.required_context) out.u16(field);
    out.boolean(action.needs_now);
    out.text(action.cost);
  }
}

void write_rules(ByteWriter& out, const std::vector<RuleInfo>& rules) {
  out.count(rules.size());
  for (const RuleInfo& rule : rules) {
    out.text(rule.id);
    out.text(rule.reason);
    out.text(rule.place);
    out.u8(static_cast<std::uint8_t>(rule.effect));
    out.count(rule.obligations.size());
    for (const ObligationIndex obligation : rule.obligations) out.u16(obligation);
  }
}

void write_obligations(ByteWriter& out, const std::vector<ObligationInfo>& obligations) {
  out.count(obligations.size());
  for (const ObligationInfo& obligation : obligations) {
    out.text(obligation.name);
    out.count(obligation.arguments.size());
    for (const ObligationInfo::Argument& argument : obligation.arguments) {
      out.text(argument.name);
      write_type(out, argument.type);
      write_optional(out, argument.value);
    }
  }
}

void write_constants(ByteWriter& out, const std::vector<Constant>& constants) {
  out.count(constants.size());
  for (const Constant& constant : constants) {
    write_type(out, constant.type);
    write_value(out, constant.value);
  }
}

void write_masks(ByteWriter& out, const std::vector<RoleMask>& masks) {
  out.count(masks.size());
  for (const RoleMask& mask : masks)
    for (const std::uint64_t word : mask) out.u64(word);
}

void write_ranges(ByteWriter& out, const std::vector<ActionCode>& ranges) {
  out.count(ranges.size());
  for (const ActionCode& range : ranges) {
    out.u32(range.decide.begin);
    out.u32(range.decide.end);
    out.u32(range.reasons.begin);
    out.u32(range.reasons.end);
    out.u32(range.times.begin);
    out.u32(range.times.end);
  }
}

void write_code(ByteWriter& out, const std::vector<Instruction>& code) {
  out.count(code.size());
  for (const Instruction& instruction : code) {
    out.u8(static_cast<std::uint8_t>(instruction.op));
    out.u8(instruction.a);
    out.u8(instruction.b);
    out.u8(instruction.flags);
    out.u16(instruction.target);
    out.u16(instruction.c);
  }
}

void write_anchors(ByteWriter& out, const std::vector<ActionAnchors>& all) {
  out.count(all.size());
  for (const ActionAnchors& action : all) {
    out.boolean(action.anywhere);
    out.count(action.anchors.size());
    for (const Anchor& anchor : action.anchors) {
      out.u8(static_cast<std::uint8_t>(anchor.base));
      out.boolean(anchor.itself);
      out.u16(anchor.kind);
      out.u16(anchor.mask);
      out.count(anchor.steps.size());
      for (const AnchorStep& step : anchor.steps) out.u16(step.attribute);
    }
  }
}

}  // namespace

std::vector<std::byte> write_program(const ProgramParts& parts) {
  std::array<ByteWriter, kProgramSections> writers;
  const auto section = [&](ProgramSection number) -> ByteWriter& {
    return writers[static_cast<std::size_t>(number) - 1];
  };
  section(ProgramSection::manifest).text(parts.name);
  section(ProgramSection::manifest).text(parts.version);
  write_schema(section(ProgramSection::schema), parts.schema);
  write_assignable(section(ProgramSection::assignable), parts.schema);
  write_fields(section(ProgramSection::context), parts.context);
  write_actions(section(ProgramSection::actions), parts.actions);
  write_rules(section(ProgramSection::rules), parts.rules);
  write_constants(section(ProgramSection::constants), parts.constants);
  write_masks(section(ProgramSection::masks), parts.masks);
  write_ranges(section(ProgramSection::ranges), parts.action_code);
  write_code(section(ProgramSection::code), parts.code);
  write_obligations(section(ProgramSection::obligations), parts.obligations);
  write_anchors(section(ProgramSection::anchors), parts.anchors);

  std::array<ImageSection, kProgramSections> sections;
  for (std::size_t i = 0; i < kProgramSections; ++i)
    sections[i] = {static_cast<std::uint32_t>(i + 1), writers[i].bytes()};
  return write_image(kProgramFormat, schema_digest_of(parts.schema), sections);
}

}  // namespace policyc::vm
