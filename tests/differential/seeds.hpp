#pragma once

// Cases by seed, on all cores, until there are enough or one differs.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace policyc::differential {

// A number from the environment.
inline std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : fallback;
}

// What the first case said that differs. Any thread may say so.
class FirstDifference {
 public:
  void differ(const std::string& what) {
    const std::lock_guard lock(mutex_);
    if (first_.empty()) first_ = what;
  }
  [[nodiscard]] bool stopped() const { return !first_difference().empty(); }
  [[nodiscard]] std::string first_difference() const {
    const std::lock_guard lock(mutex_);
    return first_;
  }

 private:
  mutable std::mutex mutex_;
  std::string first_;
};

// Calls run(seed) for one seed after the other, each once.
template <class Done, class Run>
void run_until(const Done& done, std::uint64_t first, const Run& run) {
  std::atomic<std::uint64_t> seed = first;
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i)
    workers.emplace_back([&] {
      while (!done()) run(seed++);
    });
  for (std::thread& worker : workers) worker.join();
}

}  // namespace policyc::differential
