#include "oracle.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace policyc::oracle {

using text::Action, text::Condition, text::Expr, text::ExprKind, text::Path, text::Role, text::TypeExpr;
using Type = Value::Kind;

namespace {

template <class Nodes>
auto* named(const Nodes& nodes, std::string_view name) {
  const auto at = std::ranges::find_if(nodes, [&](auto& node) { return node.name.text == name; });
  return at == nodes.end() ? nullptr : &*at;
}

// The kind in "kind:id", which "splits at the first colon"; the enum or scope of a symbol, and the bare
// symbol.
std::string kind_of(std::string_view entity) { return std::string(entity.substr(0, entity.find(':'))); }
std::string owner(std::string_view symbol) { return std::string(symbol.substr(0, symbol.find('.'))); }
std::string bare(std::string_view symbol) { return std::string(symbol.substr(symbol.find('.') + 1)); }

std::vector<Value> elements(const Value& v) {
  if (v.kind == Type::absent) return {};
  return v.kind == Type::set ? v.elements : std::vector{v};
}

// The bits that count in an address or block: an IPv4 address is the IPv6 one that it maps to, and an address
// lies in a block if it begins with its bits.
std::string bits(std::string text) {
  const std::size_t slash = text.find('/');
  std::size_t count = slash == text.npos ? 128 : std::stoul(text.substr(slash + 1));
  text.resize(std::min(slash, text.size()));
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) {
    bytes[10] = bytes[11] = 0xFF;
    if (inet_pton(AF_INET, text.c_str(), &bytes[12]) != 1) throw std::logic_error("not an address: " + text);
    if (slash != text.npos) count += 96;
  }
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += ((bytes[i / 8] >> (7 - i % 8)) & 1) != 0 ? '1' : '0';
  return all;
}

// "==": "ids are bytes, compared exactly".
bool same(const Value& a, const Value& b) {
  if (a.kind == Type::absent || b.kind == Type::absent) throw std::logic_error("an unset value is used");
  if (a.kind == Type::ip) return bits(a.text) == bits(b.text);
  return a.kind == Type::symbol ? bare(a.text) == bare(b.text) : a == b;
}

bool has(const std::vector<Value>& set, const Value& x) {
  return std::ranges::any_of(set, [&](const Value& y) { return same(x, y); });
}

std::vector<Value> distinct(const std::vector<Value>& values) {
  std::vector<Value> set;
  for (const Value& v : values)
    if (!has(set, v)) set.push_back(v);
  return set;
}

// "matches: * only", for any characters or none.
bool glob(std::string_view s, std::string_view p) {
  if (p.empty()) return s.empty();
  if (p[0] == '*' && glob(s, p.substr(1))) return true;
  return !s.empty() && (p[0] == '*' || s[0] == p[0]) && glob(s.substr(1), p[0] == '*' ? p : p.substr(1));
}

// "+ - on int, time and duration (saturating, never wrapping)".
Value sum(const Value& a, const Value& b, bool minus) {
  Value s{
      a.kind == Type::time && b.kind == Type::time ? Type::duration : std::min(a.kind, b.kind), 0, {}, {}};
  const bool overflow = minus ? __builtin_sub_overflow(a.number, b.number, &s.number)
                              : __builtin_add_overflow(a.number, b.number, &s.number);
  if (overflow) s.number = (b.number < 0) != minus ? INT64_MIN : INT64_MAX;
  return s;
}

// "With self-nesting the name means the nearest one (the resource itself if it is one)."
const Entity* nearest(const Entity* e, std::string_view kind) {
  while (e != nullptr && e->kind != kind) e = e->parent;
  return e;
}

// What stands right of `is`: one path, or a set of them.
std::vector<Expr> choices(const Expr& is) {
  return is.operands[1].kind == ExprKind::set ? is.operands[1].operands : std::vector{is.operands[1]};
}

// What a text rests on, whatever is evaluated first: the time, context fields without default, and kinds
// whose own attributes it reads.
struct Reach {
  bool now = false;
  std::set<std::string> context, reads;
};

