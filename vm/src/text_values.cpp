// Parsers of values that are written as text. Each consumes all of its input or
// fails.

#include "text_values.hpp"

#include <algorithm>
#include <limits>

namespace policyc::vm {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Takes characters from the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] char peek() const noexcept { return text_.empty() ? '\0' : text_.front(); }
  [[nodiscard]] std::string_view rest() const noexcept { return text_; }

  bool take(char c) noexcept {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view prefix) noexcept {
    if (!text_.starts_with(prefix)) return false;
    text_.remove_prefix(prefix.size());
    return true;
  }
  // Exactly `digits` digits, at most `highest`.
  std::optional<int> fixed(std::size_t digits, int highest) noexcept {
    if (text_.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(text_[i])) return std::nullopt;
      value = value * 10 + (text_[i] - '0');
    }
    if (value > highest) return std::nullopt;
    text_.remove_prefix(digits);
    return value;
  }
  // One to three digits without a leading zero, at most `highest`.
  std::optional<int> small(int highest) noexcept {
    std::size_t digits = 0;
    while (digits < text_.size() && is_digit(text_[digits])) ++digits;
    if (digits == 0 || digits > 3 || (digits > 1 && text_.front() == '0')) return std::nullopt;
    return fixed(digits, highest);
  }

 private:
  std::string_view text_;
};

std::optional<std::array<std::uint8_t, 4>> take_ipv4(Cursor& cursor) noexcept {
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && !cursor.take('.')) return std::nullopt;
    const auto value = cursor.small(255);
    if (!value) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*value);
  }
  return bytes;
}

