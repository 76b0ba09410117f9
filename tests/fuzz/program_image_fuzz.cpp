// Any bytes as a program image, its digests repaired so that the checks behind them are reached. The second
// verifier agrees, and whatever loads is disassembled and asked about each action.

#include "attack/corruptions.hpp"
#include "attack/questions.hpp"
#include "fixture.hpp"
#include "second_verifier/second_verifier.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace policyc;
  attack::Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(data[i]);
  if (size >= vm::kImageHeaderSize) attack::store(bytes, 16, 8, size);
  attack::repair(bytes, true);
  auto loaded = Program::load(bytes, Trust::unsigned_local());
  const std::string second = second::judge_program(bytes);
  if (static_cast<bool>(loaded) != second.empty())
    fuzz::fail("the verifiers disagree: " + (loaded ? "accepted" : loaded.error().message) + "; " + second);
  if (!loaded) return 0;
  const auto program = std::make_shared<const Program>(std::move(loaded).value());
  (void)program->disassemble();
  const auto snapshot = attack::facts_for(*program, {});
  if (!snapshot) return 0;
  const auto evaluator = Evaluator::create(program, snapshot);
  if (!evaluator) return 0;
  for (std::size_t i = 0; i < program->actions().size() && i < 8; ++i) {
    attack::ask_about(*evaluator, static_cast<ActionIndex>(i), i);
    attack::count_steps(program, snapshot, static_cast<ActionIndex>(i), i);
  }
  return 0;
}
