#pragma once

// A line of a case: a request as `policyc eval --requests` takes it, and what the oracle says of it.
//
//   {"request":{"subject":"user:u0",…},"allow":true,"rules":["case.policy:12"],"obligations":["notify"],"until":"…"}
//   {"request":{…},"errors":["unknown_entity","missing_parameter"]}   any of these codes
//
// What is false or empty is left out, and `until` where time alone never changes the answer.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "differential/product.hpp"

namespace policyc::corpus {

// Nothing for a request that JSON can't say: one with a parent that isn't described.
[[nodiscard]] std::optional<nlohmann::ordered_json> request_line(const oracle::Snapshot& facts,
                                                                 const oracle::Request& request);

void set_expected(nlohmann::ordered_json& line, const oracle::Answer& answer, const Program& program);

// What the evaluator says otherwise than the line expects; "" if nothing.
[[nodiscard]] std::string difference(const Evaluator& evaluator, const Request& request,
                                     const nlohmann::json& line);

}  // namespace policyc::corpus
