// Random constraints × random snapshots: which of them are broken at which entities, by the product as it
// builds a snapshot and by the oracle.
//
// POLICYC_DIFFERENTIAL_SNAPSHOTS says how many snapshots (default 40,000), POLICYC_DIFFERENTIAL_SEED with
// which seed to begin.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>

#include "generator.hpp"
#include "oracle/constraints.hpp"
#include "policy_parts.hpp"
#include "product.hpp"
#include "seeds.hpp"

namespace policyc::differential {
namespace {

struct Tally : FirstDifference {
  std::atomic<std::uint64_t> snapshots = 0;
  std::atomic<std::uint64_t> broken = 0;
  std::atomic<std::uint64_t> breaches = 0;
  std::atomic<std::uint64_t> policies = 0;
  std::atomic<std::uint64_t> refused = 0;
};

// Roles that somebody may hold at the kind, as a policy names them. Those on top may rest on an `if`, and are
// then refused.
std::vector<std::string> countable_roles(const PolicySpec& policy, std::size_t scope, Random& random) {
  std::vector<std::string> names;
  const bool with_top = random.chance(10);
  for (std::size_t k = 0; k < policy.kinds.size(); ++k) {
    if (policy.kinds[k].subject || !policy.may_be_above(scope, k)) continue;
    for (const RoleSpec& role : policy.kinds[k].roles)
      if (role.level == RoleLevel::base || (role.level == RoleLevel::rolled_up && k == scope) || with_top)
        names.push_back(policy.kinds[k].name + "." + role.name);
  }
  return names;
}

std::string random_constraint(const PolicySpec& policy, const std::string& title, Random& random) {
  std::vector<std::size_t> scopes;
  std::vector<std::string> principals;
  for (std::size_t k = 0; k < policy.kinds.size(); ++k) {
    if (policy.kinds[k].subject) principals.push_back(policy.kinds[k].name);
    if (!policy.kinds[k].subject && (k > 0 || random.chance(20))) scopes.push_back(k);
  }
  const std::size_t scope = random.pick(scopes);
  std::vector<std::string> roles = countable_roles(policy, scope, random);
  if (roles.empty()) return "";
  std::string text = "constraint \"" + title + "\": ";
  if (roles.size() > 1 && random.chance(50)) {
    const std::size_t number = std::min<std::size_t>(roles.size(), 2 + random.upto(3));
    text += "at most " + std::to_string(random.chance(80) ? number - 1 : random.upto(number)) + " of ";
    for (std::size_t i = 0; i < number; ++i) {
      std::swap(roles[i], roles[i + random.upto(roles.size() - i)]);
      text += (i == 0 ? "" : ", ") + roles[i];
    }
  } else if (random.chance(40)) {
    text += "at most " + std::to_string(random.chance(80) ? 2 + random.upto(3) : random.upto(2)) + " " +
            random.pick(principals) + " is " + random.pick(roles);
  } else if (random.chance(60)) {
    text += "at least " + std::to_string(random.chance(80) ? 1 : 2) + " " +
            (random.chance(70) ? "user" : random.pick(principals)) + " is " + random.pick(roles);
  } else {
    text += "exactly " + std::to_string(random.upto(4)) + " " + random.pick(principals) + " is " +
            random.pick(roles);
  }
  return text + " on " + policy.kinds[scope].name + "\n";
}

// What the builder says of the facts; other errors are a mistake of the test.
struct Built {
  std::set<oracle::Breach> broken;
  bool accepted = false;
  std::string others;
};

Built build(const std::string& lines, const Program& program) {
  snapshot::ReadOptions options;
  options.limits.max_errors = 100'000;
  const snapshot::ReadResult read = snapshot::read_text("facts", lines, snapshot::Format::json_lines,
                                                        program.schema(), program.schema_digest(), options);
  Built built;
  built.accepted = !read.image.empty();
  for (const text::Diagnostic& one : read.diagnostics.list())
    if (one.code == text::DiagCode::constraint_broken)
      built.broken.insert({one.arguments[1], one.arguments[0]});
    else if (text::info(one.code).severity == text::Severity::error)
      built.others += text::render_text(one, read.sources);
  return built;
}

std::string shown(const std::set<oracle::Breach>& broken) {
  std::string text;
  for (const oracle::Breach& one : broken) text += "\n  \"" + one.title + "\" at " + one.entity;
  return text.empty() ? "\n  nothing" : text;
}

void run_case(std::uint64_t seed, Tally& tally) {
  Random random(seed);
  const PolicySpec spec = random_policy(random);
  std::string text = spec.text();
  for (std::size_t i = 1 + random.upto(2); i > 0; --i)
    text += random_constraint(spec, "c" + std::to_string(i), random);
  const CompiledPolicy policy(text);
  const auto where = [&] { return "seed " + std::to_string(seed) + "\n" + text; };
  if (!policy.sound()) {
    // Chance writes conditions that contradict themselves, as in the test of decisions.
    ++tally.refused;
    const bool is_known = policy.findings().find("[PC2086]") != std::string::npos ||
                          policy.findings().find("[PC2046]") != std::string::npos ||
                          policy.findings().find("[PC2048]") != std::string::npos ||
                          policy.findings().find("unknown attribute of") != std::string::npos ||
                          policy.findings().find("[PC901") != std::string::npos ||
                          policy.findings().find("[PC2111]") != std::string::npos ||
                          policy.findings().find("[PC2113]") != std::string::npos ||
                          policy.findings().find("[PC2081]") != std::string::npos;
    if (!is_known) tally.differ("does not compile: " + where() + policy.findings());
    return;
  }
  ++tally.policies;
  const text::LoadedPackage package = text::load_package_from_memory({{"case.policy", text}});
  const oracle::Constraints constraints(package.package);
  for (int round = 0; round < 4; ++round) {
    const oracle::Snapshot facts = random_snapshot(spec, random);
    const std::string lines = to_json_lines(spec, facts, random);
    const Built built = build(lines, *policy.program());
    const std::set<oracle::Breach> expected = constraints.broken(facts);
    ++tally.snapshots;
    tally.broken += expected.empty() ? 0 : 1;
    tally.breaches += expected.size();
    if (!built.others.empty()) return tally.differ("can't read: " + where() + lines + built.others);
    if (built.broken != expected || built.accepted != expected.empty())
      return tally.differ(where() + lines + "the product says:" + shown(built.broken) +
                          "\nthe oracle says:" + shown(expected));
  }
}

TEST(Differential, RandomSnapshotsBreakTheConstraintsThatTheOracleSays) {
  const std::uint64_t wanted = setting("POLICYC_DIFFERENTIAL_SNAPSHOTS", 40'000);
  const std::uint64_t first = setting("POLICYC_DIFFERENTIAL_SEED", 1);
  Tally tally;
  run_until([&] { return tally.snapshots >= wanted || tally.stopped(); }, first,
            [&](std::uint64_t seed) { run_case(seed, tally); });
  const double share = 100.0 * static_cast<double>(tally.broken) / static_cast<double>(tally.snapshots);
  const auto shown = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
  std::printf(
      "seeds from %llu: %llu policies with constraints (%llu more are refused), %llu snapshots, %.1f %% of "
      "them break %llu constraints at an entity\n",
      shown(first), shown(tally.policies), shown(tally.refused), shown(tally.snapshots), share,
      shown(tally.breaches));
  EXPECT_EQ(tally.first_difference(), "");
  EXPECT_GE(tally.snapshots, wanted);
  EXPECT_LE(tally.refused * 4, tally.policies) << "too many generated policies are refused";
  EXPECT_GE(share, 25.0);
  EXPECT_LE(share, 85.0);
}

}  // namespace
}  // namespace policyc::differential
