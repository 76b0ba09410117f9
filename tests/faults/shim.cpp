// Loaded before the system's library (LD_PRELOAD), it stands between a program and its files, and lets one of
// the program's calls fail, or ends the program there.
//
//   POLICYC_FAULT="CALL WHICH WHAT"
//     CALL   a call by name, or `any`; `memory` for allocations
//     WHICH  3 the third such call; 3+ from the third on; every2 each second one
//     WHAT   an error's name; `short`: at most seven bytes are read or written; `kill`: before the call;
//     `killed`: behind
//   POLICYC_FAULT_LOG=FILE gets a byte for each call that was hit.
//
// A call that is hit with an error does nothing, but for close, which closes as the system's does.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace {

enum class What { none, error, shorten, kill, killed };

// What the environment asks for. Nothing here allocates: allocations may be what fails.
struct Fault {
  char call[16] = {};
  long which = 0, every = 0;
  bool on = false;
  What what = What::none;
  int error = 0;
  const char* log = nullptr;
};
Fault fault;
std::atomic<long> count{0};
// Allocations count from main on: what comes before belongs to no program.
std::atomic<bool> has_begun{false};

__attribute__((constructor)) void read_environment() {
  const char* text = std::getenv("POLICYC_FAULT");
  if (text == nullptr) return;
  fault.log = std::getenv("POLICYC_FAULT_LOG");
  const char* end = std::strchr(text, ' ');
  if (end == nullptr || end - text >= 16) return;
  std::memcpy(fault.call, text, static_cast<std::size_t>(end - text));
  const char* which = end + 1;
  if (std::strncmp(which, "every", 5) == 0)
    fault.every = std::atol(which + 5);
  else
    fault.which = std::atol(which);
  const char* what = std::strchr(which, ' ');
  if (what == nullptr) return;
  fault.on = what[-1] == '+';
  ++what;
  struct Error {
    const char* name;
    int number;
  };
  constexpr Error kErrors[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EINTR", EINTR},
                               {"EMFILE", EMFILE}, {"EACCES", EACCES}, {"ENOMEM", ENOMEM}};
  fault.what = std::strcmp(what, "short") == 0    ? What::shorten
               : std::strcmp(what, "kill") == 0   ? What::kill
               : std::strcmp(what, "killed") == 0 ? What::killed
                                                  : What::error;
  for (const Error& one : kErrors)
    if (std::strcmp(one.name, what) == 0) fault.error = one.number;
  if (fault.what == What::error && fault.error == 0) fault.what = What::none;
}

void log_hit() {
  if (fault.log == nullptr) return;
  const long fd = ::syscall(SYS_openat, AT_FDCWD, fault.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  ::syscall(SYS_write, fd, "x", 1);
  ::syscall(SYS_close, fd);
}

void end_program() { ::syscall(SYS_kill, ::syscall(SYS_getpid), SIGKILL); }

// What happens to this call.
What hit(const char* call) {
  const bool is_memory = std::strcmp(call, "memory") == 0;
  if (fault.what == What::none ||
      (std::strcmp(fault.call, call) != 0 && (is_memory || std::strcmp(fault.call, "any") != 0)))
    return What::none;
  const long number = ++count;
  const bool is_hit = fault.every > 0 ? number % fault.every == 0
                                      : number == fault.which || (fault.on && number > fault.which);
  if (!is_hit) return What::none;
  log_hit();
  if (fault.what == What::kill) end_program();
  if (fault.what == What::error) errno = fault.error;
  return fault.what;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

template <class Function, class... Arguments>
auto pass_on(const char* call, const char* name, Arguments... arguments) {
  static Function* const real = next<Function>(name);
  using Result = decltype(real(arguments...));
  const What what = hit(call);
  if (what == What::error) {
    if constexpr (std::is_pointer_v<Result>)
      return static_cast<Result>(nullptr);
    else
      return static_cast<Result>(-1);
  }
  const Result result = real(arguments...);
  if (what == What::killed) end_program();
  return result;
}

mode_t mode_of(int flags, std::va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, unsigned)) : 0;
}

using Open = int(const char*, int, ...);
using OpenAt = int(int, const char*, int, ...);

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return pass_on<Open>("open", "open", path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return pass_on<OpenAt>("openat", "openat", folder, path, flags, mode);
}

ssize_t read(int fd, void* bytes, size_t size) {
  static const auto real = next<ssize_t(int, void*, size_t)>("read");
  const What what = hit("read");
  if (what == What::error) return -1;
  const ssize_t n = real(fd, bytes, what == What::shorten ? std::min<size_t>(size, 7) : size);
  if (what == What::killed) end_program();
  return n;
}

ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = next<ssize_t(int, const void*, size_t)>("write");
  const What what = hit("write");
  if (what == What::error) return -1;
  const ssize_t n = real(fd, bytes, what == What::shorten ? std::min<size_t>(size, 7) : size);
  if (what == What::killed) end_program();
  return n;
}

int close(int fd) {
  static const auto real = next<int(int)>("close");
  const What what = hit("close");
  const int error = errno;
  const int closed = real(fd);
  if (what == What::killed) end_program();
  if (what != What::error) return closed;
  errno = error;
  return -1;
}

int fstat(int fd, struct stat* status) {
  return pass_on<int(int, struct stat*)>("fstat", "fstat", fd, status);
}
int stat(const char* path, struct stat* status) {
  return pass_on<int(const char*, struct stat*)>("stat", "stat", path, status);
}
int fsync(int fd) { return pass_on<int(int)>("fsync", "fsync", fd); }
int fchmod(int fd, mode_t mode) { return pass_on<int(int, mode_t)>("fchmod", "fchmod", fd, mode); }
int fchown(int fd, uid_t owner, gid_t group) {
  return pass_on<int(int, uid_t, gid_t)>("fchown", "fchown", fd, owner, group);
}
int rename(const char* from, const char* to) {
  return pass_on<int(const char*, const char*)>("rename", "rename", from, to);
}
int mkstemp(char* path) { return pass_on<int(char*)>("mkstemp", "mkstemp", path); }
int flock(int fd, int operation) { return pass_on<int(int, int)>("flock", "flock", fd, operation); }
char* realpath(const char* path, char* resolved) {
  return pass_on<char*(const char*, char*)>("realpath", "realpath", path, resolved);
}

// The program's first act is to say what happens to a signal.
sighandler_t signal(int number, sighandler_t handler) noexcept {
  static const auto real = next<sighandler_t(int, sighandler_t)>("signal");
  has_begun = true;
  return real(number, handler);
}

void* __libc_malloc(size_t size);
void* malloc(size_t size) noexcept {
  return has_begun && hit("memory") == What::error ? nullptr : __libc_malloc(size);
}

}  // extern "C"
