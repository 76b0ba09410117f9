#include "words.hpp"

#include <nlohmann/json.hpp>

#include "request_notes.hpp"

namespace policyc::cli {
namespace {

std::string_view word(RequestDiagnostic::Kind kind) {
  switch (kind) {
    case RequestDiagnostic::Kind::undeclared_parameter: return "undeclared_parameter";
    case RequestDiagnostic::Kind::undeclared_context: return "undeclared_context";
    case RequestDiagnostic::Kind::undeclared_attribute: return "undeclared_attribute";
    case RequestDiagnostic::Kind::not_from_request: return "not_from_request";
  }
  return "unknown";
}

nlohmann::ordered_json frame() {
  return {{"decision", "deny"},
          {"why", "error"},
          {"rules", nlohmann::ordered_json::array()},
          {"reason", nullptr},
          {"obligations", nlohmann::ordered_json::array()},
          {"valid_until", nullptr},
          {"error", nullptr},
          {"diagnostics", nlohmann::ordered_json::array()},
          {"policy", nullptr},
          {"snapshot", nullptr}};
}

nlohmann::ordered_json frame(const Evaluator& evaluator) {
  nlohmann::ordered_json out = frame();
  out["policy"] = to_hex(evaluator.program().digest());
  out["snapshot"] = to_hex(evaluator.snapshot().digest());
  return out;
}

}  // namespace

std::string rules_of(const Evaluator& evaluator, const Request& request, const Decision& decision) {
  if (decision.why == Why::error) return "error " + std::string(name_of(decision.error));
  if (decision.why == Why::default_deny) return "default";
  std::string out;
  for (const RuleIndex rule : evaluator.reasons(request))
    out += (out.empty() ? "" : ", ") + evaluator.program().rules()[rule].id;
  return out;
}

std::string until(const Decision& decision) {
  const std::string text = time_text(decision.valid_until);
  return text.empty() ? std::to_string(decision.valid_until) : text;
}

std::string sentence(const Evaluator& evaluator, const Request& request, const Decision& decision) {
  const std::string effect = decision.allowed() ? "allow" : "deny";
  if (decision.why == Why::default_deny) return effect + " by default (no rule allows it)";
  return effect + " because of " + rules_of(evaluator, request, decision);
}

std::string name_of_action(const Program& program, ActionIndex index) {
  const ActionInfo& action = program.actions()[index];
  return program.schema().kinds[action.kind].name + "." + action.wire_name;
}

nlohmann::ordered_json to_json(const RequestDiagnostic& diagnostic) {
  return {{"kind", word(diagnostic.kind)}, {"name", diagnostic.name}};
}

nlohmann::ordered_json to_json(const Evaluator& evaluator, const Request& request, const Decision& decision) {
  nlohmann::ordered_json out = frame(evaluator);
  out["decision"] = decision.allowed() ? "allow" : "deny";
  out["why"] = decision.why == Why::error ? "error" : decision.why == Why::rule ? "rule" : "default";
  if (decision.why == Why::error) {
    out["error"] = {{"code", name_of(decision.error)},
                    {"message", evaluator.explain_error(request, decision)}};
  } else {
    if (decision.valid_until != kForever) out["valid_until"] = until(decision);
    for (const RuleIndex rule : evaluator.reasons(request)) {
      const RuleInfo& info = evaluator.program().rules()[rule];
      out["rules"].push_back(info.id);
      // The first deciding rule that gives a reason speaks for the decision.
      if (out["reason"].is_null() && !info.reason.empty()) out["reason"] = info.reason;
    }
  }
  const Program& program = evaluator.program();
  for (const ObligationIndex one : evaluator.obligations(request))
    out["obligations"].push_back(
        nlohmann::ordered_json::parse(policyc::to_json(program.obligations()[one], program.schema())));
  for (const RequestDiagnostic& diagnostic : evaluator.diagnostics(request))
    out["diagnostics"].push_back(to_json(diagnostic));
  for (const std::string& name : unknown_subjects(evaluator, request))
    out["diagnostics"].push_back({{"kind", "unknown_subject"}, {"name", name}});
  return out;
}

nlohmann::ordered_json refused_json(ErrorCode code, const std::string& message) {
  nlohmann::ordered_json out = frame();
  out["error"] = {{"code", name_of(code)}, {"message", message}};
  return out;
}

nlohmann::ordered_json refused_json(const Evaluator& evaluator, ErrorCode code, const std::string& message) {
  nlohmann::ordered_json out = frame(evaluator);
  out["error"] = {{"code", name_of(code)}, {"message", message}};
  return out;
}

}  // namespace policyc::cli
