#include "case_lines.hpp"

#include <algorithm>

#include "policyc/value.hpp"

namespace policyc::corpus {
namespace {

using Json = nlohmann::ordered_json;
using Type = oracle::Value::Kind;

Json json_of(const oracle::Value& value) {
  switch (value.kind) {
    case Type::boolean: return value.number != 0;
    case Type::integer: return value.number;
    case Type::time: return time_text(value.number);
    case Type::duration: return duration_text(value.number);
    case Type::symbol: return value.text.substr(value.text.find('.') + 1);
    case Type::set: {
      Json list = Json::array();
      for (const oracle::Value& element : value.elements) list.push_back(json_of(element));
      return list;
    }
    default: return value.text;
  }
}

Json json_of(const oracle::Values& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = json_of(value);
  return object;
}

// "kind:id", or an object where more than that is said or the entity is described.
Json entity(const std::string& name, const oracle::Values& attributes, bool is_described = false,
            const std::string& parent = "") {
  if (attributes.empty() && !is_described) return name;
  Json object;
  object["type"] = name.substr(0, name.find(':'));
  if (const std::size_t colon = name.find(':'); colon != name.npos) object["id"] = name.substr(colon + 1);
  if (!parent.empty()) object["parent"] = parent;
  if (!attributes.empty()) object["attributes"] = json_of(attributes);
  return object;
}

}  // namespace

std::optional<Json> request_line(const oracle::Snapshot& facts, const oracle::Request& request) {
  const bool is_there = facts.contains(request.resource);
  if (request.resource_inline ? is_there : !request.parent.empty()) return std::nullopt;
  Json line;
  Json& said = line["request"];
  said["subject"] = entity(request.subject, request.subject_attributes);
  said["action"] = request.action;
  said["resource"] = request.resource == "system" ? Json("system")
                                                  : entity(request.resource, request.resource_attributes,
                                                           request.resource_inline, request.parent);
  if (!request.parameters.empty()) said["params"] = json_of(request.parameters);
  if (!request.context.empty()) said["context"] = json_of(request.context);
  if (request.now) said["now"] = time_text(*request.now);
  if (request.on_behalf_of) said["on_behalf_of"] = *request.on_behalf_of;
  return line;
}

void set_expected(Json& line, const oracle::Answer& answer, const Program& program) {
  if (!answer.errors.empty()) {
    line["errors"] = answer.errors;
    return;
  }
  if (answer.allowed) line["allow"] = true;
  for (const std::size_t rule : answer.rules) line["rules"].push_back(program.rules()[rule].id);
  for (const auto& [name, values] : answer.obligations) line["obligations"].push_back(name);
  if (answer.valid_until != kForever) line["until"] = time_text(answer.valid_until);
}

std::string difference(const Evaluator& evaluator, const Request& request, const nlohmann::json& line) {
  const Decision decision = evaluator.decide(request);
  const Program& program = evaluator.program();
  nlohmann::json found = {{"request", line["request"]}};
  if (decision.why == Why::error) {
    found["errors"] = {name_of(decision.error)};
    const nlohmann::json expected = line.value("errors", nlohmann::json::array());
    const bool is_one = std::find(expected.begin(), expected.end(), found["errors"][0]) != expected.end();
    return is_one && !decision.allowed() ? "" : found.dump();
  }
  if (decision.allowed()) found["allow"] = true;
  for (const RuleIndex rule : evaluator.reasons(request)) found["rules"].push_back(program.rules()[rule].id);
  for (const ObligationIndex one : evaluator.obligations(request))
    found["obligations"].push_back(program.obligations()[one].name);
  if (decision.valid_until != kForever) found["until"] = time_text(decision.valid_until);
  return found == line ? "" : found.dump();
}

}  // namespace policyc::corpus
