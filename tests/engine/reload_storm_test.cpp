// Reloads as fast as they go, good ones among bad ones, while readers ask: each decision must be the one of
// the generation that is stamped on it, and no reader ever goes back. The thread sanitizer watches as well.

#include <atomic>
#include <thread>
#include <vector>

#include "engine/engine_fixture.hpp"

namespace policyc::vm::testing {
namespace {

// Odd generations allow ann, even ones nobody; their snapshots number users differently.
class Storm {
 public:
  explicit Storm(std::uint64_t reloads) : reloads_(reloads) {
    Schema other = schema();
    other.roles[kMember].name = "associate";
    misfit_ = program_for(true, other);
    for (const bool odd : {false, true}) {
      programs_[odd] = program_for(odd);
      snapshots_[odd] = snapshot_for(odd ? 3 : 0);
    }
    action_ = *programs_[0]->find_action("task.act");
  }

  void run(std::size_t readers) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < readers; ++i) threads.emplace_back([this, i] { read(i); });
    for (std::uint64_t next = 1; next <= reloads_; ++next) {
      if (next % 3 == 0 && engine_.reload(misfit_, snapshots_[0])) ++wrong_;
      const bool odd = next % 2 != 0;
      const auto loaded = engine_.reload(programs_[odd], snapshots_[odd]);
      if (!loaded || *loaded != next) ++wrong_;
    }
    done_ = true;
    for (std::thread& thread : threads) thread.join();
    engine_.collect();
    EXPECT_EQ(wrong_, 0U);
    EXPECT_GT(decisions_, 0U);
    EXPECT_EQ(engine_.stats().generation, reloads_);
    EXPECT_EQ(engine_.stats().refused, reloads_ / 3);
    EXPECT_EQ(engine_.stats().retired, 0U);
    // Nothing but the engine and this test holds the pairs that were exchanged so often.
    EXPECT_EQ(programs_[reloads_ % 2 == 0].use_count(), 1);
    EXPECT_EQ(snapshots_[reloads_ % 2 == 0].use_count(), 1);
  }

 private:
  void read(std::size_t number) {
    Reader reader = engine_.reader();
    std::uint64_t last = 0;
    std::uint64_t count = 0;
    Query query;
    while (!done_ || last < reloads_) {
      // Handles are resolved now and then, and used until they are refused.
      if (count % 64 == number)
        if (const auto ann = reader.resolve("user:ann"), task = reader.resolve("task:t1"); ann && task)
          query = {*ann, *task, action_};
      Decision decision;
      bool by_handle = false;
      if (count % 5 == 4) {
        const Reader::Pin pin = reader.pin();
        decision = reader.decide(asked_by("user:ann"));
        if (pin.generation() != decision.generation) ++wrong_;
      } else if (count % 2 == 0) {
        decision = reader.decide(asked_by("user:ann"));
      } else {
        decision = reader.decide(query);
        by_handle = true;
      }
      ++count;
      if (decision.error == ErrorCode::not_loaded) continue;
      if (decision.generation < last || decision.generation > reloads_) ++wrong_;
      last = decision.generation;
      if (by_handle && decision.error == ErrorCode::stale_handle) continue;
      if (decision.error != ErrorCode::none || decision.allowed() != (decision.generation % 2 != 0)) ++wrong_;
    }
    decisions_ += count;
  }

  Engine engine_;
  ProgramPointer programs_[2], misfit_;
  SnapshotPointer snapshots_[2];
  ActionIndex action_ = 0;
  std::uint64_t reloads_;
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> wrong_{0}, decisions_{0};
};

TEST(ReloadStorm, EveryDecisionIsOfItsGeneration) { Storm(2'000).run(3); }

TEST(ReloadStorm, ReadersComeAndGo) {
  Engine engine;
  ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
  std::atomic<std::uint64_t> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 500; ++round) {
        Reader reader = engine.reader();
        const Decision decision = reader.decide(asked_by("user:ann"));
        if (!decision.allowed()) ++wrong;
      }
    });
  const SnapshotPointer snapshot = snapshot_for();
  for (int i = 0; i < 100; ++i)
    if (!engine.reload(snapshot)) ++wrong;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace policyc::vm::testing
