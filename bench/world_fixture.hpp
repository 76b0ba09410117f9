#pragma once

// The ls-matrix workload, loaded: the policy compiled, the organizations as a
// snapshot, every question as strings, as handles and as numbers.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policyc/evaluator.hpp"
#include "workload.hpp"

namespace policyc::bench {

// The bytes of the program of bench/ls_matrix/ls_matrix.policy. Ends the process
// with the findings if it does not compile.
[[nodiscard]] const Program& ls_matrix_program();

struct Asked {
  std::string subject;
  std::string action;
  std::string resource;
};

struct Loaded {
  std::unique_ptr<World> world;
  std::optional<Evaluator> evaluator;
  std::vector<Asked> asked;         // parallel to world->questions()
  std::vector<BatchQuery> queries;  // the same by handles, under the first of a batch's circumstances
  std::size_t by_roles = 0;         // questions that roles settle
  std::size_t disagreements = 0;    // of the evaluator with the expected decisions, by string and by handle
};

// Built once for each size; asks every question both ways before anything is timed.
[[nodiscard]] const Loaded& load_world(const Sizes& sizes);

}  // namespace policyc::bench
