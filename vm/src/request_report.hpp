#pragma once

// What there is to say about a request beside its decision: for people and logs,
// after the fact. Allocates.

#include <string>
#include <vector>

#include "link.hpp"
#include "policyc/evaluator.hpp"
#include "request_resolver.hpp"

namespace policyc::vm {

// What the request says that does not count, each name once and in the request's
// order; of a rejected request too, as far as its subject, action and resource are
// known: a misspelt name is often why something is missing.
[[nodiscard]] std::vector<RequestDiagnostic> ignored_values(const Linked& linked, const Request& request);

// One sentence about an error decision on the request.
[[nodiscard]] std::string explain_error(const Linked& linked, const Request& request,
                                        const Decision& decision);

// One sentence about why a request, or a question for a list, is refused.
[[nodiscard]] std::string explain(const Linked& linked, const Request& request, const Rejection& rejection);

// A name of a request in quotes: what would break a log's line is escaped, and of
// what is long only the beginning is shown.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace policyc::vm
