#pragma once

// What the names of a package mean. `declare` builds the tables over all files of
// the package before any condition is read; expressions, rules, tests and matrices
// look names up here.
//
// A declaration that is wrong is reported and then left out or repaired, so that
// what uses it is still checked; a name that some broken declaration introduced is
// known as such (`is_tainted`), so that its uses give no second error.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policyc/compiler/model.hpp"
#include "policyc/text/diagnostic.hpp"
#include "policyc/text/parse.hpp"

namespace policyc::compiler {

struct ConditionSymbol {
  const text::Condition* syntax = nullptr;
  KindIndex kind = 0;  // kSystemKind for `on system`
};

class Symbols {
 public:
  // Of model.schema and model.actions/groups/context, which outlive the symbols.
  explicit Symbols(Model& model) : model_(&model) {}

  [[nodiscard]] const Model& model() const noexcept { return *model_; }
  [[nodiscard]] const Schema& schema() const noexcept { return model_->schema; }

  // kNoIndex / nullopt if there is none.
  [[nodiscard]] KindIndex kind(std::string_view name) const;             // "system" too
  [[nodiscard]] std::uint16_t enumeration(std::string_view name) const;  // index in schema.enums
  [[nodiscard]] std::optional<ActionIndex> action(KindIndex kind, std::string_view plain_name) const;
  [[nodiscard]] std::optional<std::size_t> group(std::string_view name) const;  // index in model.groups
  [[nodiscard]] std::optional<std::uint16_t> context(std::string_view name) const;
  // Index in model.declared_obligations.
  [[nodiscard]] std::optional<std::size_t> obligation(std::string_view name) const;
  // The condition of this name that may be used at an entity of the kind: declared on it or on a kind above.
  [[nodiscard]] std::optional<std::size_t> condition_at(KindIndex kind, std::string_view name) const;
  // Every role that a bare name may mean at an entity of the kind: of the kind itself, of kinds above, of
  // system.
  [[nodiscard]] std::vector<RoleIndex> roles_at(KindIndex kind, std::string_view name) const;
  [[nodiscard]] bool is_tainted(std::string_view name) const { return tainted_.count(name) > 0; }
  [[nodiscard]] bool has_tainted() const noexcept { return !tainted_.empty(); }
  // False if some scope names a parent that can't be one: then what is above what is not known.
  [[nodiscard]] bool knows_all_parents() const noexcept { return !lacks_parents_; }

  // Can an entity of `kind` stand below one of `above`? `system` is above all; a kind is above itself if it
  // self-nests.
  [[nodiscard]] bool may_be_above(KindIndex kind, KindIndex above) const;
  // Has every entity of `kind` an ancestor of kind `above`?
  [[nodiscard]] bool always_above(KindIndex kind, KindIndex above) const;

  // For did_you_mean: all names of one sort, sorted.
  [[nodiscard]] std::vector<std::string> kind_names() const;
  [[nodiscard]] std::vector<std::string> role_names_at(
      KindIndex kind) const;  // bare and, where ambiguous, qualified
  [[nodiscard]] std::vector<std::string> action_names(KindIndex kind) const;  // plain

  std::vector<ConditionSymbol> conditions;  // parallel to model.conditions

 private:
  friend class Declarer;
  Model* model_;
  std::map<std::string, KindIndex, std::less<>> kinds_;
  std::map<std::string, std::uint16_t, std::less<>> enums_;
  std::map<std::string, std::size_t, std::less<>> groups_;
  std::map<std::string, std::uint16_t, std::less<>> context_;
  std::map<std::string, std::size_t, std::less<>> obligations_;
  std::vector<std::unordered_map<std::string, ActionIndex>> actions_;  // by kind; there may be very many
  std::multimap<std::string, std::size_t, std::less<>> conditions_by_name_;
  std::set<std::string, std::less<>> tainted_;
  bool lacks_parents_ = false;
  std::vector<std::uint64_t> always_above_;  // by kind: bit set
};

// Reads every declaration of the package into the model: enums, kinds and their
// parents, attributes with types and defaults, roles with their sources, closure
// and raw bits, actions with parameters, context, conditions (names only), groups.
// Everything of the Model but role conditions (`if`), rules and uses.
void declare(const text::LoadedPackage& loaded, Model& model, Symbols& symbols,
             text::Diagnostics& diagnostics);

// A written type. Reports and gives nothing if it names something unknown.
[[nodiscard]] std::optional<Type> resolve_type(const text::TypeExpr& written, const Symbols& symbols,
                                               text::Diagnostics& diagnostics);

}  // namespace policyc::compiler
