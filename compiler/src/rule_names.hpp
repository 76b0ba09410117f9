#pragma once

// What rules are called: `@id`, else file:line.

#include <string>
#include <unordered_map>

#include "analysis.hpp"

namespace policyc::compiler {

class RuleNames {
 public:
  explicit RuleNames(const Analysis& analysis);

  // Id, reason, place and effect. Two rules with one id are reported.
  [[nodiscard]] RuleInfo info(const text::Rule& rule);

 private:
  [[nodiscard]] std::string place(text::Span span) const;
  void check_id(const text::Annotation& annotation) const;

  const Analysis& analysis_;
  std::string root_;  // the package's folder with its slash, which no place names
  std::unordered_map<std::string, text::Span> known_;
};

// The annotation of this name, or nullptr.
[[nodiscard]] const text::Annotation* annotation(const text::Annotated& declaration, std::string_view name);

}  // namespace policyc::compiler
