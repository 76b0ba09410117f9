// The code, by abstract interpretation: what is known before each instruction is what all edges into it agree
// on, found by a worklist until nothing changes; then every instruction is judged by what is known there.

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <tuple>

#include "code.hpp"
#include "tables.hpp"
#include "wire.hpp"

namespace policyc::second {
namespace {

using vm::Op;
using vm::Shape;

enum class Run : std::uint8_t { decide, reasons, times };

// Which fields an instruction has, by its shape: a, b, c, t(arget), and s(ense) of a test.
const char* fields_of(Shape shape) {
  switch (shape) {
    case Shape::stop: return "";
    case Shape::rule:
    case Shape::end: return "c";
    case Shape::jump: return "t";
    case Shape::word:
    case Shape::kind: return "acts";
    case Shape::reg:
    case Shape::entity: return "ats";
    case Shape::scalars:
    case Shape::numbers:
    case Shape::strings:
    case Shape::ips:
    case Shape::element_set:
    case Shape::sets:
    case Shape::entities: return "abts";
    case Shape::constant: return "ac";
    case Shape::parameter:
    case Shape::context: return "act";
    case Shape::defined:
    case Shape::defined_set: return "abcts";
    case Shape::attribute:
    case Shape::ancestor:
    case Shape::each_set:
    case Shape::each_path: return "abct";
    case Shape::parent: return "abt";
    case Shape::size:
    case Shape::move:
    case Shape::noted: return "ab";
    case Shape::arithmetic:
    case Shape::roles: return "abc";
    case Shape::now:
    case Shape::count:
    case Shape::instant: return "a";
  }
  return "";
}

bool has(Shape shape, char field) {
  return std::string_view(fields_of(shape)).find(field) != std::string::npos;
}

// What a register holds: nothing that may be read, or a value of a type. Kinds of entities don't matter.
struct Holds {
  int kind = -1;
  int element = -1;
  std::uint64_t of = 0;

  friend bool operator==(const Holds&, const Holds&) = default;
  [[nodiscard]] bool any() const { return kind >= 0; }
  [[nodiscard]] bool is(TypeKind wanted) const { return kind == static_cast<int>(wanted); }
  [[nodiscard]] Holds member() const { return is(TypeKind::set) ? Holds{element, -1, of} : Holds{}; }
};

Holds holding(TypeKind kind) { return {static_cast<int>(kind), -1, 0}; }

Holds holding(const Type& type) {
  const bool set = type.kind == TypeKind::set;
  const TypeKind scalar = set ? type.element : type.kind;
  const bool named = scalar == TypeKind::enumeration || scalar == TypeKind::role;
  return {static_cast<int>(type.kind), set ? static_cast<int>(type.element) : -1, named ? type.argument : 0};
}

struct Known {
  std::array<Holds, vm::kRegisters> registers{};
  std::array<bool, vm::kRoleWords> words{};

  [[nodiscard]] Holds reg(std::size_t index) const {
    return index < registers.size() ? registers[index] : Holds{};
  }
  void set(std::size_t index, const Holds& holds) {
    if (index < registers.size()) registers[index] = holds;
  }
  // Keeps what both know; says whether anything was lost.
  bool agree(const Known& other) {
    bool lost = false;
    for (std::size_t i = 0; i < registers.size(); ++i)
      if (registers[i].any() && registers[i] != other.registers[i]) registers[i] = {}, lost = true;
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words[i] && !other.words[i]) words[i] = false, lost = true;
    return lost;
  }
};

// int op int, duration op duration, time ± duration, duration + time, time - time.
Holds result_of(Op op, const Holds& left, const Holds& right) {
  using T = TypeKind;
  static const std::array<std::tuple<Op, T, T, T>, 8> kSums = {{
      {Op::add, T::integer, T::integer, T::integer},
      {Op::subtract, T::integer, T::integer, T::integer},
      {Op::add, T::duration, T::duration, T::duration},
      {Op::subtract, T::duration, T::duration, T::duration},
      {Op::add, T::time, T::duration, T::time},
      {Op::subtract, T::time, T::duration, T::time},
      {Op::add, T::duration, T::time, T::time},
      {Op::subtract, T::time, T::time, T::duration},
  }};
  for (const auto& [sum, a, b, out] : kSums)
    if (sum == op && left.is(a) && right.is(b)) return holding(out);
  return {};
}

class RunJudge {
 public:
  RunJudge(const Tables& tables, const Action& action, Run run, std::span<const Word> code)
      : tables_(tables), action_(action), run_(run), code_(code), before_(code.size()), loop_(code.size()) {}

