#pragma once

// Nodes as people would write them.

#include <string>

#include "graph.hpp"
#include "policyc/compiler/model.hpp"

namespace policyc::compiler {

class GraphNames {
 public:
  GraphNames(const Graph& graph, const Model& model, ActionIndex action)
      : graph_(graph), model_(model), action_(action) {}

  // "task.annotators", "action.to", "\"free\"". A test inside is named by its number.
  [[nodiscard]] std::string value(Node node) const;
  // One line: "subject holds {organization.owner} at resource", "#12 and #14".
  [[nodiscard]] std::string test(Node node) const;
  [[nodiscard]] std::string constant(const vm::Constant& constant) const;

 private:
  [[nodiscard]] std::string scalar(TypeKind kind, std::uint64_t argument, const DefaultValue& value) const;
  [[nodiscard]] std::string mask(const vm::RoleMask& mask, KindIndex kind) const;

  const Graph& graph_;
  const Model& model_;
  ActionIndex action_;
};

}  // namespace policyc::compiler
