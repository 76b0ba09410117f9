// write_corpus FOLDER SEED DECISIONS: cases of random policies, from that seed on, until so many decisions
// are expected. What is expected is the oracle's word; the evaluator isn't asked.
//
//   NNNN.policy   the policy
//   NNNN.facts    the snapshot, as JSON Lines
//   NNNN.lines    a request and what is expected of it, a line each (case_lines.hpp)

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "case_lines.hpp"
#include "differential/generator.hpp"

namespace policyc::corpus {
namespace {

// A case is small enough to be read by whoever must find out why it fails, and there are many of them.
constexpr std::size_t kLines = 128;

struct Written {
  std::size_t cases = 0, decisions = 0, allowed = 0, errors = 0;
};

void write(const std::string& stem, const char* ending, const std::string& text) {
  std::ofstream out(stem + ending, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error(stem + ending + " can't be written");
}

void write_case(const std::filesystem::path& folder, std::uint64_t seed, Written& written) {
  differential::Random random(seed);
  const differential::PolicySpec spec = differential::random_policy(random);
  const std::string text = spec.text();
  const differential::CompiledPolicy policy(text);
  if (!policy.sound()) return;  // chance wrote one that the compiler refuses
  const oracle::Snapshot facts = differential::random_snapshot(spec, random);
  std::vector<oracle::Request> requests = differential::random_requests(spec, facts, random, 1);
  std::string lines;
  std::size_t count = 0;
  while (!requests.empty() && count < kLines) {
    const std::size_t at = random.upto(requests.size());
    const oracle::Request request = requests[at];
    requests[at] = requests.back();
    requests.pop_back();
    auto line = request_line(facts, request);
    if (!line) continue;
    const oracle::Answer answer = policy.oracle().decide(facts, request);
    set_expected(*line, answer, *policy.program());
    lines += line->dump() + "\n";
    ++count;
    written.allowed += answer.allowed ? 1U : 0U;
    written.errors += answer.errors.empty() ? 0U : 1U;
  }
  char name[16];
  std::snprintf(name, sizeof name, "%04zu", ++written.cases);
  const std::string stem = (folder / name).string();
  write(stem, ".policy", text);
  write(stem, ".facts", differential::to_json_lines(spec, facts, random));
  write(stem, ".lines", lines);
  written.decisions += count;
}

}  // namespace
}  // namespace policyc::corpus

int main(int argc, char** argv) {
  using namespace policyc::corpus;
  if (argc != 4) {
    std::fputs("usage: write_corpus FOLDER SEED DECISIONS\n", stderr);
    return 2;
  }
  try {
    std::filesystem::create_directories(argv[1]);
    const std::size_t wanted = std::strtoull(argv[3], nullptr, 10);
    Written written;
    for (std::uint64_t seed = std::strtoull(argv[2], nullptr, 10); written.decisions < wanted; ++seed)
      write_case(argv[1], seed, written);
    std::printf("%zu cases, %zu decisions, %zu allowed, %zu rejected\n", written.cases, written.decisions,
                written.allowed, written.errors);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "write_corpus: %s\n", error.what());
    return 1;
  }
}
