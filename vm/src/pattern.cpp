// Patterns in linear time. Between two stars the first place where a piece fits
// is as good as any other, so a pattern is a row of plain searches; the search is
// Crochemore and Perrin's two-way algorithm, which needs no table.

#include "pattern.hpp"

#include <algorithm>
#include <cstddef>

namespace policyc::vm {
namespace {

struct Factor {
  std::size_t begin;   // of the right half
  std::size_t period;  // of the right half
};

// The greatest suffix of the needle under < or, reversed, under >.
Factor greatest_suffix(std::string_view needle, bool reversed) noexcept {
  std::size_t begin = 0;
  std::size_t other = 1;
  std::size_t matched = 0;
  std::size_t period = 1;
  while (other + matched < needle.size()) {
    const auto x = static_cast<unsigned char>(needle[other + matched]);
    const auto y = static_cast<unsigned char>(needle[begin + matched]);
    if (x == y) {
      if (++matched == period) {
        other += period;
        matched = 0;
      }
    } else if ((x < y) != reversed) {
      other += matched + 1;
      matched = 0;
      period = other - begin;
    } else {
      begin = other++;
      matched = 0;
      period = 1;
    }
  }
  return {begin, period};
}

}  // namespace

std::size_t find_text(std::string_view text, std::string_view needle) noexcept {
  if (needle.empty()) return 0;
  if (needle.size() > text.size()) return std::string_view::npos;
  if (needle.size() == 1) return text.find(needle.front());
  const Factor forward = greatest_suffix(needle, false);
  const Factor backward = greatest_suffix(needle, true);
  const Factor cut = forward.begin > backward.begin ? forward : backward;

  // The left half repeats in the needle's period: what has matched may be kept.
  const bool periodic = needle.size() >= cut.period + cut.begin &&
                        needle.substr(0, cut.begin) == needle.substr(cut.period, cut.begin);
  const std::size_t shift = periodic ? cut.period : std::max(cut.begin, needle.size() - cut.begin) + 1;
  std::size_t known = 0;  // of the needle's beginning, after a shift by its period
  for (std::size_t at = 0; at + needle.size() <= text.size();) {
    std::size_t i = std::max(cut.begin, known);
    while (i < needle.size() && needle[i] == text[at + i]) ++i;
    if (i < needle.size()) {
      at += i - cut.begin + 1;
      known = 0;
      continue;
    }
    i = cut.begin;
    while (i > known && needle[i - 1] == text[at + i - 1]) --i;
    if (i <= known) return at;
    at += shift;
    known = periodic ? needle.size() - shift : 0;
  }
  return std::string_view::npos;
}

bool matches_pattern(std::string_view text, std::string_view pattern) noexcept {
  const std::size_t first = pattern.find('*');
  if (first == std::string_view::npos) return text == pattern;
  const std::size_t last = pattern.rfind('*');
  const std::string_view head = pattern.substr(0, first);
  const std::string_view tail = pattern.substr(last + 1);
  if (text.size() < head.size() + tail.size() || !text.starts_with(head) || !text.ends_with(tail))
    return false;
  text.remove_prefix(head.size());
  text.remove_suffix(tail.size());
  for (std::size_t at = first + 1; at <= last;) {
    const std::size_t star = pattern.find('*', at);
    const std::string_view piece = pattern.substr(at, star - at);
    const std::size_t found = find_text(text, piece);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + piece.size());
    at = star + 1;
  }
  return true;
}

}  // namespace policyc::vm
