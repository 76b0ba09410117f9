// A pattern of `matches`, a zero byte, a text: the product's linear matcher against a table filled cell by
// cell, and its search against the library's.

#include <vector>

#include "fixture.hpp"
#include "pattern.hpp"

namespace {

// does[p][t]: the pattern from p on matches the text from t on.
bool matches_naively(std::string_view text, std::string_view pattern) {
  std::vector<std::vector<bool>> does(pattern.size() + 1, std::vector<bool>(text.size() + 1, false));
  does[pattern.size()][text.size()] = true;
  for (std::size_t p = pattern.size(); p-- > 0;)
    for (std::size_t t = text.size() + 1; t-- > 0;) {
      if (pattern[p] == '*')
        does[p][t] = does[p + 1][t] || (t < text.size() && does[p][t + 1]);
      else
        does[p][t] = t < text.size() && pattern[p] == text[t] && does[p + 1][t + 1];
    }
  return does[0][0];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 400) return 0;
  const std::string all = policyc::fuzz::text_of(data, size);
  const std::size_t split = std::min(all.find('\0'), all.size());
  const std::string_view pattern = std::string_view(all).substr(0, split);
  const std::string_view text = std::string_view(all).substr(std::min(split + 1, all.size()));
  if (policyc::vm::matches_pattern(text, pattern) != matches_naively(text, pattern))
    policyc::fuzz::fail("the matchers differ");
  if (policyc::vm::find_text(text, pattern) != text.find(pattern)) policyc::fuzz::fail("the searches differ");
  return 0;
}
