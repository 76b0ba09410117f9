// What acyclic attributes lead to: for each entity the nodes that its attribute names, that theirs name, and
// so on. The way never leads back, or it is an error; so a decision that follows it ends.

#include <algorithm>
#include <cstring>

#include "defaults.hpp"
#include "snapshot_facts.hpp"
#include "snapshot_format.hpp"

namespace policyc::vm {
namespace {

// A cycle is shown up to this length.
constexpr std::size_t kShownSteps = 8;

class ClosureBuilder {
 public:
  ClosureBuilder(Facts& facts, const EntityIndex& index, SnapshotParts& parts, AttributeIndex closure)
      : facts_(facts),
        index_(index),
        parts_(parts),
        info_(facts.schema->attributes[facts.schema->attributes[closure].closure_of]),
        named_(parts.columns[facts.schema->attributes[closure].closure_of]),
        column_(parts.columns[closure]),
        entities_(parts.nodes_by_kind[info_.kind]),
        reached_(entities_.size()),
        state_(entities_.size(), State::fresh) {
    for (const DefaultValue& one : named_by_default(info_)) by_default_.push_back(node_of(one));
  }

  void build() {
    for (Ordinal start = 0; start < entities_.size(); ++start)
      if (state_[start] == State::fresh) close_from(start);
    for (Ordinal one = 0; one < entities_.size(); ++one) store(one);
  }

 private:
  using Ordinal = std::uint32_t;
  enum class State : std::uint8_t { fresh, open, closed };
  struct Step {
    Ordinal at = 0;
    std::vector<Ordinal> to;
    std::size_t next = 0;
  };

  // Depth first, with a stack of its own: how far the data leads is not ours to say.
  void close_from(Ordinal start) {
    std::vector<Step> stack;
    enter(stack, start);
    while (!stack.empty()) {
      Step& step = stack.back();
      if (step.next == step.to.size()) {
        finish(step);
        stack.pop_back();
        continue;
      }
      const Ordinal next = step.to[step.next++];
      if (state_[next] == State::open)
        report_cycle(stack, next);
      else if (state_[next] == State::fresh)
        enter(stack, next);
    }
  }

  void enter(std::vector<Step>& stack, Ordinal at) {
    state_[at] = State::open;
    stack.push_back({at, named_by(at), 0});
  }

  void finish(const Step& step) {
    std::vector<Ordinal>& all = reached_[step.at];
    for (const Ordinal next : step.to) {
      all.push_back(next);
      all.insert(all.end(), reached_[next].begin(), reached_[next].end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    state_[step.at] = State::closed;
    if (all.size() <= kMaxClosure) return;
    facts_.problems.add(BuildProblem::closure_too_large, fact(step.at).where, facts_.name_of(fact(step.at)),
                        info_.name);
    all.clear();
  }

  // The entities that the attribute names at one: those of the snapshot.
  [[nodiscard]] std::vector<Ordinal> named_by(Ordinal at) const {
    std::vector<Ordinal> all;
    const auto add = [&](NodeId node) {
      if (node != kNoNode) all.push_back(parts_.nodes[node].ordinal);
    };
    if (!named_.has(at)) {
      for (const NodeId node : by_default_) add(node);
    } else if (info_.type.kind == TypeKind::set) {
      StoredSet set;
      std::memcpy(&set, named_.values.data() + at * sizeof set, sizeof set);
      for (std::uint32_t i = 0; i < set.count; ++i) add(node_at(named_.elements, set.offset + i));
    } else {
      add(node_at(named_.values, at));
    }
    return all;
  }

  static NodeId node_at(const std::vector<std::byte>& bytes, std::size_t at) {
    NodeId node = kNoNode;
    std::memcpy(&node, bytes.data() + at * sizeof node, sizeof node);
    return node;
  }

  [[nodiscard]] NodeId node_of(const DefaultValue& entity) const {
    return index_.find(static_cast<KindIndex>(entity.number), entity.text);
  }

  [[nodiscard]] const EntityFact& fact(Ordinal at) const { return index_.fact_of(entities_[at]); }

  // Shown from its first entity on, whichever was met first.
  void report_cycle(const std::vector<Step>& stack, Ordinal back) {
    std::vector<Ordinal> cycle;
    for (std::size_t i = stack.size(); i-- > 0;) {
      cycle.push_back(stack[i].at);
      if (stack[i].at == back) break;
    }
    std::reverse(cycle.begin(), cycle.end());
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    std::string shown;
    for (std::size_t i = 0; i < std::min(cycle.size(), kShownSteps); ++i)
      shown += facts_.name_of(fact(cycle[i])) + " > ";
    if (cycle.size() > kShownSteps) shown += "… > ";
    shown += facts_.name_of(fact(cycle.front()));
    facts_.problems.add(BuildProblem::reference_cycle, fact(cycle.front()).where, info_.name,
                        std::move(shown));
  }

  // Ordinals ascend as their nodes do.
  void store(Ordinal at) {
    if (reached_[at].empty()) return;
    const StoredSet set{static_cast<std::uint32_t>(column_.elements.size() / sizeof(NodeId)),
                        static_cast<std::uint32_t>(reached_[at].size())};
    column_.present[at / 64] |= std::uint64_t{1} << (at % 64);
    std::memcpy(column_.values.data() + at * sizeof set, &set, sizeof set);
    for (const Ordinal reached : reached_[at]) {
      const auto raw = std::as_bytes(std::span(&entities_[reached], 1));
      column_.elements.insert(column_.elements.end(), raw.begin(), raw.end());
    }
    release(reached_[at]);
  }

  Facts& facts_;
  const EntityIndex& index_;
  SnapshotParts& parts_;
  const AttributeInfo& info_;  // the acyclic attribute
  const ColumnParts& named_;   // what it names
  ColumnParts& column_;        // what it leads to
  const std::vector<NodeId>& entities_;
  std::vector<NodeId> by_default_;
  std::vector<std::vector<Ordinal>> reached_;
  std::vector<State> state_;
};

}  // namespace

void build_closures(Facts& facts, const EntityIndex& index, SnapshotParts& parts) {
  for (std::size_t i = 0; i < facts.schema->attributes.size(); ++i)
    if (facts.schema->attributes[i].closure_of != kNoIndex)
      ClosureBuilder(facts, index, parts, static_cast<AttributeIndex>(i)).build();
}

}  // namespace policyc::vm
