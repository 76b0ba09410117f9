#include "list_worlds.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

#include "policyc/compiler/compile.hpp"
#include "policyc/snapshot_builder.hpp"
#include "policyc/text/parse.hpp"
#include "world_fixture.hpp"

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
constexpr std::size_t kAsked = 1024;

template <class T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

std::string id(const char* prefix, std::uint32_t number) { return prefix + std::to_string(number); }

}  // namespace

ListWorld million_memberships() {
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
  ListWorld made;
  made.evaluator = std::make_shared<const Evaluator>(must(Evaluator::create(program, snapshot)));
  for (std::uint32_t u = 0; u < kUsers; ++u) made.all_users.push_back(*snapshot->find(user, id("u", u)));
  for (std::uint32_t p = 0; p < kProjects; ++p)
    made.all_projects.push_back(*snapshot->find(project, id("p", p)));
  for (std::size_t i = 0; i < program->actions().size(); ++i)
    made.actions.push_back(static_cast<ActionIndex>(i));
  made.view = "project.view";
  made.memberships = std::size_t{kUsers} * 2 * kOfEach;
  std::mt19937 random(7);
  for (std::size_t i = 0; i < kAsked; ++i) {
    const auto u = static_cast<std::uint32_t>(random() % kUsers);
    made.users.push_back(id("user:u", u));
    made.projects.push_back(id("project:p", u * kOfEach % kLarge));
  }
  return made;
}

ListWorld matrix_of_medium_size() {
  const Loaded& loaded = load_world(kMedium);
  if (loaded.disagreements > 0) {
    std::fputs("the workload's decisions aren't the expected ones\n", stderr);
    std::exit(1);
  }
  const Program& program = loaded.evaluator->program();
  ListWorld made;
  made.evaluator = {std::shared_ptr<void>(), &*loaded.evaluator};  // which stays for good
  made.view = "project.read";
  made.memberships = loaded.world->memberships();
  const std::uint32_t users = kMedium.organizations * kMedium.users_each;
  const std::uint32_t projects = kMedium.organizations * kMedium.projects_each;
  for (std::uint32_t u = 0; u < users; ++u)
    made.all_users.push_back(must(made.evaluator->resolve(id("user:u", u))));
  for (std::uint32_t p = 0; p < projects; ++p)
    made.all_projects.push_back(must(made.evaluator->resolve(id("project:p", p))));
  const KindIndex project = program.schema().find_kind("project");
  for (std::size_t i = 0; i < program.actions().size(); ++i)
    if (program.actions()[i].kind == project) made.actions.push_back(static_cast<ActionIndex>(i));
  std::mt19937 random(8);
  for (std::size_t i = 0; i < kAsked; ++i) {
    const auto u = static_cast<std::uint32_t>(random() % users);
    made.users.push_back(id("user:u", u));
    // Of his organization: what somebody else's project has to say to him is short.
    const auto nth = static_cast<std::uint32_t>(random() % kMedium.projects_each);
    made.projects.push_back(id("project:p", u / kMedium.users_each * kMedium.projects_each + nth));
  }
  return made;
}

}  // namespace policyc::bench
