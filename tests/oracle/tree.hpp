#pragma once

// What values are, whoever holds them; a package's declarations by name, and what follows from them alone.

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "open_roles.hpp"
#include "oracle.hpp"

namespace policyc::oracle {

using text::Action, text::Condition, text::Expr, text::ExprKind, text::Path, text::Role, text::TypeExpr;

using Type = Value::Kind;

bool any(const auto& list, const auto& is) { return std::ranges::any_of(list, is); }

// The node of that name, if there is one.
auto* named(const auto& nodes, std::string_view name) {
  const auto at = std::ranges::find_if(nodes, [&](const auto& node) { return node.name.text == name; });
  return at == nodes.end() ? nullptr : &*at;
}
inline bool is_among(const std::vector<text::Name>& names, std::string_view name) {
  return any(names, [&](const text::Name& n) { return n.text == name; });
}

// "kind:id splits at the first colon"; a symbol at its dot: "plan.free".
inline std::string kind_of(const std::string& entity) { return entity.substr(0, entity.find(':')); }
inline std::string owner(const std::string& symbol) { return symbol.substr(0, symbol.find('.')); }
inline std::string bare(const std::string& symbol) { return symbol.substr(symbol.find('.') + 1); }

// The elements of a set, or the value alone.
inline std::vector<Value> elements(const Value& v) {
  return v.kind == Type::set ? v.elements : std::vector<Value>(v.kind == Type::absent ? 0 : 1, v);
}

// The bits that count in an address or block, "0110…", after its family: an address lies in the blocks whose
// bits it begins with. What maps an IPv4 address is of that family, so `::/0` has none of them.
inline std::string bits(std::string address) {
  const std::size_t slash = address.find('/');
  std::size_t count = slash == address.npos ? 128 : std::stoul(address.substr(slash + 1));
  address.resize(std::min(slash, address.size()));
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) {
    bytes[10] = bytes[11] = 0xFF;
    if (inet_pton(AF_INET, address.c_str(), &bytes[12]) != 1)
      throw std::logic_error("no address: " + address);
    if (slash != address.npos) count += 96;
  }
  constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  std::string all = count >= 96 && std::ranges::equal(kMapped, std::span(bytes).first(12)) ? "4" : "6";
  for (std::size_t i = 0; i < count; ++i) all += ((bytes[i / 8] >> (7 - i % 8)) & 1) != 0 ? '1' : '0';
  return all;
}

// "==": "ids are bytes, compared exactly".
inline bool same(const Value& a, const Value& b) {
  if (a.kind == Type::absent || b.kind == Type::absent) throw std::logic_error("an unset value is used");
  if (a.kind == Type::ip) return bits(a.text) == bits(b.text);
  return a.kind == Type::symbol ? bare(a.text) == bare(b.text) : a == b;
}

inline bool has(const std::vector<Value>& set, const Value& x) {
  return any(set, [&](const Value& y) { return same(x, y); });
}

inline std::vector<Value> distinct(const std::vector<Value>& values) {
  std::vector<Value> set;
  for (const Value& v : values)
    if (!has(set, v)) set.push_back(v);
  return set;
}

// "matches: * only", for any characters or none.
inline bool glob(std::string_view s, std::string_view p) {
  if (p.empty()) return s.empty();
  if (p[0] != '*') return !s.empty() && s[0] == p[0] && glob(s.substr(1), p.substr(1));
  return glob(s, p.substr(1)) || (!s.empty() && glob(s.substr(1), p));
}

// "+ - on int, time and duration (saturating, never wrapping)".
inline Value sum(const Value& a, const Value& b, bool minus) {
  Value s{
      a.kind == Type::time && b.kind == Type::time ? Type::duration : std::min(a.kind, b.kind), 0, {}, {}};
  const bool overflow = minus ? __builtin_sub_overflow(a.number, b.number, &s.number)
                              : __builtin_add_overflow(a.number, b.number, &s.number);
  if (overflow) s.number = (b.number < 0) != minus ? INT64_MIN : INT64_MAX;
  return s;
}

// "With self-nesting the name means the nearest one (the resource itself if it is one)."
inline const Entity* nearest(const Entity* e, const std::string& kind) {
  while (e != nullptr && e->kind != kind) e = e->parent;
  return e;
}

// What stands right of `is`: one path, or a set of them.
inline std::vector<Expr> choices(const Expr& is) {
  return is.operands[1].kind == ExprKind::set ? is.operands[1].operands : std::vector{is.operands[1]};
}

// What a text rests on, whatever is evaluated first: the time, context fields without default, and kinds
// whose own attributes it reads.
struct Reach {
  bool now = false;
  std::set<std::string> context, reads;
  std::set<std::pair<const Role*, bool>> roles = {};  // that it has come to
};

// Where an expression stands: on which kind of resource, for which action, inside which quantifiers.
struct Place {
  std::string kind;
  const Action* action = nullptr;
  std::map<std::string, TypeExpr> variables = {};
};

