#pragma once

// When a decision may turn out otherwise by the passing of time alone: the least of
// the instants after `now` at which a test of the time turns or a grant begins or
// ends to count. Without `now` it says whether a grant counts for which time matters.

#include <cstdint>
#include <limits>
#include <optional>

namespace policyc::vm {

struct Moments {
  std::optional<std::int64_t> now;
  std::int64_t next = std::numeric_limits<std::int64_t>::max();  // kForever: none
  bool now_missing = false;

  void note(std::int64_t instant) noexcept {
    if (!now)
      now_missing = true;
    else if (instant > *now && instant < next)
      next = instant;
  }
};

}  // namespace policyc::vm
