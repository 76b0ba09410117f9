// What is declared @deprecated, and still named.
//
// A star doesn't name anything, and tests and tables may show what still works. What is deprecated itself may
// name other such things: so all of it can go on working, and go together one day, without a warning.

#include <map>
#include <set>
#include <string>

#include "lints.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

const text::Annotation* deprecation(const text::Annotated& declared) {
  for (const text::Annotation& one : declared.annotations)
    if (one.name.text == "deprecated") return &one;
  return nullptr;
}

class Deprecated {
 public:
  explicit Deprecated(const Analysis& analysis) : analysis_(analysis), model_(analysis.model) {
    for (const text::File& file : analysis.loaded.package.files) {
      declared(kSystemKind, file.system_roles, file.system_actions);
      for (const text::Scope& scope : file.scopes)
        declared(analysis.symbols.kind(scope.name.text), scope.roles, scope.actions);
      for (const text::SubjectKind& subject : file.subjects)
        declared(analysis.symbols.kind(subject.name.text), {}, subject.actions);
    }
  }

  void run() {
    if (roles_.empty() && actions_.empty()) return;
    for (std::size_t i = 0; i < model_.roles.size(); ++i) role(static_cast<RoleIndex>(i));
    for (const RuleUse& use : model_.uses) rule(use);
    for (const text::File& file : analysis_.loaded.package.files) {
      for (const text::Rule& one : file.rules)
        if (deprecation(one) == nullptr) targets(one.actions);
      for (const text::ActionGroup& group : file.groups) targets(group.members);
    }
  }

 private:
  void declared(KindIndex kind, const std::vector<text::Role>& roles,
                const std::vector<text::Action>& actions) {
    if (kind == kNoIndex) return;
    for (const text::Role& one : roles)
      if (const text::Annotation* why = deprecation(one))
        if (const RoleIndex index = model_.schema.find_role(kind, one.name.text); index != kNoIndex)
          roles_.emplace(index, why);
    for (const text::Action& one : actions)
      if (const text::Annotation* why = deprecation(one))
        if (const auto index = analysis_.symbols.action(kind, one.name.text)) actions_.emplace(*index, why);
  }

  void role(RoleIndex index) {
    if (roles_.contains(index)) return;
    const RoleModel& role = model_.roles[index];
    for (const RoleIndex other : role.includes) named(other, role.span);
    for (const RoleIndex other : role.role_sources) named(other, role.span);
    for (const RoleModel::Through& through : role.through) named(through.role, role.span);
    if (role.condition) term(*role.condition);
  }

  void rule(const RuleUse& use) {
    const text::Rule& written = *model_.rule_sources[use.rule].syntax;
    if (deprecation(written) != nullptr) return;
    for (const Who& who : use.who) {
      if (who.kind != WhoKind::role) continue;
      text::Span span = written.span;
      for (const text::Path& path : written.who)
        if (path.parts.back().text == model_.schema.roles[who.index].name) span = path.span;
      named(static_cast<RoleIndex>(who.index), span);
    }
    each_term(use, [&](const Term& one) { asked(one); });
  }

  void term(const Term& whole) {
    each_term(whole, [&](const Term& one) { asked(one); });
  }

  void asked(const Term& one) {
    if (one.kind == TermKind::has_role)
      for (const RoleIndex role : one.roles) named(role, one.span);
    if (one.kind == TermKind::may) action(static_cast<ActionIndex>(one.index), one.span);
  }

  void targets(const std::vector<text::ActionRef>& all) {
    for (const text::ActionRef& ref : all) {
      if (ref.kind != text::ActionRef::Kind::one && ref.kind != text::ActionRef::Kind::several) continue;
      const KindIndex kind = analysis_.symbols.kind(ref.scope.text);
      for (const text::Name& name : ref.actions)
        if (const auto index = kind == kNoIndex ? std::nullopt : analysis_.symbols.action(kind, name.text))
          action(*index, name.span);
    }
  }

  void named(RoleIndex role, text::Span span) {
    if (const auto found = roles_.find(role); found != roles_.end())
      report("role", role_name(model_.schema, role), *found->second, span);
  }
  void action(ActionIndex action, text::Span span) {
    if (const auto found = actions_.find(action); found != actions_.end())
      report("action", action_name(model_, action), *found->second, span);
  }

  // A rule over several kinds names a thing once.
  void report(const char* what, const std::string& name, const text::Annotation& why, text::Span span) {
    if (!reported_.insert({span.file, span.begin, name}).second) return;
    analysis_.diagnostics.add(DiagCode::deprecated_use, span, {what, name, why.value}, {},
                              {{why.span, "says so"}});
  }

  const Analysis& analysis_;
  const Model& model_;
  std::map<RoleIndex, const text::Annotation*> roles_;
  std::map<ActionIndex, const text::Annotation*> actions_;
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::string>> reported_;
};

}  // namespace

void lint_deprecated(const Analysis& analysis) { Deprecated(analysis).run(); }

}  // namespace policyc::compiler
