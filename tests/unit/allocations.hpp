#pragma once

// What the test program allocates, in all threads together.

#include <atomic>
#include <cstddef>

namespace policyc::vm::testing {

extern std::atomic<std::size_t> allocations;  // so far
// How many of them are not given back yet.
extern std::atomic<std::size_t> live_allocations;
// The number, in that count, of the one allocation that fails; 0: none.
extern std::atomic<std::size_t> allocations_fail_at;
// All behind this one fail.
extern std::atomic<std::size_t> last_of_allocations;

}  // namespace policyc::vm::testing
