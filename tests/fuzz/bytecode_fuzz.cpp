// Any bytes as the code of one action, 8 an instruction: written into a good program, verified twice, run.
//
// The first two bytes say how the instructions are shared out between the runs decide, reasons and times.
// Each run gets a stop at its end, since by chance it hardly ever has one.

#include "attack/questions.hpp"
#include "fixture.hpp"
#include "program_index.hpp"
#include "second_verifier/second_verifier.hpp"

namespace {

using namespace policyc;

constexpr std::size_t kAction = 3;  // that whose parameters the code may use: task.label

vm::Instruction instruction(const std::uint8_t* data) {
  vm::Instruction one;
  one.op = static_cast<vm::Op>(data[0]);
  one.a = data[1];
  one.b = data[2];
  one.flags = data[3];
  one.target = static_cast<std::uint16_t>(data[4] | data[5] << 8);
  one.c = static_cast<std::uint16_t>(data[6] | data[7] << 8);
  return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t count = (size - 2) / 8;
  const std::size_t first = count * data[0] / 256;
  const std::size_t second = first + (count - first) * data[1] / 256;
  const vm::ProgramParts& whole = vm::ProgramAccess::parts(*fuzz::program());
  vm::ProgramParts parts = whole;
  parts.actions = {whole.actions[kAction]};
  parts.anchors = {whole.anchors[kAction]};
  parts.action_code.assign(1, {});
  parts.code.clear();
  const auto run = [&](std::size_t begin, std::size_t end) {
    vm::CodeRange range;
    range.begin = static_cast<std::uint32_t>(parts.code.size());
    for (std::size_t i = begin; i < end; ++i) parts.code.push_back(instruction(data + 2 + 8 * i));
    parts.code.push_back({});
    range.end = static_cast<std::uint32_t>(parts.code.size());
    return range;
  };
  parts.action_code[0].decide = run(0, first);
  parts.action_code[0].reasons = run(first, second);
  parts.action_code[0].times = run(second, count);
  const std::vector<std::byte> image = vm::write_program(parts);
  auto loaded = Program::load(image, Trust::unsigned_local());
  const std::string judged = second::judge_program(image);
  if (static_cast<bool>(loaded) != judged.empty())
    fuzz::fail("the verifiers disagree: " + (loaded ? "accepted" : loaded.error().message) + "; " + judged);
  if (!loaded) return 0;
  const auto program = std::make_shared<const Program>(std::move(loaded).value());
  (void)program->disassemble();
  static const auto snapshot = std::make_shared<const Snapshot>(
      Snapshot::load(fuzz::snapshot_image(), fuzz::program()->schema(), fuzz::program()->schema_digest())
          .value());
  const auto evaluator = Evaluator::create(program, snapshot);
  if (!evaluator) fuzz::fail("a program of the same schema does not link");
  attack::ask_about(*evaluator, 0, size / 8);
  attack::count_steps(program, snapshot, 0, size / 8);
  return 0;
}
