#include "read_bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace policyc::snapshot {

namespace {

// Closes on every way out, also when memory runs out. Standard input stays open.
class Descriptor {
 public:
  explicit Descriptor(const std::string& path) noexcept
      : is_standard_input_(path == "-"), fd_(is_standard_input_ ? STDIN_FILENO : opened(path.c_str())) {}
  ~Descriptor() {
    if (!is_standard_input_ && fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_standard_input() const noexcept { return is_standard_input_; }

 private:
  static int opened(const char* path) noexcept {
    for (;;) {
      // Without waiting: a pipe that nobody writes to must not hang us.
      const int fd = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
      if (fd >= 0 || errno != EINTR) return fd;
    }
  }

  bool is_standard_input_;
  int fd_;
};

FileBytes failure(const char* why) { return {{}, why, false}; }

FileBytes too_large() { return {{}, {}, true}; }

}  // namespace

FileBytes read_bytes(const std::string& path, std::uint64_t limit, std::size_t padding) {
  const Descriptor file(path);
  if (file.get() < 0) return failure(std::strerror(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure(std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return failure("it is a folder");
  if (!file.is_standard_input() && !S_ISREG(status.st_mode)) return failure("it is no regular file");
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  std::size_t expected = kChunk;
  if (S_ISREG(status.st_mode)) {
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > limit) return too_large();
    expected = static_cast<std::size_t>(size) + 1;
  }
  FileBytes result;
  result.text.reserve(expected + padding);
  for (std::size_t used = 0;;) {
    result.text.resize(used +
                       std::min(kChunk, std::max<std::size_t>(expected > used ? expected - used : 0, 4096)));
    const ssize_t n = ::read(file.get(), result.text.data() + used, result.text.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure(std::strerror(errno));
    used += static_cast<std::size_t>(n);
    if (used > limit) return too_large();
    if (n == 0) {
      result.text.resize(used);
      return result;
    }
  }
}

}  // namespace policyc::snapshot
