// What a path means: variables, the request's parts, scopes, conditions, and the
// attributes behind the dots.

#include <algorithm>
#include <bit>
#include <utility>

#include "analysis.hpp"
#include "expression_checker.hpp"
#include "familiar_words.hpp"

namespace policyc::compiler {

using text::DiagCode;

std::nullopt_t ExpressionChecker::fail(DiagCode code, text::Span span, std::vector<std::string> arguments,
                                       std::string suggestion) {
  // A scope whose parent was not understood may stand anywhere.
  const bool rests_on_parents = code == DiagCode::not_above || code == DiagCode::role_not_here;
  if (rests_on_parents && !symbols_.knows_all_parents()) return std::nullopt;
  // What would have been known behind a guard that is broken is not known.
  const bool rests_on_guards = code == DiagCode::unguarded || code == DiagCode::missing_on_kind ||
                               code == DiagCode::not_a_principal || code == DiagCode::may_elsewhere ||
                               code == DiagCode::role_not_here || code == DiagCode::not_above;
  if (rests_on_guards && lost_guards_) return std::nullopt;
  diagnostics_.add(code, span, std::move(arguments), std::move(suggestion));
  return std::nullopt;
}

std::string ExpressionChecker::shown(const Type& type) const {
  Type plain = type;
  plain.optional = false;
  switch (plain.kind) {
    case TypeKind::boolean: return "a bool";
    case TypeKind::integer: return "an int";
    case TypeKind::ip: return "an ip";
    case TypeKind::entity: return kinds_shown(plain.argument);
    default: return "a " + to_string(plain, schema_);
  }
}

std::string ExpressionChecker::kinds_shown(std::uint64_t kinds) const {
  std::string names;
  for (std::uint64_t left = kinds; left != 0; left &= left - 1) {
    const std::string& name = schema_.kinds[static_cast<std::size_t>(std::countr_zero(left))].name;
    names += (names.empty() ? "" : " or ") + name;
  }
  constexpr std::string_view kVowels = "aeio";
  const bool vowel = !names.empty() && kVowels.find(names.front()) != std::string_view::npos;
  return names == "system" ? names : (vowel ? "an " : "a ") + names;
}

std::string ExpressionChecker::source_of(const text::Path& path) {
  std::string text;
  for (const text::Name& part : path.parts) text += (text.empty() ? "" : ".") + part.text;
  return text;
}

std::string ExpressionChecker::source_of(const text::Expr& expr) {
  if (expr.kind == text::ExprKind::path) return source_of(expr.path);
  if (expr.kind == text::ExprKind::otherwise)
    return "(" + source_of(expr.operands[0]) + " else " + source_of(expr.operands[1]) + ")";
  return "this value";
}

// A term with what is known at its place: it is there, or of fewer kinds.
Term ExpressionChecker::settled(Term term, const Known& known) const {
  if (!term.type.optional && term.type.kind != TypeKind::entity) return term;
  const std::string key = key_of(term);
  if (key.empty()) return term;
  if (known.set.count(key) > 0) term.type.optional = false;
  if (const auto narrower = known.kinds.find(key); narrower != known.kinds.end()) {
    // Where tests contradict each other nothing is reached; what stands there is read as declared.
    if ((term.kinds & narrower->second) != 0) term.kinds &= narrower->second;
  }
  return term;
}

Term ExpressionChecker::ancestor(KindIndex kind, text::Span span) const {
  // The nearest `a` above the nearest `b` above x is the nearest `a` above x: kinds nest in one direction.
  Term from = frame_.resource;
  if (from.kind == TermKind::ancestor) from = from.operands.front();
  Term term = make(TermKind::ancestor, span, {std::move(from)}, entity_type(kind_bit(kind)));
  term.index = kind;
  term.kinds = kind_bit(kind);
  term.type.optional = !symbols_.always_above(frame_.kind, kind);
  return term;
}

bool ExpressionChecker::names_value(const text::Path& path) const {
  const std::string& name = path.parts.front().text;
  for (const Variable& variable : variables_)
    if (variable.name == name) return true;
  constexpr std::string_view kWords[] = {"subject", "resource", "action", "context",
                                         "now",     "parent",   "system"};
  if (std::find(std::begin(kWords), std::end(kWords), name) != std::end(kWords)) return true;
  return symbols_.kind(name) != kNoIndex || symbols_.condition_at(frame_.kind, name).has_value();
}

// A member of an enum or a role, by its name alone, or a role with its scope before
// it: what it means is known by the type that is expected.
bool ExpressionChecker::is_symbol(const text::Expr& expr) const {
  if (expr.kind != text::ExprKind::path) return false;
  const std::vector<text::Name>& parts = expr.path.parts;
  if (parts.size() == 1) return !names_value(expr.path);
  if (parts.size() != 2) return false;
  const KindIndex kind = symbols_.kind(parts[0].text);
  return kind != kNoIndex && schema_.find_role(kind, parts[1].text) != kNoIndex;
}

// Is the name that of anything else that an expression may say here?
bool ExpressionChecker::is_taken(const text::Name& name) const {
  if (names_value({{name}, name.span}) || !symbols_.roles_at(frame_.kind, name.text).empty()) return true;
  return std::any_of(schema_.enums.begin(), schema_.enums.end(), [&](const EnumInfo& info) {
    return std::find(info.members.begin(), info.members.end(), name.text) != info.members.end();
  });
}

std::optional<Term> ExpressionChecker::path(const text::Expr& expr, const Known& known) {
  if (expr.path.parts.size() == 2 && is_symbol(expr))
    return fail(DiagCode::untyped, expr.span, {source_of(expr)});
  std::size_t used = 1;
  MaybeTerm term = head(expr.path, used, known);
  std::string before;
  for (std::size_t i = 0; i < used && i < expr.path.parts.size(); ++i)
    before += (i == 0 ? "" : ".") + expr.path.parts[i].text;
  for (; term && used < expr.path.parts.size(); ++used) {
    term = attribute(std::move(*term), expr.path.parts[used], before, expr.span, known);
    before += "." + expr.path.parts[used].text;
  }
  if (term) term->span = expr.span;
  return term;
}

std::optional<Term> ExpressionChecker::head(const text::Path& path, std::size_t& used, const Known& known) {
  const text::Name& first = path.parts.front();
  const std::string& name = first.text;
  for (auto variable = variables_.rbegin(); variable != variables_.rend(); ++variable)
    if (variable->name == name) return settled(variable->term, known);
  if (name == "subject") {
    if (site_.subject_kinds == 0)
      return fail(DiagCode::unknown_name, first.span, {"name", name},
                  "declare a kind of principals first, such as: subject user {}");
    Term term = make(TermKind::subject, first.span, {}, entity_type(site_.subject_kinds));
    term.kinds = site_.subject_kinds;
    return settled(std::move(term), known);
  }
  if (name == "resource") return settled(frame_.resource, known);
  if (name == "now") {
    if (quantifiers_ > 0) return fail(DiagCode::misplaced_now, first.span, {"it is inside a quantifier"});
    if (!now_allowed_)
      return fail(DiagCode::misplaced_now, first.span, {"it is no side of a comparison of times"});
    return make(TermKind::now, first.span, {}, kTimeType);
  }
  if (name == "action" || name == "context") {
    if (path.parts.size() < 2)
      return fail(DiagCode::wrong_operand, first.span,
                  {"`" + name + "`", "a name after a dot", "the whole of it"});
    used = 2;
    MaybeTerm term = name == "action" ? parameter(path) : context_field(path);
    return term ? std::optional(settled(std::move(*term), known)) : std::nullopt;
  }
  if (name == "parent") {
    if (frame_.kind == kSystemKind) return fail(DiagCode::not_above, first.span, {"parent", "system"});
    std::uint64_t kinds = 0;
    for (const KindIndex parent : schema_.kinds[frame_.kind].parents) kinds |= kind_bit(parent);
    if (kinds == 0) kinds = kind_bit(kSystemKind);
    Term term = make(TermKind::parent, first.span, {frame_.resource}, entity_type(kinds));
    term.kinds = kinds;
    return settled(std::move(term), known);
  }
  if (const KindIndex kind = symbols_.kind(name); kind != kNoIndex) return scope_name(first, kind, known);
  if (const auto condition = symbols_.condition_at(frame_.kind, name)) {
    if (path.parts.size() > 1)
      return fail(DiagCode::no_attributes, path.span, {"the condition '" + name + "'"});
    return named_condition(*condition, path.span, known);
  }
  if (symbols_.is_tainted(name)) return std::nullopt;

  // A bare member or role is meant by the type that is expected; here none is.
  const bool is_role = !symbols_.roles_at(frame_.kind, name).empty();
  bool is_symbol = is_role;
  for (const EnumInfo& info : schema_.enums)
    is_symbol = is_symbol || std::find(info.members.begin(), info.members.end(), name) != info.members.end();
  if (is_symbol && path.parts.size() == 1)
    return fail(DiagCode::untyped, path.span, {name},
                is_role ? "a role is asked for with `is`: `subject is " + name + "`" : "");
  std::vector<std::string> names = symbols_.kind_names();
  for (const char* word : {"subject", "resource", "action", "context", "now", "parent"})
    names.emplace_back(word);
  for (const ConditionSymbol& condition : symbols_.conditions) names.push_back(condition.syntax->name.text);
  // An attribute without its entity before it is the usual slip.
  std::string suggestion = suggestion_for(name, names);
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind) {
    const auto at = static_cast<KindIndex>(kind);
    if ((at == frame_.kind || symbols_.may_be_above(frame_.kind, at)) &&
        schema_.find_attribute(at, name) != kNoIndex)
      suggestion = "did you mean '" + schema_.kinds[kind].name + "." + name + "'?";
  }
  if (const std::string familiar = familiar_name(name); !familiar.empty()) suggestion = familiar;
  return fail(DiagCode::unknown_name, path.span, {"name", name}, suggestion);
}

