#include "literals.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <vector>

#include "other_languages.hpp"
#include "unicode.hpp"

namespace policyc::text {
namespace {

constexpr std::int64_t kMicrosecond = 1;
constexpr std::int64_t kSecond = 1'000'000 * kMicrosecond;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// The unit's length, 0 if it is none.
std::int64_t unit_of(std::string_view unit) {
  if (unit == "s") return kSecond;
  if (unit == "m") return 60 * kSecond;
  if (unit == "h") return 3600 * kSecond;
  if (unit == "d") return 86'400 * kSecond;
  return 0;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return std::string(text);
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return std::string(text.substr(0, end)) + "…";
}

Problem bad_number(std::string_view token, std::string why, std::string way_out) {
  return {DiagCode::bad_number, {shortened(token), std::move(why), std::move(way_out)}};
}

// Says what somebody who wrote this may have meant.
Problem explain_bad_number(std::string_view token, std::string_view digits, std::string_view rest) {
  if (rest.find('.') != std::string_view::npos)
    return bad_number(token, "there are no fractions", "count in a smaller unit, such as cents or seconds");
  if (rest.find('_') != std::string_view::npos) {
    std::string plain(token);
    plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
    return bad_number(token, "digits are not grouped", "write `" + shortened(plain) + "`");
  }
  if (digits == "0" && !rest.empty() &&
      (rest[0] == 'x' || rest[0] == 'X' || rest[0] == 'b' || rest[0] == 'o'))
    return bad_number(token, "only decimal numbers are known", "write it in decimal");
  if (rest[0] == 'e' || rest[0] == 'E')
    return bad_number(token, "there are no exponents", "write all digits");
  if (unit_of(rest.substr(0, 1)) != 0 && rest.size() > 1 && is_digit(rest[1]))
    return bad_number(token, "a duration has one unit", "write 1h30m as 90m");
  if (!unit_meant_by(rest).name.empty())
    return bad_number(token, "'" + shortened(rest) + "' is no unit of time",
                      read_spelled_duration(digits, rest).problem->arguments.back());
  return bad_number(token, "'" + shortened(rest) + "' is no unit of time",
                    "the units are s, m, h and d: 90s 15m 8h 30d; a name can't start with a digit");
}

}  // namespace

Number read_number(std::string_view token) {
  Number out;
  const bool negative = token.substr(0, 1) == "-";
  const std::string_view unsigned_token = token.substr(negative ? 1 : 0);
  const auto digits_end = static_cast<std::size_t>(
      std::find_if_not(unsigned_token.begin(), unsigned_token.end(), is_digit) - unsigned_token.begin());
  const std::string_view digits = unsigned_token.substr(0, digits_end);
  const std::string_view rest = unsigned_token.substr(digits_end);
  const std::int64_t unit = rest.empty() ? 1 : unit_of(rest);
  out.is_duration = !rest.empty();
  if (unit == 0) {
    out.is_duration = unit_of(rest.substr(0, 1)) != 0;
    out.problem = explain_bad_number(token, digits, rest);
    return out;
  }
  if (digits.size() > 1 && digits[0] == '0') {
    std::string_view plain = digits;
    while (plain.size() > 1 && plain[0] == '0') plain.remove_prefix(1);
    out.problem =
        bad_number(token, "numbers don't start with 0",
                   "write `" + std::string(negative ? "-" : "") + shortened(plain) + std::string(rest) + "`");
    return out;
  }
  // Counted downwards: the range reaches further below zero than above it.
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  std::int64_t value = 0;
  bool fits = true;
  for (const char c : digits) {
    const std::int64_t digit = c - '0';
    fits = fits && value >= (kLeast + digit) / 10;
    if (!fits) break;
    value = value * 10 - digit;
  }
  fits = fits && value >= kLeast / unit && (negative || value * unit != kLeast);
  if (!fits) {
    const char* range = out.is_duration ? "a duration" : "an integer";
    const char* way_out = out.is_duration ? "durations reach to 106751991d"
                                          : "integers reach from -9223372036854775808 to 9223372036854775807";
    out.problem = Problem{DiagCode::number_range, {shortened(token), range, way_out}};
    return out;
  }
  out.value = negative ? value * unit : -(value * unit);
  return out;
}

Unescaped unescape(std::string_view body) {
  Unescaped out;
  out.value.reserve(body.size());
  const auto fail = [&](std::size_t begin, std::size_t end, std::string why) {
    if (out.problem) return;
    out.problem = Problem{DiagCode::bad_escape, {shortened(body.substr(begin, end - begin)), std::move(why)}};
    out.problem_begin = static_cast<std::uint32_t>(begin);
    out.problem_end = static_cast<std::uint32_t>(end);
  };
  for (std::size_t i = 0; i < body.size();) {
    if (body[i] != '\\') {
      out.value += body[i++];
      continue;
    }
    const char escape = i + 1 < body.size() ? body[i + 1] : '\0';
    std::size_t end = std::min(i + 2, body.size());
    if (escape == '"' || escape == '\\')
      out.value += escape;
    else if (escape == 'n')
      out.value += '\n';
    else if (escape == 't')
      out.value += '\t';
    else if (escape == 'u') {
      std::uint32_t value = 0;
      std::size_t digits = 0;
      if (end < body.size() && body[end] == '{') {
        ++end;
        for (; end < body.size(); ++end, ++digits) {
          const char c = body[end];
          const std::uint32_t digit = is_digit(c)            ? static_cast<std::uint32_t>(c - '0')
                                      : c >= 'a' && c <= 'f' ? static_cast<std::uint32_t>(c - 'a' + 10)
                                      : c >= 'A' && c <= 'F' ? static_cast<std::uint32_t>(c - 'A' + 10)
                                                             : 16u;
          if (digit == 16) break;
          if (digits < 8) value = value << 4u | digit;
        }
      }
      const bool closed = digits > 0 && end < body.size() && body[end] == '}';
      if (closed) ++end;
      if (!closed)
        fail(i, end, "write the character's number in braces, such as \\u{2714}");
      else if (digits > 6 || value > 0x10FFFF)
        fail(i, end, "the last character is \\u{10FFFF}");
      else if (value >= 0xD800 && value < 0xE000)
        fail(i, end, "a surrogate is no character");
      else if (value == 0)
        fail(i, end, "a string can't hold the character zero");
      else
        append_utf8(out.value, value);
    } else {
      while (end < body.size() && (static_cast<unsigned char>(body[end]) & 0xC0u) == 0x80u) ++end;
      fail(i, end, end == i + 1 ? "nothing follows the backslash" : "a backslash is written \\\\");
    }
    i = end;
  }
  return out;
}

namespace {

// Days from 1970-01-01 in the proleptic Gregorian calendar.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;  // years begin in March: the leap day is the last
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

std::int64_t days_in(std::int64_t year, std::int64_t month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Reads fields of fixed width from the left.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  bool number(std::size_t digits, std::int64_t& value) {
    if (rest_.size() < digits || !all_digits(rest_.substr(0, digits))) return false;
    value = 0;
    for (const char c : rest_.substr(0, digits)) value = value * 10 + (c - '0');
    rest_.remove_prefix(digits);
    return true;
  }
  bool mark(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

const char* read_instant(std::string_view text, std::int64_t& microseconds) {
  Fields in(text);
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t fraction = 0;
  if (!in.number(4, year) || !in.mark('-') || !in.number(2, month) || !in.mark('-') || !in.number(2, day))
    return "a date looks like 2026-03-01";
  if (in.rest().empty()) return "the time of day and the zone are missing";
  if (!in.mark('T')) return "a capital T stands between date and time";
  if (!in.number(2, hour) || !in.mark(':') || !in.number(2, minute) || !in.mark(':') || !in.number(2, second))
    return "a time of day looks like 09:30:00";
  if (in.mark('.')) {
    std::int64_t digit = 0;
    std::int64_t weight = 100'000;
    if (!in.number(1, digit)) return "digits are missing after the '.'";
    do {
      if (weight == 0) return "fractions of a second have at most six digits";
      fraction += digit * weight;
      weight /= 10;
    } while (in.number(1, digit));
  }
  std::int64_t offset = 0;
  if (in.rest().empty()) return "the zone is missing: write Z or +01:00 at the end";
  if (!in.mark('Z')) {
    const bool east = in.mark('+');
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    if (!east && !in.mark('-')) return "a zone is Z (a capital), +01:00 or -05:30";
    if (!in.number(2, hours) || !in.mark(':') || !in.number(2, minutes))
      return "a zone is Z (a capital), +01:00 or -05:30";
    if (hours > 23 || minutes > 59) return "zones reach from -23:59 to +23:59";
    offset = (hours * 60 + minutes) * (east ? 60 : -60);
  }
  if (!in.rest().empty()) return "something follows the zone";
  if (year == 0) return "there is no year 0";
  if (month < 1 || month > 12) return "months go from 01 to 12";
  if (day < 1 || day > days_in(year, month)) return "that month has no such day";
  if (hour > 23) return "hours go from 00 to 23";
  if (minute > 59) return "minutes go from 00 to 59";
  if (second > 59) return second == 60 ? "leap seconds can't be written" : "seconds go from 00 to 59";
  const std::int64_t seconds =
      days_of(year, month, day) * 86'400 + hour * 3600 + minute * 60 + second - offset;
  if (seconds < days_of(1, 1, 1) * 86'400 || seconds >= days_of(10'000, 1, 1) * 86'400)
    return "years go from 0001 to 9999, in UTC";
  microseconds = seconds * kSecond + fraction;
  return nullptr;
}

// Empty if it is an address, whose four bytes then lie in `bytes`.
const char* check_ipv4(std::string_view text, std::span<std::uint8_t, 4> bytes) {
  std::size_t parts = 0;
  while (true) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, end);
    if (!all_digits(part) || part.size() > 3) return "an IPv4 address has four numbers, such as 10.0.0.1";
    if (part.size() > 1 && part[0] == '0') return "its numbers don't start with 0";
    int value = 0;
    for (const char c : part) value = value * 10 + (c - '0');
    if (value > 255) return "its numbers go from 0 to 255";
    if (parts < bytes.size()) bytes[parts] = static_cast<std::uint8_t>(value);
    ++parts;
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  return parts == bytes.size() ? nullptr : "an IPv4 address has four numbers, such as 10.0.0.1";
}

// Empty if it is an address, whose bytes then lie in `bytes`.
const char* check_ipv6(std::string_view text, std::span<std::uint8_t, 16> bytes) {
  if (text.find('%') != std::string_view::npos) return "an address can't name a zone";
  const std::size_t gap = text.find("::");
  if (gap != std::string_view::npos && text.find("::", gap + 1) != std::string_view::npos)
    return "'::' stands at most once";
  std::vector<std::uint8_t> read;
  // Reads the groups of one side of the gap; the very last may be an IPv4 address.
  const auto side = [&](std::string_view part, bool last) -> const char* {
    while (!part.empty()) {
      const std::size_t end = std::min(part.find(':'), part.size());
      const std::string_view group = part.substr(0, end);
      if (end == part.size() && last && group.find('.') != std::string_view::npos) {
        std::array<std::uint8_t, 4> last_two{};
        const char* why = check_ipv4(group, last_two);
        read.insert(read.end(), last_two.begin(), last_two.end());
        return why;
      }
      const bool hex =
          !group.empty() && group.size() <= 4 && std::all_of(group.begin(), group.end(), [](char c) {
            return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
          });
      if (!hex) return "an IPv6 address has groups of up to four hexadecimal digits";
      unsigned value = 0;
      std::from_chars(group.data(), group.data() + group.size(), value, 16);
      read.push_back(static_cast<std::uint8_t>(value >> 8));
      read.push_back(static_cast<std::uint8_t>(value & 0xFF));
      if (end == part.size()) break;
      part.remove_prefix(end + 1);
      if (part.empty()) return "a group is missing after the last ':'";
    }
    return nullptr;
  };
  if (gap == std::string_view::npos) {
    if (const char* why = side(text, true)) return why;
    if (read.size() != bytes.size()) return "an IPv6 address has eight groups, or '::' in place of some";
    std::copy(read.begin(), read.end(), bytes.begin());
    return nullptr;
  }
  if (const char* why = side(text.substr(0, gap), false)) return why;
  const auto before = static_cast<std::ptrdiff_t>(read.size());
  if (const char* why = side(text.substr(gap + 2), true)) return why;
  if (read.size() + 2 > bytes.size()) return "an IPv6 address has eight groups, or '::' in place of some";
  std::copy_n(read.begin(), before, bytes.begin());
  std::copy_backward(read.begin() + before, read.end(), bytes.end());
  return nullptr;
}

// A block has one name: its first address and the prefix. Takes away what is set behind the prefix, and says
// whether there was anything.
bool clear_behind(std::span<std::uint8_t> bytes, int prefix) {
  bool any = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int kept = std::clamp(prefix - 8 * static_cast<int>(i), 0, 8);
    const auto mask = static_cast<std::uint8_t>(0xFF00u >> static_cast<unsigned>(kept));
    any = any || (bytes[i] & ~mask & 0xFF) != 0;
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & mask);
  }
  return any;
}

std::string ipv4_text(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += (text.empty() ? "" : ".") + std::to_string(byte);
  return text;
}

}  // namespace

