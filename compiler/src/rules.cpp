// Rules: for each kind of resource that a rule is about, whom it means there, and
// what its conditions say there.

#include <algorithm>
#include <limits>
#include <set>

#include "analysis.hpp"
#include "rule_names.hpp"
#include "rule_obligations.hpp"
#include "rule_targets.hpp"
#include "rule_who.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

constexpr std::size_t kMaxRules = std::numeric_limits<RuleIndex>::max();

class Rules {
 public:
  explicit Rules(Analysis& analysis)
      : analysis_(analysis),
        model_(analysis.model),
        targets_(analysis),
        who_(analysis),
        names_(analysis),
        obligations_(analysis),
        expressions_(analysis.symbols, found_),
        all_subjects_(subject_kinds(analysis.model.schema)) {}

  // An open role lets whoever holds a hidden role of its ceiling do what that stands for.
  [[nodiscard]] bool add(const OpenRoleModel& open) {
    if (!has_room(*open.rule)) return false;
    begin(*open.rule, open.file);
    for (const OpenRoleModel::Use& use : open.uses) {
      RuleUse made;
      made.rule = index_;
      made.kind = use.kind;
      made.actions = {use.action};
      made.within = use.within;
      made.who = {{WhoKind::role, use.role}};
      model_.uses.push_back(std::move(made));
    }
    return true;
  }

  // False if there is no room for the rule.
  [[nodiscard]] bool add(const text::Rule& rule, std::uint32_t file) {
    if (!has_room(rule)) return false;
    begin(rule, file);
    who_.begin_rule(rule);
    reported_.clear();
    truths_[0].clear();
    truths_[1].clear();

    if (is_swapped(rule)) {
      analysis_.diagnostics.add(DiagCode::who_and_what_swapped,
                                {rule.span.file, rule.who.front().span.begin, rule.actions.back().span.end},
                                {turned_round(rule)});
      analysis_.whole_rules[index_] = false;
      return true;
    }
    std::vector<Target> named;
    bool sound = true;
    for (const text::ActionRef& ref : rule.actions) sound = targets_.resolve(ref, named) && sound;
    if (!sound) analysis_.whole_rules[index_] = false;
    for (const Target& target : merged(named)) use(rule, target, sound);
    if (rule.when) judge(*rule.when, "when", truths_[0]);
    if (rule.unless) judge(*rule.unless, "unless", truths_[1]);
    return true;
  }

 private:
  [[nodiscard]] bool has_room(const text::Rule& rule) {
    if (model_.rules.size() < kMaxRules) return true;
    analysis_.diagnostics.add(DiagCode::too_many_rules, rule.span, {std::to_string(kMaxRules)});
    return false;
  }

  void begin(const text::Rule& rule, std::uint32_t file) {
    index_ = static_cast<RuleIndex>(model_.rules.size());
    RuleInfo info = names_.info(rule);
    info.obligations = obligations_.resolve(rule);
    model_.rules.push_back(std::move(info));
    model_.rule_sources.push_back({&rule, file});
    analysis_.whole_rules.push_back(true);
  }

  // What stands where principals are named are actions, all of them.
  [[nodiscard]] bool is_swapped(const text::Rule& rule) const {
    return !rule.who.empty() && !rule.actions.empty() &&
           std::all_of(rule.who.begin(), rule.who.end(), [&](const text::Path& path) {
             if (path.parts.size() != 2) return false;
             const KindIndex kind = analysis_.symbols.kind(path.parts[0].text);
             return kind != kNoIndex && analysis_.symbols.action(kind, path.parts[1].text) &&
                    model_.schema.find_role(kind, path.parts[1].text) == kNoIndex;
           });
  }

  [[nodiscard]] std::string turned_round(const text::Rule& rule) const {
    const text::Source& source = analysis_.loaded.sources[rule.span.file];
    const auto written = [&](std::uint32_t begin, std::uint32_t end) {
      return std::string(source.text().substr(begin, end - begin));
    };
    return std::string(rule.effect == text::Effect::allow ? "allow " : "forbid ") +
           written(rule.actions.front().span.begin, rule.actions.back().span.end) + " to " +
           written(rule.who.front().span.begin, rule.who.back().span.end);
  }

  void use(const text::Rule& rule, const Target& target, bool sound) {
    std::optional<std::vector<Who>> who = who_.resolve(rule, target.kind);
    Site site;
    site.kind = target.kind;
    site.subject_kinds = who ? narrowed(*who) : all_subjects_;

    // The numbers of parameters belong to an action: its own use for each.
    const bool by_action = (rule.when && expressions_.mentions_action(*rule.when, target.kind)) ||
                           (rule.unless && expressions_.mentions_action(*rule.unless, target.kind));
    if (by_action) {
      for (const ActionIndex action : target.actions) {
        site.action = action;
        use(rule, {target.kind, target.within, {action}}, site, who);
      }
    } else if (!target.actions.empty() || !sound) {
      // Without an action that is known, the conditions are still checked.
      use(rule, target, site, who);
    }
  }

