// The declarations of random policies: kinds, attributes, roles, actions. Everything here is text that
// compiles: what a policy may not say is tested elsewhere.

#include "policy_parts.hpp"

namespace policyc::differential {

namespace {

// Hierarchies worth asking about: {name, parents by index}. Index 0 is system; subjects are added after the
// scopes.
struct Shape {
  const char* name;
  std::vector<std::size_t> parents;
};
const std::vector<std::vector<Shape>>& shapes() {
  static const std::vector<std::vector<Shape>> kShapes = {
      {{"organization", {}}, {"project", {1}}},
      {{"organization", {}}, {"workspace", {1}}, {"project", {2}}},
      {{"organization", {}}, {"workspace", {1}}, {"project", {2}}, {"task", {3}}},
      {{"organization", {}}, {"folder", {2, 1}}},
      {{"organization", {}}, {"folder", {2, 1}}, {"document", {2}}},
      {{"organization", {}}, {"workspace", {1}}, {"project", {2, 1}}, {"task", {3}}},
      {{"drive", {}}, {"folder", {2, 1}}, {"account", {}}},
  };
  return kShapes;
}

AttributeSpec random_attribute(std::string name, TypeSpec type, const PolicySpec& policy, Random& random,
                               bool may_be_optional = true) {
  AttributeSpec a{std::move(name), std::move(type), false, false, false, ""};
  if (a.type.set) {
    a.has_default = random.chance(60);
    a.fallback = a.has_default ? " = {}" : "";
    if (a.has_default && a.type.base != Base::entity && random.chance(40))
      a.fallback = " = {" + literal_of(a.type, policy, random) + "}";
    return a;
  }
  a.type.optional = may_be_optional && random.chance(30);
  if (!a.type.optional && a.type.base != Base::entity && random.chance(60)) {
    a.has_default = true;
    a.fallback = " = " + literal_of(a.type, policy, random);
  }
  return a;
}

std::string declaration(const AttributeSpec& a) {
  return a.name + ": " + a.type.text() + (a.from_request ? " from request" : "") +
         (a.type.cross ? " cross" : "") + (a.type.acyclic ? " acyclic" : "") + a.fallback;
}

std::string parameters_text(const ActionSpec& action) {
  std::string text;
  for (const AttributeSpec& p : action.parameters) text += (text.empty() ? "" : ", ") + declaration(p);
  return action.parameters.empty() ? "" : "(" + text + ")";
}

// A scope whose roles a value on this kind may be: its own or one above, with an open role if there is one.
std::string scope_of_roles(const PolicySpec& policy, std::size_t kind, Random& random) {
  std::vector<std::string> all, open;
  for (std::size_t above = 1; above < policy.kinds.size(); ++above) {
    const KindSpec& k = policy.kinds[above];
    if (k.subject || k.roles.empty() || (above != 1 && !policy.may_be_above(kind, above))) continue;
    all.push_back(k.name);
    if (k.roles.back().open) open.push_back(k.name);
  }
  if (all.empty()) return "";
  return open.empty() || random.chance(25) ? random.pick(all) : random.pick(open);
}

void add_attributes(PolicySpec& policy, std::size_t kind, Random& random) {
  KindSpec& k = policy.kinds[kind];
  const std::string prefix(1, k.name[0]);
  std::size_t count = kind == 0 ? random.upto(2) : k.subject ? random.upto(3) : random.upto(4);
  for (std::size_t i = 0; i < count; ++i) {
    AttributeSpec a =
        random_attribute(prefix + std::to_string(i), random_plain_type(policy, random), policy, random);
    a.from_request = kind != 0 && k.members.empty() && random.chance(12);
    if (a.from_request && !a.type.optional && !a.has_default)
      a = random_attribute(a.name, {Base::boolean}, policy, random);
    // A subject that nobody knows must be able to ask, most of the time.
    if (k.subject && !a.has_default && !a.type.optional && random.chance(85))
      a.type.optional = !a.type.set, a.has_default = a.type.set, a.fallback = a.type.set ? " = {}" : "";
    k.attributes.push_back(a);
  }
  if (kind == 0 || k.subject) return;
  if (random.chance(50))
    k.attributes.push_back({"created_by", {Base::entity, false, random.chance(30), {"user"}}});
  if (kind_index(policy, "team") != kNone && random.chance(30))
    k.attributes.push_back({prefix + "_team", {Base::entity, false, random.chance(80), {"user", "team"}}});
  // A default counts as written: it must name someone whom every snapshot has.
  if (AttributeSpec* last = k.attributes.empty() ? nullptr : &k.attributes.back();
      last != nullptr && last->name == "created_by" && !last->type.optional && random.chance(25))
    last->has_default = true, last->fallback = " = user:u" + std::to_string(random.upto(2));
  if (random.chance(50)) {
    AttributeSpec a =
        random_attribute(prefix + "_people", {Base::entity, true, false, {"user"}}, policy, random);
    if (kind_index(policy, "service") != kNone && random.chance(40)) a.type.of = {"user", "service"};
    if (kind_index(policy, "team") != kNone && random.chance(60)) a.type.of.push_back("team");
    k.attributes.push_back(a);
  }
  // An entity of another kind in the same root.
  if (kind > 1 && random.chance(25) && !policy.kinds[kind].parents.empty()) {
    const std::size_t seen = 1 + random.upto(kind - 1);
    const bool optional = random.chance(50) || !policy.is_always_above(kind, seen);
    k.attributes.push_back({prefix + "_see", {Base::entity, false, optional, {policy.kinds[seen].name}}});
  }
  if (!k.attributes.empty() && k.attributes.back().name == prefix + "_see")
    k.attributes.back().type.cross = random.chance(30);
  if (std::find(k.parents.begin(), k.parents.end(), kind) == k.parents.end() && random.chance(30)) {
    const bool is_set = random.chance(70);
    AttributeSpec next{prefix + "_next", {Base::entity, is_set, !is_set, {k.name}, random.chance(30), true}};
    next.has_default = is_set, next.fallback = is_set ? " = {}" : "";
    k.attributes.push_back(next);
  }
  const std::string scope = scope_of_roles(policy, kind, random);
  if (!scope.empty() && random.chance(20)) {
    k.attributes.push_back({prefix + "_role", {Base::role, random.chance(30), false, {scope}}});
    k.attributes.back().from_request = random.chance(15);
  }
}

void add_role_names(PolicySpec& policy, std::size_t kind, Random& random) {
  KindSpec& k = policy.kinds[kind];
  const std::string prefix = kind == 0 ? "sys" : k.name.substr(0, 3);
  const std::size_t base = kind == 0 ? random.upto(2) : 1 + random.upto(3);
  for (std::size_t i = 0; i < base; ++i)
    k.roles.push_back({prefix + "_r" + std::to_string(i), RoleLevel::base});
  const bool has_children = std::any_of(policy.kinds.begin(), policy.kinds.end(), [&](const KindSpec& c) {
    return !c.subject && std::find(c.parents.begin(), c.parents.end(), kind) != c.parents.end() &&
           c.name != k.name;
  });
  if (kind != 0 && has_children)
    for (std::size_t i = random.upto(3); i > 0; --i)
      k.roles.push_back({prefix + "_up" + std::to_string(i), RoleLevel::rolled_up});
  if (kind != 0)
    for (std::size_t i = random.upto(3); i > 0; --i)
      k.roles.push_back({prefix + "_top" + std::to_string(i), RoleLevel::top});
  // A name that several scopes declare must be qualified in rules.
  if (kind != 0 && random.chance(30)) k.roles[0].name = "member";
  for (RoleSpec& r : k.roles)
    r.assignable = random.chance(85), r.is_public = random.chance(6),
    r.granted = random.chance(r.level == RoleLevel::base ? 92 : 60);
  // Behind the others: none of them includes it.
  if (random.chance(kind == 0 ? 15 : 30))
    k.roles.push_back({prefix + "_open", RoleLevel::base, false, false, false, true});
}

void add_actions(PolicySpec& policy, std::size_t kind, Random& random, std::size_t& order) {
  KindSpec& k = policy.kinds[kind];
  const std::size_t count = kind == 0 ? random.upto(2) : k.subject ? random.upto(2) : 1 + random.upto(3);
  if (!k.members.empty()) return;
  for (std::size_t i = 0; i < count; ++i) {
    ActionSpec a{"act" + std::to_string(i), "act" + std::to_string(i), {}, order++};
    if (random.chance(15)) a.wire = "wire-" + a.name;
    for (std::size_t p = random.chance(25) ? 1 + random.upto(2) : 0; p > 0; --p) {
      TypeSpec type = random_plain_type(policy, random);
      if (random.chance(25))
        type = {Base::entity, random.chance(30), false, {"user"}};
      else if (const std::string scope = scope_of_roles(policy, kind, random);
               random.chance(25) && !scope.empty())
        type = {Base::role, random.chance(20), false, {scope}};
      a.parameters.push_back(random_attribute("p" + std::to_string(p), type, policy, random));
      AttributeSpec& last = a.parameters.back();
      // A default that names a role which can't be assigned is refused. No role's name is another's
      // beginning.
      if (type.base == Base::role)
        for (const RoleSpec& r : kind_named(policy, type.of[0]).roles)
          if (!r.assignable && last.fallback.find(r.name) != std::string::npos)
            last.has_default = false, last.fallback.clear();
      if (type.base == Base::entity && !type.set && !last.type.optional && random.chance(30))
        last.has_default = true, last.fallback = " = " + literal_of(type, policy, random);
    }
    k.actions.push_back(a);
  }
}

// Actions of the kind and of kinds below, one by one, starred, or several scopes at once.
std::string ceiling_text(PolicySpec& policy, std::size_t kind, Random& random) {
  std::vector<std::string>& ceiling = policy.kinds[kind].ceiling;
  const auto add = [&](const KindSpec& of, const ActionSpec& a) {
    const std::string name = of.name + "." + a.wire;
    if (std::find(ceiling.begin(), ceiling.end(), name) == ceiling.end()) ceiling.push_back(name);
  };
  std::string text;
  for (std::size_t k = kind; k < policy.kinds.size(); ++k) {
    const KindSpec& of = policy.kinds[k];
    // The kind itself has actions, or a scope below system has.
    if (of.actions.empty() || !policy.may_be_above(k, kind) || (!text.empty() && random.chance(40))) continue;
    text += text.empty() ? "" : ", ";
    if (k != 0 && !of.subject && random.chance(20)) {
      text += of.name + ".**";
      for (std::size_t below = k; below < policy.kinds.size(); ++below)
        if (policy.may_be_above(below, k))
          for (const ActionSpec& a : policy.kinds[below].actions) add(policy.kinds[below], a);
    } else if (random.chance(30)) {
      text += of.name + ".*";
      for (const ActionSpec& a : of.actions) add(of, a);
    } else {
      const ActionSpec& a = random.pick(of.actions);
      text += of.name + "." + a.name;
      add(of, a);
    }
  }
  return text;
}

// It includes any of the entity's own roles, and some of what is below; nothing includes it.
std::string open_role_text(PolicySpec& policy, std::size_t kind, const std::string& name, Random& random) {
  std::vector<std::string> includes;
  for (std::size_t k = kind; k < policy.kinds.size(); ++k)
    for (const RoleSpec& r : policy.kinds[k].roles)
      if (policy.may_be_above(k, kind) && !r.open && random.chance(k == kind ? 25 : 8))
        includes.push_back(k == kind ? r.name : policy.kinds[k].name + "." + r.name);
  std::string text = "  open role " + name;
  for (std::size_t i = 0; i < includes.size(); ++i) text += (i == 0 ? " includes " : ", ") + includes[i];
  return text + " can {" + ceiling_text(policy, kind, random) + "}\n";
}

// The sources, `if` and inclusions of one role; see RoleLevel for what it may depend on.
std::string role_text(PolicySpec& policy, std::size_t kind, std::size_t index, Random& random) {
  KindSpec& k = policy.kinds[kind];
  RoleSpec& r = k.roles[index];
  if (r.open) return open_role_text(policy, kind, r.name, random);
  std::vector<std::string> sources, includes;
  if (r.level == RoleLevel::base) {
    for (AttributeSpec& a : k.attributes)
      if (a.type.base == Base::entity && a.type.of[0] == "user" && random.chance(35))
        sources.push_back(a.name), a.feeds_role = true;
    for (std::size_t below = kind + 1; below < policy.kinds.size(); ++below)
      if (!policy.kinds[below].subject && policy.may_be_above(below, kind) && random.chance(12))
        if (const RoleSpec& lower = random.pick(policy.kinds[below].roles); !lower.open)
          includes.push_back(policy.kinds[below].name + "." + lower.name);
  }
  // A role with an `if` may include such roles below it; they can't be rolled up, so there is no circle.
  if (r.level == RoleLevel::top)
    for (std::size_t below = kind + 1; below < policy.kinds.size(); ++below)
      for (const RoleSpec& lower : policy.kinds[below].roles)
        if (lower.level == RoleLevel::top && policy.may_be_above(below, kind) && random.chance(20))
          includes.push_back(policy.kinds[below].name + "." + lower.name);
  for (std::size_t i = 0; i < k.roles.size(); ++i) {
    if (i > index && !k.roles[i].open && k.roles[i].level >= r.level && random.chance(25))
      includes.push_back(k.roles[i].name);
    if (i < index && k.roles[i].level <= r.level && k.roles[i].level == r.level && random.chance(12))
      sources.push_back(k.roles[i].name);
  }
  if (r.level == RoleLevel::rolled_up)
    for (std::size_t c = kind + 1; c < policy.kinds.size(); ++c) {
      KindSpec& child = policy.kinds[c];
      if (child.subject || std::find(child.parents.begin(), child.parents.end(), kind) == child.parents.end())
        continue;
      for (AttributeSpec& a : child.attributes)
        if (a.type.base == Base::entity && a.type.of[0] == "user" && random.chance(40))
          sources.push_back(child.name + "." + a.name), a.feeds_role = true;
      for (const RoleSpec& cr : child.roles)
        if (cr.level != RoleLevel::top && (sources.empty() || random.chance(30)))
          sources.push_back(child.name + "." + cr.name);
    }
  std::string condition;
  if (r.level == RoleLevel::top) {
    for (std::size_t above = 0; above < kind; ++above)
      if (policy.may_be_above(kind, above) && !policy.kinds[above].roles.empty() && random.chance(25))
        sources.push_back(policy.kinds[above].name + "." + random.pick(policy.kinds[above].roles).name);
    for (AttributeSpec& a : k.attributes)
      if (a.type.base == Base::entity && a.type.of[0] != "user" && a.type.of[0] != k.name &&
          random.chance(50)) {
        const RoleSpec& through = random.pick(kind_named(policy, a.type.of[0]).roles);
        if (through.level != RoleLevel::top)
          sources.push_back(a.name + "." + through.name), a.feeds_role = true;
      }
    // The role itself, or one of the entity's own, at what the attribute names.
    for (AttributeSpec& a : k.attributes)
      if (a.type.acyclic && random.chance(60)) {
        const RoleSpec& other = random.pick(k.roles);
        const bool is_own = other.level == RoleLevel::top || random.chance(70);
        sources.push_back(a.name + "." + (is_own ? r.name : other.name)), a.feeds_role = true;
      }
    if (sources.empty() || random.chance(40)) condition = role_condition(policy, kind, random);
  }
  r.granted = r.granted || (sources.empty() && condition.empty());
  r.is_public = r.is_public && r.granted;
  std::string text = "  role " + r.name + (r.is_public ? " public" : "");
  const auto list = [&](const char* word, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i)
      text += (i == 0 ? std::string(" ") + word + " " : ", ") + names[i];
  };
  list("from", sources);
  if (!condition.empty()) text += " if " + condition;
  list("includes", includes);
  return text + (r.assignable ? "" : " not assignable") + (r.granted ? "" : " not granted") + "\n";
}

std::string kind_text(PolicySpec& policy, std::size_t kind, Random& random) {
  std::string roles;
  for (std::size_t i = 0; i < policy.kinds[kind].roles.size(); ++i)
    roles += role_text(policy, kind, i, random);
  const KindSpec& k = policy.kinds[kind];
  std::string text;
  if (kind != 0) {
    text = (!k.members.empty() ? "group " : k.subject ? "subject " : "scope ") + k.name;
    for (std::size_t i = 0; i < k.parents.size(); ++i)
      text += (i == 0 ? " in " : ", ") + policy.kinds[k.parents[i]].name;
    if (k.cross) text += " cross";
    for (std::size_t i = 0; i < k.members.size(); ++i) text += (i == 0 ? " of " : ", ") + k.members[i];
    if (!k.plural.empty() && k.plural != k.name + "s") text += " plural \"" + k.plural + '"';
    text += " {\n";
  }
  for (const AttributeSpec& a : k.attributes) text += "  " + declaration(a) + "\n";
  text += roles;
  for (const ActionSpec& a : k.actions) {
    text += "  action " + a.name + parameters_text(a);
    if (a.wire != a.name) text += " as \"" + a.wire + '"';
    text += random.chance(20) ? " \"A title\"\n" : "\n";
  }
  return text + (kind == 0 ? "" : "}\n");
}

}  // namespace

