#pragma once

#include <optional>
#include <string>

#include "program_parts.hpp"

namespace policyc::vm {

// The code of every action, or of one, as text: an instruction a line, with the
// names of what its operands refer to. Of verified parts only. For people and
// tests; the form may change in any release.
[[nodiscard]] std::string disassemble(const ProgramParts& parts, std::optional<ActionIndex> action);

}  // namespace policyc::vm
