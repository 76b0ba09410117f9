// Obligations as JSON, for enforcement points that pass them on: the spelling of values that requests and
// snapshots use.

#include "policyc/program.hpp"
#include "policyc/value.hpp"

namespace policyc {
namespace {

void write_string(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (byte < 0x20 || byte == 0x7F)
      out += std::string("\\u00") + kDigits[byte >> 4] + kDigits[byte & 15];
    else
      out += c;
  }
  out += '"';
}

// What has no spelling stays a number.
void write_time(std::string& out, std::int64_t time) {
  const std::string text = time_text(time);
  out += text.empty() ? std::to_string(time) : '"' + text + '"';
}

void write_scalar(std::string& out, const DefaultValue& value, TypeKind kind, std::uint64_t argument,
                  const Schema& schema) {
  const auto index = static_cast<std::size_t>(value.number);
  switch (kind) {
    case TypeKind::boolean: out += value.number != 0 ? "true" : "false"; break;
    case TypeKind::time: write_time(out, value.number); break;
    case TypeKind::duration: out += '"' + duration_text(value.number) + '"'; break;
    case TypeKind::string:
    case TypeKind::ip: write_string(out, value.text); break;
    case TypeKind::enumeration: write_string(out, schema.enums[argument].members[index]); break;
    case TypeKind::role: write_string(out, schema.roles[index].name); break;
    case TypeKind::entity: {
      const std::string& of = schema.kinds[index].name;
      write_string(out, index == kSystemKind ? of : of + ":" + value.text);
      break;
    }
    case TypeKind::integer:
    case TypeKind::set: out += std::to_string(value.number); break;
  }
}

}  // namespace

std::string to_json(const ObligationInfo& obligation, const Schema& schema) {
  std::string out = "{\"name\":";
  write_string(out, obligation.name);
  out += ",\"arguments\":{";
  std::string separator;
  for (const ObligationInfo::Argument& argument : obligation.arguments) {
    if (!argument.value) continue;
    out += separator;
    separator = ",";
    write_string(out, argument.name);
    out += ':';
    if (argument.type.kind != TypeKind::set) {
      write_scalar(out, *argument.value, argument.type.kind, argument.type.argument, schema);
      continue;
    }
    out += '[';
    for (std::size_t i = 0; i < argument.value->elements.size(); ++i) {
      if (i > 0) out += ',';
      write_scalar(out, argument.value->elements[i], argument.type.element, argument.type.argument, schema);
    }
    out += ']';
  }
  return out + "}}";
}

}  // namespace policyc
