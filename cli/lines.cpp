#include "lines.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace policyc::cli {

Lines::~Lines() {
  if (fd_ > STDERR_FILENO) ::close(fd_);
}

IoError Lines::open(const std::string& path) {
  path_ = path;
  // A pipe or a device may be read, and waited for.
  fd_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) return "cannot open '" + path + "': " + std::strerror(errno);
  struct stat status {};
  if (::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
    total_ = static_cast<std::uint64_t>(status.st_size);
  return {};
}

bool Lines::fill() {
  for (;;) {
    const ssize_t n = ::read(fd_, buffer_.data(), buffer_.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) error_ = "cannot read '" + path_ + "': " + std::strerror(errno);
    if (n <= 0) return false;
    at_ = 0;
    end_ = static_cast<std::size_t>(n);
    done_ += end_;
    return true;
  }
}

Lines::Next Lines::next(std::string& line) {
  line.clear();
  bool began = false;
  bool too_long = false;
  for (;;) {
    if (at_ == end_ && !fill()) {
      if (!error_.empty()) return Next::failed;
      return too_long ? Next::too_long : began ? Next::line : Next::end;
    }
    began = true;
    const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto to = buffer_.begin() + static_cast<std::ptrdiff_t>(end_);
    const auto stop = std::find(from, to, '\n');
    too_long = too_long || line.size() + static_cast<std::size_t>(stop - from) > longest_;
    if (too_long)
      line.clear();
    else
      line.append(from, stop);
    at_ += static_cast<std::size_t>(stop - from);
    if (stop == to) continue;
    ++at_;
    return too_long ? Next::too_long : Next::line;
  }
}

}  // namespace policyc::cli
