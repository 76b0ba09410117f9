#pragma once

// The shape of the data that a policy decides on: kinds, attributes, roles. A
// Program carries its Schema; a Snapshot carries the digest of the one it was
// built for. Plain data, immutable once in a Program: then any number of threads may read it.
//
//   const policyc::KindIndex task = program.schema().find_kind("task");
//   for (const policyc::AttributeIndex i : program.schema().kinds[task].attributes) …

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace policyc {

// Indices into the Schema's tables. kNoIndex means none.
using KindIndex = std::uint16_t;
using AttributeIndex = std::uint16_t;
using RoleIndex = std::uint16_t;
inline constexpr std::uint16_t kNoIndex = 0xFFFF;

// Kind 0 is always the built-in entity `system`.
inline constexpr KindIndex kSystemKind = 0;
inline constexpr std::size_t kMaxKinds = 64;  // a set of kinds is one word

enum class TypeKind : std::uint8_t {
  boolean,
  integer,
  string,
  time,         // microseconds since 1970-01-01T00:00:00Z
  duration,     // microseconds
  ip,           // an address or a CIDR block
  enumeration,  // argument: index of the enum; value: the member's index
  role,         // argument: kind that declares it; value: RoleIndex
  entity,       // argument: bit set of kinds
  set,          // element and argument describe the elements
};

struct Type {
  TypeKind kind = TypeKind::boolean;
  TypeKind element = TypeKind::boolean;  // of a set
  bool optional = false;
  std::uint64_t argument = 0;

  friend bool operator==(const Type&, const Type&) = default;
};

enum class KindCategory : std::uint8_t {
  system,
  subject,
  scope,
  group,  // of principals: holds grants for its members, asks for nothing, is asked about nothing
};

// Of whom there can be members, and to whom roles can be granted.
[[nodiscard]] constexpr bool is_principal(KindCategory category) noexcept {
  return category == KindCategory::subject || category == KindCategory::group;
}

// An attribute's default; also a parameter's and a context field's. Shapes by
// type: boolean, integer, time, duration, enumeration and role use `number`
// (a role: its RoleIndex), string and ip use `text`, an entity uses `number`
// for the kind and `text` for the id, a set uses `elements`.
struct DefaultValue {
  std::int64_t number = 0;
  std::string text;
  std::vector<DefaultValue> elements;

  friend bool operator==(const DefaultValue&, const DefaultValue&) = default;
};

struct AttributeInfo {
  std::string name;
  KindIndex kind = 0;  // that declares it
  Type type;
  bool from_request = false;
  std::optional<DefaultValue> fallback;
  bool cross = false;  // may name what stands in another root
  // Of an attribute that nobody can name: whatever this one, which is acyclic, leads to, at once or through
  // others. Snapshots work it out.
  std::uint16_t closure_of = 0xFFFF;  // AttributeIndex or kNoIndex
};

// How facts become raw role bits. A kind's entity holds up to 64 raw bits for a
// principal; a role has up to two of them:
//   flow_bit  granted, or named by an attribute: held here and on everything below
//   up_bit    rolled up from children: held here alone
// 0xFF: the role never has that bit. The inclusion of roles in roles is not in
// the bits: it is closed in the masks of the program's code and of the sources.
inline constexpr std::uint8_t kNoBit = 0xFF;

// "Whoever holds one of these raw bits at a child of this kind."
struct RollUpSource {
  KindIndex child = 0;
  std::uint64_t mask = 0;  // local raw bits of the child, inclusion closed

  friend bool operator==(const RollUpSource&, const RollUpSource&) = default;
};

// "At an entity of this kind these raw bits count."
struct KindBits {
  KindIndex kind = 0;
  std::uint64_t mask = 0;

  friend bool operator==(const KindBits&, const KindBits&) = default;
};

struct RoleInfo {
  std::string name;
  KindIndex kind = 0;
  bool grantable = true;   // false: `not granted`
  bool assignable = true;  // false: `not assignable`
  bool is_public = false;  // may be granted to everyone of a kind, `user:*`
  std::uint8_t flow_bit = kNoBit;
  std::uint8_t up_bit = kNoBit;
  std::vector<AttributeIndex> attribute_sources;   // of this kind: give flow_bit
  std::vector<AttributeIndex> roll_up_attributes;  // of child kinds: give up_bit here
  std::vector<RollUpSource> roll_up_roles;         // of child kinds: give up_bit here
  // Who counts as `kind:id#role`: those who hold one of these bits, by grant or attribute, at that entity
  // or above. Of this kind and kinds above, inclusion closed.
  std::vector<KindBits> userset;
  // Of an `open role`, which nobody is granted: whoever is granted a role that a snapshot defines holds it.
  // See OpenRoleInfo.
  bool is_open = false;
  bool is_hidden = false;  // stands for one action of an open role's ceiling, and no text can name it
};

// `open role`: snapshots may define roles on the entities of its kind. Whoever is granted one holds, at that
// entity and below, the open role and the hidden role of each action that the definition names.
struct OpenRoleInfo {
  struct Action {
    std::string name;  // as callers write it, "project.read"
    RoleIndex role = kNoIndex;
  };
  RoleIndex role = kNoIndex;
  std::vector<Action> ceiling;  // no definition goes beyond these
};

// "At an entity of this kind these raw bits make somebody a holder of the role, at that entity and below,
// where the path to it has entities of all kinds in `path`." Bits that are rolled up count for the nearest of
// the kind.
struct CountedBits {
  KindIndex kind = 0;
  std::uint64_t mask = 0;
  std::uint64_t path = 0;  // bit set

  friend bool operator==(const CountedBits&, const CountedBits&) = default;
};

struct CountedRole {
  RoleIndex role = 0;
  std::vector<CountedBits> bits;  // of the constraint's scope and of kinds above it, inclusion closed
};

enum class ConstraintForm : std::uint8_t {
  at_most_of,  // no principal holds more than `count` of the roles
  at_most,     // of the counted kind, no more than `count` principals hold the role
  exactly,
  at_least,
};

// What every snapshot must satisfy at each entity of a scope.
struct ConstraintInfo {
  std::string title;
  ConstraintForm form = ConstraintForm::at_most_of;
  std::uint32_t count = 0;
  KindIndex scope = 0;
  KindIndex counted = kNoIndex;    // the kind of principals; kNoIndex of at_most_of, which is about all
  std::vector<CountedRole> roles;  // one, but for at_most_of
};

struct EnumInfo {
  std::string name;
  std::vector<std::string> members;  // in the declared order
};

struct KindInfo {
  std::string name;
  std::string plural;  // the key of its list in snapshots
  KindCategory category = KindCategory::scope;
  std::vector<KindIndex>
      parents;                // of a scope or group; a scope's may contain the kind itself. Empty: a root
  std::uint64_t members = 0;  // of a group, bit set: kinds of its direct members
  bool cross = false;         // a group may have members, a scope grantees, that stand in another root
  std::vector<AttributeIndex> attributes;
  std::vector<RoleIndex> roles;
  std::uint64_t ancestors =
      0;  // bit set: every kind that an ancestor may have, without system; with itself if it self-nests
  bool self_nesting = false;         // an entity may have an ancestor of its own kind
  std::uint64_t rolled_up_bits = 0;  // raw bits that do not flow below the entity

  // Where the raw bits of an ancestor of kind k (or of the entity itself) stand
  // in the 256-bit role word of an entity of this kind; kNoIndex: nowhere.
  // Indexed by KindIndex; kSystemKind has a place in every kind's word.
  std::vector<std::uint16_t> word_offsets;
};

struct Schema {
  std::vector<EnumInfo> enums;
  std::vector<KindInfo> kinds;  // [0] is system
  std::vector<AttributeInfo> attributes;
  std::vector<RoleInfo> roles;
  std::vector<RoleIndex> roll_up_order;  // roles with an up_bit, sources first
  std::vector<ConstraintInfo> constraints;
  std::vector<OpenRoleInfo> open_roles;  // one a kind at most
  KindIndex first_subject = kNoIndex;    // a bare id in a grant is of this kind

  // kNoIndex if there is none. Linear in the table: for load time.
  [[nodiscard]] KindIndex find_kind(std::string_view name) const noexcept;
  [[nodiscard]] KindIndex find_plural(std::string_view plural) const noexcept;
  [[nodiscard]] AttributeIndex find_attribute(KindIndex kind, std::string_view name) const noexcept;
  [[nodiscard]] RoleIndex find_role(KindIndex kind, std::string_view name) const noexcept;
  // nullptr: snapshots define no roles on entities of the kind.
  [[nodiscard]] const OpenRoleInfo* find_open_role(KindIndex kind) const noexcept;
};

// "set<user>", "role of organization", "time?" as a policy would write it.
[[nodiscard]] std::string to_string(const Type& type, const Schema& schema);

}  // namespace policyc
