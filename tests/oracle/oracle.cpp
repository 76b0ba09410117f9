#include "oracle.hpp"

#include "duties.hpp"
#include "times.hpp"

namespace policyc::oracle {
namespace {

// How a role is held at an entity: so that it flows on below, by roll-up, or so that a roll-up counts it.
enum class Way { flows, rolls_up, counts };

class Run : public Duties {
  friend class Times<Run>;

 public:
  using Duties::Duties;

  // "Decision: allow if some allow matches and no forbid does; else deny." "A rejected request is a deny."
  Answer answer() {
    resolve();
    if (!answer_.errors.empty()) return answer_;
    const Env env{subject_, resource_, action_};
    Times<Run> times(*this, tree_, request_.now);
    times.rules(env);
    answer_.valid_until = times.next;
    reject(times.missing, "now_missing");
    if (times.missing) return answer_;
    answer_.rules = matching(text::Effect::forbid, env);
    if (!answer_.rules.empty()) return answer_;
    answer_.rules = matching(text::Effect::allow, env);
    answer_.allowed = !answer_.rules.empty();
    return answer_;
  }

  bool holds(const std::string& who, const Path& role, const std::string& entity) {
    subject_ = find(who);
    return holds(*subject_, tree_.role(kind_of(entity), role), *find(entity));
  }

 private:
  void reject(bool fault, std::string_view code) {
    if (fault) answer_.errors.insert(code);
  }

  // "Rejected, as a deny with an error code: unknown action, subject kind or resource; …"
  void resolve() {
    const std::string whose = kind_of(request_.subject), what = kind_of(request_.resource);
    reject(!is_among(tree_.subjects, whose) || !tree_.kinds.contains(what), "unknown_kind");
    if (!answer_.errors.empty()) return;
    const text::Scope& kind = tree_.kinds.at(what);
    const bool is_there = snapshot_.contains(request_.resource), is_new = request_.resource_inline;
    // "An unknown id is a subject with defaults and no grants." "A resource that is not there, and only such
    // a one, may be described inline."
    subject_ = find(request_.subject);
    resource_ = is_new ? described(kind) : find(request_.resource);
    reject(is_new && is_there, "resource_exists");
    reject(is_new ? is_among(tree_.subjects, what) || is_among(tree_.teams, what) : !is_there,
           "unknown_resource");
    reject(!is_new && !request_.parent.empty(), "malformed");
    const Values &mine = request_.subject_attributes, &its = request_.resource_attributes;
    const bool is_known = snapshot_.contains(request_.subject);
    for (const text::Attribute& a : tree_.kinds.at(whose).attributes)
      check(a, mine, a.from_request, nullptr, is_known ? "" : "unknown_subject");
    for (const text::Attribute& a : kind.attributes) {
      check(a, its, is_new || a.from_request, place(*resource_), is_new ? "missing_attribute" : "");
      for (const Value& v : elements(attribute(*resource_, a)))
        reject(!a.cross && crosses_roots(v), "cross_root");
      const bool twice = mine.contains(a.name.text) && its.contains(a.name.text);
      reject(subject_ == resource_ && a.from_request && twice, "malformed");
    }
    // "A wire name replaces the part after the dot; the plain name is then unknown to callers."
    for (const Action& a : kind.actions)
      if (request_.action == what + "." + a.wire_name.value_or(a.name.text)) action_ = &a;
    if (action_ == nullptr) return reject(true, "unknown_action");
    const Reach& reached = tree_.reaches.at(action_);
    for (const text::Parameter& p : action_->parameters)
      check(p, request_.parameters, true, resource_, "missing_parameter", true);
    for (const text::Attribute& c : tree_.all.context)
      check(c, request_.context, true, nullptr,
            reached.context.contains(c.name.text) ? "missing_context" : "");
    reject(reached.now && !request_.now, "now_missing");
  }

  // "parent is required unless its kind is a root, and must be in the snapshot."
  const Entity* described(const text::Scope& kind) {
    const auto parent = snapshot_.find(request_.parent.empty() ? "system" : request_.parent);
    const bool fits = parent != snapshot_.end() && is_among(kind.parents, parent->second.kind);
    reject(!fits, "bad_parent");
    inline_ = {request_.resource, kind_of(request_.resource), fits ? &parent->second : nullptr, {}, {}};
    return &inline_;
  }

