#pragma once

// Single values of a snapshot: texts, names of entities and principals, values of a
// declared type. Nothing is guessed: `no` is a text and never false, 010 is no
// number, and an id is its letters.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "findings.hpp"
#include "names.hpp"
#include "policyc/snapshot_builder.hpp"

namespace policyc::snapshot {

// What a value is called in findings: a key, an attribute, or an element of one.
struct Called {
  std::string_view key;
  bool element = false;
  bool may_be_empty = false;  // a text that may be ""

  [[nodiscard]] std::string phrase() const;
};

// A role as a grant names it. Neither: it can't be one, and that has been said.
struct GrantedRole {
  RoleIndex declared = kNoIndex;
  std::string_view defined;  // by the snapshot, or so it must be
  std::uint64_t where = 0;   // of the name, as the builder keeps it

  [[nodiscard]] bool known() const noexcept { return declared != kNoIndex || !defined.empty(); }
};

class ValueReader {
 public:
  ValueReader(const Names& names, const Document& document, Findings& findings)
      : names_(names), document_(document), findings_(findings) {}

  // Each reports what is wrong, once, and then gives nothing.

  // A single value that is text: quoted, or plain in YAML.
  [[nodiscard]] std::optional<std::string_view> text(NodeIndex node, Called name) const;

  // An entity's own id, by itself.
  [[nodiscard]] std::optional<std::string_view> id(NodeIndex node) const;

  // "kind:id", or "system" where that is allowed.
  // `kinds` are those it may be of, for findings; 0: any. An id alone is of the kind
  // `bare`, if that is one.
  [[nodiscard]] EntityRef entity(NodeIndex node, Called name, std::uint64_t kinds,
                                 KindIndex bare = kNoIndex) const;

  // Whom a role is granted to: "kind:id" of a subject, or an id of this kind.
  // Nothing: it has been reported.
  [[nodiscard]] std::optional<Principal> principal(NodeIndex node, Called called, KindIndex bare) const;

  // A member of a group of the kind: "kind:id", or an id where the kind is clear.
  [[nodiscard]] EntityRef member(NodeIndex node, KindIndex group) const;

  // A role of this kind, by name.
  [[nodiscard]] RoleIndex role(NodeIndex node, KindIndex kind) const;
  // What a grant on an entity of the kind names: a role that the policy declares, or one that the snapshot
  // may define.
  [[nodiscard]] GrantedRole granted(NodeIndex node, KindIndex kind) const;

  // A value of the type; a set's elements are put behind those in `elements`, and
  // fact.elements is left to the caller, because that vector may still move.
  [[nodiscard]] bool typed(NodeIndex node, const Type& type, Called name, Fact& fact,
                           std::vector<Fact>& elements) const;

 private:
  [[nodiscard]] bool scalar(NodeIndex node, TypeKind kind, std::uint64_t argument, Called name,
                            Fact& fact) const;
  [[nodiscard]] bool boolean(NodeIndex node, Called name, Fact& fact) const;
  [[nodiscard]] bool integer(NodeIndex node, Called name, Fact& fact) const;
  [[nodiscard]] bool member(NodeIndex node, std::string_view text, std::uint64_t enumeration,
                            Fact& fact) const;
  [[nodiscard]] bool reference(NodeIndex node, std::string_view text, std::uint64_t kinds, Fact& fact) const;

  [[nodiscard]] static std::string near_time(std::string_view text, TypeKind kind);

  // What is no single value, or has none. False: reported.
  [[nodiscard]] bool is_value(NodeIndex node, Called name) const;
  // "kind:id" apart; the id has been checked. Without a colon, an id of `bare`, if
  // that is a kind. `kinds` are those it may be of, for findings; 0: any.
  [[nodiscard]] EntityRef split(NodeIndex node, std::string_view text, KindIndex bare,
                                std::uint64_t kinds) const;
  [[nodiscard]] std::optional<Principal> everyone(NodeIndex node, std::string_view text) const;
  [[nodiscard]] std::optional<Principal> userset(NodeIndex node, std::string_view text) const;
  [[nodiscard]] bool is_id(NodeIndex node, std::string_view id) const;
  [[nodiscard]] RoleIndex role_named(NodeIndex node, std::string_view name, KindIndex kind) const;

  void complain(text::DiagCode code, NodeIndex node, std::vector<std::string> arguments,
                std::string suggestion = {}) const {
    findings_.add(code, document_.start(node), std::move(arguments), std::move(suggestion));
  }

  const Names& names_;
  const Document& document_;
  Findings& findings_;
};

}  // namespace policyc::snapshot
