#include "oracle.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace policyc::oracle {

using text::Expr;
using text::ExprKind;
using text::Path;
using text::TypeExpr;
using Type = Value::Kind;

namespace {

template <class Nodes>
auto named(const Nodes& nodes, std::string_view name) -> typename Nodes::value_type {
  for (auto* node : nodes)
    if (node->name.text == name) return node;
  return nullptr;
}

// "kind:id splits at the first colon."
std::string_view kind_of(std::string_view entity) { return entity.substr(0, entity.find(':')); }

// A bare symbol, and the enum or scope before it if it is there.
std::string_view bare(std::string_view symbol) { return symbol.substr(symbol.find('.') + 1); }
std::string_view owner(std::string_view symbol) {
  return symbol.substr(0, std::min(symbol.find('.'), symbol.size()));
}

// An address or block: 16 bytes, an IPv4 address being the IPv6 one that it maps to, and how many bits count.
std::pair<std::array<std::uint8_t, 16>, std::size_t> block(std::string text) {
  const auto slash = text.find('/');
  const std::size_t bits = slash == text.npos ? 128 : std::stoul(text.substr(slash + 1));
  text.resize(std::min(slash, text.size()));
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes, bits};
  bytes[10] = bytes[11] = 0xFF;
  if (inet_pton(AF_INET, text.c_str(), bytes.data() + 12) != 1)
    throw std::logic_error("not an address: " + text);
  return {bytes, slash == text.npos ? 128 : bits + 96};
}

// "addr in ip(…)": the bits that count in the block are the address's too.
bool lies_in(const Value& address, const Value& network) {
  const auto [a, a_bits] = block(address.text);
  const auto [n, n_bits] = block(network.text);
  for (std::size_t i = 0; i < n_bits; ++i)
    if (((a[i / 8] ^ n[i / 8]) >> (7 - i % 8)) & 1) return false;
  return a_bits >= n_bits;
}

// "==": "ids are bytes, compared exactly"; an IPv4-mapped address equals the IPv4 one.
bool same(const Value& a, const Value& b) {
  if (a.kind == Type::absent || b.kind == Type::absent) throw std::logic_error("an unset value is used");
  if (a.kind == Type::ip) return block(a.text) == block(b.text);
  return a.kind == Type::symbol ? bare(a.text) == bare(b.text) : a == b;
}

bool has(const Value& set, const Value& x) {
  return std::any_of(set.elements.begin(), set.elements.end(), [&](const Value& y) { return same(x, y); });
}

// "matches: * only", for any characters or none.
bool glob(std::string_view s, std::string_view p) {
  if (p.empty()) return s.empty();
  if (p[0] != '*') return !s.empty() && s[0] == p[0] && glob(s.substr(1), p.substr(1));
  return glob(s, p.substr(1)) || (!s.empty() && glob(s.substr(1), p));
}

// "+ - on int, time and duration (saturating, never wrapping)": the exact sum or the end that it overflows.
Value plus(const Value& a, const Value& b, bool minus) {
  Value sum{a.kind == b.kind && a.kind == Type::time ? Type::duration : std::min(a.kind, b.kind), 0, {}, {}};
  const bool overflows = minus ? __builtin_sub_overflow(a.number, b.number, &sum.number)
                               : __builtin_add_overflow(a.number, b.number, &sum.number);
  if (overflows) sum.number = (b.number < 0) == minus ? INT64_MAX : INT64_MIN;
  return sum;
}

// "With self-nesting the name means the nearest one (the resource itself if it is one)."
const Entity* nearest(const Entity* e, std::string_view kind) {
  while (e != nullptr && e->kind != kind) e = e->parent;
  return e;
}

struct Kind {
  bool subject = false;
  std::vector<std::string> parents;
  std::set<std::string, std::less<>> above;  // every kind that can stand above this one, and itself
  std::vector<const text::Attribute*> attributes;
  std::vector<const text::Role*> roles;
  std::vector<const text::Action*> actions;
};

struct RoleAt {
  std::string_view kind;
  const text::Role* role = nullptr;
};

// A source of a role, taken apart: an attribute, a role `through` it, a role, or a child's attribute or role.
struct Source {
  const text::Attribute* attribute = nullptr;
  std::string_view through, child;
  RoleAt role;
};

// What an expression rests on, whatever the order of evaluation: the time, context values without default,
// and attributes of entities of the kind `own`.
struct Reach {
  std::string_view own;
  bool now = false, reads_own = false;
  std::set<std::string_view> context = {};
};

}  // namespace

// ------------------------------------------------------ the declarations by name, and what follows from them
// alone