  // "Ill-typed values" and what is missing "without default" are faults; what may not be supplied is ignored.
  void check(const auto& declared, const Values& given, bool counts, const Entity* at,
             std::string_view missing, bool assigns = false) {
    const auto value = given.find(declared.name.text);
    const bool is_given = value != given.end() && counts;
    if (is_given) check(meant(value->second, at), declared.type, assigns);
    if (is_given || missing.empty()) return;
    // A default counts as though it were given.
    if (declared.fallback) check(this->given({}, declared), declared.type, false);
    reject(!declared.fallback && !declared.type.optional, missing);
  }

  // "Without [cross] the loader rejects" what leads into another root; so does a request.
  bool crosses_roots(const Value& v) {
    const Entity* other = v.kind == Type::entity ? tree_.root(find(v.text)) : nullptr;
    return other != nullptr && tree_.root(resource_) != nullptr && other != tree_.root(resource_);
  }

  // "A role parameter that is not assignable"; entities in values must be known.
  void check(const Value& v, const TypeExpr& type, bool assigns) {
    constexpr std::array kNames = {"", "bool", "int", "time", "duration", "string", "ip"};
    const bool is_set = type.kind == TypeExpr::Kind::set, is_symbol = v.kind == Type::symbol;
    std::string name = is_symbol ? owner(v.text) : kind_of(v.text);
    if (v.kind < Type::symbol) name = kNames[static_cast<std::size_t>(v.kind)];
    const Role* role = is_symbol ? tree_.role_in(name, bare(v.text)) : nullptr;
    reject(is_set ? v.kind != Type::set : v.kind == Type::set || !is_among(type.names, name), "ill_typed");
    reject(is_symbol && role == nullptr && tree_.member(v.text) < 0 && !is_defined(v), "ill_typed");
    reject(v.kind == Type::entity && !snapshot_.contains(v.text), "unknown_entity");
    reject(assigns && role != nullptr && (role->not_assignable || role->is_open), "not_assignable");
    for (const Value& element : v.elements) check(element, is_set ? type.element[0] : type, assigns);
  }

  // "Deciding rules are all matching rules of the deciding effect, in source order."
  std::vector<std::size_t> matching(text::Effect effect, const Env& env) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < tree_.all.rules.size(); ++i) {
      const text::Rule& r = tree_.all.rules[i];
      if (r.effect == effect && tree_.targets(r, env.resource->kind, *env.action, env.resource) &&
          any(r.who, [&](const Path& who) { return is_one(who, r, env); }) &&
          (!r.when || truth(*r.when, env)) && !(r.unless && truth(*r.unless, env)))
        found.push_back(i);
    }
    return found;
  }

  // "WHO: roles, or a subject kind (every such principal, known or not)"; "anyone".
  bool is_one(const Path& who, const text::Rule& rule, const Env& env) {
    if (who.parts[0].text == "anyone" || who.parts[0].text == env.subject->kind) return true;
    const Role* r = tree_.role(env.resource->kind, who);
    if (r != nullptr && is_rule_of(*r, rule))
      return is_permitted(*env.subject, tree_.home.at(r), *env.action, env.resource);
    return r != nullptr && holds(*env.subject, r, *env.resource);
  }

  // "x holds r at e if it holds r at e itself; or at an ancestor of e, other than by roll-up; or holds so, at
  // an ancestor, a role that includes r. What is gained through a rolled-up role is itself rolled-up."
  bool holds(const Entity& x, const Role* r, const Entity& e) {
    return itself(x, r, e, Way::rolls_up) || flows(x, r, e);
  }
  bool flows(const Entity& x, const Role* r, const Entity& e) {
    for (const Entity* at = &e; at != nullptr; at = at->parent)
      if (itself(x, r, *at, Way::flows)) return true;
    return false;
  }

