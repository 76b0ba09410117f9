#pragma once

// Values that a caller hands to a request: parameters, context, attributes.
// Views only: whatever a Value refers to must outlive the call it is used in. May be read by several threads.
//
//   const policyc::NamedValue context[] = {{"channel", policyc::Value::string("api")},
//                                          {"amount", policyc::Value::integer(250)}};
//   request.context = context;

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace policyc {

struct Value {
  enum class Kind : std::uint8_t {
    boolean,   // number: 0 or 1
    integer,   // number
    time,      // number: microseconds since the epoch
    duration,  // number: microseconds
    text,      // text: a string, an enum member, a role, an ip, an RFC 3339 time, a duration like "8h",
               //       or an entity as "kind:id"; the declared type says which
    list,      // elements
  };
  Kind kind = Kind::boolean;
  std::int64_t number = 0;
  std::string_view text;
  std::span<const Value> elements;

  static constexpr Value boolean(bool b) noexcept { return {Kind::boolean, b ? 1 : 0, {}, {}}; }
  static constexpr Value integer(std::int64_t i) noexcept { return {Kind::integer, i, {}, {}}; }
  static constexpr Value time(std::int64_t us) noexcept { return {Kind::time, us, {}, {}}; }
  static constexpr Value duration(std::int64_t us) noexcept { return {Kind::duration, us, {}, {}}; }
  static constexpr Value string(std::string_view s) noexcept { return {Kind::text, 0, s, {}}; }
  static constexpr Value list(std::span<const Value> values) noexcept { return {Kind::list, 0, {}, values}; }
};

struct NamedValue {
  std::string_view name;
  Value value;
};

// As requests and snapshots spell them, microseconds: "2026-07-01T00:00:00Z", "90s". Of a time outside of the
// years 0 to 9999, which RFC 3339 can't spell, "".
[[nodiscard]] std::string time_text(std::int64_t microseconds);
[[nodiscard]] std::string duration_text(std::int64_t microseconds);

}  // namespace policyc
