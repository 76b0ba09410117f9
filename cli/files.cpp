#include "files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

namespace policyc::cli {
namespace {

IoError failure(std::string_view verb, const std::string& path) {
  return "cannot " + std::string(verb) + " '" + path + "': " + std::strerror(errno);
}

// As the call, but that a signal does not end it.
template <class Call>
auto uninterrupted(Call call) noexcept {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

int opened(const char* path, int flags) noexcept {
  return uninterrupted([&] { return ::open(path, flags | O_CLOEXEC); });
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
    // A close that a signal interrupts has closed; what was written is on the disk before it.
    return fd <= 2 || ::close(fd) == 0 || errno == EINTR;
  }

 private:
  int fd_;
};

int open_input(const std::string& path) noexcept {
  return path == "-" ? STDIN_FILENO : opened(path.c_str(), O_RDONLY | O_NONBLOCK);
}

// Whether it can be read, and how large it is, if that is known.
IoError look_at(const Descriptor& in, const std::string& path, std::size_t& size) {
  if (in.get() < 0) return failure("open", path);
  struct stat status {};
  if (::fstat(in.get(), &status) != 0) return failure("read", path);
  if (S_ISDIR(status.st_mode)) return {"cannot read '" + path + "': it is a directory"};
  if (path != "-" && !S_ISREG(status.st_mode))
    return {"cannot read '" + path + "': it is not a regular file"};
  size = S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
  return {};
}

ssize_t read_some(int fd, std::span<std::byte> room) noexcept {
  return uninterrupted([&] { return ::read(fd, room.data(), room.size()); });
}

IoError too_large(const std::string& path, std::size_t limit) {
  return {"cannot read '" + path + "': it is larger than " + std::to_string(limit) + " bytes", kLimit};
}

bool write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = uninterrupted([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (n < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

IoError write_directly(const std::string& path, std::span<const std::byte> bytes) {
  Descriptor out(path == "-" ? STDOUT_FILENO : opened(path.c_str(), O_WRONLY));
  if (out.get() < 0) return failure("open", path);
  if (!write_all(out.get(), bytes) || !out.close_now()) return failure("write", path);
  return {};
}

// Whether this is the name of a temporary file of write_bytes, whose process is no more: BEGIN PID.XXXXXX.
bool is_left_over(const std::string& name, const std::string& begin) {
  constexpr std::size_t kRandom = 6;
  if (name.size() < begin.size() + 2 + kRandom || name.compare(0, begin.size(), begin) != 0) return false;
  const std::size_t dot = name.size() - kRandom - 1;
  const std::string_view digits = std::string_view(name).substr(begin.size(), dot - begin.size());
  pid_t pid = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  return name[dot] == '.' && wrong == std::errc() && end == digits.data() + digits.size() && pid > 0 &&
         ::kill(pid, 0) != 0 && errno == ESRCH;
}

// Removes what killed writers of the same target left in its folder. Not to be able to is no error. A process
// that can't be seen from here, in another container, still holds the lock on its file.
void sweep(const std::filesystem::path& folder, const std::string& begin) {
  for (const std::string& name : names_in(folder)) {
    if (!is_left_over(name, begin)) continue;
    const std::filesystem::path path = folder / name;
    const Descriptor file(opened(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    if (file.get() >= 0 && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) (void)::unlink(path.c_str());
  }
}

}  // namespace

IoError read_bytes(const std::string& path, std::size_t limit, std::vector<std::byte>& bytes) {
  std::size_t size = 0;
  const Descriptor in(open_input(path));
  if (IoError error = look_at(in, path, size); !error.empty()) return error;
  if (size > limit) return too_large(path, limit);
  bytes.reserve(size + 1);
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  for (;;) {
    const std::size_t old = bytes.size();
    bytes.resize(old + kChunk);
    const ssize_t n = read_some(in.get(), std::span(bytes).subspan(old));
    bytes.resize(old + static_cast<std::size_t>(n > 0 ? n : 0));
    if (n < 0) return failure("read", path);
    if (bytes.size() > limit) return too_large(path, limit);
    if (n == 0) return {};
  }
}

IoError read_image(const std::string& path, std::size_t limit, ImageBuffer& image) {
  std::size_t size = 0;
  const Descriptor in(open_input(path));
  if (IoError error = look_at(in, path, size); !error.empty()) return error;
  std::vector<std::byte> rest;  // of standard input, whose size is not known before
  if (path == "-") {
    if (IoError error = read_bytes(path, limit, rest); !error.empty()) return error;
    size = rest.size();
  }
  if (size > limit) return too_large(path, limit);
  auto buffer = ImageBuffer::create(size);
  if (!buffer) return {"cannot read '" + path + "': " + buffer.error().message, kLimit};
  image = std::move(*buffer);
  if (path == "-") {
    std::copy(rest.begin(), rest.end(), image.bytes().begin());
    return {};
  }
  for (std::size_t at = 0; at < size;) {
    const ssize_t n = read_some(in.get(), image.bytes().subspan(at));
    if (n < 0) return failure("read", path);
    if (n == 0) return {"cannot read '" + path + "': it was cut off while it was read"};
    at += static_cast<std::size_t>(n);
  }
  return {};
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
  const std::string begin = "." + target.filename().string() + ".";
  sweep(target.has_parent_path() ? target.parent_path() : ".", begin);
  std::string temporary = (target.parent_path() / (begin + std::to_string(::getpid()) + ".XXXXXX")).string();
  Descriptor out(uninterrupted([&] { return ::mkstemp(temporary.data()); }));
  if (out.get() < 0) return failure("create a file beside", path);
  // Held to the end: who sweeps sees by it that somebody writes, wherever that process is to be seen.
  (void)::flock(out.get(), LOCK_EX | LOCK_NB);

  // A new file gets the usual mode, a replaced one keeps its own, and its owner and group where we may give
  // them. The owner comes first, since the system takes some bits of the mode away with it.
  const auto given_to = [&](uid_t owner) { return ::fchown(out.get(), owner, status.st_gid) == 0; };
  [[maybe_unused]] const bool is_given =
      !exists || given_to(status.st_uid) || given_to(static_cast<uid_t>(-1));
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = exists ? (status.st_mode & 07777) : (0666 & ~mask);
  const bool written = ::fchmod(out.get(), mode) == 0 && write_all(out.get(), bytes) &&
                       uninterrupted([&] { return ::fsync(out.get()); }) == 0 && out.close_now() &&
                       ::rename(temporary.c_str(), target.c_str()) == 0;
  if (!written) {
    IoError error = failure("write", path);
    ::unlink(temporary.c_str());
    return error;
  }
  const std::string folder = target.has_parent_path() ? target.parent_path().string() : ".";
  const Descriptor directory(opened(folder.c_str(), O_RDONLY | O_DIRECTORY));
  if (directory.get() >= 0) (void)::fsync(directory.get());
  return {};
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> listed(::opendir(folder.c_str()), ::closedir);
  if (!listed) return names;
  while (const dirent* entry = ::readdir(listed.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

IoError print(std::string_view text) {
  return write_directly("-", std::as_bytes(std::span(text.data(), text.size())));
}

bool ends_with(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace policyc::cli