  // "… if r is granted to it there, a source of r at e names it, r's `if` is true there, or it holds at e
  // itself a role of e's scope that includes r."
  bool itself(const Entity& x, const Role* r, const Entity& e, Way way) {
    const auto has = [&](const Role* by) {
      return tree_.home.at(by) == e.kind && (is_fact(x, *by, e, way) || is_named(x, *by, e, way));
    };
    return may_hold(x, e) && any(tree_.holders.at(r), has);
  }
  bool is_fact(const Entity& x, const Role& r, const Entity& e, Way way) {
    for (const Entity::Grant& g : e.grants)
      if (way != Way::rolls_up && gives(g, e, r) && is_on(g) && counts_as(x, g.principal)) return true;
    // "No role whose from or if reads its own attributes is held on [an inline resource]."
    const bool is_hidden = &e == &inline_ && tree_.rests_on_own.contains(&r);
    return way == Way::flows && r.condition && !is_hidden && truth(*r.condition, {&x, &e});
  }
  bool is_named(const Entity& x, const Role& r, const Entity& e, Way way) {
    return any(r.sources, [&](const Path& source) {
      const std::string &first = source.parts[0].text, &last = source.parts.back().text;
      const bool is_one_word = source.parts.size() == 1;
      if (const auto* own = named(tree_.kinds.at(e.kind).attributes, first))
        return (is_one_word ? way != Way::rolls_up : way == Way::flows) && &e != &inline_ &&
               names(x, *own, e, is_one_word ? "" : last);
      if (is_one_word || tree_.above.at(e.kind).contains(first))
        return comes_from(x, tree_.role(e.kind, source), e, way);
      return way != Way::flows && rolls_up(x, first, last, e);
    });
  }

  // "An attribute (whom it names); attr.role (who holds that role on the entity it names)."
  bool names(const Entity& x, const text::Attribute& a, const Entity& e, const std::string& role) {
    return any(elements(attribute(e, a)), [&](const Value& one) {
      const Entity& on = *find(one.text);
      return role.empty() ? counts_as(x, on.name) : holds(x, tree_.role(on.kind, {{{role, {}}}, {}}), on);
    });
  }

  // "A role of this scope or above": "`from workspace.guest` on a lower scope asks at that workspace, and is
  // held here and below".
  bool comes_from(const Entity& x, const Role* r, const Entity& e, Way way) {
    const Entity* at = nearest(&e, tree_.home.at(r));
    if (way != Way::flows) return at == &e && itself(x, r, e, way);
    return at == &e ? flows(x, r, e) : at != nullptr && holds(x, r, *at);
  }

  // "Rolled up: counts what is held at the child itself by grants, attributes and other roll-ups."
  bool rolls_up(const Entity& x, const std::string& kind, const std::string& what, const Entity& e) {
    const auto* a = named(tree_.kinds.at(kind).attributes, what);
    return any(snapshot_, [&](const auto& entry) {
      const Entity& child = entry.second;
      if (child.parent != &e || child.kind != kind) return false;
      return a ? names(x, *a, child, "") : itself(x, tree_.role_in(kind, what), child, Way::counts);
    });
  }

  // Nothing is held at what is not there, nor by whom; but the one who asks may be a stranger.
  bool may_hold(const Entity& x, const Entity& e) const {
    const auto is_there = [&](const Entity& one) { return snapshot_.contains(one.name) || &one == &inline_; };
    return is_there(e) && (is_there(x) || &x == subject_);
  }

  // A path: what its first words name, then attribute after attribute.
  Value path(const Path& p, const Env& env) {
    Value v = first(p, env);
    const bool two = p.parts[0].text == "action" || p.parts[0].text == "context";
    for (std::size_t i = two ? 2 : 1; i < p.parts.size() && v.kind == Type::entity; ++i) {
      const Entity& e = *find(v.text);
      const auto* a = named(tree_.kinds.at(e.kind).attributes, p.parts[i].text);
      v = a ? attribute(e, *a) : Value{};
    }
    return v;
  }

