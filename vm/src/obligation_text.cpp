// Obligations as JSON, for enforcement points that pass them on: the spelling of values that requests and
// snapshots use.

#include "policyc/program.hpp"

namespace policyc {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

void write_string(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (byte < 0x20 || byte == 0x7F)
      out += std::string("\\u00") + kDigits[byte >> 4] + kDigits[byte & 15];
    else
      out += c;
  }
  out += '"';
}

// ".5" for half a second; nothing for whole ones.
std::string fraction(std::int64_t microseconds) {
  if (microseconds == 0) return {};
  std::string text = std::to_string(kSecond + microseconds);
  text[0] = '.';
  while (text.back() == '0') text.pop_back();
  return text;
}

// At least so many, with leading zeros.
std::string digits(std::int64_t number, std::size_t least) {
  const std::string text = std::to_string(number);
  return text.size() < least ? std::string(least - text.size(), '0') + text : text;
}

// RFC 3339. What lies outside of the years 0 to 9999 has no spelling there, and stays a number.
void write_time(std::string& out, std::int64_t time) {
  std::int64_t days = time / kDay;
  std::int64_t rest = time % kDay;
  if (rest < 0) rest += kDay, days -= 1;
  // Days of the proleptic Gregorian calendar, in years that begin with March.
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t of_era = shifted - era * 146'097;
  const std::int64_t year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  const std::int64_t day = of_year - (153 * month + 2) / 5 + 1;
  const std::int64_t year = year_of_era + era * 400 + (month >= 10 ? 1 : 0);
  if (year < 0 || year > 9'999) {
    out += std::to_string(time);
    return;
  }
  const std::int64_t seconds = rest / kSecond;
  out += '"' + digits(year, 4) + '-' + digits(month < 10 ? month + 3 : month - 9, 2) + '-' + digits(day, 2) +
         'T';
  out += digits(seconds / 3'600, 2) + ':' + digits(seconds / 60 % 60, 2) + ':' + digits(seconds % 60, 2);
  out += fraction(rest % kSecond) + "Z\"";
}

void write_duration(std::string& out, std::int64_t duration) {
  const bool negative = duration < 0 && duration / kSecond == 0;
  out += std::string(negative ? "\"-" : "\"") + std::to_string(duration / kSecond);
  out += fraction(duration < 0 ? -(duration % kSecond) : duration % kSecond) + "s\"";
}

void write_scalar(std::string& out, const DefaultValue& value, TypeKind kind, std::uint64_t argument,
                  const Schema& schema) {
  const auto index = static_cast<std::size_t>(value.number);
  switch (kind) {
    case TypeKind::boolean: out += value.number != 0 ? "true" : "false"; break;
    case TypeKind::time: write_time(out, value.number); break;
    case TypeKind::duration: write_duration(out, value.number); break;
    case TypeKind::string:
    case TypeKind::ip: write_string(out, value.text); break;
    case TypeKind::enumeration: write_string(out, schema.enums[argument].members[index]); break;
    case TypeKind::role: write_string(out, schema.roles[index].name); break;
    case TypeKind::entity: {
      const std::string& of = schema.kinds[index].name;
      write_string(out, index == kSystemKind ? of : of + ":" + value.text);
      break;
    }
    case TypeKind::integer:
    case TypeKind::set: out += std::to_string(value.number); break;
  }
}

}  // namespace

std::string to_json(const ObligationInfo& obligation, const Schema& schema) {
  std::string out = "{\"name\":";
  write_string(out, obligation.name);
  out += ",\"arguments\":{";
  std::string separator;
  for (const ObligationInfo::Argument& argument : obligation.arguments) {
    if (!argument.value) continue;
    out += separator;
    separator = ",";
    write_string(out, argument.name);
    out += ':';
    if (argument.type.kind != TypeKind::set) {
      write_scalar(out, *argument.value, argument.type.kind, argument.type.argument, schema);
      continue;
    }
    out += '[';
    for (std::size_t i = 0; i < argument.value->elements.size(); ++i) {
      if (i > 0) out += ',';
      write_scalar(out, argument.value->elements[i], argument.type.element, argument.type.argument, schema);
    }
    out += ']';
  }
  return out + "}}";
}

}  // namespace policyc
