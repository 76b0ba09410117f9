#pragma once

// docs/limits.md, written from the constants that hold the limits.

#include <cstdint>
#include <string>

namespace policyc::docs {

[[nodiscard]] std::string limits_page();

}  // namespace policyc::docs
