#include <algorithm>
#include <map>
#include <set>

#include "lints.hpp"
#include "matrix_atoms.hpp"
#include "rule_targets.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;
using RefKind = text::ActionRef::Kind;

class RuleLints {
 public:
  explicit RuleLints(const Analysis& analysis)
      : analysis_(analysis), model_(analysis.model), targets_(analysis) {
    uses_of_.resize(model_.rules.size());
    blanket_over_.resize(model_.actions.size());
    for (const RuleUse& use : model_.uses) uses_of_[use.rule].push_back(&use);
  }

  void run() {
    for (std::size_t i = 0; i < model_.rules.size(); ++i) {
      const auto rule = static_cast<RuleIndex>(i);
      const text::Rule& syntax = *model_.rule_sources[i].syntax;
      stars(syntax);
      repeated_parts(syntax);
      repeated_rule(rule, syntax);
      if (syntax.when || syntax.unless || syntax.effect != text::Effect::forbid) continue;
      blanket_.push_back(rule);
      for (const RuleUse* use : uses_of_[i])
        for (const ActionIndex action : use->actions) blanket_over_[action].push_back(use);
    }
    for (std::size_t i = 0; i < model_.rules.size(); ++i) shadowed(static_cast<RuleIndex>(i));
    actions_without_allow();
  }

 private:
  // A group that ends in a star was declared, and named, as one.
  void stars(const text::Rule& rule) {
    if (rule.effect != text::Effect::allow) return;
    for (const text::ActionRef& ref : rule.actions) {
      if (ref.kind != RefKind::star && ref.kind != RefKind::star_star) continue;
      const KindIndex kind = analysis_.symbols.kind(ref.scope.text);
      std::vector<std::string> names;
      for (const ActionIndex action : targets_.actions_of(kind)) names.push_back(model_.actions[action].name);
      const bool here = ref.kind == RefKind::star && !names.empty();
      const std::string instead = here ? ref.scope.text + "." + braced(names) : "the actions";
      report(DiagCode::star_in_allow, ref.span, {ref.scope.text + (here ? ".*" : ".**"), instead});
    }
  }

  void repeated_parts(const text::Rule& syntax) {
    for (std::size_t i = 1; i < syntax.who.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (same_role(syntax.who[i], syntax.who[j])) {
          report(DiagCode::repeated_part, syntax.who[i].span, {written(syntax.who[i].span)});
          break;
        }
    std::vector<Target> named;
    std::size_t before = 0;
    for (const text::ActionRef& ref : syntax.actions) {
      targets_.resolve(ref, named);
      const std::size_t now = size_of(merged(named));
      if (now == before) report(DiagCode::repeated_part, ref.span, {written(ref.span)});
      before = now;
    }
  }

  // A name without its scope means the one role of that name that counts there.
  static bool same_role(const text::Path& a, const text::Path& b) {
    return a.parts.back().text == b.parts.back().text &&
           (a.parts.size() != b.parts.size() || a.parts.front().text == b.parts.front().text);
  }

  [[nodiscard]] std::string written(text::Span span) const {
    return std::string(analysis_.loaded.sources.slice(span));
  }

  static std::size_t size_of(const std::vector<Target>& targets) {
    std::size_t actions = 0;
    for (const Target& target : targets) actions += target.actions.size();
    return actions;
  }

  // Two rules of one effect, for the same people and actions, under the same words.
  void repeated_rule(RuleIndex rule, const text::Rule& syntax) {
    std::string key = syntax.effect == text::Effect::allow ? "allow" : "forbid";
    for (const RuleUse* use : uses_of_[rule]) {
      std::set<std::pair<int, std::uint16_t>> who;
      for (const Who& one : use->who) who.insert({static_cast<int>(one.kind), one.index});
      key += "|" + std::to_string(use->kind) + "," + std::to_string(use->within) + ":";
      for (const auto& [kind, index] : who) key += std::to_string(kind) + "." + std::to_string(index) + " ";
      for (const ActionIndex action : use->actions) key += "," + std::to_string(action);
    }
    for (const RuleIndex other : alike_[key]) {
      const text::Rule& before = *model_.rule_sources[other].syntax;
      if (!same_clause(syntax.when, before.when) || !same_clause(syntax.unless, before.unless)) continue;
      report(DiagCode::repeated_rule, syntax.span, {}, {{before.span, "it says the same as this one"}});
      return;
    }
    alike_[key].push_back(rule);
  }

  static bool same_clause(const std::optional<text::Expr>& a, const std::optional<text::Expr>& b) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
  }