  void judge() {
    find_loops();
    for (std::size_t pc = 0; pc < code_.size(); ++pc) judge_form(pc);
    spread();
    for (std::size_t pc = 0; pc < code_.size(); ++pc) {
      demand(before_[pc].has_value(), "an instruction is never reached");
      judge_types(code_[pc], *before_[pc]);
    }
  }

 private:
  // A loop by where its `each` and its `end` are, and the loop around it. Instructions between, and the end,
  // are in it; the each is not.
  struct Loop {
    std::size_t each = 0;
    std::size_t end = 0;
    Loop* around = nullptr;
  };

  [[nodiscard]] Shape shape(std::size_t pc) const { return vm::kOps[code_[pc].op].shape; }
  [[nodiscard]] Op op(std::size_t pc) const { return static_cast<Op>(code_[pc].op); }

  void find_loops() {
    Loop* open = nullptr;
    std::size_t depth = 0;
    for (std::size_t pc = 0; pc < code_.size(); ++pc) {
      demand(code_[pc].op < vm::kOps.size(), "an opcode is none");
      loop_[pc] = open;
      if (shape(pc) == Shape::each_set || shape(pc) == Shape::each_path) {
        demand(depth < vm::kLoopSlots && code_[pc].c == depth, "a loop is in the wrong slot");
        open = &loops_.emplace_back(Loop{pc, 0, open});
        ++depth;
      } else if (shape(pc) == Shape::end) {
        demand(depth > 0 && code_[pc].c == depth - 1, "an end is of no loop");
        open->end = pc;
        open = open->around;
        --depth;
      }
    }
    demand(depth == 0, "a loop is never ended");
  }

  // An edge may leave loops, and enters none.
  void judge_edge(std::size_t from, std::size_t to) const {
    demand(to < code_.size(), "control leaves the run");
    if (loop_[to] == nullptr) return;
    for (const Loop* around = loop_[from]; around != nullptr; around = around->around)
      if (around == loop_[to]) return;
    demand(false, "a jump enters a loop");
  }

  [[nodiscard]] std::size_t target(std::size_t pc) const { return pc + 1 + code_[pc].target; }

  [[nodiscard]] bool goes_on(std::size_t pc) const {
    const Shape of = shape(pc);
    return of != Shape::stop && of != Shape::jump && of != Shape::end &&
           (of != Shape::rule || run_ != Run::decide);
  }

