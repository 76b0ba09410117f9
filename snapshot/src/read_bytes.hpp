#pragma once

// A file's bytes, bounded: opened once, looked at through its descriptor, read.

#include <cstdint>
#include <string>

namespace policyc::snapshot {

struct FileBytes {
  std::string text;   // with room for `padding` more
  std::string error;  // the system's reason; empty if it was read
  bool too_large = false;
};

// "-" is standard input. At most `limit` bytes; a regular file that is larger is not read at all.
[[nodiscard]] FileBytes read_bytes(const std::string& path, std::uint64_t limit, std::size_t padding);

}  // namespace policyc::snapshot
