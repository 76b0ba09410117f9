#include "lints.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

void lint_tests(const Analysis& analysis) {
  for (const text::File& file : analysis.loaded.package.files)
    for (const text::Test& test : file.tests) {
      bool any = !test.expectations.empty() || !test.lists.empty();
      for (const text::TestTable& table : test.tables)
        any = any || (!table.rows.empty() && !table.columns.empty());
      if (!any) analysis.diagnostics.add(DiagCode::empty_test, test.span, {test.name});
    }
}

}  // namespace

void lint(const Analysis& analysis, const Asking& asking) {
  lint_tests(analysis);
  if (analysis.model.rules.empty()) {
    // What a package without rules leaves unused is everything.
    const auto& files = analysis.loaded.package.files;
    const std::uint32_t file = files.empty() ? 0 : files.front().file;
    if (file < analysis.loaded.sources.size()) analysis.diagnostics.add(DiagCode::no_rules, {file, 0, 0});
    return;
  }
  lint_rules(analysis);
  lint_roles(analysis);
  lint_constraints(analysis);
  lint_conditions(analysis);
  lint_deprecated(analysis);
  lint_unused(analysis, asking);
}

}  // namespace policyc::compiler
