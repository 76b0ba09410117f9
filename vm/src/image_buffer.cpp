#include "policyc/image_buffer.hpp"

#include <new>

#include "no_memory.hpp"

namespace policyc {

Result<ImageBuffer> ImageBuffer::create(std::size_t size) {
  // One byte at least, so that an empty image has a place too.
  void* const memory = ::operator new (size == 0 ? 1 : size, std::align_val_t{kAlignment}, std::nothrow);
  if (memory == nullptr) return vm::no_memory();
  ImageBuffer buffer;
  buffer.memory_.reset(static_cast<std::byte*>(memory));
  buffer.size_ = size;
  return buffer;
}

void ImageBuffer::Release::operator()(std::byte* memory) const noexcept {
  ::operator delete (memory, std::align_val_t{kAlignment});
}

}  // namespace policyc
