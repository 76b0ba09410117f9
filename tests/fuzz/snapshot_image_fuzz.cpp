// A good snapshot image with any bytes of it changed, its digests repaired so that
// the checks behind them are reached. Whatever loads can be asked anything.
//
// The input is a list of changes, 5 bytes each: where (4) and what (1).

#include "attack/questions.hpp"
#include "fixture.hpp"
#include "image.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace policyc;
  const Program& program = *fuzz::program();
  std::vector<std::byte> image = fuzz::snapshot_image();
  for (std::size_t at = 0; at + 5 <= size; at += 5) {
    std::size_t where = 0;
    for (std::size_t i = 0; i < 4; ++i) where = where << 8 | data[at + i];
    image[where % image.size()] = static_cast<std::byte>(data[at + 4]);
  }
  vm::repair_digests(image);
  auto loaded = Snapshot::load(image, program.schema(), program.schema_digest());
  if (!loaded) return 0;
  attack::look_at_all(*loaded, program.schema());
  const auto snapshot = std::make_shared<const Snapshot>(std::move(loaded).value());
  const auto evaluator = Evaluator::create(fuzz::program(), snapshot);
  if (!evaluator) return 0;
  for (std::size_t i = 0; i < program.actions().size(); ++i) {
    attack::ask_about(*evaluator, static_cast<ActionIndex>(i), i + size);
    attack::count_steps(fuzz::program(), snapshot, static_cast<ActionIndex>(i), i + size);
  }
  return 0;
}
