#pragma once

// What is wrong with one file, collected while it is read.

#include <string>
#include <utility>
#include <vector>

#include "policyc/text/diagnostic.hpp"

namespace policyc::text {

// Thrown where reading goes on at the next statement; the complaint is recorded.
struct Abandoned {};

// Thrown where a file has more mistakes than anybody reads.
struct StopReading {};

class Complaints {
 public:
  Complaints(std::uint32_t file, std::uint32_t max_errors) : file_(file), max_errors_(max_errors) {}

  // Throws StopReading once the bound is passed; the last complaint says so.
  void add(DiagCode code, std::uint32_t begin, std::uint32_t end, std::vector<std::string> arguments = {},
           std::string suggestion = {}, std::vector<Note> notes = {}) {
    if (found_.size() >= max_errors_) {
      found_.push_back(
          {DiagCode::too_many_errors, {file_, begin, end}, {std::to_string(max_errors_)}, {}, {}});
      throw StopReading{};
    }
    found_.push_back(
        {code, {file_, begin, end}, std::move(arguments), std::move(suggestion), std::move(notes)});
  }

  [[nodiscard]] std::uint32_t file() const noexcept { return file_; }
  [[nodiscard]] const std::vector<Diagnostic>& found() const noexcept { return found_; }

  // Hands over all of them, by place.
  void move_to(Diagnostics& diagnostics);

 private:
  std::uint32_t file_;
  std::uint32_t max_errors_;
  std::vector<Diagnostic> found_;
};

}  // namespace policyc::text
