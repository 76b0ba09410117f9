#pragma once

// The schema's names as a snapshot uses them: kinds, the lists they stand in, roles,
// and what is near to a name that is none.

#include <string>
#include <string_view>
#include <utility>
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
  Names(const Schema& schema, bool json) : schema_(schema), json_(json) {}

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

  // The kinds that this one may stand in; those that declare a role of the name.
  [[nodiscard]] std::uint64_t parents_of(KindIndex kind) const;
  [[nodiscard]] std::uint64_t kinds_with_role(std::string_view role) const;
  [[nodiscard]] std::uint64_t kinds_with_roles() const;

  // What may be written, in the way of the format at hand: `in: ward:ID`, or
  // `"in": "ward:ID"`. The value stands as it is in YAML.
  [[nodiscard]] std::string setting(std::string_view key, const std::string& value) const;
  // "ward:ID or clinic:ID", or with another id. "system" has none.
  [[nodiscard]] std::string samples(std::uint64_t kinds, std::string_view id = "ID") const;
  // The setting for each of the kinds: `in: ward:ID` or `in: clinic:ID`.
  [[nodiscard]] std::string settings(std::string_view key, std::uint64_t kinds) const;
  [[nodiscard]] std::string version_map() const {
    return json_ ? "{ \"snapshot\": 1, … }" : "a map: `snapshot: 1`, and a list of each kind";
  }
  // "`grants: { owner: [ ID ] }`"
  [[nodiscard]] std::string granting(const std::string& role) const {
    return json_ ? "`\"grants\": { \"" + role + "\": [ \"ID\" ] }`" : "`grants: { " + role + ": [ ID ] }`";
  }
  // "{ to: ID, role: NAME }"
  [[nodiscard]] std::string map_of(const std::vector<std::pair<std::string, std::string>>& members) const;
  [[nodiscard]] bool json() const noexcept { return json_; }
  [[nodiscard]] std::string end_mark() const { return json_ ? "`\"end\": true`" : "`end: true`"; }
  [[nodiscard]] std::string version_line() const { return json_ ? "`\"snapshot\": 1`" : "`snapshot: 1`"; }

 private:
  const Schema& schema_;
  bool json_;
  mutable KindIndex last_kind_ = kSystemKind;
  mutable RoleIndex last_role_ = kNoIndex;
};

// "a, b, c"
[[nodiscard]] std::string joined(const std::vector<std::string>& names, std::string_view between = ", ");

}  // namespace policyc::snapshot
