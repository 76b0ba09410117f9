#pragma once

// The places of a policy that requests may lead through, each once, found by its span.

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "policyc/compiler/probes.hpp"

namespace policyc::compiler {

class ProbePoints {
 public:
  // Of conditions, a test that stands alone is the condition itself, and no place of its own.
  ProbePoints(const text::LoadedPackage& loaded, const Model& model);

  [[nodiscard]] std::optional<std::size_t> find(PointKind kind, text::Span span) const;
  // What the name of a condition means on a kind: the one on it, or else on a kind above; nullptr: none.
  [[nodiscard]] const text::Condition* condition_at(KindIndex kind, const text::Path& path) const;
  [[nodiscard]] std::vector<Point> take() && { return std::move(points_); }
  [[nodiscard]] std::size_t size() const noexcept { return points_.size(); }

 private:
  using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, PointKind>;

  void add(PointKind kind, text::Span span, std::string what);
  void rule(const text::Rule& rule);
  void tests(const text::Expr& expr);
  void inner_tests(const text::Expr& expr);
  void named(const text::Condition& condition);
  void roles(const std::vector<text::Role>& all);
  void sort();
  [[nodiscard]] std::string quoted(text::Span span) const;

  const text::LoadedPackage& loaded_;
  std::vector<Point> points_;
  std::map<Key, std::size_t> known_;
  const Schema& schema_;
  std::multimap<std::string, const text::Condition*> conditions_;
};

// Does the test consist of others?
[[nodiscard]] bool is_compound(const text::Expr& expr);

}  // namespace policyc::compiler
