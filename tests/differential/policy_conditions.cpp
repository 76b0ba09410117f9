// The conditions of random policies: well-typed and guarded by construction.

#include <functional>
#include <set>

#include "policy_parts.hpp"

namespace policyc::differential {

namespace {

std::string role_name(const Scene& s, std::size_t from, std::size_t kind, const RoleSpec& role) {
  std::size_t declared = 0;
  for (std::size_t k = 0; k < s.policy.kinds.size(); ++k)
    for (const RoleSpec& r : s.policy.kinds[k].roles)
      declared += r.name == role.name && (s.policy.may_be_above(from, k) || s.several_kinds);
  return (declared > 1 || s.random.chance(10)) ? s.policy.kinds[kind].name + "." + role.name : role.name;
}

}  // namespace

std::string random_role(const Scene& s, std::size_t at) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < s.policy.kinds.size(); ++k)
    for (const RoleSpec& r : s.policy.kinds[k].roles) {
      if (!s.policy.may_be_above(at, k) || (s.in_role && k == s.kind && r.level == RoleLevel::top)) continue;
      if ((k != at || s.several_kinds) && r.level == RoleLevel::rolled_up && !r.granted) continue;
      const std::string name = role_name(s, at, k, r);
      names.insert(names.end(), k == at ? 3 : 1, name);
    }
  return names.empty() ? "" : s.random.pick(names);
}

namespace {

void add_terms(const Scene& s, const std::string& entity, const KindSpec& kind,
               const std::vector<std::string>& guards, int depth, std::vector<Term>& terms) {
  for (const AttributeSpec& a : kind.attributes) {
    Term t{entity + "." + a.name, a.type, guards};
    if (a.type.optional) t.guards.push_back(t.text + " is set");
    t.type.optional = a.type.optional;
    terms.push_back(t);
    if (depth > 0 && a.type.base == Base::entity && !a.type.set && a.type.of.size() == 1)
      add_terms(s, t.text, kind_named(s.policy, a.type.of[0]), t.guards, depth - 1, terms);
  }
}

std::vector<Term> terms_of(const Scene& s) {
  std::vector<Term> terms = s.variables;
  const auto& kinds = s.policy.kinds;
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    if (kinds[k].subject && k != s.kind) continue;
    if (!s.policy.may_be_above(s.kind, k) || (s.several_kinds && !s.policy.is_always_above(s.kind, k)))
      continue;
    std::vector<std::string> guards;
    if (!s.policy.is_always_above(s.kind, k)) guards.push_back(kinds[k].name + " is set");
    std::string name = kinds[k].name;
    if (k == s.kind && !s.several_kinds && (kinds[k].subject || s.random.chance(30))) name = "resource";
    if (k != 0) terms.push_back({name, {Base::entity, false, !guards.empty(), {kinds[k].name}}, guards});
    add_terms(s, name, kinds[k], guards, 1, terms);
  }
  if (!s.several_kinds && kinds[s.kind].parents.size() == 1) {
    add_terms(s, "parent", kinds[kinds[s.kind].parents[0]], {}, 0, terms);
  }
  std::vector<std::string> subjects;
  for (const KindSpec& k : kinds)
    if (k.subject && k.members.empty()) subjects.push_back(k.name);
  if (!s.subject_kind.empty()) subjects = {s.subject_kind};
  terms.push_back({"subject", {Base::entity, false, false, subjects}});
  for (const std::string& name : subjects)
    add_terms(s, "subject", kind_named(s.policy, name),
              subjects.size() == 1 ? std::vector<std::string>{} : std::vector{"subject is " + name}, 0,
              terms);
  const auto add = [&](const std::string& name, const AttributeSpec& a) {
    terms.push_back(
        {name, a.type, a.type.optional ? std::vector{name + " is set"} : std::vector<std::string>{}});
  };
  if (s.action != nullptr)
    for (const AttributeSpec& p : s.action->parameters) add("action." + p.name, p);
  if (!s.in_role)
    for (const AttributeSpec& c : s.policy.context) add("context." + c.name, c);
  return terms;
}

