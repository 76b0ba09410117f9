// What `policyc test --mutate` says is missing is believed: over every package of policies/, the expectations
// that it prints are written into a test as they stand; they hold, and afterwards no change that could be
// told goes unnoticed.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

struct Output {
  int status = -1;
  std::string text;
};

Output policyc(const std::string& words) {
  Output output;
  FILE* pipe = ::popen((std::string(POLICYC_COMMAND) + " " + words + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.text.append(buffer.data(), n);
  output.status = WEXITSTATUS(::pclose(pipe));
  return output;
}

// "on "acme.yaml"" and the expectation, of each line that says what is missing; each once.
std::set<std::pair<std::string, std::string>> missing_in(const std::string& report) {
  const std::string begin = "  help: add to a test ";
  std::set<std::pair<std::string, std::string>> all;
  std::istringstream lines(report);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(begin)) continue;
    // The header ends at a colon behind a quote or a bracket; times have colons of their own.
    const std::size_t named = line.find("\": ");
    const std::size_t timed = line.find("\"): ");
    const std::size_t end =
        std::min(named == line.npos ? named : named + 1, timed == line.npos ? timed : timed + 2);
    if (end == line.npos) {
      ADD_FAILURE() << line;
      continue;
    }
    all.emplace(line.substr(begin.size(), end - begin.size()), line.substr(end + 2));
  }
  return all;
}

class Suggested : public testing::TestWithParam<std::string> {};

TEST_P(Suggested, TestsHoldAndNotice) {
  const fs::path folder = fs::temp_directory_path() / ("policyc-mutation-" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::copy(GetParam(), folder, fs::copy_options::recursive);
  const std::string words = "test '" + folder.string() + "'";
  const auto missing = missing_in(policyc(words + " --mutate").text);
  std::ofstream out(folder / "suggested.policy");
  std::size_t number = 0;
  for (const auto& [header, expectation] : missing)
    out << "test \"suggested " << ++number << "\" " << header << " {\n  " << expectation << "\n}\n";
  out.close();
  const Output holds = policyc(words);
  EXPECT_EQ(holds.status, 0) << holds.text;
  const Output after = policyc(words + " --mutate");
  EXPECT_TRUE(missing_in(after.text).empty()) << after.text;
  fs::remove_all(folder);
}

std::vector<std::string> packages() {
  std::vector<std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(std::string(POLICYC_SOURCE_DIR) + "/policies"))
    if (entry.path().filename() == "policy.policy") all.push_back(entry.path().parent_path().string());
  std::sort(all.begin(), all.end());
  return all;
}

INSTANTIATE_TEST_SUITE_P(Policies, Suggested, testing::ValuesIn(packages()), [](const auto& one) {
  std::string name = fs::relative(one.param, std::string(POLICYC_SOURCE_DIR) + "/policies").string();
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
});

}  // namespace
