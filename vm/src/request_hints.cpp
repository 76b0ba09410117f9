#include "request_hints.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "near_names.hpp"
#include "request_report.hpp"
#include "text_values.hpp"
#include "value_reader.hpp"

namespace policyc::vm {
namespace {

// "a, b or c"; of many only the first.
std::string listed(const std::vector<std::string>& names, const char* last) {
  constexpr std::size_t kMost = 8;
  const std::size_t shown = std::min(names.size(), kMost);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i)
    text += (i == 0 ? "" : i + 1 < names.size() ? ", " : std::string(" ") + last + " ") + names[i];
  return shown < names.size() ? text + " …" : text;
}

std::string near_one(std::string_view wrong, const std::vector<std::string>& names) {
  NearestName nearest(wrong);
  for (const std::string& name : names) nearest.offer(name);
  return std::string(nearest.best());
}

std::string meant(std::string_view name) { return "; did you mean " + quoted(name) + "?"; }

// "a list", "an item", "system".
std::string one(const Schema& schema, KindIndex kind) {
  const std::string& name = schema.kinds[kind].name;
  if (kind == kSystemKind) return name;
  return (std::string_view("aeiou").find(name[0]) == std::string_view::npos ? "a " : "an ") + name;
}

std::vector<std::string> kinds_in(const Schema& schema, std::uint64_t set) {
  std::vector<std::string> names;
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind)
    if (((set >> kind) & 1) != 0) names.push_back(schema.kinds[kind].name);
  return names;
}

std::string hint_of_entity(const Linked& linked, std::string_view text, std::uint64_t kinds) {
  const Schema& schema = linked.parts.schema;
  const std::vector<std::string> names = kinds_in(schema, kinds);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    if (names.size() == 1) return ": write " + quoted(names.front() + ":" + std::string(text));
    return ": write the kind before it, " + listed(names, "or") + ", and a colon";
  }
  const std::string_view kind = text.substr(0, colon);
  const KindIndex plural = schema.find_plural(kind);
  const std::string right =
      plural != kNoIndex && ((kinds >> plural) & 1) != 0 ? schema.kinds[plural].name : near_one(kind, names);
  if (!right.empty() && right != kind) return meant(right + std::string(text.substr(colon)));
  return ": " + quoted(text) + " is no " + listed(names, "or");
}

std::string hint_of_scalar(const Linked& linked, const Value& value, TypeKind kind, std::uint64_t argument,
                           NodeId place) {
  const Schema& schema = linked.parts.schema;
  const bool is_text = value.kind == Value::Kind::text;
  const auto one_of = [&](const std::vector<std::string>& names) {
    const std::string near = is_text ? near_one(value.text, names) : "";
    return near.empty() ? ": it is " + listed(names, "or") : meant(near);
  };
  switch (kind) {
    case TypeKind::boolean: return std::string(": it is true or false") + (is_text ? ", without quotes" : "");
    case TypeKind::integer:
      return std::string(": it is a whole number") + (is_text ? ", without quotes" : "");
    case TypeKind::string: return is_text ? ": it is no UTF-8" : ": it is a text";
    case TypeKind::time: return ": it is a time like \"2026-03-01T09:00:00Z\", with a zone";
    case TypeKind::duration: return ": it is a duration like \"90s\", \"15m\", \"8h\" or \"30d\"";
    case TypeKind::ip: {
      const std::size_t slash = is_text ? value.text.find('/') : std::string_view::npos;
      if (slash != std::string_view::npos && parse_ip(value.text.substr(0, slash)))
        return ": the address of a block has no bits beyond its prefix, as in \"10.0.0.0/8\"";
      return ": it is an address or a block like \"10.0.0.1\", \"10.0.0.0/8\" or \"2001:db8::1\"";
    }
    case TypeKind::enumeration: return one_of(schema.enums[argument].members);
    case TypeKind::role: {
      std::vector<std::string> names;
      for (const RoleIndex role : schema.kinds[argument].roles)
        if (!schema.roles[role].is_hidden && !schema.roles[role].is_open)
          names.push_back(schema.roles[role].name);
      const bool may_be_defined =
          place != kNoNode && schema.find_open_role(static_cast<KindIndex>(argument)) != nullptr;
      if (!may_be_defined || (is_text && !near_one(value.text, names).empty())) return one_of(names);
      names.emplace_back("a role that the snapshot defines there or above");
      return ": it is " + listed(names, "or");
    }
    case TypeKind::entity:
      if (!is_text) return ": it is an entity, as \"kind:id\"";
      return hint_of_entity(linked, value.text, argument);
    case TypeKind::set: break;
  }
  return {};
}

}  // namespace

