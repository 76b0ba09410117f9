#include "request_notes.hpp"

#include "inputs.hpp"
#include "near_entity.hpp"
#include "policyc/program.hpp"
#include "policyc/text/diagnostic.hpp"

namespace policyc::cli {
namespace {

bool is_missing(const Evaluator& evaluator, std::string_view entity) {
  const auto found = with_memory(evaluator.resolve(entity));
  return !found && found.error().code == ErrorCode::unknown_entity;
}

// Of one that the snapshot doesn't have: the one that was meant; "" if none is near.
std::string near(const Evaluator& evaluator, std::string_view entity) {
  const std::size_t colon = entity.find(':');
  const KindIndex kind = evaluator.program().find_kind(entity.substr(0, colon));
  if (colon == std::string_view::npos || kind == kNoIndex || !is_missing(evaluator, entity)) return {};
  std::size_t compared = 0;
  return vm::near_entity(evaluator.snapshot(), evaluator.program().schema(), kind, entity.substr(colon + 1),
                         compared);
}

std::vector<std::string> names_of(std::span<const ParameterInfo> declared) {
  std::vector<std::string> names;
  for (const ParameterInfo& one : declared) names.push_back(one.name);
  return names;
}

// The attributes of the kind that "kind:id", or a kind alone, begins with.
std::vector<std::string> attributes_of(const Program& program, std::string_view entity) {
  std::vector<std::string> names;
  const KindIndex kind = program.find_kind(entity.substr(0, entity.find(':')));
  if (kind != kNoIndex)
    for (const AttributeIndex one : program.schema().kinds[kind].attributes)
      names.push_back(program.schema().attributes[one].name);
  return names;
}

std::string ignored(const Evaluator& evaluator, const Request& request, const RequestDiagnostic& diagnostic) {
  using Kind = RequestDiagnostic::Kind;
  const Program& program = evaluator.program();
  const std::string name = "'" + diagnostic.name + "'";
  std::string what;
  std::vector<std::string> known;
  switch (diagnostic.kind) {
    case Kind::undeclared_parameter:
      what = "the action has no parameter ";
      if (const auto action = program.find_action(request.action))
        known = names_of(program.actions()[*action].parameters);
      break;
    case Kind::undeclared_context:
      what = "the policy declares no context value ";
      known = names_of(program.context_fields());
      break;
    case Kind::undeclared_attribute: {
      what = "the policy declares no attribute ";
      known = attributes_of(program, request.subject);
      const std::vector<std::string> more = attributes_of(program, request.resource);
      known.insert(known.end(), more.begin(), more.end());
      break;
    }
    case Kind::not_from_request:
      return "ignored: the attribute " + name + " is read from the snapshot, since it is not `from request`";
  }
  const std::string meant = text::did_you_mean(diagnostic.name, known);
  return "ignored: " + what + name + (meant.empty() ? "" : "; " + meant);
}

// Every name in the request that an error may be about.
void add_names(const Value& value, std::vector<std::string>& names) {
  if (value.kind == Value::Kind::text) names.emplace_back(value.text);
  for (const Value& element : value.elements) add_names(element, names);
}

std::vector<std::string> names_in(const Request& request) {
  std::vector<std::string> names = {std::string(request.resource)};
  if (!request.parent.empty()) names.emplace_back(request.parent);
  for (const auto& values :
       {request.parameters, request.context, request.subject_attributes, request.resource_attributes})
    for (const NamedValue& value : values) add_names(value.value, names);
  return names;
}

bool is_about_a_name(ErrorCode code) {
  return code == ErrorCode::unknown_resource || code == ErrorCode::unknown_entity ||
         code == ErrorCode::bad_parent;
}

}  // namespace

std::vector<std::string> unknown_subjects(const Evaluator& evaluator, const Request& request) {
  std::vector<std::string> unknown;
  if (is_missing(evaluator, request.subject)) unknown.emplace_back(request.subject);
  if (request.on_behalf_of && *request.on_behalf_of != request.subject &&
      is_missing(evaluator, *request.on_behalf_of))
    unknown.emplace_back(*request.on_behalf_of);
  return unknown;
}

std::vector<std::string> notes_on(const Evaluator& evaluator, const Request& request,
                                  const Decision& decision) {
  std::vector<std::string> notes;
  for (const RequestDiagnostic& diagnostic : evaluator.diagnostics(request))
    notes.push_back(ignored(evaluator, request, diagnostic));
  for (const std::string& name : unknown_subjects(evaluator, request)) {
    const std::string meant = near(evaluator, name);
    notes.push_back("note: '" + name + "' is not in the snapshot, and holds only what everyone does" +
                    (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
  if (decision.why == Why::error && is_about_a_name(decision.error))
    for (const std::string& name : names_in(request))
      if (const std::string meant = near(evaluator, name); !meant.empty()) {
        std::string& note = notes.emplace_back("note: the snapshot has no '");
        note.append(name).append("'; did you mean '").append(meant).append("'?");
      }
  return notes;
}

}  // namespace policyc::cli
