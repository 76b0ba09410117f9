#pragma once

// The decision graph: what the rules of a policy ask, as a directed graph without
// cycles in which equal questions are one node. Lowering builds it, the optimizer
// rearranges it, the emitter walks it.
//
// A node is a value (an entity, a number, a set …) or a test (true or false).
// Nodes are made by the functions of Graph alone, which fold what is known and
// never make the same node twice: two nodes are the same question if and only if
// they have the same number.

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "constants.hpp"
#include "policyc/schema.hpp"
#include "program_parts.hpp"

namespace policyc::compiler {

using Node = std::uint32_t;

inline constexpr Node kNever = 0;    // the test that is always false
inline constexpr Node kAlways = 1;   // the test that is always true
inline constexpr Node kSubject = 2;  // the values that every run begins with
inline constexpr Node kResource = 3;

enum class NodeKind : std::uint8_t {
  never,
  always,

  // Values. An absent value makes the test that reads it false.
  subject,
  resource,
  ancestor,   // operands: entity; index: kind
  parent,     // operands: entity
  attribute,  // operands: entity; index: attribute
  parameter,  // index
  context,    // index
  now,
  constant,  // data: number of the constant
  variable,  // index: number of loops around its own
  size,      // operands: set
  add,       // operands: two values
  subtract,
  otherwise,  // operands: the value, and the one that stands in for it
  truth,      // operands: test; its outcome as a boolean value

  // Tests.
  negation,     // operands: test
  conjunction,  // operands: two tests or more, in ascending order
  disjunction,
  role,         // operands: principal, entity; index: kind of the entity; data: number of the mask; itself
  has_defined,  // operands: principal, entity, role or set of roles; itself
  is_true,      // operands: boolean value
  equal,
  less,
  less_equal,
  in_set,      // operands: element, set
  in_network,  // operands: address, block or set of blocks
  in_scope,    // operands: entity, entity
  in_members,  // operands: principal, set
  is_member,   // operands: principal, principal
  contains_all,
  contains_any,
  starts_with,
  ends_with,
  matches,
  is_set,     // operands: value
  is_kind,    // operands: entity; index: kind
  is_inline,  // operands: entity
  any,        // operands: set, variable, body
  all,
  at_least,  // the same; number: how many
  any_path,  // operands: entity, variable, body; over the entity, its parent, … its root

  // Never true, and asked for what they note: see lower_times.cpp.
  note_windows,  // operands: principal, entity
  note_instant,  // operands: time
};

struct NodeInfo {
  NodeKind kind = NodeKind::never;
  bool itself = false;
  std::uint8_t free = 0;  // bit set of the variables that it depends on
  std::uint16_t index = 0;
  std::uint32_t data = 0;
  std::uint32_t weight = 0;  // roughly what it costs to find out; orders tests
  std::int64_t number = 0;
  Type type;                // of a value
  std::uint32_t first = 0;  // operands, in one pool for all nodes
  std::uint32_t count = 0;
};

class Graph {
 public:
  Graph();

  [[nodiscard]] const NodeInfo& operator[](Node node) const noexcept { return nodes_[node]; }
  [[nodiscard]] std::span<const Node> operands(Node node) const noexcept {
    return std::span(pool_).subspan(nodes_[node].first, nodes_[node].count);
  }
  [[nodiscard]] Node operand(Node node, std::size_t i) const noexcept {
    return pool_[nodes_[node].first + i];
  }
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }

  // Values.
  [[nodiscard]] Node ancestor(Node entity, KindIndex kind);
  [[nodiscard]] Node parent(Node entity);
  [[nodiscard]] Node attribute(Node entity, AttributeIndex index, const Type& type);
  [[nodiscard]] Node parameter(std::uint16_t index, const Type& type);
  [[nodiscard]] Node context(std::uint16_t index, const Type& type);
  [[nodiscard]] Node now();
  [[nodiscard]] Node constant(vm::Constant constant);
  [[nodiscard]] Node variable(std::uint32_t depth, const Type& type);
  [[nodiscard]] Node value(NodeKind kind, std::initializer_list<Node> operands, const Type& type);
  [[nodiscard]] Node truth(Node test);

  // Tests.
  [[nodiscard]] Node negation(Node test);
  [[nodiscard]] Node all_of(std::vector<Node> tests);
  [[nodiscard]] Node any_of(std::vector<Node> tests);
  [[nodiscard]] Node role(Node principal, Node entity, KindIndex kind, const vm::RoleMask& mask, bool itself);
  // Is the value, or one of the set, a role that the snapshot defines at the entity or above, and granted?
  [[nodiscard]] Node has_defined(Node principal, Node entity, Node value, bool itself);
  [[nodiscard]] Node is_true(Node value);
  [[nodiscard]] Node compare(NodeKind kind, Node left, Node right);  // every test of two values
  [[nodiscard]] Node is_set(Node value);
  [[nodiscard]] Node is_kind(Node entity, KindIndex kind);
  [[nodiscard]] Node is_inline(Node entity);
  [[nodiscard]] Node loop(NodeKind kind, Node range, Node variable, Node body, std::int64_t number = 0);

  // What is noted.
  [[nodiscard]] Node note_windows(Node principal, Node entity);
  [[nodiscard]] Node note_instant(Node time);

  [[nodiscard]] const vm::RoleMask& mask(std::uint32_t index) const noexcept { return masks_[index]; }
  [[nodiscard]] const vm::Constant& constant_of(Node node) const noexcept {
    return constants_[nodes_[node].data];
  }
  [[nodiscard]] bool is_constant(Node node) const noexcept { return nodes_[node].kind == NodeKind::constant; }

 private:
  [[nodiscard]] Node add(NodeInfo info, std::span<const Node> operands);
  [[nodiscard]] Node add(NodeInfo info, std::initializer_list<Node> operands) {
    return add(info, std::span(operands.begin(), operands.size()));
  }
  [[nodiscard]] Node join(NodeKind kind, std::vector<Node> tests);
  void unite_roles(NodeKind kind, std::vector<Node>& tests);
  [[nodiscard]] bool same(Node node, const NodeInfo& info, std::span<const Node> operands) const noexcept;
  void grow();

  std::vector<NodeInfo> nodes_;
  std::vector<Node> pool_;
  std::vector<std::uint32_t> hashes_;  // of each node
  std::vector<Node> table_;            // open addressing; kNoNode: empty
  MaskPool masks_;
  ConstantPool constants_;
};

inline constexpr Node kNoNode = 0xFFFFFFFF;

// A mask with one bit, and the union of two.
void set_bit(vm::RoleMask& mask, std::size_t bit) noexcept;
[[nodiscard]] vm::RoleMask operator|(const vm::RoleMask& a, const vm::RoleMask& b) noexcept;
[[nodiscard]] bool is_empty(const vm::RoleMask& mask) noexcept;
[[nodiscard]] bool is_subset(const vm::RoleMask& part, const vm::RoleMask& whole) noexcept;

}  // namespace policyc::compiler