using Filter = std::function<bool(const Term&)>;
bool pick(const Scene& s, const std::vector<Term>& terms, const Filter& fits, Term& chosen) {
  std::vector<Term> fitting;
  std::copy_if(terms.begin(), terms.end(), std::back_inserter(fitting), fits);
  if (fitting.empty()) return false;
  chosen = s.random.pick(fitting);
  return true;
}
Filter of_base(Base base, bool set) {
  return [=](const Term& t) { return t.type.base == base && t.type.set == set; };
}
Filter principal(bool set) {
  return [=](const Term& t) {
    return t.type.base == Base::entity && t.type.set == set && (set || t.type.of.back() != "team") &&
           (t.type.of[0] == "user" || t.type.of[0] == "service");
  };
}
// Somebody, or a group of them: `in` asks about its members.
Filter of_group() {
  return
      [](const Term& t) { return t.type.base == Base::entity && !t.type.set && t.type.of.back() == "team"; };
}
Filter scope_entity() {
  return [](const Term& t) {
    return t.type.base == Base::entity && !t.type.set && t.type.of[0] != "user" && t.type.of[0] != "service";
  };
}

// Joins the guards of all the terms before the test: `a is set and b is set and a == b`.
std::string guarded(const std::vector<Term>& terms, const std::string& test) {
  std::vector<std::string> seen;
  std::string text;
  for (const Term& t : terms)
    for (const std::string& g : t.guards)
      if (std::find(seen.begin(), seen.end(), g) == seen.end()) seen.push_back(g), text += g + " and ";
  return text.empty() ? test : "(" + text + test + ")";
}

std::string literal(const Scene& s, const TypeSpec& type) { return literal_of(type, s.policy, s.random); }
// An entity, now and then named by the policy's text: the snapshot may not have it.
Term or_literal(const Scene& s, const Term& term) {
  return s.random.chance(12) ? Term{literal(s, term.type), term.type} : term;
}
std::string literal_set(const Scene& s, const TypeSpec& type) {
  std::set<std::string> elements;
  for (std::size_t n = 1 + s.random.upto(3); n > 0; --n) elements.insert(literal(s, type));
  std::string text;
  for (const std::string& e : elements) text += (text.empty() ? "{" : ", ") + e;
  return text + "}";
}

std::string compare_op(Random& random) {
  return random.pick(std::vector<std::string>{"==", "!=", "<", "<=", ">", ">="});
}
std::string equal_op(Random& random) { return random.chance(65) ? " == " : " != "; }

// A role value: whether it is held, or equal to another.
std::string test_of_role_value(Scene& s, const std::vector<Term>& terms) {
  Random& r = s.random;
  Term a, b;
  if (!pick(
          s, terms, [](const Term& t) { return t.type.base == Base::role; }, a))
    return "";
  const std::size_t k = kind_index(s.policy, a.type.of[0]);
  if (s.in_role || !s.policy.is_always_above(s.kind, k)) return "";
  if (!a.type.set && r.chance(20)) return guarded({a}, a.text + equal_op(r) + literal(s, a.type));
  const auto is_alike = [&](const Term& t) {
    return t.type.base == Base::role && t.type.of == a.type.of && !t.type.set && t.text != a.text;
  };
  if (r.chance(20) && pick(s, terms, is_alike, b))
    return guarded({a, b}, b.text + (a.type.set ? " in " : equal_op(r)) + a.text);
  const bool itself = r.chance(20);
  return guarded({a}, std::string("subject is ") + (r.chance(15) ? "not " : "") + a.text +
                          (itself || r.chance(30) ? " on " + a.type.of[0] : "") + (itself ? " itself" : ""));
}