struct Tree {
  std::map<std::string, Kind, std::less<>> kinds;
  std::map<std::string, const text::ActionGroup*, std::less<>> groups;
  std::vector<const text::Enumeration*> enums;
  std::vector<const text::Attribute*> context;
  std::vector<const text::Condition*> conditions;
  std::vector<const text::Rule*> rules;
  std::map<const text::Action*, Reach> reaches;
  std::set<const text::Role*> own_conditions;  // roles whose `if` rests on their own entity's attributes

  // "Outside any scope: belong to the built-in entity system, parent of every root and of every subject
  // kind."
  explicit Tree(const text::Package& package) {
    const auto add = [](auto& to, const auto& nodes) {
      for (const auto& node : nodes) to.push_back(&node);
    };
    Kind& system = kinds["system"];
    for (const text::File& file : package.files) {
      add(system.attributes, file.system_attributes), add(system.roles, file.system_roles);
      add(system.actions, file.system_actions), add(enums, file.enumerations), add(context, file.context);
      add(conditions, file.conditions), add(rules, file.rules);
      for (const auto& s : file.subjects) {
        Kind& k = kinds[s.name.text] = {true, {"system"}, {}, {}, {}, {}};
        add(k.attributes, s.attributes), add(k.actions, s.actions);
      }
      for (const auto& s : file.scopes) {
        Kind& k = kinds[s.name.text];
        for (const text::Name& parent : s.parents) k.parents.push_back(parent.text);
        if (s.parents.empty()) k.parents = {"system"};
        add(k.attributes, s.attributes), add(k.roles, s.roles), add(k.actions, s.actions),
            add(conditions, s.conditions);
      }
      for (const text::ActionGroup& group : file.groups) groups[group.name.text] = &group;
    }
    for (auto& [name, k] : kinds) climb(name, k.above);
    for (const auto& [name, k] : kinds) {
      for (const text::Action* a : k.actions) reach_rules(name, a->name.text, a, reaches[a]);
      for (const text::Role* r : k.roles)
        if (Reach own{name}; r->condition && (reach(*r->condition, name, nullptr, own), own.reads_own))
          own_conditions.insert(r);
    }
  }

  void climb(const std::string& kind, std::set<std::string, std::less<>>& above) const {
    if (above.insert(kind).second)
      for (const std::string& parent : at(kind).parents) climb(parent, above);
  }

  const Kind& at(std::string_view kind) const { return kinds.find(kind)->second; }

  RoleAt role_in(std::string_view kind, std::string_view name) const {
    const auto k = kinds.find(kind);
    return k == kinds.end() ? RoleAt{} : RoleAt{k->first, named(k->second.roles, name)};
  }

  // "A role name stands for one role" of the scope and its ancestors with system; else "it must be
  // qualified".
  RoleAt role(std::string_view kind, const Path& path) const {
    if (path.parts.size() == 2) return role_in(path.parts[0].text, path.parts[1].text);
    RoleAt found = path.parts.size() == 1 ? role_in(kind, path.parts[0].text) : RoleAt{};
    for (auto k = at(kind).above.begin(); !found.role && k != at(kind).above.end() && path.parts.size() == 1;
         ++k)
      found = role_in(*k, path.parts[0].text);
    return found;
  }

  // "Whoever holds it holds what it includes": a role includes itself, and all that what it includes does.
  bool includes(RoleAt holder, const text::Role* r) const {
    return holder.role == r || std::any_of(holder.role->includes.begin(), holder.role->includes.end(),
                                           [&](const Path& p) { return includes(role(holder.kind, p), r); });
  }

  // "Sources: an attribute; attr.role; a role of this scope or above; child.attr, child.role (rolled up)."
  Source source(std::string_view kind, const Path& path) const {
    const std::string &first = path.parts[0].text, &last = path.parts.back().text;
    if (const auto* own = named(at(kind).attributes, first))
      return {own, path.parts.size() > 1 ? std::string_view(last) : "", "", {}};
    if (path.parts.size() == 1 || at(kind).above.count(first) > 0) return {nullptr, "", "", role(kind, path)};
    return {named(at(first).attributes, last), "", first, role_in(first, last)};
  }

  // "Named condition, for rules on that scope and scopes below."
  const text::Condition* condition(std::string_view kind, std::string_view name) const {
    for (const text::Condition* c : conditions)
      if (c->name.text == name && at(kind).above.count(c->scope.text) > 0) return c;
    return nullptr;
  }

