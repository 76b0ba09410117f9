// The dispatch loop once more, with a count of its steps: between two turns of a loop control only goes
// forward, so a run takes at most as many steps as it has instructions, times one more than it takes turns.

#include <cstdint>

namespace {

struct Steps {
  std::uint64_t steps = 0;
  std::uint64_t turns = 0;
};
thread_local Steps counted;

}  // namespace

#define POLICYC_SWITCH_DISPATCH
#define POLICYC_EACH_STEP(instruction) (++counted.steps, counted.turns += (instruction).op == Op::end ? 1 : 0)
#define run_decide run_decide_counted
#define run_reasons run_reasons_counted
#define run_obliged run_obliged_counted
#define run_times run_times_counted
#include "interpreter.cpp"  // NOLINT: on purpose

#include <cstdio>
#include <cstdlib>

#include "questions.hpp"

namespace policyc::attack {
namespace {

// Far beyond what the snapshots here have: no set of them has so many elements.
constexpr std::uint64_t kMostTurns = 1'000'000;

void judge(const char* run, vm::CodeRange range) {
  const std::uint64_t length = range.end - range.begin;
  if (counted.steps <= length * (counted.turns + 1) && counted.turns <= kMostTurns) return;
  std::fprintf(stderr, "%s: %llu steps, %llu turns, %llu instructions\n", run,
               static_cast<unsigned long long>(counted.steps), static_cast<unsigned long long>(counted.turns),
               static_cast<unsigned long long>(length));
  std::abort();
}

}  // namespace

void count_steps(const std::shared_ptr<const Program>& program,
                 const std::shared_ptr<const Snapshot>& snapshot, ActionIndex action, std::size_t turn) {
  const vm::Linked linked(program, snapshot);
  const vm::ActionCode& code = linked.parts.action_code[action];
  vm::Evaluation at(linked);
  at.action = action;
  at.now = 0;
  const vm::NodeId resources = linked.view.resources;
  const vm::NodeId nodes = linked.view.node_count();
  if (nodes == resources) return;
  at.subject = resources + static_cast<vm::NodeId>(turn % (nodes - resources));
  at.subject_kind = linked.view.kind_of(at.subject);
  at.resource = static_cast<vm::NodeId>(turn % resources);
  at.resource_kind = linked.view.kind_of(at.resource);
  counted = {};
  if (vm::run_decide_counted(at) == vm::Outcome::broken) std::abort();
  judge("decide", code.decide);
  counted = {};
  (void)vm::run_reasons_counted(at);
  judge("reasons", code.reasons);
  counted = {};
  (void)vm::run_times_counted(at);
  judge("times", code.times);
}

}  // namespace policyc::attack