std::optional<Term> ExpressionChecker::scope_name(const text::Name& name, KindIndex kind,
                                                  const Known& known) {
  if (kind == frame_.kind) {
    Term term = frame_.resource;
    term.span = name.span;
    return settled(std::move(term), known);
  }
  if (!symbols_.may_be_above(frame_.kind, kind))
    return fail(DiagCode::not_above, name.span, {name.text, schema_.kinds[frame_.kind].name},
                (site_.subject_kinds & kind_bit(kind)) != 0 ? "who asks is `subject`" : "");
  return settled(ancestor(kind, name.span), known);
}

std::optional<Term> ExpressionChecker::parameter(const text::Path& path) {
  const text::Name& name = path.parts[1];
  if (site_.place == Site::Place::role) return fail(DiagCode::not_in_role, path.span, {"the action"});
  if (!site_.action) return fail(DiagCode::no_action_here, path.span, {});
  const ActionInfo& action = symbols_.model().actions[*site_.action];
  const std::vector<ParameterInfo>& parameters = action.parameters;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    names.push_back(parameters[i].name);
    if (parameters[i].name != name.text) continue;
    Term term = make(TermKind::parameter, path.span, {}, parameters[i].type);
    term.index = static_cast<std::uint32_t>(i);
    term.type.optional = parameters[i].type.optional && !parameters[i].fallback;
    if (term.type.kind == TypeKind::entity) term.kinds = term.type.argument;
    return term;
  }
  if (symbols_.is_tainted(name.text)) return std::nullopt;
  return fail(DiagCode::unknown_name, name.span,
              {"parameter of '" + schema_.kinds[action.kind].name + "." + action.name + "':", name.text},
              suggestion_for(name.text, names));
}

