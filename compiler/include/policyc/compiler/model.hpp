#pragma once

// The model: what a package means once every name is resolved and every type
// checked. It is the only thing that the later stages (decision graph, matrix,
// and one day proofs) read, and it can't be wrong: a package with an error has
// no model.
//
// Kinds, attributes, enums and roles are indices into `schema`; actions, rules
// and context fields into the tables here. Spans point into the package's texts.
//
//   if (const auto model = policyc::compiler::analyze(loaded, diagnostics))
//     for (const policyc::compiler::RuleUse& use : model->uses) …   // each rule, once for each kind
//
// Plain data, and immutable once it is made: then any number of threads may read it. It points into the
// package, which must outlive it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policyc/program.hpp"
#include "policyc/schema.hpp"
#include "policyc/text/boxed.hpp"
#include "policyc/text/source.hpp"
#include "policyc/text/syntax.hpp"

namespace policyc::compiler {

// ---------------------------------------------------------- typed expressions

enum class TermKind : std::uint8_t {
  // Values.
  subject,    // entity: whom the rule or the role's `if` asks about
  resource,   // entity: the resource, or the entity at which the role is asked
  ancestor,   // entity: nearest of kind `index` at or above operands[0]; absent if there is none
  parent,     // entity: immediate parent of operands[0]; absent if there is none
  attribute,  // attribute `index` of entity operands[0]; absent if optional and unset
  parameter,  // `index` of the action
  context,    // field `index`
  now,
  constant,  // `constant` holds it; type says its shape
  variable,  // quantifier variable: `index` counts enclosing quantifiers from the outermost, 0 first
  size,      // operands[0]: set
  add,
  subtract,
  otherwise,  // operands[0] if set, else operands[1]
  set,        // literal whose elements aren't all constant; only as the right side of `in`

  // Tests, of type boolean. A boolean value (attribute, constant, …) is a test too.
  logical_not,
  logical_and,  // two or more operands
  logical_or,   // two or more operands
  equal,        // operands of one type; not sets
  less,
  less_equal,
  in,            // operands[0] in set operands[1]
  in_network,    // ip operands[0] in block operands[1], or in one of a set of blocks
  in_scope,      // entity operands[0] is operands[1] or below it
  in_members,    // operands[0] in set operands[1], or a member of a group that is one of its elements
  is_member,     // entity operands[0] is operands[1], or a member of that group
  contains_all,  // sets
  contains_any,
  starts_with,
  ends_with,
  matches,
  is_set,    // operands[0] is an optional value
  is_kind,   // entity operands[0] is of one of `kinds`
  has_role,  // principal operands[0] holds one of `roles` at entity operands[1] (`itself`: there itself)
  has_role_value,  // the same for a role-typed operands[2], or a set of roles
  may,             // principal operands[0] may action `index` on entity operands[1]
  any,             // some element of operands[0] makes operands[1] true
  all,
  at_least,  // `number` elements or more
};

struct Term {
  TermKind kind = TermKind::constant;
  Type type;
  text::Span span;
  std::uint32_t index = 0;
  std::uint64_t kinds = 0;  // is_kind; also: possible kinds of an entity-typed value
  std::int64_t number = 0;
  bool itself = false;
  std::vector<RoleIndex> roles;
  DefaultValue constant;
  std::vector<Term> operands;
};

// ----------------------------------------------------------------- the tables

// How a role is held besides by grant; parallel to schema.roles.
struct RoleModel {
  std::vector<RoleIndex> includes;      // of this kind or of kinds below
  std::vector<RoleIndex> role_sources;  // from a role of this kind or of a kind above
  struct Through {                      // from attr.role
    AttributeIndex attribute = kNoIndex;
    RoleIndex role = kNoIndex;
    bool recursive = false;  // the role itself, at each that an acyclic attribute leads to
  };
  std::vector<Through> through;
  // `if`, over Term subject and Term resource (an entity of the role's kind).
  std::optional<Term> condition;
  bool condition_reads_own = false;  // its own attributes, also through roles: false on an inline resource
  text::Span span;
};

enum class WhoKind : std::uint8_t { role, subject_kind, anyone };

struct Who {
  WhoKind kind = WhoKind::anyone;
  std::uint16_t index = kNoIndex;  // RoleIndex or KindIndex
};

// One rule on the actions of one kind. A source rule over several kinds gives
// several uses, each checked with the names that hold there.
struct RuleUse {
  RuleIndex rule = 0;
  KindIndex kind = 0;                // of the resource
  std::vector<ActionIndex> actions;  // of that kind
  std::vector<Who> who;              // any of them
  KindIndex within = kNoIndex;       // scope.**, where the resource may lack that ancestor: it must have one
  text::Boxed<Term> when;
  text::Boxed<Term> unless;
};

struct ConditionModel {
  std::string name;
  std::string title;
  KindIndex kind = 0;
  text::Span span;
};

struct GroupModel {
  std::string name;
  std::string title;
  struct Member {
    ActionIndex action = 0;
    std::string letter;  // may be empty
  };
  std::vector<Member> members;
};

struct ObligationModel {
  std::string name;
  std::vector<ParameterInfo> parameters;
  text::Span span;
};

struct SourceRule {
  const text::Rule* syntax = nullptr;  // lives as long as the package, or as the model's open roles
  std::uint32_t file = 0;
};

// An `open role`, which is a role and, for whoever is granted one that a snapshot defines under it, a rule.
struct OpenRoleModel {
  std::shared_ptr<const text::Rule> rule;  // `allow custom to …` its ceiling
  std::uint32_t file = 0;
  // Where each action of the ceiling counts, and the hidden role that stands for it.
  struct Use {
    KindIndex kind = 0;
    KindIndex within = kNoIndex;
    ActionIndex action = 0;
    RoleIndex role = kNoIndex;
  };
  std::vector<Use> uses;
};

struct Model {
  std::string name;
  std::string version;
  Schema schema;
  std::vector<RoleModel> roles;           // parallel to schema.roles
  std::vector<OpenRoleModel> open_roles;  // parallel to schema.open_roles
  std::vector<ParameterInfo> context;
  std::vector<ActionInfo> actions;       // needs_now, required_context and cost are filled by the back end
  std::vector<text::Span> action_spans;  // parallel to actions
  std::vector<RuleInfo> rules;           // in source order
  std::vector<SourceRule> rule_sources;  // parallel to rules
  std::vector<RuleUse> uses;             // ordered by rule, then kind
  std::vector<ConditionModel> conditions;
  std::vector<GroupModel> groups;
  std::vector<ObligationModel> declared_obligations;
  std::vector<ObligationInfo> obligations;  // that rules name, with their arguments; each once
  const text::Package* package = nullptr;   // for the matrix and the tests
};

// The model as text, for `policyc disasm --dump model`.
[[nodiscard]] std::string dump(const Model& model);

}  // namespace policyc::compiler
