#include "read_bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace policyc::snapshot {

FileBytes read_bytes(const std::string& path, std::uint64_t limit, std::size_t padding) {
  FileBytes result;
  const bool standard_input = path == "-";
  // Without waiting: a pipe that nobody writes to must not hang us.
  const int file =
      standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  const auto finish = [&](const char* error) {
    if (error != nullptr) result.error = error;
    if (!standard_input && file >= 0) ::close(file);
    return std::move(result);
  };
  if (file < 0) return finish(std::strerror(errno));
  struct stat status {};
  if (::fstat(file, &status) != 0) return finish(std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return finish("it is a folder");
  if (!standard_input && !S_ISREG(status.st_mode)) return finish("it is no regular file");
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  std::size_t expected = kChunk;
  if (S_ISREG(status.st_mode)) {
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > limit) {
      result.too_large = true;
      return finish(nullptr);
    }
    expected = static_cast<std::size_t>(size) + 1;
  }
  result.text.reserve(expected + padding);
  for (std::size_t used = 0;;) {
    result.text.resize(used +
                       std::min(kChunk, std::max<std::size_t>(expected > used ? expected - used : 0, 4096)));
    const ssize_t n = ::read(file, result.text.data() + used, result.text.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return finish(std::strerror(errno));
    used += static_cast<std::size_t>(n);
    if (used > limit) {
      result.text.clear();
      result.too_large = true;
      return finish(nullptr);
    }
    if (n == 0) {
      result.text.resize(used);
      return finish(nullptr);
    }
  }
}

}  // namespace policyc::snapshot
