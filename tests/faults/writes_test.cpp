// A file that is written is the old one or the new one, whatever happens to who writes it.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "differential/generator.hpp"
#include "differential/seeds.hpp"
#include "program.hpp"

namespace policyc::faults {
namespace {

constexpr const char* kOld = "what was there before";
const std::string kTarget = "large.pbc";

// A policy whose image takes a while to write.
class Writes : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string text = "subject user {}\nscope item {\n  role member\n";
    constexpr int kActions = 1500;
    for (int i = 0; i < kActions; ++i) text += "  action act_" + std::to_string(i) + "\n";
    text += "}\n";
    for (int i = 0; i < kActions; ++i) text += "allow member to item.act_" + std::to_string(i) + "\n";
    folder.write("large.policy", text);
    ASSERT_EQ(build().status, 0);
    written = folder.bytes(kTarget);
    ASSERT_GT(written.size(), 1000U);
  }

  [[nodiscard]] Ended build(const Surroundings& surroundings = {}) const {
    return folder.run({"build", "large.policy", "-o", kTarget}, surroundings);
  }
  [[nodiscard]] bool is_old() const { return folder.bytes(kTarget) == kOld; }
  [[nodiscard]] bool is_new() const { return folder.bytes(kTarget) == written; }
  [[nodiscard]] std::size_t left_over() const { return folder.beginning("." + kTarget + ".").size(); }

  Folder folder;
  std::string written;
};

// Killed before and behind each call that the writer makes: no moment between two of them is left out.
TEST_F(Writes, KilledAtEachCallTheyLeaveTheOldFileOrTheNewOne) {
  std::size_t kills = 0, swept = 0;
  for (const char* moment : {"kill", "killed"})
    for (int n = 1;; ++n) {
      folder.write(kTarget, kOld);
      const std::string fault = "any " + std::to_string(n) + " " + moment;
      const Ended ended = build({.fault = fault});
      if (ended.hits == 0) break;
      ++kills;
      ASSERT_EQ(ended.signal, SIGKILL) << fault;
      ASSERT_TRUE(is_old() || is_new()) << fault << " left half a file";
      swept += left_over();
      ASSERT_LE(left_over(), 1U) << "the one before was not swept";
      ASSERT_EQ(build().status, 0);
      ASSERT_TRUE(is_new());
      ASSERT_EQ(left_over(), 0U) << fault;
    }
  EXPECT_GT(swept, 0U) << "no kill came while it wrote";
  std::printf("%zu kills at calls, %zu files left over and swept\n", kills, swept);
}

TEST_F(Writes, KilledAtAnyMomentTheyLeaveTheOldFileOrTheNewOne) {
  const std::uint64_t kills = differential::setting("POLICYC_FAULTS_KILLS", 30);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(build().status, 0);
  const auto takes =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  differential::Random random(differential::setting("POLICYC_FAULTS_SEED", 63));
  std::size_t killed = 0, old_files = 0;
  for (std::uint64_t i = 0; i < kills; ++i) {
    folder.write(kTarget, kOld);
    const auto most = static_cast<std::size_t>(takes.count()) * 5 / 4 + 1;
    const Ended ended = build({.kill_after = static_cast<std::int64_t>(random.upto(most))});
    killed += ended.signal == SIGKILL ? 1U : 0U;
    old_files += is_old() ? 1U : 0U;
    ASSERT_TRUE(is_old() || is_new()) << "kill " << i << " left half a file";
    ASSERT_LE(left_over(), 1U) << "the one before was not swept";
  }
  EXPECT_GT(killed, 0U);
  ASSERT_EQ(build().status, 0);
  EXPECT_EQ(left_over(), 0U);
  std::printf("%zu of %llu killed; the old file was left %zu times\n", killed,
              static_cast<unsigned long long>(kills), old_files);
}

// A file may not grow as large as it must: as on a disk that is full.
TEST_F(Writes, WithoutRoomTheOldFileStays) {
  const auto size = static_cast<std::int64_t>(written.size());
  for (const std::int64_t room : {std::int64_t{0}, std::int64_t{1}, size / 2, size - 1}) {
    folder.write(kTarget, kOld);
    const Ended ended = build({.largest = room});
    EXPECT_EQ(ended.status, 3) << room << ", signal " << ended.signal;
    EXPECT_TRUE(is_old()) << room;
    EXPECT_EQ(left_over(), 0U) << room;
  }
  EXPECT_EQ(build({.largest = size}).status, 0);
  EXPECT_TRUE(is_new());
  // A disk that fills up while it writes: some of it goes, and then nothing more.
  for (int n = 1; n <= 3; ++n) {
    folder.write(kTarget, kOld);
    const Ended ended = build({.fault = "write " + std::to_string(n) + "+ ENOSPC"});
    EXPECT_EQ(ended.status, n == 1 ? 3 : 0) << n;
    EXPECT_EQ(left_over(), 0U);
  }
}

}  // namespace
}  // namespace policyc::faults
