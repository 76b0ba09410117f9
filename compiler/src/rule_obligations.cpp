#include "rule_obligations.hpp"

#include <algorithm>

namespace policyc::compiler {

using text::DiagCode;

RuleObligations::RuleObligations(Analysis& analysis)
    : analysis_(analysis), literals_(analysis.symbols, analysis.diagnostics) {}

std::vector<ObligationIndex> RuleObligations::resolve(const text::Rule& rule) {
  std::vector<ObligationIndex> all;
  std::vector<ObligationInfo>& known = analysis_.model.obligations;
  for (const text::Duty& duty : rule.obliging) {
    std::optional<ObligationInfo> info = resolve(duty);
    if (!info) continue;
    const auto same = std::find(known.begin(), known.end(), *info);
    const auto index = static_cast<std::size_t>(same - known.begin());
    if (same == known.end()) {
      if (index > kNoIndex) {
        analysis_.diagnostics.add(DiagCode::too_many, duty.span,
                                  {"the policy", std::to_string(index), "obligations of rules"});
        return all;
      }
      known.push_back(std::move(*info));
    }
    const auto obligation = static_cast<ObligationIndex>(index);
    if (std::find(all.begin(), all.end(), obligation) != all.end())
      analysis_.diagnostics.add(DiagCode::named_twice, duty.span,
                                {duty.name.text, "this rule's obligations"});
    else
      all.push_back(obligation);
  }
  return all;
}

std::optional<ObligationInfo> RuleObligations::resolve(const text::Duty& duty) {
  const std::optional<std::size_t> found = analysis_.symbols.obligation(duty.name.text);
  if (!found) {
    std::vector<std::string> names;
    for (const ObligationModel& one : analysis_.model.declared_obligations) names.push_back(one.name);
    report_unknown(analysis_, "obligation", duty.name.text, duty.name.span, names);
    return std::nullopt;
  }
  const ObligationModel& declared = analysis_.model.declared_obligations[*found];
  const auto is_needed = [](const ParameterInfo& one) { return !one.fallback && !one.type.optional; };
  // Values stand for parameters in their order, so none can be left out before one that is given.
  std::size_t least = declared.parameters.size();
  while (least > 0 && !is_needed(declared.parameters[least - 1])) --least;
  if (duty.values.size() < least || duty.values.size() > declared.parameters.size()) {
    // A parameter that could not be read is missing from the declaration.
    if (analysis_.sound_declarations)
      analysis_.diagnostics.add(DiagCode::obligation_values, duty.span,
                                {duty.name.text, declaration(declared)}, {},
                                {{declared.span, "declared here"}});
    return std::nullopt;
  }
  ObligationInfo info{declared.name, {}};
  bool sound = true;
  for (std::size_t i = 0; i < declared.parameters.size(); ++i) {
    const ParameterInfo& parameter = declared.parameters[i];
    std::optional<DefaultValue> value = parameter.fallback;
    if (i < duty.values.size()) {
      value = literals_.literal(duty.values[i], parameter.type);
      sound = sound && value.has_value();
    }
    info.arguments.push_back({parameter.name, parameter.type, std::move(value)});
  }
  if (!sound) return std::nullopt;
  return info;
}

std::string RuleObligations::declaration(const ObligationModel& declared) const {
  std::string text = declared.name + "(";
  for (const ParameterInfo& one : declared.parameters)
    text += (&one == declared.parameters.data() ? "" : ", ") + one.name + ": " +
            to_string(one.type, analysis_.model.schema) + (one.fallback ? " = …" : "");
  return text + ")";
}

}  // namespace policyc::compiler
