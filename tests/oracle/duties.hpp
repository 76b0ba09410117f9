#pragma once

// What rules oblige to.

#include "facts.hpp"

namespace policyc::oracle {

class Duties : protected Facts {
 public:
  using Facts::Facts;

  // "Obligations are their union": of the deciding rules; each value stands for the parameter in its place.
  void oblige(Answer& answer) {
    for (const std::size_t rule : answer.rules)
      for (const text::Duty& duty : tree_.all.rules[rule].obliging) {
        Values values;
        const text::Obligation& declared = *named(tree_.all.obligations, duty.name.text);
        for (std::size_t i = 0; i < declared.parameters.size(); ++i) {
          const text::Parameter& p = declared.parameters[i];
          values[p.name.text] =
              i < duty.values.size() ? qualified(literal(duty.values[i]), p.type) : given({}, p);
        }
        const std::pair obligation(duty.name.text, values);
        if (!any(answer.obligations, [&](const auto& one) { return one == obligation; }))
          answer.obligations.push_back(obligation);
      }
  }
};

}  // namespace policyc::oracle
