// The same facts as people write them: JSON Lines, one fact a line, and YAML, nested or flat.

#include <map>

#include "policy_parts.hpp"

namespace policyc::differential {

namespace {

using oracle::Entity;
using oracle::Snapshot;
using oracle::Value;
using Type = oracle::Value::Kind;

std::string quoted(const std::string& s) {
  std::string text = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

// JSON, which YAML's flow style reads too. Symbols go bare, as the attribute's type is known.
std::string value_text(const Value& v) {
  switch (v.kind) {
    case Type::boolean: return v.number != 0 ? "true" : "false";
    case Type::integer: return std::to_string(v.number);
    case Type::time: return quoted(time_text(v.number));
    case Type::duration: return quoted(std::to_string(v.number / 1'000'000) + "s");
    case Type::symbol: return quoted(v.text.substr(v.text.find('.') + 1));
    case Type::set: {
      std::string text = "[";
      for (const Value& e : v.elements) text += (text.size() > 1 ? ", " : "") + value_text(e);
      return text + "]";
    }
    default: return quoted(v.text);
  }
}

template <class T>
void shuffle(std::vector<T>& list, Random& random) {
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random.upto(i)]);
}

std::string id_of(const Entity& e) { return e.name.substr(e.name.find(':') + 1); }

// The keys that say when a grant counts.
std::string window_text(const Entity::Grant& g) {
  std::string text;
  if (g.from) text += ", \"from\": " + quoted(time_text(*g.from));
  if (g.until) text += ", \"until\": " + quoted(time_text(*g.until));
  return text;
}

std::string grants_text(const Entity& e) {
  std::map<std::string, std::string> by_role;
  for (const Entity::Grant& g : e.grants) {
    const std::string window = window_text(g);
    by_role[g.role] +=
        (by_role[g.role].empty() ? "" : ", ") +
        (window.empty() ? quoted(g.principal) : "{ to: " + quoted(g.principal) + window + " }");
  }
  std::string text;
  for (const auto& [role, principals] : by_role)
    text += (text.empty() ? "{" : ", ") + role + ": [" + principals + "]";
  return text.empty() ? "{}" : text + "}";
}

// The actions that a role can; and all roles that an entity defines.
std::string can_text(const std::set<std::string>& actions) {
  std::string text;
  for (const std::string& action : actions) text += (text.empty() ? "[" : ", ") + quoted(action);
  return text.empty() ? "[]" : text + "]";
}
std::string roles_text(const Entity& e) {
  std::string text;
  for (const auto& [role, actions] : e.roles)
    text += (text.empty() ? "{" : ", ") + role + ": " + can_text(actions);
  return text + "}";
}

std::string members_text(const Entity& e) {
  std::string text;
  for (const std::string& m : e.members) text += (text.empty() ? "[" : ", ") + quoted(m);
  return text.empty() ? "[]" : text + "]";
}

void yaml_list(const PolicySpec& policy, const Snapshot& snapshot, const KindSpec& kind, const Entity* parent,
               const std::string& indent, Random& random, std::string& text,
               std::vector<std::string>& grants) {
  std::vector<const Entity*> members;
  for (const auto& [name, e] : snapshot)
    if (e.kind == kind.name && e.parent == parent) members.push_back(&e);
  shuffle(members, random);
  if (members.empty()) return;
  text += indent + kind.plural + ":\n";
  for (const Entity* e : members) {
    text += indent + "  - id: " + quoted(id_of(*e)) + "\n";
    const std::string inner = indent + "    ";
    for (const auto& [name, v] : e->attributes) text += inner + name + ": " + value_text(v) + "\n";
    if (!e->roles.empty()) text += inner + "roles: " + roles_text(*e) + "\n";
    if (!e->members.empty()) text += inner + "members: " + members_text(*e) + "\n";
    if (!e->grants.empty() && random.chance(80))
      text += inner + "grants: " + grants_text(*e) + "\n";
    else
      for (const Entity::Grant& g : e->grants)
        grants.push_back("  - { to: " + quoted(g.principal) + ", role: " + g.role +
                         ", on: " + quoted(e->name) + window_text(g) + " }\n");
    for (const KindSpec& child : policy.kinds)
      if ((!child.subject || !child.members.empty()) && child.name != "system")
        yaml_list(policy, snapshot, child, e, inner, random, text, grants);
  }
}

}  // namespace

std::string to_json_lines(const PolicySpec& policy, const Snapshot& snapshot, Random& random) {
  std::vector<std::string> lines;
  for (const auto& [name, e] : snapshot) {
    const bool is_group = e.kind != "system" && !kind_named(policy, e.kind).members.empty();
    std::string line = (is_group ? "{\"group\":" : "{\"entity\":") + quoted(name);
    if (!e.members.empty()) line += ",\"members\":" + members_text(e);
    if (e.parent != nullptr && e.parent->kind != "system") line += ",\"in\":" + quoted(e.parent->name);
    for (const auto& [attribute, v] : e.attributes) line += "," + quoted(attribute) + ":" + value_text(v);
    if (name != "system" || !e.attributes.empty()) lines.push_back(line + "}\n");
    for (const auto& [role, actions] : e.roles)
      lines.push_back("{\"role\":" + quoted(role) + ",\"on\":" + quoted(name) +
                      ",\"can\":" + can_text(actions) + "}\n");
    for (const Entity::Grant& g : e.grants)
      lines.push_back("{\"grant\":" + quoted(g.role) + ",\"to\":" + quoted(g.principal) +
                      ",\"on\":" + quoted(name) + window_text(g) + "}\n");
  }
  shuffle(lines, random);
  std::string text;
  for (const std::string& line : lines) text += line;
  return text + "{\"end\":{\"lines\":" + std::to_string(lines.size()) + "}}\n";
}

std::string to_yaml(const PolicySpec& policy, const Snapshot& snapshot, Random& random) {
  std::string text = "snapshot: 1\n";
  const Entity& system = snapshot.find("system")->second;
  if (!system.attributes.empty() || !system.grants.empty() || !system.roles.empty()) {
    text += "system:\n";
    for (const auto& [name, v] : system.attributes) text += "  " + name + ": " + value_text(v) + "\n";
    if (!system.roles.empty()) text += "  roles: " + roles_text(system) + "\n";
    if (!system.grants.empty()) text += "  grants: " + grants_text(system) + "\n";
  }
  std::vector<std::string> grants;
  for (const KindSpec& kind : policy.kinds)
    if (kind.name != "system") yaml_list(policy, snapshot, kind, &system, "", random, text, grants);
  if (!grants.empty()) text += "grants:\n";
  for (const std::string& g : grants) text += g;
  return text;
}

}  // namespace policyc::differential