// Where an expression stands: on which kind of resource, for which action, inside which quantifiers.
struct Place {
  std::string kind;
  const Action* action = nullptr;
  std::map<std::string, TypeExpr> variables = {};
};

}  // namespace

// ---------------------------------------------------- the declarations, and what follows from them alone

struct Tree {
  std::map<std::string, text::Scope> kinds;
  std::map<std::string, std::set<std::string>> above;  // what can stand above a kind, and itself
  std::vector<text::Name> subjects;
  text::File all;  // what the files declare outside kinds
  std::map<const Role*, std::string> home;
  std::map<const Role*, std::vector<const Role*>> holders;  // "whoever holds it holds what it includes"
  std::set<const Role*> rests_on_own;
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
      add(all.rules, file.rules);
      for (const auto& s : file.subjects) {
        subjects.push_back(s.name);
        kinds[s.name.text].attributes = s.attributes;
        kinds[s.name.text].actions = s.actions;
      }
      for (const auto& s : file.scopes) kinds[s.name.text] = s, add(all.conditions, s.conditions);
    }
    for (auto& [name, kind] : kinds)
      if (kind.parents.empty() && name != "system") kind.parents = {{"system", {}}};
    for (const auto& [name, kind] : kinds) climb(name, above[name]);
    for (const auto& [name, kind] : kinds)
      for (const Role& r : kind.roles) home[&r] = name;
    for (const auto& [r, kind] : home) hold(r, r);
    for (const auto& [r, kind] : home) {
      Reach reached;
      if (r->condition) reach(*r->condition, {kind}, reached);
      if (reached.reads.count(kind) > 0) rests_on_own.insert(r);
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

  bool stands_below(const std::string& kind, const std::string& other) const {
    return above.at(kind).count(other) > 0;
  }

  const Role* role_in(const std::string& kind, const std::string& name) const {
    const auto k = kinds.find(kind);
    return k == kinds.end() ? nullptr : named(k->second.roles, name);
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
      if (path.parts.size() == 1 && c.name.text == path.parts[0].text && stands_below(kind, c.scope.text))
        return &c;
    return nullptr;
  }

  // "scope.action, scope.{a, b}, scope.*, groups; scope.** (that scope and every scope below: it matches a
  // resource only if it is, or stands below, an entity of that scope)". Without a resource, whether it may.
  bool targets(const text::ActionRef& ref, const std::string& kind, const Action& action,
               const Entity* on) const {
    using Ref = text::ActionRef::Kind;
    const auto asked = [&](const text::ActionRef& member) { return targets(member, kind, action, on); };
    if (ref.kind == Ref::group)
      return std::ranges::any_of(named(all.groups, ref.actions[0].text)->members, asked);
    if (ref.kind == Ref::star_star)
      return stands_below(kind, ref.scope.text) && (on == nullptr || nearest(on, ref.scope.text) != nullptr);
    const auto is_it = [&](const text::Name& name) { return name.text == action.name.text; };
    return ref.scope.text == kind && (ref.kind == Ref::star || std::ranges::any_of(ref.actions, is_it));
  }
  bool targets(const text::Rule& rule, const std::string& kind, const Action& action,
               const Entity* on) const {
    return std::ranges::any_of(rule.actions, [&](auto& ref) { return targets(ref, kind, action, on); });
  }

  // The type of the value that a path names: as all its entities agree on it, the first kind's will do.
  TypeExpr type(const Path& path, const Place& at) const {
    const std::string& head = path.parts[0].text;
    const std::size_t words = head == "action" || head == "context" ? 2 : 1;
    TypeExpr t{{}, {{head == "resource" ? at.kind : head, {}}}, {}, {}, {}};
    if (head == "subject") t.names = {subjects.begin(), subjects.end()};
    if (head == "parent") t.names = kinds.at(at.kind).parents;
    if (head == "action") t = named(at.action->parameters, path.parts[1].text)->type;
    if (head == "context") t = named(all.context, path.parts[1].text)->type;
    if (at.variables.count(head) > 0) t = at.variables.at(head);
    for (std::size_t i = words; i < path.parts.size(); ++i)
      t = named(kinds.at(t.names[0].text).attributes, path.parts[i].text)->type;
    return t;
  }

  // "Every time test in the action's rules and the ifs they reach", "fixed without short-circuit".
  void reach(const std::string& kind, const Action& action, Reach& to) const {
    for (const text::Rule& rule : all.rules) {
      if (!targets(rule, kind, action, nullptr)) continue;
      for (const Path& who : rule.who) reach(role(kind, who), to);
      if (rule.when) reach(*rule.when, {kind, &action}, to);
      if (rule.unless) reach(*rule.unless, {kind, &action}, to);
    }
  }

  void reach(const Role* asked, Reach& to) const {
    if (asked == nullptr) return;
    for (const Role* r : holders.at(asked)) {
      const std::string& kind = home.at(r);
      if (r->condition) reach(*r->condition, {kind}, to);
      for (const Path& source : r->sources) {
        const auto* own = named(kinds.at(kind).attributes, source.parts[0].text);
        if (own == nullptr) {
          reach(role(kind, source), to);
          continue;
        }
        to.reads.insert(kind);
        for (const text::Name& of : (own->type.element.empty() ? own->type : own->type.element[0]).names)
          if (source.parts.size() > 1) reach(role(of.text, {{source.parts[1]}, {}}), to);
      }
    }
  }

  void reach(const Expr& e, Place at, Reach& to) const {
    if (e.kind == ExprKind::path) {
      const std::string& head = e.path.parts[0].text;
      if (head == "now") to.now = true;
      if (head == "context") {
        const auto* field = named(all.context, e.path.parts[1].text);
        if (!field->fallback && !field->type.optional) to.context.insert(field->name.text);
      }
      if (e.path.parts.size() > 1) to.reads.insert(head == "resource" ? at.kind : head);
      if (const Condition* c = condition(at.kind, e.path)) reach(c->body, {c->scope.text, at.action}, to);
    }
    if (e.kind == ExprKind::may) {
      const std::string& kind = e.path.parts[0].text;
      reach(kind, *named(kinds.at(kind).actions, e.path.parts[1].text), to);
    }
    if (e.kind == ExprKind::is) {
      const TypeExpr on =
          e.operands.size() > 2 ? type(e.operands[2].path, at) : TypeExpr{{}, {{at.kind, {}}}, {}, {}, {}};
      reach(e.operands[0], at, to);
      if (e.operands.size() > 2) reach(e.operands[2], at, to);
      for (const Expr& choice : choices(e)) {
        bool is_name = choice.path.parts.size() == 1 && kinds.count(choice.path.parts[0].text) > 0;
        for (const text::Name& kind : on.names)
          if (const Role* r = role(kind.text, choice.path)) is_name = true, reach(r, to);
        if (is_name) continue;
        reach(choice, at, to);
        const TypeExpr value = type(choice.path, at);
        const std::string& of = (value.element.empty() ? value : value.element[0]).names[0].text;
        for (const Role& r : kinds.at(of).roles) reach(&r, to);
      }
      return;
    }
    if (!e.variable.text.empty()) at.variables[e.variable.text] = type(e.operands[0].path, at).element[0];
    for (const Expr& operand : e.operands) reach(operand, at, to);
  }
};

