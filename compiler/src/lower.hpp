#pragma once

// Lowering: from the model's typed terms to the decision graph.
//
// Every term is read in an environment that says who asks and at which entity, so
// that the condition of a role or the rules of another action can be lowered in
// the place where they are asked, for the principal and the entity asked about.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph.hpp"
#include "policyc/compiler/model.hpp"
#include "policyc/text/diagnostic.hpp"
#include "role_closure.hpp"

namespace policyc::compiler {

// A value and, for an entity, the kinds that it may be of where it is read.
struct Lowered {
  Node node = kNever;
  std::uint64_t kinds = 0;
};

struct Environment {
  Lowered principal;
  Lowered entity;
  std::uint32_t depth = 0;         // loops around
  std::vector<Lowered> variables;  // of the quantifiers around the term, outermost first
};

// What one action may take. Beyond it the action is refused, so that no policy can
// make the compiler run for long or exhaust the stack.
inline constexpr std::uint32_t kMaxLoweringDepth = 1'000;
inline constexpr std::uint32_t kMaxLoweringSteps = 2'000'000;

// The tests of one action: one for each of its rules, in source order.
struct RuleTest {
  RuleIndex rule = 0;
  Node test = kNever;
};

struct ActionTests {
  std::vector<RuleTest> forbids;
  std::vector<RuleTest> allows;
};

class Lowering {
 public:
  Lowering(const Model& model, Graph& graph, text::Diagnostics& diagnostics);

  // The tests of an action, asked by the request's subject of its resource.
  [[nodiscard]] ActionTests action(ActionIndex action);

  // What makes the decision about the action turn by the passing of time, whatever is decided first: a test
  // that is never true, and notes it all.
  [[nodiscard]] Node times(ActionIndex action);

  // The uses of each action, in source order.
  [[nodiscard]] const std::vector<std::vector<std::uint32_t>>& uses() const noexcept { return uses_of_; }

 private:
  // Keys of what was lowered before; `what` tells the tables apart.
  enum : std::uint32_t { kKnownHolds, kKnownUse, kKnownPermits, kKnownHoldsTimes, kKnownUseTimes };
  struct Key {
    std::uint32_t what = 0;
    Node principal = 0;
    Node entity = 0;
    std::uint32_t depth = 0;
    std::uint64_t kinds = 0;  // of the principal
    std::uint64_t more = 0;

    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };

  // Whether a role is held, or when that may turn by the passing of time: a test of what is to be noted.
  enum class Asks : std::uint8_t { whether, when };

  // lower_rules.cpp
  [[nodiscard]] Node use(std::uint32_t index, const Lowered& principal, const Lowered& entity,
                         std::uint32_t depth);
  [[nodiscard]] Node known_use(std::uint32_t index, const Lowered& principal, const Lowered& entity,
                               std::uint32_t depth);
  [[nodiscard]] Node who(const Who& who, const Lowered& principal, const Lowered& entity,
                         std::uint32_t depth);
  [[nodiscard]] Node permits(ActionIndex action, const Lowered& principal, Node entity, std::uint32_t depth);

  // lower_terms.cpp
  [[nodiscard]] Node test(const Term& term, const Environment& at);
  [[nodiscard]] Node any_element(const Term& term, const Environment& at, NodeKind scalar);
  [[nodiscard]] Node role_test(const Term& term, const Environment& at, Asks asks);
  [[nodiscard]] Node defined_test(const Term& term, const Term& value_of, const Environment& at, Asks asks);
  [[nodiscard]] Node is_meant(RoleIndex role, const Term& value_of, const Environment& at);
  [[nodiscard]] Node may(const Term& term, const Environment& at);
  [[nodiscard]] Node kind_test(const Term& term, const Environment& at);
  [[nodiscard]] Node quantifier(const Term& term, const Environment& at);
  [[nodiscard]] Node enter(const Term& quantifier, Environment& at);
  [[nodiscard]] Node boolean_otherwise(const Term& term, const Environment& at);
  [[nodiscard]] std::vector<Node> tests(const Term& term, const Environment& at);
  [[nodiscard]] Lowered value(const Term& term, const Environment& at);
  [[nodiscard]] Lowered attribute(const Term& term, const Environment& at);

  // lower_roles.cpp
  // `closed`: the entity is one of all that an acyclic attribute leads to, so that the roles which are asked
  // at it need not follow the attribute further.
  [[nodiscard]] Node holds(const Lowered& principal, RoleIndex role, const Lowered& entity, bool itself,
                           std::uint32_t depth, Asks asks, bool closed = false);
  [[nodiscard]] Node holds_at(const Lowered& principal, RoleIndex role, Node entity, KindIndex kind,
                              bool itself, std::uint32_t depth, Asks asks, bool closed);
  [[nodiscard]] Node derived(const Lowered& principal, RoleIndex role, Node entity, std::uint32_t depth,
                             Asks asks, bool closed);
  [[nodiscard]] Node derived_above(const Lowered& principal, RoleIndex role, Node entity, KindIndex kind,
                                   std::uint32_t depth, Asks asks);
  [[nodiscard]] Node nearest(Node entity, KindIndex kind, KindIndex wanted);
  [[nodiscard]] Node is_there(Node entity);
  [[nodiscard]] Node may_hold(Node principal, Node entity);
  [[nodiscard]] Node exist_above(Node entity, KindIndex kind, std::uint64_t kinds);

  // lower_times.cpp
  [[nodiscard]] Node use_times(std::uint32_t index, const Lowered& principal, const Lowered& entity,
                               std::uint32_t depth);
  [[nodiscard]] Node term_times(const Term& term, const Environment& at);
  [[nodiscard]] Node may_times(const Term& term, const Environment& at);
  [[nodiscard]] Node loop_times(const Term& term, const Environment& at);
  [[nodiscard]] Node are_set(const Lowered& principal, const Lowered& entity);
  [[nodiscard]] Node turns_at(const Term& term, const Environment& at);

  [[nodiscard]] bool may_loop(std::uint32_t depth, text::Span span);
  // One finding an action at most.
  void refuse(text::DiagCode code, text::Span span);

  // Counts a level of recursion; converts to false where lowering must not go on.
  class Level {
   public:
    explicit Level(Lowering& lowering);
    ~Level() { --lowering_.levels_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    explicit operator bool() const noexcept { return sound_; }

   private:
    Lowering& lowering_;
    bool sound_;
  };

  const Model& model_;
  Graph& graph_;
  text::Diagnostics& diagnostics_;
  RoleClosures closures_;
  std::uint64_t subject_kinds_ = 0;
  std::vector<std::vector<std::uint32_t>> uses_of_;  // by action
  std::unordered_map<Key, Node, KeyHash> known_;
  ActionIndex action_ = 0;
  std::uint32_t levels_ = 0;
  std::uint32_t steps_ = 0;
  bool refused_ = false;
};

}  // namespace policyc::compiler
