// What stands in kinds: attributes, roles by name, actions; and the context.

#include <algorithm>

#include "declarer.hpp"
#include "program_format.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

constexpr std::size_t kMaxRolesOfKind = 64;

// The keys of an entity in a snapshot.
constexpr std::string_view kEntityKeys[] = {"id",    "in",     "grants", "members",
                                            "roles", "system", "entity", "op"};

// What callers may have to write in a URL, a log or a shell stays one word. The dot
// and the colon have their place before and behind it.
[[nodiscard]] bool is_wire_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

[[nodiscard]] bool names_entities(const Type& type) {
  return type.kind == TypeKind::entity || (type.kind == TypeKind::set && type.element == TypeKind::entity);
}

}  // namespace

bool is_entity_key(std::string_view name) {
  return std::find(std::begin(kEntityKeys), std::end(kEntityKeys), name) != std::end(kEntityKeys);
}

void Declarer::attributes() {
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    for (const auto* list : attributes_of(static_cast<KindIndex>(kind)))
      for (const text::Attribute& attribute : *list) add_attribute(static_cast<KindIndex>(kind), attribute);
}

void Declarer::add_attribute(KindIndex kind, const text::Attribute& attribute) {
  const std::string& name = attribute.name.text;
  if (!take(members_[kind], "the attribute", attribute.name)) return;
  if (is_entity_key(name)) {
    diagnostics_.add(DiagCode::snapshot_key, attribute.name.span, {name, "as a key of its format"});
    symbols_.tainted_.insert(name);
    return;
  }
  const KindIndex same = symbols_.kind(name);
  if (same != kNoIndex && same != kSystemKind && schema_.kinds[same].category == KindCategory::scope) {
    diagnostics_.add(DiagCode::name_clash, attribute.name.span, {"an attribute", name, "a scope"}, {},
                     {{sources_[same].name().span, "the scope"}});
    symbols_.tainted_.insert(name);
    return;
  }
  for (std::size_t child = 1; child < schema_.kinds.size(); ++child) {
    const auto& above = schema_.kinds[child].parents;
    if (schema_.kinds[child].plural != name || std::find(above.begin(), above.end(), kind) == above.end())
      continue;
    diagnostics_.add(DiagCode::snapshot_key, attribute.name.span,
                     {name, "for the list of the '" + schema_.kinds[child].name + "' entities inside"}, {},
                     {{sources_[child].name().span, "stands in it"}});
    symbols_.tainted_.insert(name);
    return;
  }
  const std::optional<Type> type = type_of(attribute.type);
  if (!type || !fits(schema_.attributes.size(), "the policy", "attributes", attribute.span)) {
    symbols_.tainted_.insert(name);
    return;
  }
  const auto index = static_cast<AttributeIndex>(schema_.attributes.size());
  schema_.attributes.push_back({name, kind, *type, attribute.from_request, std::nullopt, attribute.cross});
  schema_.kinds[kind].attributes.push_back(index);
  if (attribute.fallback) with_default_.emplace_back(index, &attribute);
  if (attribute.cross && !names_entities(*type))
    diagnostics_.add(DiagCode::bad_cross, attribute.span, {name, to_string(*type, schema_)});
  if (attribute.acyclic) add_closure(index, attribute);
}

