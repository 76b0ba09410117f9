#pragma once

// The schema's names as a snapshot uses them: kinds, the lists they stand in, roles,
// and what is near to a name that is none.

#include <string>
#include <string_view>
#include <vector>

#include "policyc/schema.hpp"

namespace policyc::snapshot {

// An entity as a fact names it. The id is a view of the text or the document.
struct EntityRef {
  KindIndex kind = kNoIndex;  // kNoIndex: none
  std::string_view id;        // of system: empty

  [[nodiscard]] bool known() const noexcept { return kind != kNoIndex; }
};

class Names {
 public:
  explicit Names(const Schema& schema) : schema_(schema) {}

  [[nodiscard]] const Schema& schema() const noexcept { return schema_; }
  [[nodiscard]] const std::string& name_of(KindIndex kind) const { return schema_.kinds[kind].name; }
  [[nodiscard]] std::string name_of(const EntityRef& entity) const;

  // kNoIndex if there is none. Facts about one kind tend to come together: the
  // last answer is asked first.
  [[nodiscard]] KindIndex find_kind(std::string_view name) const;
  [[nodiscard]] AttributeIndex find_attribute(KindIndex kind, std::string_view name) const;
  [[nodiscard]] RoleIndex find_role(KindIndex kind, std::string_view name) const;
  [[nodiscard]] KindIndex find_plural(std::string_view plural) const { return schema_.find_plural(plural); }

  [[nodiscard]] bool may_stand_in(KindIndex child, KindIndex parent) const;

  // What may be written, for "did you mean".
  [[nodiscard]] std::vector<std::string> kinds() const;
  [[nodiscard]] std::vector<std::string> roles_of(KindIndex kind) const;
  [[nodiscard]] std::vector<std::string> attributes_of(KindIndex kind) const;
  [[nodiscard]] std::vector<std::string> plurals_in(KindIndex parent) const;
  [[nodiscard]] std::vector<std::string> plurals() const;
  // "user or service" of a set of kinds.
  [[nodiscard]] std::string names_of(std::uint64_t kinds) const;

 private:
  const Schema& schema_;
  mutable KindIndex last_kind_ = kSystemKind;
  mutable RoleIndex last_role_ = kNoIndex;
};

// "a, b, c"
[[nodiscard]] std::string joined(const std::vector<std::string>& names, std::string_view between = ", ");

}  // namespace policyc::snapshot
