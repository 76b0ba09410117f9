#pragma once

#include <optional>

#include "policyc/result.hpp"
#include "program_parts.hpp"

namespace policyc::vm {

// Proves that the code can run without a check. For both runs of every action:
//   * the runs share no instruction, and every instruction belongs to one;
//   * each opcode is known, its operands are in their tables, and the fields that
//     it does not use are zero;
//   * a register or role word is read only where every path has set it to the
//     type that the instruction asks for; where paths bring different types it
//     counts as not set;
//   * jumps go forward, stay inside the run, and enter no loop's body; control
//     never runs past the end, and every instruction can be reached;
//   * loops nest properly, two deep, the outer in slot 0 and the inner in slot 1;
//   * the time is read only by an action that says it needs it, and a rule is
//     noted only with its own effect.
// So a run ends after at most as many steps as its loops allow, and touches
// nothing outside its tables.
//
// Everything but the code must have been checked before. The error, bad_code,
// names the action, the run and the instruction.
[[nodiscard]] std::optional<Error> verify(const ProgramParts& parts);

}  // namespace policyc::vm
