// Times and durations as requests and snapshots spell them.

#include "policyc/value.hpp"

namespace policyc {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

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

}  // namespace

std::string time_text(std::int64_t time) {
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
  if (year < 0 || year > 9'999) return {};
  const std::int64_t seconds = rest / kSecond;
  return digits(year, 4) + '-' + digits(month < 10 ? month + 3 : month - 9, 2) + '-' + digits(day, 2) + 'T' +
         digits(seconds / 3'600, 2) + ':' + digits(seconds / 60 % 60, 2) + ':' + digits(seconds % 60, 2) +
         fraction(rest % kSecond) + 'Z';
}

std::string duration_text(std::int64_t duration) {
  const bool negative = duration < 0 && duration / kSecond == 0;
  return (negative ? "-" : "") + std::to_string(duration / kSecond) +
         fraction(duration < 0 ? -(duration % kSecond) : duration % kSecond) + 's';
}

}  // namespace policyc
