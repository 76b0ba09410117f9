// From a policy's text to an image, with the installed compiler.

#include <policyc/compiler/compile.hpp>
#include <policyc/program.hpp>

#include <cstdio>

int main() {
  const auto loaded = policyc::text::load_package_from_memory(
      {{"small.policy",
        "subject user {}\nscope team { role member action read }\nallow member to team.read\n"}});
  const auto compiled = policyc::compiler::compile(loaded);
  for (const auto& finding : compiled.diagnostics.list())
    std::fputs(policyc::text::render_text(finding, loaded.sources).c_str(), stderr);
  const auto program = policyc::Program::load(compiled.image, policyc::Trust::unsigned_local());
  if (!program) return std::fprintf(stderr, "%s\n", program.error().message.c_str()), 1;
  std::printf("%zu action, %zu rule\n", program->actions().size(), program->rules().size());
  return 0;
}