// Whatever the attribute leads to is an attribute of its own, whose name no text can write.
void Declarer::add_closure(AttributeIndex of, const text::Attribute& attribute) {
  const AttributeInfo& info = schema_.attributes[of];
  const KindInfo& kind = schema_.kinds[info.kind];
  const std::uint64_t own = std::uint64_t{1} << info.kind;
  const auto refuse = [&](const char* why, const std::string& way_out) {
    diagnostics_.add(DiagCode::bad_acyclic, attribute.span, {info.name, why, way_out});
    symbols_.tainted_.insert(info.name);
  };
  if (kind.category != KindCategory::scope)
    return refuse("it leads from a resource to others", "declare it in a scope");
  if (!names_entities(info.type) || info.type.argument != own)
    return refuse("it names no entities of its own kind",
                  "write `" + info.name + ": set<" + kind.name + "> acyclic`");
  if (info.type.kind == TypeKind::entity && !info.type.optional)
    return refuse("where each has one it never ends",
                  "write `" + info.name + ": " + kind.name + "? acyclic`");
  if (info.from_request) return refuse("it comes from the request", "leave one of the two out");
  if (kind.self_nesting)
    return refuse("its kind nests in itself already",
                  "say with `in` what stands in what, or don't let it nest");
  for (const AttributeIndex other : kind.attributes)
    if (schema_.attributes[other].closure_of != kNoIndex)
      return refuse("its kind has one already", "keep one of the two");
  if (!fits(schema_.attributes.size(), "the policy", "attributes", attribute.span)) return;
  const auto index = static_cast<AttributeIndex>(schema_.attributes.size());
  schema_.kinds[info.kind].attributes.push_back(index);
  AttributeInfo closure{
      info.name + "*", info.kind, {TypeKind::set, TypeKind::entity, false, own}, false, DefaultValue{},
      info.cross,      of};
  schema_.attributes.push_back(std::move(closure));
}

void Declarer::roles() {
  for (std::size_t i = 0; i < schema_.kinds.size(); ++i) {
    const auto kind = static_cast<KindIndex>(i);
    for (const auto* list : roles_of(kind))
      for (const text::Role& role : *list) {
        if (is_reserved_name(role.name, "a role", false)) {
          symbols_.tainted_.insert(role.name.text);
          continue;
        }
        if (const auto taken = global_.find(role.name.text); taken != global_.end()) {
          diagnostics_.add(DiagCode::name_clash, role.name.span,
                           {"a role", role.name.text, "declared as " + taken->second.what}, {},
                           {{taken->second.span, "declared here"}});
          symbols_.tainted_.insert(role.name.text);
          continue;
        }
        if (!take(members_[kind], "the role", role.name)) continue;
        if (schema_.kinds[kind].roles.size() == kMaxRolesOfKind) {
          if (full_.insert(schema_.kinds[kind].name).second)
            diagnostics_.add(
                DiagCode::too_many, role.span,
                {"'" + schema_.kinds[kind].name + "'", std::to_string(kMaxRolesOfKind), "roles"});
          symbols_.tainted_.insert(role.name.text);
          continue;
        }
        const auto index = static_cast<RoleIndex>(schema_.roles.size());
        RoleInfo info;
        info.name = role.name.text;
        info.kind = kind;
        if (role.is_public && role.not_granted)
          diagnostics_.add(DiagCode::public_not_granted, role.name.span, {role.name.text});
        info.is_open = role.is_open;
        info.grantable = !role.not_granted && !role.is_open;
        info.is_public = role.is_public;
        info.assignable = !role.not_assignable && !role.is_open;
        schema_.roles.push_back(std::move(info));
        schema_.kinds[kind].roles.push_back(index);
        RoleModel more;
        more.span = role.span;
        model_.roles.push_back(std::move(more));
        written_roles_.push_back(&role);
      }
  }
}

std::optional<Type> Declarer::type_of(const text::TypeExpr& written) {
  const std::optional<Type> type = resolve_type(written, symbols_, diagnostics_);
  if (type &&
      (type->kind == TypeKind::role || (type->kind == TypeKind::set && type->element == TypeKind::role)))
    role_types_.emplace_back(static_cast<KindIndex>(type->argument), written.span);
  return type;
}

// A value of `role of` a kind is one of the roles that the kind declares or, under an open role, that a
// snapshot defines: so there must be a role.
void Declarer::role_types() {
  const auto has_none = [](const std::vector<text::Role>* list) { return list->empty(); };
  for (const auto& [kind, span] : role_types_) {
    const auto lists = roles_of(kind);
    if (std::all_of(lists.begin(), lists.end(), has_none))
      diagnostics_.add(DiagCode::nothing_assignable, span, {schema_.kinds[kind].name});
  }
}

