#pragma once

// Lines of a file or of standard input, of bounded length. A line is handed out as soon as its end has come,
// so that a program at the other end of a pipe gets its answers; one that is too long is passed over, not
// kept.

#include <cstdint>
#include <string>
#include <vector>

#include "files.hpp"

namespace policyc::cli {

class Lines {
 public:
  // `longest`: bytes of a line, its end not counted.
  explicit Lines(std::size_t longest) : longest_(longest), buffer_(kBuffer) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines();

  // A path, or - for standard input. Once.
  [[nodiscard]] IoError open(const std::string& path);

  enum class Next { line, too_long, end, failed };
  // The next line, without its end. Of one that is too long nothing is given.
  [[nodiscard]] Next next(std::string& line);
  // Why next() failed.
  [[nodiscard]] const IoError& error() const noexcept { return error_; }

  // Bytes read so far; and of how many, 0 where nobody knows.
  [[nodiscard]] std::uint64_t done() const noexcept { return done_; }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

 private:
  static constexpr std::size_t kBuffer = std::size_t{1} << 16;
  // False: there is no more, or it can't be read.
  bool fill();

  const std::size_t longest_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, end_ = 0;  // what of the buffer was not handed out yet
  std::string path_;
  IoError error_;
  int fd_ = -1;
  std::uint64_t done_ = 0, total_ = 0;
};

}  // namespace policyc::cli
