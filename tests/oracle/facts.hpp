#pragma once

// What a snapshot and a request say of entities, and who counts as whom in grants and sets.

#include "role_values.hpp"

namespace policyc::oracle {

class Facts {
 public:
  Facts(const Tree& tree, const Snapshot& snapshot, const Request& request)
      : tree_(tree), snapshot_(snapshot), request_(request) {}

 protected:
  // The request's own entity, or the snapshot's; one that neither has is known by its name alone.
  const Entity* find(const std::string& name) {
    if (resource_ != nullptr && resource_->name == name) return resource_;
    const auto found = snapshot_.find(name);
    if (found != snapshot_.end()) return &found->second;
    return &(unknown_[name] = {name, kind_of(name), nullptr, {}, {}});
  }

  // "from request lets a request supply or override it; all others come from the snapshot alone."
  Value attribute(const Entity& e, const text::Attribute& a) {
    const bool counts = a.from_request || &e == &inline_;
    for (const auto& [whose, values] : {std::pair(subject_, &request_.subject_attributes),
                                        std::pair(resource_, &request_.resource_attributes)})
      if (&e == whose && counts && values->contains(a.name.text)) return meant(given(*values, a), place(e));
    return meant(given(e.attributes, a), place(e));
  }
  // Where roles that an attribute of it names are looked up: what subjects and groups say is about no entity.
  const Entity* place(const Entity& e) const {
    return is_among(tree_.subjects, e.kind) || is_among(tree_.teams, e.kind) ? nullptr : &e;
  }

  // What was given under a declared name, else its default; "enum members and roles by the expected type".
  Value given(const Values& values, const auto& declared) {
    const auto found = values.find(declared.name.text);
    if (found != values.end()) return found->second;
    return declared.fallback ? qualified(literal(*declared.fallback), declared.type) : Value{};
  }
  static Value qualified(Value v, const TypeExpr& type) {
    if (v.kind == Type::symbol) v.text = type.names[0].text + "." + bare(v.text);
    for (Value& element : v.elements) element = qualified(element, type.element[0]);
    return v;
  }

  static Value literal(const Expr& e) {
    switch (e.kind) {
      case ExprKind::boolean: return {Type::boolean, e.flag, {}, {}};
      case ExprKind::integer: return {Type::integer, e.number, {}, {}};
      case ExprKind::duration: return {Type::duration, e.number, {}, {}};
      case ExprKind::time: return {Type::time, e.number, {}, {}};
      case ExprKind::string: return {Type::string, 0, e.text, {}};
      case ExprKind::ip: return {Type::ip, 0, e.text, {}};
      case ExprKind::entity:
        return {Type::entity, 0, e.path.parts[0].text + (e.text.empty() ? "" : ":" + e.text), {}};
      case ExprKind::path: return {Type::symbol, 0, e.path.parts.back().text, {}};
      case ExprKind::set: {
        Value set{Type::set, 0, {}, {}};
        for (const Expr& o : e.operands) set.elements.push_back(literal(o));
        return set;
      }
      default: throw std::logic_error("no literal");
    }
  }

  // "Grants with from and until": a grant counts from the one instant on, and before the other.
  bool is_on(const Entity::Grant& g) const {
    const auto& now = request_.now;
    return (!g.from || (now && *g.from <= *now)) && (!g.until || (now && *now < *g.until));
  }

  // "A group holds grants; all its direct and indirect members then hold them." "`user:*`: everyone of that
  // kind." "`workspace:x#member`: whoever holds that role there by grant or attribute."
  bool counts_as(const Entity& x, const std::string& principal) {
    const std::size_t mark = principal.find('#');
    if (mark != principal.npos)
      return is_in_userset(x, principal.substr(mark + 1), *find(principal.substr(0, mark)));
    const auto group = snapshot_.find(principal);
    return principal == x.name || principal == x.kind + ":*" ||
           (group != snapshot_.end() &&
            any(group->second.members, [&](const std::string& member) { return counts_as(x, member); }));
  }
  bool is_in_userset(const Entity& x, const std::string& role, const Entity& e) {
    for (const Entity* at = &e; at != nullptr; at = at->parent)
      for (const Role* r : tree_.holders.at(tree_.role_in(e.kind, role))) {
        const auto is_granted = [&](const Entity::Grant& g) {
          return gives(g, *at, *r) && is_on(g) && counts_as(x, g.principal);
        };
        const auto says = [&](const Path& source) {
          const auto* own = named(tree_.kinds.at(at->kind).attributes, source.parts[0].text);
          return own != nullptr && source.parts.size() == 1 &&
                 any(elements(attribute(*at, *own)),
                     [&](const Value& one) { return counts_as(x, one.text); });
        };
        if (tree_.home.at(r) == at->kind && (any(at->grants, is_granted) || any(r->sources, says)))
          return true;
      }
    return false;
  }

  // "A grant of one acts as an allow rule": of a role defined at the resource or above, for what that can.
  bool is_permitted(const Entity& x, const std::string& scope, const Action& action, const Entity* resource) {
    const std::string name = resource->kind + "." + action.wire_name.value_or(action.name.text);
    for (const Entity* e = resource; e != nullptr; e = e->parent)
      for (const Entity::Grant& g : e->grants)
        if (e->kind == scope && gives(g, *e, name) && is_on(g) && counts_as(x, g.principal)) return true;
    return false;
  }

  // "x is VALUE" of a role that a snapshot defines: granted where it is defined, and held there and below.
  bool is_granted(const Entity& x, const Value& role, const Entity& e, bool itself) {
    return is_held_at(role, e, itself) && any(find(definer(role))->grants, [&](const Entity::Grant& g) {
             return g.role == defined_name(role) && is_on(g) && counts_as(x, g.principal);
           });
  }

  const Tree& tree_;
  const Snapshot& snapshot_;
  const Request& request_;
  const Entity* subject_ = nullptr;
  const Entity* resource_ = nullptr;
  Entity inline_;
  std::map<std::string, Entity> unknown_;
};

}  // namespace policyc::oracle
