// From texts to a decision in one process: todo.policy and todo.yaml.

#include <policyc/compiler/compile.hpp>
#include <policyc/evaluator.hpp>
#include <policyc/snapshot/read.hpp>
#include <policyc/text/parse.hpp>

#include <cstdio>
#include <memory>

int main(int argc, char** argv) {
  if (argc != 4) return std::puts("who, what, on what?"), 2;
  const auto loaded = policyc::text::load_package("todo.policy");
  const auto compiled = policyc::compiler::compile(loaded);
  auto program = policyc::Program::load(compiled.image, policyc::Trust::unsigned_local());
  if (!program) return std::puts(program.error().message.c_str()), 2;
  const auto read = policyc::snapshot::read_file("todo.yaml", program->schema(), program->schema_digest());
  for (const auto& finding : read.diagnostics.list()) {
    const policyc::text::Source& source = read.sources[finding.span.file];
    std::printf("%s:%u: %s\n", source.name().c_str(), source.line_of(finding.span.begin),
                policyc::text::message(finding).c_str());
  }
  if (read.image.empty()) return 1;
  auto facts = policyc::Snapshot::load(read.image, program->schema(), program->schema_digest());
  if (!facts) return std::puts(facts.error().message.c_str()), 2;
  const auto evaluator =
      policyc::Evaluator::create(std::make_shared<const policyc::Program>(std::move(*program)),
                                 std::make_shared<const policyc::Snapshot>(std::move(*facts)));
  if (!evaluator) return std::puts(evaluator.error().message.c_str()), 2;
  const auto decision = evaluator->decide({.subject = argv[1], .action = argv[2], .resource = argv[3]});
  std::puts(decision.allowed() ? "allow" : "deny");
  return 0;
}
