// Every small policy of a family: all ways in which two roles of an organization and
// one of a project can rest on each other, all sets of one or two rules out of a
// list, all small snapshots, all requests.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>

#include "product.hpp"

namespace policyc::differential {
namespace {

constexpr std::array kIncludes = {"", " includes a"};
constexpr std::array kSources = {
    "", " from owner", " from a", " if project.open", " from owner if project.open", " includes reader"};
constexpr std::array kRollUps = {"", " from project.p", " from project.owner"};

constexpr std::array kRules = {
    "allow a to organization.view",
    "allow b to organization.view, project.read",
    "allow p to project.read",
    "allow g to organization.view",
    "allow user to project.read when project.open",
    "allow a to project.read unless subject is b",
    "allow p to project.read when project.owner == subject",
    "allow user to organization.view when subject is a on organization itself",
    "allow reader to project.read",
    "forbid a to project.read when not project.open",
    "forbid b to organization.**",
    "forbid anyone to project.read unless subject is p or subject is a",
    "forbid g to organization.view when subject is b",
    "allow user to organization.view, project.read when subject != user:v",
};

std::string policy_text(std::size_t includes, std::size_t source, std::size_t roll_up,
                        const std::vector<std::size_t>& rules) {
  std::string text = "subject user {}\nscope organization {\n  role a\n  role b";
  text += kIncludes[includes];
  text += "\n  role g";
  text += kRollUps[roll_up];
  text +=
      "\n  action view\n}\nscope project in organization {\n  owner: user\n  open: bool\n  role reader\n  "
      "role p";
  text += kSources[source];
  text += "\n  action read\n}\n";
  for (const std::size_t rule : rules) text += std::string(kRules[rule]) + "\n";
  return text;
}

struct World {
  oracle::Snapshot facts;
  std::string lines;
};

// Everything that one user can be granted, named as, or find open.
std::vector<World> all_worlds() {
  std::vector<World> worlds;
  for (unsigned bits = 0; bits < 128; ++bits) {
    World world;
    const auto add = [&](const std::string& name, const std::string& kind, const oracle::Entity* parent) {
      oracle::Entity& entity = world.facts[name];
      entity.name = name;
      entity.kind = kind;
      entity.parent = parent;
      return &entity;
    };
    const auto has = [&](unsigned bit) { return ((bits >> bit) & 1) != 0; };
    oracle::Entity* const system = add("system", "system", nullptr);
    add("user:u", "user", system);
    add("user:v", "user", system);
    oracle::Entity* const organization = add("organization:o", "organization", system);
    oracle::Entity* const project = add("project:x", "project", organization);
    const std::string owner = has(0) ? "user:u" : "user:v";
    project->attributes["owner"] = {oracle::Value::Kind::entity, 0, owner, {}};
    project->attributes["open"] = {oracle::Value::Kind::boolean, has(1) ? 1 : 0, {}, {}};
    world.lines =
        "{\"entity\":\"user:u\"}\n{\"entity\":\"user:v\"}\n{\"entity\":\"organization:o\"}\n"
        "{\"entity\":\"project:x\",\"in\":\"organization:o\",\"owner\":\"" +
        owner + "\",\"open\":" + (has(1) ? "true" : "false") + "}\n";
    const auto grant = [&](unsigned bit, const char* role, oracle::Entity* on) {
      if (!has(bit)) return;
      on->grants.push_back({role, "user:u"});
      world.lines +=
          "{\"grant\":\"" + std::string(role) + "\",\"to\":\"user:u\",\"on\":\"" + on->name + "\"}\n";
    };
    grant(2, "a", organization);
    grant(3, "b", organization);
    grant(4, "g", organization);
    grant(5, "p", project);
    grant(6, "reader", project);
    worlds.push_back(std::move(world));
  }
  return worlds;
}

// All sets of one or two rules.
std::vector<std::vector<std::size_t>> all_rule_sets() {
  std::vector<std::vector<std::size_t>> sets;
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    sets.push_back({i});
    for (std::size_t j = i + 1; j < kRules.size(); ++j) sets.push_back({i, j});
  }
  return sets;
}

TEST(Differential, EverySmallPolicyDecidesAsTheOracleDoes) {
  std::vector<World> worlds = all_worlds();
  std::vector<oracle::Request> requests;
  for (const char* subject : {"user:u", "user:v"})
    for (const auto& [action, resource] :
         {std::pair{"organization.view", "organization:o"}, std::pair{"project.read", "project:x"}}) {
      oracle::Request request;
      request.subject = subject;
      request.action = action;
      request.resource = resource;
      requests.push_back(std::move(request));
    }
  std::uint64_t decisions = 0;
  std::uint64_t policies = 0;
  std::uint64_t refused = 0;
  std::uint64_t allowed = 0;
  const auto rule_sets = all_rule_sets();
  for (std::size_t includes = 0; includes < kIncludes.size(); ++includes)
    for (std::size_t source = 0; source < kSources.size(); ++source)
      for (std::size_t roll_up = 0; roll_up < kRollUps.size(); ++roll_up) {
        // Snapshots depend on the declarations alone, and are read once for all sets of rules.
        std::vector<std::shared_ptr<const Snapshot>> snapshots;
        for (const auto& rules : rule_sets) {
          const std::string text = policy_text(includes, source, roll_up, rules);
          const CompiledPolicy policy(text);
          if (!policy.sound()) {
            // An `if` can't be rolled up: the one combination that is an error.
            ASSERT_NE(policy.findings().find("PC2024"), std::string::npos) << text << policy.findings();
            ++refused;
            continue;
          }
          ++policies;
          if (snapshots.empty())
            for (const World& world : worlds) {
              const ReadSnapshot read =
                  read_snapshot(world.lines, snapshot::Format::json_lines, *policy.program());
              ASSERT_TRUE(read.snapshot) << text << world.lines << read.findings;
              snapshots.push_back(read.snapshot);
            }
          for (std::size_t i = 0; i < worlds.size(); ++i) {
            const auto evaluator = Evaluator::create(policy.program(), snapshots[i]);
            ASSERT_TRUE(evaluator) << text << evaluator.error().message;
            for (const oracle::Request& request : requests) {
              const Compared compared = compare(policy, *evaluator, worlds[i].facts, request);
              ++decisions;
              allowed += compared.allowed ? 1 : 0;
              ASSERT_EQ(compared.difference, "") << text << worlds[i].lines << shown(request);
            }
          }
        }
      }
  std::printf("%llu policies (%llu more are refused), %llu decisions compared, %.1f %% allowed\n",
              static_cast<unsigned long long>(policies), static_cast<unsigned long long>(refused),
              static_cast<unsigned long long>(decisions),
              100.0 * static_cast<double>(allowed) / static_cast<double>(decisions));
  EXPECT_GE(decisions, 1'000'000u);
  EXPECT_GE(allowed * 5, decisions);
  EXPECT_LE(allowed * 5, decisions * 4);
}

}  // namespace
}  // namespace policyc::differential