std::optional<std::uint16_t> take_group(Cursor& cursor) noexcept {
  unsigned value = 0;
  int digits = 0;
  for (; digits < 4; ++digits) {
    const char c = cursor.peek();
    unsigned digit = 0;
    if (is_digit(c))
      digit = static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<unsigned>(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<unsigned>(c - 'A') + 10;
    else
      break;
    value = value * 16 + digit;
    cursor.take(c);
  }
  if (digits == 0) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

// Up to eight groups, one run of which may be written `::`; the last two may be
// an IPv4 address.
std::optional<std::array<std::uint8_t, 16>> take_ipv6(Cursor& cursor) noexcept {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t used = 0;
  std::optional<std::size_t> gap;
  if (cursor.take("::")) gap = 0;
  for (bool first = true; used < bytes.size(); first = false) {
    if (!first) {
      if (cursor.take("::")) {
        if (gap) return std::nullopt;
        gap = used;
      } else if (!cursor.take(':')) {
        break;
      }
    }
    const bool may_end = gap && *gap == used;  // right after `::`
    Cursor ahead = cursor;
    if (used <= 12) {
      if (const auto ipv4 = take_ipv4(ahead)) {
        std::copy(ipv4->begin(), ipv4->end(), bytes.begin() + static_cast<std::ptrdiff_t>(used));
        used += 4;
        cursor = ahead;
        break;
      }
    }
    const auto group = take_group(cursor);
    if (!group) {
      if (may_end) break;
      return std::nullopt;
    }
    bytes[used++] = static_cast<std::uint8_t>(*group >> 8);
    bytes[used++] = static_cast<std::uint8_t>(*group & 0xFF);
  }
  if (used == bytes.size()) {
    if (gap) return std::nullopt;  // `::` stands for at least one group
    return bytes;
  }
  if (!gap) return std::nullopt;
  // What follows the gap moves to the end, and the gap becomes zeros.
  std::array<std::uint8_t, 16> expanded{};
  std::copy_n(bytes.begin(), *gap, expanded.begin());
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(*gap), used - *gap,
              expanded.end() - static_cast<std::ptrdiff_t>(used - *gap));
  return expanded;
}

constexpr bool is_leap(int year) noexcept { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

constexpr int days_in_month(int year, int month) noexcept {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
constexpr std::int64_t days_since_epoch(int year, int month, int day) noexcept {
  const std::int64_t y = year;
  std::int64_t days = 365 * y + (y + 3) / 4 - (y + 99) / 100 + (y + 399) / 400;  // to the year's first day
  for (int m = 1; m < month; ++m) days += days_in_month(year, m);
  constexpr std::int64_t kYear0ToEpoch = 719'528;
  return days + day - 1 - kYear0ToEpoch;
}
static_assert(days_since_epoch(1970, 1, 1) == 0 && days_since_epoch(2000, 3, 1) == 11'017 &&
              days_since_epoch(0, 1, 1) == -719'528);

}  // namespace

bool IpBlock::is_ipv4() const noexcept {
  constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return prefix >= 96 && std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

bool IpBlock::contains(const IpBlock& other) const noexcept {
  if (other.prefix < prefix || is_ipv4() != other.is_ipv4()) return false;
  const std::size_t whole = prefix / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                  other.address.begin()))
    return false;
  const unsigned bits = prefix % 8;
  if (bits == 0) return true;
  return ((address[whole] ^ other.address[whole]) >> (8 - bits)) == 0;
}

std::optional<IpBlock> parse_ip(std::string_view text) noexcept {
  IpBlock block;
  Cursor cursor(text);
  Cursor ahead = cursor;
  int base = 0;
  if (const auto ipv4 = take_ipv4(ahead)) {
    cursor = ahead;
    base = 96;
    block.address[10] = block.address[11] = 0xFF;
    std::copy(ipv4->begin(), ipv4->end(), block.address.begin() + 12);
  } else if (const auto ipv6 = take_ipv6(cursor)) {
    block.address = *ipv6;
  } else {
    return std::nullopt;
  }
  if (cursor.take('/')) {
    const auto prefix = cursor.small(128 - base);
    if (!prefix) return std::nullopt;
    block.prefix = static_cast<std::uint8_t>(base + *prefix);
  }
  if (!cursor.empty()) return std::nullopt;
  for (std::size_t bit = block.prefix; bit < 128; ++bit)
    if ((block.address[bit / 8] >> (7 - bit % 8)) & 1) return std::nullopt;
  return block;
}

std::optional<std::int64_t> parse_time(std::string_view text) noexcept {
  Cursor cursor(text);
  const auto year = cursor.fixed(4, 9999);
  if (!year || !cursor.take('-')) return std::nullopt;
  const auto month = cursor.fixed(2, 12);
  if (!month || *month < 1 || !cursor.take('-')) return std::nullopt;
  const auto day = cursor.fixed(2, days_in_month(*year, *month));
  if (!day || *day < 1 || !cursor.take('T')) return std::nullopt;
  const auto hour = cursor.fixed(2, 23);
  if (!hour || !cursor.take(':')) return std::nullopt;
  const auto minute = cursor.fixed(2, 59);
  if (!minute || !cursor.take(':')) return std::nullopt;
  const auto second = cursor.fixed(2, 59);
  if (!second) return std::nullopt;

  std::int64_t fraction = 0;
  if (cursor.take('.')) {
    int digits = 0;
    for (; digits < 6 && is_digit(cursor.peek()); ++digits) {
      const char digit = cursor.peek();
      fraction = fraction * 10 + (digit - '0');
      cursor.take(digit);
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 6; ++digits) fraction *= 10;
  }

  std::int64_t offset_minutes = 0;
  if (!cursor.take('Z')) {
    const bool west = cursor.peek() == '-';
    if (!cursor.take('+') && !cursor.take('-')) return std::nullopt;
    const auto hours = cursor.fixed(2, 23);
    if (!hours || !cursor.take(':')) return std::nullopt;
    const auto minutes = cursor.fixed(2, 59);
    if (!minutes) return std::nullopt;
    offset_minutes = (west ? std::int64_t{-1} : std::int64_t{1}) * (std::int64_t{*hours} * 60 + *minutes);
  }
  if (!cursor.empty()) return std::nullopt;
  const std::int64_t minutes =
      (days_since_epoch(*year, *month, *day) * 24 + *hour) * 60 + *minute - offset_minutes;
  constexpr std::int64_t kMinutesOfDay = std::int64_t{24} * 60;
  if (minutes < days_since_epoch(1, 1, 1) * kMinutesOfDay ||
      minutes >= days_since_epoch(10'000, 1, 1) * kMinutesOfDay)
    return std::nullopt;
  return (minutes * 60 + *second) * 1'000'000 + fraction;
}

std::optional<std::int64_t> parse_duration(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.size() < 2) return std::nullopt;
  std::int64_t unit = 0;
  switch (text.back()) {
    case 's': unit = 1'000'000; break;
    case 'm': unit = 60'000'000; break;
    case 'h': unit = 3'600'000'000; break;
    case 'd': unit = 86'400'000'000; break;
    default: return std::nullopt;
  }
  text.remove_suffix(1);
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  const std::int64_t highest = std::numeric_limits<std::int64_t>::max() / unit;
  std::int64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c) || value > highest / 10) return std::nullopt;
    value = value * 10 + (c - '0');
    if (value > highest) return std::nullopt;
  }
  return (negative ? -value : value) * unit;
}

bool is_valid_id(std::string_view id) noexcept {
  if (id.empty() || id == "*") return false;
  return std::none_of(id.begin(), id.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == '#';
  });
}

std::optional<EntityName> split_entity(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const EntityName name{text.substr(0, colon), text.substr(colon + 1)};
  if (!is_valid_id(name.id)) return std::nullopt;
  return name;
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned lead = byte(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    std::size_t more = 0;
    std::uint32_t point = 0;
    std::uint32_t lowest = 0;
    if ((lead & 0xE0) == 0xC0)
      more = 1, point = lead & 0x1F, lowest = 0x80;
    else if ((lead & 0xF0) == 0xE0)
      more = 2, point = lead & 0x0F, lowest = 0x800;
    else if ((lead & 0xF8) == 0xF0)
      more = 3, point = lead & 0x07, lowest = 0x10000;
    else
      return false;
    if (text.size() - i <= more) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return false;
      point = point << 6 | (byte(i + k) & 0x3FU);
    }
    if (point < lowest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    i += more + 1;
  }
  return true;
}

}  // namespace policyc::vm
