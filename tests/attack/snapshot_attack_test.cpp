// Corrupted snapshot images: refused, or asked anything within bounds.
//
// POLICYC_ATTACK_SNAPSHOTS says how many random snapshots are attacked byte by byte (default 3). Under the
// sanitizers, in CI, they are 100.

#include <gtest/gtest.h>

#include "corruptions.hpp"
#include "questions.hpp"
#include "snapshot_format.hpp"
#include "tally.hpp"

namespace policyc::attack {
namespace {

using differential::Random;
using differential::run_until;
using differential::setting;

void attack(const Victim& victim, const Corruption& corruption, std::size_t turn, Tally& tally) {
  ++tally.corruptions;
  const Program& program = *victim.program;
  auto loaded = Snapshot::load(corruption.image, program.schema(), program.schema_digest());
  if (!loaded) {
    ++tally.refused;
    return;
  }
  ++tally.accepted;
  const auto snapshot = std::make_shared<const Snapshot>(std::move(loaded).value());
  look_at_all(*snapshot, program.schema());
  const auto evaluator = Evaluator::create(victim.program, snapshot);
  if (!evaluator || program.actions().empty()) return;
  const auto action = static_cast<ActionIndex>(turn % program.actions().size());
  ask_about(*evaluator, action, turn);
  count_steps(victim.program, snapshot, action, turn);
}

TEST(SnapshotAttack, EveryByteOfRandomSnapshots) {
  const std::uint64_t wanted = setting("POLICYC_ATTACK_SNAPSHOTS", 3);
  Tally tally;
  std::atomic<std::uint64_t> taken = 0;
  run_until([&] { return taken >= wanted || tally.stopped(); }, setting("POLICYC_ATTACK_SEED", 1),
            [&](std::uint64_t seed) {
              const auto victim = random_victim(seed, SIZE_MAX);
              if (!victim || taken++ >= wanted) return;
              Random random(seed + 2'000'000);
              const Bytes& image = victim->snapshot_image;
              const std::size_t sections = little_endian(image, 24, 4);
              std::size_t turn = 0;
              for (std::size_t size = 0; size < image.size(); ++size)
                attack(*victim, truncated(image, size, false), turn++, tally);
              for (std::size_t index = 0; index < (seed % 4 == 1 ? sections : 0); ++index)
                for (std::size_t size = 0; size < section_of(image, index).size; ++size)
                  attack(*victim, section_truncated(image, vm::kSnapshotFormat, sections, index, size),
                         turn++, tally);
              for (std::size_t at = 0; at < image.size(); ++at)
                attack(*victim, changed(image, at, false, random), turn++, tally);
              for (std::size_t n = 0; n < image.size() / 8; ++n)
                attack(*victim, scrambled(image, false, random), turn++, tally);
              ++tally.victims;
            });
  tally.print("random snapshots");
  EXPECT_EQ(tally.victims, wanted);
  EXPECT_GT(tally.accepted, 0u);
  EXPECT_GE(tally.refused * 2, tally.corruptions);
}

TEST(SnapshotAttack, Noise) {
  const std::uint64_t wanted = setting("POLICYC_ATTACK_SNAPSHOTS", 3) * 2'000;
  const auto victim = random_victim(1, SIZE_MAX);
  ASSERT_TRUE(victim);
  const std::size_t sections = little_endian(victim->snapshot_image, 24, 4);
  Tally tally;
  Random random(setting("POLICYC_ATTACK_SEED", 1));
  for (std::uint64_t turn = 0; turn < wanted; ++turn) {
    Corruption corruption = noise(vm::kSnapshotFormat, sections, random);
    // Made for this policy, as far as it says itself.
    std::copy_n(victim->snapshot_image.begin() + 64, 32, corruption.image.begin() + 64);
    repair(corruption.image, false);
    attack(*victim, corruption, turn, tally);
  }
  ++tally.victims;
  tally.print("generator of noise");
  EXPECT_EQ(tally.corruptions, wanted);
  EXPECT_EQ(tally.accepted, 0u);
}

}  // namespace
}  // namespace policyc::attack
