#include "program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace policyc::faults {
namespace {

constexpr const char* kOut = ".standard.output";
constexpr const char* kErr = ".standard.error";
constexpr const char* kIn = ".standard.input";
constexpr const char* kLog = ".hits";

// In the child, between fork and exec: nothing may return from here.
[[noreturn]] void become(const std::string& folder, const std::vector<char*>& words,
                         const Surroundings& surroundings) {
  const auto redirect = [&](const char* name, int flags, int to) {
    const int fd = ::open((folder + "/" + name).c_str(), flags, 0600);
    if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
  };
  redirect(kIn, O_RDONLY, 0);
  redirect(kOut, O_WRONLY | O_CREAT | O_TRUNC, 1);
  redirect(kErr, O_WRONLY | O_CREAT | O_TRUNC, 2);
  if (::chdir(folder.c_str()) != 0) ::_exit(126);
  if (surroundings.largest >= 0) {
    const rlimit limit{static_cast<rlim_t>(surroundings.largest), static_cast<rlim_t>(surroundings.largest)};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(126);
  }
  if (!surroundings.fault.empty()) {
    ::setenv("LD_PRELOAD", POLICYC_FAULT_SHIM, 1);
    ::setenv("POLICYC_FAULT", surroundings.fault.c_str(), 1);
    ::setenv("POLICYC_FAULT_LOG", (folder + "/" + kLog).c_str(), 1);
  }
  ::execv(words[0], words.data());
  ::_exit(127);
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "policyc-faults-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Ended Folder::run(const std::vector<std::string>& words, const Surroundings& surroundings) const {
  write(kIn, surroundings.input);
  std::filesystem::remove(path_ + "/" + kLog);
  std::vector<std::string> all = {POLICYC_COMMAND};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  for (std::string& word : all) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) become(path_, pointers, surroundings);
  if (surroundings.kill_after >= 0) {
    ::usleep(static_cast<useconds_t>(surroundings.kill_after));
    ::kill(child, SIGKILL);  // not reaped yet: it is this child, or what is left of it
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  Ended ended;
  if (WIFEXITED(status)) ended.status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  ended.out = bytes(kOut);
  ended.err = bytes(kErr);
  ended.hits = bytes(kLog).size();
  return ended;
}

void Folder::write(const std::string& name, const std::string& bytes) const {
  std::ofstream(path_ + "/" + name, std::ios::binary) << bytes;
}

std::string Folder::bytes(const std::string& name) const {
  std::ostringstream all;
  all << std::ifstream(path_ + "/" + name, std::ios::binary).rdbuf();
  return all.str();
}

std::vector<std::string> Folder::beginning(const std::string& with) const {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    if (entry.path().filename().string().starts_with(with)) found.push_back(entry.path().filename().string());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace policyc::faults
