// Lines and columns: a column is a code point, wherever it stands.

#include "policyc/text/source.hpp"

#include <gtest/gtest.h>

#include <string>

namespace policyc::text {
namespace {

TEST(Source, ColumnsAreCodePoints) {
  // Code points of one to four bytes, in every position among eight.
  const std::string pieces[] = {"a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "bc"};
  for (std::size_t first = 0; first < 9; ++first) {
    std::string text = "one\n" + std::string(first, 'x');
    for (std::size_t i = 0; i < 40; ++i) text += pieces[(i * 7 + first) % 5];
    const Source source("text", text);
    std::uint32_t column = 1;
    for (std::size_t at = 4; at <= text.size(); ++at) {
      const LineColumn found = source.locate(static_cast<std::uint32_t>(at));
      EXPECT_EQ(found.line, 2U);
      EXPECT_EQ(found.column, column) << at;
      if (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) ++column;
    }
  }
}

TEST(Source, AByteOrderMarkIsNoColumn) {
  const Source source("text", "\xEF\xBB\xBFpolicy boards and more\n");
  EXPECT_EQ(source.locate(3).column, 1U);
  EXPECT_EQ(source.locate(0).column, 1U);
  EXPECT_EQ(source.locate(19).column, 17U);
}

}  // namespace
}  // namespace policyc::text
