#include "role_outcomes.hpp"

#include <algorithm>
#include <vector>

namespace policyc::vm {
namespace {

// A set of assignments: a bit for each.
using Assignments = std::uint32_t;
static_assert(sizeof(Assignments) * 8 == std::size_t{1} << kRoleFacts);

// Those in which fact i holds: the truth table of a variable.
constexpr std::array<Assignments, kRoleFacts> kHolding = {0xAAAAAAAA, 0xCCCCCCCC, 0xF0F0F0F0, 0xFF00FF00,
                                                          0xFFFF0000};

class Walk {
 public:
  Walk(const ProgramParts& parts, std::size_t action)
      : parts_(parts), range_(parts.action_code[action].decide), reached_(range_.end - range_.begin) {
    outcomes_.kind = parts.actions[action].kind;
    // Where the subject's own word is written over, what it says depends on where one stands.
    for (std::uint32_t at = range_.begin; at < range_.end; ++at)
      is_own_ = is_own_ && !(kOps[static_cast<std::size_t>(parts.code[at].op)].shape == Shape::roles &&
                             parts.code[at].a == kSubjectWord);
  }

  RoleOutcomes run() {
    reach(0, ~Assignments{0});
    for (std::uint32_t at = 0; at < reached_.size(); ++at)
      if (reached_[at] != 0) step(at, parts_.code[range_.begin + at]);
    for (unsigned i = 0; i < sizeof(Assignments) * 8; ++i)
      outcomes_.table |= static_cast<std::uint64_t>(settled(Assignments{1} << i)) << (2 * i);
    return outcomes_;
  }

 private:
  [[nodiscard]] Settled settled(Assignments one) const {
    const bool allows = (allowed_ & one) != 0;
    const bool forbids = (forbidden_ & one) != 0;
    const bool defaults = (by_default_ & one) != 0;
    if (allows + forbids + defaults != 1) return Settled::no;
    return allows ? Settled::allowed : forbids ? Settled::forbidden : Settled::by_default;
  }

  void reach(std::size_t at, Assignments when) {
    if (at < reached_.size()) reached_[at] |= when;
  }

  // Jumps go forward, so that all ways to an instruction were walked before it. `end` alone goes back, to
  // its own `each`, which then goes on where it has been led to already.
  void step(std::uint32_t at, const Instruction& i) {
    const Assignments here = reached_[at];
    const std::size_t next = at + 1;
    const std::size_t target = next + i.target;
    switch (kOps[static_cast<std::size_t>(i.op)].shape) {
      case Shape::stop: by_default_ |= here; return;
      case Shape::rule: (i.op == Op::allow ? allowed_ : forbidden_) |= here; return;
      case Shape::jump: return reach(target, here);
      case Shape::end: return;
      case Shape::word: {
        const std::size_t fact = fact_of(i);
        if (fact == kRoleFacts) break;
        const Assignments holds = here & kHolding[fact];
        const Assignments fails = here & ~kHolding[fact];
        const bool jumps_if_it_holds = (i.flags & kSense) != 0;
        reach(target, jumps_if_it_holds ? holds : fails);
        return reach(next, jumps_if_it_holds ? fails : holds);
      }
      default: break;
    }
    // An instruction that never jumps has target 0: the next one.
    reach(next, here);
    reach(target, here);
  }

  // Which fact a role test is of; kRoleFacts if it is of none.
  std::size_t fact_of(const Instruction& i) {
    if (i.a != kSubjectWord || !is_own_) return kRoleFacts;
    const RoleMask& mask = parts_.masks[i.c];
    if (mask[0] == 0 || (mask[1] | mask[2] | mask[3]) != 0) return kRoleFacts;
    const auto begin = outcomes_.masks.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(facts_);
    const auto known = std::find(begin, end, mask[0]);
    if (known != end) return static_cast<std::size_t>(known - begin);
    if (facts_ == kRoleFacts) return kRoleFacts;
    outcomes_.masks[facts_] = mask[0];
    return facts_++;
  }

  const ProgramParts& parts_;
  const CodeRange range_;
  std::vector<Assignments> reached_;
  RoleOutcomes outcomes_;
  Assignments allowed_ = 0;
  Assignments forbidden_ = 0;
  Assignments by_default_ = 0;
  std::size_t facts_ = 0;
  bool is_own_ = true;
};

}  // namespace

RoleOutcomes role_outcomes(const ProgramParts& parts, std::size_t action) {
  return Walk(parts, action).run();
}

}  // namespace policyc::vm
