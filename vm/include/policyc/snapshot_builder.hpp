#pragma once

// From facts, in any order, to a snapshot image. The readers of YAML and JSON
// feed it; a host that has its facts elsewhere can feed it directly.
//
//   SnapshotBuilder b(program.schema(), program.schema_digest());
//   b.entity(user, "ann", kNoIndex, {}, {}, 0);          // kinds and roles by index:
//   b.entity(organization, "acme", kNoIndex, {}, {}, 0);  // see Schema::find_kind and find_role
//   b.grant(Principal::one(user, "ann"), annotator, organization, "acme", 0);
//   auto image = b.finish();          // bytes for Snapshot::load, or every error
//
// Errors are collected, not thrown: each carries the `where` that the caller
// passed with the fact (a byte offset, a row number; the builder only keeps it).
// The schema must outlive the builder. Not thread-safe. The same facts give the same bytes, whatever their
// order. Cost: a fact costs its copy; finish() sorts them all, O(n log n) for n facts, and holds facts and
// image at once.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/digest.hpp"
#include "policyc/result.hpp"
#include "policyc/schema.hpp"

namespace policyc {

// A value by the shape of its declared type: see DefaultValue for which field
// holds what. Strings are copied.
struct Fact {
  // boolean, integer, time, duration, enum member's index, RoleIndex; entity: its kind
  std::int64_t number = 0;
  std::string_view text;           // string, ip as written, entity's id
  std::span<const Fact> elements;  // set
};

struct AttributeFact {
  AttributeIndex attribute = kNoIndex;
  Fact value;
  std::uint64_t where = 0;
};

// To whom a role is granted. The views must last until grant() returns.
struct Principal {
  KindIndex kind = kNoIndex;
  std::string_view id;
  RoleIndex role = kNoIndex;  // of a userset
  bool is_everyone = false;

  // `user:ann`, or a group, `team:eng`: its members then hold the role.
  [[nodiscard]] static Principal one(KindIndex kind, std::string_view id) { return {kind, id}; }
  // `user:*`, known or not. The role must be `public`.
  [[nodiscard]] static Principal everyone(KindIndex kind) { return {kind, {}, kNoIndex, true}; }
  // `workspace:claims#member`: whoever holds that role there by a grant or an attribute. The id of system is
  // empty.
  [[nodiscard]] static Principal userset(KindIndex kind, std::string_view id, RoleIndex role) {
    return {kind, id, role};
  }
};

// When a grant counts: from an instant on, and before another; microseconds since the epoch. By default
// always.
struct Window {
  static constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

  std::int64_t from = kEver;
  std::int64_t until = kForever;