  // Fields, tables and edges: all that can be judged without knowing what registers hold.
  void judge_form(std::size_t pc) const {
    const Word& word = code_[pc];
    const Shape of = shape(pc);
    demand((has(of, 'a') || word.a == 0) && (has(of, 'b') || word.b == 0) && (has(of, 'c') || word.c == 0) &&
               (has(of, 't') || word.target == 0) && word.flags <= (has(of, 's') ? 1 : 0),
           "an unused field is not zero");
    const bool to_word = of == Shape::word || of == Shape::roles;
    demand(word.a < (to_word ? vm::kRoleWords : vm::kRegisters), "register a is none");
    demand(!has(of, 'b') || word.b < vm::kRegisters, "register b is none");
    if (has(of, 't')) judge_edge(pc, target(pc));
    if (goes_on(pc)) demand(pc + 1 < code_.size(), "control runs past the end");
    if (of == Shape::each_set || of == Shape::each_path)
      for (const Loop& loop : loops_)
        if (loop.each == pc) demand(target(pc) > loop.end, "a loop is left into itself");
    const auto below = [&](std::size_t count) { demand(word.c < count, "an index is beyond its table"); };
    switch (of) {
      case Shape::rule:
        demand(run_ != Run::times, "a rule is among the times");
        below(tables_.rules.size());
        demand(tables_.rules[word.c].allows == (op(pc) == Op::allow), "a rule has the other effect");
        break;
      case Shape::word: below(tables_.masks); break;
      case Shape::kind:
      case Shape::ancestor: below(tables_.kinds.size()); break;
      case Shape::constant: below(tables_.constants.size()); break;
      case Shape::attribute: below(tables_.attributes.size()); break;
      case Shape::parameter: below(action_.parameters.size()); break;
      case Shape::context: below(tables_.context.size()); break;
      case Shape::arithmetic:
      case Shape::defined:
      case Shape::defined_set:
      case Shape::roles: below(vm::kRegisters); break;
      case Shape::now: demand(action_.needs_now, "the action does not need the time"); break;
      case Shape::noted:
      case Shape::instant: demand(run_ == Run::times, "times are noted elsewhere"); break;
      default: break;
    }
  }

  // What an instruction leaves behind where control goes on behind it.
  [[nodiscard]] Known after(std::size_t pc, Known known) const {
    const Word& word = code_[pc];
    const Holds b = known.reg(word.b);
    switch (shape(pc)) {
      case Shape::constant: known.set(word.a, holding(tables_.constants[word.c].type)); break;
      case Shape::attribute: known.set(word.a, holding(tables_.attributes[word.c].field.type)); break;
      case Shape::parameter: known.set(word.a, holding(action_.parameters[word.c].type)); break;
      case Shape::context: known.set(word.a, holding(tables_.context[word.c].type)); break;
      case Shape::now: known.set(word.a, holding(TypeKind::time)); break;
      case Shape::parent:
      case Shape::ancestor:
      case Shape::each_path: known.set(word.a, holding(TypeKind::entity)); break;
      case Shape::each_set: known.set(word.a, b.member()); break;
      case Shape::size: known.set(word.a, holding(TypeKind::integer)); break;
      case Shape::move: known.set(word.a, b); break;
      case Shape::arithmetic: known.set(word.a, result_of(op(pc), b, known.reg(word.c))); break;
      case Shape::roles: known.words[word.a] = true; break;
      default: break;
    }
    return known;
  }

  void arrive(std::size_t pc, const Known& known) {
    std::optional<Known>& there = before_[pc];
    if (!there)
      there = known;
    else if (!there->agree(known))
      return;
    work_.push_back(pc);
  }

  void spread() {
    Known entry;
    entry.registers[vm::kSubjectRegister] = entry.registers[vm::kResourceRegister] =
        holding(TypeKind::entity);
    entry.words[vm::kSubjectWord] = true;
    arrive(0, entry);
    while (!work_.empty()) {
      const std::size_t pc = work_.front();
      work_.pop_front();
      const Known known = *before_[pc];
      if (shape(pc) == Shape::end) {
        turn(pc, known);
        continue;
      }
      if (has(shape(pc), 't')) {
        Known jumped = known;
        if (shape(pc) == Shape::each_set || shape(pc) == Shape::each_path) jumped.set(code_[pc].a, {});
        arrive(target(pc), jumped);
      }
      if (goes_on(pc)) arrive(pc + 1, after(pc, known));
    }
  }

  // From the end of a loop to its next turn, and out of it.
  void turn(std::size_t pc, const Known& known) {
    const std::size_t each = loop_[pc]->each;
    Known next = known;
    const Holds set = before_[each]->reg(code_[each].b);
    next.set(code_[each].a, shape(each) == Shape::each_path ? holding(TypeKind::entity) : set.member());
    arrive(each + 1, next);
    next.set(code_[each].a, {});
    arrive(target(each), next);
  }

