#include "policyc/text/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace policyc::text {
namespace {

std::vector<DiagInfo> table_of_diagnostics() {
  std::vector<DiagInfo> table = {
#define DIAG(code, name, severity, title, help, doc) \
  {DiagCode::name, "PC" #code, #name, Severity::severity, title, help, doc, false},
#define LIMIT(code, name, title, help, doc) \
  {DiagCode::name, "PC" #code, #name, Severity::error, title, help, doc, true},
#include "policyc/text/diagnostics.def"
  };
  std::sort(table.begin(), table.end(), [](const DiagInfo& a, const DiagInfo& b) { return a.code < b.code; });
  return table;
}

// Replaces {0}, {1}, …; an argument that was not given leaves nothing.
std::string fill(std::string_view pattern, const std::vector<std::string>& arguments) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool place = i + 2 < pattern.size() && pattern[i] == '{' && pattern[i + 1] >= '0' &&
                       pattern[i + 1] <= '9' && pattern[i + 2] == '}';
    if (!place) {
      out += pattern[i];
      continue;
    }
    const auto number = static_cast<std::size_t>(pattern[i + 1] - '0');
    if (number < arguments.size()) out += arguments[number];
    i += 2;
  }
  return out;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Damerau–Levenshtein distance (neighbours swapped count once) without regard
// to case, or more than `bound` where it gets larger than that.
std::size_t distance(std::string_view a, std::string_view b, std::size_t bound) {
  const std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > bound) return bound + 1;
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0u : 1u)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::span<const DiagInfo> all_diagnostics() {
  static const std::vector<DiagInfo> table = table_of_diagnostics();
  return table;
}

const DiagInfo& info(DiagCode code) {
  const std::span<const DiagInfo> table = all_diagnostics();
  const auto found =
      std::lower_bound(table.begin(), table.end(), code,
                       [](const DiagInfo& entry, DiagCode wanted) { return entry.code < wanted; });
  return found != table.end() && found->code == code ? *found : table.front();
}

std::size_t Diagnostics::error_count() const {
  return static_cast<std::size_t>(std::count_if(list_.begin(), list_.end(), [](const Diagnostic& d) {
    return info(d.code).severity == Severity::error;
  }));
}

std::size_t Diagnostics::warning_count() const { return list_.size() - error_count(); }

bool Diagnostics::has_errors() const {
  return std::any_of(list_.begin(), list_.end(),
                     [](const Diagnostic& d) { return info(d.code).severity == Severity::error; });
}

bool Diagnostics::exceeds_limit() const {
  return std::any_of(list_.begin(), list_.end(), [](const Diagnostic& d) { return info(d.code).is_limit; });
}

bool Diagnostics::has(DiagCode code, Span within) const {
  return std::any_of(list_.begin(), list_.end(), [&](const Diagnostic& d) {
    return d.code == code && d.span.file == within.file && d.span.begin >= within.begin &&
           d.span.begin < within.end;
  });
}

void Diagnostics::sort() {
  const auto key = [](const Diagnostic& d) {
    return std::tie(d.span.file, d.span.begin, d.code, d.span.end, d.arguments, d.suggestion);
  };
  std::stable_sort(list_.begin(), list_.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  list_.erase(std::unique(list_.begin(), list_.end(),
                          [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); }),
              list_.end());
}

std::string message(const Diagnostic& diagnostic) {
  return fill(info(diagnostic.code).title, diagnostic.arguments);
}

std::string help(const Diagnostic& diagnostic) {
  return fill(info(diagnostic.code).help, diagnostic.arguments);
}

const std::string* nearest(std::string_view wrong, std::span<const std::string> candidates) {
  // Names longer than this are not typing mistakes, and the table would be large.
  constexpr std::size_t kLongest = 100;
  if (wrong.empty() || wrong.size() > kLongest) return nullptr;
  // A third of the letters may be wrong; in a word of two or three letters, one.
  std::size_t bound = std::max<std::size_t>(1, wrong.size() / 3);
  const std::string* best = nullptr;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || candidate.size() > kLongest || candidate == wrong) continue;
    const std::size_t d = distance(wrong, candidate, bound);
    // What shares no letter with a short word is no suggestion.
    if (d > bound || d >= std::max(wrong.size(), candidate.size())) continue;
    best = &candidate;
    if (d == 0) break;
    bound = d - 1;
  }
  return best;
}

std::string did_you_mean(std::string_view wrong, std::span<const std::string> candidates) {
  const std::string* const best = nearest(wrong, candidates);
  return best == nullptr ? std::string() : "did you mean '" + *best + "'?";
}

}  // namespace policyc::text
