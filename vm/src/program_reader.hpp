#pragma once

// From an image to the parts of a program, trusting none of it.

#include <memory>

#include "policyc/result.hpp"
#include "program_parts.hpp"

namespace policyc::vm {

// Every index, type, value, name and instruction of the parts returned is valid:
// what Program::load promises. Errors: bad_magic, bad_version, bad_digest,
// bad_image, bad_code.
[[nodiscard]] Result<std::unique_ptr<ProgramParts>> read_program(std::span<const std::byte> image);

}  // namespace policyc::vm
