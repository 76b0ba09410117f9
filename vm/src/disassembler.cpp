// Code as text. The mnemonics come from opcodes.def; the operands of a shape are
// printed the same way for every instruction of it.

#include "disassembler.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

namespace policyc::vm {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string number(std::size_t value, int digits) {
  char text[24];
  std::snprintf(text, sizeof text, "%0*zu", digits, value);
  return text;
}

std::string reg(std::size_t index) { return "r" + std::to_string(index); }
std::string word(std::size_t index) { return "w" + std::to_string(index); }

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

class Printer {
 public:
  explicit Printer(const ProgramParts& parts) : parts_(parts) {}

  std::string action(std::size_t index) {
    const ActionInfo& action = parts_.actions[index];
    action_ = &action;
    std::string out = "action " + parts_.schema.kinds[action.kind].name + "." + action.wire_name;
    if (!action.title.empty()) out += " " + quoted(action.title);
    if (!action.cost.empty()) out += "  cost " + action.cost;
    out += '\n';
    joined_ = parts_.action_code[index].reasons;
    out += run("decide", parts_.action_code[index].decide);
    joined_ = {};
    out += run("reasons", parts_.action_code[index].reasons);
    // Where time changes nothing, its run is a stop alone.
    const CodeRange times = parts_.action_code[index].times;
    if (times.end - times.begin > 1) out += run("times", times);
    return out;
  }

 private:
  std::string run(std::string_view title, CodeRange range) {
    const auto code = std::span(parts_.code).subspan(range.begin, range.end - range.begin);
    std::set<std::size_t> labels;
    for (std::size_t pc = 0; pc < code.size(); ++pc)
      if (jumps(shape_of(code[pc]))) labels.insert(pc + 1 + code[pc].target);
    std::string out = "  " + std::string(title) + "\n";
    for (std::size_t pc = 0; pc < code.size(); ++pc) {
      std::string line = padded(labels.count(pc) != 0 ? "L" + number(pc, 1) + ":" : "", 7) + number(pc, 4) +
                         "  " +
                         padded(std::string(find_op(static_cast<std::uint8_t>(code[pc].op))->name), 15) +
                         operands(code[pc], pc);
      while (line.back() == ' ') line.pop_back();
      out += "  " + line + "\n";
    }
    return out;
  }

  static Shape shape_of(const Instruction& instruction) {
    return find_op(static_cast<std::uint8_t>(instruction.op))->shape;
  }

  static bool jumps(Shape shape) {
    switch (shape) {
      case Shape::stop:
      case Shape::rule:
      case Shape::constant:
      case Shape::now:
      case Shape::size:
      case Shape::arithmetic:
      case Shape::roles:
      case Shape::move:
      case Shape::count:
      case Shape::end:
      case Shape::noted:
      case Shape::instant: return false;
      default: return true;
    }
  }

  std::string operands(const Instruction& i, std::size_t pc) const {
    const std::string target = "L" + std::to_string(pc + 1 + i.target);
    const std::string when = std::string((i.flags & kSense) != 0 ? "  if so" : "  if not") + " -> " + target;
    const std::string absent = "  else -> " + target;
    const Schema& schema = parts_.schema;
    switch (shape_of(i)) {
      case Shape::stop: return "";
      case Shape::rule: return quoted(parts_.rules[i.c].id) + others(i);
      case Shape::jump: return "-> " + target;
      case Shape::word: return word(i.a) + ", " + mask(i.c) + when;
      case Shape::reg:
      case Shape::entity: return reg(i.a) + when;
      case Shape::scalars:
      case Shape::numbers:
      case Shape::strings:
      case Shape::ips:
      case Shape::element_set:
      case Shape::sets:
      case Shape::entities: return reg(i.a) + ", " + reg(i.b) + when;
      case Shape::kind: return reg(i.a) + ", " + schema.kinds[i.c].name + when;
      case Shape::constant: return reg(i.a) + " := " + value(parts_.constants[i.c]);
      case Shape::attribute:
        return reg(i.a) + " := " + reg(i.b) + "." + schema.kinds[schema.attributes[i.c].kind].name + "." +
               schema.attributes[i.c].name + absent;
      case Shape::parameter: return reg(i.a) + " := action." + action_->parameters[i.c].name + absent;
      case Shape::context: return reg(i.a) + " := context." + parts_.context[i.c].name + absent;
      case Shape::now: return reg(i.a) + " := now";
      case Shape::parent: return reg(i.a) + " := parent of " + reg(i.b) + absent;
      case Shape::ancestor: return reg(i.a) + " := " + schema.kinds[i.c].name + " of " + reg(i.b) + absent;
      case Shape::size: return reg(i.a) + " := size of " + reg(i.b);
      case Shape::arithmetic:
        return reg(i.a) + " := " + reg(i.b) + (i.op == Op::add ? " + " : " - ") + reg(i.c);
      case Shape::roles: return word(i.a) + " := " + reg(i.b) + " at " + reg(i.c);
      case Shape::move: return reg(i.a) + " := " + reg(i.b);
      case Shape::count: return reg(i.a);
      case Shape::each_set:
        return reg(i.a) + " in " + reg(i.b) + ", loop " + std::to_string(i.c) + "  then -> " + target;
      case Shape::each_path:
        return reg(i.a) + " from " + reg(i.b) + " up, loop " + std::to_string(i.c) + "  then -> " + target;
      case Shape::end: return "loop " + std::to_string(i.c);
      case Shape::noted: return reg(i.a) + " at " + reg(i.b);
      case Shape::instant: return reg(i.a);
      case Shape::defined:
      case Shape::defined_set: return reg(i.a) + ", " + reg(i.b) + ", " + reg(i.c) + when;
    }
    return "";
  }

