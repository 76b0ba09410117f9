// The verifier. Jumps only go forward, so one pass over a run sees every way to
// an instruction before the instruction itself. A loop's body is passed again
// only when it turns out to leave a register with another type than it found.

#include "verifier.hpp"

#include <algorithm>
#include <map>

namespace policyc::vm {
namespace {

// The type of a register as far as instructions ask: the kinds of an entity
// don't matter, because every read of an entity copes with every kind.
struct RegisterType {
  static constexpr std::uint8_t kNotSet = 0xFF;

  std::uint8_t kind = kNotSet;
  std::uint8_t element = 0;
  std::uint16_t argument = 0;

  friend bool operator==(const RegisterType&, const RegisterType&) = default;

  [[nodiscard]] bool is_set() const noexcept { return kind != kNotSet; }
  [[nodiscard]] bool is(TypeKind wanted) const noexcept { return kind == static_cast<std::uint8_t>(wanted); }
  [[nodiscard]] RegisterType element_type() const noexcept { return {element, 0, argument}; }
};

RegisterType type_of(TypeKind kind) noexcept { return {static_cast<std::uint8_t>(kind), 0, 0}; }

RegisterType type_of(const Type& type) noexcept {
  const TypeKind scalar = type.kind == TypeKind::set ? type.element : type.kind;
  const bool counts = scalar == TypeKind::enumeration || scalar == TypeKind::role;
  return {static_cast<std::uint8_t>(type.kind),
          type.kind == TypeKind::set ? static_cast<std::uint8_t>(type.element) : std::uint8_t{0},
          counts ? static_cast<std::uint16_t>(type.argument) : std::uint16_t{0}};
}

// The loops around an instruction, outermost first, each by where its `each` is.
struct Loops {
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  std::array<std::uint32_t, kLoopSlots> at = {kNone, kNone};

  [[nodiscard]] bool begins_with(const Loops& outer) const noexcept {
    for (std::size_t i = 0; i < kLoopSlots && outer.at[i] != kNone; ++i)
      if (at[i] != outer.at[i]) return false;
    return true;
  }
  void keep_common(const Loops& other) noexcept {
    bool common = true;
    for (std::size_t i = 0; i < kLoopSlots; ++i) {
      common = common && at[i] == other.at[i];
      if (!common) at[i] = kNone;
    }
  }
};

struct State {
  bool reached = false;
  std::uint8_t words = 0;  // bit set of the role words that are set
  std::array<RegisterType, kRegisters> registers{};
  Loops from;  // the loops around every place that control comes from

  void meet(const State& other) noexcept {
    if (!other.reached) return;
    if (!reached) {
      *this = other;
      return;
    }
    words &= other.words;
    for (std::size_t i = 0; i < kRegisters; ++i)
      if (registers[i] != other.registers[i]) registers[i] = {};
    from.keep_common(other.from);
  }
};

enum class Purpose : std::uint8_t { decide, reasons, times };

class RunVerifier {
 public:
  RunVerifier(const ProgramParts& parts, const ActionInfo& action, CodeRange range, Purpose purpose)
      : parts_(parts),
        action_(action),
        code_(std::span(parts.code).subspan(range.begin, range.end - range.begin)),
        purpose_(purpose),
        pending_(code_.size()) {}

  // The first rule broken, as a sentence; at() then says where.
  [[nodiscard]] const char* verify() {
    state_.reached = true;
    state_.words = 1U << kSubjectWord;
    state_.registers[kSubjectRegister] = type_of(TypeKind::entity);
    state_.registers[kResourceRegister] = type_of(TypeKind::entity);
    for (pc_ = 0; pc_ < code_.size(); ++pc_) {
      if (const char* problem = arrive()) return problem;
      if (const char* problem = step(code_[pc_])) return problem;
    }
    if (state_.reached) return "control runs past the end";
    if (depth_ != 0) return "a loop has no end";
    return nullptr;
  }

  [[nodiscard]] std::size_t at() const noexcept { return pc_; }

 private:
  struct OpenLoop {
    std::uint32_t each = 0;
    State entry;  // before `each`
  };

