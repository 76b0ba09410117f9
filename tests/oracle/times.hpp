#pragma once

// When an answer turns by the passing of time alone, and whether it needs the time at all: "what counts is
// fixed without short-circuit". Where facts.hpp says who counts as whom now, this says when.

#include "facts.hpp"

namespace policyc::oracle {

// What names mean in an expression: whom and what it asks about, the action asked, the variables around it.
struct Env {
  const Entity* subject = nullptr;
  const Entity* resource = nullptr;
  const Action* action = nullptr;
  Values variables = {};
};

// "from `from` on, and before `until`".
struct Span {
  std::int64_t from = INT64_MIN, until = INT64_MAX;

  explicit Span(const Entity::Grant& g)
      : from(g.from.value_or(INT64_MIN)), until(g.until.value_or(INT64_MAX)) {}
  Span() = default;
  Span meet(const Span& o) const {
    Span both = *this;
    both.from = std::max(from, o.from), both.until = std::min(until, o.until);
    return both;
  }
};
using Spans = std::vector<Span>;

template <class Run>
class Times {
 public:
  Times(Run& run, const Tree& tree, std::optional<std::int64_t> now) : run_(run), tree_(tree), now_(now) {}

  std::int64_t next = INT64_MAX;
  bool missing = false;

  // "Every time test in the action's rules and the ifs they reach, and every windowed grant of a principal
  // that the rules ask about, at an entity they ask at or its ancestors."
  void rules(const Env& env) {
    for (const text::Rule& r : tree_.all.rules) {
      if (!tree_.targets(r, env.resource->kind, *env.action, env.resource)) continue;
      for (const Path& who : r.who)
        if (const Role* role = tree_.role(env.resource->kind, who))
          ask(*env.subject, role, *env.resource, false);
      if (r.when) walk(*r.when, env);
      if (r.unless) walk(*r.unless, env);
    }
  }

 private:
  void note(std::int64_t instant) {
    if (instant == INT64_MIN || instant == INT64_MAX) return;
    missing = missing || !now_;
    if (now_ && instant > *now_) next = std::min(next, instant);
  }
  void note(const Spans& spans) {
    for (const Span& s : spans)
      if (s.from < s.until) note(s.from), note(s.until);
  }

  // A text, whatever it comes to. Where there is nobody to ask about, or nothing to ask at, nothing is asked.
  void walk(const Expr& e, Env env) {
    const auto entity = [&](std::size_t i) -> const Entity* {
      const Value v = run_.value(e.operands[i], env);
      return v.kind == Type::entity ? run_.find(v.text) : nullptr;
    };
    if (e.kind == ExprKind::path && !env.variables.contains(e.path.parts[0].text))
      if (const Condition* c = tree_.condition(env.resource->kind, e.path))
        if (const Entity* at = nearest(env.resource, c->scope.text))
          walk(c->body, {env.subject, at, env.action});
    if (e.kind == ExprKind::compare) turn(e, env);
    if (e.kind == ExprKind::may) {
      const Entity *x = entity(0), *on = entity(1);
      const std::string &kind = e.path.parts[0].text, &name = e.path.parts[1].text;
      if (x && on && on->kind == kind && run_.may_hold(*x, *on))
        rules({x, on, named(tree_.kinds.at(kind).actions, name)});
    }
    if (e.kind == ExprKind::is) {
      const Entity *x = entity(0), *on = e.operands.size() > 2 ? entity(2) : env.resource;
      for (const Expr& one : x&& on ? choices(e) : std::vector<Expr>{}) {
        if (one.path.parts.size() == 1 && tree_.kinds.contains(one.path.parts[0].text)) continue;
        if (const Role* r = tree_.role(on->kind, one.path)) {
          ask(*x, r, *on, e.itself);
          continue;
        }
        for (const Value& v : elements(run_.value(one, env)))
          if (is_defined(v))
            ask(*x, &*std::ranges::find_if(tree_.kinds.at(owner(v.text)).roles, &Role::is_open), *on,
                e.itself);
          else if (v.kind == Type::symbol)
            ask(*x, tree_.role_in(owner(v.text), bare(v.text)), *on, e.itself);
      }
    }
    if (!e.variable.text.empty()) {
      walk(e.operands[0], env);
      for (const Value& v : elements(run_.value(e.operands[0], env))) {
        env.variables[e.variable.text] = v;
        walk(e.operands[1], env);
      }
      return;
    }
    for (const Expr& operand : e.operands)
      if (e.kind != ExprKind::is || &operand != &e.operands[1]) walk(operand, env);
  }

