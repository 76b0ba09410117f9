#pragma once

// Which of the names that there are was meant by one that there is not. For errors alone.

#include <cstddef>
#include <string_view>

namespace policyc::vm {

// Longer names are not typed by hand, and near to none.
inline constexpr std::size_t kLongestName = 48;

// How many letters are wrong, missing or too many, neighbours that are swapped counting once; at least
// `bound` + 1 where it is more than the bound. Of names that are not longer than kLongestName.
[[nodiscard]] std::size_t name_distance(std::string_view a, std::string_view b, std::size_t bound) noexcept;

// Takes names one after the other and keeps the one that is nearest to the wrong one: a third of the letters
// may be wrong (in a word of two or three letters, one), neighbours that are swapped counting once. Of two
// that are as near it is the lesser.
class NearestName {
 public:
  explicit NearestName(std::string_view wrong) noexcept;

  // True if this is the nearest so far; it must live as long as this object.
  bool offer(std::string_view name) noexcept;

  [[nodiscard]] std::string_view best() const noexcept { return best_; }  // empty: none is near

 private:
  std::string_view wrong_;
  std::string_view best_;
  std::size_t bound_;
};

}  // namespace policyc::vm
