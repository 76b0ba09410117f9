#pragma once

// What rules oblige to: `obliging notify("privacy@acme.io"), log`.

#include <vector>

#include "analysis.hpp"

namespace policyc::compiler {

class RuleObligations {
 public:
  explicit RuleObligations(Analysis& analysis);

  // The rule's obligations, in the order in which it names them. What is wrong with one is reported.
  [[nodiscard]] std::vector<ObligationIndex> resolve(const text::Rule& rule);

 private:
  [[nodiscard]] std::optional<ObligationInfo> resolve(const text::Duty& duty);
  [[nodiscard]] std::string declaration(const ObligationModel& declared) const;

  Analysis& analysis_;
  Expressions literals_;
};

}  // namespace policyc::compiler
