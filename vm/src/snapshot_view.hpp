#pragma once

// Read access to a verified snapshot image: what the interpreter and the resolver
// of requests see of it. Nothing here can fail: every offset was checked at load.
//
// The layout of the image is written down in snapshot_format.hpp.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "cell.hpp"
#include "policyc/schema.hpp"
#include "program_parts.hpp"

namespace policyc::vm {

// Raw role bits of a principal at an entity, laid out by the entity's kind
// (KindInfo::word_offsets): the same shape as the masks that code tests it with.
using RoleWord = RoleMask;

struct SnapshotView {
  // Entities. `node` must be below node_count().
  [[nodiscard]] NodeId node_count() const noexcept;
  [[nodiscard]] KindIndex kind_of(NodeId node) const noexcept;
  [[nodiscard]] std::string_view id_of(NodeId node) const noexcept;   // "" for system
  [[nodiscard]] NodeId parent_of(NodeId node) const noexcept;         // kSystemNode for a root or principal; kNoNode for system
  [[nodiscard]] NodeId end_of(NodeId node) const noexcept;            // its subtree is [node, end_of(node)); a principal's is itself
  // Ancestors from the root down, without system and without the node itself: at most 64, ascending.
  [[nodiscard]] std::span<const NodeId> path_of(NodeId node) const noexcept;

  // kNoNode for an unknown id. Every key is compared whole.
  [[nodiscard]] NodeId find(KindIndex kind, std::string_view id) const noexcept;

  // Adds (ORs) to `word`, laid out for an entity of kind `layout`, the raw bits
  // that `principal` has at `entity`, its ancestors and `system`: all of them at the
  // entity itself; at ancestors of other kinds, and at ancestors of its own kind,
  // those that flow. Bits rolled up (KindInfo::rolled_up_bits) count only at the
  // nearest entity of their kind at or above `entity`.
  void add_roles(NodeId principal, NodeId entity, RoleWord& word) const noexcept;
  // The same for the entity alone: nothing from above.
  void add_roles_itself(NodeId principal, NodeId entity, RoleWord& word) const noexcept;

  // The stored value of an attribute; false if there is none (then the default
  // counts, if the schema has one: that is the caller's business). The entity is
  // of the kind that declares the attribute.
  [[nodiscard]] bool load(AttributeIndex attribute, NodeId entity, Cell& cell) const noexcept;

  // The arena's text of a StoredString.
  [[nodiscard]] std::string_view text_of(StoredString string) const noexcept;
};

}  // namespace policyc::vm
