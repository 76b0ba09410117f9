#include "policyc/text/source.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace policyc::text {
namespace {

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

}  // namespace

Source::Source(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}

std::string_view Source::slice(Span span) const noexcept {
  const std::size_t begin = std::min<std::size_t>(span.begin, text_.size());
  const std::size_t end = std::clamp<std::size_t>(span.end, begin, text_.size());
  return std::string_view(text_).substr(begin, end - begin);
}

// A line ends with LF, CR LF or a lone CR: editors count all three.
void Source::index_lines() const {
  if (!line_starts_.empty()) return;
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const bool lone_return = text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n');
    if (text_[i] == '\n' || lone_return) line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

std::uint32_t Source::line_of(std::uint32_t offset) const {
  index_lines();
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::uint32_t>(after - line_starts_.begin());
}

LineColumn Source::locate(std::uint32_t offset) const {
  const std::uint32_t line = line_of(offset);
  const std::size_t end = std::min<std::size_t>(offset, text_.size());
  std::uint32_t column = 1;
  std::size_t i = line_starts_[line - 1];
  // A byte order mark is no column of its own: editors don't show it.
  if (i == 0 && text_.compare(0, 3, "\xEF\xBB\xBF") == 0) i = std::min<std::size_t>(3, end);
  // Eight bytes at a time, since a line may be the whole of a large file: those that begin with the bits 10
  // continue a code point.
  for (std::uint64_t bytes = 0; i + sizeof bytes <= end; i += sizeof bytes) {
    std::memcpy(&bytes, text_.data() + i, sizeof bytes);
    const std::uint64_t continuing = bytes & ~(bytes << 1) & 0x8080808080808080;
    column += static_cast<std::uint32_t>(sizeof bytes - static_cast<std::size_t>(std::popcount(continuing)));
  }
  for (; i < end; ++i)
    if (!continues_code_point(text_[i])) ++column;
  return {line, column};
}

std::string_view Source::line(std::uint32_t number) const {
  index_lines();
  if (number == 0 || number > line_starts_.size()) return {};
  const std::size_t begin = line_starts_[number - 1];
  std::size_t end = number < line_starts_.size() ? line_starts_[number] : text_.size();
  while (end > begin && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
  return std::string_view(text_).substr(begin, end - begin);
}

std::uint32_t SourceSet::add(Source source) {
  files_.push_back(std::move(source));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

}  // namespace policyc::text
