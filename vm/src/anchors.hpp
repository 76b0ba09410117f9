#pragma once

// Where the answers to a list question can be: for each action, facts of which one must hold wherever it is
// allowed. The compiler reads them off the decision graph; the lists start from what the snapshot says of
// these facts, and decide only what they lead to.

#include <cstdint>
#include <vector>

#include "policyc/schema.hpp"

namespace policyc::vm {

// A step on the way from the fact's entity to the resource.
struct AnchorStep {
  AttributeIndex attribute = kNoIndex;  // to the entities whose attribute names it; kNoIndex: to all below it

  friend bool operator==(const AnchorStep&, const AnchorStep&) = default;
};

struct Anchor {
  enum class Base : std::uint8_t {
    subject,  // the subject itself is the entity
    groups,   // the subject, or a group that it is in
    roles,    // the subject has one of the raw role bits at the entity
  };
  Base base = Base::subject;
  bool itself = false;            // roles: at the entity itself
  KindIndex kind = 0;             // roles: of the entity; the mask is laid out for it
  std::uint16_t mask = 0;         // roles: number of the mask
  std::vector<AnchorStep> steps;  // from the entity to the resource; none: it is the resource

  friend bool operator==(const Anchor&, const Anchor&) = default;
};

struct ActionAnchors {
  bool anywhere = false;  // nothing is known: the answers can be anywhere
  std::vector<Anchor> anchors;
};

inline constexpr std::size_t kMaxAnchors = 64;     // an action
inline constexpr std::size_t kMaxAnchorSteps = 8;  // an anchor

}  // namespace policyc::vm
