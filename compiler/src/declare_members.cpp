// What can be asked: actions, context, named conditions, groups of actions. And
// written types.

#include <algorithm>

#include "declarer.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

constexpr std::size_t kMaxActionParameters = 64;
constexpr std::size_t kMaxContext = 256;

// What callers may have to write in a URL, a log or a shell stays one word.
[[nodiscard]] bool is_wire_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == ':';
  });
}

[[nodiscard]] std::optional<TypeKind> plain_type(std::string_view name) {
  if (name == "bool") return TypeKind::boolean;
  if (name == "int") return TypeKind::integer;
  if (name == "string") return TypeKind::string;
  if (name == "time") return TypeKind::time;
  if (name == "duration") return TypeKind::duration;
  if (name == "ip") return TypeKind::ip;
  return std::nullopt;
}

// `A | B`: each a kind.
std::optional<Type> resolve_union(const text::TypeExpr& written, const Symbols& symbols,
                                  text::Diagnostics& diagnostics) {
  Type type;
  type.kind = TypeKind::entity;
  bool sound = true;
  for (const text::Name& name : written.names) {
    const KindIndex kind = symbols.kind(name.text);
    if (kind != kNoIndex) {
      type.argument |= std::uint64_t{1} << kind;
      continue;
    }
    sound = false;
    if (symbols.is_tainted(name.text)) continue;
    if (written.names.size() > 1 && (plain_type(name.text) || symbols.enumeration(name.text) != kNoIndex)) {
      diagnostics.add(DiagCode::bad_type, name.span,
                      {"'" + name.text + "' is no kind, and only kinds can be alternatives",
                       "declare a second attribute for the other type"});
      continue;
    }
    std::vector<std::string> names = symbols.kind_names();
    for (const EnumInfo& info : symbols.schema().enums) names.push_back(info.name);
    for (const char* plain : {"bool", "int", "string", "time", "duration", "ip"}) names.emplace_back(plain);
    diagnostics.add(DiagCode::unknown_name, name.span, {"type", name.text},
                    text::did_you_mean(name.text, names));
  }
  return sound ? std::optional(type) : std::nullopt;
}

std::optional<Type> resolve_single(const text::TypeExpr& written, const Symbols& symbols,
                                   text::Diagnostics& diagnostics) {
  const text::Name& name = written.names.front();
  Type type;
  if (written.kind == text::TypeExpr::Kind::role_of) {
    const KindIndex kind = symbols.kind(name.text);
    if (kind == kNoIndex) {
      if (!symbols.is_tainted(name.text))
        diagnostics.add(DiagCode::unknown_name, name.span, {"scope", name.text},
                        text::did_you_mean(name.text, symbols.kind_names()));
      return std::nullopt;
    }
    type.kind = TypeKind::role;
    type.argument = kind;
    return type;
  }
  if (written.names.size() == 1) {
    if (const std::optional<TypeKind> plain = plain_type(name.text)) {
      type.kind = *plain;
      return type;
    }
    if (const std::uint16_t index = symbols.enumeration(name.text); index != kNoIndex) {
      type.kind = TypeKind::enumeration;
      type.argument = index;
      return type;
    }
  }
  return resolve_union(written, symbols, diagnostics);
}

}  // namespace

std::optional<Type> resolve_type(const text::TypeExpr& written, const Symbols& symbols,
                                 text::Diagnostics& diagnostics) {
  if (written.kind != text::TypeExpr::Kind::set) {
    std::optional<Type> type = resolve_single(written, symbols, diagnostics);
    if (type) type->optional = written.optional;
    return type;
  }
  const text::TypeExpr& element = written.element.front();
  if (element.kind == text::TypeExpr::Kind::set || element.optional) {
    diagnostics.add(DiagCode::bad_type, element.span,
                    element.optional
                        ? std::vector<std::string>{"an element of a set is never missing", "remove the `?`"}
                        : std::vector<std::string>{"a set holds single values, not sets",
                                                   "write, for example, set<user>"});
    return std::nullopt;
  }
  std::optional<Type> type = resolve_single(element, symbols, diagnostics);
  if (!type) return std::nullopt;
  type->element = type->kind;
  type->kind = TypeKind::set;
  type->optional = written.optional;
  return type;
}

