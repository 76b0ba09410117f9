// What is changed in rules and roles, and how a changed package becomes a model.

#include <algorithm>

#include "mutator.hpp"

namespace policyc::compiler {
namespace {

// The id of a part that was split off, until it gets that of its rule.
constexpr const char* kSplitOff = "the other part of a rule that a mutant splits";

template <class T>
void erase_at(std::vector<T>& list, std::size_t i) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
}

std::string shown(const text::Path& path) {
  std::string out;
  for (const text::Name& part : path.parts) out += (out.empty() ? "" : ".") + part.text;
  return "`" + out + "`";
}

std::string shown(const text::ActionRef& single) {
  return "`" + single.scope.text + "." + single.actions.front().text + "`";
}

bool is_same(const text::ActionRef& a, const text::ActionRef& b) {
  return a.scope.text == b.scope.text && a.actions.front().text == b.actions.front().text;
}

void give_id(text::Rule& rule, const std::string& id) {
  std::erase_if(rule.annotations, [](const text::Annotation& one) { return one.name.text == "id"; });
  rule.annotations.push_back({{"id", rule.span}, id, rule.span});
}

}  // namespace

// --------------------------------------------------------------------- actions

void NamedActions::resolve(const text::ActionRef& ref, std::vector<text::ActionRef>& single,
                           std::vector<text::ActionRef>& whole) const {
  using Kind = text::ActionRef::Kind;
  switch (ref.kind) {
    case Kind::one:
    case Kind::several:
      for (const text::Name& action : ref.actions) {
        text::ActionRef one = ref;
        one.kind = Kind::one;
        one.actions = {action};
        one.span = action.span;
        single.push_back(std::move(one));
      }
      break;
    case Kind::star: star(ref, single); break;
    case Kind::star_star: whole.push_back(ref); break;
    case Kind::group: {
      const std::string& name = ref.actions.front().text;
      const text::ActionGroup* named = group(name);
      if (named == nullptr || std::find(open_.begin(), open_.end(), name) != open_.end()) break;
      open_.push_back(name);
      std::vector<text::ActionRef> members;
      for (const text::ActionRef& member : named->members) resolve(member, members, whole);
      open_.pop_back();
      // What is changed is the rule, which names the group.
      for (text::ActionRef& member : members) {
        member.span = ref.span;
        single.push_back(std::move(member));
      }
      break;
    }
  }
}

void NamedActions::star(const text::ActionRef& ref, std::vector<text::ActionRef>& single) const {
  const auto add = [&](const std::vector<text::Action>& actions) {
    for (const text::Action& action : actions) {
      text::ActionRef one = ref;
      one.kind = text::ActionRef::Kind::one;
      one.actions = {action.name};
      single.push_back(std::move(one));
    }
  };
  for (const text::File& file : package_.files) {
    for (const text::Scope& scope : file.scopes)
      if (scope.name.text == ref.scope.text) add(scope.actions);
    for (const text::SubjectKind& subject : file.subjects)
      if (subject.name.text == ref.scope.text) add(subject.actions);
    if (ref.scope.text == "system") add(file.system_actions);
  }
}

const text::ActionGroup* NamedActions::group(const std::string& name) const {
  for (const text::File& file : package_.files)
    for (const text::ActionGroup& one : file.groups)
      if (one.name.text == name) return &one;
  return nullptr;
}

// ------------------------------------------------------------------------ walk

bool Mutator::offer(text::Span span, const std::string& change) {
  const std::size_t number = offered_++;
  if (wanted_) {
    is_done_ = is_done_ || *wanted_ == number;
    return *wanted_ == number;
  }
  found_.push_back({number, span, change});
  return false;
}

std::string Mutator::quoted(text::Span span) const {
  if (sources_ == nullptr) return {};
  std::string out;
  for (const char c : sources_->slice(span)) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return "`" + out + "`";
}

void Mutator::walk(text::Package& package) {
  // Rules are changed while names are looked up, declarations are not.
  const NamedActions actions(package);
  for (text::File& one : package.files) {
    file(one, actions);
    if (is_done()) return;
  }
}

void Mutator::file(text::File& file, const NamedActions& actions) {
  attributes(file.system_attributes);
  if (!is_done()) attributes(file.context);
  if (!is_done()) roles(file.system_roles);
  for (text::SubjectKind& subject : file.subjects)
    if (!is_done()) attributes(subject.attributes);
  for (text::PrincipalGroup& group : file.principal_groups)
    if (!is_done()) attributes(group.attributes);
  for (text::Scope& scope : file.scopes) {
    if (!is_done()) attributes(scope.attributes);
    if (!is_done()) roles(scope.roles);
    for (text::Condition& one : scope.conditions)
      if (!is_done()) condition(one.body);
  }
  for (text::Condition& one : file.conditions)
    if (!is_done()) condition(one.body);
  if (!is_done()) rules(file, actions);
}

void Mutator::attributes(std::vector<text::Attribute>& all) {
  for (text::Attribute& one : all) {
    if (!one.fallback || one.fallback->kind != text::ExprKind::boolean) continue;
    const char* turned = one.fallback->flag ? "false" : "true";
    if (!offer(one.fallback->span, "`" + one.name.text + "` is " + turned + " where nothing is said"))
      continue;
    one.fallback->flag = !one.fallback->flag;
    return;
  }
}

