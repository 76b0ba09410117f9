// Random policies × snapshots × requests: the product against the oracle.
//
// POLICYC_DIFFERENTIAL_DECISIONS says how many (default 8.5 million), and
// POLICYC_DIFFERENTIAL_SEED with which seed to begin. What differs is printed whole.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>

#include "generator.hpp"
#include "lists.hpp"
#include "product.hpp"
#include "seeds.hpp"

namespace policyc::differential {
namespace {

struct Tally : FirstDifference {
  std::atomic<std::uint64_t> decisions = 0;
  std::atomic<std::uint64_t> allowed = 0;
  std::atomic<std::uint64_t> errors = 0;
  std::atomic<std::uint64_t> by_handle = 0;
  std::atomic<std::uint64_t> policies = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> snapshots = 0;
  std::atomic<std::uint64_t> lists = 0;

  // A request by names, and the same one by handles, are two decisions: they take different ways.
  std::uint64_t compared() const { return decisions + by_handle; }
};

// One policy with some snapshots, each with many requests.
void run_case(std::uint64_t seed, Tally& tally) {
  Random random(seed);
  const PolicySpec spec = random_policy(random);
  const std::string text = spec.text();
  const CompiledPolicy policy(text);
  const auto where = [&] { return "seed " + std::to_string(seed) + "\n" + text; };
  if (policy.contradicts_itself()) {
    ++tally.refused;
    return;
  }
  if (!policy.sound()) return tally.differ("does not compile: " + where() + policy.findings());
  if (seed % 16 == 0 && CompiledPolicy(text).image() != policy.image())
    return tally.differ("compiles to other bytes the second time: " + where());
  ++tally.policies;
  for (int round = 0; round < 4; ++round) {
    const oracle::Snapshot facts = random_snapshot(spec, random);
    const std::string lines = to_json_lines(spec, facts, random);
    const ReadSnapshot read = read_snapshot(lines, snapshot::Format::json_lines, *policy.program());
    if (!read.snapshot) return tally.differ("can't read: " + where() + lines + read.findings);
    if (seed % 16 == 1) {
      const std::string yaml = to_yaml(spec, facts, random);
      const ReadSnapshot again = read_snapshot(yaml, snapshot::Format::yaml, *policy.program());
      if (again.image != read.image)
        return tally.differ("YAML and JSON Lines differ: " + where() + lines + yaml + again.findings);
    }
    const auto evaluator = Evaluator::create(policy.program(), read.snapshot);
    if (!evaluator) return tally.differ("can't link: " + where() + evaluator.error().message);
    ++tally.snapshots;
    for (const oracle::Request& request : random_requests(spec, facts, random, 2)) {
      const Compared compared = compare(policy, *evaluator, facts, request);
      ++tally.decisions;
      tally.by_handle += compared.by_handle ? 1 : 0;
      tally.allowed += compared.allowed ? 1 : 0;
      tally.errors += compared.error ? 1 : 0;
      if (random.chance(1)) {
        ++tally.lists;
        const std::string difference = compare_lists(policy, *evaluator, facts, request, 1 + random.upto(4));
        if (!difference.empty())
          return tally.differ(where() + lines + shown(request) + "\n" + difference + "\n" +
                              policy.program()->disassemble(policy.program()->find_action(request.action)));
      }
      if (!compared.difference.empty())
        return tally.differ(where() + lines + shown(request) + "\n" + compared.difference + "\n" +
                            policy.program()->disassemble(policy.program()->find_action(request.action)));
    }
  }
}

TEST(Differential, RandomPoliciesDecideAsTheOracleDoes) {
  const std::uint64_t wanted = setting("POLICYC_DIFFERENTIAL_DECISIONS", 8'500'000);
  const std::uint64_t first = setting("POLICYC_DIFFERENTIAL_SEED", 1);
  Tally tally;
  run_until([&] { return tally.compared() >= wanted || tally.stopped(); }, first,
            [&](std::uint64_t seed) { run_case(seed, tally); });
  const double share = 100.0 * static_cast<double>(tally.allowed) / static_cast<double>(tally.decisions);
  const auto shown = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
  std::printf("seeds from %llu: %llu policies (%llu more contradict themselves), %llu snapshots\n",
              shown(first), shown(tally.policies), shown(tally.refused), shown(tally.snapshots));
  std::printf(
      "%llu decisions compared, %llu of them by names with all their reasons, %llu by handles; %.1f %% "
      "allowed, "
      "%.1f %% rejected\n",
      shown(tally.compared()), shown(tally.decisions), shown(tally.by_handle), share,
      100.0 * static_cast<double>(tally.errors) / static_cast<double>(tally.decisions));
  std::printf("%llu times the three lists around a request, in pages, compared with the oracle's decisions\n",
              shown(tally.lists));
  EXPECT_EQ(tally.first_difference(), "");
  EXPECT_GE(tally.compared(), wanted);
  EXPECT_LE(tally.refused * 10, tally.policies) << "too many generated policies are refused";
  EXPECT_GE(share, 20.0);
  EXPECT_LE(share, 80.0);
}

}  // namespace
}  // namespace policyc::differential
