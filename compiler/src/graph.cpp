// How nodes are made: folding what is known, then looking for the same node.

#include "graph.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace policyc::compiler {
namespace {

constexpr std::uint32_t kHeaviest = 1'000'000'000;

[[nodiscard]] std::uint32_t mix(std::uint32_t hash, std::uint64_t more) noexcept {
  std::uint64_t x = (std::uint64_t{hash} << 32 | hash) ^ (more * 0x9E3779B97F4A7C15ULL);
  x ^= x >> 29;
  x *= 0xBF58476D1CE4E5B9ULL;
  return static_cast<std::uint32_t>(x >> 32);
}

[[nodiscard]] std::uint32_t hash_of(const NodeInfo& info, std::span<const Node> operands) noexcept {
  std::uint32_t hash = mix(static_cast<std::uint32_t>(info.kind), info.index);
  hash = mix(hash, (std::uint64_t{info.data} << 1) | (info.itself ? 1U : 0U));
  hash = mix(hash, static_cast<std::uint64_t>(info.number));
  for (const Node operand : operands) hash = mix(hash, operand);
  return hash;
}

// Role bits cost an AND, scalars a load and a compare, sets and strings a call,
// loops their body several times. Only the order of tests depends on these.
[[nodiscard]] std::uint32_t own_weight(NodeKind kind, bool first_word) noexcept {
  switch (kind) {
    case NodeKind::role: return first_word ? 1 : 12;
    case NodeKind::is_true:
    case NodeKind::is_kind:
    case NodeKind::is_inline:
    case NodeKind::attribute:
    case NodeKind::parameter:
    case NodeKind::context:
    case NodeKind::parent: return 2;
    case NodeKind::ancestor:
    case NodeKind::equal:
    case NodeKind::less:
    case NodeKind::less_equal: return 3;
    case NodeKind::in_scope:
    case NodeKind::is_member:
    case NodeKind::has_defined:
    case NodeKind::in_members:
    case NodeKind::in_set: return 10;
    case NodeKind::in_network:
    case NodeKind::contains_all:
    case NodeKind::contains_any:
    case NodeKind::starts_with:
    case NodeKind::ends_with:
    case NodeKind::matches: return 20;
    case NodeKind::any:
    case NodeKind::all:
    case NodeKind::at_least:
    case NodeKind::any_path: return 40;
    // After whatever must hold for them to be noted.
    case NodeKind::note_windows:
    case NodeKind::note_instant: return kHeaviest / 2;
    default: return 1;
  }
}

[[nodiscard]] bool is_loop(NodeKind kind) noexcept {
  return kind == NodeKind::any || kind == NodeKind::all || kind == NodeKind::at_least ||
         kind == NodeKind::any_path;
}

[[nodiscard]] bool compares_numbers(TypeKind kind) noexcept {
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::integer:
    case TypeKind::time:
    case TypeKind::duration:
    case TypeKind::enumeration:
    case TypeKind::role: return true;
    default: return false;
  }
}

}  // namespace