std::optional<Term> ExpressionChecker::context_field(const text::Path& path) {
  const text::Name& name = path.parts[1];
  if (site_.place == Site::Place::role) return fail(DiagCode::not_in_role, path.span, {"the context"});
  const auto field = symbols_.context(name.text);
  if (!field) {
    if (symbols_.is_tainted(name.text)) return std::nullopt;
    std::vector<std::string> names;
    for (const ParameterInfo& one : symbols_.model().context) names.push_back(one.name);
    return fail(
        DiagCode::unknown_name, name.span, {"context field", name.text},
        names.empty() ? "declare it: context { " + name.text + ": TYPE }" : suggestion_for(name.text, names));
  }
  const ParameterInfo& info = symbols_.model().context[*field];
  Term term = make(TermKind::context, path.span, {}, info.type);
  term.index = *field;
  term.type.optional = info.type.optional && !info.fallback;
  if (term.type.kind == TypeKind::entity) term.kinds = term.type.argument;
  return term;
}

bool ExpressionChecker::is_attribute_of_one(std::uint64_t kinds, const std::string& name) const {
  for (; kinds != 0; kinds &= kinds - 1)
    if (schema_.find_attribute(static_cast<KindIndex>(std::countr_zero(kinds)), name) != kNoIndex)
      return true;
  return false;
}

// Where none is near, the author has to know what there is, or where to declare one.
std::string ExpressionChecker::attributes_there_are(KindIndex kind, const std::string& wanted) const {
  const KindInfo& info = schema_.kinds[kind];
  std::vector<std::string> names;
  for (const AttributeIndex one : info.attributes) names.push_back(schema_.attributes[one].name);
  if (!names.empty()) return suggestion_for(wanted, names);
  if (kind == kSystemKind) return {};
  const char* word = info.category == KindCategory::scope     ? "scope "
                     : info.category == KindCategory::subject ? "subject "
                                                              : "group ";
  return info.name + " declares no attributes: write `" + word + info.name + " { " + wanted +
         ": TYPE … }` where it is declared";
}

