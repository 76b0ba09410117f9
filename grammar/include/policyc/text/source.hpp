#pragma once

// Texts and places in them. A place is always a half-open range of bytes of one
// file; lines and columns are computed only when something is printed.
//
//   policyc::text::SourceSet sources;
//   const std::uint32_t file = sources.add(policyc::text::Source("a.policy", text));
//   sources[file].locate(12).line;                               // 1 is the first
//
// Values that own their texts. Threads: as a std::vector's.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace policyc::text {

// Half-open range of bytes [begin, end) of the file with this index in a
// SourceSet. Four bytes each: files over 4 GiB are refused at the door.
struct Span {
  std::uint32_t file = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

// From the start of `first` to the end of `last`; both in one file.
[[nodiscard]] constexpr Span join(Span first, Span last) noexcept {
  return {first.file, first.begin, last.end};
}

// Line and column as people count them: both start at 1, and a column is a
// Unicode code point (not a byte, not a terminal cell).
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

// A named UTF-8 text.
//
// The line table is built on the first question about lines, so that reading a
// large text without errors costs nothing; this makes the first call of
// locate() or line() unsafe to run at once with another.
class Source {
 public:
  Source(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::string_view slice(Span span) const noexcept;

  // Line and column of a byte offset. O(log lines) after the first call.
  [[nodiscard]] LineColumn locate(std::uint32_t offset) const;

  // The line alone, which is faster where lines are long.
  [[nodiscard]] std::uint32_t line_of(std::uint32_t offset) const;

  // The text of a line, without its line ending. Lines start at 1.
  [[nodiscard]] std::string_view line(std::uint32_t number) const;

 private:
  void index_lines() const;

  std::string name_;
  std::string text_;
  mutable std::vector<std::uint32_t> line_starts_;
};

// The files of one run, by index. References stay valid while the set lives
// and nothing is added.
class SourceSet {
 public:
  // Returns the new file's index.
  std::uint32_t add(Source source);

  [[nodiscard]] const Source& operator[](std::uint32_t file) const { return files_[file]; }
  [[nodiscard]] std::size_t size() const noexcept { return files_.size(); }
  [[nodiscard]] std::string_view slice(Span span) const { return files_[span.file].slice(span); }

 private:
  std::vector<Source> files_;
};

}  // namespace policyc::text