  // "scope.action, scope.{a, b}, scope.*, groups; scope.** (that scope and every scope below: it matches a
  // resource only if it is, or stands below, an entity of that scope)". Without a resource, whether it may.
  bool targets(const text::ActionRef& ref, std::string_view kind, std::string_view action,
               const Entity* on) const {
    using Ref = text::ActionRef::Kind;
    if (ref.kind == Ref::star_star)
      return at(kind).above.count(ref.scope.text) && (!on || nearest(on, ref.scope.text));
    if (ref.kind != Ref::group)
      return ref.scope.text == kind &&
             (ref.kind == Ref::star || std::any_of(ref.actions.begin(), ref.actions.end(),
                                                   [&](auto& name) { return name.text == action; }));
    const auto& members = groups.find(ref.actions[0].text)->second->members;
    return std::any_of(members.begin(), members.end(), [&](auto& m) { return targets(m, kind, action, on); });
  }

  // "Every time test in the action's rules and the ifs they reach", "fixed without short-circuit".
  void reach_rules(std::string_view kind, std::string_view name, const text::Action* asked,
                   Reach& reached) const {
    for (const text::Rule* rule : rules) {
      if (std::none_of(rule->actions.begin(), rule->actions.end(),
                       [&](auto& r) { return targets(r, kind, name, nullptr); }))
        continue;
      for (const Path& who : rule->who) reach(role(kind, who), reached);
      if (rule->when) reach(*rule->when, kind, asked, reached);
      if (rule->unless) reach(*rule->unless, kind, asked, reached);
    }
  }

  void reach(const Expr& e, std::string_view kind, const text::Action* asked, Reach& reached) const {
    if (e.kind == ExprKind::path) {
      const std::string &head = e.path.parts[0].text, &last = e.path.parts.back().text;
      reached.now |= head == "now";
      reached.reads_own |= e.path.parts.size() > 1 && !role_in(head, last).role &&
                           (head == reached.own || (head == "resource" && kind == reached.own));
      if (const auto* field = head == "context" ? named(context, e.path.parts[1].text) : nullptr)
        if (!field->fallback && !field->type.optional) reached.context.insert(field->name.text);
      if (const auto* c = condition(kind, last)) reach(c->body, c->scope.text, asked, reached);
    }
    if (e.kind == ExprKind::may) reach_rules(e.path.parts[0].text, e.path.parts[1].text, asked, reached);
    // Asked at a scope by its name, a role is one of that scope or above.
    const bool at_scope = e.operands.size() > 2 && e.operands[2].path.parts.size() == 1;
    const auto scope = at_scope ? kinds.find(e.operands[2].path.parts[0].text) : kinds.end();
    const Kind* on = scope == kinds.end() ? nullptr : &scope->second;
    for (const Expr& one : e.kind != ExprKind::is ? std::vector<Expr>{} : choices(e))
      for (const auto& [k, declared] : kinds)
        for (const text::Role* r : declared.roles)
          if (may_name(one.path, {k, r}) && (on == nullptr || on->above.count(k) > 0) &&
              (one.path.parts.size() > 1 || e.operands.size() > 2 || at(kind).above.count(k)))
            reach(RoleAt{k, r}, reached);
    for (const Expr& operand : e.operands) reach(operand, kind, asked, reached);
  }

  // What stands right of `is`: one path, or a set of them.
  static std::vector<Expr> choices(const Expr& e) {
    return e.operands[1].kind == ExprKind::set ? e.operands[1].operands : std::vector{e.operands[1]};
  }

  // Whether a path right of `is` can mean this role: by its name, or as a value of a `role of` its scope.
  bool may_name(const Path& path, RoleAt r) const {
    const std::string &head = path.parts[0].text, &last = path.parts.back().text;
    const auto of_scope = [&](const auto* declared) {
      const TypeExpr& t = declared->type.element.empty() ? declared->type : declared->type.element[0];
      return declared->name.text == last && t.kind == TypeExpr::Kind::role_of && t.names[0].text == r.kind;
    };
    for (const auto& [k, declared] : kinds) {
      if (path.parts.size() > 1 &&
          std::any_of(declared.attributes.begin(), declared.attributes.end(), of_scope))
        return true;
      for (const text::Action* a : declared.actions)
        for (const text::Parameter& p : a->parameters)
          if (head == "action" && of_scope(&p)) return true;
    }
    if (head == "context" && std::any_of(context.begin(), context.end(), of_scope)) return true;
    return last == r.role->name.text && (path.parts.size() == 1 || head == r.kind);
  }

  void reach(RoleAt r, Reach& reached) const {
    if (r.role == nullptr) return;
    for (const auto& [kind, k] : kinds)
      for (const text::Role* q : k.roles) {
        if (!includes({kind, q}, r.role)) continue;
        if (q->condition) reach(*q->condition, kind, nullptr, reached);
        for (const Path& path : q->sources) {
          const Source s = source(kind, path);
          reached.reads_own |= s.attribute != nullptr && s.child.empty() && kind == reached.own;
          // What rolls up is read at children, and a described resource has none and is none.
          if (s.child.empty()) reach(s.role, reached);
          for (const auto& [other, declared] : kinds)
            if (!s.through.empty()) reach(role_in(other, s.through), reached);
        }
      }
  }
};

