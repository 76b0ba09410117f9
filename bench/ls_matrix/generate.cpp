// ls_matrix_generate SIZE DIRECTORY: writes the workload's snapshot and requests.
//
//   ls_matrix_generate S data/           the small one; M is the medium one
//   ls_matrix_generate 1000 1000 10 1000 10 10 20000 3 data/
//     organizations, then for each: users, workspaces, projects; memberships of a
//     user, tasks of a project, requests, seed
//
// Into the directory go snapshot.jsonl, snapshot.yaml and requests.tsv. Exit
// status: 0 done, 2 usage, 3 a file could not be written.

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include "workload.hpp"

namespace {

using policyc::bench::Sizes;
using policyc::bench::World;

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// Sizes whose counts fit in 32 bits, with somebody and something in every organization.
bool sensible(const Sizes& sizes) {
  constexpr std::uint64_t kMost = 0xFFFFFFFF;
  if (sizes.organizations == 0 || sizes.users_each == 0 || sizes.workspaces_each == 0 ||
      sizes.projects_each == 0 || sizes.tasks_each == 0)
    return false;
  const std::uint64_t organizations = sizes.organizations;
  return organizations * sizes.users_each <= kMost && organizations * sizes.workspaces_each <= kMost &&
         organizations * sizes.projects_each <= kMost / sizes.tasks_each;
}

std::optional<Sizes> sizes_from(int count, char** arguments) {
  if (count == 1 && std::string_view(arguments[0]) == "S") return policyc::bench::kSmall;
  if (count == 1 && std::string_view(arguments[0]) == "M") return policyc::bench::kMedium;
  if (count != 8) return std::nullopt;
  Sizes sizes;
  std::uint32_t* const fields[] = {&sizes.organizations, &sizes.users_each,       &sizes.workspaces_each,
                                   &sizes.projects_each, &sizes.memberships_each, &sizes.tasks_each,
                                   &sizes.requests};
  for (int i = 0; i < 7; ++i)
    if (!read_number(arguments[i], *fields[i])) return std::nullopt;
  if (!read_number(arguments[7], sizes.seed) || !sensible(sizes)) return std::nullopt;
  return sizes;
}

bool write(const std::filesystem::path& path, const World& world,
           void (World::*writer)(std::ostream&) const) {
  std::ofstream out(path, std::ios::binary);
  (world.*writer)(out);
  out.close();
  if (out) return true;
  std::fprintf(stderr, "ls_matrix_generate: cannot write %s\n", path.c_str());
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  const auto sizes = count < 3 ? std::nullopt : sizes_from(count - 2, arguments + 1);
  if (!sizes) {
    std::fputs(
        "usage: ls_matrix_generate S|M DIRECTORY\n"
        "       ls_matrix_generate ORGANIZATIONS USERS WORKSPACES PROJECTS MEMBERSHIPS TASKS REQUESTS SEED "
        "DIRECTORY\n",
        stderr);
    return 2;
  }
  const std::filesystem::path directory = arguments[count - 1];
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);  // a failure shows when the files are written
  const World world(*sizes);
  if (!write(directory / "snapshot.jsonl", world, &World::write_json_lines) ||
      !write(directory / "snapshot.yaml", world, &World::write_yaml) ||
      !write(directory / "requests.tsv", world, &World::write_requests))
    return 3;
  std::printf("%u organizations, %u users, %u projects, %zu memberships, %zu requests\n",
              sizes->organizations, sizes->organizations * sizes->users_each,
              sizes->organizations * sizes->projects_each, world.memberships(), world.questions().size());
  return 0;
}
