#include "limits.hpp"

#include <sys/resource.h>

namespace policyc::cli {

Limits& limits() noexcept {
  static Limits set;
  return set;
}

bool keep_to_memory(std::uint64_t bytes) noexcept {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_AS, &limit) != 0) return false;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || bytes < limit.rlim_max ? bytes : limit.rlim_max;
  return ::setrlimit(RLIMIT_AS, &limit) == 0;
}

}  // namespace policyc::cli
