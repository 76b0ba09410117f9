// Nodes as text. Values are written out, tests inside tests by number, so that a
// shared test is printed once.

#include "graph_names.hpp"

namespace policyc::compiler {
namespace {

[[nodiscard]] std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      constexpr char kDigits[] = "0123456789abcdef";
      out += "\\u{";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 0xF];
      out += '}';
    } else {
      out += c;
    }
  }
  return out + '"';
}

[[nodiscard]] const char* word_of(NodeKind kind) noexcept {
  switch (kind) {
    case NodeKind::add: return " + ";
    case NodeKind::subtract: return " - ";
    case NodeKind::otherwise: return " else ";
    case NodeKind::equal: return " == ";
    case NodeKind::less: return " < ";
    case NodeKind::less_equal: return " <= ";
    case NodeKind::in_set:
    case NodeKind::in_network:
    case NodeKind::in_members:
    case NodeKind::is_member:
    case NodeKind::in_scope: return " in ";
    case NodeKind::contains_all: return " contains all ";
    case NodeKind::contains_any: return " contains any ";
    case NodeKind::starts_with: return " starts with ";
    case NodeKind::ends_with: return " ends with ";
    case NodeKind::matches: return " matches ";
    default: return "";
  }
}

[[nodiscard]] std::string number(Node node) { return "#" + std::to_string(node); }

}  // namespace

std::string GraphNames::scalar(TypeKind kind, std::uint64_t argument, const DefaultValue& value) const {
  const auto index = static_cast<std::size_t>(value.number);
  switch (kind) {
    case TypeKind::boolean: return value.number != 0 ? "true" : "false";
    case TypeKind::time: return "time(" + std::to_string(value.number) + "us)";
    case TypeKind::duration: return std::to_string(value.number) + "us";
    case TypeKind::string: return quoted(value.text);
    case TypeKind::ip: return "ip(" + quoted(value.text) + ")";
    case TypeKind::enumeration: return model_.schema.enums[static_cast<std::size_t>(argument)].members[index];
    case TypeKind::role: {
      const RoleInfo& role = model_.schema.roles[index];
      return model_.schema.kinds[role.kind].name + "." + role.name;
    }
    case TypeKind::entity:
      if (index == kSystemKind) return "system";
      return model_.schema.kinds[index].name + ":" + quoted(value.text);
    default: return std::to_string(value.number);
  }
}

std::string GraphNames::constant(const vm::Constant& constant) const {
  if (constant.type.kind != TypeKind::set)
    return scalar(constant.type.kind, constant.type.argument, constant.value);
  std::string text = "{";
  for (const DefaultValue& element : constant.value.elements) {
    if (text.size() > 1) text += ", ";
    text += scalar(constant.type.element, constant.type.argument, element);
  }
  return text + "}";
}

std::string GraphNames::value(Node node) const {
  const NodeInfo& info = graph_[node];
  const auto operand = [&](std::size_t i) { return value(graph_.operand(node, i)); };
  switch (info.kind) {
    case NodeKind::subject: return "subject";
    case NodeKind::resource: return model_.schema.kinds[model_.actions[action_].kind].name;
    case NodeKind::ancestor: {
      const std::string& name = model_.schema.kinds[info.index].name;
      return graph_.operand(node, 0) == kResource ? name : name + " above " + operand(0);
    }
    case NodeKind::parent: return operand(0) + ".parent";
    case NodeKind::attribute: return operand(0) + "." + model_.schema.attributes[info.index].name;
    case NodeKind::parameter: return "action." + model_.actions[action_].parameters[info.index].name;
    case NodeKind::context: return "context." + model_.context[info.index].name;
    case NodeKind::now: return "now";
    case NodeKind::constant: return constant(graph_.constant_of(node));
    case NodeKind::variable: return "each" + std::to_string(info.index + 1);
    case NodeKind::size: return "size(" + operand(0) + ")";
    case NodeKind::add:
    case NodeKind::subtract:
    case NodeKind::otherwise: return "(" + operand(0) + word_of(info.kind) + operand(1) + ")";
    default: return number(node);
  }
}

std::string GraphNames::mask(const vm::RoleMask& mask, KindIndex kind) const {
  const KindInfo& info = model_.schema.kinds[kind];
  std::string text = "{";
  const auto add = [&](const RoleInfo& role, std::uint8_t raw, const char* note) {
    const std::size_t offset = info.word_offsets[role.kind];
    if (raw == kNoBit || offset == kNoIndex) return;
    if (((mask[(offset + raw) / 64] >> ((offset + raw) % 64)) & 1) == 0) return;
    if (text.size() > 1) text += ", ";
    text += model_.schema.kinds[role.kind].name + "." + role.name + note;
  };
  for (const RoleInfo& role : model_.schema.roles) {
    add(role, role.flow_bit, "");
    add(role, role.up_bit, " rolled up");
  }
  return text + "}";
}

std::string GraphNames::test(Node node) const {
  const NodeInfo& info = graph_[node];
  const auto operand = [&](std::size_t i) { return value(graph_.operand(node, i)); };
  const auto body = [&] { return operand(1) + " in " + operand(0) + ": " + number(graph_.operand(node, 2)); };
  switch (info.kind) {
    case NodeKind::never: return "never";
    case NodeKind::always: return "always";
    case NodeKind::negation: return "not " + number(graph_.operand(node, 0));
    case NodeKind::conjunction:
    case NodeKind::disjunction: {
      std::string text;
      for (const Node one : graph_.operands(node)) {
        if (!text.empty()) text += info.kind == NodeKind::conjunction ? " and " : " or ";
        text += number(one);
      }
      return text;
    }
    case NodeKind::role:
      return operand(0) + " holds " + mask(graph_.mask(info.data), info.index) + " at " + operand(1) +
             (info.itself ? " itself" : "");
    case NodeKind::has_defined:
      return operand(0) + " is granted " + operand(2) + ", defined at " + operand(1) +
             (info.itself ? " itself" : " or above");
    case NodeKind::is_true: return operand(0);
    case NodeKind::is_set: return operand(0) + " is set";
    case NodeKind::is_kind: return operand(0) + " is " + model_.schema.kinds[info.index].name;
    case NodeKind::is_inline: return operand(0) + " is described by the request";
    case NodeKind::any: return "any " + body();
    case NodeKind::all: return "all " + body();
    case NodeKind::at_least: return "at least " + std::to_string(info.number) + " " + body();
    case NodeKind::any_path:
      return "any " + operand(1) + " on the path from " + operand(0) + ": " + number(graph_.operand(node, 2));
    case NodeKind::note_windows: return "windows of " + operand(0) + " at " + operand(1);
    case NodeKind::note_instant: return "turns at " + operand(0);
    default: return operand(0) + word_of(info.kind) + operand(1);
  }
}

}  // namespace policyc::compiler
