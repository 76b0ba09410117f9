#pragma once

// Reading inputs and writing outputs. A file that is written is either the old
// one or the new one, never half of each.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exit_status.hpp"
#include "policyc/image_buffer.hpp"
#include "policyc/result.hpp"

namespace policyc::cli {

// What went wrong, ready to be printed, and how the command ends for it; empty if nothing did.
struct IoError {
  IoError() = default;
  IoError(std::string text, ExitStatus ends = kInputOutput) : message(std::move(text)), status(ends) {}

  [[nodiscard]] bool empty() const noexcept { return message.empty(); }

  std::string message;
  ExitStatus status = kInputOutput;
};

// The bytes of a file, or of standard input for "-". At most `limit` bytes; a file that is larger is not read
// at all, and is told as a limit.
[[nodiscard]] IoError read_bytes(const std::string& path, std::size_t limit, std::vector<std::byte>& bytes);
// The same into memory fit for an image: of a regular file, without a copy.
[[nodiscard]] IoError read_image(const std::string& path, std::size_t limit, ImageBuffer& image);
[[nodiscard]] IoError read_text(const std::string& path, std::size_t limit, std::string& text);

// Writes beside the target and renames, so that a reader, a full disk or a kill
// never meets a torn file. A target that is replaced keeps its mode, and its owner
// where that is permitted. What a writer that was killed left beside it is removed.
// A target that exists and is no regular file (a device, a pipe), and "-", are
// written directly.
[[nodiscard]] IoError write_bytes(const std::string& path, std::span<const std::byte> bytes);

// The names of what lies in a folder, in order; none if it can't be listed. The standard library's iterator
// ends the program where memory runs out in it; this throws std::bad_alloc.
[[nodiscard]] std::vector<std::string> names_in(const std::string& folder);

// Standard output, with the result of the final flush: a full disk is an error.
[[nodiscard]] IoError print(std::string_view text);

[[nodiscard]] bool ends_with(std::string_view text, std::string_view end) noexcept;

}  // namespace policyc::cli
