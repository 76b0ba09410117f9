#pragma once

// 64-bit hashes for section digests and for look-up tables over verified names.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace policyc::vm {

[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes) noexcept;

[[nodiscard]] inline std::uint64_t hash64(std::string_view text) noexcept {
  return hash64(std::as_bytes(std::span(text.data(), text.size())));
}

// A family of hashes: keys that collide under one seed are unlikely to under another.
[[nodiscard]] std::uint64_t hash64(std::string_view text, std::uint64_t seed) noexcept;

}  // namespace policyc::vm
