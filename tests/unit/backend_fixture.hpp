#pragma once

// Hand-made models over the schema of vm_fixture.hpp, for the tests of the back end
// alone: terms as functions, and a policy with one action, task.act.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "policyc/compiler/compile.hpp"
#include "unit/vm_fixture.hpp"

namespace policyc::compiler::testing {

using namespace policyc::vm::testing;  // NOLINT: the schema's names

inline Term term(TermKind kind, Type type, std::vector<Term> operands = {}, std::uint32_t index = 0) {
  Term made;
  made.kind = kind;
  made.type = type;
  made.index = index;
  made.operands = std::move(operands);
  return made;
}

inline constexpr std::uint64_t bit(KindIndex kind) { return std::uint64_t{1} << kind; }
inline constexpr Type entity_type(std::uint64_t kinds) {
  return {TypeKind::entity, TypeKind::boolean, false, kinds};
}

// `text` would be the namespace.
inline DefaultValue literal(std::string value) { return vm::testing::text(std::move(value)); }

inline Term subject() { return term(TermKind::subject, entity_type(bit(kUser) | bit(kService))); }
inline Term resource(KindIndex kind = kTask) { return term(TermKind::resource, entity_type(bit(kind))); }
inline Term ancestor(KindIndex kind, Term of = resource()) {
  return term(TermKind::ancestor, entity_type(bit(kind)), {std::move(of)}, kind);
}
inline Term attribute(AttributeIndex index, Term of = resource()) {
  return term(TermKind::attribute, schema().attributes[index].type, {std::move(of)}, index);
}
inline Term constant(Type type, DefaultValue value) {
  Term made = term(TermKind::constant, type);
  made.constant = std::move(value);
  return made;
}
inline Term variable(std::uint32_t index, Type type) { return term(TermKind::variable, type, {}, index); }
inline Term test(TermKind kind, std::vector<Term> operands) { return term(kind, kBool, std::move(operands)); }
inline Term equal(Term a, Term b) { return test(TermKind::equal, {std::move(a), std::move(b)}); }
inline Term negated(Term a) { return test(TermKind::logical_not, {std::move(a)}); }
inline Term both(Term a, Term b) { return test(TermKind::logical_and, {std::move(a), std::move(b)}); }
inline Term either(Term a, Term b) { return test(TermKind::logical_or, {std::move(a), std::move(b)}); }
inline Term is_set(Term a) { return test(TermKind::is_set, {std::move(a)}); }
inline Term has_role(Term principal, RoleIndex role, Term at, bool itself = false) {
  Term made = test(TermKind::has_role, {std::move(principal), std::move(at)});
  made.roles = {role};
  made.itself = itself;
  return made;
}
inline Term any(Term set, Term body) { return test(TermKind::any, {std::move(set), std::move(body)}); }
inline Term all(Term set, Term body) { return test(TermKind::all, {std::move(set), std::move(body)}); }
inline Term at_least(std::int64_t number, Term set, Term body) {
  Term made = test(TermKind::at_least, {std::move(set), std::move(body)});
  made.number = number;
  return made;
}

inline Who role_who(RoleIndex role) { return {WhoKind::role, role}; }

// The schema, no rules, and one action of tasks.
inline Model model() {
  Model made;
  made.name = "fixture";
  made.version = "1.0.0";
  made.schema = schema();
  made.roles.resize(made.schema.roles.size());
  made.context = {{"ip", kIp, std::nullopt}, {"channel", kString, literal("ui")}};
  ActionInfo act = action("act");
  act.wire_name = "act";
  act.parameters = {{"to", kUserType, std::nullopt}, {"new_role", kOrganizationRole, std::nullopt}};
  made.actions = {act};
  made.action_spans.resize(1);
  return made;
}

inline RuleUse& add_rule(Model& made, RuleEffect effect, std::vector<Who> who, std::optional<Term> when = {},
                         std::optional<Term> unless = {}) {
  const auto rule = static_cast<RuleIndex>(made.rules.size());
  made.rules.push_back({"r" + std::to_string(rule), "", "test.policy:" + std::to_string(rule + 1), effect});
  RuleUse use;
  use.rule = rule;
  use.kind = kTask;
  use.actions = {0};
  use.who = std::move(who);
  use.when = std::move(when);
  use.unless = std::move(unless);
  made.uses.push_back(std::move(use));
  return made.uses.back();
}

inline RuleUse& allow(Model& made, std::vector<Who> who, std::optional<Term> when = {},
                      std::optional<Term> unless = {}) {
  return add_rule(made, RuleEffect::allow, std::move(who), std::move(when), std::move(unless));
}
inline RuleUse& forbid(Model& made, std::vector<Who> who, std::optional<Term> when = {},
                       std::optional<Term> unless = {}) {
  return add_rule(made, RuleEffect::forbid, std::move(who), std::move(when), std::move(unless));
}

struct Generated {
  std::optional<Program> program;  // only if it was generated and verified
  std::string code;                // disassembled, or why there is none
  text::Diagnostics diagnostics;
};

inline Generated generated(Model& made) {
  Generated result;
  const text::LoadedPackage none;
  const std::vector<std::byte> image = generate(made, none, result.diagnostics);
  if (image.empty()) {
    for (const text::Diagnostic& diagnostic : result.diagnostics.list())
      result.code += message(diagnostic) + "\n";
    return result;
  }
  Result<Program> loaded = Program::load(image, Trust::unsigned_local());
  if (!loaded) {
    result.code = loaded.error().message;
    return result;
  }
  result.program.emplace(std::move(*loaded));
  result.code = result.program->disassemble();
  return result;
}

}  // namespace policyc::compiler::testing