Instant read_time(std::string_view text) {
  Instant out;
  if (const char* why = read_instant(text, out.microseconds))
    out.problem = Problem{DiagCode::bad_time, {shortened(text), why}};
  return out;
}

std::optional<Problem> check_ip(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool v6 = address.find(':') != std::string_view::npos;
  std::array<std::uint8_t, 16> room{};
  const std::span<std::uint8_t, 16> all(room);
  const std::span<std::uint8_t> bytes = v6 ? std::span<std::uint8_t>(all) : all.first<4>();
  const char* wrong = v6 ? check_ipv6(address, all) : check_ipv4(address, all.first<4>());
  std::string why = wrong != nullptr ? wrong : "";
  if (why.empty() && slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    int bits = -1;
    if (all_digits(length) && length.size() <= 3 && (length.size() == 1 || length[0] != '0')) {
      bits = 0;
      for (const char c : length) bits = bits * 10 + (c - '0');
    }
    if (bits < 0 || bits > (v6 ? 128 : 32))
      why = v6 ? "a prefix length goes from 0 to 128" : "a prefix length goes from 0 to 32";
    else if (clear_behind(bytes, bits))
      why = "a block begins at its first address, and this one is behind it" +
            (v6 ? "" : ": " + ipv4_text(bytes) + "/" + std::to_string(bits));
  }
  if (why.empty()) return std::nullopt;
  return Problem{DiagCode::bad_ip, {shortened(text), why}};
}

}  // namespace policyc::text