// --------------------------------------------------------------------------------- one request, from door to
// decision

class Run {
 public:
  Run(const Tree& tree, const Snapshot& snapshot, const Request& request)
      : tree_(tree), snapshot_(snapshot), request_(request) {}

  // "Decision: allow if some allow matches and no forbid does; else deny." "A rejected request is a deny."
  Answer answer() {
    resolve();
    if (!answer_.errors.empty()) return answer_;
    const Env env{subject_, resource_, action_, {}};
    answer_.rules = matching(text::Effect::forbid, env);
    if (answer_.rules.empty())
      answer_.rules = matching(text::Effect::allow, env), answer_.allowed = !answer_.rules.empty();
    return answer_;
  }

 private:
  // What names mean in an expression: whom and what it asks about, the action asked, the variables around it.
  struct Env {
    const Entity* subject;
    const Entity* resource;
    const text::Action* action;
    std::vector<std::pair<std::string_view, Value>> variables;
  };

  // A role's facts at an entity: those that flow below it, those rolled up to it, those that a roll-up
  // counts.
  enum class Way { flows, rolled_up, counted };

  // "Rejected, as a deny with an error code: unknown action, subject kind or resource; …"
  void resolve() {
    const auto reject = [&](bool fault, std::string_view code) {
      if (fault) answer_.errors.insert(code);
    };
    const auto declared = [&](std::string_view kind) {
      return kind != "system" && tree_.kinds.count(kind) > 0;
    };
    const std::string_view whose = kind_of(request_.subject), what = kind_of(request_.resource);
    reject(!declared(whose) || !tree_.at(whose).subject || (what != "system" && !declared(what)),
           "unknown_kind");
    if (!answer_.errors.empty()) return;
    const auto system = snapshot_.find("system"), known = snapshot_.find(request_.subject);
    const auto found = snapshot_.find(request_.resource), parent = snapshot_.find(request_.parent);
    // "An unknown id is a subject with defaults and no grants."
    unknown_ = {request_.subject, std::string(whose), &system->second, {}, {}};
    subject_ = known == snapshot_.end() ? &unknown_ : &known->second;
    check(
        tree_.at(whose).attributes, request_.subject_attributes, [](auto& a) { return a.from_request; },
        known == snapshot_.end() ? "unknown_subject" : "");
    // "A resource that is not there, and only such a one, may be described inline."
    if (request_.resource_inline) {
      const auto& parents = tree_.at(what).parents;
      const bool root = parents.empty() || parents[0] == "system";
      reject(found != snapshot_.end(), "resource_exists");
      reject(root ? !request_.parent.empty()
                  : parent == snapshot_.end() ||
                        std::find(parents.begin(), parents.end(), parent->second.kind) == parents.end(),
             "bad_parent");
      inline_ = {request_.resource,
                 std::string(what),
                 root || parent == snapshot_.end() ? &system->second : &parent->second,
                 {},
                 {}};
      resource_ = &inline_;
    } else {
      reject(found == snapshot_.end(), "unknown_resource");
      resource_ = found == snapshot_.end() ? nullptr : &found->second;
    }
    check(
        tree_.at(what).attributes, request_.resource_attributes,
        [&](auto& a) { return a.from_request || request_.resource_inline; },
        request_.resource_inline ? "missing_attribute" : "");
    // "A wire name replaces the part after the dot; the plain name is then unknown to callers."
    for (const text::Action* a : tree_.at(what).actions)
      if (request_.action == std::string(what) + "." + a->wire_name.value_or(a->name.text)) action_ = a;
    reject(action_ == nullptr, "unknown_action");
    if (action_ == nullptr) return;
    std::vector<const text::Parameter*> parameters;
    for (const text::Parameter& p : action_->parameters) parameters.push_back(&p);
    check(
        parameters, request_.parameters, [](auto&) { return true; }, "missing_parameter", true);
    check(
        tree_.context, request_.context, [](auto&) { return true; }, "");
    const Reach& reached = tree_.reaches.at(action_);
    for (std::string_view field : reached.context)
      reject(request_.context.count(field) == 0, "missing_context");
    reject(reached.now && !request_.now, "now_missing");
  }

  // "Ill-typed values" and what is missing "without default" are faults; what may not be supplied is ignored.
  template <class Declared, class MaySupply>
  void check(const Declared& declared, const Values& given, MaySupply may, std::string_view missing,
             bool assigns = false) {
    for (const auto* d : declared) {
      const auto value = given.find(d->name.text);
      if (value != given.end() && may(*d))
        check(value->second, d->type, assigns);
      else if (!missing.empty() && !d->fallback && !d->type.optional)
        answer_.errors.insert(missing);
    }
  }

