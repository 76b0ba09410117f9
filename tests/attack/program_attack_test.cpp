// Corrupted program images: the product and the second verifier agree on each, and what is accepted runs.
//
// POLICYC_ATTACK_PROGRAMS says how many random programs are attacked byte by byte (default 8),
// POLICYC_ATTACK_SEED with which seed to begin. Under the sanitizers, in CI, they are 400.

#include <gtest/gtest.h>

#include "corruptions.hpp"
#include "program_format.hpp"
#include "program_index.hpp"
#include "questions.hpp"
#include "second_verifier/second_verifier.hpp"
#include "tally.hpp"

namespace policyc::attack {
namespace {

using differential::Random;
using differential::run_until;
using differential::setting;

constexpr std::size_t kLargest = 2'200;  // bytes of a random program

// The action whose code the byte is in, else one by turns.
ActionIndex action_at(const Program& program, const Victim& victim, std::size_t at, std::size_t turn) {
  const std::size_t actions = program.actions().size();
  const Place code = section_of(victim.program_image, static_cast<std::size_t>(vm::ProgramSection::code) - 1);
  if (at >= code.begin + 4 && at < code.begin + code.size) {
    const std::size_t instruction = (at - code.begin - 4) / 8;
    const auto& ranges = vm::ProgramAccess::parts(program).action_code;
    for (std::size_t i = 0; i < ranges.size(); ++i)
      for (const vm::CodeRange& range : {ranges[i].decide, ranges[i].reasons, ranges[i].times})
        if (instruction >= range.begin && instruction < range.end) return static_cast<ActionIndex>(i);
  }
  return static_cast<ActionIndex>(turn % actions);
}

void ask(Program loaded, const Victim& victim, std::size_t at, std::size_t turn) {
  const auto program = std::make_shared<const Program>(std::move(loaded));
  if (program->actions().empty()) return;
  const ActionIndex action = action_at(*program, victim, at, turn);
  (void)program->disassemble(action);
  const auto snapshot = program->schema_digest() == victim.program->schema_digest()
                            ? victim.snapshot
                            : facts_for(*program, victim);
  if (!snapshot) return;
  const auto evaluator = Evaluator::create(program, snapshot);
  if (!evaluator) return;
  ask_about(*evaluator, action, turn);
  count_steps(program, snapshot, action, turn);
}

void attack(const Victim& victim, const Corruption& corruption, std::size_t turn, Tally& tally) {
  ++tally.corruptions;
  auto loaded = Program::load(corruption.image, Trust::unsigned_local());
  const std::string second = second::judge_program(corruption.image);
  if (static_cast<bool>(loaded) != second.empty()) {
    ++tally.disagreements;
    tally.differ(victim.name + ", " + corruption.what +
                 "\nthe product: " + (loaded ? "accepted" : loaded.error().message) +
                 "\nthe second verifier: " + (second.empty() ? "accepted" : second));
  }
  if (!loaded) {
    ++tally.refused;
    return;
  }
  ++tally.accepted;
  ask(std::move(loaded).value(), victim, corruption.at, turn);
}

// Every truncation and every byte; of every fourth program every truncation of each section, too.
void attack_whole(const Victim& victim, std::uint64_t seed, Tally& tally) {
  Random random(seed + 1'000'000);
  const Bytes& image = victim.program_image;
  std::size_t turn = 0;
  for (std::size_t size = 0; size < image.size(); ++size)
    attack(victim, truncated(image, size, true), turn++, tally);
  const std::size_t sections = seed % 4 == 1 ? vm::kProgramSections : 0;
  for (std::size_t index = 0; index < sections; ++index)
    for (std::size_t size = 0; size < section_of(image, index).size; ++size) {
      Corruption cut = section_truncated(image, vm::kProgramFormat, vm::kProgramSections, index, size);
      repair(cut.image, true);
      attack(victim, cut, turn++, tally);
    }
  for (std::size_t at = 0; at < image.size(); ++at)
    attack(victim, changed(image, at, true, random), turn++, tally);
  for (std::size_t n = 0; n < image.size() / 8; ++n)
    attack(victim, scrambled(image, true, random), turn++, tally);
  ++tally.victims;
}

TEST(ProgramAttack, EveryByteOfRandomPrograms) {
  const std::uint64_t wanted = setting("POLICYC_ATTACK_PROGRAMS", 8);
  Tally tally;
  std::atomic<std::uint64_t> taken = 0;
  run_until([&] { return taken >= wanted || tally.stopped(); }, setting("POLICYC_ATTACK_SEED", 1),
            [&](std::uint64_t seed) {
              const auto victim = random_victim(seed, kLargest);
              if (!victim || taken++ >= wanted) return;
              ASSERT_EQ(second::judge_program(victim->program_image), "") << victim->name;
              attack_whole(*victim, seed, tally);
            });
  tally.print("random programs");
  EXPECT_EQ(tally.first_difference(), "");
  EXPECT_EQ(tally.victims, wanted);
  // Neither may be so strict, or so lax, that nothing is shown.
  EXPECT_GE(tally.accepted * 50, tally.corruptions);
  EXPECT_GE(tally.refused * 2, tally.corruptions);
}

// They are larger, so some of their bytes.
TEST(ProgramAttack, BytesOfThePoliciesOfTheRepository) {
  const std::vector<Victim> victims = published_victims();
  ASSERT_GE(victims.size(), 10u);
  const std::uint64_t each = setting("POLICYC_ATTACK_PROGRAMS", 8) * 5;
  const std::uint64_t first = setting("POLICYC_ATTACK_SEED", 1);
  Tally tally;
  std::atomic<std::uint64_t> next = 0;
  run_until([&] { return next >= victims.size() || tally.stopped(); }, first,
            [&](std::uint64_t seed) {
              const std::uint64_t mine = next++;
              if (mine >= victims.size()) return;
              const Victim& victim = victims[mine];
              ASSERT_EQ(second::judge_program(victim.program_image), "") << victim.name;
              Random random(seed);
              for (std::uint64_t turn = 0; turn < each; ++turn) {
                const std::size_t at = random.upto(victim.program_image.size());
                attack(victim, changed(victim.program_image, at, true, random), turn, tally);
                attack(victim, truncated(victim.program_image, at, true), turn, tally);
                attack(victim, scrambled(victim.program_image, true, random), turn, tally);
              }
              ++tally.victims;
            });
  tally.print("policies of the repository");
  EXPECT_EQ(tally.first_difference(), "");
  EXPECT_EQ(tally.victims, victims.size());
}

TEST(ProgramAttack, Noise) {
  const std::uint64_t wanted = setting("POLICYC_ATTACK_PROGRAMS", 8) * 500;
  Tally tally;
  Random random(setting("POLICYC_ATTACK_SEED", 1));
  const auto victim = random_victim(1, SIZE_MAX);
  ASSERT_TRUE(victim);
  for (std::uint64_t turn = 0; turn < wanted && !tally.stopped(); ++turn)
    attack(*victim, noise(vm::kProgramFormat, vm::kProgramSections, random), turn, tally);
  ++tally.victims;
  tally.print("generator of noise");
  EXPECT_EQ(tally.first_difference(), "");
  EXPECT_EQ(tally.corruptions, wanted);
}

}  // namespace
}  // namespace policyc::attack
