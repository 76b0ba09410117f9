#include "names.hpp"

#include <algorithm>

namespace policyc::snapshot {

std::string Names::name_of(const EntityRef& entity) const {
  if (entity.kind == kSystemKind) return name_of(kSystemKind);
  return name_of(entity.kind) + ":" + std::string(entity.id);
}

KindIndex Names::find_kind(std::string_view name) const {
  if (schema_.kinds[last_kind_].name == name) return last_kind_;
  const KindIndex found = schema_.find_kind(name);
  if (found != kNoIndex) last_kind_ = found;
  return found;
}

AttributeIndex Names::find_attribute(KindIndex kind, std::string_view name) const {
  for (const AttributeIndex attribute : schema_.kinds[kind].attributes)
    if (schema_.attributes[attribute].name == name && schema_.attributes[attribute].closure_of == kNoIndex)
      return attribute;
  return kNoIndex;
}

RoleIndex Names::find_role(KindIndex kind, std::string_view name) const {
  if (last_role_ != kNoIndex && schema_.roles[last_role_].kind == kind &&
      schema_.roles[last_role_].name == name)
    return last_role_;
  for (const RoleIndex role : schema_.kinds[kind].roles)
    if (schema_.roles[role].name == name && !schema_.roles[role].is_hidden) return last_role_ = role;
  return kNoIndex;
}

bool Names::may_stand_in(KindIndex child, KindIndex parent) const {
  const std::vector<KindIndex>& parents = schema_.kinds[child].parents;
  return std::find(parents.begin(), parents.end(), parent) != parents.end();
}

std::vector<std::string> Names::kinds() const {
  std::vector<std::string> names;
  for (const KindInfo& kind : schema_.kinds) names.push_back(kind.name);
  return names;
}

std::vector<std::string> Names::roles_of(KindIndex kind) const {
  std::vector<std::string> names;
  for (const RoleIndex role : schema_.kinds[kind].roles)
    if (!schema_.roles[role].is_hidden) names.push_back(schema_.roles[role].name);
  return names;
}

std::vector<std::string> Names::attributes_of(KindIndex kind) const {
  std::vector<std::string> names;
  for (const AttributeIndex attribute : schema_.kinds[kind].attributes)
    if (schema_.attributes[attribute].closure_of == kNoIndex)
      names.push_back(schema_.attributes[attribute].name);
  return names;
}

std::vector<std::string> Names::plurals_in(KindIndex parent) const {
  std::vector<std::string> names;
  for (std::size_t kind = 1; kind < schema_.kinds.size(); ++kind)
    if (may_stand_in(static_cast<KindIndex>(kind), parent)) names.push_back(schema_.kinds[kind].plural);
  return names;
}

std::vector<std::string> Names::plurals() const {
  std::vector<std::string> names;
  for (std::size_t kind = 1; kind < schema_.kinds.size(); ++kind) names.push_back(schema_.kinds[kind].plural);
  return names;
}

std::string Names::names_of(std::uint64_t kinds) const {
  std::vector<std::string> names;
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    if (((kinds >> kind) & 1) != 0) names.push_back(schema_.kinds[kind].name);
  return joined(names, " or ");
}

std::uint64_t Names::parents_of(KindIndex kind) const {
  std::uint64_t kinds = 0;
  for (const KindIndex parent : schema_.kinds[kind].parents) kinds |= std::uint64_t{1} << parent;
  return kinds;
}

std::uint64_t Names::kinds_with_role(std::string_view role) const {
  std::uint64_t kinds = 0;
  for (const RoleInfo& info : schema_.roles)
    if (info.name == role && !info.is_hidden) kinds |= std::uint64_t{1} << info.kind;
  return kinds;
}

std::uint64_t Names::kinds_with_roles() const {
  std::uint64_t kinds = 0;
  for (const RoleInfo& info : schema_.roles) kinds |= std::uint64_t{1} << info.kind;
  return kinds;
}

std::string Names::setting(std::string_view key, const std::string& value) const {
  const std::string name(key);
  return json_ ? "`\"" + name + "\": \"" + value + "\"`" : "`" + name + ": " + value + "`";
}

std::string Names::map_of(const std::vector<std::pair<std::string, std::string>>& members) const {
  std::string text;
  for (const auto& [key, value] : members) {
    text += text.empty() ? "{ " : ", ";
    const std::string_view quote = json_ ? "\"" : "";
    text.append(quote).append(key).append(quote).append(": ").append(quote).append(value).append(quote);
  }
  return text + " }";
}

std::string Names::samples(std::uint64_t kinds, std::string_view id) const {
  std::vector<std::string> names;
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    if (((kinds >> kind) & 1) != 0)
      names.push_back(kind == kSystemKind ? schema_.kinds[kind].name
                                          : schema_.kinds[kind].name + ":" + std::string(id));
  return joined(names, " or ");
}

std::string Names::settings(std::string_view key, std::uint64_t kinds) const {
  std::vector<std::string> all;
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    if (((kinds >> kind) & 1) != 0) all.push_back(setting(key, samples(std::uint64_t{1} << kind)));
  return joined(all, " or ");
}

std::string joined(const std::vector<std::string>& names, std::string_view between) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += between;
    text += name;
  }
  return text;
}

}  // namespace policyc::snapshot