  // "A role parameter that is not assignable"; entities in values must be known.
  void check(const Value& v, const TypeExpr& type, bool assigns) {
    constexpr std::array<std::string_view, 7> kNames = {"",         "bool",   "int", "time",
                                                        "duration", "string", "ip"};
    if (type.kind == TypeExpr::Kind::set && v.kind == Type::set)
      for (const Value& element : v.elements) check(element, type.element[0], assigns);
    const auto is = [&](const text::Name& n) {
      return v.kind < Type::symbol    ? n.text == kNames[static_cast<std::size_t>(v.kind)]
             : v.kind == Type::symbol ? n.text == owner(v.text) &&
                                            (tree_.role_in(n.text, bare(v.text)).role || member(v.text) >= 0)
                                      : v.kind == Type::entity && n.text == kind_of(v.text);
    };
    if (type.kind == TypeExpr::Kind::set ? v.kind != Type::set
                                         : std::none_of(type.names.begin(), type.names.end(), is))
      answer_.errors.insert("ill_typed");
    else if (v.kind == Type::entity && snapshot_.count(v.text) == 0)
      answer_.errors.insert("unknown_entity");
    else if (const auto r = tree_.role_in(owner(v.text), bare(v.text));
             assigns && v.kind == Type::symbol && r.role && r.role->not_assignable)
      answer_.errors.insert("not_assignable");
  }

  // "enum: ordered as written."
  std::ptrdiff_t member(std::string_view symbol) const {
    const text::Enumeration* e = named(tree_.enums, owner(symbol));
    const auto is = [&](const text::Name& n) { return n.text == bare(symbol); };
    const auto at = e ? std::find_if(e->members.begin(), e->members.end(), is)
                      : std::vector<text::Name>::const_iterator{};
    return e && at != e->members.end() ? at - e->members.begin() : -1;
  }