TypeSpec random_plain_type(const PolicySpec& policy, Random& random) {
  static const std::vector<Base> kBases = {Base::boolean,     Base::boolean, Base::integer, Base::integer,
                                           Base::string,      Base::string,  Base::time,    Base::duration,
                                           Base::enumeration, Base::ip};
  TypeSpec t{random.pick(kBases)};
  if (t.base == Base::enumeration) {
    if (policy.enums.empty()) return {Base::boolean};
    t.of = {random.pick(policy.enums).name};
  }
  t.set = (t.base == Base::string || t.base == Base::ip || t.base == Base::enumeration ||
           t.base == Base::integer) &&
          random.chance(35);
  return t;
}

std::string literal_of(const TypeSpec& type, const PolicySpec& policy, Random& random) {
  switch (type.base) {
    case Base::boolean: return random.chance(50) ? "true" : "false";
    case Base::integer: return std::to_string(static_cast<int>(random.upto(7)) - 3);
    case Base::string: return '"' + random.pick(kWords) + '"';
    case Base::time: return "time(\"" + time_text(random_time(random)) + "\")";
    case Base::duration: return random.pick(kDurations);
    case Base::ip: return "ip(\"" + random.pick(random.chance(50) ? kBlocks : kAddresses) + "\")";
    case Base::enumeration:
      for (const EnumSpec& e : policy.enums)
        if (e.name == type.of[0]) return random.pick(e.members);
      return "";
    case Base::role: {
      const KindSpec& scope = kind_named(policy, type.of[0]);
      return random.pick(scope.roles).name;
    }
    case Base::entity:
      if (type.of.back() == "team" && random.chance(40)) return "team:t" + std::to_string(random.upto(4));
      if (type.of[0] == "user" || type.of[0] == "service")
        return type.of[0] + ":" + type.of[0].substr(0, 1) + std::to_string(random.upto(6));
      return type.of[0] + ":" + type.of[0].substr(0, 3) + std::to_string(random.upto(4));
  }
  return "";
}

