#include "read_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace policyc::text {
namespace {

using Status = FileText::Status;

std::string reason(int error) { return std::generic_category().message(error); }

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

// A signal that comes while a file is opened is no reason to give up.
int opened(int folder, const char* path, int flags) noexcept {
  for (;;) {
    const int fd = ::openat(folder, path, flags | O_RDONLY | O_CLOEXEC);
    if (fd >= 0 || errno != EINTR) return fd;
  }
}

FileText failure(Status status, std::string why = {}) { return {status, {}, std::move(why), {}}; }

const char* what_it_is(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// Reads to the end, and no more than the limit: what a pipe will say is known only afterwards.
FileText read_all(int fd, std::uint32_t max_bytes) {
  FileText out;
  out.status = Status::read;
  constexpr std::size_t kChunk = std::size_t{1} << 16;
  for (;;) {
    const std::size_t old = out.text.size();
    out.text.resize(old + kChunk);
    const ssize_t n = ::read(fd, out.text.data() + old, kChunk);
    out.text.resize(old + static_cast<std::size_t>(n > 0 ? n : 0));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure(Status::unreadable, reason(errno));
    if (out.text.size() > max_bytes) return failure(Status::too_large);
    if (n == 0) return out;
  }
}

FileText read_open(const Descriptor& file, std::uint32_t max_bytes, bool pipes,
                   const std::set<FileIdentity>& known) {
  if (file.get() < 0) return failure(Status::unreadable, reason(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure(Status::unreadable, reason(errno));
  const FileIdentity identity{status.st_dev, status.st_ino};
  if (known.count(identity) != 0) return failure(Status::known);
  if (S_ISFIFO(status.st_mode) && pipes) {
    // From here on waiting is right: for whoever writes into it.
    const int flags = ::fcntl(file.get(), F_GETFL);
    if (flags < 0 || ::fcntl(file.get(), F_SETFL, flags & ~O_NONBLOCK) != 0)
      return failure(Status::unreadable, reason(errno));
    struct pollfd writer {
      file.get(), POLLIN, 0
    };
    while (::poll(&writer, 1, -1) < 0 && errno == EINTR) {
    }
  } else if (!S_ISREG(status.st_mode)) {
    return failure(Status::irregular, what_it_is(status.st_mode));
  } else if (status.st_size > static_cast<off_t>(max_bytes)) {
    return failure(Status::too_large);
  }
  FileText out = read_all(file.get(), max_bytes);
  out.identity = identity;
  return out;
}

// The absolute path without links; nothing if there is no such file, and errno says why.
std::optional<std::string> resolve(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr), std::free);
  if (!resolved) return std::nullopt;
  return std::string(resolved.get());
}

// No part of the path may be a link by now.
Descriptor open_below(int folder, std::string_view path) {
  constexpr int kFlags = O_NONBLOCK | O_NOFOLLOW | O_NOCTTY;
  Descriptor at(-1);
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string part(path.substr(0, slash));
    const bool last = slash == std::string_view::npos;
    const int from = at.get() < 0 ? folder : at.get();
    Descriptor next(opened(from, part.c_str(), last ? kFlags : kFlags | O_DIRECTORY));
    if (last || next.get() < 0) return next;
    at = std::move(next);
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

FileText read_file(const std::string& path, std::uint32_t max_bytes) {
  return read_open(Descriptor(opened(AT_FDCWD, path.c_str(), O_NONBLOCK | O_NOCTTY)), max_bytes, true, {});
}

PathKind kind_of_path(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) ? PathKind::folder : PathKind::file;
}

Root::Root(const std::string& folder) {
  if (std::optional<std::string> resolved = resolve(folder)) {
    resolved_ = *std::move(resolved);
    descriptor_ = opened(AT_FDCWD, resolved_.c_str(), O_DIRECTORY | O_NOFOLLOW);
  }
  if (descriptor_ < 0) error_ = errno;
}

Root::~Root() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileText Root::read(const std::string& path, std::uint32_t max_bytes,
                    const std::set<FileIdentity>& known) const {
  if (descriptor_ < 0) return failure(Status::unreadable, reason(error_));
  const std::optional<std::string> resolved = resolve(resolved_ + "/" + path);
  if (!resolved) return failure(Status::unreadable, reason(errno));
  if (*resolved == resolved_) return failure(Status::irregular, "a folder");
  const std::string below = resolved_ == "/" ? resolved_ : resolved_ + "/";
  if (resolved->compare(0, below.size(), below) != 0) return failure(Status::outside);
  return read_open(open_below(descriptor_, std::string_view(*resolved).substr(below.size())), max_bytes,
                   false, known);
}

bool Root::list(std::vector<std::string>& names, std::string& why) const {
  // The stream closes the descriptor that it is given.
  const int copy = descriptor_ < 0 ? -1 : opened(descriptor_, ".", O_DIRECTORY);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!folder) {
    const int error = descriptor_ < 0 ? error_ : errno;
    if (copy >= 0) ::close(copy);
    why = reason(error);
    return false;
  }
  constexpr std::string_view kEnd = ".policy";
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name.size() > kEnd.size() && name.substr(name.size() - kEnd.size()) == kEnd) names.emplace_back(name);
  }
  if (errno != 0) {
    why = reason(errno);
    return false;
  }
  std::sort(names.begin(), names.end());
  return true;
}

}  // namespace policyc::text