void Declarer::actions() {
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    for (const auto* list : actions_of(static_cast<KindIndex>(kind)))
      for (const text::Action& action : *list) add_action(static_cast<KindIndex>(kind), action);
}

void Declarer::add_action(KindIndex kind, const text::Action& action) {
  if (!take(askable_[kind], "the action", action.name)) return;
  ActionInfo info;
  info.name = action.name.text;
  info.wire_name = info.name;
  info.title = action.title.value_or("");
  info.kind = kind;
  if (action.wire_name && *action.wire_name != info.name) {
    if (!is_wire_name(*action.wire_name)) {
      diagnostics_.add(DiagCode::bad_wire_name, action.span, {*action.wire_name});
      symbols_.tainted_.insert(info.name);
      return;
    }
    if (!take(askable_[kind], "the wire name", {*action.wire_name, action.name.span})) return;
    info.wire_name = *action.wire_name;
  }
  const std::string name = schema_.kinds[kind].name + "." + info.name;
  info.parameters = parameters(action.parameters, name);
  symbols_.actions_[{kind, info.name}] = static_cast<ActionIndex>(model_.actions.size());
  model_.actions.push_back(std::move(info));
  model_.action_spans.push_back(action.span);
}

std::vector<ParameterInfo> Declarer::parameters(const std::vector<text::Parameter>& written,
                                                const std::string& of) {
  std::vector<ParameterInfo> all;
  Names names;
  for (const text::Parameter& parameter : written) {
    if (!take(names, "the parameter", parameter.name)) continue;
    if (all.size() == kMaxActionParameters) {
      diagnostics_.add(DiagCode::too_many_parameters, parameter.span,
                       {"'" + of + "'", std::to_string(kMaxActionParameters), "parameters"});
      break;
    }
    const std::optional<Type> type = resolve_type(parameter.type, symbols_, diagnostics_);
    if (!type) {
      symbols_.tainted_.insert(parameter.name.text);
      continue;
    }
    std::optional<DefaultValue> fallback;
    if (parameter.fallback) fallback = literals_.literal(*parameter.fallback, *type);
    all.push_back({parameter.name.text, *type, std::move(fallback)});
  }
  return all;
}

void Declarer::context() {
  Names names;
  for (const text::File& file : loaded_.package.files)
    for (const text::Attribute& field : file.context) {
      if (!take(names, "the context field", field.name)) continue;
      if (model_.context.size() == kMaxContext) {
        diagnostics_.add(DiagCode::too_many_parameters, field.span,
                         {"the policy", std::to_string(kMaxContext), "context fields"});
        return;
      }
      const std::optional<Type> type = resolve_type(field.type, symbols_, diagnostics_);
      if (!type) {
        symbols_.tainted_.insert(field.name.text);
        continue;
      }
      std::optional<DefaultValue> fallback;
      if (field.fallback) fallback = literals_.literal(*field.fallback, *type);
      symbols_.context_[field.name.text] = static_cast<std::uint16_t>(model_.context.size());
      model_.context.push_back({field.name.text, *type, std::move(fallback)});
    }
}

void Declarer::conditions() {
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    for (const auto* list : conditions_of(static_cast<KindIndex>(kind)))
      for (const text::Condition& condition : *list) {
        // Inside of a scope it is that scope's, whether it says so or not.
        const bool elsewhere =
            !condition.scope.text.empty() && condition.scope.text != schema_.kinds[kind].name;
        const KindIndex of = elsewhere ? symbols_.kind(condition.scope.text) : static_cast<KindIndex>(kind);
        add_condition(condition, of);
      }
  for (const text::File& file : loaded_.package.files)
    for (const text::Condition& condition : file.conditions)
      add_condition(condition, symbols_.kind(condition.scope.text));
}

