#include "world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "differential/seeds.hpp"

namespace policyc::properties {
namespace {

constexpr std::uint64_t kCases = 100;
constexpr std::uint64_t kSeed = 2026;

// Each rule has a line of its own, behind all declarations.
std::size_t first_line_of_rules(const PolicySpec& spec) {
  PolicySpec declarations = spec;
  declarations.rules.clear();
  const std::string text = declarations.text();
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string shown(const Facts& facts, const PolicySpec& spec) {
  Random random(1);
  return differential::to_json_lines(spec, facts, random);
}

}  // namespace

std::uint64_t any_seed() {
  return *rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>()));
}

std::size_t any_below(std::size_t n) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, n));
}

bool any_chance(unsigned percent) { return any_below(100) < percent; }

std::string Answer::text() const {
  std::string text = error.empty() ? allowed ? "allow" : "deny" : "error " + error;
  for (const std::size_t rule : rules) text += " rule " + std::to_string(rule);
  for (const std::string& name : obligations) text += " obliging " + name;
  return text + " until " + std::to_string(valid_until);
}

Product::Product(const PolicySpec& spec, const Facts& facts)
    : first_line_(first_line_of_rules(spec)), policy_(spec.text()) {
  RC_PRE(!policy_.contradicts_itself());
  if (!policy_.sound()) RC_FAIL("does not compile:\n" + spec.text() + policy_.findings());
  Random random(1);
  const std::string lines = differential::to_json_lines(spec, facts, random);
  const differential::ReadSnapshot read =
      differential::read_snapshot(lines, snapshot::Format::json_lines, *policy_.program());
  if (!read.snapshot) RC_FAIL("can't read:\n" + spec.text() + lines + read.findings);
  auto evaluator = Evaluator::create(policy_.program(), read.snapshot);
  if (!evaluator) RC_FAIL(evaluator.error().message);
  evaluator_ = std::make_unique<const Evaluator>(std::move(*evaluator));
}

Answer Product::ask(const Asked& request) const {
  const differential::OwnedRequest owned(request);
  const Decision decision = evaluator_->decide(owned.request);
  Answer answer{decision.allowed(), {}, {}, {}, decision.valid_until};
  if (decision.why == Why::error) answer.error = name_of(decision.error);
  for (const RuleIndex rule : evaluator_->reasons(owned.request)) {
    const std::string& place = evaluator_->program().rules()[rule].place;
    const std::size_t line = std::stoul(place.substr(place.rfind(':') + 1));
    answer.rules.push_back(line >= first_line_ ? line - first_line_ : kOpenRoles + line);
  }
  std::sort(answer.rules.begin(), answer.rules.end());
  for (const ObligationIndex one : evaluator_->obligations(owned.request))
    answer.obligations.push_back(evaluator_->program().obligations()[one].name);
  std::sort(answer.obligations.begin(), answer.obligations.end());
  answer.obligations.erase(std::unique(answer.obligations.begin(), answer.obligations.end()),
                           answer.obligations.end());
  return answer;
}

World any_world(const std::function<bool(const PolicySpec&)>& fits) {
  Random random(any_seed());
  World world;
  world.spec = differential::random_policy(random);
  if (fits) RC_PRE(fits(world.spec));
  world.facts = differential::random_snapshot(world.spec, random);
  world.requests = differential::random_requests(world.spec, world.facts, random, 1);
  RC_PRE(!world.requests.empty());
  return world;
}

Facts copy_of(const Facts& facts) {
  Facts copy = facts;
  for (auto& [name, entity] : copy)
    if (entity.parent != nullptr) entity.parent = &copy.find(entity.parent->name)->second;
  return copy;
}

Facts other_facts(const PolicySpec& spec, const Facts& facts,
                  const std::function<bool(const Entity&)>& changes) {
  Random random(any_seed());
  const Facts source = differential::random_snapshot(spec, random);
  Facts other = copy_of(facts);
  for (auto& [name, entity] : other) {
    const auto found = source.find(name);
    if (found == source.end() || !changes(facts.find(name)->second)) continue;
    const std::string& of = entity.kind;
    const KindSpec& kind = *std::find_if(spec.kinds.begin(), spec.kinds.end(),
                                         [&](const KindSpec& one) { return one.name == of; });
    entity.grants.clear();
    for (const Entity::Grant& grant : found->second.grants) {
      // To single users, who stand in no root, and of roles that the policy declares.
      const bool declared = std::any_of(kind.roles.begin(), kind.roles.end(),
                                        [&](const auto& role) { return role.name == grant.role; });
      if (declared && grant.principal.starts_with("user:") && facts.count(grant.principal) > 0)
        entity.grants.push_back(grant);
    }
    std::erase_if(entity.members, [&](const std::string&) { return random.chance(50); });
    for (const differential::AttributeSpec& attribute : kind.attributes) {
      // Those that name entities, or roles that may be these facts' own, stay.
      if (attribute.type.base == differential::Base::entity ||
          attribute.type.base == differential::Base::role)
        continue;
      entity.attributes.erase(attribute.name);
      const auto value = found->second.attributes.find(attribute.name);
      if (value != found->second.attributes.end()) entity.attributes.insert(*value);
    }
  }
  return other;
}

const Entity& root_of(const Entity& entity) {
  const Entity* at = &entity;
  while (at->parent != nullptr && at->parent->parent != nullptr) at = at->parent;
  return *at;
}

bool is_at_or_below(const Entity& entity, const Entity& above) {
  const Entity* at = &entity;
  while (at != nullptr && at->name != above.name) at = at->parent;
  return at != nullptr;
}

const Entity* place_of(const Facts& facts, const Asked& request) {
  auto found = facts.find(request.resource);
  if (found == facts.end() && request.resource_inline) found = facts.find(request.parent);
  return found == facts.end() ? nullptr : &found->second;
}

bool is_forbid(const std::string& rule) {
  const std::size_t begin = rule.starts_with('@') ? rule.find(") ") + 2 : 0;
  return rule.compare(begin, 7, "forbid ") == 0;
}

bool mentions(const PolicySpec& spec, std::string_view text) {
  return spec.text().find(text) != std::string::npos;
}

void fail(const World& world, const Asked& request, const std::string& what) {
  RC_FAIL(world.spec.text() + shown(world.facts, world.spec) + differential::shown(request) + "\n" + what);
  std::abort();  // RC_FAIL throws
}

void expect_same(const World& world, const Asked& request, const Answer& before, const Answer& after,
                 const std::string& what) {
  if (before != after)
    fail(world, request, what + "\nbefore: " + before.text() + "\nafter:  " + after.text());
}

void expect_holds(const std::string& name, const std::function<void(Count& count)>& property) {
  // RapidCheck reads this once, before its first property.
  const std::string cases = std::to_string(differential::setting("POLICYC_PROPERTIES_CASES", kCases));
  const std::string parameters = "max_success=" + cases + " max_discard_ratio=200 seed=" +
                                 std::to_string(differential::setting("POLICYC_PROPERTIES_SEED", kSeed));
  ::setenv("RC_PARAMS", parameters.c_str(), 0);
  Count count;
  EXPECT_TRUE(rc::check(name, [&] { property(count); }));
  EXPECT_GT(count.compared, 0U) << "nothing was compared";
  EXPECT_GT(count.telling, 0U) << "no answer shows what the property is about";
  std::printf("%s: %s policies, %llu answers compared, %llu telling\n", name.c_str(), cases.c_str(),
              static_cast<unsigned long long>(count.compared),
              static_cast<unsigned long long>(count.telling));
}

}  // namespace policyc::properties
