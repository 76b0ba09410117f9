#pragma once

// The facts that a SnapshotBuilder was given, as it was given them, and the errors
// found in them. The steps of finish() read these and fill in SnapshotParts:
//
//   snapshot_entities.cpp   ids and parents → the numbers of nodes
//   snapshot_columns.cpp    attributes → columns, references resolved
//   snapshot_open_roles.cpp roles that the snapshot defines → which there are, and who is granted them
//   snapshot_lines.cpp      to whom roles are granted → the numbers of lines
//   snapshot_roles.cpp      grants, attributes and roll-ups → rows of raw role bits
//   snapshot_members.cpp    groups and usersets → which of them each principal is in
//   snapshot_windows.cpp    grants that count for a time → what is held then, and by whom
//   snapshot_constraints.cpp  what the schema's constraints say of all that
//
// Each goes on after an error, with what is sound, so that one run finds them all.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "id_table.hpp"
#include "policyc/schema.hpp"
#include "policyc/snapshot_builder.hpp"
#include "snapshot_parts.hpp"

namespace policyc::vm {

// Copies of texts that stay where they are.
class TextStore {
 public:
  std::string_view keep(std::string_view text);

 private:
  static constexpr std::size_t kChunk = std::size_t{64} * 1024;
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* free_ = nullptr;
  std::size_t left_ = 0;
};

struct EntityFact {
  std::string_view id;
  std::string_view parent;
  std::uint64_t where = 0;
  std::size_t first_attribute = 0;  // in `values`
  std::uint32_t attributes = 0;
  KindIndex kind = 0;
  KindIndex parent_kind = kNoIndex;
};

struct ValueFact {
  std::int64_t number = 0;
  std::string_view text;
  std::uint64_t where = 0;
  std::size_t first_element = 0;  // in `elements`
  std::uint32_t count = 0;
  AttributeIndex attribute = kNoIndex;
};

struct ElementFact {
  std::int64_t number = 0;
  std::string_view text;
};

struct GrantFact {
  std::string_view principal;
  std::string_view entity;
  std::uint64_t where = 0;
  KindIndex principal_kind = 0;
  KindIndex entity_kind = 0;
  RoleIndex role = 0;
  RoleIndex userset = kNoIndex;  // to all who hold this role at `principal`
  bool to_everyone = false;      // of the principal's kind
  std::uint32_t window = 0;      // its number, from 1, in `windows`; 0: it counts always
};

struct MemberFact {
  std::string_view group;
  std::string_view member;
  std::uint64_t where = 0;
  KindIndex group_kind = 0;
  KindIndex member_kind = 0;
};

// A role that the snapshot defines on an entity.
struct RoleFact {
  std::string_view entity;
  std::string_view name;
  std::uint64_t where = 0;
  std::uint64_t bits = 0;  // of the open role, and of what its holders can
  KindIndex entity_kind = 0;
};

// A grant of one; its `role` is the open role.
struct DefinedGrantFact {
  GrantFact grant;
  std::string_view name;
  std::uint64_t name_where = 0;
};

// Named by something that is in error.
struct MentionFact {
  std::string_view id;
  std::uint64_t where = 0;
  KindIndex kind = 0;
};

class Problems {
 public:
  void add(BuildProblem problem, std::uint64_t where, std::string subject, std::string object = {}) {
    add(problem, where, where, std::move(subject), std::move(object));
  }
  void add(BuildProblem problem, std::uint64_t where, std::uint64_t other, std::string subject,
           std::string object) {
    const bool warns = problem == BuildProblem::duplicate_grant ||
                       problem == BuildProblem::duplicate_member || problem == BuildProblem::empty_userset;
    failed_ = failed_ || !warns;
    list_.push_back({problem, warns, where, other, std::move(subject), std::move(object), {}, {}});
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] std::vector<BuildError>& list() noexcept { return list_; }
  // By place; at one place, by what is wrong.
  [[nodiscard]] std::vector<BuildError> take();

 private:
  std::vector<BuildError> list_;
  bool failed_ = false;
};

struct Facts {
  const Schema* schema = nullptr;
  TextStore texts;
  std::vector<EntityFact> entities;  // [0] is system
  std::vector<ValueFact> values;
  std::vector<ElementFact> elements;
  std::vector<GrantFact> grants;
  std::vector<Window> windows;
  std::vector<MemberFact> members;
  std::vector<RoleFact> roles;
  std::vector<DefinedGrantFact> defined_grants;
  std::vector<MentionFact> mentions;
  Problems problems;

  [[nodiscard]] std::string name_of(KindIndex kind, std::string_view id) const;
  [[nodiscard]] std::string name_of(const EntityFact& entity) const {
    return name_of(entity.kind, entity.id);
  }
  // `user:ann`, `user:*` or `workspace:claims#member`.
  [[nodiscard]] std::string name_of_grantee(const GrantFact& grant) const;
  [[nodiscard]] Window window_of(const GrantFact& grant) const {
    return grant.window == 0 ? Window() : windows[grant.window - 1];
  }
};

// Which fact is which node, and where an id leads.
class EntityIndex {
 public:
  // Numbers the entities: nodes, resources, nodes_by_kind, hashes and hash_seed of
  // `parts`. Entities whose parent is in error are numbered like roots.
  EntityIndex(Facts& facts, SnapshotParts& parts);

  // kNoNode if there is none.
  [[nodiscard]] NodeId find(KindIndex kind, std::string_view id) const;
  [[nodiscard]] const EntityFact& fact_of(NodeId node) const { return facts_.entities[fact_of_node_[node]]; }
  // The root that a resource is or stands below. kSystemNode: it has none, being a
  // principal or system, or its root isn't known because of an error.
  [[nodiscard]] NodeId root_of(NodeId node) const { return roots_[node]; }

