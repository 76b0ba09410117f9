// Look-ups by name.

#include "symbols.hpp"

#include <algorithm>

namespace policyc::compiler {
namespace {

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

template <class Value>
[[nodiscard]] const Value* look_up(const std::map<std::string, Value, std::less<>>& names,
                                   std::string_view name) {
  const auto found = names.find(name);
  return found == names.end() ? nullptr : &found->second;
}

void make_unique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

KindIndex Symbols::kind(std::string_view name) const {
  const KindIndex* found = look_up(kinds_, name);
  return found != nullptr ? *found : kNoIndex;
}

std::uint16_t Symbols::enumeration(std::string_view name) const {
  const std::uint16_t* found = look_up(enums_, name);
  return found != nullptr ? *found : kNoIndex;
}

std::optional<ActionIndex> Symbols::action(KindIndex kind, std::string_view plain_name) const {
  if (kind >= actions_.size()) return std::nullopt;
  const auto found = actions_[kind].find(std::string(plain_name));
  if (found == actions_[kind].end()) return std::nullopt;
  return found->second;
}

std::optional<std::size_t> Symbols::group(std::string_view name) const {
  const std::size_t* found = look_up(groups_, name);
  return found != nullptr ? std::optional(*found) : std::nullopt;
}

std::optional<std::uint16_t> Symbols::context(std::string_view name) const {
  const std::uint16_t* found = look_up(context_, name);
  return found != nullptr ? std::optional(*found) : std::nullopt;
}

std::optional<std::size_t> Symbols::obligation(std::string_view name) const {
  const auto found = obligations_.find(name);
  return found != obligations_.end() ? std::optional(found->second) : std::nullopt;
}

std::optional<std::size_t> Symbols::condition_at(KindIndex kind, std::string_view name) const {
  const auto [first, last] = conditions_by_name_.equal_range(name);
  for (auto one = first; one != last; ++one) {
    const KindIndex of = conditions[one->second].kind;
    if (of == kind || may_be_above(kind, of)) return one->second;
  }
  return std::nullopt;
}

std::vector<RoleIndex> Symbols::roles_at(KindIndex kind, std::string_view name) const {
  std::vector<RoleIndex> roles;
  const auto add = [&](KindIndex declares) {
    const RoleIndex role = schema().find_role(declares, name);
    if (role != kNoIndex) roles.push_back(role);
  };
  add(kind);
  for (std::size_t above = 1; above < schema().kinds.size(); ++above)
    if (above != kind && may_be_above(kind, static_cast<KindIndex>(above)))
      add(static_cast<KindIndex>(above));
  if (kind != kSystemKind) add(kSystemKind);
  return roles;
}

bool Symbols::may_be_above(KindIndex kind, KindIndex above) const {
  if (above == kSystemKind) return kind != kSystemKind;
  return (schema().kinds[kind].ancestors & bit(above)) != 0;
}

bool Symbols::always_above(KindIndex kind, KindIndex above) const {
  if (above == kSystemKind) return kind != kSystemKind;
  return (always_above_[kind] & bit(above)) != 0;
}

std::vector<std::string> Symbols::kind_names() const {
  std::vector<std::string> names;
  for (const KindInfo& kind : schema().kinds) names.push_back(kind.name);
  make_unique(names);
  return names;
}

std::vector<std::string> Symbols::role_names_at(KindIndex kind) const {
  std::vector<std::string> names;
  for (const RoleInfo& role : schema().roles) {
    if (role.is_hidden || (role.kind != kind && !may_be_above(kind, role.kind))) continue;
    const bool ambiguous = roles_at(kind, role.name).size() > 1;
    names.push_back(ambiguous ? schema().kinds[role.kind].name + "." + role.name : role.name);
  }
  make_unique(names);
  return names;
}

std::vector<std::string> Symbols::action_names(KindIndex kind) const {
  std::vector<std::string> names;
  for (const ActionInfo& action : model().actions)
    if (action.kind == kind) names.push_back(action.name);
  make_unique(names);
  return names;
}

}  // namespace policyc::compiler
