#pragma once

// A text, parsed: its tree, the codes of what is wrong with it, and expressions
// written out with all their parentheses.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policyc/text/parse.hpp"

namespace policyc::text::testing {

struct Parsed {
  SourceSet sources;
  Diagnostics diagnostics;
  File file;

  // "1001@2:3 1010@4:1", in the order of the text.
  [[nodiscard]] std::string codes() const {
    std::string all;
    for (const Diagnostic& one : diagnostics.list()) {
      const LineColumn place = sources[one.span.file].locate(one.span.begin);
      if (!all.empty()) all += ' ';
      all +=
          info(one.code).id.substr(2) + "@" + std::to_string(place.line) + ":" + std::to_string(place.column);
    }
    return all;
  }
};

inline Parsed parse_text(std::string text, const ParseLimits& limits = {}) {
  Parsed out;
  const std::uint32_t file = out.sources.add(Source("test.policy", std::move(text)));
  out.file = parse(out.sources, file, out.diagnostics, limits);
  return out;
}

inline std::string shown(const Path& path) {
  std::string out;
  for (const Name& part : path.parts) out += (out.empty() ? "" : ".") + part.text;
  return out;
}

inline std::string shown(const Expr& expr) {
  static constexpr const char* kNames[] = {
      "bool",    "int",     "string",   "duration",     "time",         "ip",
      "set",     "entity",  "path",     "not",          "and",          "or",
      "compare", "in",      "contains", "contains_all", "contains_any", "starts",
      "ends",    "matches", "is_set",   "is",           "may",          "size",
      "+",       "-",       "else",     "any",          "all",          "at_least"};
  static constexpr const char* kOps[] = {"==", "!=", "<", "<=", ">", ">="};
  switch (expr.kind) {
    case ExprKind::boolean: return expr.flag ? "true" : "false";
    case ExprKind::integer: return std::to_string(expr.number);
    case ExprKind::string: return "\"" + expr.text + "\"";
    case ExprKind::duration: return std::to_string(expr.number) + "us";
    case ExprKind::time: return "@" + std::to_string(expr.number);
    case ExprKind::ip: return "ip:" + expr.text;
    case ExprKind::entity: return expr.path.parts[0].text + ":" + expr.text;
    case ExprKind::path: return shown(expr.path);
    default: break;
  }
  std::string head = expr.kind == ExprKind::compare ? kOps[static_cast<std::size_t>(expr.op)]
                                                    : kNames[static_cast<std::size_t>(expr.kind)];
  if (expr.negated) head = "not_" + head;
  if (expr.itself) head += "_itself";
  if (expr.kind == ExprKind::at_least) head += " " + std::to_string(expr.number);
  if (!expr.variable.text.empty()) head += " " + expr.variable.text;
  if (expr.kind == ExprKind::may) head += " " + shown(expr.path);
  for (const Expr& operand : expr.operands) head += " " + shown(operand);
  return "(" + head + ")";
}

// The expression alone, written out; or the codes of what is wrong with it.
inline std::string shown_expression(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const std::uint32_t file = sources.add(Source("expression", text));
  const std::optional<Expr> expr = parse_expression(sources, file, diagnostics);
  if (expr) return shown(*expr);
  std::string codes;
  for (const Diagnostic& one : diagnostics.list()) codes += (codes.empty() ? "" : " ") + info(one.code).id;
  return codes;
}

}  // namespace policyc::text::testing
