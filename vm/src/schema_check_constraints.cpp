// The rules of constraints in a schema: what they name is there, and can be counted.

#include <algorithm>
#include <set>
#include <string_view>

#include "schema_check.hpp"
#include "text_values.hpp"

namespace policyc::vm {
namespace {

using Finding = std::optional<std::string>;

// A principal's roles are counted in one word.
constexpr std::size_t kMaxCountedRoles = 64;

constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

// Holders stand at the scope's entities and above them, and have bits that roles there have.
Finding check_bits(const Schema& schema, const ConstraintInfo& constraint, const CountedRole& role) {
  const std::uint64_t seen =
      schema.kinds[constraint.scope].ancestors | bit(constraint.scope) | bit(kSystemKind);
  const auto is_seen = [&](KindIndex kind) { return kind < schema.kinds.size() && (seen & bit(kind)) != 0; };
  if (role.role >= schema.roles.size() || !is_seen(schema.roles[role.role].kind))
    return "counts a role that nobody holds there";
  for (const CountedBits& bits : role.bits)
    if (!is_seen(bits.kind) || bits.mask == 0 || (bits.mask & ~raw_bits_of(schema, bits.kind)) != 0 ||
        (bits.path & ~seen) != 0)
      return "counts bits that nobody has there";
  return std::nullopt;
}

Finding check_constraint(const Schema& schema, const ConstraintInfo& constraint) {
  if (constraint.scope >= schema.kinds.size() ||
      (constraint.scope != kSystemKind && schema.kinds[constraint.scope].category != KindCategory::scope))
    return "is on no scope";
  const bool counts_roles = constraint.form == ConstraintForm::at_most_of;
  if (counts_roles != (constraint.counted == kNoIndex) ||
      (!counts_roles && (constraint.counted >= schema.kinds.size() ||
                         !is_principal(schema.kinds[constraint.counted].category))))
    return "counts no kind of principals";
  if (constraint.roles.empty() || constraint.roles.size() > (counts_roles ? kMaxCountedRoles : 1))
    return "counts too many roles, or none";
  std::set<RoleIndex> roles;
  for (const CountedRole& role : constraint.roles) {
    if (!roles.insert(role.role).second) return "counts a role twice";
    if (auto finding = check_bits(schema, constraint, role)) return finding;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> check_constraints(const Schema& schema) {
  std::set<std::string_view> titles;
  for (const ConstraintInfo& constraint : schema.constraints) {
    if (constraint.title.empty() || !is_utf8(constraint.title) || !titles.insert(constraint.title).second)
      return "a constraint's title is empty, not UTF-8, or given twice";
    if (const Finding finding = check_constraint(schema, constraint))
      return "constraint '" + constraint.title + "' " + *finding;
  }
  return std::nullopt;
}

}  // namespace policyc::vm