  // Deciding code joins all rules of one effect and names the first of them: a comment names the rest.
  std::string others(const Instruction& one) const {
    std::string names;
    for (std::uint32_t at = joined_.begin; at < joined_.end; ++at) {
      const Instruction& noted = parts_.code[at];
      if (noted.op == one.op && noted.c != one.c)
        names += (names.empty() ? "  ; or " : ", ") + quoted(parts_.rules[noted.c].id);
    }
    return names;
  }

  // The bits as roles of the action's kind and above. A mask over another kind's
  // word is laid out otherwise; then names may be missing and bits are printed.
  std::string mask(std::size_t index) const {
    RoleMask left = parts_.masks[index];
    std::string names;
    const KindInfo& kind = parts_.schema.kinds[action_->kind];
    const auto take = [&](const RoleInfo& role, std::uint8_t raw, bool rolled_up) {
      if (raw == kNoBit || kind.word_offsets[role.kind] == kNoIndex) return;
      const std::size_t at = std::size_t{kind.word_offsets[role.kind]} + raw;
      if (((left[at / 64] >> (at % 64)) & 1) == 0) return;
      left[at / 64] &= ~(std::uint64_t{1} << (at % 64));
      if (!names.empty()) names += ' ';
      names += parts_.schema.kinds[role.kind].name + "." + role.name + (rolled_up ? "^" : "");
    };
    for (const RoleInfo& role : parts_.schema.roles) {
      take(role, role.flow_bit, false);
      take(role, role.up_bit, true);
    }
    for (std::size_t at = 0; at < 256; ++at)
      if (((left[at / 64] >> (at % 64)) & 1) != 0)
        names += (names.empty() ? "bit" : " bit") + std::to_string(at);
    return "{" + names + "}";
  }

  std::string scalar(TypeKind kind, std::uint64_t argument, const DefaultValue& v) const {
    switch (kind) {
      case TypeKind::boolean: return v.number != 0 ? "true" : "false";
      case TypeKind::integer: return std::to_string(v.number);
      case TypeKind::time: return "time " + std::to_string(v.number) + "us";
      case TypeKind::duration: return std::to_string(v.number) + "us";
      case TypeKind::string: return quoted(v.text);
      case TypeKind::ip: return "ip " + v.text;
      case TypeKind::enumeration:
        return parts_.schema.enums[argument].members[static_cast<std::size_t>(v.number)];
      case TypeKind::role: {
        const RoleInfo& role = parts_.schema.roles[static_cast<std::size_t>(v.number)];
        return parts_.schema.kinds[role.kind].name + "." + role.name;
      }
      case TypeKind::entity:
        if (v.number == kSystemKind) return "system";
        return parts_.schema.kinds[static_cast<std::size_t>(v.number)].name + ":" + v.text;
      case TypeKind::set: break;
    }
    return "?";
  }

  std::string value(const Constant& constant) const {
    if (constant.type.kind != TypeKind::set)
      return scalar(constant.type.kind, constant.type.argument, constant.value);
    std::string out = "{";
    for (const DefaultValue& element : constant.value.elements) {
      if (out.size() > 1) out += ", ";
      out += scalar(constant.type.element, constant.type.argument, element);
    }
    return out + "}";
  }

  const ProgramParts& parts_;
  const ActionInfo* action_ = nullptr;
  CodeRange joined_;  // the rules' own code, while that is printed which joins them
};

}  // namespace

std::string disassemble(const ProgramParts& parts, std::optional<ActionIndex> action) {
  Printer printer(parts);
  if (action) return *action < parts.actions.size() ? printer.action(*action) : std::string();
  std::string out;
  for (std::size_t i = 0; i < parts.actions.size(); ++i) out += (i == 0 ? "" : "\n") + printer.action(i);
  return out;
}

}  // namespace policyc::vm