struct Tree {
  std::map<std::string, text::Scope> kinds;
  std::vector<text::Name> subjects, teams;                  // kinds of subjects, and of groups
  text::File all;                                           // what the files declare outside kinds
  std::map<std::string, std::set<std::string>> above;       // what can stand above a kind, and itself
  std::map<const Role*, std::string> home;                  // the kind that declares it
  std::map<const Role*, std::vector<const Role*>> holders;  // "whoever holds it holds what it includes"
  std::set<const Role*> rests_on_own;                       // whose `if` reads its own entity's attributes
  std::map<const Action*, Reach> reaches;

  // "Outside any scope: belong to the entity system, parent of every root and of every subject kind."
  explicit Tree(const text::Package& package) {
    const auto add = [](auto& to, const auto& more) { to.insert(to.end(), more.begin(), more.end()); };
    text::Scope& system = kinds["system"];
    for (const text::File& file : package.files) {
      add(system.attributes, file.system_attributes);
      add(system.roles, file.system_roles);
      add(system.actions, file.system_actions);
      add(all.enumerations, file.enumerations);
      add(all.context, file.context);
      add(all.conditions, file.conditions);
      add(all.groups, file.groups);
      add(all.rules, rules_of(file));
      add(all.obligations, file.obligations);
      for (const text::Scope& s : file.scopes) kinds[s.name.text] = s, add(all.conditions, s.conditions);
      for (const text::SubjectKind& s : file.subjects) {
        subjects.push_back(s.name);
        kinds[s.name.text].attributes = s.attributes;
        kinds[s.name.text].actions = s.actions;
      }
    }
    for (const text::File& file : package.files)
      for (const text::PrincipalGroup& g : file.principal_groups) {
        teams.push_back(g.name);
        kinds[g.name.text].attributes = g.attributes;
        kinds[g.name.text].parents = g.parents;
      }
    for (auto& [name, kind] : kinds)
      if (kind.parents.empty() && name != "system") kind.parents = {{"system", {}}};
    for (const auto& [name, kind] : kinds) {
      climb(name, above[name]);
      for (const Role& r : kind.roles) home[&r] = name;
    }
    for (const auto& [r, kind] : home) hold(r, r);
    for (const auto& [r, kind] : home) {
      Reach reached;
      if (r->condition) reach(*r->condition, {kind}, reached);
      if (reached.reads.contains(kind)) rests_on_own.insert(r);
    }
    for (const auto& [name, kind] : kinds)
      for (const Action& a : kind.actions) reach(name, a, reaches[&a]);
  }

  void climb(const std::string& kind, std::set<std::string>& to) const {
    if (!to.insert(kind).second) return;
    for (const text::Name& parent : kinds.at(kind).parents) climb(parent.text, to);
  }

  void hold(const Role* holder, const Role* held) {
    holders[held].push_back(holder);
    for (const Path& path : held->includes) hold(holder, role(home[held], path));
  }

  // The root that an entity or group is or stands in; subjects and strangers stand in none.
  const Entity* root(const Entity* e) const {
    while (e->parent != nullptr && e->parent->parent != nullptr) e = e->parent;
    return e->parent == nullptr || is_among(subjects, e->kind) || is_among(teams, e->kind) ? nullptr : e;
  }

  // "enum: ordered as written."
  std::ptrdiff_t member(const std::string& symbol) const {
    const auto* e = named(all.enumerations, owner(symbol));
    if (e == nullptr || !is_among(e->members, bare(symbol))) return -1;
    return std::ranges::find(e->members, bare(symbol), &text::Name::text) - e->members.begin();
  }

  const Role* role_in(const std::string& kind, const std::string& name) const {
    return kinds.contains(kind) ? named(kinds.at(kind).roles, name) : nullptr;
  }

  // "A role name stands for one role" of the scope and its ancestors with system; else "it must be
  // qualified".
  const Role* role(const std::string& kind, const Path& path) const {
    const std::string& name = path.parts.back().text;
    if (path.parts.size() > 1) return path.parts.size() == 2 ? role_in(path.parts[0].text, name) : nullptr;
    const Role* found = role_in(kind, name);
    for (const std::string& k : above.at(kind))
      if (found == nullptr) found = role_in(k, name);
    return found;
  }

  // "Named condition, for rules on that scope and scopes below."
  const Condition* condition(const std::string& kind, const Path& path) const {
    for (const Condition& c : all.conditions)
      if (path.parts.size() == 1 && c.name.text == path.parts[0].text &&
          above.at(kind).contains(c.scope.text))
        return &c;
    return nullptr;
  }

