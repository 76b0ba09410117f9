#pragma once

#include <string>

namespace policyc::vm {

// docs/bytecode.md: the image format, the instruction set and its limits, from
// opcodes.def and the constants that the code itself uses. A test compares it
// with the file, so the manual can't be out of date.
[[nodiscard]] std::string bytecode_manual();

}  // namespace policyc::vm
