// What must hold when the facts of a snapshot change.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "world.hpp"

namespace policyc::properties {
namespace {

using differential::AttributeSpec;
using differential::Base;
using differential::RoleLevel;

bool is_scope(const PolicySpec& spec, const std::string& kind) {
  return std::any_of(spec.kinds.begin(), spec.kinds.end(), [&](const KindSpec& one) {
    return one.name == kind && !one.subject && kind != "system";
  });
}

// Whether a value of the request names the entity or one that `is` says so of.
template <class Is>
bool names_one(const oracle::Values& values, const Is& is) {
  const auto names = [&](const oracle::Value& value) {
    return value.kind == oracle::Value::Kind::entity && is(value.text);
  };
  return std::any_of(values.begin(), values.end(), [&](const auto& entry) {
    return names(entry.second) ||
           std::any_of(entry.second.elements.begin(), entry.second.elements.end(), names);
  });
}
template <class Is>
bool names_one(const Asked& request, const Is& is) {
  return names_one(request.parameters, is) || names_one(request.context, is) ||
         names_one(request.subject_attributes, is) || names_one(request.resource_attributes, is) ||
         is(request.parent);
}

// Whatever happens in one organization changes no answer about another. What the language lets through is
// left out: `cross`, an entity that the policy itself names, and one that the request names; and a group of
// one organization that is granted a role of the whole system, which its members then hold everywhere.
TEST(Properties, OrganizationsAreIsolated) {
  expect_holds("organizations are isolated", [](Count& count) {
    const World world = any_world([](const PolicySpec& spec) { return !mentions(spec, " cross"); });
    std::vector<const Entity*> roots;
    for (const auto& [name, entity] : world.facts)
      if (entity.parent != nullptr && entity.parent->parent == nullptr && is_scope(world.spec, entity.kind))
        roots.push_back(&entity);
    RC_PRE(roots.size() > 1);
    const Entity& home = *roots[any_below(roots.size())];
    const auto is_elsewhere = [&](const Entity& entity) {
      const Entity& root = root_of(entity);
      return root.name != home.name && is_scope(world.spec, root.kind);
    };
    const auto is_foreign = [&](const std::string& name) {
      const auto found = world.facts.find(name.substr(0, name.find('#')));
      return found != world.facts.end() && is_elsewhere(found->second);
    };
    for (const auto& [name, entity] : world.facts) RC_PRE(!is_foreign(name) || !mentions(world.spec, name));
    for (const Entity::Grant& grant : world.facts.find("system")->second.grants)
      RC_PRE(!is_foreign(grant.principal));
    const Product before = world.product();
    const Product after(world.spec, other_facts(world.spec, world.facts, is_elsewhere));
    for (const Asked& request : world.requests) {
      const Entity* place = place_of(world.facts, request);
      if (place == nullptr) continue;
      if (root_of(*place).name != home.name) {
        count.tells(before.ask(request) != after.ask(request));
        continue;
      }
      if (names_one(request, is_foreign)) continue;
      ++count.compared;
      expect_same(world, request, before.ask(request), after.ask(request),
                  "other facts outside of " + home.name);
    }
  });
}

// Roles that rest on nothing but grants at the entity and above it: none are rolled up from below, and no
// attribute leads to another scope.
bool roles_stay_in_place(const PolicySpec& spec) {
  for (const KindSpec& kind : spec.kinds) {
    for (const auto& role : kind.roles)
      if (role.level == RoleLevel::rolled_up) return false;
    for (const AttributeSpec& attribute : kind.attributes)
      for (const std::string& of : attribute.type.of)
        if (attribute.type.base == Base::entity && is_scope(spec, of)) return false;
  }
  return true;
}

bool has_userset(const Facts& facts) {
  return std::any_of(facts.begin(), facts.end(), [](const auto& entry) {
    return std::any_of(
        entry.second.grants.begin(), entry.second.grants.end(),
        [](const Entity::Grant& grant) { return grant.principal.find('#') != std::string::npos; });
  });
}

// A role that is granted at an entity changes nothing but there and below, unless the policy or the facts say
// that it does: roles that are rolled up, attributes and usersets that lead there, the entity's name in the
// policy.
TEST(Properties, AMembershipChangesNothingElsewhere) {
  expect_holds("a membership changes nothing elsewhere", [](Count& count) {
    const World world = any_world(roles_stay_in_place);
    RC_PRE(!has_userset(world.facts));
    std::vector<std::pair<const Entity*, std::string>> grants;  // where, and which role
    for (const auto& [name, entity] : world.facts)
      for (const KindSpec& kind : world.spec.kinds)
        for (const auto& role : kind.roles)
          if (kind.name == entity.kind && role.granted && !mentions(world.spec, name) && name != "system")
            grants.emplace_back(&entity, role.name);
    RC_PRE(!grants.empty());
    const auto& grant = grants[any_below(grants.size())];
    const auto* const at = grant.first;
    const std::string& role = grant.second;
    Facts more = copy_of(world.facts);
    const std::string who = "user:u" + std::to_string(any_below(3));
    RC_PRE(more.count(who) > 0);
    more.find(at->name)->second.grants.push_back({role, who});
    const Product before = world.product();
    const Product after(world.spec, more);
    for (const Asked& request : world.requests) {
      const Entity* place = place_of(world.facts, request);
      if (place != nullptr && is_at_or_below(*place, *at)) {
        count.tells(before.ask(request) != after.ask(request));
        continue;
      }
      if (names_one(request, [&](const std::string& name) { return name == at->name; })) continue;
      ++count.compared;
      expect_same(world, request, before.ask(request), after.ask(request),
                  who + " is " + role + " of " + at->name);
    }
  });
}

std::string declaration_of(const PolicySpec& spec, const KindSpec& kind, const std::string& role) {
  for (const std::string& text : spec.declarations) {
    const bool is_kinds = kind.name == "system" || text.find(' ' + kind.name + ' ') < text.find('\n');
    for (const char* begin : {"  role ", "  open role "})
      if (const std::size_t at = text.find(begin + role + ' '); is_kinds && at != std::string::npos)
        return text.substr(at, text.find('\n', at) - at);
      else if (const std::size_t bare = text.find(begin + role + '\n'); is_kinds && bare != std::string::npos)
        return begin + role;
  }
  return "";
}

// Whether all roles rest on grants, memberships and attributes that may be left out. A role with an `if` can
// be held by somebody who was granted nothing, since that is what it says.
bool roles_rest_on_memberships(const PolicySpec& spec) {
  for (const KindSpec& kind : spec.kinds) {
    for (const auto& role : kind.roles)
      if (declaration_of(spec, kind, role.name).find(" if ") != std::string::npos) return false;
    for (const AttributeSpec& attribute : kind.attributes)
      if (attribute.feeds_role && !attribute.type.set && (!attribute.type.optional || attribute.has_default))
        return false;
  }
  return true;
}

// The words between the effect and `to`.
std::vector<std::string> who_of(const std::string& rule) {
  const std::size_t id = rule.starts_with('@') ? rule.find(") ") + 2 : 0;
  const std::size_t begin = rule.find(' ', id) + 1;
  std::string text = rule.substr(begin, rule.find(" to ", begin) - begin) + ", ";
  std::vector<std::string> words;
  for (std::size_t end = 0; (end = text.find(", ")) != std::string::npos; text.erase(0, end + 2))
    words.push_back(text.substr(0, end));
  return words;
}

TEST(Properties, WithoutMembershipsRolesAllowNothing) {
  expect_holds("without memberships roles allow nothing", [](Count& count) {
    World world = any_world(roles_rest_on_memberships);
    const Product before = world.product();
    for (auto& [name, entity] : world.facts) {
      entity.grants.clear();
      entity.members.clear();
      for (const KindSpec& kind : world.spec.kinds)
        for (const AttributeSpec& attribute : kind.attributes) {
          if (kind.name != entity.kind || !attribute.feeds_role) continue;
          entity.attributes.erase(attribute.name);
          if (attribute.type.set) entity.attributes[attribute.name] = {oracle::Value::Kind::set, 0, {}, {}};
        }
    }
    const Product product = world.product();
    for (const Asked& request : world.requests) {
      // What a request says of its resource may hold memberships too.
      if (!request.resource_attributes.empty()) continue;
      const Answer answer = product.ask(request);
      ++count.compared;
      count.tells(before.ask(request).allowed && !answer.allowed);
      for (const std::size_t rule : answer.rules) {
        if (rule >= kOpenRoles) fail(world, request, "nobody holds an open role, but it is " + answer.text());
        const std::vector<std::string> who = who_of(world.spec.rules[rule]);
        const bool speaks_of_all = std::any_of(who.begin(), who.end(), [](const std::string& word) {
          return word == "user" || word == "service" || word == "anyone";
        });
        if (!speaks_of_all) fail(world, request, "nobody holds a role, but it is " + answer.text());
      }
    }
  });
}

TEST(Properties, AnExpiredGrantIsAsNone) {
  expect_holds("an expired grant is as none", [](Count& count) {
    const World world = any_world();
    constexpr std::int64_t kExpired = 1'600'000'000'000'000;  // in 2020, before all requests
    Facts expired = copy_of(world.facts);
    Facts absent = copy_of(world.facts);
    std::size_t changed = 0;
    for (auto& [name, entity] : expired) {
      std::vector<Entity::Grant>& kept = absent.find(name)->second.grants;
      kept.clear();
      for (Entity::Grant& grant : entity.grants) {
        if (any_chance(50)) {
          kept.push_back(grant);
          continue;
        }
        ++changed;
        grant.from = any_chance(30) ? std::optional(kExpired - 1'000'000) : std::nullopt;
        grant.until = kExpired;
      }
    }
    RC_PRE(changed > 0U);
    const Product given = world.product();
    const Product before(world.spec, expired);
    const Product after(world.spec, absent);
    for (const Asked& request : world.requests) {
      // Whoever doesn't say what time it is is told so where a grant for a time could count.
      if (!request.now) continue;
      const Answer answer = after.ask(request);
      ++count.compared;
      count.tells(given.ask(request) != answer);
      expect_same(world, request, before.ask(request), answer,
                  std::to_string(changed) + " expired grants that are left out after");
    }
  });
}

// Whoever holds a role that includes another one may do all that the other may, where nothing is asked the
// other way round: no forbid, no `not`, no `unless`, no condition that counts what is held against somebody.
bool only_gives(const PolicySpec& spec) {
  std::string text = spec.text();
  for (const std::string_view harmless : {"not granted", "not assignable"})
    for (std::size_t at = 0; (at = text.find(harmless)) != std::string::npos;)
      text.erase(at, harmless.size());
  for (const char* word : {"forbid ", " unless ", "not ", " may "})
    if (text.find(word) != std::string::npos) return false;
  return true;
}

PolicySpec without_takers(PolicySpec spec) {
  std::erase_if(spec.rules, [](const std::string& rule) {
    return is_forbid(rule) || rule.find(" unless ") != std::string::npos ||
           rule.find("not ") != std::string::npos || rule.find(" may ") != std::string::npos;
  });
  return spec;
}

struct Inclusion {
  const Entity* at;
  std::string role, included;
};

std::vector<Inclusion> inclusions(const World& world) {
  std::vector<Inclusion> found;
  for (const auto& [name, entity] : world.facts)
    for (const KindSpec& kind : world.spec.kinds) {
      if (kind.name != entity.kind) continue;
      for (const auto& role : kind.roles) {
        const std::string text = declaration_of(world.spec, kind, role.name);
        const std::size_t begin = text.find(" includes ");
        if (!role.granted || begin == std::string::npos) continue;
        for (const auto& included : kind.roles)
          if (included.granted &&
              (text + ' ').find(' ' + included.name + (text.ends_with(included.name) ? "" : ","), begin) !=
                  std::string::npos)
            found.push_back({&entity, role.name, included.name});
      }
    }
  return found;
}

TEST(Properties, TheHierarchyOfRolesOnlyAdds) {
  expect_holds("the hierarchy of roles only adds", [](Count& count) {
    World world = any_world();
    world.spec = without_takers(world.spec);
    RC_PRE(only_gives(world.spec) && !world.spec.rules.empty());
    const std::vector<Inclusion> all = inclusions(world);
    RC_PRE(!all.empty());
    const Inclusion chosen = all[any_below(all.size())];
    const std::string who = "user:u" + std::to_string(any_below(3));
    RC_PRE(world.facts.count(who) > 0);
    const auto granted = [&](const std::string& role) {
      Facts facts = copy_of(world.facts);
      facts.find(chosen.at->name)->second.grants.push_back({role, who});
      return facts;
    };
    const Product less(world.spec, granted(chosen.included));
    const Product more(world.spec, granted(chosen.role));
    for (const Asked& request : world.requests) {
      const bool may_less = less.ask(request).allowed, may_more = more.ask(request).allowed;
      ++count.compared;
      count.tells(may_more && !may_less);
      if (may_less && !may_more)
        fail(world, request,
             who + " may as " + chosen.included + " of " + chosen.at->name + ", and not as " + chosen.role);
    }
  });
}

}  // namespace
}  // namespace policyc::properties
