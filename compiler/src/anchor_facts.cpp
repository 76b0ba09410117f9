#include "anchor_facts.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace policyc::compiler {
namespace {

using vm::Anchor;
using vm::AnchorStep;

constexpr AnchorStep kBelow{};

// An anchor whose mask has no number yet: most are united before they get one.
struct Fact {
  Anchor anchor;
  vm::RoleMask mask{};
};

// What a test can't be true without: one of some facts; nothing if no fact is known.
using Facts = std::optional<std::vector<Fact>>;

// Roles at one place are one question.
void add(std::vector<Fact>& all, const std::vector<Fact>& more) {
  for (const Fact& fact : more) {
    const auto same =
        std::find_if(all.begin(), all.end(), [&](const Fact& other) { return other.anchor == fact.anchor; });
    if (same == all.end())
      all.push_back(fact);
    else
      same->mask = same->mask | fact.mask;
  }
}

class Reader {
 public:
  explicit Reader(const Graph& graph) : graph_(graph) {}

  [[nodiscard]] Facts facts(Node test) {
    if (const auto known = known_.find(test); known != known_.end()) return known->second;
    Facts found = read(test);
    // A long list is no better than looking everywhere.
    if (found && found->size() > vm::kMaxAnchors) found = std::nullopt;
    // What depends on a loop's variable means something else in another loop.
    if (graph_[test].free == 0) known_.emplace(test, found);
    return found;
  }

 private:
  Facts read(Node test) {
    switch (graph_[test].kind) {
      case NodeKind::never: return std::vector<Fact>{};
      case NodeKind::disjunction: return of_any(test);
      case NodeKind::conjunction: return of_all(test);
      case NodeKind::role: return of_role(test);
      case NodeKind::equal: {
        const Node left = graph_.operand(test, 0);
        const Node right = graph_.operand(test, 1);
        if (left == kSubject) return of_name(Anchor::Base::subject, right);
        return right == kSubject ? of_name(Anchor::Base::subject, left) : std::nullopt;
      }
      case NodeKind::in_set: return of_element(Anchor::Base::subject, test);
      case NodeKind::in_members:
      case NodeKind::is_member: return of_element(Anchor::Base::groups, test);
      case NodeKind::any:
      case NodeKind::at_least: return of_loop(test, true);
      case NodeKind::any_path: return of_loop(test, false);
      default: return std::nullopt;
    }
  }

  Facts of_any(Node test) {
    std::vector<Fact> all;
    for (const Node operand : graph_.operands(test)) {
      const Facts some = facts(operand);
      if (!some) return std::nullopt;
      add(all, *some);
    }
    return all;
  }

  // Any of the operands will do: the one with the fewest facts.
  Facts of_all(Node test) {
    Facts best;
    for (const Node operand : graph_.operands(test)) {
      Facts some = facts(operand);
      if (some && (!best || some->size() < best->size())) best = std::move(some);
    }
    return best;
  }

  Facts of_role(Node test) {
    if (graph_.operand(test, 0) != kSubject) return std::nullopt;
    auto way = way_from(graph_.operand(test, 1));
    if (!way) return std::nullopt;
    Fact fact;
    fact.anchor.base = Anchor::Base::roles;
    fact.anchor.itself = graph_[test].itself;
    fact.anchor.kind = graph_[test].index;
    fact.anchor.steps = std::move(*way);
    fact.mask = graph_.mask(graph_[test].data);
    return std::vector{std::move(fact)};
  }

  Facts of_element(Anchor::Base base, Node test) {
    return graph_.operand(test, 0) == kSubject ? of_name(base, graph_.operand(test, 1)) : std::nullopt;
  }

  Facts of_name(Anchor::Base base, Node value) const {
    auto way = way_from(value);
    if (!way) return std::nullopt;
    Fact fact;
    fact.anchor.base = base;
    fact.anchor.steps = std::move(*way);
    return std::vector{std::move(fact)};
  }

  // In the body the variable is an element of the range, or an entity of the path.
  Facts of_loop(Node test, bool is_set) {
    if (graph_[test].kind == NodeKind::at_least && graph_[test].number < 1) return std::nullopt;
    ranges_.push_back({graph_.operand(test, 1), graph_.operand(test, 0), is_set});
    Facts found = facts(graph_.operand(test, 2));
    ranges_.pop_back();
    return found;
  }

  // The steps from an entity, or from the elements of a set, to the resource; nothing if it depends on
  // anything else.
  std::optional<std::vector<AnchorStep>> way_from(Node value) const {
    std::vector<AnchorStep> way;
    while (value != kResource) {
      AnchorStep step = kBelow;
      switch (graph_[value].kind) {
        case NodeKind::ancestor:
        case NodeKind::parent: value = graph_.operand(value, 0); break;
        case NodeKind::attribute:
          step.attribute = graph_[value].index;
          value = graph_.operand(value, 0);
          break;
        case NodeKind::variable: {
          const auto loop = std::find_if(ranges_.rbegin(), ranges_.rend(),
                                         [&](const Loop& one) { return one.variable == value; });
          if (loop == ranges_.rend()) return std::nullopt;
          value = loop->range;
          // An element of a set is what the set's attribute names.
          if (loop->is_set) continue;
          break;
        }
        default: return std::nullopt;
      }
      if (way.empty() || way.back() != kBelow || step != kBelow) way.push_back(step);
      if (way.size() > vm::kMaxAnchorSteps) return std::nullopt;
    }
    return way;
  }

  struct Loop {
    Node variable;
    Node range;
    bool is_set;
  };

  const Graph& graph_;
  std::vector<Loop> ranges_;  // of the loops around, the inner ones last
  std::unordered_map<Node, Facts> known_;
};

}  // namespace

vm::ActionAnchors anchors_of(const Graph& graph, const ActionTests& tests, MaskPool& masks) {
  Reader reader(graph);
  std::vector<Fact> all;
  for (const RuleTest& rule : tests.allows) {
    const Facts facts = reader.facts(rule.test);
    if (!facts) return {true, {}};
    add(all, *facts);
    if (all.size() > vm::kMaxAnchors) return {true, {}};
  }
  vm::ActionAnchors result;
  for (Fact& fact : all) {
    if (fact.anchor.base == Anchor::Base::roles)
      fact.anchor.mask = static_cast<std::uint16_t>(masks.number_of(fact.mask));
    result.anchors.push_back(std::move(fact.anchor));
  }
  return result;
}

}  // namespace policyc::compiler
