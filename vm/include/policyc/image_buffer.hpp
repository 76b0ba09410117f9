#pragma once

// Memory for an image, as images want it: aligned, and not cleared first, since a
// file is read into it.
//
//   auto buffer = policyc::ImageBuffer::create(size_of_the_file);
//   if (!buffer) return buffer.error();
//   read_whole(file, buffer->bytes());
//   auto snapshot = policyc::Snapshot::load(std::move(*buffer), schema, schema_digest);
//
// A large snapshot that is loaded so is in memory once, not twice.

#include <cstddef>
#include <memory>
#include <span>

#include "policyc/result.hpp"

namespace policyc {

// Thread safety: as a pointer's. Ownership: its own memory.
class ImageBuffer {
 public:
  static constexpr std::size_t kAlignment = 64;  // bytes

  ImageBuffer() noexcept = default;  // of no bytes

  // Errors: out_of_memory. The bytes have no value until they are written.
  [[nodiscard]] static Result<ImageBuffer> create(std::size_t size);

  [[nodiscard]] std::span<std::byte> bytes() noexcept { return {memory_.get(), size_}; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {memory_.get(), size_}; }

 private:
  struct Release {
    void operator()(std::byte* memory) const noexcept;
  };
  std::unique_ptr<std::byte, Release> memory_;
  std::size_t size_ = 0;
};

}  // namespace policyc
