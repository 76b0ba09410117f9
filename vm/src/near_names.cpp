#include "near_names.hpp"

#include <algorithm>
#include <array>

namespace policyc::vm {

std::size_t name_distance(std::string_view a, std::string_view b, std::size_t bound) noexcept {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > bound) return bound + 1;
  std::array<std::array<std::size_t, kLongestName + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const auto& above = rows[(i - 1) % 3];
    const auto& before = rows[(i + 1) % 3];
    auto& row = rows[i % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

NearestName::NearestName(std::string_view wrong) noexcept
    : wrong_(wrong), bound_(std::max<std::size_t>(1, wrong.size() / 3)) {}

bool NearestName::offer(std::string_view name) noexcept {
  if (wrong_.empty() || wrong_.size() > kLongestName || name.empty() || name.size() > kLongestName)
    return false;
  const std::size_t d = name_distance(wrong_, name, bound_);
  // What shares no letter with a short word is none that was meant.
  if (d > bound_ || d >= std::max(wrong_.size(), name.size())) return false;
  if (!best_.empty() && d == bound_ && name > best_) return false;
  best_ = name;
  bound_ = d;
  return true;
}

}  // namespace policyc::vm