std::string TypeSpec::text() const {
  static const char* const kNames[] = {"bool", "int", "string", "time", "duration", "ip"};
  std::string text;
  if (base < Base::enumeration)
    text = kNames[static_cast<std::size_t>(base)];
  else if (base == Base::role)
    text = "role of " + of[0];
  else
    for (const std::string& name : of) text += (text.empty() ? "" : " | ") + name;
  if (set) text = "set<" + text + ">";
  return text + (optional ? "?" : "");
}

std::string PolicySpec::text() const {
  std::string text = "policy generated version \"1\"\nlanguage 1\n\n";
  for (const std::string& d : declarations) text += d + "\n";
  for (const std::string& r : rules) text += r + "\n";
  return text;
}

bool PolicySpec::may_be_above(std::size_t kind, std::size_t above) const {
  if (kind == above || above == 0) return true;
  for (std::size_t parent : kinds[kind].parents)
    if (parent != kind && may_be_above(parent, above)) return true;
  return false;
}

bool PolicySpec::is_always_above(std::size_t kind, std::size_t above) const {
  if (kind == above || above == 0) return true;
  bool always = !kinds[kind].parents.empty();
  for (std::size_t parent : kinds[kind].parents)
    always = always && (parent == kind || is_always_above(parent, above));
  return always;
}

