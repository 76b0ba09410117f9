#include <algorithm>
#include <bit>
#include <set>

#include "lints.hpp"
#include "matrix_atoms.hpp"
#include "role_closure.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

class RoleLints {
 public:
  explicit RoleLints(const Analysis& analysis)
      : analysis_(analysis), model_(analysis.model), closures_(analysis.model), above_(model_.roles.size()) {
    for (std::size_t i = 0; i < model_.roles.size(); ++i)
      for (const RoleIndex held : closure_of(model_, static_cast<RoleIndex>(i)))
        if (held != i) above_[held].push_back(static_cast<RoleIndex>(i));
  }

  void run() {
    for (std::size_t role = 0; role < model_.roles.size(); ++role)
      opened_by_inclusion(static_cast<RoleIndex>(role));
    for (const RuleUse& use : model_.uses) {
      const text::Rule& rule = *model_.rule_sources[use.rule].syntax;
      for (std::size_t i = 0; i < use.who.size(); ++i) {
        if (use.who[i].kind != WhoKind::role) continue;
        const text::Span span = place(rule, use.who[i].index);
        if (rule.effect == text::Effect::forbid) forbidden_by_inclusion(use, use.who[i].index, span);
        rolled_up_below(use.who[i].index, std::uint64_t{1} << use.kind, span);
      }
      each_term(use, [&](const Term& term) {
        if (term.kind != TermKind::has_role || term.itself) return;
        const Term& at = term.operands[1];
        for (const RoleIndex role : term.roles)
          rolled_up_below(role, at.kinds != 0 ? at.kinds : at.type.argument, term.span);
      });
    }
  }

 private:
  [[nodiscard]] text::Span place(const text::Rule& rule, RoleIndex role) const {
    for (const text::Path& path : rule.who)
      if (path.parts.back().text == model_.schema.roles[role].name) return path.span;
    return rule.span;
  }

  // A forbid hits everyone who holds the role. An author who names the higher roles,
  // or exempts some of them, knows that.
  void forbidden_by_inclusion(const RuleUse& use, RoleIndex role, text::Span span) {
    std::vector<std::string> hit;
    std::string exempt;
    for (const RoleIndex higher : above_[role]) {
      const bool named = std::any_of(use.who.begin(), use.who.end(), [&](const Who& who) {
        return who.kind == WhoKind::role && who.index == higher;
      });
      if (named) continue;
      if (asks_for(use, higher)) return;
      hit.push_back("'" + model_.schema.roles[higher].name + "'");
      exempt += (exempt.empty() ? "" : ", ") + model_.schema.roles[higher].name;
    }
    if (hit.empty()) return;
    if (hit.size() > 1) exempt = "{" + exempt + "}";
    analysis_.diagnostics.add(DiagCode::forbid_hits_higher_roles, span,
                              {model_.schema.roles[role].name, listed(hit), exempt});
  }

  static bool asks_for(const RuleUse& use, RoleIndex role) {
    bool found = false;
    each_term(use, [&](const Term& term) {
      found = found || (term.kind == TermKind::has_role &&
                        std::find(term.roles.begin(), term.roles.end(), role) != term.roles.end());
    });
    return found;
  }

  // What is held by everyone who holds a public role is as open as that one.
  void opened_by_inclusion(RoleIndex role) {
    const RoleInfo& info = model_.schema.roles[role];
    if (info.is_public || !info.grantable) return;
    for (const RoleIndex higher : above_[role])
      if (model_.schema.roles[higher].is_public)
        analysis_.diagnostics.add(DiagCode::public_includes, model_.roles[higher].span,
                                  {role_name(model_.schema, higher), role_name(model_.schema, role)});
  }

  // Below its scope a rolled-up role counts where it is granted, and only there.
  void rolled_up_below(RoleIndex role, std::uint64_t kinds, text::Span span) {
    const RoleInfo& info = model_.schema.roles[role];
    if (info.up_bit == kNoBit) return;
    for (std::uint64_t left = kinds; left != 0; left &= left - 1) {
      const auto kind = static_cast<KindIndex>(std::countr_zero(left));
      if (kind == info.kind || !closures_.can_be_below(kind, info.kind)) continue;
      const RoleClosure& closure = closures_.of(role, kind, false);
      int ways = static_cast<int>(closure.derived.size());
      for (const RoleClosure::Bits& bits : closure.bits)
        for (const std::uint64_t word : bits.mask) ways += std::popcount(word);
      if (ways > 1) continue;
      analysis_.diagnostics.add(DiagCode::rolled_up_below, span,
                                {role_name(model_.schema, role), model_.schema.kinds[kind].name,
                                 model_.schema.kinds[info.kind].name});
      return;
    }
  }

  const Analysis& analysis_;
  const Model& model_;
  RoleClosures closures_;
  std::vector<std::vector<RoleIndex>> above_;  // by role: those whose holders hold it too
};

}  // namespace

void lint_roles(const Analysis& analysis) { RoleLints(analysis).run(); }

}  // namespace policyc::compiler
