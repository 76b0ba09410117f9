// Any bytes as the text of a policy: parsed, checked, compiled; what compiles must
// load, and the same text must give the same bytes.

#include <cstdlib>
#include <string>

#include "policyc/compiler/compile.hpp"
#include "policyc/program.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  policyc::text::ParseLimits limits;
  limits.max_bytes = 1u << 16;
  const auto compile = [&] {
    const policyc::text::LoadedPackage loaded =
        policyc::text::load_package_from_memory({{"fuzz.policy", text}}, limits);
    policyc::compiler::CompileResult result = policyc::compiler::compile(loaded);
    // Every finding can be shown, whatever its place is.
    for (const policyc::text::Diagnostic& diagnostic : result.diagnostics.list()) {
      (void)policyc::text::render_text(diagnostic, loaded.sources);
      (void)policyc::text::render_json(diagnostic, loaded.sources);
    }
    if (result.image.empty() != result.diagnostics.has_errors()) std::abort();
    return std::move(result.image);
  };
  const std::vector<std::byte> image = compile();
  if (image.empty()) return 0;
  if (!policyc::Program::load(image, policyc::Trust::unsigned_local())) std::abort();
  if (compile() != image) std::abort();
  return 0;
}
