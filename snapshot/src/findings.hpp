#pragma once

// The complaints about one snapshot, up to a limit: nobody reads the ten
// thousandth, and a hostile file must not fill the memory with them.

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "policyc/text/diagnostic.hpp"

namespace policyc::snapshot {

class Findings {
 public:
  Findings(text::Diagnostics& diagnostics, std::uint32_t file, std::uint32_t max_errors)
      : diagnostics_(diagnostics), file_(file), max_errors_(max_errors) {}

  void add(text::DiagCode code, text::Span span, std::vector<std::string> arguments = {},
           std::string suggestion = {}, std::vector<text::Note> notes = {});
  void add(text::DiagCode code, std::size_t begin, std::size_t end, std::vector<std::string> arguments = {}) {
    add(code, {file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)},
        std::move(arguments));
  }

  // There is no room for another error: whoever reads may stop.
  [[nodiscard]] bool full() const noexcept { return more_; }
  [[nodiscard]] std::uint32_t errors() const noexcept { return errors_; }
  [[nodiscard]] std::uint32_t file() const noexcept { return file_; }
  [[nodiscard]] std::span<const text::Diagnostic> list() const noexcept { return diagnostics_.list(); }

  // Says that there was more, if there was; once, at the end.
  void finish();

 private:
  text::Diagnostics& diagnostics_;
  std::uint32_t file_;
  std::uint32_t max_errors_;
  std::uint32_t errors_ = 0;
  std::uint32_t warnings_ = 0;
  std::uint64_t more_warnings_ = 0;  // than are shown
  std::uint32_t last_ = 0;           // the furthest place complained about
  bool more_ = false;
};

}  // namespace policyc::snapshot