  // "now OP t, now ± d OP t, now - t OP d": the crossing, if the operands are set. What holds up to an
  // instant, itself included, turns right after it; what holds at one alone turns twice.
  void turn(const Expr& e, const Env& env) {
    using Op = text::CompareOp;
    const bool left = has_now(e.operands[0]);
    if (!left && !has_now(e.operands[1])) return;
    const Expr* side = &e.operands[left ? 0 : 1];
    Value at = run_.value(e.operands[left ? 1 : 0], env);
    bool rises = left != (e.op == Op::gt || e.op == Op::ge);
    while (side->kind != ExprKind::path) {
      const std::size_t moving = has_now(side->operands[0]) ? 0 : 1;
      const Value other = run_.value(side->operands[1 - moving], env);
      if (at.kind == Type::absent || other.kind == Type::absent) return;
      const bool flips = side->kind != ExprKind::add && moving != 0;
      at = flips ? sum(other, at, true) : sum(at, other, side->kind == ExprKind::add);
      rises = rises != flips;
      side = &side->operands[moving];
    }
    if (at.kind == Type::absent) return;
    const std::int64_t after = at.number == INT64_MAX ? at.number : at.number + 1;
    const bool twice = e.op == Op::eq || e.op == Op::ne, ends = e.op == Op::le || e.op == Op::ge;
    if (twice || ends != rises) note_time(at.number);
    if (twice || ends == rises) note_time(after);
  }
  static bool has_now(const Expr& e) {
    if (e.kind == ExprKind::path) return e.path.parts[0].text == "now";
    return (e.kind == ExprKind::add || e.kind == ExprKind::subtract) && any(e.operands, has_now);
  }
  // Without `now` such a request is refused by its text alone.
  void note_time(std::int64_t instant) {
    if (now_ && instant > *now_) next = std::min(next, instant);
  }

  // Does x hold the role at e, or at e itself? Grants that count for a time, of whatever role; what sources
  // ask.
  void ask(const Entity& x, const Role* r, const Entity& e, bool itself) {
    const std::string& home = tree_.home.at(r);
    if (!run_.may_hold(x, e) || !tree_.above.at(e.kind).contains(home) || (itself && home != e.kind)) return;
    if (!asked_.insert({&x, r, &e, itself}).second) return;  // what is asked twice says nothing new
    windows(x, e);
    further(x, r, e, itself);
  }
  // What the roles that give it ask elsewhere; on the way up from here, all grants have been looked at.
  void further(const Entity& x, const Role* r, const Entity& e, bool itself) {
    for (const Role* by : tree_.holders.at(r))
      for (const Entity* at = &e; at != nullptr && (!itself || at == &e); at = at->parent)
        if (tree_.home.at(by) == at->kind) sources(x, *by, *at);
  }

  void sources(const Entity& x, const Role& by, const Entity& at) {
    if (by.condition && (&at != &run_.inline_ || !tree_.rests_on_own.contains(&by)))
      walk(*by.condition, {&x, &at});
    for (const Path& source : by.sources) {
      const std::string &first = source.parts[0].text, &last = source.parts.back().text;
      if (const auto* own = named(tree_.kinds.at(at.kind).attributes, first)) {
        if (source.parts.size() == 1 || &at == &run_.inline_) continue;
        for (const Value& one : elements(run_.attribute(at, *own))) {
          const Entity& on = *run_.find(one.text);
          ask(x, tree_.role(on.kind, {{{last, {}}}, {}}), on, false);
        }
      } else if (source.parts.size() == 1 || tree_.above.at(at.kind).contains(first)) {
        const Role* r = tree_.role(at.kind, source);
        if (const Entity* on = nearest(&at, tree_.home.at(r))) further(x, r, *on, false);
      }
    }
  }

