// A test is walked in the tree and in the model at once: the tree says where it stands, the model what it
// means. Behind an `and` it is come to where all before it are true, behind an `or` where they are false.

#include "probe_rules.hpp"

#include <utility>

namespace policyc::compiler {
namespace {

using text::Expr;
using text::ExprKind;

constexpr Type kBoolean{TypeKind::boolean, TypeKind::boolean, false, 0};

Term made(TermKind kind, std::vector<Term> operands) {
  Term term;
  term.kind = kind;
  term.type = kBoolean;
  term.operands = std::move(operands);
  return term;
}

Term negation(Term term) { return made(TermKind::logical_not, {std::move(term)}); }

text::Boxed<Term> all_of(std::vector<Term> terms) {
  if (terms.empty()) return {};
  if (terms.size() == 1) return std::move(terms.front());
  return made(TermKind::logical_and, std::move(terms));
}

bool is_connective(const Expr& expr, const Term& term) {
  return ((expr.kind == ExprKind::logical_and && term.kind == TermKind::logical_and) ||
          (expr.kind == ExprKind::logical_or && term.kind == TermKind::logical_or)) &&
         expr.operands.size() == term.operands.size();
}

// A role's condition speaks of the entity at which the role is asked.
void put_in(Term& term, const Term& entity) {
  if (term.kind == TermKind::resource) {
    const Type type = term.type;
    const std::uint64_t kinds = term.kinds;
    term = entity;
    if (kinds != 0) term.kinds = kinds;
    term.type.argument = type.argument;
    term.type.optional = false;
    return;
  }
  for (Term& operand : term.operands) put_in(operand, entity);
}

}  // namespace

ProbeRules::ProbeRules(const Model& model, const ProbePoints& points) : model_(model), points_(points) {}

std::vector<Who> ProbeRules::everybody(const Schema& schema) {
  std::vector<Who> all;
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind)
    if (schema.kinds[kind].category == KindCategory::subject)
      all.push_back({WhoKind::subject_kind, static_cast<std::uint16_t>(kind)});
  return all;
}

std::vector<Probe> ProbeRules::take() && {
  std::vector<Probe> all;
  for (auto& [key, probe] : probes_) all.push_back(std::move(probe));
  return all;
}

void ProbeRules::add(std::size_t point, bool asked, RuleUse use, const Walk& walk) {
  Probe& probe = probes_[Key{walk.of_role, walk.owner, walk.ordinal, point, asked}];
  probe.meaning.point = point;
  probe.meaning.asked = asked;
  probe.meaning.reads_own = walk.reads_own;
  probe.uses.push_back(std::move(use));
}

void ProbeRules::add_rules() {
  for (const RuleUse& use : model_.uses) rule_use(use);
}

void ProbeRules::rule_use(const RuleUse& use) {
  const text::Rule& rule = *model_.rule_sources[use.rule].syntax;
  Walk walk;
  walk.owner = use.rule;
  walk.kind = use.kind;
  walk.base = use;
  walk.base.when = {};
  walk.base.unless = {};
  for (Who& who : walk.base.who)
    // An allow, which a probe is, names whom it means.
    if (who.kind == WhoKind::anyone) {
      walk.base.who = everybody(model_.schema);
      break;
    }
  if (const auto point = points_.find(PointKind::rule, rule.span)) {
    RuleUse whole = walk.base;
    whole.when = use.when;
    whole.unless = use.unless;
    add(*point, false, std::move(whole), walk);
    std::vector<std::pair<ActionIndex, std::size_t>> by_action;
    for (const text::ActionRef& ref : rule.actions)
      for (const text::Name& action : ref.actions)
        if (const auto named = points_.find(PointKind::action, action.span))
          for (const ActionIndex one : use.actions) {
            const ActionInfo& info = model_.actions[one];
            if (info.name == action.text && model_.schema.kinds[info.kind].name == ref.scope.text)
              by_action.emplace_back(one, *named);
          }
    auto& known = probes_[Key{false, walk.owner, walk.ordinal, *point, false}].meaning.by_action;
    known.insert(known.end(), by_action.begin(), by_action.end());
  }
  whom(rule, use, walk);
  if (use.when) {
    tests(*rule.when, *use.when, walk);
    walk.before = {*use.when};
  }
  if (use.unless) tests(*rule.unless, *use.unless, walk);
}

void ProbeRules::whom(const text::Rule& rule, const RuleUse& use, Walk& walk) {
  if (rule.who.size() < 2 || use.who.size() != rule.who.size()) return;
  for (std::size_t i = 0; i < rule.who.size(); ++i) {
    ++walk.ordinal;
    const auto point = points_.find(PointKind::who, rule.who[i].span);
    if (!point) continue;
    RuleUse one = use;
    one.who = {use.who[i]};
    add(*point, false, std::move(one), walk);
  }
}

