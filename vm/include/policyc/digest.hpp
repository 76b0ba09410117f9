#pragma once

// Content digests of images: which policy and which snapshot decided.
//
//   log("decided by policy " + policyc::to_hex(program.digest()));
//
// Plain values. Cost of making one: a pass over the bytes, some ten gigabytes a second (XXH3).

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace policyc {

// 128 bits of XXH3 over an image's bytes. It names content and detects damage;
// it is no signature, and says nothing about who wrote the image.
struct Digest {
  std::array<std::uint8_t, 16> bytes{};

  friend bool operator==(const Digest&, const Digest&) = default;
};

[[nodiscard]] Digest digest_of(std::span<const std::byte> bytes) noexcept;
[[nodiscard]] std::string to_hex(const Digest& digest);

}  // namespace policyc
