// A policy, facts and requests as the bytes choose them, out of what a person could have written: the product
// decides and lists as the oracle does.

#include "differential/generator.hpp"
#include "differential/lists.hpp"
#include "differential/product.hpp"
#include "fixture.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace policyc;
  using namespace policyc::differential;
  Random random(std::span(data, size));
  const PolicySpec spec = random_policy(random);
  const CompiledPolicy policy(spec.text());
  if (!policy.sound()) return 0;
  const oracle::Snapshot facts = random_snapshot(spec, random);
  const std::string lines = to_json_lines(spec, facts, random);
  const ReadSnapshot read = read_snapshot(lines, snapshot::Format::json_lines, *policy.program());
  if (!read.snapshot) fuzz::fail("can't read:\n" + spec.text() + lines + read.findings);
  const auto evaluator = Evaluator::create(policy.program(), read.snapshot);
  if (!evaluator) fuzz::fail("can't link:\n" + spec.text() + evaluator.error().message);
  bool listed = false;
  for (const oracle::Request& request : random_requests(spec, facts, random, 1)) {
    std::string difference = compare(policy, *evaluator, facts, request).difference;
    if (difference.empty() && !listed) difference = compare_lists(policy, *evaluator, facts, request, 2);
    listed = true;
    if (!difference.empty())
      fuzz::fail(spec.text() + lines + differential::shown(request) + "\n" + difference);
  }
  return 0;
}