void ProbeRules::tests(const Expr& expr, const Term& term, Walk& walk) {
  if (is_connective(expr, term)) {
    const std::size_t before = walk.before.size();
    for (std::size_t i = 0; i < expr.operands.size(); ++i) {
      tests(expr.operands[i], term.operands[i], walk);
      walk.before.push_back(expr.kind == ExprKind::logical_and ? term.operands[i]
                                                               : negation(term.operands[i]));
    }
    walk.before.resize(before);
    return;
  }
  if (expr.kind == ExprKind::logical_not && term.kind == TermKind::logical_not)
    return tests(expr.operands[0], term.operands[0], walk);
  test(points_.find(PointKind::test, expr.span), term, walk);
  if (expr.kind != ExprKind::path) return;
  const text::Condition* named = points_.condition_at(walk.kind, expr.path);
  if (named == nullptr) return;
  const KindIndex around = std::exchange(walk.kind, model_.schema.find_kind(named->scope.text));
  test(points_.find(PointKind::condition, named->name.span), term, walk);
  if (is_compound(named->body) || named->body.kind == ExprKind::path) tests(named->body, term, walk);
  walk.kind = around;
}

void ProbeRules::test(std::optional<std::size_t> point, const Term& term, Walk& walk) {
  ++walk.ordinal;
  if (!point) return;
  RuleUse asked = walk.base;
  asked.when = all_of(walk.before);
  add(*point, true, std::move(asked), walk);
  std::vector<Term> all = walk.before;
  all.push_back(term);
  RuleUse met = walk.base;
  met.when = all_of(std::move(all));
  add(*point, false, std::move(met), walk);
}

void ProbeRules::add_role_conditions(const std::vector<std::set<RoleIndex>>& asked) {
  std::map<RoleIndex, const text::Role*> written;
  const auto look = [&](const std::vector<text::Role>& roles, const std::string& scope) {
    const KindIndex kind = model_.schema.find_kind(scope);
    for (const text::Role& role : roles)
      if (const RoleIndex index = model_.schema.find_role(kind, role.name.text); index != kNoIndex)
        written[index] = &role;
  };
  for (const text::File& file : model_.package->files) {
    look(file.system_roles, "system");
    for (const text::Scope& scope : file.scopes) look(scope.roles, scope.name.text);
  }
  for (const auto& [role, syntax] : written) {
    const RoleModel& made_of = model_.roles[role];
    if (!made_of.condition || !syntax->condition) continue;
    const KindIndex own = model_.schema.roles[role].kind;
    std::map<KindIndex, std::vector<ActionIndex>> by_kind;
    for (std::size_t action = 0; action < model_.actions.size(); ++action)
      if (asked[action].contains(role))
        by_kind[model_.actions[action].kind].push_back(static_cast<ActionIndex>(action));
    for (auto& [kind, actions] : by_kind) {
      const bool above = (model_.schema.kinds[kind].ancestors >> own & 1) != 0;
      if (kind != own && own != kSystemKind && !above) continue;
      Term resource;
      resource.kind = TermKind::resource;
      resource.type = {TypeKind::entity, TypeKind::boolean, false, std::uint64_t{1} << kind};
      resource.kinds = resource.type.argument;
      Walk walk;
      walk.owner = role;
      walk.of_role = true;
      walk.reads_own = made_of.condition_reads_own;
      walk.kind = own;
      walk.base.kind = kind;
      walk.base.actions = actions;
      walk.base.who = everybody(model_.schema);
      Term condition = *made_of.condition;
      if (kind != own) {
        Term entity = made(TermKind::ancestor, {resource});
        entity.type = {TypeKind::entity, TypeKind::boolean, true, std::uint64_t{1} << own};
        entity.kinds = entity.type.argument;
        entity.index = own;
        put_in(condition, entity);
        if (own != kSystemKind) walk.before.push_back(made(TermKind::is_set, {entity}));
      }
      test(points_.find(PointKind::role_condition, syntax->condition->span), condition, walk);
      if (is_compound(*syntax->condition) || syntax->condition->kind == ExprKind::path)
        tests(*syntax->condition, condition, walk);
    }
  }
}

void ProbeRules::add_source(std::size_t point, RoleIndex role, const std::vector<ActionIndex>& actions) {
  const KindIndex own = model_.schema.roles[role].kind;
  Walk walk;
  walk.owner = role;
  walk.of_role = true;
  for (const ActionIndex action : actions) {
    const KindIndex kind = model_.actions[action].kind;
    const bool above = (model_.schema.kinds[kind].ancestors >> own & 1) != 0;
    if (kind != own && own != kSystemKind && !above) continue;
    RuleUse use;
    use.kind = kind;
    use.actions = {action};
    use.who = {{WhoKind::role, role}};
    add(point, false, std::move(use), walk);
  }
}

}  // namespace policyc::compiler
