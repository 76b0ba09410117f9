#pragma once

// Entities and grants, from a document to the builder: which keys stand where, what
// their values must be. One reader for all formats.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "document.hpp"
#include "findings.hpp"
#include "losses.hpp"
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
        values_(names, document, findings),
        losses_(names) {}

  // A list of entities of one kind. At the top level there is no parent; one that
  // isn't known has been reported.
  void entities(NodeIndex list, KindIndex kind, const EntityRef* parent);

  // The map of system, wherever it stands; `key` is what names it.
  void system(NodeIndex map, NodeIndex key, bool is_line);

  // A line that describes an entity; `name` is the value of its `entity`.
  void entity_line(NodeIndex map, NodeIndex name);

  // { to, role, on }; in a line the role stands under `grant`.
  void grant(NodeIndex map, bool is_line);
  // { role, on, can }, a line.
  void role_line(NodeIndex map);
  // A list of them, at the top of a document.
  void grants_at_top(NodeIndex list);

  // A key at the top of a document that is none. What it seems to mean is read all the same.
  void unknown_list(NodeIndex key);

  // A line that is neither an entity nor anything else.
  void unknown_line(NodeIndex map);

  // What could not be read may have described entities.
  [[nodiscard]] Losses& losses() noexcept { return losses_; }

  // Places, ascending, of entities with an attribute that was reported: that it is
  // missing need not be said.
  [[nodiscard]] std::vector<std::uint64_t> take_incomplete() { return sorted(incomplete_); }
  // And of those whose parent was: that they stand in nothing need not be said.
  [[nodiscard]] std::vector<std::uint64_t> take_misplaced() { return sorted(misplaced_); }
  // Where an entity of a document says in what it stands, by the entity's place.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> take_parents() {
    std::sort(parents_.begin(), parents_.end());
    return std::move(parents_);
  }

 private:
  enum class Stands : std::uint8_t { at_top, in_parent, on_line };

  // An entity whose keys are being read.
  struct Reading {
    NodeIndex map = 0;
    NodeIndex own = 0;  // the key that names it
    EntityRef self;     // perhaps without an id
    EntityRef parent;
    Stands stands = Stands::at_top;
    std::uint64_t where = 0;
    bool placed = true;  // false: its parent is in error
  };
  // A list of entities in one that is read; misplaced: no such list belongs there.
  struct Children {
    NodeIndex list;
    KindIndex kind;
    bool misplaced;
  };

  void entity(NodeIndex map, KindIndex kind, const EntityRef* parent);
  // Entities as a map, each under its id.
  void keyed_entities(NodeIndex map, KindIndex kind, const EntityRef* parent);
  // A key like `id:ann`, which lacks the blank behind its colon, says all that it was to say.
  [[nodiscard]] bool lacks_blank(NodeIndex key) const;
  // The key that is meant as the id, reported as such; 0: none.
  [[nodiscard]] NodeIndex meant_as_id(NodeIndex map, KindIndex kind);
  // All keys; children are only noted.
  void keys(Reading& entity);
  void attribute(NodeIndex value, AttributeIndex index, std::uint64_t where);
  void parent_of(NodeIndex key, Reading& entity, KindIndex bare);
  // Tells the builder, and goes on to grants and children.
  void describe(const Reading& entity);
  void unknown_key(NodeIndex key, Reading& entity);
  [[nodiscard]] std::vector<std::string> known_keys(KindIndex kind, Stands stands) const;
  [[nodiscard]] bool is_known(std::string_view key, KindIndex kind) const;
  [[nodiscard]] bool is_unsupported(NodeIndex key);
  // The attributes read last, with their elements in place.
  [[nodiscard]] std::span<const AttributeFact> attributes();

  void members(NodeIndex list, const EntityRef& group);
  // { role: [principals] }
  void grants(NodeIndex map, const EntityRef& on);
  void grant_item(NodeIndex item, std::string_view role_name, const GrantedRole& role, const EntityRef& on);
  // { role: [actions] }: roles that the entity defines.
  void roles(NodeIndex map, NodeIndex key, const EntityRef& on);
  // `name` and `can` are values; 0: it is missing, which has been said.
  void role(NodeIndex name, NodeIndex can, const EntityRef& on);
  // Numbers of the ceiling.
  [[nodiscard]] std::vector<std::uint32_t> actions_of(NodeIndex can, const OpenRoleInfo& open);
  // False, reported, if no role is defined on the kind.
  [[nodiscard]] bool may_define(NodeIndex at, KindIndex kind);
  // Which of a grant's parts (role, to, on) this key is meant for, though it is named
  // otherwise, and of which kind the value is then; 3: none.
  [[nodiscard]] std::size_t meant_as_part(std::string_view key, std::span<const std::string> known,
                                          KindIndex& kind) const;
  // Of a grant's keys that are none: those that are meant for a part are put there.
  void unknown_parts(NodeIndex map, std::span<const std::string> known, std::span<NodeIndex> parts,
                     KindIndex& to_kind, KindIndex& on_kind);
  [[nodiscard]] std::uint64_t places_of(NodeIndex role) const;
  // A grant to the builder; if anything is wrong with it, only whom and what it names.
  void tell(bool sound, const std::optional<Principal>& principal, const GrantedRole& role,
            const EntityRef& on, std::uint64_t where, const Window& window);
  // The bound that a grant's key `from` or `until` gives; false: it has been reported.
  [[nodiscard]] bool bound(NodeIndex key, Window& window);

  [[nodiscard]] bool is_map(NodeIndex node, const std::string& what, const std::string& way_out);
  [[nodiscard]] std::string id_in(NodeIndex node) const;
  [[nodiscard]] bool is_list(NodeIndex node, const std::string& what, const std::string& way_out = {});
  [[nodiscard]] static std::vector<std::uint64_t> sorted(std::vector<std::uint64_t>& places);

  const Names& names_;
  const Document& document_;
  SnapshotBuilder& builder_;
  Findings& findings_;
  ValueReader values_;
  Losses losses_;
  std::vector<std::uint64_t> incomplete_;
  std::vector<std::uint64_t> misplaced_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> parents_;

  // Of the entity at hand; the memory is kept.
  std::vector<AttributeFact> attributes_;
  std::vector<std::pair<std::size_t, std::size_t>> ranges_;  // of each attribute's elements
  std::vector<Fact> elements_;
  NodeIndex grants_ = 0;
  NodeIndex members_ = 0;
  NodeIndex roles_ = 0;
  std::vector<Children> children_;
};

}  // namespace policyc::snapshot
