// The committed corpus, asked again: more than 100,000 decisions that the oracle once gave, about policies
// and facts that no longer change when a generator does. POLICYC_CORPUS is the folder that it was unpacked
// into.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "case_lines.hpp"
#include "request_json.hpp"

namespace policyc::corpus {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Replayed {
  std::size_t cases = 0, decisions = 0, allowed = 0;
};

void replay(const std::filesystem::path& policy_file, Replayed& replayed) {
  std::filesystem::path path = policy_file;
  const std::string text = read(path);
  const differential::CompiledPolicy policy(text);
  ASSERT_TRUE(policy.sound()) << path << "\n" << policy.findings();
  const std::string facts = read(path.replace_extension(".facts"));
  const differential::ReadSnapshot snapshot =
      differential::read_snapshot(facts, snapshot::Format::json_lines, *policy.program());
  ASSERT_TRUE(snapshot.snapshot) << path << "\n" << snapshot.findings;
  const auto evaluator = Evaluator::create(policy.program(), snapshot.snapshot);
  ASSERT_TRUE(evaluator) << path << "\n" << evaluator.error().message;
  std::istringstream lines(read(path.replace_extension(".lines")));
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json expected = nlohmann::json::parse(line);
    cli::OwnedRequest request;
    ErrorCode code = ErrorCode::none;
    const std::string wrong = cli::parse_request_line(expected["request"].dump(), *policy.program(),
                                                      *snapshot.snapshot, request, code);
    ASSERT_EQ(wrong, "") << path << "\n" << line;
    ASSERT_EQ(difference(*evaluator, request.request, expected), "") << path << "\nexpects " << line;
    ++replayed.decisions;
    replayed.allowed += expected.contains("allow") ? 1U : 0U;
  }
  ++replayed.cases;
}

TEST(Corpus, EveryDecisionIsStillTheSame) {
  const char* const folder = std::getenv("POLICYC_CORPUS");
  ASSERT_NE(folder, nullptr) << "POLICYC_CORPUS is not set";
  Replayed replayed;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".policy") {
      replay(entry.path(), replayed);
      if (HasFatalFailure()) return;
    }
  std::printf("%zu cases, %zu decisions, %zu allowed\n", replayed.cases, replayed.decisions,
              replayed.allowed);
  EXPECT_GE(replayed.decisions, 100'000U);
  EXPECT_GE(replayed.allowed * 5, replayed.decisions);
  EXPECT_LE(replayed.allowed * 5, replayed.decisions * 4);
}

}  // namespace
}  // namespace policyc::corpus