std::string hint_of_action(const Linked& linked, std::string_view action, KindIndex kind) {
  const Schema& schema = linked.parts.schema;
  const std::span<const ActionInfo> all = linked.program->actions();
  if (const auto found = linked.program->find_action(action))
    return ": it is asked of " + one(schema, all[*found].kind) +
           (kind == kNoIndex ? "" : ", not of " + one(schema, kind));
  std::vector<std::string> own, others, plain;  // of the resource's kind: "list.read", and "read"
  for (const ActionInfo& info : all) {
    const std::string& scope = schema.kinds[info.kind].name;
    if (scope + "." + info.name == action) return "; callers say " + quoted(scope + "." + info.wire_name);
    (info.kind == kind ? own : others).push_back(scope + "." + info.wire_name);
    if (info.kind != kind) continue;
    if (info.wire_name == action || info.name == action) return meant(own.back());
    plain.push_back(info.wire_name);
  }
  for (const auto* names : {&own, &others})
    if (const std::string near = near_one(action, *names); !near.empty()) return meant(near);
  if (kind == kNoIndex) return {};
  if (plain.empty()) return ": nothing can be asked of " + one(schema, kind);
  return "; " + schema.kinds[kind].name + " has " + listed(plain, "and");
}

std::string hint_of_kind(const Linked& linked, std::string_view kind, bool subject) {
  const Schema& schema = linked.parts.schema;
  std::vector<std::string> names;
  for (const KindInfo& info : schema.kinds)
    if (subject ? info.category == KindCategory::subject : info.category == KindCategory::scope)
      names.push_back(info.name);
  const KindIndex plural = schema.find_plural(kind);
  if (plural != kNoIndex && std::find(names.begin(), names.end(), schema.kinds[plural].name) != names.end())
    return meant(schema.kinds[plural].name);
  if (const std::string near = near_one(kind, names); !near.empty()) return meant(near);
  if (names.empty()) return {};
  return std::string(subject ? ": subjects are of kind " : ": it declares ") +
         listed(names, subject ? "or" : "and");
}

std::string hint_of_name(const Linked& linked, std::string_view name) {
  if (!is_valid_id(name)) return {};
  const Schema& schema = linked.parts.schema;
  for (std::size_t kind = 1; kind < schema.kinds.size(); ++kind)
    if (linked.view.find(static_cast<KindIndex>(kind), name) != kNoNode)
      return meant(schema.kinds[kind].name + ":" + std::string(name));
  return {};
}

std::string hint_of_value(const Linked& linked, const Value& value, const Type& type, NodeId place) {
  if (type.kind != TypeKind::set) return hint_of_scalar(linked, value, type.kind, type.argument, place);
  if (value.kind != Value::Kind::list) return ": it is a list";
  const Type one{type.element, TypeKind::boolean, false, type.argument};
  const auto room = std::make_unique<ElementArena>();
  for (const Value& element : value.elements) {
    Cell cell;
    if (read_value(element, one, false, place, linked, *room, cell) == ErrorCode::ill_typed)
      return hint_of_scalar(linked, element, type.element, type.argument, place);
  }
  return {};
}

}  // namespace policyc::vm