  void judge_types(const Word& word, const Known& known) const {
    const Shape of = vm::kOps[word.op].shape;
    const Op op = static_cast<Op>(word.op);
    const Holds a = known.reg(word.a);
    const Holds b = known.reg(word.b);
    const auto ok = [](bool holds) { demand(holds, "an operand is not set or of the wrong type"); };
    switch (of) {
      case Shape::word: ok(known.words[word.a]); break;
      case Shape::reg: ok(a.is(TypeKind::boolean)); break;
      case Shape::scalars:
        ok(a.any() && a == b && !a.is(TypeKind::string) && !a.is(TypeKind::ip) && !a.is(TypeKind::set));
        break;
      case Shape::numbers:
        ok(a == b && (a.is(TypeKind::integer) || a.is(TypeKind::time) || a.is(TypeKind::duration) ||
                      a.is(TypeKind::enumeration)));
        break;
      case Shape::strings: ok(a.is(TypeKind::string) && b.is(TypeKind::string)); break;
      case Shape::ips: ok(a.is(TypeKind::ip) && b.is(TypeKind::ip)); break;
      case Shape::element_set:
        ok(a.any() && a == b.member() && (op != Op::in_cidr_set || a.is(TypeKind::ip)) &&
           (op != Op::is_among || a.is(TypeKind::entity)));
        break;
      case Shape::sets: ok(a.is(TypeKind::set) && a == b); break;
      case Shape::entities: ok(a.is(TypeKind::entity) && b.is(TypeKind::entity)); break;
      case Shape::kind:
      case Shape::entity: ok(a.is(TypeKind::entity)); break;
      case Shape::attribute:
      case Shape::parent:
      case Shape::ancestor:
      case Shape::each_path: ok(b.is(TypeKind::entity)); break;
      case Shape::size:
      case Shape::each_set: ok(b.is(TypeKind::set)); break;
      case Shape::arithmetic: ok(result_of(op, b, known.reg(word.c)).any()); break;
      case Shape::roles: ok(b.is(TypeKind::entity) && known.reg(word.c).is(TypeKind::entity)); break;
      case Shape::defined:
        ok(a.is(TypeKind::entity) && b.is(TypeKind::entity) && known.reg(word.c).is(TypeKind::role));
        break;
      case Shape::defined_set:
        ok(a.is(TypeKind::entity) && b.is(TypeKind::entity) && known.reg(word.c).member().is(TypeKind::role));
        break;
      case Shape::move: ok(b.any()); break;
      case Shape::count: ok(a.is(TypeKind::integer)); break;
      case Shape::noted: ok(a.is(TypeKind::entity) && b.is(TypeKind::entity)); break;
      case Shape::instant: ok(a.is(TypeKind::time)); break;
      default: break;
    }
  }

  const Tables& tables_;
  const Action& action_;
  Run run_;
  std::span<const Word> code_;
  std::vector<std::optional<Known>> before_;
  std::deque<Loop> loops_;
  std::vector<const Loop*> loop_;  // the innermost around each instruction
  std::deque<std::size_t> work_;
};

}  // namespace

void judge_code(const Tables& tables) {
  demand(tables.ranges.size() == 3 * tables.actions.size(), "actions and ranges of code differ in number");
  std::vector<bool> taken(tables.code.size(), false);
  for (const Range& range : tables.ranges) {
    demand(range.begin < range.end && range.end <= taken.size(), "a run is empty or outside the code");
    demand(range.end - range.begin <= vm::kMaxInstructions, "a run is too long");
    for (std::uint32_t pc = range.begin; pc < range.end; ++pc) {
      demand(!taken[pc], "two runs share an instruction");
      taken[pc] = true;
    }
  }
  demand(std::find(taken.begin(), taken.end(), false) == taken.end(), "an instruction is in no run");
  for (std::size_t i = 0; i < tables.ranges.size(); ++i) {
    const Range& range = tables.ranges[i];
    RunJudge(tables, tables.actions[i / 3], static_cast<Run>(i % 3),
             std::span(tables.code).subspan(range.begin, range.end - range.begin))
        .judge();
  }
}

}  // namespace policyc::second
