#pragma once

// The syntax tree: what a policy file says, before anything in it is understood.
//
// Nodes are plain values that own their children. Every node has the span it was
// read from. Names are not resolved here: `task.label` is a path of two words
// whatever it may turn out to mean. The reference interpreter of the tests reads
// this tree and nothing else of ours, so the tree must say everything the text
// says; comments are kept beside it for the formatter.
//
//   for (const policyc::text::Scope& scope : file.scopes)
//     for (const policyc::text::Role& role : scope.roles) std::cout << role.name.text << '\n';
//
// Threads: as a std::vector's; one that nobody changes may be read by any number.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policyc/text/boxed.hpp"
#include "policyc/text/source.hpp"

namespace policyc::text {

struct Name {
  std::string text;
  Span span;
};

// Words joined by dots: `task`, `project.contributor`, `action.new_role`.
struct Path {
  std::vector<Name> parts;
  Span span;
};

// `organization:acme`, `user:"ann@acme.io"`; `system` has kind "system" and no id.
struct EntityLiteral {
  Name kind;
  std::string id;  // unescaped bytes
  Span span;
};

// ---------------------------------------------------------------- expressions

enum class ExprKind : std::uint8_t {
  boolean,       // flag
  integer,       // number
  string,        // text
  duration,      // number: microseconds
  time,          // number: microseconds since 1970-01-01T00:00:00Z; from time("…")
  ip,            // text as written inside ip("…")
  set,           // {a, b}: operands
  entity,        // text: id, path.parts[0]: kind
  path,          // path: subject, task.annotators, action.to, now, own, manager …
  logical_not,   // operands[0]
  logical_and,   // operands, two or more
  logical_or,    // operands, two or more
  compare,       // op; operands[0], operands[1]
  in,            // operands[0] in operands[1]; negated for `not in`
  contains,      // operands[0] contains operands[1]
  contains_all,  // operands[0] contains all operands[1]
  contains_any,  // operands[0] contains any operands[1]
  starts_with,   // operands[0] starts with operands[1]
  ends_with,     // operands[0] ends with operands[1]
  matches,       // operands[0] matches operands[1]
  is_set,        // operands[0] is set; negated for `is not set`
  is,            // operands[0] is operands[1] [on operands[2]] [itself]; negated for `is not`.
                 //   operands[1] is a path (role, kind or role-typed value) or a set of them
  may,           // operands[0] may action on operands[1]
  size,          // size(operands[0])
  add,           // operands[0] + operands[1]
  subtract,      // operands[0] - operands[1]
  otherwise,     // operands[0] else operands[1]
  any,           // any variable in operands[0]: (operands[1])
  all,           // all variable in operands[0]: (operands[1])
  at_least,      // at least number variable in operands[0]: (operands[1])
};

enum class CompareOp : std::uint8_t { eq, ne, lt, le, gt, ge };

// One node for all expressions: which fields count is said beside its kind.
struct Expr {
  ExprKind kind = ExprKind::boolean;
  Span span;
  bool flag = false;     // boolean's value
  bool negated = false;  // `not in`, `is not`
  bool itself = false;   // `is r on e itself`
  CompareOp op = CompareOp::eq;
  std::int64_t number = 0;
  std::string text;
  Path path;      // path, entity (kind), may (scope.action)
  Name variable;  // quantifiers
  std::vector<Expr> operands;
};

// --------------------------------------------------------------- declarations

// `int`, `set<user>`, `role of organization`, `user | service`, `time?`.
struct TypeExpr {
  enum class Kind : std::uint8_t { named, role_of, set } kind = Kind::named;
  std::vector<Name> names;        // named: the alternatives; role_of: the scope
  std::vector<TypeExpr> element;  // set: exactly one
  bool optional = false;
  Span span;
};

// @id("…") and its like, before a rule, role or action.
struct Annotation {
  Name name;
  std::string value;
  Span span;
};

struct Annotated {
  std::vector<Annotation> annotations;
  std::string doc;  // the `///` lines before it, joined by newlines
};

// name: type [from request] [= default]
struct Attribute : Annotated {
  Name name;
  TypeExpr type;
  bool from_request = false;
  bool cross = false;            // may name what stands in another root
  bool acyclic = false;          // of its own kind, and never back to itself
  std::optional<Expr> fallback;  // the default
  Span span;
};

// One target after `to`: scope.action, scope.{a, b}, scope.*, scope.**, or a group.
struct ActionRef {
  enum class Kind : std::uint8_t { one, several, star, star_star, group } kind = Kind::one;
  Name scope;                         // all but group
  std::vector<Name> actions;          // one: 1; several: 1 or more; group: the group's name
  std::optional<std::string> letter;  // as "C", in groups only
  Span span;
};

// `open role custom includes member can { … }` is a role too: of whoever is granted one that a snapshot
// defines.
struct Role : Annotated {
  Name name;
  std::vector<Path> sources;  // from …
  Boxed<Expr> condition;      // if …
  std::vector<Path> includes;
  bool is_public = false;
  bool not_assignable = false;
  bool not_granted = false;
  bool is_open = false;
  std::vector<ActionRef> ceiling;  // of an open role: can { … }
  Span span;
};

struct Parameter {
  Name name;
  TypeExpr type;
  std::optional<Expr> fallback;
  Span span;
};

// `action a, b` gives one Action each.
struct Action : Annotated {
  Name name;
  std::vector<Parameter> parameters;
  std::optional<std::string> wire_name;  // as "soft-delete"
  std::optional<std::string> title;
  Span span;
};

// condition own on task "Own" = EXPR
struct Condition : Annotated {
  Name name;
  Name scope;
  std::optional<std::string> title;
  Expr body;
  Span span;
};

// obligation notify(to: string)
struct Obligation : Annotated {
  Name name;
  std::vector<Parameter> parameters;
  Span span;
};

// constraint "four eyes": at most 1 of payer, approver on organization
// constraint "owners": exactly 1 user is owner on organization
struct Constraint : Annotated {
  enum class Form : std::uint8_t { at_most_of, at_most, exactly, at_least };
  Form form = Form::at_most_of;
  Name title;
  std::int64_t count = 0;
  Span count_span;
  Name counted;             // the kind of principals; none of at_most_of
  std::vector<Path> roles;  // several of at_most_of, else one
  Name scope;
  Span span;
};

struct Enumeration : Annotated {
  Name name;
  std::vector<Name> members;
  Span span;
};

// subject user { … }: attributes and actions only.
struct SubjectKind : Annotated {
  Name name;
  std::optional<std::string> plural;
  std::vector<Attribute> attributes;
  std::vector<Action> actions;
  Span span;
};

// group team in organization of user, team { … }: attributes only.
struct PrincipalGroup : Annotated {
  Name name;
  std::vector<Name> parents;
  std::vector<Name> members;
  std::optional<std::string> plural;
  bool cross = false;  // may have members that stand in another root
  std::vector<Attribute> attributes;
  Span span;
};

// scope project in workspace { … }. The members outside any scope belong to the
// built-in `system`, gathered in File::system_*.
struct Scope : Annotated {
  Name name;
  std::vector<Name> parents;
  std::optional<std::string> plural;
  bool cross = false;  // roles may be granted to what stands in another root
  std::vector<Attribute> attributes;
  std::vector<Role> roles;
  std::vector<Action> actions;
  std::vector<Condition> conditions;
  Span span;
};

// actions access "Access" = { workspace.read as "R", … }
struct ActionGroup : Annotated {
  Name name;
  std::optional<std::string> title;
  std::vector<ActionRef> members;
  Span span;
};

enum class Effect : std::uint8_t { allow, forbid };

// obliging notify("privacy@acme.io"): one of them
struct Duty {
  Name name;
  std::vector<Expr> values;  // literals, in the order of the parameters
  Span span;
};

struct Rule : Annotated {
  Effect effect = Effect::allow;
  std::vector<Path> who;  // roles, kinds, or `anyone`
  std::vector<ActionRef> actions;
  Boxed<Expr> when;
  Boxed<Expr> unless;
  std::vector<Duty> obliging;
  Span span;  // from the keyword to the end
};

// ---------------------------------------------------------- tests and the matrix

struct Argument {
  Name name;
  Expr value;
};

// on task:t1 | on system | on new project [p9] in workspace:claims { created_by: user:ann }
struct ResourceRef {
  EntityLiteral entity;  // the entity itself; for `new` its kind and id, which may be empty
  bool is_new = false;
  std::optional<EntityLiteral> parent;  // `new … in`
  std::vector<Argument> attributes;     // `new … { … }`
  Span span;
};

enum class BecauseKind : std::uint8_t { none, rule, default_deny, error };

struct Expectation {
  EntityLiteral subject;             // on whose behalf `via` asks, if it is there
  std::optional<EntityLiteral> via;  // user:ann via service:bot
  bool allowed = false;
  Path action;  // scope.action
  std::vector<Argument> parameters;
  ResourceRef resource;
  std::vector<Argument> context;  // with { … }
  BecauseKind because = BecauseKind::none;
  std::string because_text;  // the rule's id or the error's code
  Span because_span;
  Span span;
};

// The list that a test expects, and of what: who may, on which, may which.
struct ListExpectation {
  enum class Kind : std::uint8_t { who, on_which, which };
  Kind kind = Kind::who;
  EntityLiteral subject;             // but for `who`
  std::optional<EntityLiteral> via;  // likewise
  Path action;                       // but for `which`
  std::vector<Argument> parameters;
  ResourceRef resource;  // of `on which` its kind alone
  std::vector<Argument> context;
  std::vector<EntityLiteral> entities;  // user:* has the id "*"
  std::vector<Path> actions;            // of `which`
  Span list_span;
  Span span;
};

// table on task:t1 { columns user:ann, user:mia  row task.label: yes, no }
struct TestTable {
  ResourceRef resource;
  std::vector<EntityLiteral> columns;
  struct Row {
    Path action;
    std::vector<Argument> parameters;
    std::vector<bool> cells;
    std::vector<Span> cell_spans;
    Span span;
  };
  std::vector<Row> rows;
  std::vector<Argument> context;
  Span span;
};

struct Test : Annotated {
  std::string name;
  Name snapshot;                   // text: the file as written, relative to the policy file
  std::optional<std::int64_t> at;  // microseconds since the epoch
  std::vector<Argument> context;
  std::vector<Expectation> expectations;
  std::vector<ListExpectation> lists;
  std::vector<TestTable> tables;
  Span span;
};

struct Matrix : Annotated {
  std::string title;
  std::optional<Expr> given;
  struct Column {
    Path role;
    std::optional<std::string> title;
    Span span;
  };
  struct Row {
    std::string title;
    ActionRef target;
    Span span;
  };
  struct Section {
    std::string title;  // empty for rows before the first section
    std::vector<Row> rows;
    Span span;
  };
  std::vector<Column> columns;
  std::vector<Section> sections;
  Span span;
};

// ------------------------------------------------------------------------- files

struct Import {
  std::string path;
  Span span;
};

struct PolicyHeader : Annotated {
  Name name;
  std::optional<std::string> version;
  Span span;
};

struct Comment {
  std::string text;  // with its slashes
  Span span;
};

// What a language edition line says: `language 1`.
struct Language {
  std::int64_t edition = 1;
  Span span;
};

// One file. Declarations keep the order of the text within each list; their
// spans give the order across lists.
struct File {
  std::optional<PolicyHeader> header;
  std::optional<Language> language;
  std::vector<Import> imports;
  std::vector<Enumeration> enumerations;
  std::vector<SubjectKind> subjects;
  std::vector<PrincipalGroup> principal_groups;
  std::vector<Scope> scopes;
  std::vector<Attribute> system_attributes;
  std::vector<Role> system_roles;
  std::vector<Action> system_actions;
  std::vector<Attribute> context;
  std::vector<Condition> conditions;
  std::vector<Obligation> obligations;
  std::vector<Constraint> constraints;
  std::vector<ActionGroup> groups;
  std::vector<Rule> rules;
  std::vector<Matrix> matrices;
  std::vector<Test> tests;
  std::vector<Comment> comments;
  // The words of declarations that could not be read, and words with characters that
  // can't be read: nobody can tell whether these are declared.
  std::vector<std::string> unread_words;
  std::uint32_t file = 0;  // index in the SourceSet
};

// A package: its files, the one named on the command line (or found first by
// name in a directory) before those that it imports.
struct Package {
  std::vector<File> files;
};

}  // namespace policyc::text
