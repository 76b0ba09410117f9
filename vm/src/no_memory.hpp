#pragma once

// The error that says that memory ran out. It is made where there is none: its sentence fits into the buffer
// that a std::string has within itself, so that making, copying and returning it needs none.

#include "policyc/result.hpp"

namespace policyc::vm {

[[nodiscard]] inline Error no_memory() noexcept { return {ErrorCode::out_of_memory, "memory ran out"}; }

}  // namespace policyc::vm
