// Obligations: what rules may oblige an enforcement point to.

#include "declarer.hpp"

namespace policyc::compiler {

// They have a namespace of their own: they stand behind `obliging` alone.
void Declarer::obligations() {
  Names names;
  for (const text::File& file : loaded_.package.files)
    for (const text::Obligation& written : file.obligations) {
      if (!take(names, "the obligation", written.name)) continue;
      if (!fits(model_.declared_obligations.size(), "the policy", "obligations", written.span)) continue;
      symbols_.obligations_[written.name.text] = model_.declared_obligations.size();
      model_.declared_obligations.push_back(
          {written.name.text, parameters(written.parameters, written.name.text), written.name.span});
    }
}

}  // namespace policyc::compiler
