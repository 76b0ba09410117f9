#pragma once

// Which constraints a snapshot breaks, and where: each is counted at each entity for each principal, as
// docs/language.md says it. Nothing is remembered from one question to the next.

#include <compare>

#include "oracle.hpp"

namespace policyc::oracle {

struct Breach {
  std::string title, entity;

  friend auto operator<=>(const Breach&, const Breach&) = default;
};

class Constraints {
 public:
  // The package outlives it.
  explicit Constraints(const text::Package& package) : package_(package), oracle_(package) {}
  [[nodiscard]] std::set<Breach> broken(const Snapshot& snapshot) const;

 private:
  using Times = std::set<std::optional<std::int64_t>>;
  [[nodiscard]] bool is_too_much(const text::Constraint& constraint, const Snapshot& snapshot,
                                 const std::string& entity) const;
  // How many principals of the counted kind hold the role, and how many of the roles somebody holds, at one
  // of these times.
  [[nodiscard]] std::int64_t holders(const text::Constraint& constraint, const Snapshot& snapshot,
                                     const std::string& entity, const Times& times) const;
  [[nodiscard]] std::int64_t held_by(const text::Constraint& constraint, const Snapshot& snapshot,
                                     const std::string& who, const std::string& entity,
                                     const Times& times) const;
  [[nodiscard]] std::vector<std::string> kinds(const text::Constraint& constraint) const;

  const text::Package& package_;
  Oracle oracle_;
};

}  // namespace policyc::oracle
