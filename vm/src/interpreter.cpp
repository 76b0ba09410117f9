// The dispatch loop. Each instruction of opcodes.def has one handler, ON(name);
// computed goto (GCC, Clang) and switch (elsewhere, or with POLICYC_SWITCH_DISPATCH)
// differ in the macros below and nowhere else, and the build fails while an opcode
// has no handler.

#include "interpreter.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "cell_sets.hpp"
#include "pattern.hpp"

namespace policyc::vm {
namespace {

// Sums and differences stop at the ends of the range instead of wrapping.
std::int64_t add_saturating(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

std::int64_t subtract_saturating(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return b < 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
}

bool has_any(const RoleWord& word, const RoleMask& mask) noexcept {
  return ((word[0] & mask[0]) | (word[1] & mask[1]) | (word[2] & mask[2]) | (word[3] & mask[3])) != 0;
}

// Where a loop stands: the set and the next of its elements, or the next entity of a path.
struct Loop {
  const Instruction* each = nullptr;
  SetRef set;
  std::uint32_t next = 0;
  NodeId node = kNoNode;
};

// Moves a loop on. False: there is no element left.
bool advance(Loop& loop, const Evaluation& at, Cell& element) noexcept {
  if (loop.each->op == Op::each_path) {
    if (loop.node == kNoNode) return false;
    element = Cell{};
    element.node = loop.node;
    loop.node = at.parent_of(loop.node);
    if (loop.node == kSystemNode) loop.node = kNoNode;  // the path ends at its root
    return true;
  }
  if (loop.next >= loop.set.count) return false;
  element = element_of(loop.set, loop.next++, at.linked.view);
  return true;
}

#if defined(__GNUC__) && !defined(POLICYC_SWITCH_DISPATCH)
#define POLICYC_COMPUTED_GOTO 1
#pragma GCC diagnostic ignored "-Wpedantic"

// Where each byte's handler is; a byte that is no opcode goes to `unknown`.
template <std::size_t N>
constexpr std::array<const void*, 256> handler_table(const void* const (&known)[N], const void* unknown) {
  std::array<const void*, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) table[byte] = byte < N ? known[byte] : unknown;
  return table;
}
#endif

// A test counts the steps of a run; see tests/attack/counted_runs.cpp.
#ifndef POLICYC_EACH_STEP
#define POLICYC_EACH_STEP(instruction) static_cast<void>(0)
#endif

// What a run over all rules finds out.
struct Notes {
  std::vector<RuleIndex>* rules = nullptr;  // those that match, if they are wanted
  bool forbidden = false;
  bool obliged[2] = {};  // by effect: a rule that matches has obligations