// ------------------------------------------------------------- one request, from the door to the decision

namespace {

// What names mean in an expression: whom and what it asks about, the action asked, the variables around it.
// Defaults are literals, and stand nowhere.
struct Env {
  const Entity* subject = nullptr;
  const Entity* resource = nullptr;
  const Action* action = nullptr;
  Values variables = {};
};

class Run {
 public:
  Run(const Tree& tree, const Snapshot& snapshot, const Request& request)
      : tree_(tree), snapshot_(snapshot), request_(request) {}

  // "Decision: allow if some allow matches and no forbid does; else deny." "A rejected request is a deny."
  Answer answer() {
    resolve();
    if (!answer_.errors.empty()) return answer_;
    const Env env{subject_, resource_, action_};
    answer_.rules = matching(text::Effect::forbid, env);
    if (!answer_.rules.empty()) return answer_;
    answer_.rules = matching(text::Effect::allow, env);
    answer_.allowed = !answer_.rules.empty();
    return answer_;
  }

 private:
  void reject(bool fault, std::string_view code) {
    if (fault) answer_.errors.insert(code);
  }

  // "Rejected, as a deny with an error code: unknown action, subject kind or resource; …"
  void resolve() {
    const std::string whose = kind_of(request_.subject), what = kind_of(request_.resource);
    const std::string in = request_.parent.empty() ? "system" : request_.parent;
    reject(!named_name(tree_.subjects, whose) || tree_.kinds.count(what) == 0, "unknown_kind");
    if (!answer_.errors.empty()) return;
    // "An unknown id is a subject with defaults and no grants."
    subject_ = find(request_.subject);
    check(tree_.kinds.at(whose).attributes, request_.subject_attributes,
          snapshot_.count(request_.subject) > 0 ? "" : "unknown_subject",
          [](auto& a) { return a.from_request; });
    // "A resource that is not there, and only such a one, may be described inline."
    const text::Scope& kind = tree_.kinds.at(what);
    const bool is_there = snapshot_.count(request_.resource) > 0, is_new = request_.resource_inline;
    reject(is_new && is_there, "resource_exists");
    reject(is_new ? named_name(tree_.subjects, what) : !is_there, "unknown_resource");
    if (is_new) {
      const auto parent = snapshot_.find(in);
      const bool fits = parent != snapshot_.end() && named_name(kind.parents, parent->second.kind);
      reject(!fits, "bad_parent");
      inline_ = {request_.resource, what, fits ? &parent->second : nullptr, {}, {}};
    }
    resource_ = is_new ? &inline_ : find(request_.resource);
    check(kind.attributes, request_.resource_attributes, is_new ? "missing_attribute" : "",
          [&](auto& a) { return is_new || a.from_request; });
    // "A wire name replaces the part after the dot; the plain name is then unknown to callers."
    for (const Action& a : kind.actions)
      if (request_.action == what + "." + a.wire_name.value_or(a.name.text)) action_ = &a;
    reject(action_ == nullptr, "unknown_action");
    if (action_ == nullptr) return;
    const auto any = [](auto&) { return true; };
    check(action_->parameters, request_.parameters, "missing_parameter", any);
    check(tree_.all.context, request_.context, "", any);
    const Reach& reached = tree_.reaches.at(action_);
    for (const std::string& field : reached.context)
      reject(request_.context.count(field) == 0, "missing_context");
    reject(reached.now && !request_.now, "now_missing");
  }

