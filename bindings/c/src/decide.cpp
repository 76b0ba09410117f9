// Questions and answers.

#include "conversion.hpp"

namespace policyc::c {

ErrorCode ConvertedRequest::convert(const policyc_request* given) {
  if (const ErrorCode code = check(given); code != ErrorCode::none) return code;
  if ((given->flags & ~std::uint32_t{POLICYC_HAS_NOW | POLICYC_DESCRIBED | POLICYC_ON_BEHALF}) != 0)
    return ErrorCode::unsupported;
  const bool for_another = (given->flags & POLICYC_ON_BEHALF) != 0;
  if (!is_sound(given->subject) || !is_sound(given->action) || !is_sound(given->resource) ||
      !is_sound(given->parent) || !is_sound(given->on_behalf_of) ||
      for_another != (given->on_behalf_of.size != 0))
    return ErrorCode::malformed;
  if (for_another) request.on_behalf_of = view(given->on_behalf_of);
  request.subject = view(given->subject);
  request.action = view(given->action);
  request.resource = view(given->resource);
  request.parent = view(given->parent);
  request.resource_inline = (given->flags & POLICYC_DESCRIBED) != 0;
  if ((given->flags & POLICYC_HAS_NOW) != 0) request.now = given->now;
  const bool sound = values_.convert(given->parameters, request.parameters) &&
                     values_.convert(given->context, request.context) &&
                     values_.convert(given->subject_attributes, request.subject_attributes) &&
                     values_.convert(given->resource_attributes, request.resource_attributes);
  return sound ? ErrorCode::none : ErrorCode::malformed;
}

namespace {

// 1, 0 or an error: what both forms of asking return.
int outcome_of(const Decision& decision) noexcept {
  if (decision.why == Why::error)
    return failed(decision.error == ErrorCode::none ? ErrorCode::internal : decision.error);
  return decision.allowed() ? 1 : 0;
}

// Only a whole answer is written: a caller whose struct is another one gets an error.
int answered(const Decision& decision, policyc_decision* out) noexcept {
  const int outcome = outcome_of(decision);
  if (out == nullptr) return outcome;
  out->outcome = outcome;
  out->why = static_cast<std::uint32_t>(decision.why);
  out->detail = decision.detail;
  out->generation = decision.generation;
  out->valid_until = decision.valid_until;
  out->obliged = decision.obliged ? 1 : 0;
  out->reserved = 0;
  return outcome;
}

int refused(ErrorCode code, policyc_decision* out) noexcept {
  Decision decision;
  decision.why = Why::error;
  decision.error = code;
  return answered(decision, out);
}

Handle handle_of(policyc_handle handle) noexcept {
  return {static_cast<std::uint32_t>(handle), static_cast<std::uint32_t>(handle >> 32)};
}

// The decision that a caller hands back, for the evaluator.
Decision decision_of(const policyc_decision& given) noexcept {
  Decision decision;
  decision.why = given.outcome < 0 ? Why::error : Why::default_deny;
  decision.error = given.outcome < 0 ? code_of(given.outcome) : ErrorCode::none;
  decision.detail = given.detail;
  decision.generation = given.generation;
  return decision;
}

// Texts about a decision that the current pair gave, one after the other, each with its NUL: those that
// don't fit whole are left out.
template <class Texts>
int listed(policyc_reader* reader, const policyc_request* request, const policyc_decision* decision,
           char* buffer, std::size_t room, std::size_t* needed, const Texts& texts_of) {
  if (reader == nullptr) return failed(ErrorCode::malformed);
  if (const ErrorCode code = check(decision); code != ErrorCode::none) return failed(code);
  ConvertedRequest converted;
  if (const ErrorCode code = converted.convert(request); code != ErrorCode::none) return failed(code);
  const Reader::Pin pin = reader->reader.pin();
  if (pin.evaluator() == nullptr) return failed(ErrorCode::not_loaded);
  if (pin.generation() != decision->generation) return failed(ErrorCode::stale_decision);
  const std::vector<std::string> texts = texts_of(*pin.evaluator(), converted.request);
  std::size_t all = 0;
  std::size_t used = 0;
  for (const std::string& text : texts) {
    const std::size_t size = text.size() + 1;
    if (buffer != nullptr && used == all && all + size <= room) {
      std::memcpy(buffer + used, text.c_str(), size);
      used += size;
    }
    all += size;
  }
  if (needed != nullptr) *needed = all;
  return static_cast<int>(texts.size());
}

}  // namespace
}  // namespace policyc::c

using namespace policyc;
using namespace policyc::c;

