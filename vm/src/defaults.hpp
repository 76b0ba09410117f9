#pragma once

// Defaults that name entities. A default counts as though it were written where it
// applies: whom it names must be there.

#include <optional>
#include <span>

#include "policyc/schema.hpp"

namespace policyc::vm {

// The entities that a default names; none if there is no default, or its type is
// none of entities. Views into the default.
[[nodiscard]] inline std::span<const DefaultValue> named_by_default(
    const std::optional<DefaultValue>& fallback, const Type& type) noexcept {
  if (!fallback) return {};
  if (type.kind == TypeKind::entity) return {&*fallback, 1};
  if (type.kind == TypeKind::set && type.element == TypeKind::entity) return fallback->elements;
  return {};
}
[[nodiscard]] inline std::span<const DefaultValue> named_by_default(const AttributeInfo& info) noexcept {
  return named_by_default(info.fallback, info.type);
}

}  // namespace policyc::vm
