// Any bytes as a program image, its digests repaired so that the checks behind
// them are reached. Whatever loads can be disassembled and asked.

#include <memory>
#include <string>
#include <vector>

#include "image.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot_builder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(data[i]);
  policyc::vm::repair_digests(bytes);
  auto loaded = policyc::Program::load(bytes, policyc::Trust::unsigned_local());
  if (!loaded) return 0;
  const auto program = std::make_shared<const policyc::Program>(std::move(loaded).value());
  (void)program->disassemble();

  // The smallest snapshot of its schema: the entity `system` alone.
  policyc::SnapshotBuilder builder(program->schema(), program->schema_digest());
  builder.system({}, 0);
  const auto built = builder.finish();
  if (built.image.empty()) return 0;
  auto snapshot = policyc::Snapshot::load(built.image, program->schema(), program->schema_digest());
  if (!snapshot) return 0;
  auto evaluator = policyc::Evaluator::create(
      program, std::make_shared<const policyc::Snapshot>(std::move(snapshot).value()));
  if (!evaluator) return 0;
  for (const policyc::ActionInfo& action : program->actions())
    for (const policyc::KindInfo& kind : program->schema().kinds) {
      if (kind.category != policyc::KindCategory::subject) continue;
      const std::string name = program->schema().kinds[action.kind].name;
      const std::string subject = kind.name + ":nobody";
      const std::string asked = name + "." + action.wire_name;
      policyc::Request request{.subject = subject, .action = asked, .resource = name};
      request.now = 0;
      request.resource_inline = name != "system";
      (void)evaluator->decide(request);
      (void)evaluator->reasons(request);
    }
  return 0;
}