void Declarer::add_condition(const text::Condition& condition, KindIndex kind) {
  const std::string& name = condition.name.text;
  if (kind == kNoIndex) {
    if (!symbols_.is_tainted(condition.scope.text))
      diagnostics_.add(DiagCode::unknown_name, condition.scope.span, {"scope", condition.scope.text},
                       text::did_you_mean(condition.scope.text, symbols_.kind_names()));
    symbols_.tainted_.insert(name);
    return;
  }
  if (is_reserved_name(condition.name, "a condition")) {
    symbols_.tainted_.insert(name);
    return;
  }
  if (const auto taken = global_.find(name); taken != global_.end()) {
    diagnostics_.add(DiagCode::name_clash, condition.name.span,
                     {"a condition", name, "declared as " + taken->second.what}, {},
                     {{taken->second.span, "declared here"}});
    symbols_.tainted_.insert(name);
    return;
  }
  if (!take(members_[kind], "the condition", condition.name)) return;
  // One condition of a name along every path: two that can meet on one entity clash.
  for (std::size_t i = 0; i < symbols_.conditions.size(); ++i) {
    const ConditionSymbol& other = symbols_.conditions[i];
    if (other.syntax->name.text != name) continue;
    bool meet = false;
    for (std::size_t below = 0; below < schema_.kinds.size(); ++below) {
      const auto at = static_cast<KindIndex>(below);
      const auto reaches = [&](KindIndex of) { return at == of || symbols_.may_be_above(at, of); };
      meet = meet || (reaches(kind) && reaches(other.kind));
    }
    if (!meet) continue;
    diagnostics_.add(DiagCode::condition_shadows, condition.name.span, {name, schema_.kinds[other.kind].name},
                     {}, {{other.syntax->name.span, "declared first here"}});
    return;
  }
  symbols_.conditions.push_back({&condition, kind});
  model_.conditions.push_back({name, condition.title.value_or(""), kind, condition.span});
}

void Declarer::groups() {
  // Groups stand beside what belongs to `system`, outside of any scope.
  for (const text::File& file : loaded_.package.files)
    for (const text::ActionGroup& written : file.groups) {
      if (!take(askable_[kSystemKind], "the group", written.name)) continue;
      GroupModel group;
      group.name = written.name.text;
      group.title = written.title.value_or("");
      for (const text::ActionRef& member : written.members) add_members(group, member);
      symbols_.groups_[group.name] = model_.groups.size();
      model_.groups.push_back(std::move(group));
    }
}

void Declarer::add_members(GroupModel& group, const text::ActionRef& member) {
  using Ref = text::ActionRef::Kind;
  const std::string letter = member.letter.value_or("");
  const auto add = [&](ActionIndex action, text::Span span) {
    const auto same = [&](const GroupModel::Member& other) { return other.action == action; };
    if (std::any_of(group.members.begin(), group.members.end(), same)) {
      diagnostics_.add(DiagCode::duplicate_name, span, {"the group's action", model_.actions[action].name});
      return;
    }
    group.members.push_back({action, letter});
  };
  if (member.kind == Ref::group) {
    const text::Name& name = member.actions.front();
    diagnostics_.add(DiagCode::unknown_name, name.span, {"action", name.text},
                     "actions of a group are written with their scope, such as project.read");
    return;
  }
  const KindIndex kind = symbols_.kind(member.scope.text);
  if (kind == kNoIndex) {
    if (!symbols_.is_tainted(member.scope.text))
      diagnostics_.add(DiagCode::unknown_name, member.scope.span, {"scope", member.scope.text},
                       text::did_you_mean(member.scope.text, symbols_.kind_names()));
    return;
  }
  if (member.kind == Ref::star || member.kind == Ref::star_star) {
    for (std::size_t i = 0; i < model_.actions.size(); ++i) {
      const KindIndex of = model_.actions[i].kind;
      if (of == kind || (member.kind == Ref::star_star && symbols_.may_be_above(of, kind)))
        add(static_cast<ActionIndex>(i), member.span);
    }
    return;
  }
  for (const text::Name& name : member.actions) {
    if (const auto action = symbols_.action(kind, name.text)) {
      add(*action, name.span);
    } else if (!symbols_.is_tainted(name.text)) {
      diagnostics_.add(DiagCode::unknown_name, name.span, {"action", member.scope.text + "." + name.text},
                       text::did_you_mean(name.text, symbols_.action_names(kind)));
    }
  }
}

}  // namespace policyc::compiler