  // "scope.action, scope.{a, b}, scope.*, groups; scope.** (that scope and every scope below: it matches a
  // resource only if it is, or stands below, an entity of that scope)". Without a resource, whether it may.
  bool targets(const text::ActionRef& ref, const std::string& kind, const Action& a, const Entity* on) const {
    using Ref = text::ActionRef::Kind;
    const std::string& scope = ref.scope.text;
    const auto asks = [&](const text::ActionRef& member) { return targets(member, kind, a, on); };
    if (ref.kind == Ref::group) return any(named(all.groups, ref.actions[0].text)->members, asks);
    if (ref.kind == Ref::star_star) return above.at(kind).contains(scope) && (!on || nearest(on, scope));
    return scope == kind && (ref.kind == Ref::star || is_among(ref.actions, a.name.text));
  }
  bool targets(const text::Rule& rule, const std::string& kind, const Action& a, const Entity* on) const {
    return any(rule.actions, [&](const text::ActionRef& ref) { return targets(ref, kind, a, on); });
  }

  // The type of the value that a path names: all its kinds that have the attribute agree on it.
  TypeExpr type(const Path& path, const Place& at) const {
    const std::string& head = path.parts[0].text;
    TypeExpr t;
    t.names = {{head == "resource" ? at.kind : head, {}}};
    if (head == "subject") t.names = subjects;
    if (head == "parent") t.names = kinds.at(at.kind).parents;
    if (head == "action") t = named(at.action->parameters, path.parts[1].text)->type;
    if (head == "context") t = named(all.context, path.parts[1].text)->type;
    if (at.variables.contains(head)) t = at.variables.at(head);
    for (std::size_t i = head == "action" || head == "context" ? 2 : 1; i < path.parts.size(); ++i)
      for (const text::Name& kind : std::vector(t.names))
        if (const auto* a = named(kinds.at(kind.text).attributes, path.parts[i].text)) t = a->type;
    return t;
  }

  // "Every time test in the action's rules and the ifs they reach", "fixed without short-circuit".
  void reach(const std::string& kind, const Action& action, Reach& to) const {
    for (const text::Rule& rule : all.rules) {
      if (!targets(rule, kind, action, nullptr)) continue;
      for (const Path& who : rule.who) reach(role(kind, who), false, to);
      if (rule.when) reach(*rule.when, {kind, &action}, to);
      if (rule.unless) reach(*rule.unless, {kind, &action}, to);
    }
  }

  void reach(const Role* asked, bool itself, Reach& to) const {
    if (asked != nullptr && !to.roles.emplace(asked, itself).second)
      return;  // `from parents.viewer` of viewer
    for (const Role* r : asked != nullptr ? holders.at(asked) : std::vector<const Role*>{}) {
      const std::string& kind = home.at(r);
      if (itself && kind != home.at(asked)) continue;
      if (r->condition) reach(*r->condition, {kind}, to);
      for (const Path& source : r->sources) {
        const std::string& first = source.parts[0].text;
        if (const auto* own = named(kinds.at(kind).attributes, first)) {
          to.reads.insert(kind);
          for (const text::Name& of : (own->type.element.empty() ? own->type : own->type.element[0]).names)
            if (source.parts.size() > 1) reach(role(of.text, {{source.parts[1]}, {}}), false, to);
        } else if (source.parts.size() == 1 || above.at(kind).contains(first)) {
          reach(role(kind, source), false, to);  // what is rolled up rests on facts about children alone
        }
      }
    }
  }

  void reach(const Expr& e, Place at, Reach& to) const {
    const auto& words = e.path.parts;
    if (e.kind == ExprKind::path) {
      const std::string& head = words[0].text;
      if (head == "now") to.now = true;
      if (words.size() > 1) to.reads.insert(head == "resource" ? at.kind : head);
      if (const auto* c = condition(at.kind, e.path)) reach(c->body, {c->scope.text, at.action}, to);
      const auto* field = head == "context" ? named(all.context, words[1].text) : nullptr;
      if (field && !field->fallback && !field->type.optional) to.context.insert(words[1].text);
    }
    if (e.kind == ExprKind::may)
      reach(words[0].text, *named(kinds.at(words[0].text).actions, words[1].text), to);
    if (!e.variable.text.empty()) at.variables[e.variable.text] = type(e.operands[0].path, at).element[0];
    for (const Expr& operand : e.operands)
      if (e.kind != ExprKind::is || &operand != &e.operands[1]) reach(operand, at, to);

    std::vector<text::Name> on = {{at.kind, {}}};
    if (e.kind == ExprKind::is && e.operands.size() > 2) on = type(e.operands[2].path, at).names;
    for (const Expr& choice : e.kind == ExprKind::is ? choices(e) : std::vector<Expr>{}) {
      bool is_value = choice.path.parts.size() > 1 || !kinds.contains(choice.path.parts[0].text);
      for (const text::Name& kind : on)
        if (const Role* r = role(kind.text, choice.path)) reach(r, e.itself, to), is_value = false;
      if (!is_value) continue;
      reach(choice, at, to);
      const TypeExpr value = type(choice.path, at);
      const auto& scope = (value.element.empty() ? value : value.element[0]).names[0].text;
      for (const Role& r : kinds.at(scope).roles) reach(&r, e.itself, to);
    }
  }
};

}  // namespace policyc::oracle