  // "Names in EXPR: subject, resource, action.param, context.x, now, named conditions, the resource's scope
  // and its ancestor scopes, parent (the immediate one)"; what is none of these is a bare enum member or
  // role.
  Value first(const Path& p, const Env& env) {
    const std::string &head = p.parts[0].text, &last = p.parts.back().text;
    const auto entity = [](const Entity* e) { return e ? Value{Type::entity, 0, e->name, {}} : Value{}; };
    if (const auto v = env.variables.find(head); v != env.variables.end()) return v->second;
    if (head == "subject") return entity(env.subject);
    if (head == "resource") return entity(env.resource);
    if (head == "parent") return entity(env.resource->parent);
    if (head == "system") return entity(find(head));
    if (head == "now") return {Type::time, request_.now.value(), {}, {}};
    if (head == "action")
      return meant(given(request_.parameters, *named(env.action->parameters, p.parts[1].text)), resource_);
    if (head == "context") return given(request_.context, *named(tree_.all.context, p.parts[1].text));
    if (p.parts.size() == 2 && tree_.role(head, p)) return {Type::symbol, 0, head + "." + last, {}};
    if (tree_.kinds.contains(head)) return entity(nearest(env.resource, head));
    const Condition* c = tree_.condition(env.resource->kind, p);
    if (c == nullptr) return {Type::symbol, 0, head, {}};
    return value(c->body, {env.subject, nearest(env.resource, c->scope.text), env.action});
  }

  Value value(const Expr& e, const Env& env) {
    const auto operand = [&](std::size_t i) { return value(e.operands[i], env); };
    const auto list = [&](std::size_t i) { return elements(operand(i)); };
    const auto of = [](bool b) { return Value{Type::boolean, b, {}, {}}; };
    const auto is_true = [&](const Expr& o) { return truth(o, env); };
    const auto is_in_list = [&](const Value& v) { return has(list(0), v); };
    switch (e.kind) {
      case ExprKind::path: return path(e.path, env);
      case ExprKind::add: return sum(operand(0), operand(1), false);
      case ExprKind::subtract: return sum(operand(0), operand(1), true);
      case ExprKind::otherwise: return operand(operand(0).kind != Type::absent ? 0 : 1);
      case ExprKind::set: {
        Value set{Type::set, 0, {}, {}};
        for (const Expr& o : e.operands) set.elements.push_back(value(o, env));
        return set;
      }
      case ExprKind::size: return {Type::integer, std::ssize(distinct(list(0))), {}, {}};
      case ExprKind::logical_not: return of(!truth(e.operands[0], env));
      case ExprKind::logical_and: return of(std::ranges::all_of(e.operands, is_true));
      case ExprKind::logical_or: return of(any(e.operands, is_true));
      case ExprKind::compare: return of(compare(e.op, operand(0), operand(1)));
      case ExprKind::in: return of(is_in(operand(0), operand(1)) != e.negated);
      case ExprKind::contains: return of(is_in_list(operand(1)));
      case ExprKind::contains_all: return of(std::ranges::all_of(list(1), is_in_list));
      case ExprKind::contains_any: return of(any(list(1), is_in_list));
      case ExprKind::starts_with: return of(operand(0).text.starts_with(operand(1).text));
      case ExprKind::ends_with: return of(operand(0).text.ends_with(operand(1).text));
      case ExprKind::matches: return of(glob(operand(0).text, operand(1).text));
      case ExprKind::is_set: return of((operand(0).kind != Type::absent) != e.negated);
      case ExprKind::is: return of(is(e, env) != e.negated);
      case ExprKind::may:
        return of(may(*find(operand(0).text), e.path.parts[1].text, *find(operand(1).text)));
      case ExprKind::any: return of(count(e, env) >= 1);
      case ExprKind::all: return of(count(e, env) == std::ssize(distinct(list(0))));
      case ExprKind::at_least: return of(count(e, env) >= e.number);
      default: return literal(e);
    }
  }

  // "The language is total": a policy that compiles never asks for a value that may be unset.
  bool truth(const Expr& e, const Env& env) {
    const Value v = value(e, env);
    if (v.kind != Type::boolean) throw std::logic_error("not a truth value");
    return v.number != 0;
  }

  // For how many elements a quantifier's condition is true.
  std::int64_t count(const Expr& e, Env env) {
    return std::ranges::count_if(distinct(elements(value(e.operands[0], env))), [&](const Value& v) {
      env.variables[e.variable.text] = v;
      return truth(e.operands[1], env);
    });
  }

  // "x may scope.action on e (another permission, inlined)."
  bool may(const Entity& x, const std::string& action, const Entity& e) {
    const Env env{&x, &e, named(tree_.kinds.at(e.kind).actions, action)};
    return may_hold(x, e) && matching(text::Effect::forbid, env).empty() &&
           !matching(text::Effect::allow, env).empty();
  }

