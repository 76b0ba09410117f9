#pragma once

// Decisions in words and in JSON: one place, so that eval, test and check agree.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "policyc/evaluator.hpp"

namespace policyc::cli {

// "own-data, frozen" or "default": what decided.
[[nodiscard]] std::string rules_of(const Evaluator& evaluator, const Request& request,
                                   const Decision& decision);

// "deny because of own-data" · "deny by default".
[[nodiscard]] std::string sentence(const Evaluator& evaluator, const Request& request,
                                   const Decision& decision);

// "task.label": an action as requests name it.
[[nodiscard]] std::string name_of_action(const Program& program, ActionIndex action);

// Until when time alone changes nothing: RFC 3339, or microseconds beyond it. Not of kForever.
[[nodiscard]] std::string until(const Decision& decision);

// What a request said that does not count, as an object of "diagnostics".
[[nodiscard]] nlohmann::ordered_json to_json(const RequestDiagnostic& diagnostic);

// The object that `eval --json` prints. Keys are stable.
[[nodiscard]] nlohmann::ordered_json to_json(const Evaluator& evaluator, const Request& request,
                                             const Decision& decision);

// The same shape where there is no policy or no snapshot to decide with: digests are null.
[[nodiscard]] nlohmann::ordered_json refused_json(ErrorCode code, const std::string& message);

// The same shape for a request that could not even be read.
[[nodiscard]] nlohmann::ordered_json refused_json(const Evaluator& evaluator, ErrorCode code,
                                                  const std::string& message);

}  // namespace policyc::cli
