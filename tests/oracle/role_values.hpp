#pragma once

// "A `role of S` value may be an open role defined at the resource or an ancestor": where its plain name is
// looked up, and who holds such a role.

#include "tree.hpp"

namespace policyc::oracle {

// A symbol that means a role defined at an entity says so after its name; no name has this sign.
inline constexpr char kDefinedAt = '\n';

// The value as it is meant at an entity: what is no role defined there or above stays as it was.
inline Value meant(Value v, const Entity* at) {
  for (Value& element : v.elements) element = meant(element, at);
  for (; v.kind == Type::symbol && at != nullptr; at = at->parent)
    if (at->kind == owner(v.text) && at->roles.contains(bare(v.text))) {
      v.text += kDefinedAt + at->name;
      break;
    }
  return v;
}

inline bool is_defined(const Value& v) {
  return v.kind == Type::symbol && v.text.find(kDefinedAt) != v.text.npos;
}
inline std::string definer(const Value& v) { return v.text.substr(v.text.find(kDefinedAt) + 1); }
inline std::string defined_name(const Value& v) {
  const std::string name = bare(v.text);
  return name.substr(0, name.find(kDefinedAt));
}

// "It is held there and on everything below": at e, or at e itself?
inline bool is_held_at(const Value& v, const Entity& e, bool itself) {
  const Entity* at = &e;
  while (at != nullptr && at->name != definer(v)) at = itself ? nullptr : at->parent;
  return at != nullptr;
}

}  // namespace policyc::oracle
