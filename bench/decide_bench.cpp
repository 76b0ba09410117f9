// What a decision costs, beside the same table written by hand in C++.
//
//   hand_written   the C++ function over arrays: the reference
//   by_handle      Evaluator::decide(Query)
//   in_batches     Evaluator::decide_batch, 256 queries at a time
//   by_name        Evaluator::decide(Request): three look-ups of strings more
//
// Each benchmark runs over 2^18 requests in random order, so that no branch
// predictor learns them. Every decision is compared with what is expected first.

#include <cstdio>
#include <span>
#include <vector>

#include "ratio_reporter.hpp"
#include "world_fixture.hpp"

namespace policyc::bench {
namespace {

constexpr std::uint32_t kRequests = 1u << 18;

Sizes sized(Sizes sizes) {
  sizes.requests = kRequests;
  return sizes;
}

// The same loop for all: `ask` decides question i.
template <class Ask>
void loop(benchmark::State& state, const Loaded& loaded, Ask ask) {
  const std::size_t count = loaded.asked.size();
  std::size_t allowed = 0;
  std::size_t at = 0;
  for (auto _ : state) {
    allowed += ask(at) ? 1U : 0U;
    if (++at == count) at = 0;
  }
  benchmark::DoNotOptimize(allowed);
  state.counters["disagree"] = static_cast<double>(loaded.disagreements);
}

void hand_written(benchmark::State& state, const Sizes& sizes) {
  const Loaded& loaded = load_world(sizes);
  const Question* questions = loaded.world->questions().data();
  loop(state, loaded, [&](std::size_t i) {
    return loaded.world->decide(questions[i].user, questions[i].action, questions[i].resource);
  });
}

void by_handle(benchmark::State& state, const Sizes& sizes) {
  const Loaded& loaded = load_world(sizes);
  loop(state, loaded,
       [&](std::size_t i) { return loaded.evaluator->decide(loaded.queries[i].query).allowed(); });
}

void in_batches(benchmark::State& state, const Sizes& sizes) {
  constexpr std::size_t kBatch = 256;
  static_assert(kRequests % kBatch == 0);
  const Loaded& loaded = load_world(sizes);
  const Circumstances circumstances;
  std::vector<Decision> decisions(kBatch);
  std::size_t allowed = 0;
  std::size_t at = 0;
  while (state.KeepRunningBatch(kBatch)) {
    loaded.evaluator->decide_batch(std::span(loaded.queries).subspan(at, kBatch), {&circumstances, 1},
                                   decisions);
    for (const Decision& decision : decisions) allowed += decision.allowed() ? 1U : 0U;
    at = (at + kBatch) % kRequests;
  }
  benchmark::DoNotOptimize(allowed);
  state.counters["disagree"] = static_cast<double>(loaded.disagreements);
}

void by_name(benchmark::State& state, const Sizes& sizes) {
  const Loaded& loaded = load_world(sizes);
  loop(state, loaded, [&](std::size_t i) {
    const Asked& asked = loaded.asked[i];
    return loaded.evaluator
        ->decide(Request{.subject = asked.subject, .action = asked.action, .resource = asked.resource})
        .allowed();
  });
}

}  // namespace
}  // namespace policyc::bench

int main(int argc, char** argv) {
  using namespace policyc::bench;
  std::vector<Ratio> ratios;
  std::size_t disagreements = 0;
  for (const auto& [name, base] : {std::pair{"S", kSmall}, std::pair{"M", kMedium}}) {
    const Sizes sizes = sized(base);
    const std::string size = name;
    benchmark::RegisterBenchmark((size + "/hand_written").c_str(), hand_written, sizes);
    benchmark::RegisterBenchmark((size + "/by_handle").c_str(), by_handle, sizes);
    benchmark::RegisterBenchmark((size + "/in_batches").c_str(), in_batches, sizes);
    benchmark::RegisterBenchmark((size + "/by_name").c_str(), by_name, sizes);
    ratios.push_back({size + "/by_handle", size + "/hand_written", size == "S" ? 1.0 : 1.2});
    ratios.push_back({size + "/in_batches", size + "/hand_written", 0.0});
    ratios.push_back({size + "/by_name", size + "/hand_written", 0.0});
    disagreements += load_world(sizes).disagreements;
    const Loaded& loaded = load_world(sizes);
    std::printf("%s: %u requests, %zu memberships, %zu disagreements; roles settle %.0f %%\n", name,
                sizes.requests, loaded.world->memberships(), loaded.disagreements,
                100.0 * static_cast<double>(loaded.by_roles) / static_cast<double>(sizes.requests));
  }
  if (disagreements > 0) return 1;
  return run_benchmarks(argc, argv, std::move(ratios));
}