  void use(const text::Rule& rule, const Target& target, const Site& site,
           const std::optional<std::vector<Who>>& who) {
    RuleUse made;
    made.rule = index_;
    made.kind = target.kind;
    made.actions = target.actions;
    made.within = target.within;
    Known known;
    if (target.within != kNoIndex) known.set.insert(key_of(ancestor(target.kind, target.within)));
    bool sound = who.has_value() && !target.actions.empty();
    sound = condition(rule.when, site, known, truths_[0], made.when) && sound;
    sound = condition(rule.unless, site, known, truths_[1], made.unless) && sound;
    if (!sound) {
      analysis_.whole_rules[index_] = false;
      return;
    }
    made.who = *who;
    model_.uses.push_back(std::move(made));
  }

  [[nodiscard]] bool condition(const text::Boxed<text::Expr>& written, const Site& site, Known& known,
                               std::vector<std::optional<bool>>& truths, text::Boxed<Term>& term) {
    if (!written) return true;
    term = expressions_.condition(*written, site, known);
    report();
    truths.push_back(term ? constant_truth(*term) : std::nullopt);
    return term.has_value();
  }

  // "A condition that folds to a constant in every action of the rule" is a mistake.
  void judge(const text::Expr& written, const char* word, const std::vector<std::optional<bool>>& truths) {
    if (uses_constant_condition(written)) return;  // which is reported where it is declared
    if (analysis_.diagnostics.has(DiagCode::mixed_and_or, written.span))
      return;  // was it read as it is meant?
    if (truths.empty() || std::find(truths.begin(), truths.end(), std::nullopt) != truths.end()) return;
    const bool same =
        std::all_of(truths.begin(), truths.end(), [&](const auto& t) { return t == truths.front(); });
    const char* what = !same             ? "the same for every request"
                       : *truths.front() ? "always true"
                                         : "always false";
    analysis_.diagnostics.add(DiagCode::constant_condition, written.span, {word, what});
  }

  [[nodiscard]] bool uses_constant_condition(const text::Expr& written) const {
    const auto& parts = written.path.parts;
    if (parts.size() == 1 && analysis_.constant_conditions.contains(parts[0].text)) return true;
    return std::any_of(written.operands.begin(), written.operands.end(),
                       [&](const text::Expr& operand) { return uses_constant_condition(operand); });
  }

  // A rule over several kinds makes the same mistake in each: once is enough.
  void report() {
    for (const text::Diagnostic& one : found_.list())
      if (reported_.insert({one.code, one.span.begin}).second) analysis_.diagnostics.add(one);
    found_ = {};
  }

  // Whom the rule lets through. Anybody may hold a role.
  [[nodiscard]] std::uint64_t narrowed(const std::vector<Who>& all) const {
    std::uint64_t kinds = 0;
    for (const Who& who : all)
      kinds |= who.kind == WhoKind::subject_kind ? std::uint64_t{1} << who.index : all_subjects_;
    return kinds;
  }

  static Term ancestor(KindIndex kind, KindIndex above) {
    Term resource;
    resource.kind = TermKind::resource;
    resource.type = {TypeKind::entity, TypeKind::boolean, false, std::uint64_t{1} << kind};
    resource.kinds = resource.type.argument;
    Term term;
    term.kind = TermKind::ancestor;
    term.type = {TypeKind::entity, TypeKind::boolean, true, std::uint64_t{1} << above};
    term.kinds = term.type.argument;
    term.index = above;
    term.operands.push_back(std::move(resource));
    return term;
  }

  Analysis& analysis_;
  Model& model_;
  Targets targets_;
  WhoResolver who_;
  RuleNames names_;
  RuleObligations obligations_;
  text::Diagnostics found_;  // about the condition just read
  Expressions expressions_;
  std::uint64_t all_subjects_;
  RuleIndex index_ = 0;
  std::set<std::pair<DiagCode, std::uint32_t>> reported_;  // of this rule
  std::vector<std::optional<bool>> truths_[2];             // of `when` and of `unless`, one for each use
};

}  // namespace

void add_rules(Analysis& analysis) {
  // Tables that grow by doubling are copied, and leave memory behind that nothing fits into.
  std::size_t count = analysis.model.open_roles.size();
  for (const text::File& file : analysis.loaded.package.files) count += file.rules.size();
  count = std::min(count, kMaxRules);
  analysis.model.rules.reserve(count);
  analysis.model.rule_sources.reserve(count);
  analysis.model.uses.reserve(count);
  Rules rules(analysis);
  for (const text::File& file : analysis.loaded.package.files) {
    // In the order of the text, of which open roles are a part.
    std::vector<const OpenRoleModel*> open;
    for (const OpenRoleModel& one : analysis.model.open_roles)
      if (one.file == file.file) open.push_back(&one);
    std::sort(open.begin(), open.end(), [](const OpenRoleModel* a, const OpenRoleModel* b) {
      return a->rule->span.begin < b->rule->span.begin;
    });
    std::size_t next = 0;
    for (const text::Rule& rule : file.rules) {
      for (; next < open.size() && open[next]->rule->span.begin < rule.span.begin; ++next)
        if (!rules.add(*open[next])) return;
      if (!rules.add(rule, file.file)) return;
    }
    for (; next < open.size(); ++next)
      if (!rules.add(*open[next])) return;
  }
}

}  // namespace policyc::compiler