  void add(const RuleInfo& info, RuleIndex rule) {
    const bool forbids = info.effect == RuleEffect::forbid;
    forbidden = forbidden || forbids;
    obliged[forbids ? 0 : 1] = obliged[forbids ? 0 : 1] || !info.obligations.empty();
    if (rules != nullptr) rules->push_back(rule);
  }
};

// Runs from `pc` to a stop. `notes` hears of every rule that matches, instead of a stop
// at the first; it is null when a decision is wanted. `moments` is of the run `times`, and not null there.
Outcome run(const Evaluation& at, CodeRange range, Notes* notes, Moments* moments = nullptr) {
  const ProgramParts& parts = at.linked.parts;
  const SnapshotView& view = at.linked.view;
  const Instruction* const code = parts.code.data();
  const Instruction* pc = code + range.begin;
  Unwritten<Cell, kRegisters> registers;
  Cell* const r = registers.items;
  Unwritten<RoleWord, kRoleWords> role_words;
  RoleWord* const words = role_words.items;
  Unwritten<Loop, kLoopSlots> loop_slots;
  Loop* const loops = loop_slots.items;
  r[kSubjectRegister] = Cell{};
  r[kSubjectRegister].node = at.subject;
  r[kResourceRegister] = Cell{};
  r[kResourceRegister].node = at.resource;
  words[kSubjectWord] = moments != nullptr            ? RoleWord{}
                        : at.subject_roles != nullptr ? *at.subject_roles
                                                      : at.roles(at.subject, at.resource);

  Instruction i;
#define TEST(outcome)                                         \
  do {                                                        \
    const bool holds_ = (outcome);                            \
    pc += holds_ == ((i.flags & kSense) != 0) ? i.target : 0; \
    NEXT();                                                   \
  } while (false)
// A value that is absent: on to the target, register a as it was.
#define LOAD(loaded)               \
  do {                             \
    if (!(loaded)) pc += i.target; \
    NEXT();                        \
  } while (false)

#ifdef POLICYC_COMPUTED_GOTO
  static constexpr const void* kKnown[] = {
#define OPCODE(number, name, shape, doc) &&on_##name,
#include "opcodes.def"
  };
  static constexpr auto kHandlers = handler_table(kKnown, &&on_unknown);
#define ON(name) on_##name:
#define NEXT()                                       \
  do {                                               \
    i = *pc++;                                       \
    POLICYC_EACH_STEP(i);                            \
    goto* kHandlers[static_cast<std::size_t>(i.op)]; \
  } while (false)
  NEXT();
#else
#define ON(name) case Op::name:
#define NEXT() goto next
next:
  i = *pc++;
  POLICYC_EACH_STEP(i);
  switch (i.op) {  // without a default, so that a missing handler is an error
#endif
  ON(deny) { return Outcome::deny_by_default; }
  ON(allow) {
    if (notes == nullptr) return Outcome::allowed;
    notes->add(parts.rules[i.c], i.c);
    NEXT();
  }
  ON(forbid) {
    if (notes == nullptr) return Outcome::forbidden;
    notes->add(parts.rules[i.c], i.c);
    NEXT();
  }
  ON(jump) {
    pc += i.target;
    NEXT();
  }
  ON(has_roles) { TEST(has_any(words[i.a], parts.masks[i.c])); }
  ON(is_true) { TEST(r[i.a].number != 0); }
  ON(equal) { TEST(r[i.a].number == r[i.b].number); }
  ON(equal_string) { TEST(r[i.a].text == r[i.b].text); }
  ON(equal_ip) { TEST(r[i.a].block == r[i.b].block); }
  ON(less) { TEST(r[i.a].number < r[i.b].number); }
  ON(less_equal) { TEST(r[i.a].number <= r[i.b].number); }
  ON(in_set) { TEST(contains(r[i.b].set, r[i.a], view)); }
  ON(contains_all) { TEST(contains_all(r[i.a].set, r[i.b].set, view)); }
  ON(contains_any) { TEST(contains_any(r[i.a].set, r[i.b].set, view)); }
  ON(starts_with) { TEST(r[i.a].text.starts_with(r[i.b].text)); }
  ON(ends_with) { TEST(r[i.a].text.ends_with(r[i.b].text)); }
  ON(matches) { TEST(matches_pattern(r[i.a].text, r[i.b].text)); }
  ON(in_cidr) { TEST(r[i.b].block.contains(r[i.a].block)); }
  ON(in_cidr_set) { TEST(lies_in_one(r[i.b].set, r[i.a].block)); }
  ON(is_among) { TEST(at.is_among(r[i.b].set, r[i.a])); }
  ON(is_member) { TEST(at.is_member(r[i.a].node, r[i.b].node)); }
  ON(in_subtree) { TEST(at.is_at_or_below(r[i.a].node, r[i.b].node)); }
  ON(is_kind) { TEST(at.kind_of(r[i.a].node) == i.c); }
  ON(is_inline) { TEST(at.resource_inline && r[i.a].node == at.resource); }
  ON(load_constant) {
    r[i.a] = at.linked.constants[i.c];
    NEXT();
  }
  ON(load_attribute) { LOAD(at.load(i.c, r[i.b].node, r[i.a])); }
  ON(load_parameter) { LOAD(at.load_parameter(i.c, r[i.a])); }
  ON(load_context) { LOAD(at.load_context(i.c, r[i.a])); }
  ON(load_now) {
    r[i.a] = Cell{};
    r[i.a].number = *at.now;
    NEXT();
  }
  ON(parent) {
    const NodeId node = at.parent_of(r[i.b].node);
    if (node == kNoNode) {
      pc += i.target;
    } else {
      r[i.a] = Cell{};
      r[i.a].node = node;
    }
    NEXT();
  }
  ON(ancestor) {
    const NodeId node = at.nearest(r[i.b].node, i.c);
    if (node == kNoNode) {
      pc += i.target;
    } else {
      r[i.a] = Cell{};
      r[i.a].node = node;
    }
    NEXT();
  }
  ON(size) {
    const std::int64_t count = r[i.b].set.count;
    r[i.a] = Cell{};
    r[i.a].number = count;
    NEXT();
  }
  ON(add) {
    const std::int64_t sum = add_saturating(r[i.b].number, r[i.c].number);
    r[i.a] = Cell{};
    r[i.a].number = sum;
    NEXT();
  }
  ON(subtract) {
    const std::int64_t difference = subtract_saturating(r[i.b].number, r[i.c].number);
    r[i.a] = Cell{};
    r[i.a].number = difference;
    NEXT();
  }
  ON(roles) {
    words[i.a] = at.roles(r[i.b].node, r[i.c].node);
    NEXT();
  }
  ON(roles_itself) {
    words[i.a] = at.roles_itself(r[i.b].node, r[i.c].node);
    NEXT();
  }
  ON(move) {
    r[i.a] = r[i.b];
    NEXT();
  }
  ON(increment) {
    ++r[i.a].number;
    NEXT();
  }
  ON(each_set) {
    loops[i.c] = {pc - 1, r[i.b].set, 0, kNoNode};
    LOAD(advance(loops[i.c], at, r[i.a]));
  }
  ON(each_path) {
    loops[i.c] = {pc - 1, {}, 0, r[i.b].node};
    LOAD(advance(loops[i.c], at, r[i.a]));
  }
  ON(end) {
    Loop& loop = loops[i.c];
    i = *loop.each;
    pc = loop.each + 1;
    LOAD(advance(loop, at, r[i.a]));
  }
  ON(note_windows) {
    if (moments != nullptr) at.note_windows(r[i.a].node, r[i.b].node, *moments);
    NEXT();
  }
  ON(note_instant) {
    if (moments != nullptr) moments->note(r[i.a].number);
    NEXT();
  }
  ON(has_defined) { TEST(at.has_defined(r[i.a].node, r[i.b].node, r[i.c].number, false)); }
  ON(has_defined_itself) { TEST(at.has_defined(r[i.a].node, r[i.b].node, r[i.c].number, true)); }
  ON(has_any_defined) { TEST(at.has_any_defined(r[i.a].node, r[i.b].node, r[i.c].set, false)); }
  ON(has_any_defined_itself) { TEST(at.has_any_defined(r[i.a].node, r[i.b].node, r[i.c].set, true)); }
#ifdef POLICYC_COMPUTED_GOTO
on_unknown:
#else
  }
#endif
  // Verified code never comes here.
  return Outcome::broken;
#undef ON
#undef NEXT
#undef TEST
#undef LOAD
}

}  // namespace

Outcome run_decide(const Evaluation& evaluation) noexcept {
  return run(evaluation, evaluation.linked.actions[evaluation.action].decide, nullptr);
}

Moments run_times(const Evaluation& evaluation) noexcept {
  Moments moments;
  moments.now = evaluation.now;
  (void)run(evaluation, evaluation.linked.actions[evaluation.action].times, nullptr, &moments);
  return moments;
}

bool run_obliged(const Evaluation& evaluation) noexcept {
  Notes notes;
  (void)run(evaluation, evaluation.linked.actions[evaluation.action].reasons, &notes);
  return notes.obliged[notes.forbidden ? 0 : 1];
}

std::vector<RuleIndex> run_reasons(const Evaluation& evaluation) {
  std::vector<RuleIndex> matching;
  Notes notes;
  notes.rules = &matching;
  (void)run(evaluation, evaluation.linked.actions[evaluation.action].reasons, &notes);
  // Every matching rule was noted; those of the deciding effect decided. A forbid wins.
  const auto& rules = evaluation.linked.parts.rules;
  std::erase_if(matching, [&](RuleIndex rule) {
    return (rules[rule].effect == RuleEffect::forbid) != notes.forbidden;
  });
  std::sort(matching.begin(), matching.end());
  matching.erase(std::unique(matching.begin(), matching.end()), matching.end());
  return matching;
}

}  // namespace policyc::vm
