// The forms of a decision: what roles settle is what the code finds out, for every subject, action and
// resource of random policies and facts.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>

#include "evaluation.hpp"
#include "generator.hpp"
#include "interpreter.hpp"
#include "link.hpp"
#include "plain_word.hpp"
#include "product.hpp"
#include "request_resolver.hpp"
#include "seeds.hpp"

namespace policyc::differential {
namespace {

struct Tally : FirstDifference {
  std::atomic<std::uint64_t> decisions = 0;
  std::atomic<std::uint64_t> by_roles = 0;
  std::atomic<std::uint64_t> words = 0;
  std::atomic<std::uint64_t> plain = 0;
};

std::string shown(const Evaluator& evaluator, const Query& query) {
  return evaluator.name_of(query.subject) + " " + evaluator.program().actions()[query.action].wire_name +
         " " + evaluator.name_of(query.resource);
}

// Both forms of a plain word, whatever this machine would take, beside the word as it is collected otherwise.
void compare_words(const vm::SnapshotView& view, vm::NodeId subject, vm::NodeId resource, Tally& tally) {
  vm::RoleWord collected{};
  view.add_roles(subject, resource, collected);
  vm::RoleWord word{};
  ++tally.words;
  if (!view.add_plain_roles(subject, resource, word)) {
    if (word != vm::RoleWord{}) tally.differ("a word that isn't plain was added to");
    return;
  }
  ++tally.plain;
  const vm::ResourceRecord& record = view.records[resource];
  const std::uint32_t own = subject - view.resources;
  const vm::PlainQuestion question = {view.lines,    own,      view.holders_of(own),
                                      record,        resource, view.kinds[record.kind].shifts.data(),
                                      view.role_bits};
  const bool agree = word == collected && vm::plain_word(question) == collected[0] &&
                     (!vm::compares_by_halves() || vm::plain_word_by_halves(question) == collected[0]);
  if (!agree)
    tally.differ("role words differ: " + std::string(view.id_of(subject)) + " on " +
                 std::string(view.id_of(resource)));
}

void run_case(std::uint64_t seed, Tally& tally) {
  Random random(seed);
  const PolicySpec spec = random_policy(random);
  const CompiledPolicy policy(spec.text());
  if (!policy.sound()) return;
  const oracle::Snapshot facts = random_snapshot(spec, random);
  const ReadSnapshot read =
      read_snapshot(to_json_lines(spec, facts, random), snapshot::Format::json_lines, *policy.program());
  ASSERT_TRUE(read.snapshot) << read.findings;
  const auto evaluator = Evaluator::create(policy.program(), read.snapshot);
  ASSERT_TRUE(evaluator);
  const vm::Linked linked(policy.program(), read.snapshot);
  for (vm::NodeId subject = linked.view.resources; subject < linked.view.node_count(); ++subject)
    for (vm::NodeId resource = 0; resource < linked.view.resources; ++resource) {
      compare_words(linked.view, subject, resource, tally);
      for (std::size_t action = 0; action < linked.actions.size(); ++action) {
        Query query{{subject, linked.epoch}, {resource, linked.epoch}, static_cast<ActionIndex>(action)};
        const Decision decision = evaluator->decide(query);
        vm::Evaluation evaluation(linked);
        if (vm::resolve(query, std::nullopt, evaluation).code != ErrorCode::none) {
          if (decision.why != Why::error)
            tally.differ("answers what is refused: " + shown(*evaluator, query));
          continue;
        }
        ++tally.decisions;
        tally.by_roles += decision.form == Form::roles ? 1 : 0;
        const vm::Outcome outcome = vm::run_decide(evaluation);
        const bool agree = decision.allowed() == (outcome == vm::Outcome::allowed) &&
                           (decision.why == Why::rule) == (outcome != vm::Outcome::deny_by_default);
        if (!agree)
          tally.differ("seed " + std::to_string(seed) + ": " + shown(*evaluator, query) + "\n" +
                       policy.program()->disassemble(query.action));
      }
    }
}

TEST(Forms, SayWhatTheLongWaySays) {
  const std::uint64_t wanted = setting("POLICYC_DIFFERENTIAL_FORMS", 400'000);
  Tally tally;
  run_until([&] { return tally.decisions >= wanted || tally.stopped(); },
            setting("POLICYC_DIFFERENTIAL_SEED", 1), [&](std::uint64_t seed) { run_case(seed, tally); });
  EXPECT_EQ(tally.first_difference(), "");
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
  std::printf(
      "%llu decisions by handles compared with the action's code, %.1f %% settled by roles; %llu role words, "
      "%.1f %% plain\n",
      static_cast<unsigned long long>(tally.decisions), share(tally.by_roles, tally.decisions),
      static_cast<unsigned long long>(tally.words), share(tally.plain, tally.words));
  EXPECT_GE(share(tally.by_roles, tally.decisions), 10.0);
  EXPECT_LE(share(tally.by_roles, tally.decisions), 90.0);
  EXPECT_GE(share(tally.plain, tally.words), 10.0);
  EXPECT_LE(share(tally.plain, tally.words), 90.0);
}

}  // namespace
}  // namespace policyc::differential