  // "< for enums, int, time, duration only."
  bool compare(text::CompareOp op, const Value& a, const Value& b) {
    using Op = text::CompareOp;
    if (op == Op::eq || op == Op::ne) return same(a, b) == (op == Op::eq);
    const std::string of = owner((a.text.find('.') != a.text.npos ? a : b).text) + ".";
    const bool is_symbol = a.kind == Type::symbol;
    const std::int64_t x = is_symbol ? tree_.member(of + bare(a.text)) : a.number;
    const std::int64_t y = is_symbol ? tree_.member(of + bare(b.text)) : b.number;
    return op == Op::lt ? x < y : op == Op::le ? x <= y : op == Op::gt ? x > y : x >= y;
  }

  // "x in set (an element, or a member of a group that is an element)", "x in group"; "addr in a block or in
  // a set of either"; "resource in scope-entity (itself or below)".
  bool is_in(const Value& x, const Value& where) {
    const auto lies_in = [&](const Value& block) { return bits(x.text).starts_with(bits(block.text)); };
    if (x.kind == Type::ip) return any(elements(where), lies_in);
    const auto counts = [&](const Value& one) {
      return one.kind == Type::entity && counts_as(*find(x.text), one.text);
    };
    if (where.kind == Type::set)
      return has(where.elements, x) || (x.kind == Type::entity && any(where.elements, counts));
    const Entity* e = find(x.text);
    while (e != nullptr && e->name != where.text) e = e->parent;
    return e != nullptr || counts(where);
  }

  // "`x is r on e` asks [whether x holds r at e], `x is r on e itself` [whether it does so itself]; `on e`
  // may be left out for the resource. `is` takes a role, a role-typed value or a set of them", or a kind.
  bool is(const Expr& e, const Env& env) {
    const Entity& x = *find(value(e.operands[0], env).text);
    const Entity& on = e.operands.size() > 2 ? *find(value(e.operands[2], env).text) : *env.resource;
    const auto has_role = [&](const Role* r) {
      return e.itself ? itself(x, r, on, Way::flows) || itself(x, r, on, Way::rolls_up) : holds(x, r, on);
    };
    const auto has_value = [&](const Value& v) {
      if (is_defined(v)) return is_granted(x, v, on, e.itself);
      return has_role(tree_.role_in(owner(v.text), bare(v.text)));
    };
    return any(choices(e), [&](const Expr& one) {
      const std::string& name = one.path.parts[0].text;
      if (one.path.parts.size() == 1 && tree_.kinds.contains(name)) return name == x.kind;
      const Role* r = tree_.role(on.kind, one.path);
      return r ? has_role(r) : any(elements(value(one, env)), has_value);
    });
  }

  const Action* action_ = nullptr;
  Answer answer_;
};

}  // namespace

Oracle::Oracle(const text::Package& package) : tree_(std::make_shared<const Tree>(package)) {}

bool Oracle::holds(const Snapshot& facts, const std::string& x, const Path& r, const std::string& e,
                   std::optional<std::int64_t> now) const {
  Request at;
  at.now = now;
  return Run(*tree_, facts, at).holds(x, r, e);
}

// "on_behalf_of names a second principal: both are decided, allow only if both are, error if either errs."
Answer Oracle::decide(const Snapshot& snapshot, const Request& request) const {
  Run run(*tree_, snapshot, request);
  Answer answer = run.answer();
  if (request.on_behalf_of && answer.errors.empty()) {
    Request for_other = request;
    for_other.subject = *request.on_behalf_of, for_other.subject_attributes = {};
    const Answer other = Run(*tree_, snapshot, for_other).answer();
    const std::int64_t valid_until = std::min(answer.valid_until, other.valid_until);
    if (!other.errors.empty() || (answer.allowed && !other.allowed))
      answer = other;
    else if (answer.allowed == other.allowed)
      for (const std::size_t rule : other.rules)
        if (!any(answer.rules, [&](std::size_t one) { return one == rule; })) answer.rules.push_back(rule);
    answer.valid_until = valid_until;
    std::ranges::sort(answer.rules);
  }
  run.oblige(answer);
  return answer;
}

}  // namespace policyc::oracle