  // An allow that a forbid without conditions covers everywhere.
  void shadowed(RuleIndex rule) {
    if (model_.rules[rule].effect != RuleEffect::allow || uses_of_[rule].empty()) return;
    const RuleUse* by = nullptr;
    for (const RuleUse* use : uses_of_[rule])
      for (const ActionIndex action : use->actions)
        if (by = forbid_over(*use, action); by == nullptr) return;
    if (by == nullptr) return;
    report(DiagCode::shadowed_allow, model_.rule_sources[rule].syntax->span, {},
           {{model_.rule_sources[by->rule].syntax->span, "this forbid has no condition, and wins"}});
  }

  const RuleUse* forbid_over(const RuleUse& allow, ActionIndex action) {
    for (const RuleUse* forbid : blanket_over_[action])
      if ((forbid->within == kNoIndex || forbid->within == allow.within) &&
          std::all_of(allow.who.begin(), allow.who.end(),
                      [&](const Who& who) { return covers(*forbid, who); }))
        return forbid;
    return nullptr;
  }

  bool covers(const RuleUse& forbid, const Who& who) {
    return std::any_of(forbid.who.begin(), forbid.who.end(), [&](const Who& forbidden) {
      if (forbidden.kind == WhoKind::anyone) return true;
      if (forbidden.kind != who.kind) return false;
      return forbidden.index == who.index ||
             (who.kind == WhoKind::role && closure(who.index).contains(forbidden.index));
    });
  }

  const std::set<RoleIndex>& closure(RoleIndex role) {
    const auto [found, is_new] = closures_.try_emplace(role);
    if (is_new) found->second = closure_of(model_, role);
    return found->second;
  }

  // Nobody may ever do it. A forbid for anyone that names it says that this is meant.
  void actions_without_allow() {
    std::set<ActionIndex> named;
    for (const RuleUse& use : model_.uses)
      if (model_.rules[use.rule].effect == RuleEffect::allow)
        named.insert(use.actions.begin(), use.actions.end());
    for (const RuleIndex rule : blanket_) {
      const text::Rule& syntax = *model_.rule_sources[rule].syntax;
      if (syntax.who.front().parts.front().text != "anyone") continue;
      for (const text::ActionRef& ref : syntax.actions) {
        if (ref.kind == RefKind::star || ref.kind == RefKind::star_star) continue;
        std::vector<Target> meant;
        targets_.resolve(ref, meant);
        for (const Target& target : meant) named.insert(target.actions.begin(), target.actions.end());
      }
    }
    for (std::size_t i = 0; i < model_.actions.size(); ++i) {
      const auto action = static_cast<ActionIndex>(i);
      if (!named.contains(action))
        report(DiagCode::action_without_allow, model_.action_spans[i], {action_name(model_, action)});
    }
  }

  static std::string braced(const std::vector<std::string>& names) {
    if (names.size() == 1) return names.front();
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "{" : ", ") + name;
    return text + "}";
  }

  void report(DiagCode code, text::Span span, std::vector<std::string> arguments,
              std::vector<text::Note> notes = {}) {
    analysis_.diagnostics.add(code, span, std::move(arguments), {}, std::move(notes));
  }

  const Analysis& analysis_;
  const Model& model_;
  Targets targets_;
  std::vector<std::vector<const RuleUse*>> uses_of_;       // by rule
  std::vector<RuleIndex> blanket_;                         // forbids without conditions
  std::vector<std::vector<const RuleUse*>> blanket_over_;  // their uses, by action
  std::map<RoleIndex, std::set<RoleIndex>> closures_;
  std::unordered_map<std::string, std::vector<RuleIndex>> alike_;  // rules for the same people and actions
};

}  // namespace

void lint_rules(const Analysis& analysis) { RuleLints(analysis).run(); }

}  // namespace policyc::compiler
