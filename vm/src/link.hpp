#pragma once

// One program over one snapshot: the program's constants and defaults as cells,
// its entities resolved against the snapshot. Made once, read by every decision.

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cell.hpp"
#include "policyc/program.hpp"
#include "policyc/result.hpp"
#include "policyc/snapshot.hpp"
#include "program_parts.hpp"
#include "snapshot_view.hpp"

namespace policyc::vm {

// An entity that the policy's text names and the snapshot does not have. Its node
// is node_count() + its index. It is equal to itself alone and holds nothing.
struct Stranger {
  KindIndex kind = 0;
  std::string id;
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

  std::vector<Cell> constants;                               // parallel to parts.constants
  std::vector<std::optional<Cell>> defaults;                 // by attribute
  std::vector<std::vector<std::optional<Cell>>> parameters;  // by action, by parameter
  std::vector<std::optional<Cell>> context;                  // by context field
  std::vector<Stranger> strangers;

  // The node of an entity that the snapshot or the policy's text knows; else kNoNode.
  [[nodiscard]] NodeId find(KindIndex kind, std::string_view id) const noexcept;

 private:
  [[nodiscard]] Cell cell_of(const DefaultValue& value, const Type& type);
  [[nodiscard]] Cell set_of(const DefaultValue& value, const Type& type);
  [[nodiscard]] std::optional<Cell> fallback_of(const std::optional<DefaultValue>& value, const Type& type);
  [[nodiscard]] NodeId intern(KindIndex kind, const std::string& id);

  std::deque<std::string> texts_;
  std::deque<std::vector<std::int64_t>> numbers_;
  std::deque<std::vector<NodeId>> nodes_;
  std::deque<std::vector<std::string_view>> views_;
  std::deque<std::vector<IpBlock>> blocks_;
};

}  // namespace policyc::vm
