#include <algorithm>
#include <map>
#include <set>
#include <span>

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
    blanket_over_.resize(model_.actions.size());
    uses_of_.reserve(model_.rules.size());
    for (std::size_t rule = 0, first = 0; rule < model_.rules.size(); ++rule) {
      std::size_t last = first;
      while (last < model_.uses.size() && model_.uses[last].rule == rule) ++last;
      uses_of_.emplace_back(model_.uses.data() + first, last - first);
      first = last;
    }
  }

  void run() {
    for (std::size_t i = 0; i < model_.rules.size(); ++i) {
      const auto rule = static_cast<RuleIndex>(i);
      const text::Rule& syntax = *model_.rule_sources[i].syntax;
      if (!is_open_role(rule)) stars(syntax);  // whose definitions name each action that they mean
      repeated_parts(syntax);
      if (syntax.when || syntax.unless || syntax.effect != text::Effect::forbid) continue;
      blanket_.push_back(rule);
      for (const RuleUse& use : uses_of_[i])
        for (const ActionIndex action : use.actions) blanket_over_[action].push_back(&use);
    }
    repeated_rules();
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
    if (syntax.actions.size() == 1 && syntax.actions.front().kind == RefKind::one) return;
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

  // Two rules of one effect, for the same people and actions, under the same words. Rules are sorted by what
  // they are about; only those that are about the same are compared, with the first of each kind.
  void repeated_rules() {
    std::vector<std::pair<std::uint64_t, RuleIndex>> sorted;
    sorted.reserve(model_.rules.size());
    for (std::size_t i = 0; i < model_.rules.size(); ++i)
      sorted.emplace_back(hash_of(static_cast<RuleIndex>(i)), static_cast<RuleIndex>(i));
    std::sort(sorted.begin(), sorted.end());
    std::vector<RuleIndex> unlike;  // among those of one hash
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (i == 0 || sorted[i].first != sorted[i - 1].first) unlike.clear();
      const RuleIndex rule = sorted[i].second;
      const auto before = std::find_if(unlike.begin(), unlike.end(),
                                       [&](RuleIndex other) { return says_the_same(rule, other); });
      if (before == unlike.end())
        unlike.push_back(rule);
      else
        report(DiagCode::repeated_rule, syntax_of(rule).span, {},
               {{syntax_of(*before).span, "it says the same as this one"}});
    }
  }

  [[nodiscard]] const text::Rule& syntax_of(RuleIndex rule) const {
    return *model_.rule_sources[rule].syntax;
  }

  [[nodiscard]] bool is_open_role(RuleIndex rule) const {
    return std::any_of(model_.open_roles.begin(), model_.open_roles.end(),
                       [&](const OpenRoleModel& open) { return open.rule.get() == &syntax_of(rule); });
  }

  static std::uint64_t number_of(const Who& who) {
    return static_cast<std::uint64_t>(who.kind) << 16 | who.index;
  }

  // Of the effect, the people, the actions and the words. Whom a rule names may stand in any order.
  [[nodiscard]] std::uint64_t hash_of(RuleIndex rule) const {
    constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
    const auto mixed = [](std::uint64_t number) {
      number *= kFactor;
      return number ^ (number >> 29);
    };
    std::uint64_t hash = static_cast<std::uint64_t>(model_.rules[rule].effect);
    for (const RuleUse& use : uses_of_[rule]) {
      std::uint64_t people = 0;
      for (const Who& who : use.who) people += mixed(number_of(who) + 1);
      hash = mixed(hash ^ (std::uint64_t{use.kind} << 16 | use.within)) + people;
      for (const ActionIndex action : use.actions) hash = mixed(hash + action + 1);
    }
    // Thousands of rules may stand over one action, each under words of its own.
    for (const auto* clause : {&syntax_of(rule).when, &syntax_of(rule).unless})
      hash = mixed(hash ^ (clause->has_value() ? fingerprint(**clause) : 1));
    return hash;
  }

  [[nodiscard]] bool says_the_same(RuleIndex a, RuleIndex b) const {
    return model_.rules[a].effect == model_.rules[b].effect &&
           std::equal(uses_of_[a].begin(), uses_of_[a].end(), uses_of_[b].begin(), uses_of_[b].end(),
                      is_about_the_same) &&
           same_clause(syntax_of(a).when, syntax_of(b).when) &&
           same_clause(syntax_of(a).unless, syntax_of(b).unless);
  }

  // No use names anybody twice.
  static bool is_about_the_same(const RuleUse& a, const RuleUse& b) {
    return a.kind == b.kind && a.within == b.within && a.actions == b.actions &&
           std::is_permutation(a.who.begin(), a.who.end(), b.who.begin(), b.who.end(),
                               [](const Who& x, const Who& y) { return number_of(x) == number_of(y); });
  }

  static bool same_clause(const text::Boxed<text::Expr>& a, const text::Boxed<text::Expr>& b) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
  }

  // An allow that a forbid without conditions covers everywhere.
  void shadowed(RuleIndex rule) {
    if (model_.rules[rule].effect != RuleEffect::allow || uses_of_[rule].empty()) return;
    const RuleUse* by = nullptr;
    for (const RuleUse& use : uses_of_[rule])
      for (const ActionIndex action : use.actions)
        if (by = forbid_over(use, action); by == nullptr) return;
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
    std::vector<bool> named(model_.actions.size());
    const auto name = [&](const std::vector<ActionIndex>& actions) {
      for (const ActionIndex action : actions) named[action] = true;
    };
    for (const RuleUse& use : model_.uses)
      if (model_.rules[use.rule].effect == RuleEffect::allow) name(use.actions);
    for (const RuleIndex rule : blanket_) {
      const text::Rule& syntax = *model_.rule_sources[rule].syntax;
      if (syntax.who.front().parts.front().text != "anyone") continue;
      for (const text::ActionRef& ref : syntax.actions) {
        if (ref.kind == RefKind::star || ref.kind == RefKind::star_star) continue;
        std::vector<Target> meant;
        targets_.resolve(ref, meant);
        for (const Target& target : meant) name(target.actions);
      }
    }
    for (std::size_t i = 0; i < model_.actions.size(); ++i)
      if (!named[i])
        report(DiagCode::action_without_allow, model_.action_spans[i],
               {action_name(model_, static_cast<ActionIndex>(i))});
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
  std::vector<std::span<const RuleUse>> uses_of_;          // by rule
  std::vector<RuleIndex> blanket_;                         // forbids without conditions
  std::vector<std::vector<const RuleUse*>> blanket_over_;  // their uses, by action
  std::map<RoleIndex, std::set<RoleIndex>> closures_;
};

}  // namespace

void lint_rules(const Analysis& analysis) { RuleLints(analysis).run(); }

}  // namespace policyc::compiler
