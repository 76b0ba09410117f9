#pragma once

// Mutants of a policy: copies of it in which one thing is left out or turned round, to find out whether its
// tests notice.
//
//   const policyc::text::Package plain = policyc::compiler::to_mutate(loaded.package);
//   for (const policyc::compiler::Mutant& one : policyc::compiler::list_mutants(plain, loaded.sources))
//     scratch.package = policyc::compiler::make_mutant(plain, one.number), …      // analyze_mutant(scratch)
//
// What is changed: rules, cells of rules (one role and one action), what roles rest on, and conditions with
// all that stands in them. A mutant may be no policy at all: then analyze_mutant gives no model. The list is
// in source order and the same for the same text. Values; any number of threads may read one package. Cost: a
// walk over the tree for each call, and a copy of it for each mutant.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "policyc/compiler/compile.hpp"

namespace policyc::compiler {

struct Mutant {
  std::size_t number = 0;  // for make_mutant
  text::Span span;         // of what is changed
  std::string change;      // "this rule is left out", "`<` is `<=`"
};

// The package without its tests and tables, which need not fit a policy that was changed.
[[nodiscard]] text::Package to_mutate(const text::Package& package);

[[nodiscard]] std::vector<Mutant> list_mutants(const text::Package& package, const text::SourceSet& sources);

// The package with that change made.
[[nodiscard]] text::Package make_mutant(const text::Package& package, std::size_t number);

// As analyze(), for a mutant: where a rule had to be split in two both bear its id.
[[nodiscard]] std::optional<Model> analyze_mutant(const text::LoadedPackage& mutant);

}  // namespace policyc::compiler