  // "Ill-typed values" and what is missing "without default" are faults; what may not be supplied is ignored.
  template <class Declared, class MaySupply>
  void check(const Declared& declared, const Values& given, std::string_view missing, MaySupply may_supply) {
    for (const auto& d : declared) {
      const auto value = given.find(d.name.text);
      if (value != given.end() && may_supply(d))
        check(value->second, d.type, missing == "missing_parameter");
      else
        reject(!missing.empty() && !d.fallback && !d.type.optional, missing);
    }
  }

  // "A role parameter that is not assignable"; entities in values must be known.
  void check(const Value& v, const TypeExpr& type, bool assigns) {
    constexpr std::array kNames = {"", "bool", "int", "time", "duration", "string", "ip"};
    const std::string name = v.kind < Type::symbol    ? kNames[static_cast<std::size_t>(v.kind)]
                             : v.kind == Type::symbol ? owner(v.text)
                                                      : kind_of(v.text);
    const bool is_set = type.kind == TypeExpr::Kind::set, is_symbol = v.kind == Type::symbol;
    const Role* role = is_symbol ? tree_.role_in(name, bare(v.text)) : nullptr;
    reject((v.kind == Type::set) != is_set, "ill_typed");
    reject(!is_set && !named_name(type.names, name), "ill_typed");
    reject(is_symbol && role == nullptr && member(v.text) < 0, "ill_typed");
    reject(v.kind == Type::entity && snapshot_.count(v.text) == 0, "unknown_entity");
    reject(assigns && role != nullptr && role->not_assignable, "not_assignable");
    for (const Value& element : v.elements) check(element, is_set ? type.element[0] : type, assigns);
  }
  static bool named_name(const std::vector<text::Name>& names, std::string_view name) {
    return std::ranges::any_of(names, [&](const text::Name& n) { return n.text == name; });
  }