extern "C" {

int policyc_decide(policyc_reader* reader, const policyc_request* request, policyc_decision* decision) {
  if (decision != nullptr && check(decision) != ErrorCode::none) return failed(check(decision));
  const int outcome = guarded([&] {
    if (reader == nullptr) return refused(ErrorCode::malformed, decision);
    ConvertedRequest converted;
    if (const ErrorCode code = converted.convert(request); code != ErrorCode::none)
      return refused(code, decision);
    return answered(reader->reader.decide(converted.request, request->at_least), decision);
  });
  // What was thrown has written no answer.
  return outcome == failed(ErrorCode::out_of_memory) || outcome == failed(ErrorCode::internal)
             ? refused(static_cast<ErrorCode>(-outcome), decision)
             : outcome;
}

int policyc_decide_query(policyc_reader* reader, const policyc_query* query, policyc_decision* decision) {
  if (decision != nullptr && check(decision) != ErrorCode::none) return failed(check(decision));
  const int outcome = guarded([&] {
    if (reader == nullptr) return refused(ErrorCode::malformed, decision);
    if (const ErrorCode code = check(query); code != ErrorCode::none) return refused(code, decision);
    if ((query->flags & ~std::uint32_t{POLICYC_HAS_NOW | POLICYC_ON_BEHALF}) != 0 || query->reserved != 0)
      return refused(ErrorCode::unsupported, decision);
    const bool for_another = (query->flags & POLICYC_ON_BEHALF) != 0;
    if (!for_another && query->on_behalf_of != 0) return refused(ErrorCode::malformed, decision);
    if (query->action > 0xFFFF) return refused(ErrorCode::unknown_action, decision);
    Values values;
    Circumstances circumstances;
    if ((query->flags & POLICYC_HAS_NOW) != 0) circumstances.now = query->now;
    if (!values.convert(query->parameters, circumstances.parameters) ||
        !values.convert(query->context, circumstances.context))
      return refused(ErrorCode::malformed, decision);
    Query asked{handle_of(query->subject), handle_of(query->resource),
                static_cast<std::uint16_t>(query->action)};
    if (for_another) asked.on_behalf_of = handle_of(query->on_behalf_of);
    return answered(reader->reader.decide(asked, circumstances, query->at_least), decision);
  });
  return outcome == failed(ErrorCode::out_of_memory) || outcome == failed(ErrorCode::internal)
             ? refused(static_cast<ErrorCode>(-outcome), decision)
             : outcome;
}

int policyc_resolve(policyc_reader* reader, policyc_string entity, policyc_handle* handle) {
  return guarded([&] {
    if (reader == nullptr || handle == nullptr || !is_sound(entity)) return failed(ErrorCode::malformed);
    *handle = 0;
    const auto found = reader->reader.resolve(view(entity));
    if (!found) return failed(found.error().code);
    *handle = std::uint64_t{found->epoch} << 32 | found->node;
    return 1;
  });
}

int policyc_find_action(policyc_reader* reader, policyc_string action, uint32_t* number) {
  return guarded([&] {
    if (reader == nullptr || number == nullptr || !is_sound(action)) return failed(ErrorCode::malformed);
    const Reader::Pin pin = reader->reader.pin();
    if (pin.evaluator() == nullptr) return failed(ErrorCode::not_loaded);
    const auto found = pin.evaluator()->program().find_action(view(action));
    if (!found) return failed(ErrorCode::unknown_action);
    *number = *found;
    return 1;
  });
}

int policyc_reasons(policyc_reader* reader, const policyc_request* request, const policyc_decision* decision,
                    char* buffer, size_t room, size_t* needed) {
  return guarded([&] {
    return listed(reader, request, decision, buffer, room, needed,
                  [](const Evaluator& evaluator, const Request& asked) {
                    std::vector<std::string> ids;
                    for (const RuleIndex rule : evaluator.reasons(asked))
                      ids.push_back(evaluator.program().rules()[rule].id);
                    return ids;
                  });
  });
}

int policyc_obligations(policyc_reader* reader, const policyc_request* request,
                        const policyc_decision* decision, char* buffer, size_t room, size_t* needed) {
  return guarded([&] {
    return listed(reader, request, decision, buffer, room, needed,
                  [](const Evaluator& evaluator, const Request& asked) {
                    const Program& program = evaluator.program();
                    std::vector<std::string> lines;
                    for (const ObligationIndex one : evaluator.obligations(asked))
                      lines.push_back(to_json(program.obligations()[one], program.schema()));
                    return lines;
                  });
  });
}

size_t policyc_explain_error(policyc_reader* reader, const policyc_request* request,
                             const policyc_decision* decision, char* buffer, size_t room) {
  if (reader == nullptr || check(decision) != ErrorCode::none)
    return put(describe(ErrorCode::malformed), buffer, room);
  // What the code alone says stands where there is no request, or no memory, to say more.
  std::size_t whole = put(describe(code_of(decision->outcome)), buffer, room);
  (void)guarded([&] {
    ConvertedRequest converted;
    if (converted.convert(request) == ErrorCode::none)
      whole = put(reader->reader.explain_error(converted.request, decision_of(*decision)), buffer, room);
    return 1;
  });
  return whole;
}

}  // extern "C"