void Mutator::roles(std::vector<text::Role>& all) {
  for (text::Role& one : all) {
    role(one);
    if (is_done()) return;
  }
}

// A role that nothing names any more would be no policy: what a role rests on is what is changed.
void Mutator::role(text::Role& role) {
  const std::string name = "`" + role.name.text + "`";
  for (std::size_t i = 0; i < role.sources.size(); ++i)
    if (offer(role.sources[i].span, name + " doesn't come from " + shown(role.sources[i])))
      return erase_at(role.sources, i);
  for (std::size_t i = 0; i < role.includes.size(); ++i)
    if (offer(role.includes[i].span, name + " doesn't include " + shown(role.includes[i])))
      return erase_at(role.includes, i);
  for (std::size_t i = 0; i < role.ceiling.size() && role.ceiling.size() > 1; ++i)
    if (offer(role.ceiling[i].span, quoted(role.ceiling[i].span) + " is left out of what " + name + " can"))
      return erase_at(role.ceiling, i);
  if (!role.condition) return;
  if (offer(role.condition->span, "the `if` of " + name + " is left out")) {
    role.condition = {};
    return;
  }
  condition(*role.condition);
}

void Mutator::rules(text::File& file, const NamedActions& actions) {
  for (std::size_t i = 0; i < file.rules.size(); ++i) {
    text::Rule& rule = file.rules[i];
    const bool is_allow = rule.effect == text::Effect::allow;
    if (offer(rule.span, "this rule is left out")) return erase_at(file.rules, i);
    // An allow names whom it means.
    const bool names_all = !rule.who.empty() && rule.who.front().parts.front().text == "anyone";
    if (!names_all &&
        offer({rule.span.file, rule.span.begin, rule.span.begin + (is_allow ? 5 : 6)},
              is_allow ? "this rule forbids what it allows" : "this rule allows what it forbids")) {
      rule.effect = is_allow ? text::Effect::forbid : text::Effect::allow;
      return;
    }
    cells(file, i, actions);
    if (is_done()) return;
    guard(rule.when, "when");
    if (is_done()) return;
    guard(rule.unless, "unless");
    if (is_done()) return;
  }
}

// One role (or kind) and one action of the rule are left out.
void Mutator::cells(text::File& file, std::size_t index, const NamedActions& actions) {
  const text::Rule rule = file.rules[index];
  std::vector<text::ActionRef> found;
  std::vector<text::ActionRef> whole;
  for (const text::ActionRef& ref : rule.actions) actions.resolve(ref, found, whole);
  std::vector<text::ActionRef> targets;
  for (text::ActionRef& one : found)
    if (std::none_of(targets.begin(), targets.end(),
                     [&](const text::ActionRef& other) { return is_same(one, other); }))
      targets.push_back(std::move(one));
  targets.insert(targets.end(), whole.begin(), whole.end());

  const bool alone = rule.who.size() == 1;
  if (alone && targets.size() == 1) return;  // that is the whole rule
  for (std::size_t w = 0; w < rule.who.size(); ++w)
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const std::string target =
          targets[i].kind == text::ActionRef::Kind::one ? shown(targets[i]) : quoted(targets[i].span);
      if (!offer(alone ? targets[i].span : rule.who[w].span,
                 alone ? target + " is left out of this rule"
                       : shown(rule.who[w]) + " is left out of this rule for " + target))
        continue;
      // What is left of the rule: all of it for the other actions, and the others for this one.
      text::Rule rest = rule;
      rest.actions = targets;
      erase_at(rest.actions, i);
      text::Rule others = rule;
      erase_at(others.who, w);
      others.actions = {targets[i]};
      file.rules[index] = rest.actions.empty() ? others : rest;
      if (rest.actions.empty() || others.who.empty()) return;
      give_id(others, kSplitOff);
      file.rules.insert(file.rules.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(others));
      return;
    }
}

// ------------------------------------------------------------------------ door

text::Package to_mutate(const text::Package& package) {
  text::Package plain = package;
  for (text::File& file : plain.files) {
    file.tests.clear();
    file.matrices.clear();
    file.comments.clear();
  }
  return plain;
}

std::vector<Mutant> list_mutants(const text::Package& package, const text::SourceSet& sources) {
  text::Package copy = package;
  Mutator mutator(&sources, std::nullopt);
  mutator.walk(copy);
  return std::move(mutator).take();
}

text::Package make_mutant(const text::Package& package, std::size_t number) {
  text::Package copy = package;
  Mutator(nullptr, number).walk(copy);
  return copy;
}

std::optional<Model> analyze_mutant(const text::LoadedPackage& mutant) {
  text::Diagnostics found;
  std::optional<Model> model = analyze(mutant, found);
  if (!model) return std::nullopt;
  for (std::size_t i = 1; i < model->rules.size(); ++i)
    if (model->rules[i].id == kSplitOff) model->rules[i].id = model->rules[i - 1].id;
  return model;
}

}  // namespace policyc::compiler
