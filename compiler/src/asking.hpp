#pragma once

// Who asks what: rules ask for roles and for other permissions, roles are held
// through other roles and through conditions that ask again.

#include <cstdint>
#include <vector>

#include "policyc/compiler/model.hpp"

namespace policyc::compiler {

// A graph over roles and actions. Roles come first, actions after them.
class Asking {
 public:
  using Node = std::uint32_t;
  struct Edge {
    Node to = 0;
    text::Span span;  // where it is asked
  };

  explicit Asking(const Model& model);

  [[nodiscard]] Node role(RoleIndex role) const noexcept { return role; }
  [[nodiscard]] Node action(ActionIndex action) const noexcept {
    return static_cast<Node>(model_.roles.size()) + action;
  }
  [[nodiscard]] bool is_role(Node node) const noexcept { return node < model_.roles.size(); }
  [[nodiscard]] ActionIndex action_of(Node node) const noexcept {
    return static_cast<ActionIndex>(node - model_.roles.size());
  }

  [[nodiscard]] std::size_t size() const noexcept { return edges_.size(); }
  [[nodiscard]] const std::vector<Edge>& edges(Node node) const { return edges_[node]; }

  // Everything that a term asks for, itself.
  [[nodiscard]] std::vector<Edge> asked(const Term& term) const;

 private:
  const Model& model_;
  std::vector<std::vector<Edge>> edges_;
};

}  // namespace policyc::compiler
