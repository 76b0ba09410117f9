// What a list costs, beside deciding about everything that could be in it.
//
//   million/…   one million memberships: the 50 projects of 10,000 that a user may see, the 1,000 users of
//               20,000 who may see a project, and what a user may do on one, of 8 actions
//   matrix/…    ls-matrix M: what is open to people of an organization among a hundred, by its table
//
// Each as `list` and as `brute`, which asks decide(Query) about each entity or action in turn. That both find
// the same is checked first.

#include "list_worlds.hpp"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "ratio_reporter.hpp"

namespace policyc::bench {
namespace {

template <class T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

Handle find(const ListWorld& of, const std::string& name) { return must(of.evaluator->resolve(name)); }

// Each answers question i: what it found, in the snapshot's order.
std::vector<Handle> resources_by_list(const ListWorld& of, std::size_t i) {
  return must(
             of.evaluator->list_resources({.subject = of.users[i], .action = of.view, .resource = "project"}))
      .entities;
}
std::vector<Handle> resources_by_brute(const ListWorld& of, std::size_t i) {
  const Handle user = find(of, of.users[i]);
  const ActionIndex view = *of.evaluator->program().find_action(of.view);
  std::vector<Handle> found;
  for (const Handle project : of.all_projects)
    if (of.evaluator->decide(Query{user, project, view}).allowed()) found.push_back(project);
  return found;
}
std::vector<Handle> subjects_by_list(const ListWorld& of, std::size_t i) {
  return must(of.evaluator->list_subjects({.subject = "user", .action = of.view, .resource = of.projects[i]}))
      .entities;
}
std::vector<Handle> subjects_by_brute(const ListWorld& of, std::size_t i) {
  const Handle project = find(of, of.projects[i]);
  const ActionIndex view = *of.evaluator->program().find_action(of.view);
  std::vector<Handle> found;
  for (const Handle user : of.all_users)
    if (of.evaluator->decide(Query{user, project, view}).allowed()) found.push_back(user);
  return found;
}
std::vector<ActionIndex> actions_by_list(const ListWorld& of, std::size_t i) {
  return must(of.evaluator->list_actions({.subject = of.users[i], .action = {}, .resource = of.projects[i]}))
      .actions;
}
std::vector<ActionIndex> actions_by_brute(const ListWorld& of, std::size_t i) {
  const Handle user = find(of, of.users[i]);
  const Handle project = find(of, of.projects[i]);
  std::vector<ActionIndex> found;
  for (const ActionIndex action : of.actions)
    if (of.evaluator->decide(Query{user, project, action}).allowed()) found.push_back(action);
  return found;
}

// The time for one whole list; the counters have how many results one has, and the time for one of them.
template <class Answer>
void loop(benchmark::State& state, const ListWorld& of, const Answer& answer) {
  std::size_t at = 0;
  std::size_t results = 0;
  for (auto _ : state) {
    results += answer(of, at).size();
    at = (at + 1) % of.users.size();
  }
  state.counters["results"] =
      benchmark::Counter(static_cast<double>(results), benchmark::Counter::kAvgIterations);
  state.counters["a_result"] = benchmark::Counter(static_cast<double>(results),
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

std::size_t allocated() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

// The first lists make the indexes, which stay.
void print_first_lists(const char* name, const ListWorld& of) {
  const std::size_t before = allocated();
  const auto began = std::chrono::steady_clock::now();
  const std::size_t results = resources_by_list(of, 0).size() + subjects_by_list(of, 0).size();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  const std::size_t bytes = allocated() - before;
  std::printf("%s: the first two lists: %zu results, %.0f ms; indexes: %zu bytes, %.1f a membership\n", name,
              results, took.count(), bytes, static_cast<double>(bytes) / static_cast<double>(of.memberships));
}

template <class Found>
bool is_same(std::vector<Found> one, std::vector<Found> other) {
  const auto order = [](const auto& a, const auto& b) {
    if constexpr (std::is_same_v<Found, Handle>)
      return a.node < b.node;
    else
      return a < b;
  };
  std::sort(one.begin(), one.end(), order);
  std::sort(other.begin(), other.end(), order);
  return one == other;
}

// Do lists find what asking about everything finds, and is there something to find?
bool agrees(const char* name, const ListWorld& of) {
  constexpr std::size_t kCompared = 40;
  std::size_t disagreements = 0;
  std::size_t found = 0;
  for (std::size_t i = 0; i < kCompared; ++i) {
    disagreements += is_same(resources_by_list(of, i), resources_by_brute(of, i)) ? 0U : 1U;
    disagreements += is_same(subjects_by_list(of, i), subjects_by_brute(of, i)) ? 0U : 1U;
    disagreements += is_same(actions_by_list(of, i), actions_by_brute(of, i)) ? 0U : 1U;
    found += resources_by_list(of, i).size();
  }
  std::printf("%s: %zu projects, %zu users, %zu memberships, %zu disagreements\n", name,
              of.all_projects.size(), of.all_users.size(), of.memberships, disagreements);
  return disagreements == 0 && found > kCompared;
}

void add(const std::string& name, const ListWorld& of) {
  const auto one = [&](const char* what, const auto& answer) {
    benchmark::RegisterBenchmark((name + what).c_str(),
                                 [&of, answer](benchmark::State& state) { loop(state, of, answer); });
  };
  one("/resources/list", resources_by_list);
  one("/resources/brute", resources_by_brute);
  one("/subjects/list", subjects_by_list);
  one("/subjects/brute", subjects_by_brute);
  one("/actions/list", actions_by_list);
  one("/actions/brute", actions_by_brute);
}

}  // namespace
}  // namespace policyc::bench

int main(int argc, char** argv) {
  using namespace policyc::bench;
  const ListWorld million = million_memberships();
  const ListWorld matrix = matrix_of_medium_size();
  print_first_lists("million", million);
  print_first_lists("matrix", matrix);
  if (!agrees("million", million) || !agrees("matrix", matrix)) return 1;
  add("million", million);
  add("matrix", matrix);
  return run_benchmarks(argc, argv,
                        {{"million/resources/list", "million/resources/brute", 0.05},
                         {"million/subjects/list", "million/subjects/brute", 0},
                         {"million/actions/list", "million/actions/brute", 0},
                         {"matrix/resources/list", "matrix/resources/brute", 0},
                         {"matrix/subjects/list", "matrix/subjects/brute", 0},
                         {"matrix/actions/list", "matrix/actions/brute", 0}});
}
