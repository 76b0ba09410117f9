#include "files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace policyc::cli {
namespace {

std::string failure(std::string_view verb, const std::string& path) {
  return "cannot " + std::string(verb) + " '" + path + "': " + std::strerror(errno);
}

// Closes on every way out; close_now() is for writers, whose close can fail.
class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > 2) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool close_now() noexcept {
    const int fd = fd_;
    fd_ = -1;
    return fd <= 2 || ::close(fd) == 0;
  }

 private:
  int fd_;
};

bool write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

IoError write_directly(const std::string& path, std::span<const std::byte> bytes) {
  Descriptor out(path == "-" ? STDOUT_FILENO : ::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (out.get() < 0) return failure("open", path);
  if (!write_all(out.get(), bytes) || !out.close_now()) return failure("write", path);
  return {};
}

}  // namespace

IoError read_bytes(const std::string& path, std::size_t limit, std::vector<std::byte>& bytes) {
  Descriptor in(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (in.get() < 0) return failure("open", path);
  struct stat status {};
  if (::fstat(in.get(), &status) != 0) return failure("read", path);
  if (S_ISDIR(status.st_mode)) return "cannot read '" + path + "': it is a directory";
  if (path != "-" && !S_ISREG(status.st_mode)) return "cannot read '" + path + "': it is not a regular file";
  if (S_ISREG(status.st_mode)) bytes.reserve(std::min(limit, static_cast<std::size_t>(status.st_size)) + 1);
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  for (;;) {
    const std::size_t old = bytes.size();
    bytes.resize(old + kChunk);
    const ssize_t n = ::read(in.get(), bytes.data() + old, kChunk);
    if (n < 0 && errno == EINTR) {
      bytes.resize(old);
      continue;
    }
    bytes.resize(old + static_cast<std::size_t>(n > 0 ? n : 0));
    if (n < 0) return failure("read", path);
    if (bytes.size() > limit)
      return "cannot read '" + path + "': it is larger than " + std::to_string(limit) + " bytes";
    if (n == 0) return {};
  }
}

IoError read_text(const std::string& path, std::size_t limit, std::string& text) {
  std::vector<std::byte> bytes;
  if (IoError error = read_bytes(path, limit, bytes); !error.empty()) return error;
  text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {};
}

IoError write_bytes(const std::string& path, std::span<const std::byte> bytes) {
  if (path == "-") return write_directly(path, bytes);
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) return write_directly(path, bytes);

  // Through a link the file that it names is replaced, not the link.
  std::error_code code;
  std::filesystem::path target = path;
  if (std::filesystem::is_symlink(target, code)) target = std::filesystem::weakly_canonical(target, code);
  std::string temporary = (target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string();
  Descriptor out(::mkstemp(temporary.data()));
  if (out.get() < 0) return failure("create a file beside", path);

  // A new file gets the usual mode, a replaced one keeps its own.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = exists ? (status.st_mode & 07777) : (0666 & ~mask);
  const bool written = ::fchmod(out.get(), mode) == 0 && write_all(out.get(), bytes) &&
                       ::fsync(out.get()) == 0 && out.close_now() &&
                       ::rename(temporary.c_str(), target.c_str()) == 0;
  if (!written) {
    IoError error = failure("write", path);
    ::unlink(temporary.c_str());
    return error;
  }
  const std::string folder = target.has_parent_path() ? target.parent_path().string() : ".";
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) (void)::fsync(directory.get());
  return {};
}

IoError print(std::string_view text) {
  return write_directly("-", std::as_bytes(std::span(text.data(), text.size())));
}

bool ends_with(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace policyc::cli
