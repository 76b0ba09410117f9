#pragma once

// From a request's strings and values to an Evaluation, or the reason why not.
// Works on the caller's stack; allocates nothing.

#include "evaluation.hpp"
#include "policyc/request.hpp"
#include "policyc/result.hpp"

namespace policyc::vm {

// What part of a request a rejection is about. `detail` is the parameter's place in
// its action, the field's in the context, the attribute's index; else 0.
enum class About : std::uint8_t {
  request,
  subject,
  resource,
  parent,
  action,
  parameter,
  context,
  subject_attribute,
  resource_attribute,
};

// What is wrong with a request, and what about.
struct Rejection {
  ErrorCode code = ErrorCode::none;
  std::uint32_t detail = 0;
  About about = About::request;
};

// Room for what the request says, beside the Evaluation that points into it.
struct RequestRoom {
  Unwritten<Cell, kMaxParameters> parameters;
  Unwritten<Cell, kMaxContextFields> context;
  Unwritten<Given, kMaxGivenAttributes> subject_given;
  Unwritten<Given, kMaxGivenAttributes> resource_given;
  ElementArena elements;
};

[[nodiscard]] Rejection resolve(const Request& request, RequestRoom& room, Evaluation& evaluation) noexcept;

// By handles: for actions that need nothing else of a request.
[[nodiscard]] Rejection resolve(const Query& query, std::optional<std::int64_t> now,
                                Evaluation& evaluation) noexcept;
// By handles, with what the request says besides.
[[nodiscard]] Rejection resolve(const Query& query, const Circumstances& circumstances, RequestRoom& room,
                                Evaluation& evaluation) noexcept;

}  // namespace policyc::vm
