// The allocator of the test program: it counts, and fails when it is told to.

#include "unit/allocations.hpp"

#include <cstdint>
#include <cstdlib>
#include <new>

namespace policyc::vm::testing {

std::atomic<std::size_t> allocations{0};
std::atomic<std::size_t> live_allocations{0};
std::atomic<std::size_t> allocations_fail_at{0};
std::atomic<std::size_t> last_of_allocations{SIZE_MAX};

}  // namespace policyc::vm::testing

namespace {

using namespace policyc::vm::testing;

void* counted(std::size_t size, std::size_t alignment) {
  const std::size_t number = allocations.fetch_add(1, std::memory_order_relaxed) + 1;
  if (number == allocations_fail_at.load(std::memory_order_relaxed) ||
      number > last_of_allocations.load(std::memory_order_relaxed))
    throw std::bad_alloc();
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  if (void* memory = std::aligned_alloc(alignment, whole == 0 ? alignment : whole)) {
    live_allocations.fetch_add(1, std::memory_order_relaxed);
    return memory;
  }
  throw std::bad_alloc();
}

void give_back(void* memory) noexcept {
  if (memory == nullptr) return;
  live_allocations.fetch_sub(1, std::memory_order_relaxed);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return counted(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
// The forms that do not throw count as well; the standard library's sorting and ImageBuffer use them.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return counted(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  try {
    return counted(size, static_cast<std::size_t>(alignment));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* memory, const std::nothrow_t&) noexcept { give_back(memory); }
void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept { give_back(memory); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { give_back(memory); }
