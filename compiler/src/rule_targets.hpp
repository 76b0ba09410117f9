#pragma once

// What a rule, a matrix row or a group is about: from `task.{label, review}`,
// `project.**` or a group's name to actions.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis.hpp"

namespace policyc::compiler {

// Actions of one kind.
struct Target {
  KindIndex kind = kSystemKind;
  KindIndex within = kNoIndex;  // the ancestor that the resource must have, where it may lack it
  std::vector<ActionIndex> actions;
};

class Targets {
 public:
  explicit Targets(const Analysis& analysis);

  // Appends what the reference stands for. False, reported, if it names something
  // that isn't there; the kind, if known, is appended even then, without actions.
  bool resolve(const text::ActionRef& ref, std::vector<Target>& targets);

  [[nodiscard]] const std::vector<ActionIndex>& actions_of(KindIndex kind) const { return actions_of_[kind]; }

 private:
  bool named(KindIndex kind, const text::ActionRef& ref, std::vector<Target>& targets);
  bool below(KindIndex kind, const text::ActionRef& ref, std::vector<Target>& targets);
  bool group(const text::Name& name, std::vector<Target>& targets);
  void report_scope(const text::ActionRef& ref) const;
  void report_action(KindIndex kind, const text::Name& name) const;
  void report_group(const text::Name& name) const;

  const Analysis& analysis_;
  std::vector<std::vector<ActionIndex>> actions_of_;  // by kind
  std::map<std::string, const text::ActionGroup*, std::less<>> groups_;
  std::set<std::string, std::less<>> open_groups_;  // being resolved: a group in itself ends there
  bool quiet_ = false;                              // inside a group, which has been checked where it stands
};

// One target for each kind and each ancestor, ordered by kind; actions ascending,
// each once. What is reached without a condition needs no second way.
[[nodiscard]] std::vector<Target> merged(const std::vector<Target>& targets);

}  // namespace policyc::compiler
