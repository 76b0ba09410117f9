#pragma once

// Entities and grants, from a document to the builder: which keys stand where, what
// their values must be. One reader for all formats.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "document.hpp"
#include "findings.hpp"
#include "names.hpp"
#include "policyc/snapshot_builder.hpp"
#include "values.hpp"

namespace policyc::snapshot {

// A place as the builder keeps it, and back.
[[nodiscard]] constexpr std::uint64_t packed(text::Span span) noexcept {
  return (std::uint64_t{span.begin} << 32) | span.end;
}
[[nodiscard]] constexpr text::Span unpacked(std::uint64_t where, std::uint32_t file) noexcept {
  return {file, static_cast<std::uint32_t>(where >> 32), static_cast<std::uint32_t>(where)};
}

class EntityReader {
 public:
  EntityReader(const Names& names, const Document& document, SnapshotBuilder& builder, Findings& findings)
      : names_(names),
        document_(document),
        builder_(builder),
        findings_(findings),
        values_(names, document, findings) {}

  // A list of entities of one kind. At the top level there is no parent; a parent
  // that isn't known has been reported, and what stands in it is only looked at.
  void entities(NodeIndex list, KindIndex kind, const EntityRef* parent);

  // The map of system, wherever it stands; `key` is what names it.
  void system(NodeIndex map, NodeIndex key, bool is_line);

  // A line that describes an entity; `name` is the value of its `entity`, or `group`.
  void entity_line(NodeIndex map, NodeIndex name);

  // { to, role, on }; in a line the role stands under `grant`.
  void grant(NodeIndex map, bool is_line);
  // A list of them, at the top of a document.
  void grants_at_top(NodeIndex list);

  // What could not be read may have described entities. Then nobody can say that one is missing.
  void lose_entities() noexcept { lost_ = true; }
  [[nodiscard]] bool lost_entities() const noexcept { return lost_; }

  // Places, ascending, of entities with an attribute that was reported: that it is
  // missing need not be said.
  [[nodiscard]] std::vector<std::uint64_t> take_incomplete();

 private:
  enum class Stands : std::uint8_t { at_top, in_parent, on_line };

  void entity(NodeIndex map, KindIndex kind, const EntityRef* parent);
  // All keys but those of children. False: the entity's parent is in error.
  [[nodiscard]] bool keys(NodeIndex map, KindIndex kind, Stands stands, EntityRef& parent,
                          std::uint64_t where);
  void attribute(NodeIndex value, AttributeIndex index, std::uint64_t where);
  [[nodiscard]] bool parent_of(NodeIndex key, KindIndex kind, Stands stands, EntityRef& parent);
  void unknown_key(NodeIndex key, KindIndex kind, Stands stands);
  [[nodiscard]] bool is_unsupported(NodeIndex key);
  // The attributes read last, with their elements in place.
  [[nodiscard]] std::span<const AttributeFact> attributes();

  void members(NodeIndex list, const EntityRef& group);
  // { role: [principals] }
  void grants(NodeIndex map, const EntityRef& on);
  void grant_item(NodeIndex item, RoleIndex role, const EntityRef& on);

  [[nodiscard]] bool is_map(NodeIndex node, const std::string& what);
  [[nodiscard]] bool is_list(NodeIndex node, const std::string& what);

  const Names& names_;
  const Document& document_;
  SnapshotBuilder& builder_;
  Findings& findings_;
  ValueReader values_;
  bool lost_ = false;
  std::vector<std::uint64_t> incomplete_;

  // Of the entity at hand; the memory is kept.
  std::vector<AttributeFact> attributes_;
  std::vector<std::pair<std::size_t, std::size_t>> ranges_;  // of each attribute's elements
  std::vector<Fact> elements_;
  NodeIndex grants_ = 0;
  NodeIndex members_ = 0;
  bool has_children_ = false;
};

}  // namespace policyc::snapshot
