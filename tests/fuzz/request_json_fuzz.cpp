// Any bytes as a line of `eval --requests`. What is a request is decided, explained and listed.

#include <nlohmann/json.hpp>

#include "fixture.hpp"
#include "request_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace policyc;
  const Evaluator& evaluator = fuzz::evaluator();
  cli::OwnedRequest owned;
  ErrorCode code = ErrorCode::none;
  const std::string wrong = cli::parse_request_line(fuzz::text_of(data, size), evaluator.program(),
                                                    evaluator.snapshot(), owned, code);
  if (!wrong.empty() && code == ErrorCode::none) fuzz::fail("a refusal without a code: " + wrong);
  if (!wrong.empty()) return 0;
  const Decision decision = evaluator.decide(owned.request);
  if (decision.allowed() && decision.error != ErrorCode::none) fuzz::fail("an error is allowed");
  (void)evaluator.reasons(owned.request);
  (void)evaluator.diagnostics(owned.request);
  (void)evaluator.explain_error(owned.request, decision);
  for (const ObligationIndex index : evaluator.obligations(owned.request))
    (void)to_json(evaluator.program().obligations()[index], evaluator.program().schema());
  if (owned.request.resource_inline) return 0;
  Request listed = owned.request;
  listed.action = {};
  (void)evaluator.list_actions(listed);
  return 0;
}
