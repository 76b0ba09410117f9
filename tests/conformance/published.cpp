// Runs the cases that other engines publish, as our packages say them, with the command itself. For each
// package the expectations that ran and the requests that can't be said must be all that its cases publish.
//
//   published_cases POLICYC FOLDER PAGE
//
// FOLDER holds a folder for each suite; README.md there tells the format. PAGE is the document that is
// written from what ran: it must be fresh, and POLICYC_UPDATE=1 rewrites it. Ends with 0 only if all agrees.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "published_page.hpp"
#include "published_suite.hpp"

namespace policyc::conformance {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

bool complain(const std::string& where, const std::string& why) {
  std::fprintf(stderr, "published_cases: %s: %s\n", where.c_str(), why.c_str());
  return false;
}

// What the command prints; its findings are in there.
struct Output {
  std::string text;
  int status = -1;
};

// No shell may make something else of a path.
std::string quoted(const std::string& path) {
  std::string text = "'";
  for (const char c : path) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

Output run_tests(const std::string& policyc, const fs::path& package) {
  const std::string command = quoted(policyc) + " test " + quoted(package.string()) + " --format json";
  Output output;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) output.text.append(buffer, n);
  output.status = ::pclose(pipe);
  return output;
}

// Expectations must be as many as the cases of this package publish, and all must hold.
bool run_package(const std::string& policyc, const fs::path& package, std::size_t expected) {
  const Output output = run_tests(policyc, package);
  const Json report = Json::parse(output.text, nullptr, false);
  if (!report.is_object()) return complain(package.string(), "the command gave no report: " + output.text);
  bool good = true;
  for (const Json& finding : report.value("findings", Json::array()))
    good = complain(package.string(), finding.dump());
  if (!report.contains("tests")) return complain(package.string(), "no test ran");
  const std::size_t passed = report.at("tests").value("passed", std::size_t{0});
  const std::size_t failed = report.at("tests").value("failed", std::size_t{0});
  if (failed > 0) good = complain(package.string(), "decisions that differ: " + std::to_string(failed));
  if (passed + failed != expected)
    good = complain(package.string(), "expectations: " + std::to_string(passed + failed) +
                                          ", but its cases publish " + std::to_string(expected) +
                                          " that aren't unsaid");
  if (output.status != 0) good = complain(package.string(), "the command did not end with 0");
  return good;
}

bool run_suite(const std::string& policyc, const fs::path& folder, const PublishedSuite& suite) {
  std::map<std::string, std::size_t> expected;
  for (const PublishedCase& published : suite.cases)
    if (published.folder) expected[*published.folder] += published.decisions - unsaid_of(published);
  bool good = true;
  std::size_t said = 0;
  for (const auto& [package, decisions] : expected) {
    good = run_package(policyc, folder / package, decisions) && good;
    said += decisions;
  }
  if (good) std::printf("%s: %zu cases, %zu decisions agree\n", suite.name.c_str(), suite.cases.size(), said);
  return good;
}

std::string read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool compare_page(const fs::path& page, const std::string& written) {
  if (std::getenv("POLICYC_UPDATE") != nullptr) {
    std::ofstream out(page, std::ios::binary);
    out << written;
    out.close();
    return out ? true : complain(page.string(), "can't be written");
  }
  return read_whole(page) == written ? true : complain(page.string(), "is stale: run scripts/docs");
}

int run(const std::string& policyc, const fs::path& folder, const fs::path& page) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory()) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());

  bool good = !folders.empty() || complain(folder.string(), "there are no suites");
  std::vector<PublishedSuite> suites;
  for (const fs::path& path : folders) {
    SuiteResult result = read_suite(path.string());
    if (!result.suite) {
      good = complain(path.string(), result.error);
      continue;
    }
    good = run_suite(policyc, path, *result.suite) && good;
    suites.push_back(*std::move(result.suite));
  }
  // A page about cases that fail would say what isn't so.
  return good && compare_page(page, conformance_page(suites)) ? 0 : 1;
}

}  // namespace
}  // namespace policyc::conformance

int main(int count, char** arguments) {
  if (count != 4 || !std::filesystem::is_directory(arguments[2])) {
    std::fputs("usage: published_cases POLICYC FOLDER PAGE\n", stderr);
    return 2;
  }
  return policyc::conformance::run(arguments[1], arguments[2], arguments[3]);
}
