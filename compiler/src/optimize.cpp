// Some rule matches: a disjunction of conjunctions. Those that differ only in the
// roles they ask for become one with all the roles; what another one implies is
// dropped; what several share is asked once.

#include "optimize.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace policyc::compiler {
namespace {

using Product = std::vector<Node>;  // factors in ascending order, without repetition

constexpr int kFactorLevels = 4;

// Of whom, where and how roles are asked: tests with one key can be united.
using RoleKey = std::tuple<Node, Node, KindIndex, bool>;

class Simplifier {
 public:
  explicit Simplifier(Graph& graph) : graph_(graph) {}

  // What is known to be false from now on.
  void assume_false(Node test);

  [[nodiscard]] Node any_of(const std::vector<Node>& tests);

 private:
  [[nodiscard]] RoleKey key_of(Node role) const {
    return {graph_.operand(role, 0), graph_.operand(role, 1), graph_[role].index, graph_[role].itself};
  }
  [[nodiscard]] const vm::RoleMask& mask_of(Node role) const { return graph_.mask(graph_[role].data); }
  [[nodiscard]] bool is_role(Node test) const { return graph_[test].kind == NodeKind::role; }

  [[nodiscard]] bool is_known(Node test) const;
  void add_products(Node test, std::vector<Product>& products) const;
  [[nodiscard]] std::vector<Product> unite_roles(const std::vector<Product>& products);
  [[nodiscard]] std::vector<Product> absorb(const std::vector<Product>& products) const;
  [[nodiscard]] Node factor(const std::vector<Product>& products, int level);

  Graph& graph_;
  std::set<Node> false_;
  std::vector<std::pair<RoleKey, vm::RoleMask>> held_;
};

void Simplifier::assume_false(Node test) {
  if (graph_[test].kind == NodeKind::disjunction) {
    for (const Node operand : graph_.operands(test)) assume_false(operand);
    return;
  }
  false_.insert(test);
  if (graph_[test].kind != NodeKind::negation) return;
  const Node inner = graph_.operand(test, 0);
  if (is_role(inner)) held_.emplace_back(key_of(inner), mask_of(inner));
}

// Known to be true?
bool Simplifier::is_known(Node test) const {
  if (false_.empty()) return false;
  if (is_role(test))
    return std::any_of(held_.begin(), held_.end(), [&](const auto& held) {
      return held.first == key_of(test) && is_subset(held.second, mask_of(test));
    });
  return graph_[test].kind == NodeKind::negation && false_.contains(graph_.operand(test, 0));
}

void Simplifier::add_products(Node test, std::vector<Product>& products) const {
  if (test == kNever) return;
  if (graph_[test].kind == NodeKind::disjunction) {
    for (const Node operand : graph_.operands(test)) add_products(operand, products);
    return;
  }
  const Node alone[] = {test};
  const auto factors =
      graph_[test].kind == NodeKind::conjunction ? graph_.operands(test) : std::span<const Node>(alone);
  Product product;
  for (const Node node : factors) {
    if (false_.contains(node)) return;
    if (node != kAlways && !is_known(node)) product.push_back(node);
  }
  products.push_back(std::move(product));
}

std::vector<Product> Simplifier::unite_roles(const std::vector<Product>& products) {
  struct Group {
    vm::RoleMask mask{};
    Product rest;
  };
  std::map<std::pair<RoleKey, Product>, std::size_t> numbers;
  std::vector<Group> groups;
  std::vector<RoleKey> keys;
  std::vector<Product> result;
  for (const Product& product : products) {
    const auto role = std::find_if(product.begin(), product.end(), [&](Node node) { return is_role(node); });
    if (role == product.end()) {
      result.push_back(product);
      continue;
    }
    Product rest = product;
    rest.erase(rest.begin() + (role - product.begin()));
    const auto [position, is_new] = numbers.try_emplace({key_of(*role), rest}, groups.size());
    if (is_new) {
      groups.push_back({{}, std::move(rest)});
      keys.push_back(key_of(*role));
    }
    Group& group = groups[position->second];
    group.mask = group.mask | mask_of(*role);
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto& [principal, entity, kind, itself] = keys[i];
    Product product = std::move(groups[i].rest);
    product.push_back(graph_.role(principal, entity, kind, groups[i].mask, itself));
    std::sort(product.begin(), product.end());
    result.push_back(std::move(product));
  }
  return result;
}

// Drops what a single test of the list implies: `a or (a and b)` is `a`.
std::vector<Product> Simplifier::absorb(const std::vector<Product>& products) const {
  std::set<Node> alone;
  std::map<RoleKey, vm::RoleMask> masks;
  for (const Product& product : products) {
    if (product.size() != 1) continue;
    alone.insert(product.front());
    if (is_role(product.front())) masks[key_of(product.front())] = mask_of(product.front());
  }
  const auto implied = [&](Node node) {
    if (alone.contains(node)) return true;
    if (!is_role(node)) return false;
    const auto found = masks.find(key_of(node));
    return found != masks.end() && is_subset(mask_of(node), found->second);
  };
  std::vector<Product> result;
  for (const Product& product : products)
    if (product.size() == 1 || std::none_of(product.begin(), product.end(), implied))
      result.push_back(product);
  return result;
}

// Each product goes to the group of its most frequent factor, which the group then
// asks once. Linear in the products at each level, and the levels are few.
Node Simplifier::factor(const std::vector<Product>& products, int level) {
  std::map<Node, std::size_t> frequency;
  for (const Product& product : products)
    for (const Node node : product) ++frequency[node];

  std::vector<Node> ways;
  std::map<Node, std::vector<Product>> groups;
  for (const Product& product : products) {
    const auto most = std::max_element(product.begin(), product.end(), [&](Node a, Node b) {
      return frequency[a] != frequency[b] ? frequency[a] < frequency[b] : a > b;
    });
    if (level == 0 || most == product.end() || frequency[*most] == 1)
      ways.push_back(graph_.all_of(product));
    else
      groups[*most].push_back(product);
  }
  for (auto& [common, members] : groups) {
    for (Product& member : members) std::erase(member, common);
    ways.push_back(graph_.all_of({common, factor(members, level - 1)}));
  }
  return graph_.any_of(std::move(ways));
}

Node Simplifier::any_of(const std::vector<Node>& tests) {
  std::vector<Product> products;
  for (const Node test : tests) add_products(test, products);
  for (const Product& product : products)
    if (product.empty()) return kAlways;
  std::sort(products.begin(), products.end());
  products.erase(std::unique(products.begin(), products.end()), products.end());
  if (products.size() < 2) return products.empty() ? kNever : graph_.all_of(products.front());
  return factor(absorb(unite_roles(products)), kFactorLevels);
}

[[nodiscard]] std::vector<Node> tests_of(const std::vector<RuleTest>& rules) {
  std::vector<Node> tests;
  tests.reserve(rules.size());
  for (const RuleTest& rule : rules) tests.push_back(rule.test);
  return tests;
}

}  // namespace

Decide optimize(Graph& graph, const ActionTests& tests) {
  Decide decide;
  decide.forbidden = Simplifier(graph).any_of(tests_of(tests.forbids));
  if (decide.forbidden == kAlways) return decide;
  Simplifier allows(graph);
  allows.assume_false(decide.forbidden);
  decide.allowed = allows.any_of(tests_of(tests.allows));
  return decide;
}

}  // namespace policyc::compiler
