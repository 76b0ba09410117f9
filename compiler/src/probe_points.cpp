#include "probe_points.hpp"

#include <algorithm>

namespace policyc::compiler {

using text::Expr;
using text::ExprKind;

bool is_compound(const Expr& expr) {
  return expr.kind == ExprKind::logical_and || expr.kind == ExprKind::logical_or ||
         (expr.kind == ExprKind::logical_not && is_compound(expr.operands[0]));
}

ProbePoints::ProbePoints(const text::LoadedPackage& loaded, const Model& model)
    : loaded_(loaded), schema_(model.schema) {
  for (const text::File& file : loaded.package.files) {
    for (const text::Condition& one : file.conditions) named(one);
    for (const text::Scope& scope : file.scopes) {
      for (const text::Condition& one : scope.conditions) named(one);
      roles(scope.roles);
    }
    roles(file.system_roles);
  }
  // Open roles are rules, too.
  for (const SourceRule& source : model.rule_sources) rule(*source.syntax);
  sort();
}

std::optional<std::size_t> ProbePoints::find(PointKind kind, text::Span span) const {
  const auto found = known_.find({span.file, span.begin, span.end, kind});
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

const text::Condition* ProbePoints::condition_at(KindIndex kind, const text::Path& path) const {
  if (path.parts.size() != 1) return nullptr;
  const text::Condition* above = nullptr;
  const auto [begin, end] = conditions_.equal_range(path.parts.front().text);
  for (auto one = begin; one != end; ++one) {
    const KindIndex on = schema_.find_kind(one->second->scope.text);
    if (on == kind) return one->second;
    if (on == kSystemKind || (on != kNoIndex && (schema_.kinds[kind].ancestors >> on & 1) != 0))
      above = one->second;
  }
  return above;
}

void ProbePoints::add(PointKind kind, text::Span span, std::string what) {
  points_.push_back({kind, span, std::move(what)});
}

void ProbePoints::rule(const text::Rule& rule) {
  add(PointKind::rule, rule.span, "");
  if (rule.who.size() > 1)
    for (const text::Path& path : rule.who) add(PointKind::who, path.span, quoted(path.span));
  std::size_t named = 0;
  for (const text::ActionRef& ref : rule.actions)
    named += ref.kind == text::ActionRef::Kind::one || ref.kind == text::ActionRef::Kind::several
                 ? ref.actions.size()
                 : 1;
  for (const text::ActionRef& ref : rule.actions) {
    if (named < 2 || (ref.kind != text::ActionRef::Kind::one && ref.kind != text::ActionRef::Kind::several))
      continue;
    for (const text::Name& action : ref.actions)
      add(PointKind::action, action.span, "`" + ref.scope.text + "." + action.text + "`");
  }
  if (rule.when) tests(*rule.when);
  if (rule.unless) tests(*rule.unless);
}

void ProbePoints::tests(const Expr& expr) {
  if (is_compound(expr)) return inner_tests(expr);
  const Expr& test = expr.kind == ExprKind::logical_not ? expr.operands[0] : expr;
  if (test.kind == ExprKind::logical_not) return tests(test);
  add(PointKind::test, test.span, quoted(test.span));
}

void ProbePoints::inner_tests(const Expr& expr) {
  for (const Expr& operand : expr.operands) tests(operand);
}

void ProbePoints::named(const text::Condition& condition) {
  conditions_.emplace(condition.name.text, &condition);
  add(PointKind::condition, condition.name.span, "`" + condition.name.text + "`");
  if (is_compound(condition.body)) inner_tests(condition.body);
}

void ProbePoints::roles(const std::vector<text::Role>& all) {
  for (const text::Role& role : all) {
    for (const text::Path& source : role.sources)
      add(PointKind::source, source.span, "`" + role.name.text + "`");
    if (!role.condition) continue;
    add(PointKind::role_condition, role.condition->span, "the `if` of `" + role.name.text + "`");
    if (is_compound(*role.condition)) inner_tests(*role.condition);
  }
}

void ProbePoints::sort() {
  const auto key = [](const Point& point) {
    return Key{point.span.file, point.span.begin, point.span.end, point.kind};
  };
  std::sort(points_.begin(), points_.end(), [&](const Point& a, const Point& b) { return key(a) < key(b); });
  points_.erase(std::unique(points_.begin(), points_.end(),
                            [&](const Point& a, const Point& b) { return key(a) == key(b); }),
                points_.end());
  for (std::size_t i = 0; i < points_.size(); ++i) known_[key(points_[i])] = i;
}

std::string ProbePoints::quoted(text::Span span) const {
  std::string out;
  for (const char c : loaded_.sources.slice(span)) {
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return "`" + out + "`";
}

}  // namespace policyc::compiler