  // Joins the ways that lead to pc_ and checks that there is one, and that none
  // enters a loop other than through its `each`.
  const char* arrive() {
    State& jumped = pending_[pc_];
    if (jumped.reached) {
      if (!jumped.from.begins_with(loops())) return "a jump leads into the body of a loop";
      state_.meet(jumped);
    }
    if (!state_.reached) return "the instruction can never be reached";
    state_.from = loops();
    return nullptr;
  }

  [[nodiscard]] Loops loops() const noexcept {
    Loops loops;
    for (std::size_t i = 0; i < depth_; ++i) loops.at[i] = open_[i].each;
    return loops;
  }

  const char* jump(const State& state, const Instruction& instruction) {
    const std::size_t target = pc_ + 1 + instruction.target;
    if (target >= code_.size()) return "the jump leaves the run";
    pending_[target].meet(state);
    return nullptr;
  }
  const char* jump(const Instruction& instruction) { return jump(state_, instruction); }
  void stop() noexcept { state_.reached = false; }

  [[nodiscard]] RegisterType reg(std::size_t index) const noexcept {
    return index < kRegisters ? state_.registers[index] : RegisterType{};
  }
  const char* set(std::size_t index, RegisterType type) noexcept {
    if (index >= kRegisters) return "there is no such register";
    state_.registers[index] = type;
    return nullptr;
  }

  // Sets register a when control goes on, and leaves it as it was when it jumps.
  const char* load_or_jump(const Instruction& instruction, RegisterType type) {
    if (const char* problem = jump(instruction)) return problem;
    return set(instruction.a, type);
  }

  const char* step(const Instruction& instruction);
  const char* check_fields(const Instruction& instruction, Shape shape) const;
  const char* check_test(const Instruction& instruction, Shape shape) const;
  const char* load(const Instruction& instruction, Shape shape);
  const char* arithmetic(const Instruction& instruction);
  const char* each(const Instruction& instruction, RegisterType element);
  const char* end(const Instruction& instruction);
  const char* note(const Instruction& instruction) const;

