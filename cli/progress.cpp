#include "progress.hpp"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace policyc::cli {
namespace {

constexpr std::chrono::seconds kQuiet{1};
constexpr std::chrono::milliseconds kBetween{100};

}  // namespace

Progress::Progress(std::string what, std::string unit)
    : what_(std::move(what)),
      unit_(std::move(unit)),
      begun_(Clock::now()),
      next_(begun_ + kQuiet),
      is_wanted_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (is_shown_) std::fputs("\r\033[K", stderr);
}

void Progress::at(std::uint64_t done, std::uint64_t total) {
  if (!is_wanted_) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + kBetween;
  is_shown_ = true;
  const std::string line =
      progress_line(what_, unit_, done, total, std::chrono::duration<double>(now - begun_).count());
  std::fprintf(stderr, "\r%s\033[K", line.c_str());
  std::fflush(stderr);
}

std::string progress_line(const std::string& what, const std::string& unit, std::uint64_t done,
                          std::uint64_t total, double seconds) {
  const double scale = unit == "MB" ? 1e6 : 1;
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  char text[96];
  if (total == 0) {
    std::snprintf(text, sizeof text, "  %.0f %s, %.1f %s/s", static_cast<double>(done) / scale, unit.c_str(),
                  rate / scale, unit.c_str());
  } else {
    const double left = rate > 0 ? static_cast<double>(total - (done < total ? done : total)) / rate : 0;
    std::snprintf(text, sizeof text, "  %.0f %%, %.1f %s/s, %.0f s left",
                  100 * static_cast<double>(done) / static_cast<double>(total), rate / scale, unit.c_str(),
                  left);
  }
  return what + text;
}

}  // namespace policyc::cli
