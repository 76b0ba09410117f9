#pragma once

// Files of policy text, from the disk.
//
// A file is opened once, without waiting, and looked at through its descriptor:
// what was checked is what is read. Files below a root are reached along a path
// without links, from the root's own descriptor, so that nobody who swaps a
// folder for a link meanwhile leads out of it.

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace policyc::text {

// Which file it is, whatever its name.
using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;

struct FileText {
  enum class Status : std::uint8_t { read, known, unreadable, outside, irregular, too_large };
  Status status = Status::unreadable;
  std::string text;
  std::string why;  // unreadable: the system's reason; irregular: what it is, "a folder"
  FileIdentity identity;
};

// The file of a command line; a pipe is one, too.
[[nodiscard]] FileText read_file(const std::string& path, std::uint32_t max_bytes);

// What a path names.
enum class PathKind : std::uint8_t { file, folder };
[[nodiscard]] PathKind kind_of_path(const std::string& path);

class Root {
 public:
  explicit Root(const std::string& folder);
  ~Root();
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  // A file by its path from here, unless it is a known one. Links may be followed,
  // as long as they stay below.
  [[nodiscard]] FileText read(const std::string& path, std::uint32_t max_bytes,
                              const std::set<FileIdentity>& known) const;

  // The names in this folder that end in ".policy", in order. False if it can't be
  // listed; `why` says why.
  bool list(std::vector<std::string>& names, std::string& why) const;

 private:
  std::string resolved_;  // absolute, without links
  int descriptor_ = -1;
  int error_ = 0;
};

}  // namespace policyc::text
