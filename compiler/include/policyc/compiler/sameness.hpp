#pragma once

// Whether two policies decide alike, as far as their decision graphs show it: what each action asks, and
// what its requests must say.
//
//   policyc::compiler::Sameness same;
//   if (same.of(before) == same.of(after)) …                     // no request tells them apart
//
// Equal answers mean equal decisions; different ones may still decide alike in the end, in ways that the
// graph doesn't see. Only policies of one schema are comparable (Program::schema_digest). Names and reasons
// of rules don't count, nor do obligations. Answers of one object are comparable, those of two are not. Not
// for several threads at once. Cost: of each question as of compiling, and memory for what was never seen
// before.

#include <cstdint>
#include <memory>
#include <vector>

#include "policyc/compiler/model.hpp"

namespace policyc::compiler {

class Sameness {
 public:
  Sameness();
  ~Sameness();
  Sameness(const Sameness&) = delete;
  Sameness& operator=(const Sameness&) = delete;

  // For each action a number, the same for the same question. The model is one that was generated
  // (compile, generate): its actions say what they need.
  [[nodiscard]] std::vector<std::uint32_t> of(const Model& model);

 private:
  struct Known;
  std::unique_ptr<Known> known_;
};

}  // namespace policyc::compiler
