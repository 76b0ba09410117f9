#pragma once

// The command's version; the build passes the project's.

#include <string_view>

namespace policyc::cli {

inline constexpr std::string_view kVersion = POLICYC_VERSION;

}  // namespace policyc::cli
