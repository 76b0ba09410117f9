#pragma once

// How far long work has come, with its rate and the time that is left: one line on standard error, if that is
// a terminal, once the work has taken a second. Gone when the work is done.

#include <chrono>
#include <cstdint>
#include <string>

namespace policyc::cli {

class Progress {
 public:
  // `unit`: "MB" counts bytes, anything else counts as it is.
  Progress(std::string what, std::string unit);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  // `total` 0: it is not known.
  void at(std::uint64_t done, std::uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;

  const std::string what_, unit_;
  const Clock::time_point begun_;
  Clock::time_point next_;
  const bool is_wanted_;
  bool is_shown_ = false;
};

// "reading acme.jsonl  42 %, 12.3 MB/s, 7 s left".
[[nodiscard]] std::string progress_line(const std::string& what, const std::string& unit, std::uint64_t done,
                                        std::uint64_t total, double seconds);

}  // namespace policyc::cli
