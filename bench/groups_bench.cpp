// What groups cost: the same roles held by four grants of one's own, and by four
// nested groups with a grant each.
//
//   direct    each user holds a role on four projects
//   grouped   each user is in a team of three people, which is in another, and so on
//             up to the fourth; each team holds the role on one project
//
// 2^18 random questions over 4,096 users and their 16,384 projects, half of them
// allowed; the answer to one decides which is next, so that nothing is asked before.
// Both worlds give the same answers, which is checked first.

#include <cstdio>
#include <cstdlib>
#include <functional>
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

constexpr const char* kPolicy = R"(policy groups
language 1
subject user {}
group team in organization of user, team {}
scope organization {}
scope project in organization { role editor  action edit }
allow editor to project.edit
)";
constexpr std::uint32_t kUsers = 4096;
constexpr std::uint32_t kNested = 4;
constexpr std::uint32_t kQuestions = 1U << 18;

struct World {
  std::optional<Evaluator> evaluator;
  std::vector<Query> questions;
};

template <class T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

std::string id(const char* prefix, std::uint32_t number) { return prefix + std::to_string(number); }

World world(bool grouped) {
  const text::LoadedPackage package = text::load_package_from_memory({{"groups.policy", kPolicy}});
  auto program = std::make_shared<const Program>(
      must(Program::load(compiler::compile(package).image, Trust::unsigned_local())));
  const Schema& schema = program->schema();
  const KindIndex user = schema.find_kind("user");
  const KindIndex team = schema.find_kind("team");
  const KindIndex organization = schema.find_kind("organization");
  const KindIndex project = schema.find_kind("project");
  const RoleIndex editor = schema.find_role(project, "editor");
  SnapshotBuilder builder(schema, program->schema_digest());
  builder.entity(organization, "acme", kNoIndex, {}, {}, 0);
  for (std::uint32_t u = 0; u < kUsers; ++u) {
    builder.entity(user, id("u", u), kNoIndex, {}, {}, 0);
    for (std::uint32_t i = 0; i < kNested; ++i) {
      // Of three people that share their projects, the first one's.
      const std::uint32_t shared = u / 3 * 3 * kNested + i;
      builder.entity(project, id("p", u * kNested + i), organization, "acme", {}, 0);
      if (!grouped) {
        builder.grant(user, id("u", u), editor, project, id("p", shared), 0);
        continue;
      }
      if (u % 3 == 0) {
        builder.entity(team, id("t", shared), organization, "acme", {}, 0);
        builder.grant(team, id("t", shared), editor, project, id("p", shared), 0);
        if (i > 0) builder.member(team, id("t", shared), team, id("t", shared - 1), 0);
      }
      if (i == 0) builder.member(team, id("t", shared), user, id("u", u), 0);
    }
  }
  const SnapshotBuilder::Output built = builder.finish();
  World made;
  auto snapshot =
      std::make_shared<const Snapshot>(must(Snapshot::load(built.image, schema, program->schema_digest())));
  made.evaluator = must(Evaluator::create(program, snapshot));
  const ActionIndex edit = *program->find_action("project.edit");
  std::mt19937 random(7);
  for (std::uint32_t i = 0; i < kQuestions; ++i) {
    const std::uint32_t u = random() % kUsers;
    const std::uint32_t own = u / 3 * 3 * kNested + random() % kNested;
    const std::uint32_t asked = random() % 2 == 0 ? own : random() % (kUsers * kNested);
    made.questions.push_back(
        {*snapshot->find(user, id("u", u)), *snapshot->find(project, id("p", asked)), edit});
  }
  return made;
}

void decide(benchmark::State& state, const World& of) {
  std::size_t at = 0;
  std::size_t allowed = 0;
  for (auto _ : state) {
    const bool may = of.evaluator->decide(of.questions[at]).allowed();
    allowed += may ? 1U : 0U;
    at = (at + (may ? 1U : 2U)) % kQuestions;
  }
  benchmark::DoNotOptimize(allowed);
}

}  // namespace
}  // namespace policyc::bench

int main(int argc, char** argv) {
  using namespace policyc::bench;
  const World direct = world(false);
  const World grouped = world(true);
  std::size_t allowed = 0;
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const bool may = direct.evaluator->decide(direct.questions[i]).allowed();
    allowed += may ? 1U : 0U;
    if (may != grouped.evaluator->decide(grouped.questions[i]).allowed()) return 1;
  }
  std::printf("%u questions, %.0f %% allowed, no disagreement\n", kQuestions,
              100.0 * static_cast<double>(allowed) / kQuestions);
  benchmark::RegisterBenchmark("direct", decide, std::cref(direct));
  benchmark::RegisterBenchmark("grouped", decide, std::cref(grouped));
  return run_benchmarks(argc, argv, {{"grouped", "direct", 2.0}});
}
