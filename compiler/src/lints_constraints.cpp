// Constraints that forbid a role to everybody: with it alone its holders hold too many.

#include <algorithm>

#include "lints.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

class ConstraintLints {
 public:
  explicit ConstraintLints(const Analysis& analysis) : analysis_(analysis), schema_(analysis.model.schema) {}

  void run() {
    std::size_t next = 0;  // a package without errors has a constraint for each that is written
    for (const text::File& file : analysis_.loaded.package.files)
      for (const text::Constraint& written : file.constraints) {
        const ConstraintInfo& constraint = schema_.constraints[next++];
        if (constraint.form != ConstraintForm::at_most_of) continue;
        for (std::size_t i = 0; i < constraint.roles.size(); ++i) {
          const RoleInfo& role = schema_.roles[constraint.roles[i].role];
          const auto gives = [&](const CountedRole& other) { return is_given(other, role); };
          const auto held = std::count_if(constraint.roles.begin(), constraint.roles.end(), gives);
          if (held > constraint.count)
            analysis_.diagnostics.add(DiagCode::constraint_excludes_role, written.roles[i].span,
                                      {role.name, std::to_string(held)});
        }
      }
  }

 private:
  // Does whoever is granted `role`, or holds it by an attribute or by roll-up, hold the other one with it?
  static bool is_given(const CountedRole& counted, const RoleInfo& role) {
    const std::uint8_t raw = role.flow_bit != kNoBit ? role.flow_bit : role.up_bit;
    return raw != kNoBit &&
           std::any_of(counted.bits.begin(), counted.bits.end(), [&](const CountedBits& bits) {
             return bits.kind == role.kind && bits.path == 0 && ((bits.mask >> raw) & 1) != 0;
           });
  }

  const Analysis& analysis_;
  const Schema& schema_;
};

}  // namespace

void lint_constraints(const Analysis& analysis) { ConstraintLints(analysis).run(); }

}  // namespace policyc::compiler
