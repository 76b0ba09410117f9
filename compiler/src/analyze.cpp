// The front end: from the syntax tree to the model, or to everything that is wrong
// with it.

#include <utility>

#include "analysis.hpp"
#include "asking.hpp"
#include "policyc/compiler/compile.hpp"

namespace policyc::compiler {

namespace {

// Keeps the first of them. All that name a condition which is too deep are too deep as well, thousands maybe,
// and for the same reason.
void told_once(text::DiagCode code, text::Diagnostics& diagnostics) {
  text::Diagnostics kept;
  bool is_told = false;
  for (const text::Diagnostic& one : diagnostics.list()) {
    if (one.code == code && std::exchange(is_told, true)) continue;
    kept.add(one);
  }
  diagnostics = std::move(kept);
}

}  // namespace

std::optional<Model> analyze(const text::LoadedPackage& loaded, text::Diagnostics& diagnostics) {
  // Names of a file that can't be read would all look unknown.
  if (loaded.io_failed || loaded.limit_exceeded) return std::nullopt;

  std::optional<Model> result(std::in_place);
  Model& model = *result;
  model.package = &loaded.package;
  Symbols symbols(model);
  const std::size_t errors = diagnostics.error_count();
  declare(loaded, model, symbols, diagnostics);

  Analysis analysis{loaded, model, symbols, diagnostics, true, {}, {}};
  // A declaration that the parser gave up may have said anything.
  analysis.sound_declarations = errors == 0 && diagnostics.error_count() == 0;
  add_role_conditions(analysis);
  check_named_conditions(analysis);
  add_rules(analysis);
  add_constraints(analysis);
  check_role_questions(analysis);
  const Asking asking(model);
  find_permission_cycles(analysis, asking);
  check_tests(analysis);
  check_matrices(analysis);
  told_once(text::DiagCode::conditions_too_deep, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;

  mark_own_conditions(model, asking);
  lint(analysis, asking);
  return result;
}

std::uint64_t subject_kinds(const Schema& schema) {
  std::uint64_t kinds = 0;
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind)
    if (schema.kinds[kind].category == KindCategory::subject) kinds |= std::uint64_t{1} << kind;
  return kinds;
}

std::string role_name(const Schema& schema, RoleIndex role) {
  return schema.kinds[schema.roles[role].kind].name + "." + schema.roles[role].name;
}

std::string action_name(const Model& model, ActionIndex action) {
  return model.schema.kinds[model.actions[action].kind].name + "." + model.actions[action].name;
}

std::string plain_name_of(const Model& model, KindIndex kind, const std::string& wire_name) {
  for (const auto& action : model.actions)
    if (action.kind == kind && action.wire_name == wire_name) return action.name;
  return {};
}

std::string listed(const std::vector<std::string>& names, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " " + last + " " : ", ";
    text += names[i];
  }
  return text;
}

std::string suggestion_for(const std::string& name, std::vector<std::string> candidates) {
  constexpr std::size_t kMostNames = 6;
  // What bears the name and yet is not meant by it would be no help.
  std::erase(candidates, name);
  std::string near = text::did_you_mean(name, candidates);
  if (!near.empty()) return near;
  if (candidates.empty()) return "there are none";
  // A beginning of some of them says which were meant.
  std::vector<std::string> longer;
  for (const std::string& candidate : candidates)
    if (name.size() > 2 && candidate.rfind(name, 0) == 0) longer.push_back(candidate);
  if (!longer.empty() && longer.size() <= kMostNames) return "did you mean " + listed(longer, "or") + "?";
  if (candidates.size() == 1) return "there is only " + candidates.front();
  if (candidates.size() <= kMostNames) return "there are " + listed(candidates);
  std::vector<std::string> some(candidates.begin(), candidates.begin() + kMostNames - 1);
  some.push_back(std::to_string(candidates.size() - some.size()) + " more");
  return "there are " + listed(some);
}

void report_unknown(const Analysis& analysis, const char* what, const std::string& name, text::Span span,
                    const std::vector<std::string>& candidates) {
  if (analysis.symbols.is_tainted(name)) return;
  analysis.diagnostics.add(text::DiagCode::unknown_name, span, {what, name},
                           suggestion_for(name, candidates));
}

}  // namespace policyc::compiler
