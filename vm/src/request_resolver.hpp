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

// For lists. `resource` is a kind: who asks to do what on entities of it.
[[nodiscard]] Rejection resolve_for_resources(const Request& request, RequestRoom& room,
                                              Evaluation& evaluation) noexcept;
// `subject` is a kind of subjects, or empty for all: what is asked of which resource.
[[nodiscard]] Rejection resolve_for_subjects(const Request& request, RequestRoom& room,
                                             Evaluation& evaluation) noexcept;
// `action` is empty: who asks about which resource.
[[nodiscard]] Rejection resolve_for_actions(const Request& request, RequestRoom& room,
                                            Evaluation& evaluation) noexcept;
// Then, for one action of the resource's kind: what the request says besides.
[[nodiscard]] Rejection resolve_action(const Request& request, ActionIndex action, RequestRoom& room,
                                       Evaluation& evaluation) noexcept;

// Can one of the kind ask whom the snapshot doesn't know, and of whom the request says nothing?
[[nodiscard]] bool may_be_unknown(const Linked& linked, KindIndex kind) noexcept;

// By handles: for actions that need nothing else of a request.
[[nodiscard]] Rejection resolve(const Query& query, std::optional<std::int64_t> now,
                                Evaluation& evaluation) noexcept;
// By handles, with what the request says besides.
[[nodiscard]] Rejection resolve(const Query& query, const Circumstances& circumstances, RequestRoom& room,
                                Evaluation& evaluation) noexcept;

}  // namespace policyc::vm