void set_bit(vm::RoleMask& mask, std::size_t bit) noexcept {
  mask[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

vm::RoleMask operator|(const vm::RoleMask& a, const vm::RoleMask& b) noexcept {
  return {a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]};
}

bool is_empty(const vm::RoleMask& mask) noexcept { return (mask[0] | mask[1] | mask[2] | mask[3]) == 0; }

bool is_subset(const vm::RoleMask& part, const vm::RoleMask& whole) noexcept {
  for (std::size_t i = 0; i < part.size(); ++i)
    if ((part[i] & ~whole[i]) != 0) return false;
  return true;
}

Graph::Graph() : table_(1024, kNoNode) {
  const Type entity = {TypeKind::entity, TypeKind::boolean, false, 0};
  const auto make = [&](NodeKind kind, const Type& type) {
    NodeInfo info;
    info.kind = kind;
    info.type = type;
    (void)add(info, std::span<const Node>());
  };
  make(NodeKind::never, {});
  make(NodeKind::always, {});
  make(NodeKind::subject, entity);
  make(NodeKind::resource, entity);
}

bool Graph::same(Node node, const NodeInfo& info, std::span<const Node> operands) const noexcept {
  const NodeInfo& other = nodes_[node];
  return other.kind == info.kind && other.index == info.index && other.data == info.data &&
         other.itself == info.itself && other.number == info.number && other.type == info.type &&
         std::ranges::equal(this->operands(node), operands);
}

void Graph::grow() {
  table_.assign(table_.size() * 2, kNoNode);
  for (Node node = 0; node < nodes_.size(); ++node) {
    std::size_t at = hashes_[node] & (table_.size() - 1);
    while (table_[at] != kNoNode) at = (at + 1) & (table_.size() - 1);
    table_[at] = node;
  }
}

Node Graph::add(NodeInfo info, std::span<const Node> operands) {
  const std::uint32_t hash = hash_of(info, operands);
  std::size_t at = hash & (table_.size() - 1);
  for (; table_[at] != kNoNode; at = (at + 1) & (table_.size() - 1))
    if (hashes_[table_[at]] == hash && same(table_[at], info, operands)) return table_[at];

  const bool first_word =
      operands.size() == 2 && operands[0] == kSubject && operands[1] == kResource && !info.itself;
  std::uint64_t weight = own_weight(info.kind, first_word);
  for (const Node operand : operands) {
    info.free |= nodes_[operand].free;
    weight += nodes_[operand].weight;
  }
  if (info.kind == NodeKind::variable) info.free = static_cast<std::uint8_t>(1U << info.index);
  if (is_loop(info.kind)) {
    info.free = static_cast<std::uint8_t>(nodes_[operands[0]].free |
                                          (nodes_[operands[2]].free & ~(1U << nodes_[operands[1]].index)));
    weight += std::uint64_t{nodes_[operands[2]].weight} * 8;
  }
  info.weight = static_cast<std::uint32_t>(std::min<std::uint64_t>(weight, kHeaviest));
  info.first = static_cast<std::uint32_t>(pool_.size());
  info.count = static_cast<std::uint32_t>(operands.size());
  const Node node = static_cast<Node>(nodes_.size());
  pool_.insert(pool_.end(), operands.begin(), operands.end());
  nodes_.push_back(info);
  hashes_.push_back(hash);
  table_[at] = node;
  if (nodes_.size() * 2 > table_.size()) grow();
  return node;
}

// --------------------------------------------------------------------- values

Node Graph::ancestor(Node entity, KindIndex kind) {
  NodeInfo info;
  info.kind = NodeKind::ancestor;
  info.index = kind;
  info.type = {TypeKind::entity, TypeKind::boolean, false, 0};
  return add(info, {entity});
}

Node Graph::parent(Node entity) {
  NodeInfo info;
  info.kind = NodeKind::parent;
  info.type = {TypeKind::entity, TypeKind::boolean, false, 0};
  return add(info, {entity});
}

Node Graph::attribute(Node entity, AttributeIndex index, const Type& type) {
  NodeInfo info;
  info.kind = NodeKind::attribute;
  info.index = index;
  info.type = type;
  return add(info, {entity});
}

Node Graph::parameter(std::uint16_t index, const Type& type) {
  NodeInfo info;
  info.kind = NodeKind::parameter;
  info.index = index;
  info.type = type;
  return add(info, std::span<const Node>());
}

Node Graph::context(std::uint16_t index, const Type& type) {
  NodeInfo info;
  info.kind = NodeKind::context;
  info.index = index;
  info.type = type;
  return add(info, std::span<const Node>());
}

Node Graph::now() {
  NodeInfo info;
  info.kind = NodeKind::now;
  info.type.kind = TypeKind::time;
  return add(info, std::span<const Node>());
}

Node Graph::constant(vm::Constant constant) {
  constant.type.optional = false;
  NodeInfo info;
  info.kind = NodeKind::constant;
  info.type = constant.type;
  info.data = constants_.number_of(constant);
  return add(info, std::span<const Node>());
}

Node Graph::variable(std::uint32_t depth, const Type& type) {
  NodeInfo info;
  info.kind = NodeKind::variable;
  info.index = static_cast<std::uint16_t>(depth);
  info.type = type;
  return add(info, std::span<const Node>());
}

Node Graph::value(NodeKind kind, std::initializer_list<Node> operands, const Type& type) {
  NodeInfo info;
  info.kind = kind;
  info.type = type;
  return add(info, operands);
}

Node Graph::truth(Node test) {
  if (test == kNever || test == kAlways) return constant(boolean_constant(test == kAlways));
  // Not the value itself for a test of its truth: the value may be absent, and then the outcome is false.
  return value(NodeKind::truth, {test}, {});
}

// ---------------------------------------------------------------------- tests

Node Graph::negation(Node test) {
  if (test == kNever) return kAlways;
  if (test == kAlways) return kNever;
  if (nodes_[test].kind == NodeKind::negation) return operand(test, 0);
  NodeInfo info;
  info.kind = NodeKind::negation;
  return add(info, {test});
}

// Several questions about the roles of one principal at one entity are one
// question with the union of their masks: "is r or is s", and dually "is neither".
void Graph::unite_roles(NodeKind kind, std::vector<Node>& tests) {
  std::vector<Node> roles;
  const auto as_role = [&](Node test) {
    if (kind == NodeKind::disjunction) return nodes_[test].kind == NodeKind::role ? test : kNoNode;
    if (nodes_[test].kind != NodeKind::negation) return kNoNode;
    const Node inner = operand(test, 0);
    return nodes_[inner].kind == NodeKind::role ? inner : kNoNode;
  };
  for (const Node test : tests)
    if (const Node role_test = as_role(test); role_test != kNoNode) roles.push_back(role_test);
  if (roles.size() < 2) return;

  const auto asks_the_same = [&](Node a, Node b) {
    return nodes_[a].index == nodes_[b].index && nodes_[a].itself == nodes_[b].itself &&
           std::ranges::equal(operands(a), operands(b));
  };
  const auto before = [&](Node a, Node b) {
    const auto key = [&](Node node) {
      return std::tuple(operand(node, 0), operand(node, 1), nodes_[node].index, nodes_[node].itself, node);
    };
    return key(a) < key(b);
  };
  std::sort(roles.begin(), roles.end(), before);
  std::erase_if(tests, [&](Node test) { return as_role(test) != kNoNode; });
  for (std::size_t i = 0; i < roles.size();) {
    vm::RoleMask united = masks_[nodes_[roles[i]].data];
    std::size_t next = i + 1;
    for (; next < roles.size() && asks_the_same(roles[i], roles[next]); ++next)
      united = united | masks_[nodes_[roles[next]].data];
    const NodeInfo asked = nodes_[roles[i]];
    const Node test = role(operand(roles[i], 0), operand(roles[i], 1), asked.index, united, asked.itself);
    tests.push_back(kind == NodeKind::disjunction ? test : negation(test));
    i = next;
  }
}

Node Graph::join(NodeKind kind, std::vector<Node> tests) {
  const Node neutral = kind == NodeKind::conjunction ? kAlways : kNever;
  const Node decisive = kind == NodeKind::conjunction ? kNever : kAlways;
  if (std::ranges::find(tests, decisive) != tests.end()) return decisive;
  // Tests joined in the same way are as good as their parts.
  std::vector<Node> parts;
  for (const Node test : tests)
    if (nodes_[test].kind == kind) parts.insert(parts.end(), operands(test).begin(), operands(test).end());
  std::erase_if(tests, [&](Node test) { return test == neutral || nodes_[test].kind == kind; });
  tests.insert(tests.end(), parts.begin(), parts.end());
  unite_roles(kind, tests);
  std::sort(tests.begin(), tests.end());
  tests.erase(std::unique(tests.begin(), tests.end()), tests.end());
  for (const Node test : tests)
    if (nodes_[test].kind == NodeKind::negation &&
        std::binary_search(tests.begin(), tests.end(), operand(test, 0)))
      return decisive;
  if (tests.empty()) return neutral;
  if (tests.size() == 1) return tests.front();
  NodeInfo info;
  info.kind = kind;
  return add(info, tests);
}

Node Graph::all_of(std::vector<Node> tests) { return join(NodeKind::conjunction, std::move(tests)); }
Node Graph::any_of(std::vector<Node> tests) { return join(NodeKind::disjunction, std::move(tests)); }

Node Graph::role(Node principal, Node entity, KindIndex kind, const vm::RoleMask& mask, bool itself) {
  if (is_empty(mask)) return kNever;
  NodeInfo info;
  info.kind = NodeKind::role;
  info.index = kind;
  info.itself = itself;
  info.data = masks_.number_of(mask);
  return add(info, {principal, entity});
}

Node Graph::is_true(Node value) {
  if (is_constant(value)) return constant_of(value).value.number != 0 ? kAlways : kNever;
  if (nodes_[value].kind == NodeKind::truth) return operand(value, 0);
  NodeInfo info;
  info.kind = NodeKind::is_true;
  return add(info, {value});
}

// What the policy's text says is a declared role.
Node Graph::has_defined(Node principal, Node entity, Node value, bool itself) {
  if (is_constant(value)) return kNever;
  NodeInfo info;
  info.kind = NodeKind::has_defined;
  info.itself = itself;
  return add(info, {principal, entity, value});
}

Node Graph::compare(NodeKind kind, Node left, Node right) {
  if (is_constant(left) && is_constant(right)) {
    const vm::Constant& a = constant_of(left);
    const vm::Constant& b = constant_of(right);
    const auto known = [](bool outcome) { return outcome ? kAlways : kNever; };
    if (a.type.kind == b.type.kind && compares_numbers(a.type.kind)) {
      if (kind == NodeKind::equal) return known(a.value.number == b.value.number);
      if (kind == NodeKind::less) return known(a.value.number < b.value.number);
      if (kind == NodeKind::less_equal) return known(a.value.number <= b.value.number);
    }
    const bool compares_text = a.type.kind == TypeKind::string || a.type.kind == TypeKind::entity;
    if (kind == NodeKind::equal && a.type.kind == b.type.kind && compares_text)
      return known(a.value == b.value);
    if (kind == NodeKind::in_set && a.type.kind != TypeKind::ip && b.type.kind == TypeKind::set)
      return known(std::ranges::find(b.value.elements, a.value) != b.value.elements.end());
  }
  if (kind == NodeKind::equal && nodes_[left].type.kind == TypeKind::boolean) {
    if (is_constant(left)) std::swap(left, right);
    if (is_constant(right)) {
      if (constant_of(right).value.number != 0) return is_true(left);
      if (nodes_[left].kind == NodeKind::truth) return negation(operand(left, 0));
    }
  }
  if (kind == NodeKind::equal && left > right) std::swap(left, right);
  const bool is_among = kind == NodeKind::in_set || kind == NodeKind::in_members;
  if (is_among && is_constant(right) && constant_of(right).value.elements.empty()) return kNever;
  if (is_among && is_constant(right) && constant_of(right).value.elements.size() == 1) {
    const vm::Constant& set = constant_of(right);
    return compare(
        kind == NodeKind::in_set ? NodeKind::equal : NodeKind::is_member, left,
        constant({{set.type.element, TypeKind::boolean, false, set.type.argument}, set.value.elements[0]}));
  }
  NodeInfo info;
  info.kind = kind;
  return add(info, {left, right});
}

Node Graph::is_set(Node value) {
  switch (nodes_[value].kind) {
    case NodeKind::subject:
    case NodeKind::resource:
    case NodeKind::now:
    case NodeKind::constant:
    case NodeKind::variable:
    case NodeKind::truth: return kAlways;
    case NodeKind::otherwise: {
      const Node left = operand(value, 0);
      const Node right = operand(value, 1);
      return any_of({is_set(left), is_set(right)});
    }
    case NodeKind::size:
    case NodeKind::add:
    case NodeKind::subtract: {
      const std::vector<Node> parts(operands(value).begin(), operands(value).end());
      std::vector<Node> tests;
      tests.reserve(parts.size());
      for (const Node part : parts) tests.push_back(is_set(part));
      return all_of(std::move(tests));
    }
    default: break;
  }
  NodeInfo info;
  info.kind = NodeKind::is_set;
  return add(info, {value});
}

Node Graph::is_kind(Node entity, KindIndex kind) {
  if (is_constant(entity)) return constant_of(entity).value.number == kind ? kAlways : kNever;
  NodeInfo info;
  info.kind = NodeKind::is_kind;
  info.index = kind;
  return add(info, {entity});
}

Node Graph::is_inline(Node entity) {
  NodeInfo info;
  info.kind = NodeKind::is_inline;
  return add(info, {entity});
}

Node Graph::note_windows(Node principal, Node entity) {
  NodeInfo info;
  info.kind = NodeKind::note_windows;
  return add(info, {principal, entity});
}

Node Graph::note_instant(Node time) {
  NodeInfo info;
  info.kind = NodeKind::note_instant;
  return add(info, {time});
}

// A body that is known needs no loop: only the number of elements counts.
Node Graph::loop(NodeKind kind, Node range, Node variable, Node body, std::int64_t number) {
  if (kind == NodeKind::at_least && number <= 0) return kAlways;
  if (kind == NodeKind::at_least && number == 1) kind = NodeKind::any, number = 0;
  if (kind == NodeKind::any_path && (body == kNever || body == kAlways))
    return body == kNever ? kNever : is_set(range);
  if (body == kNever || body == kAlways) {
    const bool holds = body == kAlways;
    if (kind == NodeKind::all && holds) return kAlways;
    if (kind != NodeKind::all && !holds) return kNever;
    const Node size = value(NodeKind::size, {range}, {TypeKind::integer, TypeKind::boolean, false, 0});
    if (kind == NodeKind::all) return compare(NodeKind::equal, size, constant(integer_constant(0)));
    return compare(NodeKind::less_equal, constant(integer_constant(kind == NodeKind::any ? 1 : number)),
                   size);
  }
  // "Any of them is x" asks whether x is among them; two spellings of an address are
  // one address to `==` alone.
  if (kind == NodeKind::any && nodes_[body].kind == NodeKind::equal &&
      nodes_[variable].type.kind != TypeKind::ip) {
    const Node left = operand(body, 0);
    const Node other = left == variable ? operand(body, 1) : left;
    const bool asks_variable = left == variable || operand(body, 1) == variable;
    if (asks_variable && (nodes_[other].free & nodes_[variable].free) == 0)
      return compare(NodeKind::in_set, other, range);
  }
  NodeInfo info;
  info.kind = kind;
  info.number = number;
  return add(info, {range, variable, body});
}

}  // namespace policyc::compiler
