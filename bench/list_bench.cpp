// What a list costs, beside deciding about everything that could be in it.
//
//   resources   the 50 projects of 10,000 that a user may see
//   subjects    the 1,000 users of 20,000 who may see a project
//   actions     what a user may do on a project, of 8 actions
//
// Each as `list` and as `brute`, which asks decide(Query) about each entity or action in turn. The made-up
// snapshot has 100 organizations of 100 projects and one million memberships: every user has 25 of the 500
// large projects, which have 1,000 members each, and 25 of the others. That both find the same is checked
// first.

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "policyc/compiler/compile.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot_builder.hpp"
#include "policyc/text/parse.hpp"
#include "ratio_reporter.hpp"

namespace policyc::bench {
namespace {

constexpr const char* kPolicy = R"(policy lists
language 1
subject user {}
scope organization { frozen: bool = false  role manager }
scope project in organization {
  role member
  role editor includes member
  action view, comment, edit, rename, share, archive, remove, restore
}
allow member to project.{view, comment}
allow editor to project.{edit, rename, share}
allow manager to project.{view, edit, archive, remove, restore}
forbid anyone to project.{comment, edit, rename, remove} when organization.frozen
)";
constexpr std::uint32_t kOrganizations = 100;
constexpr std::uint32_t kProjects = 10'000;
constexpr std::uint32_t kLarge = 500;
constexpr std::uint32_t kUsers = 20'000;
constexpr std::uint32_t kOfEach = 25;
constexpr std::size_t kAsked = 1024;  // different users and projects, in random order

template <class T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

std::string id(const char* prefix, std::uint32_t number) { return prefix + std::to_string(number); }

struct World {
  std::optional<Evaluator> evaluator;
  std::vector<std::string> users;  // in random order
  std::vector<std::string> large;  // a large project of each
  std::vector<Handle> all_users, all_projects;
  std::vector<ActionIndex> actions;
  ActionIndex view = 0;

