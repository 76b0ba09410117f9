// Files that can't be read or written, or only in small pieces: every call of every verb that reads or writes
// fails once. The command says so and leaves what was there, or does what it always does; never anything
// between.

#include <gtest/gtest.h>

#include <cstdio>

#include "differential/seeds.hpp"
#include "program.hpp"

namespace policyc::faults {
namespace {

const std::string kPolicy = POLICYC_SOURCE_DIR "/policies/time_bound";

// A command, and the file that it writes.
struct Verb {
  std::string name;
  std::vector<std::string> words;
  std::string writes = {};
  std::string input = {};
};

void PrintTo(const Verb& verb, std::ostream* out) { *out << verb.name; }

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> kVerbs = {
      {"build", {"build", kPolicy, "-o", "policy.pbc"}, "policy.pbc"},
      {"build of standard input",
       {"build", "-", "-o", "policy.pbc"},
       "policy.pbc",
       "subject user {}\naction x\n"},
      {"snapshot build",
       {"snapshot", "build", kPolicy + "/facts.yaml", "-p", kPolicy, "-o", "facts.psnap"},
       "facts.psnap"},
      {"check", {"check", kPolicy, "--snapshot", kPolicy + "/facts.yaml"}},
      {"eval of images",
       {"eval", "-p", "given.pbc", "-s", "given.psnap", "--now", "2023-01-05T00:00:00Z", "user:bob",
        "document.read", "document:1"}},
      {"disasm", {"disasm", "given.pbc"}},
  };
  return kVerbs;
}

class Files : public ::testing::TestWithParam<Verb> {
 protected:
  void SetUp() override {
    ASSERT_EQ(folder.run({"build", kPolicy, "-o", "given.pbc"}).status, 0);
    ASSERT_EQ(
        folder.run({"snapshot", "build", kPolicy + "/facts.yaml", "-p", kPolicy, "-o", "given.psnap"}).status,
        0);
    // With this in its way nothing happens, which is how it always is.
    always = run("none 1 EIO");
    ASSERT_EQ(always.status, 0) << always.err;
    ASSERT_EQ(always.hits, 0U);
    written = GetParam().writes.empty() ? "" : folder.bytes(GetParam().writes);
  }

  [[nodiscard]] Ended run(const std::string& fault) const {
    return folder.run(GetParam().words, {.fault = fault, .input = GetParam().input});
  }

  // Puts an old file where the verb writes, and lets it run.
  Ended run_over_old(const std::string& fault) {
    if (!GetParam().writes.empty()) folder.write(GetParam().writes, kOld);
    return run(fault);
  }

  void expect_as_always(const Ended& ended, const std::string& fault) const {
    EXPECT_EQ(ended.status, 0) << fault << "\n" << ended.err;
    EXPECT_EQ(ended.out, always.out) << fault;
    if (!GetParam().writes.empty()) {
      EXPECT_EQ(folder.bytes(GetParam().writes), written) << fault;
    }
  }

  // It failed and says why, and the old file is there.
  void expect_refused(const Ended& ended, const std::string& fault, int status) const {
    EXPECT_EQ(ended.signal, 0) << fault;
    EXPECT_EQ(ended.status, status) << fault << "\n" << ended.err;
    EXPECT_NE(ended.err, "") << fault;
    if (!GetParam().writes.empty()) {
      EXPECT_EQ(folder.bytes(GetParam().writes), kOld) << fault;
    }
  }

  void expect_nothing_left(const std::string& fault) const {
    if (!GetParam().writes.empty()) {
      EXPECT_EQ(folder.beginning("." + GetParam().writes), std::vector<std::string>{}) << fault;
    }
  }

  static constexpr const char* kOld = "what was there before";
  Folder folder;
  Ended always;
  std::string written;
};

TEST_P(Files, EveryCallFailsOnce) {
  std::uint64_t failed = 0, refused = 0;
  for (const char* error : {"EIO", "ENOSPC", "EMFILE"})
    for (std::uint64_t n = 1;; ++n) {
      const std::string fault = "any " + std::to_string(n) + " " + error;
      const Ended ended = run_over_old(fault);
      if (ended.hits == 0) {
        expect_as_always(ended, fault);
        break;
      }
      ++failed;
      // A snapshot that a test names and that can't be read is a finding about the test.
      const int refusal = ended.status == 1 && ended.err.find("[PC5004]") != std::string::npos ? 1 : 3;
      // Not every call matters: to close what was read, to hold a lock, to give a file its owner.
      if (ended.status == 0)
        expect_as_always(ended, fault);
      else
        expect_refused(ended, fault, refusal), ++refused;
      expect_nothing_left(fault);
      if (HasFailure()) return;
    }
  EXPECT_GT(refused, 0U);
  std::printf("%s: %llu calls failed, %llu refusals\n", GetParam().name.c_str(),
              static_cast<unsigned long long>(failed), static_cast<unsigned long long>(refused));
}

// A signal that comes in between, and a system that reads and writes little at once, change nothing.
TEST_P(Files, InterruptedAndShortCallsAreGoneOnWith) {
  std::uint64_t hits = 0;
  for (const char* call : {"open", "openat", "read", "write", "fsync", "close"})
    for (const char* which : {"1", "2", "every2"}) {
      const std::string fault = std::string(call) + " " + which + " EINTR";
      const Ended ended = run_over_old(fault);
      expect_as_always(ended, fault);
      hits += ended.hits;
    }
  for (const char* fault : {"read 1+ short", "write 1+ short", "read every2 short"}) {
    const Ended ended = run_over_old(fault);
    expect_as_always(ended, fault);
    hits += ended.hits;
  }
  EXPECT_GT(hits, 0U);
  std::printf("%s: %llu calls interrupted or cut short\n", GetParam().name.c_str(),
              static_cast<unsigned long long>(hits));
}

// Without memory the command says so, by its status too.
TEST_P(Files, MemoryThatRunsOut) {
  const std::uint64_t most = differential::setting("POLICYC_FAULTS_COMMANDS", 10);
  std::uint64_t failed = 0, refused = 0;
  for (const char* on : {"", "+"})
    for (std::uint64_t n = 1, i = 0;; n += 1 + i * i / most, ++i) {
      const std::string fault = "memory " + std::to_string(n) + on + " ENOMEM";
      const Ended ended = run_over_old(fault);
      if (ended.hits == 0) break;
      ++failed;
      if (ended.status == 0)
        expect_as_always(ended, fault);
      else
        expect_refused(ended, fault, ended.status == 3 ? 3 : 4), ++refused;
      expect_nothing_left(fault);
      if (HasFailure()) return;
    }
  // A sanitizer has its own allocator, which nothing comes before.
  if (failed == 0) GTEST_SKIP() << "allocations can't be made to fail here";
  EXPECT_GT(refused, 0U);
  std::printf("%s: %llu times memory ran out, %llu refusals\n", GetParam().name.c_str(),
              static_cast<unsigned long long>(failed), static_cast<unsigned long long>(refused));
}

INSTANTIATE_TEST_SUITE_P(All, Files, ::testing::ValuesIn(verbs()), [](const auto& verb) {
  std::string name;
  for (const char c : verb.param.name) name += c == ' ' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace policyc::faults