PolicySpec random_policy(Random& random) {
  PolicySpec policy;
  policy.kinds.push_back({"system", "", false});
  for (const Shape& shape : random.pick(shapes()))
    policy.kinds.push_back({shape.name, std::string(shape.name) + "s", false, shape.parents});
  for (std::size_t k = 1; k < policy.kinds.size(); ++k) policy.kinds[k].cross = random.chance(20);
  if (random.chance(10)) policy.kinds.back().plural = "many_" + policy.kinds.back().name;
  policy.kinds.push_back({"user", "users", true});
  if (random.chance(40)) policy.kinds.push_back({"service", "services", true});
  if (random.chance(50)) {
    KindSpec team{"team", "teams", true};
    if (random.chance(70)) team.parents = {1};
    team.cross = random.chance(30);
    team.members = {"user"};
    if (random.chance(70)) team.members.push_back("team");
    if (kind_index(policy, "service") != kNone && random.chance(50)) team.members.push_back("service");
    policy.kinds.push_back(team);
  }
  for (std::size_t i = random.upto(3); i > 0; --i) {
    const std::string e = i == 1 ? "plan" : "stage";
    policy.enums.push_back({e, {e + "_low", e + "_mid", e + "_high"}});
    policy.declarations.push_back("enum " + e + " { " + e + "_low, " + e + "_mid, " + e + "_high }");
  }
  for (std::size_t k = 0; k < policy.kinds.size(); ++k)
    if (!policy.kinds[k].subject) add_role_names(policy, k, random);
  std::size_t order = 0;
  for (std::size_t k = 0; k < policy.kinds.size(); ++k) add_attributes(policy, k, random);
  for (std::size_t k = 0; k < policy.kinds.size(); ++k) add_actions(policy, k, random, order);
  std::string context;
  for (std::size_t i = random.upto(3); i > 0; --i) {
    policy.context.push_back(
        random_attribute("c" + std::to_string(i), random_plain_type(policy, random), policy, random));
    context += (context.empty() ? "context { " : ", ") + declaration(policy.context.back());
  }
  if (!context.empty()) policy.declarations.push_back(context + " }");
  for (std::size_t k = 0; k < policy.kinds.size(); ++k)
    policy.declarations.push_back(kind_text(policy, k, random));
  add_rules(policy, random);
  return policy;
}

}  // namespace policyc::differential
