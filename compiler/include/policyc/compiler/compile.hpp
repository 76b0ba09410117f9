#pragma once

// From a package of policy files to a program image.
//
//   auto loaded = policyc::text::load_package("policies/label_studio");
//   auto compiled = policyc::compiler::compile(loaded);
//   if (compiled.image.empty()) for (auto& d : compiled.diagnostics.list()) …
//
// Stages, each of which can be printed: resolve and check (analyze) → Model →
// decision graph → code → image. The same package gives the same bytes.
// Not for several threads at once on one LoadedPackage; separate ones are independent. Cost: about linear in
// the rules, and for each action in the rules over it with all that they put in, which has a limit.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "policyc/compiler/model.hpp"
#include "policyc/text/diagnostic.hpp"
#include "policyc/text/parse.hpp"

namespace policyc::compiler {

// Resolves and checks. Adds its findings to `diagnostics`, all of them in one
// run, also beside syntax errors (what is sound is checked). No model if there
// were errors, in the package or before.
[[nodiscard]] std::optional<Model> analyze(const text::LoadedPackage& loaded, text::Diagnostics& diagnostics);

struct CompileResult {
  std::vector<std::byte> image;  // empty if there were errors
  std::optional<Model> model;
  text::Diagnostics diagnostics;  // the package's and the compiler's, sorted
};

// Told now and then, in the thread that compiles, how many actions of how many have code. Not to throw.
using CompileProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// The whole way. `loaded` must outlive the result: the model points into it.
[[nodiscard]] CompileResult compile(const text::LoadedPackage& loaded, const CompileProgress& progress = {});

// The back end alone: decision graph, code and image of a checked model. May
// report limits (65,535 instructions, 256 role bits), naming the rule or action.
[[nodiscard]] std::vector<std::byte> generate(Model& model, const text::LoadedPackage& loaded,
                                              text::Diagnostics& diagnostics,
                                              const CompileProgress& progress = {});

// The decision graph of every action as text, for `--dump graph`.
[[nodiscard]] std::string dump_graph(const Model& model);

}  // namespace policyc::compiler