  const ProgramParts& parts_;
  const ActionInfo& action_;
  std::span<const Instruction> code_;
  Purpose purpose_;
  std::vector<State> pending_;  // what jumps bring to each instruction
  State state_;
  std::size_t pc_ = 0;
  std::array<OpenLoop, kLoopSlots> open_;
  std::size_t depth_ = 0;
  // Registers that a loop's body leaves with another type than it finds, by `each`.
  std::map<std::uint32_t, std::uint32_t> changed_;
};

bool is_test(Shape shape) noexcept {
  switch (shape) {
    case Shape::word:
    case Shape::reg:
    case Shape::scalars:
    case Shape::numbers:
    case Shape::strings:
    case Shape::ips:
    case Shape::element_set:
    case Shape::sets:
    case Shape::entities:
    case Shape::kind:
    case Shape::entity:
    case Shape::defined:
    case Shape::defined_set: return true;
    default: return false;
  }
}

// Which fields an instruction of the shape uses; the others must be zero.
struct Fields {
  bool a, b, target, c;
};

Fields fields_of(Shape shape) noexcept {
  switch (shape) {
    case Shape::stop: return {false, false, false, false};
    case Shape::rule: return {false, false, false, true};
    case Shape::jump: return {false, false, true, false};
    case Shape::word: return {true, false, true, true};
    case Shape::reg: return {true, false, true, false};
    case Shape::scalars:
    case Shape::numbers:
    case Shape::strings:
    case Shape::ips:
    case Shape::element_set:
    case Shape::sets:
    case Shape::entities: return {true, true, true, false};
    case Shape::kind: return {true, false, true, true};
    case Shape::entity: return {true, false, true, false};
    case Shape::constant: return {true, false, false, true};
    case Shape::attribute: return {true, true, true, true};
    case Shape::parameter:
    case Shape::context: return {true, false, true, true};
    case Shape::now: return {true, false, false, false};
    case Shape::parent: return {true, true, true, false};
    case Shape::ancestor: return {true, true, true, true};
    case Shape::size: return {true, true, false, false};
    case Shape::arithmetic:
    case Shape::roles: return {true, true, false, true};
    case Shape::move: return {true, true, false, false};
    case Shape::count: return {true, false, false, false};
    case Shape::each_set:
    case Shape::each_path: return {true, true, true, true};
    case Shape::end: return {false, false, false, true};
    case Shape::noted: return {true, true, false, false};
    case Shape::instant: return {true, false, false, false};
    case Shape::defined:
    case Shape::defined_set: return {true, true, true, true};
  }
  return {false, false, false, false};
}

const char* RunVerifier::check_fields(const Instruction& instruction, Shape shape) const {
  const Fields fields = fields_of(shape);
  if ((!fields.a && instruction.a != 0) || (!fields.b && instruction.b != 0) ||
      (!fields.target && instruction.target != 0) || (!fields.c && instruction.c != 0))
    return "a field that the instruction does not use is not zero";
  if ((instruction.flags & ~(is_test(shape) ? kSense : 0)) != 0) return "unknown flags are set";
  return nullptr;
}

const char* RunVerifier::check_test(const Instruction& instruction, Shape shape) const {
  const RegisterType a = reg(instruction.a);
  const RegisterType b = reg(instruction.b);
  constexpr const char* kWrong = "an operand is not set or has the wrong type";
  const auto both = [&](TypeKind kind) { return a.is(kind) && b.is(kind) ? nullptr : kWrong; };
  switch (shape) {
    case Shape::word:
      if (instruction.a >= kRoleWords || ((state_.words >> instruction.a) & 1) == 0)
        return "the role word is not set";
      return instruction.c < parts_.masks.size() ? nullptr : "there is no such mask";
    case Shape::reg: return a.is(TypeKind::boolean) ? nullptr : kWrong;
    case Shape::scalars:
      if (a.is(TypeKind::string) || a.is(TypeKind::ip) || a.is(TypeKind::set)) return kWrong;
      return a.is_set() && a == b ? nullptr : kWrong;
    case Shape::numbers:
      if (!a.is(TypeKind::integer) && !a.is(TypeKind::time) && !a.is(TypeKind::duration) &&
          !a.is(TypeKind::enumeration))
        return kWrong;
      return a == b ? nullptr : kWrong;
    case Shape::strings: return both(TypeKind::string);
    case Shape::ips: return both(TypeKind::ip);
    case Shape::element_set:
      if (instruction.op == Op::in_cidr_set && !a.is(TypeKind::ip)) return kWrong;
      if (instruction.op == Op::is_among && !a.is(TypeKind::entity)) return kWrong;
      return a.is_set() && b.is(TypeKind::set) && b.element_type() == a ? nullptr : kWrong;
    case Shape::sets: return a.is(TypeKind::set) && a == b ? nullptr : kWrong;
    case Shape::entities: return both(TypeKind::entity);
    case Shape::defined: return reg(instruction.c).is(TypeKind::role) ? both(TypeKind::entity) : kWrong;
    case Shape::defined_set:
      return reg(instruction.c).is(TypeKind::set) && reg(instruction.c).element_type().is(TypeKind::role)
                 ? both(TypeKind::entity)
                 : kWrong;
    case Shape::kind:
      if (instruction.c >= parts_.schema.kinds.size()) return "there is no such kind";
      [[fallthrough]];
    default: return a.is(TypeKind::entity) ? nullptr : kWrong;
  }
}

const char* RunVerifier::load(const Instruction& instruction, Shape shape) {
  const std::size_t c = instruction.c;
  constexpr const char* kNoEntity = "operand b is not an entity";
  switch (shape) {
    case Shape::constant:
      if (c >= parts_.constants.size()) return "there is no such constant";
      return set(instruction.a, type_of(parts_.constants[c].type));
    case Shape::attribute:
      if (!reg(instruction.b).is(TypeKind::entity)) return kNoEntity;
      if (c >= parts_.schema.attributes.size()) return "there is no such attribute";
      return load_or_jump(instruction, type_of(parts_.schema.attributes[c].type));
    case Shape::parameter:
      if (c >= action_.parameters.size()) return "there is no such parameter";
      return load_or_jump(instruction, type_of(action_.parameters[c].type));
    case Shape::context:
      if (c >= parts_.context.size()) return "there is no such context field";
      return load_or_jump(instruction, type_of(parts_.context[c].type));
    case Shape::now:
      if (!action_.needs_now) return "the action does not say that it needs the time";
      return set(instruction.a, type_of(TypeKind::time));
    case Shape::ancestor:
      if (c >= parts_.schema.kinds.size()) return "there is no such kind";
      [[fallthrough]];
    case Shape::parent:
      if (!reg(instruction.b).is(TypeKind::entity)) return kNoEntity;
      return load_or_jump(instruction, type_of(TypeKind::entity));
    case Shape::size:
      if (!reg(instruction.b).is(TypeKind::set)) return "operand b is not a set";
      return set(instruction.a, type_of(TypeKind::integer));
    case Shape::move:
      if (!reg(instruction.b).is_set()) return "operand b is not set";
      return set(instruction.a, reg(instruction.b));
    case Shape::count:
      return reg(instruction.a).is(TypeKind::integer) ? nullptr : "operand a is not an integer";
    case Shape::roles:
      if (instruction.a >= kRoleWords) return "there is no such role word";
      if (!reg(instruction.b).is(TypeKind::entity) || !reg(c).is(TypeKind::entity))
        return "roles are asked of an entity at an entity";
      state_.words |= static_cast<std::uint8_t>(1U << instruction.a);
      return nullptr;
    default: return "the instruction is not known to the verifier";
  }
}

// int op int; time ± duration; duration + time; duration op duration; and the
// duration between two times.
const char* RunVerifier::arithmetic(const Instruction& instruction) {
  const RegisterType b = reg(instruction.b);
  const RegisterType c = reg(instruction.c);
  const bool add = instruction.op == Op::add;
  if ((b.is(TypeKind::integer) || b.is(TypeKind::duration)) && b == c) return set(instruction.a, b);
  if (b.is(TypeKind::time) && c.is(TypeKind::duration)) return set(instruction.a, b);
  if (add && b.is(TypeKind::duration) && c.is(TypeKind::time)) return set(instruction.a, c);
  if (!add && b.is(TypeKind::time) && c.is(TypeKind::time))
    return set(instruction.a, type_of(TypeKind::duration));
  return "the operands can't be added or subtracted";
}

const char* RunVerifier::each(const Instruction& instruction, RegisterType element) {
  if (depth_ == kLoopSlots) return "loops are nested too deep";
  if (instruction.c != depth_) return "the loop does not use the slot of its depth";
  if (instruction.a >= kRegisters) return "there is no such register";
  State none_left = state_;
  none_left.registers[instruction.a] = {};
  if (const char* problem = jump(none_left, instruction)) return problem;

  const auto each = static_cast<std::uint32_t>(pc_);
  open_[depth_++] = {each, state_};
  state_.registers[instruction.a] = element;
  const std::uint32_t changed = changed_[each];
  for (std::size_t i = 0; i < kRegisters; ++i)
    if (((changed >> i) & 1) != 0) state_.registers[i] = {};
  return nullptr;
}

const char* RunVerifier::end(const Instruction& instruction) {
  if (depth_ == 0) return "there is no loop to end";
  if (instruction.c != depth_ - 1) return "the slot is not that of the innermost loop";
  const OpenLoop& loop = open_[depth_ - 1];
  const Instruction& head = code_[loop.each];
  std::uint32_t& changed = changed_[loop.each];
  const std::uint32_t before = changed;
  for (std::size_t i = 0; i < kRegisters; ++i)
    if (i != head.a && loop.entry.registers[i].is_set() && state_.registers[i] != loop.entry.registers[i])
      changed |= std::uint32_t{1} << i;

  if (changed != before) {
    // What the body found on its first pass does not hold on its second, so it is
    // judged again without those registers. They only become more, so this ends.
    state_ = loop.entry;
    pc_ = loop.each;
    --depth_;
    return step(code_[pc_]);
  }

  State none_left = state_;
  none_left.registers[head.a] = {};
  --depth_;
  none_left.from = loops();
  pending_[loop.each + 1 + head.target].meet(none_left);
  if (loop.each + 1 + head.target <= pc_) return "the loop's exit lies inside it";
  stop();
  return nullptr;
}

const char* RunVerifier::note(const Instruction& instruction) const {
  if (purpose_ != Purpose::times) return "times are noted in their own run alone";
  if (instruction.op == Op::note_instant)
    return reg(instruction.a).is(TypeKind::time) ? nullptr : "operand a is not a time";
  if (!reg(instruction.a).is(TypeKind::entity) || !reg(instruction.b).is(TypeKind::entity))
    return "windows are noted of an entity at an entity";
  return nullptr;
}

const char* RunVerifier::step(const Instruction& instruction) {
  const OpInfo* info = find_op(static_cast<std::uint8_t>(instruction.op));
  if (info == nullptr) return "the opcode is unknown";
  if (const char* problem = check_fields(instruction, info->shape)) return problem;
  if (is_test(info->shape)) {
    if (const char* problem = check_test(instruction, info->shape)) return problem;
    return jump(instruction);
  }
  switch (info->shape) {
    case Shape::stop: stop(); return nullptr;
    case Shape::rule: {
      if (purpose_ == Purpose::times) return "a rule is noted among the times";
      if (instruction.c >= parts_.rules.size()) return "there is no such rule";
      const RuleEffect effect = instruction.op == Op::allow ? RuleEffect::allow : RuleEffect::forbid;
      if (parts_.rules[instruction.c].effect != effect) return "the rule has the other effect";
      if (purpose_ == Purpose::decide) stop();
      return nullptr;
    }
    case Shape::jump: {
      const char* problem = jump(instruction);
      stop();
      return problem;
    }
    case Shape::arithmetic: return arithmetic(instruction);
    case Shape::each_set: {
      const RegisterType b = reg(instruction.b);
      return b.is(TypeKind::set) ? each(instruction, b.element_type()) : "operand b is not a set";
    }
    case Shape::each_path:
      return reg(instruction.b).is(TypeKind::entity) ? each(instruction, type_of(TypeKind::entity))
                                                     : "operand b is not an entity";
    case Shape::end: return end(instruction);
    case Shape::noted:
    case Shape::instant: return note(instruction);
    default: return load(instruction, info->shape);
  }
}

Error bad_code(std::string message) { return Error{ErrorCode::bad_code, std::move(message)}; }

std::optional<Error> verify_run(const ProgramParts& parts, const ActionInfo& action, CodeRange range,
                                Purpose purpose) {
  constexpr std::array kNames = {", decide", ", reasons", ", times"};
  const std::string where = "action " + parts.schema.kinds[action.kind].name + "." + action.name +
                            kNames[static_cast<std::size_t>(purpose)];
  RunVerifier run(parts, action, range, purpose);
  if (const char* problem = run.verify())
    return bad_code(where + ", instruction " + std::to_string(run.at()) + ": " + problem);
  return std::nullopt;
}

// The runs cover the code exactly, so no byte of it goes unjudged and the work
// is linear in it.
std::optional<Error> verify_ranges(const ProgramParts& parts) {
  std::vector<CodeRange> ranges;
  for (const ActionCode& code : parts.action_code) {
    ranges.push_back(code.decide);
    ranges.push_back(code.reasons);
    ranges.push_back(code.times);
  }
  for (const CodeRange& range : ranges)
    if (range.begin >= range.end || range.end > parts.code.size() ||
        range.end - range.begin > kMaxInstructions)
      return bad_code("an action's code is empty, too long or outside the code");
  std::sort(ranges.begin(), ranges.end(), [](CodeRange x, CodeRange y) { return x.begin < y.begin; });
  std::uint32_t end = 0;
  for (const CodeRange& range : ranges) {
    if (range.begin != end) return bad_code("the actions' code overlaps or leaves gaps");
    end = range.end;
  }
  if (end != parts.code.size()) return bad_code("code follows the last action's");
  return std::nullopt;
}

}  // namespace

std::optional<Error> verify(const ProgramParts& parts) {
  if (auto error = verify_ranges(parts)) return error;
  for (std::size_t i = 0; i < parts.actions.size(); ++i) {
    const ActionCode& code = parts.action_code[i];
    for (const auto& [range, purpose] :
         {std::pair(code.decide, Purpose::decide), std::pair(code.reasons, Purpose::reasons),
          std::pair(code.times, Purpose::times)})
      if (auto error = verify_run(parts, parts.actions[i], range, purpose)) return error;
  }
  return std::nullopt;
}

}  // namespace policyc::vm