  [[nodiscard]] Handle find(const std::string& name) const { return must(evaluator->resolve(name)); }
};

World world() {
  const text::LoadedPackage package = text::load_package_from_memory({{"lists.policy", kPolicy}});
  auto program = std::make_shared<const Program>(
      must(Program::load(compiler::compile(package).image, Trust::unsigned_local())));
  const Schema& schema = program->schema();
  const KindIndex user = schema.find_kind("user");
  const KindIndex organization = schema.find_kind("organization");
  const KindIndex project = schema.find_kind("project");
  const RoleIndex roles[] = {schema.find_role(project, "member"), schema.find_role(project, "editor")};
  SnapshotBuilder builder(schema, program->schema_digest());
  for (std::uint32_t o = 0; o < kOrganizations; ++o)
    builder.entity(organization, id("o", o), kNoIndex, {}, {}, 0);
  for (std::uint32_t p = 0; p < kProjects; ++p)
    builder.entity(project, id("p", p), organization, id("o", p % kOrganizations), {}, 0);
  for (std::uint32_t u = 0; u < kUsers; ++u) {
    builder.entity(user, id("u", u), kNoIndex, {}, {}, 0);
    for (std::uint32_t i = 0; i < kOfEach; ++i) {
      const std::uint32_t number = u * kOfEach + i;
      const std::uint32_t other = kLarge + number % (kProjects - kLarge);
      builder.grant(user, id("u", u), roles[u % 2], project, id("p", number % kLarge), 0);
      builder.grant(user, id("u", u), roles[i % 2], project, id("p", other), 0);
    }
  }
  auto snapshot = std::make_shared<const Snapshot>(
      must(Snapshot::load(builder.finish().image, schema, program->schema_digest())));
  World made;
  made.evaluator = must(Evaluator::create(program, snapshot));
  for (std::uint32_t u = 0; u < kUsers; ++u) made.all_users.push_back(*snapshot->find(user, id("u", u)));
  for (std::uint32_t p = 0; p < kProjects; ++p)
    made.all_projects.push_back(*snapshot->find(project, id("p", p)));
  for (std::size_t i = 0; i < program->actions().size(); ++i)
    made.actions.push_back(static_cast<ActionIndex>(i));
  made.view = *program->find_action("project.view");
  std::mt19937 random(7);
  for (std::size_t i = 0; i < kAsked; ++i) {
    const auto u = static_cast<std::uint32_t>(random() % kUsers);
    made.users.push_back(id("user:u", u));
    made.large.push_back(id("project:p", u * kOfEach % kLarge));
  }
  return made;
}

// Each answers question i: what it found, in the snapshot's order.
std::vector<Handle> resources_by_list(const World& of, std::size_t i) {
  return must(of.evaluator->list_resources(
                  {.subject = of.users[i], .action = "project.view", .resource = "project"}))
      .entities;
}
std::vector<Handle> resources_by_brute(const World& of, std::size_t i) {
  const Handle user = of.find(of.users[i]);
  std::vector<Handle> found;
  for (const Handle project : of.all_projects)
    if (of.evaluator->decide(Query{user, project, of.view}).allowed()) found.push_back(project);
  return found;
}
std::vector<Handle> subjects_by_list(const World& of, std::size_t i) {
  return must(of.evaluator->list_subjects(
                  {.subject = "user", .action = "project.view", .resource = of.large[i]}))
      .entities;
}
std::vector<Handle> subjects_by_brute(const World& of, std::size_t i) {
  const Handle project = of.find(of.large[i]);
  std::vector<Handle> found;
  for (const Handle user : of.all_users)
    if (of.evaluator->decide(Query{user, project, of.view}).allowed()) found.push_back(user);
  return found;
}
std::vector<ActionIndex> actions_by_list(const World& of, std::size_t i) {
  return must(of.evaluator->list_actions({.subject = of.users[i], .action = {}, .resource = of.large[i]}))
      .actions;
}
std::vector<ActionIndex> actions_by_brute(const World& of, std::size_t i) {
  const Handle user = of.find(of.users[i]);
  const Handle project = of.find(of.large[i]);
  std::vector<ActionIndex> found;
  for (const ActionIndex action : of.actions)
    if (of.evaluator->decide(Query{user, project, action}).allowed()) found.push_back(action);
  return found;
}

// The time for one whole list; the counter has the time for one of its results.
template <class Answer>
void loop(benchmark::State& state, const World& of, const Answer& answer) {
  std::size_t at = 0;
  std::size_t results = 0;
  for (auto _ : state) {
    results += answer(of, at).size();
    at = (at + 1) % kAsked;
  }
  state.counters["a_result"] = benchmark::Counter(static_cast<double>(results),
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

std::size_t allocated() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

// The first lists make the indexes, which stay.
void print_first_lists(const World& of) {
  const std::size_t before = allocated();
  const auto began = std::chrono::steady_clock::now();
  const std::size_t results = resources_by_list(of, 0).size() + subjects_by_list(of, 0).size();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  const std::size_t bytes = allocated() - before;
  std::printf("the first two lists: %zu results, %.0f ms; indexes: %zu bytes, %.1f a membership\n", results,
              took.count(), bytes, static_cast<double>(bytes) / (kUsers * 2 * kOfEach));
}

template <class Found>
bool is_same(std::vector<Found> one, std::vector<Found> other, std::size_t least) {
  const auto order = [](const auto& a, const auto& b) {
    if constexpr (std::is_same_v<Found, Handle>)
      return a.node < b.node;
    else
      return a < b;
  };
  std::sort(one.begin(), one.end(), order);
  std::sort(other.begin(), other.end(), order);
  return one == other && one.size() >= least;
}

}  // namespace
}  // namespace policyc::bench

int main(int argc, char** argv) {
  using namespace policyc::bench;
  const World of = world();
  print_first_lists(of);
  std::size_t disagreements = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    disagreements += is_same(resources_by_list(of, i), resources_by_brute(of, i), 2 * kOfEach) ? 0U : 1U;
    disagreements += is_same(subjects_by_list(of, i), subjects_by_brute(of, i), 1000) ? 0U : 1U;
    disagreements += is_same(actions_by_list(of, i), actions_by_brute(of, i), 2) ? 0U : 1U;
  }
  std::printf("%u projects, %u users, %u memberships, %zu disagreements\n", kProjects, kUsers,
              kUsers * 2 * kOfEach, disagreements);
  if (disagreements > 0) return 1;
  const auto add = [&](const char* name, const auto& answer) {
    benchmark::RegisterBenchmark(name, [&](benchmark::State& state) { loop(state, of, answer); });
  };
  add("resources/list", resources_by_list);
  add("resources/brute", resources_by_brute);
  add("subjects/list", subjects_by_list);
  add("subjects/brute", subjects_by_brute);
  add("actions/list", actions_by_list);
  add("actions/brute", actions_by_brute);
  return run_benchmarks(argc, argv,
                        {{"resources/list", "resources/brute", 0.05},
                         {"subjects/list", "subjects/brute", 0},
                         {"actions/list", "actions/brute", 0}});
}