  // "enum: ordered as written."
  std::ptrdiff_t member(std::string_view symbol) const {
    const auto* e = named(tree_.all.enumerations, owner(symbol));
    for (std::size_t i = 0; e != nullptr && i < e->members.size(); ++i)
      if (e->members[i].text == bare(symbol)) return static_cast<std::ptrdiff_t>(i);
    return -1;
  }

  // "Deciding rules are all matching rules of the deciding effect, in source order."
  std::vector<std::size_t> matching(text::Effect effect, const Env& env) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < tree_.all.rules.size(); ++i) {
      const text::Rule& r = tree_.all.rules[i];
      if (r.effect == effect && tree_.targets(r, env.resource->kind, *env.action, env.resource) &&
          std::ranges::any_of(r.who, [&](const Path& who) { return is_one(who, env); }) &&
          (!r.when || truth(*r.when, env)) && !(r.unless && truth(*r.unless, env)))
        found.push_back(i);
    }
    return found;
  }

  // "WHO: roles, or a subject kind (every such principal, known or not)"; "anyone".
  bool is_one(const Path& who, const Env& env) {
    if (who.parts[0].text == "anyone" || who.parts[0].text == env.subject->kind) return true;
    const Role* r = tree_.role(env.resource->kind, who);
    return r != nullptr && holds(*env.subject, r, *env.resource);
  }

  // "x holds r at e if it holds r at e itself; or at an ancestor of e, other than by roll-up; or holds so, at
  // an ancestor, a role that includes r. What is gained through a rolled-up role is itself rolled-up."
  bool holds(const Entity& x, const Role* r, const Entity& e) {
    return itself(x, r, e, true) || flows(x, r, e);
  }
  bool flows(const Entity& x, const Role* r, const Entity& e) {
    for (const Entity* at = &e; at != nullptr; at = at->parent)
      if (itself(x, r, *at, false)) return true;
    return false;
  }

  // "… if r is granted to it there, a source of r at e names it, r's `if` is true there, or it holds at e
  // itself a role of e's scope that includes r": by what is rolled up to e, or by what flows on from there.
  bool itself(const Entity& x, const Role* r, const Entity& e, bool rolled_up) {
    return std::ranges::any_of(tree_.holders.at(r), [&](const Role* by) {
      if (tree_.home.at(by) != e.kind) return false;
      return (!rolled_up && is_fact(x, *by, e)) || is_named(x, *by, e, rolled_up);
    });
  }
  bool is_fact(const Entity& x, const Role& r, const Entity& e) {
    for (const Entity::Grant& g : e.grants)
      if (g.role == r.name.text && g.principal == x.name) return true;
    // "No role whose from or if reads its own attributes is held on [an inline resource]."
    if (!r.condition || (&e == &inline_ && tree_.rests_on_own.count(&r) > 0)) return false;
    return truth(*r.condition, {&x, &e});
  }
  bool is_named(const Entity& x, const Role& r, const Entity& e, bool rolled_up) {
    return std::ranges::any_of(r.sources, [&](const Path& source) {
      const std::string &first = source.parts[0].text, &last = source.parts.back().text;
      const auto* own = named(tree_.kinds.at(e.kind).attributes, first);
      if (own != nullptr) return !rolled_up && &e != &inline_ && names(x, *own, e, source);
      if (source.parts.size() > 1 && !tree_.stands_below(e.kind, first))
        return rolled_up && rolls_up(x, first, last, e);
      return comes_from(x, tree_.role(e.kind, source), e, rolled_up);
    });
  }

  // "An attribute (whom it names); attr.role (who holds that role on the entity it names)."
  bool names(const Entity& x, const text::Attribute& a, const Entity& e, const Path& source) {
    return std::ranges::any_of(elements(attribute(e, a)), [&](const Value& one) {
      const Entity& named = *find(one.text);
      if (source.parts.size() == 1) return named.name == x.name;
      return holds(x, tree_.role(named.kind, {{source.parts[1]}, {}}), named);
    });
  }

  // "Rolled up: counts what is held at the child itself by grants, attributes and other roll-ups."
  bool rolls_up(const Entity& x, const std::string& kind, const std::string& what, const Entity& e) {
    const auto* a = named(tree_.kinds.at(kind).attributes, what);
    for (const auto& [name, child] : snapshot_) {
      if (child.parent != &e || child.kind != kind) continue;
      if (a != nullptr && names(x, *a, child, {{a->name}, {}})) return true;
      const Role* r = a != nullptr ? nullptr : tree_.role_in(kind, what);
      if (r != nullptr && (itself(x, r, child, false) || itself(x, r, child, true))) return true;
    }
    return false;
  }

  // "A role of this scope or above": "`from workspace.guest` on a lower scope asks at that workspace, and is
  // held here and below". Of this scope, what was rolled up stays so.
  bool comes_from(const Entity& x, const Role* r, const Entity& e, bool rolled_up) {
    const Entity* at = nearest(&e, tree_.home.at(r));
    if (at == &e) return rolled_up ? itself(x, r, e, true) : flows(x, r, e);
    return !rolled_up && at != nullptr && holds(x, r, *at);
  }

  // The entity of a name: the request's own, or the snapshot's; one that neither has is known by its name
  // alone.
  const Entity* find(const std::string& name) {
    if (resource_ != nullptr && resource_->name == name) return resource_;
    const auto found = snapshot_.find(name);
    if (found != snapshot_.end()) return &found->second;
    return &(unknown_.try_emplace(name, Entity{name, kind_of(name), nullptr, {}, {}}).first->second);
  }

  // "from request lets a request supply or override it; all others come from the snapshot alone."
  Value attribute(const Entity& e, const text::Attribute& a) {
    const bool is_new = &e == &inline_;
    if (&e == subject_ && a.from_request && request_.subject_attributes.count(a.name.text) > 0)
      return request_.subject_attributes.at(a.name.text);
    if (&e == resource_ && (a.from_request || is_new) && request_.resource_attributes.count(a.name.text) > 0)
      return request_.resource_attributes.at(a.name.text);
    return given(e.attributes, a);
  }

  // What was given under a declared name, else its default, with "enum members and roles by the expected
  // type".
  template <class Declared>
  Value given(const Values& values, const Declared& d) {
    const auto found = values.find(d.name.text);
    if (found != values.end()) return found->second;
    return d.fallback ? qualified(value(*d.fallback, {}), d.type) : Value{};
  }
  static Value qualified(Value v, const TypeExpr& type) {
    if (v.kind == Type::symbol) v.text = type.names[0].text + "." + bare(v.text);
    for (Value& element : v.elements) element = qualified(element, type.element[0]);
    return v;
  }

  // A path: what its first words name, then attribute after attribute.
  Value path(const Path& p, const Env& env) {
    const std::size_t words = p.parts[0].text == "action" || p.parts[0].text == "context" ? 2 : 1;
    Value v = first(p, env);
    for (std::size_t i = words; i < p.parts.size() && v.kind == Type::entity; ++i) {
      const Entity& e = *find(v.text);
      v = attribute(e, *named(tree_.kinds.at(e.kind).attributes, p.parts[i].text));
    }
    return v;
  }

  // "Names in EXPR: subject, resource, action.param, context.x, now, named conditions, the resource's scope
  // and its ancestor scopes, parent (the immediate one)"; what is none of these is a bare enum member or
  // role.
  Value first(const Path& p, const Env& env) {
    const std::string &head = p.parts[0].text, &last = p.parts.back().text;
    const auto entity = [](const Entity* e) { return e ? Value{Type::entity, 0, e->name, {}} : Value{}; };
    const auto variable = env.variables.find(head);
    if (variable != env.variables.end()) return variable->second;
    if (env.resource == nullptr) return {Type::symbol, 0, last, {}};
    if (head == "subject") return entity(env.subject);
    if (head == "resource") return entity(env.resource);
    if (head == "parent") return entity(env.resource->parent);
    if (head == "system") return entity(find(head));
    if (head == "now") return {Type::time, request_.now.value(), {}, {}};
    if (head == "action") return given(request_.parameters, *named(env.action->parameters, p.parts[1].text));
    if (head == "context") return given(request_.context, *named(tree_.all.context, p.parts[1].text));
    if (p.parts.size() == 2 && tree_.role(head, p) != nullptr)
      return {Type::symbol, 0, head + "." + last, {}};
    if (tree_.kinds.count(head) > 0) return entity(nearest(env.resource, head));
    const Condition* c = tree_.condition(env.resource->kind, p);
    if (c == nullptr) return {Type::symbol, 0, head, {}};
    return value(c->body, {env.subject, nearest(env.resource, c->scope.text), env.action});
  }

  Value value(const Expr& e, const Env& env) {
    const auto operand = [&](std::size_t i) { return value(e.operands[i], env); };
    const auto list = [&](std::size_t i) { return value(e.operands[i], env).elements; };
    const auto of = [](bool b) { return Value{Type::boolean, b, {}, {}}; };
    const auto is_true = [&](const Expr& o) { return truth(o, env); };
    switch (e.kind) {
      case ExprKind::boolean: return of(e.flag);
      case ExprKind::integer: return {Type::integer, e.number, {}, {}};
      case ExprKind::duration: return {Type::duration, e.number, {}, {}};
      case ExprKind::time: return {Type::time, e.number, {}, {}};
      case ExprKind::string: return {Type::string, 0, e.text, {}};
      case ExprKind::ip: return {Type::ip, 0, e.text, {}};
      case ExprKind::entity:
        return {Type::entity, 0, e.path.parts[0].text + (e.text.empty() ? "" : ":") + e.text, {}};
      case ExprKind::path: return path(e.path, env);
      case ExprKind::add:
      case ExprKind::subtract: return sum(operand(0), operand(1), e.kind == ExprKind::subtract);
      case ExprKind::otherwise: return operand(0).kind != Type::absent ? operand(0) : operand(1);
      case ExprKind::set: {
        Value set{Type::set, 0, {}, {}};
        for (const Expr& o : e.operands) set.elements.push_back(value(o, env));
        return set;
      }
      case ExprKind::size: return {Type::integer, std::ssize(distinct(list(0))), {}, {}};
      case ExprKind::logical_not: return of(!truth(e.operands[0], env));
      case ExprKind::logical_and: return of(std::ranges::all_of(e.operands, is_true));
      case ExprKind::logical_or: return of(std::ranges::any_of(e.operands, is_true));
      case ExprKind::compare: return of(compare(e.op, operand(0), operand(1)));
      case ExprKind::in: return of(is_in(operand(0), operand(1)) != e.negated);
      case ExprKind::contains: return of(has(list(0), operand(1)));
      case ExprKind::contains_all:
      case ExprKind::contains_any: {
        const auto set = list(0), asked = list(1);
        const auto in = [&](const Value& v) { return has(set, v); };
        if (e.kind == ExprKind::contains_all) return of(std::ranges::all_of(asked, in));
        return of(std::ranges::any_of(asked, in));
      }
      case ExprKind::starts_with: return of(operand(0).text.starts_with(operand(1).text));
      case ExprKind::ends_with: return of(operand(0).text.ends_with(operand(1).text));
      case ExprKind::matches: return of(glob(operand(0).text, operand(1).text));
      case ExprKind::is_set: return of((operand(0).kind != Type::absent) != e.negated);
      case ExprKind::is: return of(is(e, env) != e.negated);
      case ExprKind::may: {
        const Entity* on = find(operand(1).text);
        const auto& actions = tree_.kinds.at(on->kind).actions;
        const Env asked{find(operand(0).text), on, named(actions, e.path.parts[1].text)};
        return of(matching(text::Effect::forbid, asked).empty() &&
                  !matching(text::Effect::allow, asked).empty());
      }
      case ExprKind::any:
      case ExprKind::all:
      case ExprKind::at_least: {
        const auto set = distinct(list(0));
        const auto count = std::ranges::count_if(set, [&](const Value& v) {
          Env inner = env;
          inner.variables[e.variable.text] = v;
          return truth(e.operands[1], inner);
        });
        return of(count >= (e.kind == ExprKind::any   ? 1
                            : e.kind == ExprKind::all ? std::ssize(set)
                                                      : e.number));
      }
    }
    throw std::logic_error("no such expression");
  }

  // "The language is total": a policy that compiles never asks for a value that may be unset.
  bool truth(const Expr& e, const Env& env) {
    const Value v = value(e, env);
    if (v.kind != Type::boolean) throw std::logic_error("not a truth value");
    return v.number != 0;
  }

  // "< for enums, int, time, duration only."
  bool compare(text::CompareOp op, const Value& a, const Value& b) {
    using Op = text::CompareOp;
    if (op == Op::eq || op == Op::ne) return same(a, b) == (op == Op::eq);
    const std::string of = owner((a.text.find('.') != a.text.npos ? a : b).text);
    const auto rank = [&](const Value& v) {
      return v.kind == Type::symbol ? member(of + "." + bare(v.text)) : v.number;
    };
    const std::int64_t x = rank(a), y = rank(b);
    if (op == Op::lt) return x < y;
    if (op == Op::le) return x <= y;
    return op == Op::gt ? x > y : x >= y;
  }

  // "x in set (an element)"; "addr in a block or in a set of either"; "resource in scope-entity (itself or
  // below)".
  bool is_in(const Value& x, const Value& where) {
    const auto lies_in = [&](const Value& n) { return bits(x.text).starts_with(bits(n.text)); };
    if (x.kind == Type::ip) return std::ranges::any_of(elements(where), lies_in);
    if (where.kind == Type::set) return has(where.elements, x);
    const Entity* e = find(x.text);
    while (e != nullptr && e->name != where.text) e = e->parent;
    return e != nullptr;
  }

  // "`x is r on e` asks [whether x holds r at e], `x is r on e itself` [whether it does so itself]; `on e`
  // may be left out for the resource. `is` takes a role, a role-typed value or a set of them", or a kind.
  bool is(const Expr& e, const Env& env) {
    const Entity& x = *find(value(e.operands[0], env).text);
    const Entity& on = e.operands.size() > 2 ? *find(value(e.operands[2], env).text) : *env.resource;
    std::vector<const Role*> roles;
    for (const Expr& one : choices(e)) {
      const std::string& name = one.path.parts.back().text;
      if (one.path.parts.size() == 1 && name == x.kind) return true;
      if (one.path.parts.size() == 1 && tree_.kinds.count(name) > 0) continue;
      roles.push_back(tree_.role(on.kind, one.path));
      if (roles.back() != nullptr) continue;
      roles.pop_back();
      for (const Value& r : elements(value(one, env)))
        roles.push_back(tree_.role_in(owner(r.text), bare(r.text)));
    }
    return std::ranges::any_of(roles, [&](const Role* r) {
      return e.itself ? itself(x, r, on, true) || itself(x, r, on, false) : holds(x, r, on);
    });
  }

  const Tree& tree_;
  const Snapshot& snapshot_;
  const Request& request_;
  const Entity* subject_ = nullptr;
  const Entity* resource_ = nullptr;
  const Action* action_ = nullptr;
  Entity inline_;
  Answer answer_;
  std::map<std::string, Entity> unknown_;
};

}  // namespace

Oracle::Oracle(const text::Package& package) : tree_(std::make_shared<const Tree>(package)) {}
Answer Oracle::decide(const Snapshot& snapshot, const Request& request) const {
  return Run(*tree_, snapshot, request).answer();
}

}  // namespace policyc::oracle
