#pragma once

// The work of `declare`, in the order in which declarations rest on each other:
// enums and kinds (declare_kinds.cpp), attributes, roles by name, actions and the
// context (declare_members.cpp), conditions and groups (declare_conditions.cpp), obligations
// (declare_obligations.cpp), what open roles are made of (declare_open_roles.cpp);
// then what roles rest on (role_sources.cpp) and how they are stored (role_bits.cpp).

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "expressions.hpp"
#include "symbols.hpp"

namespace policyc::compiler {

class Targets;  // rule_targets.hpp

class Declarer {
 public:
  Declarer(const text::LoadedPackage& loaded, Model& model, Symbols& symbols, text::Diagnostics& diagnostics)
      : loaded_(loaded),
        model_(model),
        schema_(model.schema),
        symbols_(symbols),
        diagnostics_(diagnostics),
        literals_(symbols, diagnostics) {}

  void run();

 private:
  // A declared kind and where its members stand; `system` has the lists of every file.
  struct KindSource {
    text::Span span;
    const text::Scope* scope = nullptr;
    const text::SubjectKind* subject = nullptr;
    const text::PrincipalGroup* group = nullptr;

    [[nodiscard]] KindCategory category() const noexcept;
    [[nodiscard]] const char* article() const noexcept;  // "a scope"
    // Of what is not system.
    [[nodiscard]] const text::Name& name() const noexcept;
    [[nodiscard]] const std::optional<std::string>& plural() const noexcept;
    [[nodiscard]] bool cross() const noexcept;
    [[nodiscard]] const std::vector<text::Attribute>& attributes() const noexcept;
    [[nodiscard]] const std::vector<text::Name>& parents() const noexcept;  // none of a subject
  };
  template <class Member>
  using Lists = std::vector<const std::vector<Member>*>;

  // What a name in one namespace is, and where it was declared.
  struct Declared {
    std::string what;
    text::Span span;
  };
  using Names = std::unordered_map<std::string, Declared>;

  void headers();
  void enums();
  void kinds();
  void add_kind(KindSource source);
  void taint(const KindSource& source);
  void plurals();
  void set_plural(KindIndex kind, const std::optional<std::string>& written);
  void parents();
  void members();
  void nest();
  void report_kind_cycle(KindIndex start);
  void always_above();
  void attributes();
  void add_attribute(KindIndex kind, const text::Attribute& attribute);
  void add_closure(AttributeIndex of, const text::Attribute& attribute);
  void roles();
  [[nodiscard]] std::optional<Type> type_of(const text::TypeExpr& written);
  void role_types();
  void defaults();
  void actions();
  void add_action(KindIndex kind, const text::Action& action);
  void context();
  void conditions();
  void add_condition(const text::Condition& condition, KindIndex kind);
  void groups();
  void obligations();
  void open_roles();
  void add_open_role(KindIndex kind, const text::Role& role, std::uint32_t file, Targets& targets);
  [[nodiscard]] RoleIndex hidden_role(KindIndex kind, const text::Role& of, const std::string& action);
  void add_members(GroupModel& group, const text::ActionRef& member);

  void must_be_assignable(const ParameterInfo& parameter, const text::Action& action);
  [[nodiscard]] std::vector<ParameterInfo> parameters(const std::vector<text::Parameter>& written,
                                                      const std::string& of);

  // True if the name was free in the namespace; else it is reported with both places.
  bool take(Names& names, const std::string& what, const text::Name& name);
  // True if it is, which is then reported. What can stand as a type can't be named as those that are built
  // in.
  bool is_reserved_name(const text::Name& name, const char* what, bool is_type);
  // Is there room for one more in a table of this size? If not it is reported.
  bool fits(std::size_t size, const std::string& of, const char* what, text::Span span);

  [[nodiscard]] Lists<text::Attribute> attributes_of(KindIndex kind) const;
  [[nodiscard]] Lists<text::Role> roles_of(KindIndex kind) const;
  [[nodiscard]] Lists<text::Action> actions_of(KindIndex kind) const;
  [[nodiscard]] Lists<text::Condition> conditions_of(KindIndex kind) const;

  const text::LoadedPackage& loaded_;
  Model& model_;
  Schema& schema_;
  Symbols& symbols_;
  text::Diagnostics& diagnostics_;
  Expressions literals_;

  std::vector<KindSource> sources_;     // by kind
  Names global_;                        // kinds, enums
  std::map<KindIndex, Names> members_;  // attributes, roles, conditions
  std::map<KindIndex, Names> askable_;  // actions and wire names; groups with system's
  std::vector<std::pair<AttributeIndex, const text::Attribute*>> with_default_;
  std::vector<const text::Role*> written_roles_;              // parallel to model.roles
  std::vector<std::pair<KindIndex, text::Span>> role_types_;  // `role of` which kind, and where
  std::set<std::string> full_;                                // tables that were said to be full
};

// `bool`, `int` and the other types without a declaration (declare_types.cpp).
[[nodiscard]] bool is_plain_type(std::string_view name);

// A key of an entity in a snapshot, which names neither an attribute nor a list (declare_members.cpp).
[[nodiscard]] bool is_entity_key(std::string_view name);

// Includes and sources of roles (role_sources.cpp). `written` is parallel to model.roles.
void resolve_role_sources(Model& model, const std::vector<const text::Role*>& written, const Symbols& symbols,
                          text::Diagnostics& diagnostics);

// Who holds a role at the entity itself, as a roll-up counts it: by the role and by
// roles of its kind that include it or that it comes from.
[[nodiscard]] std::set<RoleIndex> roles_counted_at_child(const Model& model, RoleIndex role);

// Circles of roles, and `if` conditions once they are in the model (role_cycles.cpp).
void report_role_cycles(const Model& model, text::Diagnostics& diagnostics);

// Raw bits, roll-ups and the layout of role words, from what roles rest on (role_bits.cpp).
void assign_role_bits(Model& model, text::Diagnostics& diagnostics);

}  // namespace policyc::compiler