  // What is rolled up counts at the nearest entity of its kind alone.
  void windows(const Entity& x, const Entity& e) {
    if (!has_windows_ || !asked_.insert({&x, nullptr, &e, false}).second) return;
    std::set<std::string> met;
    for (const Entity* at = &e; at != nullptr; at = at->parent) {
      for (const Entity::Grant& g : at->grants) note(ways(x, g));
      if (!met.insert(at->kind).second) continue;
      for (const Role& r : tree_.kinds.at(at->kind).roles) note(rolled_up(x, r, *at));
    }
  }

  // When x holds the role by what is rolled up from the entities inside.
  Spans rolled_up(const Entity& x, const Role& r, const Entity& e) {
    Spans all;
    for (const Path& source : r.sources) {
      const std::string &first = source.parts[0].text, &last = source.parts.back().text;
      const bool is_child = source.parts.size() == 2 && !tree_.above.at(e.kind).contains(first) &&
                            named(tree_.kinds.at(e.kind).attributes, first) == nullptr;
      const Role* what = is_child ? tree_.role_in(first, last) : nullptr;
      for (const auto& [name, child] : run_.snapshot_)
        if (what != nullptr && child.parent == &e && child.kind == first) add(all, counted(x, *what, child));
    }
    return all;
  }
  // "What is held at the child itself by grants, attributes and other roll-ups": attributes have no windows.
  Spans counted(const Entity& x, const Role& r, const Entity& child) {
    Spans all;
    for (const Role* by : tree_.holders.at(&r)) {
      if (tree_.home.at(by) != child.kind) continue;
      for (const Entity::Grant& g : child.grants)
        if (gives(g, child, *by)) add(all, ways(x, g));
      for (const Path& source : by->sources)
        if (source.parts.size() == 1 && !named(tree_.kinds.at(child.kind).attributes, source.parts[0].text))
          if (const Role* other = tree_.role(child.kind, source); tree_.home.at(other) == child.kind)
            add(all, counted(x, *other, child));
      add(all, rolled_up(x, *by, child));
    }
    return all;
  }

  // When x counts as the grant's principal and the grant counts, way by way: through a userset for as long as
  // the grant counts that makes x one of it.
  Spans ways(const Entity& x, const Entity::Grant& g) {
    Spans all;
    for (const Span& way : ways(x, g.principal)) all.push_back(way.meet(Span(g)));
    return all;
  }
  Spans ways(const Entity& x, const std::string& principal) {
    const std::size_t mark = principal.find('#');
    if (mark == principal.npos) return Spans(run_.counts_as(x, principal) ? 1 : 0);
    Spans all;
    const Entity& e = *run_.find(principal.substr(0, mark));
    for (const Role* r : tree_.holders.at(tree_.role_in(e.kind, principal.substr(mark + 1))))
      for (const Entity* at = &e; at != nullptr; at = at->parent) {
        if (tree_.home.at(r) != at->kind) continue;
        for (const Entity::Grant& g : at->grants)
          if (gives(g, *at, *r)) add(all, ways(x, g));
        for (const Path& source : r->sources)
          if (const auto* own = named(tree_.kinds.at(at->kind).attributes, source.parts[0].text);
              own != nullptr && source.parts.size() == 1)
            for (const Value& one : elements(run_.attribute(*at, *own))) add(all, ways(x, one.text));
      }
    return all;
  }
  static void add(Spans& to, const Spans& more) { to.insert(to.end(), more.begin(), more.end()); }

  Run& run_;
  const Tree& tree_;
  std::optional<std::int64_t> now_;
  std::set<std::tuple<const Entity*, const Role*, const Entity*, bool>> asked_;
  const bool has_windows_ = any(run_.snapshot_, [](const auto& entry) {
    return any(entry.second.grants, [](const Entity::Grant& g) { return g.from || g.until; });
  });
};

}  // namespace policyc::oracle