 private:
  // Numbers of facts; 0 is system. kBroken stands for a parent in error.
  using Fact = std::uint32_t;
  static constexpr Fact kBroken = 0xFFFFFFFE;

  void fill_table();
  bool fill_table(std::uint32_t seed, std::vector<std::pair<Fact, Fact>>& repeated);
  void link_parents();
  Fact parent_of(const EntityFact& child);
  void cut_cycles();
  void report_cycle(Fact member);
  void number(SnapshotParts& parts);
  void number_below(Fact top, SnapshotParts& parts);
  NodeId add_node(Fact fact, NodeId parent, std::uint32_t depth, SnapshotParts& parts);
  void sort_by_name(std::span<Fact> group) const;
  [[nodiscard]] Fact find_fact(KindIndex kind, std::string_view id) const;

  // The last look-up in each kind: facts about one entity tend to come together.
  struct Recent {
    std::string_view id;
    Fact fact = IdTable::kNone;
  };

  Facts& facts_;
  IdTable table_;
  std::uint32_t seed_ = 0;
  std::vector<std::uint64_t> hashes_;  // of a fact's key
  std::vector<bool> left_out_;         // facts about an entity that another fact is about
  std::vector<Fact> parents_;
  std::vector<std::size_t> child_ends_;  // by parent, in children_
  std::vector<Fact> children_;           // of each entity, ordered by kind and id
  std::vector<NodeId> nodes_;            // by fact
  std::vector<Fact> fact_of_node_;
  std::vector<NodeId> roots_;  // by node
  mutable std::array<Recent, kMaxKinds> recent_{};
};

// The roles that the snapshot defines, each at an entity. What is wrong with a definition is a problem.
class DefinedRoles {
 public:
  struct Definition {
    NodeId entity = 0;
    std::string_view name;
    std::uint64_t bits = 0;
    std::uint64_t where = 0;
  };

  // Fills in parts.definitions.
  DefinedRoles(Facts& facts, const EntityIndex& index, SnapshotParts& parts);

  // By entity and name.
  [[nodiscard]] const std::vector<Definition>& all() const noexcept { return all_; }
  // The number of the one that this entity defines; all().size() if it defines none of the name.
  [[nodiscard]] std::size_t find(NodeId entity, std::string_view name) const;

 private:
  std::vector<Definition> all_;
};

// Who can hold something, as the number of a line: principals by node; everyone of
// each subject kind; usersets, by entity and role; whoever is granted a role that the
// snapshot defines. Finds the usersets that are granted something, and sets parts.lines.
class Lines {
 public:
  struct Userset {
    NodeId entity = 0;
    RoleIndex role = 0;

    friend auto operator<=>(const Userset&, const Userset&) = default;
  };

  Lines(const Facts& facts, const EntityIndex& index, const DefinedRoles& defined, SnapshotParts& parts);

  // kNoNode if the snapshot has no such principal, or no entity that the userset is about.
  [[nodiscard]] std::uint32_t of(const GrantFact& grant) const;
  [[nodiscard]] std::uint32_t of_everyone(KindIndex kind) const { return everyone_[kind]; }
  [[nodiscard]] std::uint32_t first_userset() const noexcept { return first_userset_; }
  [[nodiscard]] const std::vector<Userset>& usersets() const noexcept { return usersets_; }
  // That of the first definition: those of the others follow.
  [[nodiscard]] std::uint32_t first_defined() const noexcept {
    return first_userset_ + static_cast<std::uint32_t>(usersets_.size());
  }
  [[nodiscard]] const DefinedRoles& defined() const noexcept { return defined_; }
  // As a message names it.
  [[nodiscard]] std::string name_of(std::uint32_t line) const;

 private:
  const Facts& facts_;
  const EntityIndex& index_;
  const DefinedRoles& defined_;
  std::uint32_t resources_ = 0;
  std::vector<std::uint32_t> everyone_;  // by kind; kNoNode for what is no subject kind
  std::uint32_t first_userset_ = 0;
  std::vector<Userset> usersets_;  // sorted
};

// From whoever is granted a role that the snapshot defines to the line of that role. What is wrong with such
// a grant is a problem.
struct DefinedStep {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint64_t where = 0;
  Window window;
};
[[nodiscard]] std::vector<DefinedStep> granted_definitions(Facts& facts, const EntityIndex& index,
                                                           const Lines& lines, const SnapshotParts& parts);

// parts.columns and parts.strings. Uses the facts' values and elements up.
void build_columns(Facts& facts, const EntityIndex& index, const DefinedRoles& defined, SnapshotParts& parts);

// The columns that say what acyclic attributes lead to; a cycle is a problem.
void build_closures(Facts& facts, const EntityIndex& index, SnapshotParts& parts);

// parts.granted, parts.derived and parts.windowed.
void build_roles(Facts& facts, const EntityIndex& index, const Lines& lines, SnapshotParts& parts);

// parts.memberships, from what roles were built; parts.windowed grows by what is held through usersets for a
// time. Uses the facts' members up.
void build_memberships(Facts& facts, const EntityIndex& index, const Lines& lines, SnapshotParts& parts);

// What the schema's constraints ask for and the facts, which are sound, don't keep: each a problem.
void report_breaches(Facts& facts, const EntityIndex& index, const Lines& lines, const SnapshotParts& parts);

// Names for errors about entities that are not there; see near_entities.cpp.
void find_near_entities(Facts& facts);

}  // namespace policyc::vm
