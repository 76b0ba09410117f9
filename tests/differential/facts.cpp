// Random facts that keep a policy's schema, and random requests about them: by known and unknown subjects, on
// known, unknown and inline resources, with and without parameters, context and time.

#include "policy_parts.hpp"

namespace policyc::differential {

namespace {

using oracle::Entity;
using oracle::Request;
using oracle::Snapshot;
using oracle::Value;
using Type = oracle::Value::Kind;

bool is_group(const PolicySpec& policy, const Entity& e) {
  return !kind_named(policy, e.kind).members.empty();
}

const Entity* root_of(const Entity* e) {
  while (e->parent != nullptr && e->parent->parent != nullptr) e = e->parent;
  return e;
}

std::vector<const Entity*> entities_of(const Snapshot& snapshot, const std::string& kind) {
  std::vector<const Entity*> found;
  for (const auto& [name, e] : snapshot)
    if (e.kind == kind) found.push_back(&e);
  return found;
}

// A group that stands in nothing may hold everything, and what stands in no root may name any group.
bool shares_root(const Entity* group, const Entity* near) {
  if (group->parent->kind == "system" || near == nullptr || near->kind == "system") return true;
  return root_of(group) == root_of(near) || near->kind == "user" || near->kind == "service";
}

// Who may be granted a role at an entity, or be in a group: what stands in the same root, or in any if the
// entity's kind says so.
bool lets_in(const PolicySpec& policy, const Entity& e, const Entity& other) {
  if (e.kind == "system" || other.kind == "system" || kind_named(policy, e.kind).cross) return true;
  if (is_group(policy, e) && is_group(policy, other) && other.parent->kind != "system")
    return root_of(&e) == root_of(&other);
  return is_group(policy, other) ? shares_root(&other, &e)
                                 : kind_named(policy, other.kind).subject || root_of(&e) == root_of(&other);
}

// Entities that a value beside `near` may name: principals, or scopes' entities in the same root.
std::vector<const Entity*> nameable(const PolicySpec& policy, const Snapshot& snapshot, const TypeSpec& type,
                                    const Entity* near) {
  std::vector<const Entity*> found;
  for (const std::string& kind : type.of)
    for (const Entity* e : entities_of(snapshot, kind))
      if (kind_named(policy, kind).subject ? !is_group(policy, *e) || shares_root(e, near)
                                           : type.cross || (near != nullptr && root_of(e) == root_of(near)))
        found.push_back(e);
  return found;
}

Value random_value(const PolicySpec& policy, const Snapshot& snapshot, TypeSpec type, const Entity* near,
                   Random& random) {
  if (type.set) {
    Value v{Type::set, 0, {}, {}};
    type.set = false;
    for (std::size_t n = random.upto(4); n > 0; --n) {
      const Value element = random_value(policy, snapshot, type, near, random);
      if (element.kind != Type::absent &&
          std::find(v.elements.begin(), v.elements.end(), element) == v.elements.end())
        v.elements.push_back(element);
    }
    return v;
  }
  switch (type.base) {
    case Base::boolean: return {Type::boolean, random.chance(50), {}, {}};
    case Base::integer:
      if (random.chance(3)) return {Type::integer, random.chance(50) ? INT64_MAX : INT64_MIN, {}, {}};
      return {Type::integer, static_cast<std::int64_t>(random.upto(7)) - 3, {}, {}};
    case Base::string: return {Type::string, 0, random.pick(kWords), {}};
    case Base::time: return {Type::time, random_time(random), {}, {}};
    case Base::duration: return {Type::duration, random.pick(kDurationValues), {}, {}};
    case Base::ip:
      return {Type::ip, 0, random.chance(60) ? random.pick(kAddresses) : random.pick(kBlocks), {}};
    case Base::enumeration:
      for (const EnumSpec& e : policy.enums)
        if (e.name == type.of[0]) return {Type::symbol, 0, e.name + "." + random.pick(e.members), {}};
      return {};
    case Base::role:
      return {Type::symbol, 0, type.of[0] + "." + random.pick(kind_named(policy, type.of[0]).roles).name, {}};
    case Base::entity: {
      const auto found = nameable(policy, snapshot, type, near);
      return found.empty() ? Value{} : Value{Type::entity, 0, random.pick(found)->name, {}};
    }
  }
  return {};
}

// A value that is not of the type, also after a caller's text is read as the type asks.
Value ill_typed(const TypeSpec& type, Random& random) {
  if (type.set) return {Type::boolean, 1, {}, {}};
  switch (type.base) {
    case Base::boolean:
    case Base::string: return {Type::integer, 1, {}, {}};
    case Base::integer: return {Type::string, 0, "ten", {}};
    case Base::enumeration:
    case Base::role: return {Type::symbol, 0, type.of[0] + ".nothing", {}};
    case Base::entity:
      if (random.chance(50)) return {Type::entity, 0, type.of[0] + ":nobody", {}};
      return {Type::entity, 0, type.of[0] == "user" ? "organization:org0" : "user:u0", {}};
    default: return {Type::boolean, 1, {}, {}};
  }
}

void supply(const PolicySpec& policy, const Snapshot& snapshot, const std::vector<AttributeSpec>& declared,
            const Entity* near, bool clean, Random& random, oracle::Values& values,
            bool only_from_request = false) {
  for (const AttributeSpec& a : declared) {
    if (only_from_request && !a.from_request && !random.chance(3)) continue;
    const bool may_miss = a.has_default || a.type.optional || only_from_request;
    if (random.chance(may_miss ? 45 : clean ? 0 : 4)) continue;
    // Something unclean may stand in any root.
    const auto any = std::next(snapshot.begin(), static_cast<std::ptrdiff_t>(random.upto(snapshot.size())));
    const Entity* beside = clean || random.chance(80) ? near : &any->second;
    Value v = !clean && random.chance(2) ? ill_typed(a.type, random)
                                         : random_value(policy, snapshot, a.type, beside, random);
    if (v.kind != Type::absent) values[a.name] = std::move(v);
  }
}

}  // namespace

std::int64_t random_time(Random& random) {
  constexpr std::int64_t kMarch2026 = 1'772'323'200'000'000;  // 2026-03-01T00:00:00Z
  return kMarch2026 + static_cast<std::int64_t>(random.upto(9)) * 28'800'000'000 -
         2 * 2'592'000'000'000 * static_cast<std::int64_t>(random.upto(2));
}

// Days to a date by counting, from 1970.
std::string time_text(std::int64_t microseconds) {
  std::int64_t seconds = microseconds / 1'000'000, days = seconds / 86'400, year = 1970, month = 1;
  const auto leap = [&] { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); };
  for (; days >= (leap() ? 366 : 365); ++year) days -= leap() ? 366 : 365;
  const int lengths[] = {31, leap() ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (; days >= lengths[month - 1]; ++month) days -= lengths[month - 1];
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  seconds %= 86'400;
  return std::to_string(year) + "-" + two(month) + "-" + two(days + 1) + "T" + two(seconds / 3600) + ":" +
         two(seconds / 60 % 60) + ":" + two(seconds % 60) + "Z";
}

std::size_t kind_index(const PolicySpec& policy, const std::string& name) {
  for (std::size_t k = 0; k < policy.kinds.size(); ++k)
    if (policy.kinds[k].name == name) return k;
  return kNone;
}

const KindSpec& kind_named(const PolicySpec& policy, const std::string& name) {
  return policy.kinds[kind_index(policy, name)];
}

namespace {

// Grants to everyone, and to those who hold a role at an entity of a kind that comes before: so nobody holds
// a role because of that role. Where something is public, a userset may have everyone in it.
void grant_to_many(const PolicySpec& policy, const Snapshot& snapshot, Entity& e, Random& random) {
  bool has_public = false;
  for (const KindSpec& kind : policy.kinds)
    for (const RoleSpec& r : kind.roles) has_public = has_public || r.is_public;
  const std::size_t own = kind_index(policy, e.kind);
  for (const RoleSpec& r : policy.kinds[own].roles) {
    if (!r.granted) continue;
    if (r.is_public && random.chance(30)) e.grants.push_back({r.name, "user:*"});
    if ((has_public && !r.is_public) || !random.chance(10)) continue;
    for (const auto& [name, of] : snapshot) {
      const std::size_t k = kind_index(policy, of.kind);
      const std::vector<RoleSpec>& roles = policy.kinds[k].roles;
      if (k < own && lets_in(policy, e, of) && !policy.kinds[k].subject && !roles.empty() &&
          random.chance(40))
        e.grants.push_back({r.name, name + "#" + random.pick(roles).name});
    }
  }
}

}  // namespace

// In some snapshots, some grants count for a time: from an instant on, before one, or both.
void set_windows(Entity& e, Random& random) {
  for (Entity::Grant& g : e.grants) {
    if (!random.chance(30)) continue;
    if (random.chance(60)) g.from = random_time(random);
    if (!g.from || random.chance(60)) g.until = random_time(random);
    if (g.from && g.until && *g.from >= *g.until) g.until = *g.from + 86'400'000'000;
  }
}

namespace {

bool is_above(const Entity& above, const Entity* e) {
  while (e != nullptr && e != &above) e = e->parent;
  return e != nullptr;
}

// Roles of an entity's own, some of which bear the names of others elsewhere; on its path a name is used
// once.
void define_roles(const PolicySpec& policy, const Snapshot& snapshot, Entity& e, Random& random) {
  const KindSpec& kind = kind_named(policy, e.kind);
  if (kind.ceiling.empty()) return;
  bool has_public = false;
  for (const KindSpec& one : policy.kinds)
    for (const RoleSpec& r : one.roles) has_public = has_public || r.is_public;
  for (std::size_t n = random.upto(3); n > 0; --n) {
    const std::string role = "own" + std::to_string(random.upto(4));
    const bool taken = std::any_of(snapshot.begin(), snapshot.end(), [&](const auto& entry) {
      const Entity& other = entry.second;
      return other.roles.contains(role) && (is_above(other, &e) || is_above(e, &other));
    });
    if (taken) continue;
    std::set<std::string>& can = e.roles[role];
    for (const std::string& action : kind.ceiling)
      if (random.chance(50)) can.insert(action);
    for (const auto& [name, p] : snapshot) {
      const std::size_t k = kind_index(policy, p.kind);
      const std::vector<RoleSpec>& roles = policy.kinds[k].roles;
      if (!lets_in(policy, e, p)) continue;
      if (policy.kinds[k].subject && random.chance(35))
        e.grants.push_back({role, name});
      else if (!has_public && k < kind_index(policy, e.kind) && !policy.kinds[k].subject && !roles.empty() &&
               random.chance(15))
        e.grants.push_back({role, name + "#" + random.pick(roles).name});
    }
  }
}

// Some values of role types become roles that `at` or what it stands in defines.
void name_defined(const std::vector<AttributeSpec>& declared, const Entity* at, unsigned percent,
                  Random& random, oracle::Values& values) {
  for (const AttributeSpec& a : declared) {
    if (a.type.base != Base::role || !values.contains(a.name) || !random.chance(percent)) continue;
    std::vector<Value> all;
    for (const Entity* e = at; e != nullptr; e = e->parent)
      for (const auto& [role, can] : e->roles)
        if (e->kind == a.type.of[0]) all.push_back({Type::symbol, 0, e->kind + "." + role, {}});
    if (all.empty()) continue;
    Value& v = values[a.name];
    if (const Value& role = random.pick(all); !a.type.set)
      v = role;
    else if (std::find(v.elements.begin(), v.elements.end(), role) == v.elements.end())
      v.elements.push_back(role);
  }
}

// The same for what a request says about a resource: now and then by names of some other place.
void name_defined(const Snapshot& snapshot, const std::vector<AttributeSpec>& declared, const Entity* at,
                  Random& random, oracle::Values& values) {
  const auto any = std::next(snapshot.begin(), static_cast<std::ptrdiff_t>(random.upto(snapshot.size())));
  name_defined(declared, random.chance(95) ? at : &any->second, 50, random, values);
}

}  // namespace

Snapshot random_snapshot(const PolicySpec& policy, Random& random) {
  const bool has_windows = random.chance(40);
  Snapshot snapshot;
  const Entity* system = &(snapshot["system"] = {"system", "system", nullptr, {}, {}});
  for (std::size_t k = 1; k < policy.kinds.size(); ++k) {
    const KindSpec& kind = policy.kinds[k];
    const std::string prefix = kind.subject ? kind.name.substr(0, 1) : kind.name.substr(0, 3);
    const std::size_t count = kind.name == "user"    ? 4
                              : kind.parents.empty() ? 1 + random.upto(2)
                                                     : 1 + random.upto(3);
    for (std::size_t i = 0; i < count; ++i) {
      Entity e{kind.name + ":" + prefix + std::to_string(i), kind.name, system, {}, {}};
      if (i == 2 && random.chance(20)) e.name += "@x \"y\"";  // ids are bytes
      std::vector<const Entity*> parents;
      for (std::size_t p : kind.parents)
        for (const Entity* found : entities_of(snapshot, policy.kinds[p].name)) parents.push_back(found);
      if (!parents.empty()) e.parent = random.pick(parents);
      const std::string name = e.name;
      snapshot[name] = std::move(e);
    }
  }
  for (auto& [id, e] : snapshot) {
    const std::string& name = id;
    const KindSpec& kind = kind_named(policy, e.kind);
    for (const AttributeSpec& a : kind.attributes) {
      if ((a.has_default || a.type.optional) && random.chance(40)) continue;
      Value v = random_value(policy, snapshot, a.type, &e, random);
      // What leads on and never back leads to names that come before.
      std::erase_if(v.elements, [&](const Value& one) { return a.type.acyclic && one.text >= name; });
      if (a.type.acyclic && v.kind == Type::entity && v.text >= name) continue;
      if (v.kind != Type::absent) e.attributes[a.name] = std::move(v);
    }
    if (is_group(policy, e))
      for (const auto& [other, p] : snapshot)
        if (std::find(kind.members.begin(), kind.members.end(), p.kind) != kind.members.end() &&
            (!is_group(policy, p) || other < name) && lets_in(policy, e, p) && random.chance(35))
          e.members.push_back(other);
    grant_to_many(policy, snapshot, e, random);
    define_roles(policy, snapshot, e, random);
    for (const RoleSpec& r : kind.roles)
      for (const auto& [principal, p] : snapshot)
        if (r.granted && kind_named(policy, p.kind).subject && lets_in(policy, e, p) &&
            random.chance(r.level == RoleLevel::base ? (e.kind == "system" ? 12 : 30) : 8))
          e.grants.push_back({r.name, principal});
    if (has_windows) set_windows(e, random);
  }
  for (auto& [name, e] : snapshot)
    if (!kind_named(policy, e.kind).subject)
      name_defined(kind_named(policy, e.kind).attributes, &e, 50, random, e.attributes);
  return snapshot;
}

std::vector<Request> random_requests(const PolicySpec& policy, const Snapshot& snapshot, Random& random,
                                     std::size_t rounds) {
  std::vector<std::string> subjects;
  for (const KindSpec& kind : policy.kinds)
    if (kind.subject && kind.members.empty()) {
      for (const Entity* e : entities_of(snapshot, kind.name)) subjects.push_back(e->name);
      subjects.push_back(kind.name + ":" + kind.name.substr(0, 1) + "4");  // unknown
    }
  std::vector<Request> requests;
  for (std::size_t round = 0; round < rounds; ++round)
    for (const KindSpec& kind : policy.kinds)
      for (const ActionSpec& action : kind.actions) {
        std::vector<std::string> resources;
        for (const Entity* e : entities_of(snapshot, kind.name)) resources.push_back(e->name);
        if (!kind.subject && kind.name != "system") resources.push_back(kind.name + ":new");
        for (const std::string& resource : resources)
          for (const std::string& subject : subjects) {
            Request r;
            r.subject = subject, r.resource = resource, r.action = kind.name + "." + action.wire;
            const bool clean = random.chance(95);
            if (!clean && random.chance(10)) r.action = kind.name + "." + action.name;
            if (!clean && random.chance(10))
              r.action = policy.kinds[random.upto(policy.kinds.size())].name + ".act0";
            if (!clean && random.chance(10))
              r.subject = random.pick(std::vector<std::string>{"organization:org0", "nobody:x", "user:u9"});
            if (random.chance(8)) r.on_behalf_of = random.pick(subjects);
            if (!clean && r.on_behalf_of && random.chance(20)) r.on_behalf_of = "nobody:x";
            if (random.chance(clean ? 97 : 85)) r.now = random_time(random);
            const auto found = snapshot.find(resource);
            const Entity* near = found == snapshot.end() ? nullptr : &found->second;
            // Another action's parameters may bear these names: what is text to one may be an address to it.
            if (r.action == kind.name + "." + action.wire)
              supply(policy, snapshot, action.parameters, near, clean, random, r.parameters);
            supply(policy, snapshot, policy.context, near, clean, random, r.context);
            supply(policy, snapshot, kind_named(policy, subject.substr(0, subject.find(':'))).attributes,
                   nullptr, clean, random, r.subject_attributes, true);
            if (near == nullptr && random.chance(92)) {
              r.resource_inline = true;
              std::vector<const Entity*> parents;
              for (std::size_t p : kind.parents)
                for (const Entity* e : entities_of(snapshot, policy.kinds[p].name)) parents.push_back(e);
              if (!parents.empty() && (clean || random.chance(80)))
                near = random.pick(parents), r.parent = near->name;
              supply(policy, snapshot, kind.attributes, near, clean, random, r.resource_attributes);
              if (random.chance(30)) r.resource = kind.name;
            } else if (near != nullptr) {
              // The one who asks may be the resource, and then be described twice.
              supply(policy, snapshot, kind.attributes, near, clean, random, r.resource_attributes, true);
              if (!clean && random.chance(5)) r.resource_inline = true;
              if (!clean && random.chance(5)) r.parent = "organization:org0";
            }
            if (r.action == kind.name + "." + action.wire)
              name_defined(snapshot, action.parameters, near, random, r.parameters);
            if (!kind.subject) name_defined(snapshot, kind.attributes, near, random, r.resource_attributes);
            if (random.chance(2)) name_defined(snapshot, policy.context, near, random, r.context);
            requests.push_back(std::move(r));
          }
      }
  return requests;
}

}  // namespace policyc::differential
