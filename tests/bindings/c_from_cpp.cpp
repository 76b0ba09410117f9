// The C headers in a C++ program that takes every warning seriously: what the macros write is its own code
// there.

#include "policyc.h"
#include "policyc_compile.h"

namespace {

constexpr policyc_request kRequest = POLICYC_REQUEST_INIT;
constexpr policyc_query kQuery = POLICYC_QUERY_INIT;
constexpr policyc_decision kDecision = POLICYC_DECISION_INIT;
constexpr policyc_cursor kCursor = POLICYC_CURSOR_INIT;

static_assert(kRequest.size == sizeof(policyc_request) && kRequest.at_least == 0);
static_assert(kQuery.size == sizeof(policyc_query) && kQuery.at_least == 0);
static_assert(kDecision.size == sizeof(policyc_decision) && kDecision.valid_until == 0);
static_assert(kCursor.size == sizeof(policyc_cursor) && kCursor.reserved == 0);

}  // namespace
