// Nodes of many graphs numbered as though they were of one: a node's key is what it asks and the numbers of
// its operands, so that equal questions have equal numbers whichever graph they stand in.

#include "policyc/compiler/sameness.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "lower.hpp"
#include "optimize.hpp"

namespace policyc::compiler {
namespace {

template <class Number>
void append(std::string& key, Number number) {
  key += std::to_string(static_cast<std::int64_t>(number));
  key += ' ';
}

void append_values(std::string& key, const std::vector<ParameterInfo>& all) {
  for (const ParameterInfo& one : all) {
    key += one.name;
    append(key, one.fallback ? 1 : 0);
    if (one.fallback) key += key_of(vm::Constant{one.type, *one.fallback});
    key += ';';
  }
}

}  // namespace

struct Sameness::Known {
  std::uint32_t number_of(std::string key) {
    return numbers.try_emplace(std::move(key), static_cast<std::uint32_t>(numbers.size())).first->second;
  }

  std::unordered_map<std::string, std::uint32_t> numbers;
};

namespace {

// The nodes of one graph. Operands have lower numbers than what they stand in, so one pass in their order
// numbers all.
template <class Known>
class Numbering {
 public:
  Numbering(const Graph& graph, Known& known) : graph_(graph), known_(known) {}

  std::uint32_t of(Node node) {
    for (auto next = static_cast<Node>(numbers_.size()); next <= node; ++next) numbers_.push_back(look(next));
    return numbers_[node];
  }

 private:
  std::uint32_t look(Node node) {
    const NodeInfo& info = graph_[node];
    std::string key = "n ";
    append(key, info.kind);
    append(key, info.itself ? 1 : 0);
    append(key, info.index);
    append(key, info.number);
    append(key, info.type.kind);
    append(key, info.type.element);
    append(key, info.type.argument);
    if (info.kind == NodeKind::constant) key += key_of(graph_.constant_of(node));
    if (info.kind == NodeKind::role) key += key_of(graph_.mask(info.data));
    std::vector<std::uint32_t> operands;
    for (const Node operand : graph_.operands(node)) operands.push_back(numbers_[operand]);
    // In each graph these stand in the order in which they were made.
    if (info.kind == NodeKind::conjunction || info.kind == NodeKind::disjunction ||
        info.kind == NodeKind::equal)
      std::sort(operands.begin(), operands.end());
    for (const std::uint32_t operand : operands) append(key, operand);
    return known_.number_of(std::move(key));
  }

  const Graph& graph_;
  Known& known_;
  std::vector<std::uint32_t> numbers_;  // by node
};

}  // namespace

Sameness::Sameness() : known_(std::make_unique<Known>()) {}
Sameness::~Sameness() = default;

std::vector<std::uint32_t> Sameness::of(const Model& model) {
  Graph graph;
  text::Diagnostics refused;  // generate() has reported it
  Lowering lowering(model, graph, refused);
  Numbering numbering(graph, *known_);
  std::vector<std::uint32_t> all;
  for (std::size_t i = 0; i < model.actions.size(); ++i) {
    const auto index = static_cast<ActionIndex>(i);
    const Decide decide = optimize(graph, lowering.action(index));
    const ActionInfo& action = model.actions[i];
    std::string key = "a ";
    append(key, numbering.of(decide.forbidden));
    append(key, numbering.of(decide.allowed));
    append(key, action.needs_now ? 1 : 0);
    for (const std::uint16_t field : action.required_context) append(key, field);
    append_values(key, action.parameters);
    append_values(key, model.context);
    all.push_back(known_->number_of(std::move(key)));
  }
  return all;
}

}  // namespace policyc::compiler