// An attribute must be there, with one type, on every kind that the entity may be of.
std::optional<Term> ExpressionChecker::attribute(Term of, const text::Name& name, const std::string& before,
                                                 text::Span span, const Known& known) {
  if (of.type.kind != TypeKind::entity)
    return fail(DiagCode::no_attributes, span, {shown(of.type)},
                of.type.kind == TypeKind::set ? familiar_attribute(before, name.text) : "");
  if (of.type.optional) return fail(DiagCode::unguarded, span, {before});
  AttributeIndex found = kNoIndex;
  Type type;
  bool optional = false;
  for (std::uint64_t left = of.kinds; left != 0; left &= left - 1) {
    const auto kind = static_cast<KindIndex>(std::countr_zero(left));
    const AttributeIndex index = schema_.find_attribute(kind, name.text);
    if (index == kNoIndex) {
      if (symbols_.is_tainted(name.text)) return std::nullopt;
      std::vector<std::string> names;
      for (const AttributeIndex one : schema_.kinds[kind].attributes)
        if (schema_.attributes[one].closure_of == kNoIndex) names.push_back(schema_.attributes[one].name);
      const std::uint64_t others = of.kinds & ~kind_bit(kind);
      const bool elsewhere = is_attribute_of_one(others, name.text);
      if (!elsewhere) {
        std::string suggestion = text::did_you_mean(name.text, names);
        if (suggestion.empty()) suggestion = familiar_attribute(before, name.text);
        if (suggestion.empty()) suggestion = attributes_there_are(kind, name.text);
        return fail(DiagCode::unknown_name, name.span,
                    {"attribute of '" + schema_.kinds[kind].name + "':", name.text}, std::move(suggestion));
      }
      return fail(DiagCode::missing_on_kind, name.span,
                  {"'" + schema_.kinds[kind].name + "'", name.text,
                   schema_.kinds[static_cast<std::size_t>(std::countr_zero(others))].name});
    }
    const AttributeInfo& info = schema_.attributes[index];
    optional = optional || (info.type.optional && !info.fallback);
    if (found == kNoIndex) {
      found = index;
      type = info.type;
      continue;
    }
    const bool entities = type.kind == TypeKind::entity || type.element == TypeKind::entity;
    if (type.kind != info.type.kind || type.element != info.type.element ||
        (!entities && type.argument != info.type.argument))
      return fail(DiagCode::mixed_attribute, name.span, {name.text, kinds_shown(of.kinds)});
    if (entities) type.argument |= info.type.argument;
  }
  if (found == kNoIndex) return std::nullopt;
  type.optional = optional;
  Term term = make(TermKind::attribute, span, {std::move(of)}, type);
  term.index = found;
  if (type.kind == TypeKind::entity) term.kinds = type.argument;
  return settled(std::move(term), known);
}

// A chain of conditions is as deep as all of them together, and reading it goes as deep.
std::nullopt_t ExpressionChecker::refuse_depth() {
  return fail(DiagCode::conditions_too_deep, outermost_, {std::to_string(kMaxConditionDepth)});
}

// A named condition is put in where it stands, and read at the scope that it was declared on.
std::optional<Term> ExpressionChecker::named_condition(std::size_t index, text::Span span,
                                                       const Known& known) {
  const ConditionSymbol& condition = symbols_.conditions[index];
  // Conditions that each name another twice grow without end: refused once, where the first was named.
  if (put_in_ > kMaxPutIn) {
    if (!std::exchange(too_much_, true))
      fail(DiagCode::too_much_put_in, outermost_, {std::to_string(kMaxPutIn)});
    return std::nullopt;
  }
  if (conditions_.empty()) outermost_ = span;
  if (std::find(conditions_.begin(), conditions_.end(), index) != conditions_.end())
    return fail(DiagCode::endless_condition, span, {condition.syntax->name.text});
  Frame inner{condition.kind, frame_.resource};
  if (condition.kind != frame_.kind) {
    inner.resource = settled(ancestor(condition.kind, span), known);
    if (inner.resource.type.optional)
      return fail(DiagCode::unguarded, span, {schema_.kinds[condition.kind].name});
  }
  std::swap(frame_, inner);
  std::vector<Variable> variables;
  std::swap(variables_, variables);
  const bool now_allowed = std::exchange(now_allowed_, false);
  conditions_.push_back(index);
  ++depth_;  // test() refuses what is too deep
  MaybeTerm term = test(condition.syntax->body, known);
  --depth_;
  conditions_.pop_back();
  now_allowed_ = now_allowed;
  std::swap(variables_, variables);
  std::swap(frame_, inner);
  return term;
}

}  // namespace policyc::compiler
