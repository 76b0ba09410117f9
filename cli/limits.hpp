#pragma once

// How much the command reads before it refuses. The command line sets these once, before a verb runs.

#include <cstddef>
#include <cstdint>

#include "policyc/snapshot/read.hpp"
#include "policyc/text/parse.hpp"

namespace policyc::cli {

inline constexpr std::size_t kMaxImageBytes = std::size_t{4} << 30;

// Lists and objects around a value in the JSON of a request.
inline constexpr int kMaxValueDepth = 8;

struct Limits {
  text::ParseLimits policy;
  snapshot::ReadLimits snapshot;
  std::uint32_t max_request_bytes = 1u << 20;  // a line of eval --requests
  std::uint64_t max_memory = 0;                // bytes of address space; 0: as the system has it
};
[[nodiscard]] Limits& limits() noexcept;

// Asks the system for no more memory than that. Where it runs out, the command ends with the exit status of a
// limit. False: the system does not do so.
[[nodiscard]] bool keep_to_memory(std::uint64_t bytes) noexcept;

}  // namespace policyc::cli
