#pragma once

// What load builds beside a program's parts, and the door through which the rest
// of the vm sees the parts of a Program.

#include "name_table.hpp"
#include "policyc/program.hpp"
#include "program_parts.hpp"

namespace policyc::vm {

struct ProgramParts::Index {
  NameTable actions;  // "task.label", by wire name
  NameTable kinds;
};

class ProgramAccess {
 public:
  [[nodiscard]] static const ProgramParts& parts(const Program& program) noexcept { return *program.parts_; }
  [[nodiscard]] static Program make(std::unique_ptr<const ProgramParts> parts) noexcept {
    return Program(std::move(parts));
  }
};

}  // namespace policyc::vm