  // "Deciding rules are all matching rules of the deciding effect, in source order."
  std::vector<std::size_t> matching(text::Effect effect, const Env& env) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < tree_.rules.size(); ++i) {
      const text::Rule& r = *tree_.rules[i];
      const auto targets = [&](auto& a) {
        return tree_.targets(a, env.resource->kind, env.action->name.text, env.resource);
      };
      if (r.effect == effect && std::any_of(r.actions.begin(), r.actions.end(), targets) &&
          std::any_of(r.who.begin(), r.who.end(), [&](const Path& who) { return is_one(who, env); }) &&
          (!r.when || truth(*r.when, env)) && !(r.unless && truth(*r.unless, env)))
        found.push_back(i);
    }
    return found;
  }

  // "WHO: roles, or a subject kind (every such principal, known or not)"; "anyone".
  bool is_one(const Path& who, const Env& env) {
    if (who.parts[0].text == "anyone" || (who.parts.size() == 1 && who.parts[0].text == env.subject->kind))
      return true;
    const RoleAt r = tree_.role(env.resource->kind, who);
    return r.role && holds(*env.subject, r.role, *env.resource);
  }

  // "x holds r at e itself if …, or it holds at e itself a role of e's scope that includes r."
  bool itself(const Entity& x, const text::Role* r, const Entity& e, Way way) {
    for (const text::Role* q : tree_.at(e.kind).roles)
      if (tree_.includes({e.kind, q}, r) && has_fact(x, *q, e, way)) return true;
    return false;
  }

  // "x holds r at e if it holds r at e itself; or at an ancestor of e, other than by roll-up; or holds so, at
  // an ancestor, a role that includes r. What is gained through a rolled-up role is itself rolled-up."
  bool holds(const Entity& x, const text::Role* r, const Entity& e) {
    return itself(x, r, e, Way::flows) || itself(x, r, e, Way::rolled_up) || from_above(x, r, e);
  }
  bool from_above(const Entity& x, const text::Role* r, const Entity& e) {
    for (const Entity* a = e.parent; a != nullptr; a = a->parent)
      if (itself(x, r, *a, Way::flows)) return true;
    return false;
  }

  // "… if r is granted to it there, a source of r at e names it, r's `if` is true there."
  bool has_fact(const Entity& x, const text::Role& r, const Entity& e, Way way) {
    for (const Entity::Grant& g : e.grants)
      if (way != Way::rolled_up && g.role == r.name.text && g.principal == x.name) return true;
    for (const Path& path : r.sources)
      if (const Source s = tree_.source(e.kind, path); names(s, x, e, way)) return true;
    // "No role whose from or if reads its own attributes is held on [an inline resource]."
    return way == Way::flows && r.condition && !(&e == &inline_ && tree_.own_conditions.count(&r) > 0) &&
           truth(*r.condition, {&x, &e, nullptr, {}});
  }

  bool names(const Source& s, const Entity& x, const Entity& e, Way way) {
    // "Rolled up: counts what is held at the child itself by grants, attributes and other roll-ups."
    if (!s.child.empty() && way != Way::flows)
      for (const auto& [name, child] : snapshot_)
        if (child.parent == &e && child.kind == s.child &&
            (s.attribute ? is_named(x, attribute(child, s.attribute))
                         : itself(x, s.role.role, child, Way::counted)))
          return true;
    if (!s.child.empty() || (s.attribute && &e == &inline_)) return false;
    // "An attribute (whom it names)."
    if (s.attribute && s.through.empty())
      return way != Way::rolled_up && is_named(x, attribute(e, s.attribute));
    // "A role of this scope" is closed over on each way; what it is held by from above flows on.
    if (!s.attribute && s.role.kind == e.kind)
      return itself(x, s.role.role, e, way) || (way == Way::flows && from_above(x, s.role.role, e));
    if (way != Way::flows) return false;
    // "`from workspace.guest` on a lower scope asks at that workspace, and is held here and below."
    if (!s.attribute) {
      const Entity* above = nearest(&e, s.role.kind);
      return above && holds(x, s.role.role, *above);
    }
    // "attr.role: who holds that role on the entity it names."
    const Value v = attribute(e, s.attribute);
    for (const Value& entity : v.kind == Type::set ? v.elements : std::vector{v})
      if (const Entity* on = entity.kind == Type::absent ? nullptr : find(entity.text))
        if (const RoleAt r = tree_.role(on->kind, {{{std::string(s.through), {}}}, {}});
            r.role && holds(x, r.role, *on))
          return true;
    return false;
  }
  static bool is_named(const Entity& x, const Value& v) {
    const auto is = [&](const Value& one) { return one.text == x.name; };
    return v.kind == Type::set ? std::any_of(v.elements.begin(), v.elements.end(), is) : is(v);
  }

  // The entity of a name: the request's own, or the snapshot's; one that neither has is known by its name
  // alone.
  const Entity* find(std::string_view name) {
    if (subject_ && subject_->name == name) return subject_;
    if (resource_ && resource_->name == name) return resource_;
    const auto found = snapshot_.find(name);
    if (found != snapshot_.end()) return &found->second;
    return &(ghosts_[std::string(name)] = {std::string(name), std::string(kind_of(name)), nullptr, {}, {}});
  }

  // "from request lets a request supply or override it; all others come from the snapshot alone"; else the
  // default.
  Value attribute(const Entity& e, const text::Attribute* a) {
    for (const auto& [entity, given] :
         {std::pair{subject_, &request_.subject_attributes}, {resource_, &request_.resource_attributes}})
      if (&e == entity && (a->from_request || &e == &inline_))
        if (const auto v = given->find(a->name.text); v != given->end()) return v->second;
    if (const auto v = e.attributes.find(a->name.text); v != e.attributes.end()) return v->second;
    return a->fallback ? qualified(value(*a->fallback, {nullptr, nullptr, nullptr, {}}), a->type) : Value{};
  }

  // "Enum members and roles by the expected type."
  static Value qualified(Value v, const TypeExpr& type) {
    if (v.kind == Type::symbol) v.text = type.names[0].text + "." + std::string(bare(v.text));
    for (Value& element : v.elements) element = qualified(element, type.element[0]);
    return v;
  }

  // "Names in EXPR: subject, resource, action.param, context.x, now, named conditions, the resource's scope
  // and its ancestors, parent (the immediate one)"; what is none of these is a bare enum member or role.
  Value path(const Path& p, const Env& env) {
    const auto& parts = p.parts;
    const std::string& head = parts[0].text;
    const auto entity = [](const Entity* e) { return e ? Value{Type::entity, 0, e->name, {}} : Value{}; };
    Value v;
    std::size_t next = 1;
    const auto variable =
        std::find_if(env.variables.rbegin(), env.variables.rend(), [&](auto& x) { return x.first == head; });
    if (variable != env.variables.rend())
      v = variable->second;
    else if (env.resource == nullptr)
      return {Type::symbol, 0, parts.back().text, {}};
    else if (head == "subject")
      v = entity(env.subject);
    else if (head == "resource")
      v = entity(env.resource);
    else if (head == "parent")
      v = entity(env.resource->parent);
    else if (head == "now")
      v = {Type::time, request_.now.value(), {}, {}};
    else if (head == "action" || head == "context") {
      next = 2;
      const Values& given = head == "action" ? request_.parameters : request_.context;
      const auto take = [&](const auto* d) {
        const auto found = given.find(d->name.text);
        if (found != given.end())
          v = found->second;
        else if (d->fallback)
          v = qualified(value(*d->fallback, {nullptr, nullptr, nullptr, {}}), d->type);
      };
      if (head == "context")
        take(named(tree_.context, parts[1].text));
      else
        for (const text::Parameter& q : env.action->parameters)
          if (q.name.text == parts[1].text) take(&q);
    } else if (parts.size() == 2 && tree_.role_in(head, parts[1].text).role) {
      return {Type::symbol, 0, head + "." + parts[1].text, {}};
    } else if (tree_.kinds.count(head) > 0) {
      v = entity(nearest(env.resource, head));
    } else if (const auto* c = tree_.condition(env.resource->kind, head)) {
      return {Type::boolean,
              truth(c->body, {env.subject, nearest(env.resource, c->scope.text), env.action, {}}),
              {},
              {}};
    } else {
      return {Type::symbol, 0, head, {}};
    }
    for (; next < parts.size() && v.kind == Type::entity; ++next) {
      const Entity* e = find(v.text);
      const text::Attribute* a = named(tree_.at(e->kind).attributes, parts[next].text);
      v = attribute(*e, a);
    }
    return v;
  }

  Value value(const Expr& e, const Env& env) {
    switch (e.kind) {
      case ExprKind::integer: return {Type::integer, e.number, {}, {}};
      case ExprKind::duration: return {Type::duration, e.number, {}, {}};
      case ExprKind::time: return {Type::time, e.number, {}, {}};
      case ExprKind::string: return {Type::string, 0, e.text, {}};
      case ExprKind::ip: return {Type::ip, 0, e.text, {}};
      case ExprKind::path: return path(e.path, env);
      case ExprKind::entity:
        return {Type::entity, 0, e.path.parts[0].text + (e.text.empty() ? "" : ":") + e.text, {}};
      case ExprKind::add:
      case ExprKind::subtract:
        return plus(value(e.operands[0], env), value(e.operands[1], env), e.kind == ExprKind::subtract);
      case ExprKind::otherwise: {
        const Value v = value(e.operands[0], env);
        return v.kind == Type::absent ? value(e.operands[1], env) : v;
      }
      case ExprKind::set:
      case ExprKind::size: {
        Value set{Type::set, 0, {}, {}};
        for (const Value& v :
             e.kind == ExprKind::size ? value(e.operands[0], env).elements : all(e.operands, env))
          if (!has(set, v)) set.elements.push_back(v);
        return e.kind == ExprKind::set ? set : Value{Type::integer, std::ssize(set.elements), {}, {}};
      }
      default: return {Type::boolean, truth(e, env), {}, {}};
    }
  }
  std::vector<Value> all(const std::vector<Expr>& es, const Env& env) {
    std::vector<Value> values;
    for (const Expr& e : es) values.push_back(value(e, env));
    return values;
  }

  // "The language is total": a policy that compiles never asks for a value that may be unset.
  bool truth(const Expr& e, const Env& env) {
    const auto operand = [&](std::size_t i) { return value(e.operands[i], env); };
    const auto holds_for = [&](const Expr& o) { return truth(o, env); };
    switch (e.kind) {
      case ExprKind::boolean: return e.flag;
      case ExprKind::logical_not: return !truth(e.operands[0], env);
      case ExprKind::logical_and: return std::all_of(e.operands.begin(), e.operands.end(), holds_for);
      case ExprKind::logical_or: return std::any_of(e.operands.begin(), e.operands.end(), holds_for);
      case ExprKind::compare: return compare(e.op, operand(0), operand(1));
      case ExprKind::in: return is_in(operand(0), operand(1)) != e.negated;
      case ExprKind::contains: return has(operand(0), operand(1));
      case ExprKind::contains_all:
      case ExprKind::contains_any: {
        const Value set = operand(0), asked = operand(1);
        const auto in = [&](const Value& v) { return has(set, v); };
        return e.kind == ExprKind::contains_all
                   ? std::all_of(asked.elements.begin(), asked.elements.end(), in)
                   : std::any_of(asked.elements.begin(), asked.elements.end(), in);
      }
      case ExprKind::starts_with: return operand(0).text.starts_with(operand(1).text);
      case ExprKind::ends_with: return operand(0).text.ends_with(operand(1).text);
      case ExprKind::matches: return glob(operand(0).text, operand(1).text);
      case ExprKind::is_set: return (operand(0).kind != Type::absent) != e.negated;
      case ExprKind::is: return is(e, env) != e.negated;
      case ExprKind::may: {
        const Entity* on = find(operand(1).text);
        const Env asked{
            find(operand(0).text), on, named(tree_.at(on->kind).actions, e.path.parts[1].text), {}};
        return matching(text::Effect::forbid, asked).empty() && !matching(text::Effect::allow, asked).empty();
      }
      case ExprKind::any:
      case ExprKind::all:
      case ExprKind::at_least: {
        const Value set = operand(0);
        Env inner = env;
        std::int64_t count = 0, distinct = 0;
        for (auto v = set.elements.begin(); v != set.elements.end(); ++v) {
          if (std::find(set.elements.begin(), v, *v) != v) continue;
          inner.variables.emplace_back(e.variable.text, *v);
          count += truth(e.operands[1], inner), ++distinct;
          inner.variables.pop_back();
        }
        return e.kind == ExprKind::all ? count == distinct
                                       : count >= (e.kind == ExprKind::any ? 1 : e.number);
      }
      default: {
        const Value v = value(e, env);
        if (v.kind != Type::boolean) throw std::logic_error("not a truth value");
        return v.number != 0;
      }
    }
  }

  // "< for enums, int, time, duration only."
  bool compare(text::CompareOp op, const Value& a, const Value& b) {
    if (op == text::CompareOp::eq || op == text::CompareOp::ne)
      return same(a, b) == (op == text::CompareOp::eq);
    std::int64_t x = a.number, y = b.number;
    if (a.kind == Type::absent || b.kind == Type::absent) throw std::logic_error("an unset value is used");
    if (a.kind == Type::symbol) {
      const std::string of(owner(owner(a.text) == a.text ? b.text : a.text));
      x = member(of + "." + std::string(bare(a.text))), y = member(of + "." + std::string(bare(b.text)));
    }
    switch (op) {
      case text::CompareOp::lt: return x < y;
      case text::CompareOp::le: return x <= y;
      case text::CompareOp::gt: return x > y;
      default: return x >= y;
    }
  }

  // "x in set (an element)"; "addr in a block or in a set of either"; "resource in scope-entity (itself or
  // below)".
  bool is_in(const Value& x, const Value& where) {
    if (x.kind == Type::absent || where.kind == Type::absent)
      throw std::logic_error("an unset value is used");
    if (where.kind == Type::ip) return lies_in(x, where);
    if (where.kind == Type::set && x.kind == Type::ip)
      return std::any_of(where.elements.begin(), where.elements.end(),
                         [&](const Value& n) { return lies_in(x, n); });
    if (where.kind == Type::set) return has(where, x);
    const Entity* e = find(x.text);
    while (e != nullptr && e->name != where.text) e = e->parent;
    return e != nullptr;
  }

  // "`x is r on e` asks [whether x holds r at e], `x is r on e itself` [whether it does so itself]; `on e`
  // may be left out for the resource. `is` takes a role, a role-typed value or a set of them", or a kind.
  bool is(const Expr& e, const Env& env) {
    const Value whom = value(e.operands[0], env),
                where = e.operands.size() > 2 ? value(e.operands[2], env) : Value{};
    if (whom.kind == Type::absent) throw std::logic_error("an unset value is used");
    const Entity& x = *find(whom.text);
    const Entity& on = e.operands.size() > 2 ? *find(where.text) : *env.resource;
    for (const Expr& one : Tree::choices(e)) {
      if (one.path.parts.size() == 1 && one.path.parts[0].text == x.kind) return true;
      std::vector<const text::Role*> roles = {tree_.role(on.kind, one.path).role};
      if (roles[0] == nullptr &&
          !(one.path.parts.size() == 1 && tree_.kinds.count(one.path.parts[0].text) > 0)) {
        const Value v = value(one, env);
        roles.clear();
        for (const Value& r : v.kind == Type::set ? v.elements : std::vector{v})
          roles.push_back(tree_.role_in(owner(r.text), bare(r.text)).role);
      }
      for (const text::Role* r : roles)
        if (r != nullptr &&
            (e.itself ? itself(x, r, on, Way::flows) || itself(x, r, on, Way::rolled_up) : holds(x, r, on)))
          return true;
    }
    return false;
  }

  const Tree& tree_;
  const Snapshot& snapshot_;
  const Request& request_;
  const Entity* subject_ = nullptr;
  const Entity* resource_ = nullptr;
  const text::Action* action_ = nullptr;
  Entity unknown_, inline_;
  Answer answer_;
  std::map<std::string, Entity, std::less<>> ghosts_;
};

Oracle::Oracle(const text::Package& package) : tree_(std::make_unique<const Tree>(package)) {}
Oracle::~Oracle() = default;
Answer Oracle::decide(const Snapshot& snapshot, const Request& request) const {
  return Run(*tree_, snapshot, request).answer();
}

}  // namespace policyc::oracle