// One test, or "" where the scene has no value of the kind that it needs.
std::string random_test(Scene& s) {
  Random& r = s.random;
  const std::vector<Term> terms = terms_of(s);
  Term a, b;
  const auto same_type = [&](const Term& t) {
    return t.text != a.text && t.type.base == a.type.base && t.type.of == a.type.of && !t.type.set;
  };
  const auto other = [&] {  // a value of a's type
    if (r.chance(45) && pick(s, terms, same_type, b)) return b.text;
    b = {};
    return literal(s, a.type);
  };
  switch (r.upto(28)) {
    case 26: {
      if (!pick(s, terms, principal(false), a) || kind_index(s.policy, "team") == kNone) return "";
      if (a.type.of[0] != "user") return "";
      const std::string in = r.chance(25) ? " not in " : " in ";
      if (r.chance(60) && pick(s, terms, of_group(), b)) return guarded({a, b}, a.text + in + b.text);
      b = {};
      const std::string team = "team:t" + std::to_string(r.upto(4));
      if (r.chance(50)) return guarded({a}, a.text + in + team);
      return guarded(
          {a}, a.text + in + "{" + team + ", " + literal(s, {Base::entity, false, false, {"user"}}) + "}");
    }
    case 27: {
      if (!pick(s, terms, of_group(), a)) return "";
      return guarded({a}, a.text + equal_op(r) +
                              (r.chance(50) && s.subject_kind != "service" ? "subject" : literal(s, a.type)));
    }
    case 0:
    case 1:
      if (!pick(s, terms, of_base(Base::boolean, false), a)) return "";
      return guarded({a}, (r.chance(30) ? "not " : "") + a.text);
    case 2:
    case 3: {
      if (!pick(s, terms, of_base(Base::integer, false), a)) return "";
      std::string left = a.text;
      if (r.chance(30)) left += r.chance(50) ? " + " + std::to_string(r.upto(4)) : " - 2";
      const std::string right = other();
      return guarded({a, b}, left + " " + compare_op(r) + " " + right);
    }
    case 4: {
      if (!pick(s, terms, of_base(Base::enumeration, false), a)) return "";
      const std::string right = other();
      return guarded({a, b}, a.text + " " + compare_op(r) + " " + right);
    }
    case 5: {
      if (!pick(s, terms, of_base(Base::string, false), a)) return "";
      const std::string right = other();
      switch (r.upto(4)) {
        case 0: return guarded({a, b}, a.text + equal_op(r) + right);
        case 1: return guarded({a, b}, a.text + " starts with " + right);
        case 2: return guarded({a, b}, a.text + " ends with " + right);
        default:
          return guarded({a, b},
                         a.text + " matches " + (r.chance(70) ? '"' + r.pick(kPatterns) + '"' : right));
      }
    }
    case 6: {
      if (!s.now || !pick(s, terms, of_base(Base::time, false), a)) return "";
      switch (r.upto(4)) {
        case 0: return guarded({a}, "now " + compare_op(r) + " " + a.text);
        case 1: return guarded({a}, "now + " + r.pick(kDurations) + " > " + a.text);
        case 2: return guarded({a}, "now - " + r.pick(kDurations) + " <= " + a.text);
        default: return guarded({a}, "now - " + a.text + " < " + r.pick(kDurations));
      }
    }
    case 7: {
      if (!pick(s, terms, of_base(r.chance(50) ? Base::time : Base::duration, false), a)) return "";
      const std::string right = other();
      if (r.chance(30))
        return guarded({a, b}, a.text + " + " + r.pick(kDurations) + " " + compare_op(r) + " " + right);
      return guarded({a, b}, a.text + " " + compare_op(r) + " " + right);
    }
    case 8:
      if (!pick(s, terms, of_base(Base::ip, false), a)) return "";
      if (r.chance(30) && pick(s, terms, of_base(Base::ip, true), b))
        return guarded({a, b}, a.text + " in " + b.text);
      if (r.chance(30)) return guarded({a}, a.text + equal_op(r) + literal(s, a.type));
      return guarded({a}, a.text + (r.chance(20) ? " not in " : " in ") + "ip(\"" + r.pick(kBlocks) + "\")");
    case 9:
    case 10:
    case 11: {
      if (!pick(s, terms, principal(false), a)) return "";
      if (r.chance(40) && pick(s, terms, principal(true), b))
        return guarded({a, b}, a.text + (r.chance(25) ? " not in " : " in ") + b.text);
      const std::string subject_text = "subject";
      if (a.text != subject_text) {
        return guarded({a}, a.text + equal_op(r) +
                                (r.chance(80) && a.type.of[0] == "user" &&
                                         (s.subject_kind.empty() || s.subject_kind == "user")
                                     ? subject_text
                                     : literal(s, a.type)));
      }
      if (r.chance(30)) return "subject in {" + literal(s, a.type) + ", " + literal(s, a.type) + "}";
      return "subject" + equal_op(r) + literal(s, a.type);
    }
    case 12:
    case 13:
    case 14: {
      if (!pick(s, terms, principal(false), a)) return "";
      a = or_literal(s, a);
      std::string is = r.chance(20) ? " is not " : " is ";
      const std::string role = random_role(s, s.kind);
      if (role.empty()) return "";
      if (r.chance(20)) {
        const std::string second = random_role(s, s.kind);
        if (second != role) return guarded({a}, a.text + is + "{" + role + ", " + second + "}");
      }
      return guarded({a}, a.text + is + role);
    }
    case 15:
    case 16: {  // at another entity
      if (!pick(s, terms, principal(false), a)) return "";
      Term at;
      if (!pick(s, terms, scope_entity(), at)) return "";
      a = or_literal(s, a), at = or_literal(s, at);
      const std::size_t k = kind_index(s.policy, at.type.of[0]);
      if (s.in_role && (at.type.of[0] == s.policy.kinds[s.kind].name || !s.policy.may_be_above(s.kind, k)))
        return "";
      const bool itself = r.chance(40);
      Scene there{s.policy, s.random};
      there.kind = k, there.in_role = s.in_role;
      std::string role = random_role(there, k);
      if (itself) {
        const auto& roles = s.policy.kinds[k].roles;
        if (roles.empty()) return "";
        role = role_name(there, k, k, r.pick(roles));
      }
      if (role.empty()) return "";
      return guarded({a, at}, a.text + (r.chance(15) ? " is not " : " is ") + role + " on " + at.text +
                                  (itself ? " itself" : ""));
    }
    case 17: return test_of_role_value(s, terms);
    case 18: {
      if (!pick(
              s, terms, [](const Term& t) { return t.type.set; }, a))
        return "";
      if (r.chance(30))
        return guarded({a}, "size(" + a.text + ") " + compare_op(r) + " " + std::to_string(r.upto(3)));
      if (a.type.base == Base::role || (a.type.base == Base::entity && a.type.of.size() > 1)) return "";
      switch (r.upto(3)) {
        case 0: return guarded({a}, a.text + " contains " + literal(s, a.type));
        case 1: return guarded({a}, a.text + " contains all " + literal_set(s, a.type));
        default: return guarded({a}, a.text + " contains any " + literal_set(s, a.type));
      }
    }
    case 19: {
      if (!pick(
              s, terms,
              [](const Term& t) {
                return t.type.optional && !t.guards.empty() && t.type.base != Base::entity && !t.type.set;
              },
              a))
        return "";
      const std::string own = a.text + " is set";
      std::vector<std::string> rest = a.guards;
      if (rest.back() != own) return "";
      rest.pop_back();
      const Term outer{a.text, a.type, rest};
      if (r.chance(40)) return guarded({outer}, a.text + (r.chance(50) ? " is set" : " is not set"));
      if (a.type.base == Base::ip || a.type.base == Base::role) return "";
      return guarded({outer},
                     "(" + a.text + " else " + literal(s, a.type) + ")" + equal_op(r) + literal(s, a.type));
    }
    case 20: {  // a quantifier
      if (s.variables.size() >= 2 || !pick(
                                         s, terms,
                                         [](const Term& t) {
                                           return t.type.set &&
                                                  (t.type.base == Base::string ||
                                                   t.type.base == Base::entity ||
                                                   t.type.base == Base::integer) &&
                                                  t.type.of.size() < 2;
                                         },
                                         a))
        return "";
      const std::string name = "v" + std::to_string(s.variables.size());
      const bool now = s.now;
      TypeSpec element = a.type;
      element.set = element.optional = false;
      s.now = false;
      s.variables.push_back({name, element});
      std::string body;
      for (int tries = 0; tries < 40 && body.find(name) == body.npos; ++tries) body = condition(s, 1);
      s.variables.pop_back();
      s.now = now;
      if (body.find(name) == body.npos) return "";
      const std::string many = r.chance(40)   ? "any "
                               : r.chance(50) ? "all "
                                              : "at least " + std::to_string(1 + r.upto(2)) + " ";
      return guarded({a}, many + name + " in " + a.text + ": (" + body + ")");
    }
    case 21: {  // another permission, inlined
      if (s.in_role || s.in_condition || s.variables.size() > 0) return "";
      Term at;
      if (!pick(s, terms, scope_entity(), at) || !pick(s, terms, principal(false), a)) return "";
      a = or_literal(s, a), at = or_literal(s, at);
      std::vector<std::string> names;
      const KindSpec& kind = kind_named(s.policy, at.type.of[0]);
      for (const ActionSpec& act : kind.actions)
        if (act.order < s.may_order && act.parameters.empty()) names.push_back(kind.name + "." + act.name);
      return names.empty() ? "" : guarded({a, at}, a.text + " may " + r.pick(names) + " on " + at.text);
    }
    case 22: {  // places
      if (!pick(s, terms, scope_entity(), a)) return "";
      if (s.several_kinds || s.kind == 0) return "";
      if (r.chance(60))
        return guarded({a}, std::string("resource ") + (r.chance(20) ? "not in " : "in ") +
                                (a.text == "resource" || a.text == s.policy.kinds[s.kind].name || r.chance(50)
                                     ? literal(s, a.type)
                                     : a.text));
      return guarded({a}, a.text + equal_op(r) + literal(s, a.type));
    }
    case 23: {
      if (!s.subject_kind.empty() || kind_index(s.policy, "service") == kNone) return "";
      return r.chance(70) ? "subject is user" : "subject is not service";
    }
    default: {
      if (s.in_role) return "";
      const std::string role = random_role(s, s.kind);
      return role.empty() ? "" : "subject is " + role;
    }
  }
}

}  // namespace

std::string condition(Scene& s, int depth) {
  if (depth > 0 && s.random.chance(30)) {
    const std::string op = s.random.chance(50) ? " and " : " or ";
    std::string text = "(" + condition(s, depth - 1);
    for (std::size_t n = 1 + s.random.upto(2); n > 0; --n) text += op + condition(s, depth - 1);
    return text + ")";
  }
  if (depth > 0 && s.random.chance(15)) return "not (" + condition(s, depth - 1) + ")";
  for (int tries = 0; tries < 50; ++tries)
    if (std::string test = random_test(s); !test.empty()) return test;
  return "subject == user:u1";
}

std::string role_value_condition(Scene& s) {
  std::string test;
  for (int tries = 0; tries < 5 && test.empty(); ++tries) test = test_of_role_value(s, terms_of(s));
  return test;
}

std::string without_parentheses(std::string text) {
  if (text.empty() || text[0] != '(') return text;
  int open = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    open += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (open == 0) return text;
  }
  return text.substr(1, text.size() - 2);
}

std::string role_condition(const PolicySpec& policy, std::size_t kind, Random& random) {
  Scene s{policy, random};
  s.kind = kind, s.in_role = true;
  return condition(s, 1);
}

}  // namespace policyc::differential
