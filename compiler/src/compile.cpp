// The whole way from a package to an image.

#include "policyc/compiler/compile.hpp"

namespace policyc::compiler {

CompileResult compile(const text::LoadedPackage& loaded, const CompileProgress& progress) {
  CompileResult result;
  result.diagnostics = loaded.diagnostics;
  result.model = analyze(loaded, result.diagnostics);
  if (result.model && !result.diagnostics.has_errors())
    result.image = generate(*result.model, loaded, result.diagnostics, progress);
  if (result.diagnostics.has_errors()) result.image.clear();
  result.diagnostics.sort();
  return result;
}

}  // namespace policyc::compiler
