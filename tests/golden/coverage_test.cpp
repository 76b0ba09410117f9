// Every finding that policyc can report is shown to somebody: each code of the .def
// files stands in what a golden case prints, is asked for by an example of
// docs/language.md, or is expected by name in a unit test. What nothing shows is
// listed here with the reason.

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "policyc/text/diagnostic.hpp"

namespace {

namespace fs = std::filesystem;

struct Exception {
  std::string_view id;
  std::string_view reason;
};
constexpr std::array kExceptions = {
    Exception{"PC9014",
              "an expression that needs thirty registers has some 2^30 operands: the emitter's own guard"},
    Exception{"PC2070", "a mistake in policyc: the guard against a rule that is left out without a finding"},
};

// All files with an ending below a folder, one after another.
std::string texts(const std::string& folder, std::string_view ending) {
  std::string all;
  const fs::path root = fs::path(POLICYC_SOURCE_DIR) / folder;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ending) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return all;
}

bool is_word_in(std::string_view text, const std::string& word) {
  const auto joins = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1))
    if (at + word.size() == text.size() || !joins(text[at + word.size()])) return true;
  return false;
}

TEST(Coverage, EveryFindingIsShown) {
  const std::string cases = texts("tests/golden", ".case");
  const std::string page = texts("docs", ".md");
  const std::string tests = texts("tests/unit", ".cpp");
  for (const policyc::text::DiagInfo& info : policyc::text::all_diagnostics()) {
    const bool shown = cases.find("[" + info.id + "]") != std::string::npos ||
                       page.find("```policy " + info.id) != std::string::npos ||
                       is_word_in(tests, "DiagCode::" + std::string(info.name)) ||
                       is_word_in(tests, "\"" + std::string(info.name)) || is_word_in(tests, info.id);
    const auto excepted = std::find_if(kExceptions.begin(), kExceptions.end(),
                                       [&](const Exception& one) { return one.id == info.id; });
    if (excepted == kExceptions.end())
      EXPECT_TRUE(shown) << info.id << " (" << info.name << ") is shown by no case and no test";
    else
      EXPECT_FALSE(shown) << info.id << " is shown by now, and needs no exception";
  }
}

}  // namespace
