#pragma once

// Runs the command as a program of its own, with faults put in its way.

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

namespace policyc::faults {

// How it ended.
struct Ended {
  int status = -1;  // of its exit; -1 if a signal ended it
  int signal = 0;
  std::string out, err;
  std::uint64_t hits = 0;  // calls that were made to fail
};

struct Surroundings {
  std::string fault = {};        // POLICYC_FAULT: shim.cpp
  std::string input = {};        // what comes on standard input
  std::int64_t largest = -1;     // bytes of a file that may be written: RLIMIT_FSIZE
  std::int64_t kill_after = -1;  // microseconds
};

// A folder of its own, which goes with it; programs run there.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] Ended run(const std::vector<std::string>& words, const Surroundings& surroundings = {}) const;

  void write(const std::string& name, const std::string& bytes) const;
  // "" if there is none.
  [[nodiscard]] std::string bytes(const std::string& name) const;
  // The names of files that begin so, in order.
  [[nodiscard]] std::vector<std::string> beginning(const std::string& with) const;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace policyc::faults
