// The decision graph as text, one action after the other:
//
//   task.label
//     forbid rule "frozen" if #12
//     allow rule "labelers" if #14
//     decide: forbid if #12, else allow if #14
//       #9  organization.frozen
//       …
//
// Tests are numbered as the graph numbers them; an action lists those that it asks,
// each once, inner ones first.

#include <algorithm>
#include <set>

#include "graph_names.hpp"
#include "lower.hpp"
#include "optimize.hpp"
#include "policyc/compiler/compile.hpp"

namespace policyc::compiler {
namespace {

[[nodiscard]] bool is_test(NodeKind kind) noexcept {
  return kind >= NodeKind::negation || kind == NodeKind::never || kind == NodeKind::always;
}

// The tests below these nodes, in ascending order: operands have lower numbers.
[[nodiscard]] std::set<Node> tests_below(const Graph& graph, std::vector<Node> open) {
  std::set<Node> seen(open.begin(), open.end());
  while (!open.empty()) {
    const Node node = open.back();
    open.pop_back();
    for (const Node operand : graph.operands(node))
      if (seen.insert(operand).second) open.push_back(operand);
  }
  std::erase_if(seen, [&](Node node) { return !is_test(graph[node].kind); });
  return seen;
}

}  // namespace

std::string dump_graph(const Model& model) {
  Graph graph;
  text::Diagnostics refused;  // what generate() reports; a dump shows what there is
  Lowering lowering(model, graph, refused);
  std::string text;
  for (std::size_t i = 0; i < model.actions.size(); ++i) {
    const auto index = static_cast<ActionIndex>(i);
    const ActionTests tests = lowering.action(index);
    const Decide decide = optimize(graph, tests);
    const GraphNames names(graph, model, index);
    if (!text.empty()) text += '\n';
    text += model.schema.kinds[model.actions[i].kind].name + "." + model.actions[i].name + "\n";
    std::vector<Node> roots = {decide.forbidden, decide.allowed};
    const auto rules = [&](const std::vector<RuleTest>& list, const char* effect) {
      for (const RuleTest& rule : list) {
        text += std::string("  ") + effect + " \"" + model.rules[rule.rule].id + "\" if #" +
                std::to_string(rule.test) + "\n";
        roots.push_back(rule.test);
      }
    };
    rules(tests.forbids, "forbid");
    rules(tests.allows, "allow");
    text += "  decide: forbid if #" + std::to_string(decide.forbidden) + ", else allow if #" +
            std::to_string(decide.allowed) + "\n";
    for (const Node node : tests_below(graph, std::move(roots)))
      text += "    #" + std::to_string(node) + " = " + names.test(node) + "\n";
  }
  return text;
}

}  // namespace policyc::compiler
