// What docs/limits.md promises: each finding about a limit is named there, and ends the command with the exit
// status of a limit.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "limits_page.hpp"
#include "policyc/text/diagnostic.hpp"

namespace {

namespace fs = std::filesystem;

std::set<std::string> codes_in(const std::string& text, const char* pattern) {
  const std::regex code(pattern);
  std::set<std::string> codes;
  for (std::sregex_iterator at(text.begin(), text.end(), code), end; at != end; ++at) codes.insert((*at)[1]);
  return codes;
}

const policyc::text::DiagInfo* info_of(const std::string& id) {
  const auto all = policyc::text::all_diagnostics();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

TEST(Limits, ThePageNamesEachFindingAboutOne) {
  const std::set<std::string> named = codes_in(policyc::docs::limits_page(), "(PC[0-9]{4})");
  for (const std::string& id : named) {
    const auto* info = info_of(id);
    ASSERT_NE(info, nullptr) << id;
    EXPECT_TRUE(info->is_limit) << id << " stands on the page, and ends the command with another exit status";
  }
  for (const policyc::text::DiagInfo& info : policyc::text::all_diagnostics())
    if (info.is_limit) {
      EXPECT_EQ(info.severity, policyc::text::Severity::error) << info.id;
      EXPECT_EQ(named.count(info.id), 1U) << info.id << " is about a limit that is not on the page";
    }
}

// Every golden case that shows an error about a limit, whatever else it shows.
TEST(Limits, EndTheCommandWithTheirExitStatus) {
  std::set<std::string> shown;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(POLICYC_SOURCE_DIR) / "tests/golden")) {
    if (entry.path().extension() != ".case") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    for (const std::string& id : codes_in(text, "error\\[(PC[0-9]{4})\\]")) {
      if (const auto* info = info_of(id); info == nullptr || !info->is_limit) continue;
      shown.insert(id);
      EXPECT_NE(text.find("\n--- exit\n4\n"), std::string::npos) << entry.path() << " shows " << id;
    }
  }
  EXPECT_GE(shown.size(), 11U);
}

}  // namespace
