#pragma once

// Values that are written as text: times, durations, addresses, names of
// entities. Strict: one spelling too many would be one that somebody else reads
// otherwise. Nothing here allocates.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace policyc::vm {

// An address or a block of addresses. IPv4 is stored as IPv4-mapped IPv6, so the
// two spellings of one address are one value. A block has no bits set beyond its
// prefix; an address has the prefix 128.
struct IpBlock {
  std::array<std::uint8_t, 16> address{};
  std::uint8_t prefix = 128;

  friend auto operator<=>(const IpBlock&, const IpBlock&) = default;

  // ::ffff:0:0/96 and what lies in it.
  [[nodiscard]] bool is_ipv4() const noexcept;
  // `other` lies in this block whole. An IPv4 address lies in no IPv6 block.
  [[nodiscard]] bool contains(const IpBlock& other) const noexcept;
};

// "10.0.0.1", "10.0.0.0/8", "2001:db8::1", "::ffff:10.0.0.1", "2001:db8::/32".
// No leading zeros in IPv4, no zone, no bits beyond the prefix.
[[nodiscard]] std::optional<IpBlock> parse_ip(std::string_view text) noexcept;

// RFC 3339 with upper-case T and Z, in the years 1 to 9999 of UTC: microseconds
// since 1970-01-01T00:00:00Z. A leap second is refused, and so is a fraction of
// more than six digits: nothing is rounded.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text) noexcept;

// "90s", "15m", "8h", "30d", "-5m": microseconds. No leading zeros.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text) noexcept;

// "kind:id", split at the first colon. Whether the kind exists is not its business.
struct EntityName {
  std::string_view kind;
  std::string_view id;
};
[[nodiscard]] std::optional<EntityName> split_entity(std::string_view text) noexcept;

// Not empty, not "*", without `#` and control characters.
[[nodiscard]] bool is_valid_id(std::string_view id) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace policyc::vm