  [[nodiscard]] constexpr bool is_always() const noexcept { return from == kEver && until == kForever; }
  [[nodiscard]] constexpr bool contains(std::int64_t now) const noexcept {
    return from <= now && now < until;
  }
  friend auto operator<=>(const Window&, const Window&) = default;
};

// What can be wrong with facts that are well-formed one by one. `subject` is the
// entity, as kind:id, and for a grant its principal; `object` is what it says here.
enum class BuildProblem : std::uint8_t {
  duplicate_entity,     // other: the first's where
  unknown_parent,       // object: the parent
  wrong_parent_kind,    // a parent of a kind that may not hold it; object: the parent
  missing_parent,       // a kind that needs one has none
  parent_cycle,         // object: the cycle, a > b > a: each stands in the next
  too_many_ancestors,   // over 64
  missing_attribute,    // object: the attribute
  duplicate_attribute,  // object: the attribute
  unknown_entity,       // an attribute's or grant's entity is not there; object: kind:id
  unknown_default,  // subject takes an attribute's default, which names an entity that is not there; object:
                    // the entity
  cross_root,       // a reference into another root; object: kind:id
  empty_window,     // a grant's `until` is not after its `from`; object: "role on kind:id"
  duplicate_grant,  // a warning: the same grant twice; object: "role on kind:id", other: the first's where
  not_grantable,    // object: the role, which is `not granted`
  wrong_role_kind,  // object: the role, which is another kind's
  not_public,       // object: the role, which is granted to everyone and isn't `public`
  duplicate_role,   // subject: the entity, object: the role, which it or one above it has defined already
  unknown_role,     // subject: the entity, which has not defined the role; object: the role
  role_elsewhere,   // the same; near: another that has
  unknown_role_value,  // an attribute's role is none of the policy's, and neither the subject nor what it
                       // stands in has defined it; object: the role, near: the kind whose role it would be
  open_to_everyone,    // object: a role that a snapshot defines, which is granted to everyone
  wrong_member_kind,   // of a group; subject: the group, object: the member
  duplicate_member,    // a warning: a member named twice; subject: the group, object: the member
  member_cycle,        // of groups and usersets; object: the cycle, a > b > a: each is in the next
  empty_userset,       // a warning: a userset that nobody can be in; subject: it, object: the role
  groups_too_deep,     // over 64 groups and usersets, each in the next; subject: where it begins
  reference_cycle,     // of an acyclic attribute; object: the cycle, a > b > a; near: the attribute
  closure_too_large,   // of an acyclic attribute; object: the attribute
  constraint_broken,   // at the subject; object: the constraint's title, detail: how
  too_many,            // a limit of the format; subject: of what, object: the limit
  malformed,  // a mistake of the caller: no such kind, role or attribute, an id that can't be one, or a
              // value that is not of its type; object: the attribute, if it is about one
};

struct BuildError {
  BuildProblem problem;
  bool warning = false;
  std::uint64_t where = 0;
  std::uint64_t other = 0;  // a second place, if any; else equal to where
  std::string subject;
  std::string object;
  std::string near;  // of unknown_parent, unknown_entity, unknown_role: one that is there and has nearly
                     // this name
  // Of constraint_broken: what is so there, as "user:ann holds payer and approver".
  std::string detail;
};

class SnapshotBuilder {
 public:
  SnapshotBuilder(const Schema& schema, const Digest& schema_digest);
  SnapshotBuilder(SnapshotBuilder&&) noexcept;
  SnapshotBuilder& operator=(SnapshotBuilder&&) noexcept;
  ~SnapshotBuilder();

  // An entity of a subject kind, group or scope. `parent_kind` is kNoIndex for a root
  // or subject, or for a group that stands in nothing. Attributes are typed by the schema; facts that are not
  // are a mistake of the caller, and come out as `malformed` (the readers check types).
  void entity(KindIndex kind, std::string_view id, KindIndex parent_kind, std::string_view parent_id,
              std::span<const AttributeFact> attributes, std::uint64_t where);

  // Attributes of `system`. Once.
  void system(std::span<const AttributeFact> attributes, std::uint64_t where);

  // The role is of the entity's kind. `on_kind` kSystemKind: on system, id ignored.
  void grant(const Principal& to, RoleIndex role, KindIndex on_kind, std::string_view on_id,
             std::uint64_t where, const Window& window = {});
  void grant(KindIndex principal_kind, std::string_view principal_id, RoleIndex role, KindIndex on_kind,
             std::string_view on_id, std::uint64_t where, const Window& window = {}) {
    grant(Principal::one(principal_kind, principal_id), role, on_kind, on_id, where, window);
  }

  // A role of the entity's own, under the open role of its kind: `actions` are numbers in its ceiling.
  void define_role(KindIndex on_kind, std::string_view on_id, std::string_view name,
                   std::span<const std::uint32_t> actions, std::uint64_t where);

  // A grant of one, at the entity that defines it; the definition may come later. `name_where` is where the
  // grant says which.
  void grant_defined(const Principal& to, std::string_view name, KindIndex on_kind, std::string_view on_id,
                     std::uint64_t where, std::uint64_t name_where, const Window& window = {});

  // One of a group's direct members: a principal, or another group.
  void member(KindIndex group_kind, std::string_view group_id, KindIndex member_kind,
              std::string_view member_id, std::uint64_t where);

  // Whom a fact names that could not be given: it must be there, and nothing else
  // follows. A reader that has refused a grant for its role says so of its principal.
  void mention(KindIndex kind, std::string_view id, std::uint64_t where);

  struct Output {
    std::vector<std::byte> image;    // empty if there were errors
    std::vector<BuildError> errors;  // errors and warnings, by `where`
  };
  // Ends the building: the builder is empty afterwards. `progress` is told, in the same thread, how many
  // steps of how many are done; the steps differ in length. Not to throw.
  [[nodiscard]] Output finish(
      const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace policyc