// Defaults may name roles and entities of any kind, so they are read when all are known.
void Declarer::defaults() {
  for (const auto& [index, attribute] : with_default_)
    schema_.attributes[index].fallback =
        literals_.literal(*attribute->fallback, schema_.attributes[index].type);
}

void Declarer::actions() {
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    for (const auto* list : actions_of(static_cast<KindIndex>(kind)))
      for (const text::Action& action : *list) add_action(static_cast<KindIndex>(kind), action);
}

void Declarer::add_action(KindIndex kind, const text::Action& action) {
  if (!take(askable_[kind], "the action", action.name)) return;
  if (!fits(model_.actions.size(), "the policy", "actions", action.span)) {
    symbols_.tainted_.insert(action.name.text);
    return;
  }
  ActionInfo info;
  info.name = action.name.text;
  info.wire_name = info.name;
  info.title = action.title.value_or("");
  info.kind = kind;
  if (action.wire_name && *action.wire_name != info.name) {
    if (!is_wire_name(*action.wire_name))
      diagnostics_.add(DiagCode::bad_wire_name, action.span, {*action.wire_name});
    else if (take(askable_[kind], "the wire name", {*action.wire_name, action.span}))
      info.wire_name = *action.wire_name;
  }
  const std::string name = schema_.kinds[kind].name + "." + info.name;
  info.parameters = parameters(action.parameters, name);
  for (const ParameterInfo& parameter : info.parameters) must_be_assignable(parameter, action);
  if (symbols_.actions_.size() <= kind) symbols_.actions_.resize(std::size_t{kind} + 1);
  symbols_.actions_[kind][info.name] = static_cast<ActionIndex>(model_.actions.size());
  model_.actions.push_back(std::move(info));
  model_.action_spans.push_back(action.span);
}

// What a request may not name isn't handed out by saying nothing.
void Declarer::must_be_assignable(const ParameterInfo& parameter, const text::Action& action) {
  const bool names_roles = parameter.type.kind == TypeKind::role || parameter.type.element == TypeKind::role;
  if (!parameter.fallback || !names_roles) return;
  const auto check = [&](std::uint64_t number) {
    const RoleInfo& role = schema_.roles[number];
    if (role.assignable) return;
    const auto written =
        std::find_if(action.parameters.begin(), action.parameters.end(),
                     [&](const text::Parameter& one) { return one.name.text == parameter.name; });
    diagnostics_.add(DiagCode::default_not_assignable, written->fallback->span, {parameter.name, role.name});
  };
  if (parameter.type.kind == TypeKind::role)
    return check(static_cast<std::uint64_t>(parameter.fallback->number));
  for (const DefaultValue& element : parameter.fallback->elements)
    check(static_cast<std::uint64_t>(element.number));
}

std::vector<ParameterInfo> Declarer::parameters(const std::vector<text::Parameter>& written,
                                                const std::string& of) {
  std::vector<ParameterInfo> all;
  Names names;
  for (const text::Parameter& parameter : written) {
    if (!take(names, "the parameter", parameter.name)) continue;
    if (all.size() == vm::kMaxParameters) {
      diagnostics_.add(DiagCode::too_many, parameter.span,
                       {"'" + of + "'", std::to_string(vm::kMaxParameters), "parameters"});
      break;
    }
    const std::optional<Type> type = type_of(parameter.type);
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
      if (model_.context.size() == vm::kMaxContextFields) {
        diagnostics_.add(DiagCode::too_many, field.span,
                         {"the policy", std::to_string(vm::kMaxContextFields), "context fields"});
        return;
      }
      const std::optional<Type> type = type_of(field.type);
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

}  // namespace policyc::compiler
