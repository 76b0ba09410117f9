#pragma once

// One program over one snapshot: the program's constants and defaults as cells,
// its entities resolved against the snapshot. Made once, read by every decision.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cell.hpp"
#include "policyc/program.hpp"
#include "policyc/result.hpp"
#include "policyc/snapshot.hpp"
#include "program_parts.hpp"
#include "reverse_index.hpp"
#include "role_outcomes.hpp"
#include "snapshot_view.hpp"

namespace policyc::vm {

// An entity that the policy's text names and the snapshot does not have. Its node
// is node_count() + its index. It is equal to itself alone and holds nothing.
using Stranger = std::pair<KindIndex, std::string>;

// Looks strangers up by views of their ids.
struct StrangerOrder {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const noexcept {
    return a.first != b.first ? a.first < b.first : std::string_view(a.second) < std::string_view(b.second);
  }
};

// A parameter or context field that has no value but the request's.
[[nodiscard]] inline bool is_needed(const ParameterInfo& info) noexcept {
  return !info.fallback && !info.type.optional;
}

// What a decision by handles asks of its action, in one place: the tables of the
// program are wide, and a decision is short.
struct LinkedAction {
  CodeRange decide;
  CodeRange reasons;
  CodeRange times;
  KindIndex kind = 0;
  bool needs_now = false;
  bool asks_of_windows = false;  // it asks for roles, and the snapshot has grants with a window
  bool may_oblige = false;       // a rule about it has obligations
  // What only a request with values can give, or none: missing_parameter,
  // missing_context or, where a default names nobody, unknown_entity; and which.
  ErrorCode lacks = ErrorCode::none;
  std::uint32_t lacks_detail = 0;
  bool lacks_context = false;  // else a parameter
};

class Linked {
 public:
  Linked(std::shared_ptr<const Program> program, std::shared_ptr<const Snapshot> snapshot);
  Linked(const Linked&) = delete;
  Linked& operator=(const Linked&) = delete;

  const std::shared_ptr<const Program> program;
  const std::shared_ptr<const Snapshot> snapshot;
  const ProgramParts& parts;
  const SnapshotView& view;

  const std::uint32_t epoch;          // of the snapshot's handles
  std::vector<LinkedAction> actions;  // parallel to parts.actions
  // Parallel to parts.actions. Settle nothing where more is asked than whether: how long, or what it obliges
  // to.
  std::vector<RoleOutcomes> role_outcomes;
  std::vector<Cell> constants;                               // parallel to parts.constants
  std::vector<std::optional<Cell>> defaults;                 // by attribute
  std::vector<std::vector<std::optional<Cell>>> parameters;  // by action, by parameter
  std::vector<std::optional<Cell>> context;                  // by context field
  std::vector<KindIndex> strangers;                          // their kinds

  // Defaults that name an entity which the snapshot does not have. No stored entity
  // takes one; a request that would is refused.
  std::vector<bool> lost_defaults;                 // by attribute
  std::vector<std::vector<bool>> lost_parameters;  // by action, by parameter
  std::vector<bool> lost_context;                  // by context field

  // For lists.
  const ReverseIndex reverse;

  // The node of an entity that the snapshot or the policy's text knows; else kNoNode.
  [[nodiscard]] NodeId find(KindIndex kind, std::string_view id) const noexcept;

 private:
  [[nodiscard]] Cell cell_of(const DefaultValue& value, const Type& type);
  [[nodiscard]] Cell set_of(const DefaultValue& value, const Type& type);
  [[nodiscard]] std::optional<Cell> fallback_of(const std::optional<DefaultValue>& value, const Type& type);
  [[nodiscard]] bool is_lost(const std::optional<DefaultValue>& value, const Type& type) const noexcept;
  [[nodiscard]] LinkedAction linked_action(std::size_t index) const;
  [[nodiscard]] NodeId intern(KindIndex kind, const std::string& id);

  std::map<Stranger, NodeId, StrangerOrder> nodes_of_strangers_;
  std::deque<std::string> texts_;
  std::deque<std::vector<std::int64_t>> numbers_;
  std::deque<std::vector<NodeId>> nodes_;
  std::deque<std::vector<std::string_view>> views_;
  std::deque<std::vector<IpBlock>> blocks_;
};

}  // namespace policyc::vm
