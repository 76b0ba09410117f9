// policyc init: a package to start from. `policyc check` is green on it at once, and each of its lines shows
// something that the next policy will need.

#include <sys/stat.h>

#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "policyc/compiler/matrix.hpp"

namespace policyc::cli {
namespace {

constexpr std::string_view kPolicy =
    R"(/// Who may do what with documents. Every line that begins with allow or forbid is one permission.
policy documents version "1"
language 1

subject user {}

scope team {
  archived: bool = false
  role member                       // roles are granted in snapshots
  role lead includes member         // a lead is a member, too
  action invite "Invite people"
}

scope document in team {
  created_by: user
  role author from created_by       // this one follows from an attribute
  action read, edit, delete
}

allow member to document.read
allow author to document.edit
allow lead   to document.{edit, delete}, team.invite

condition in_archive on team "archived" = team.archived

@id("archived") @reason("the team is archived")
forbid anyone to document.{edit, delete} when in_archive

test "people of the team" on "sample.yaml" {
  user:ann may     document.edit   on document:plan
  user:bob may     document.read   on document:plan
  user:bob may not document.delete on document:plan  because default
  user:lea may     document.delete on document:plan
}

test "others, and archives" on "sample.yaml" {
  user:eve may not document.read on document:plan    because default
  user:lea may not document.edit on document:attic   because "archived"
}

matrix "Documents" {
  columns member as "Member", author as "Author", lead as "Lead"
  section "Team" { row "Invite people" team.invite }
  section "Documents" {
    row "Read"   document.read
    row "Edit"   document.edit
    row "Delete" document.delete
  }
}
)";

constexpr std::string_view kSnapshot =
    R"(# Who is who: an excerpt of your data, small enough to read, for the tests of the policy.
snapshot: 1
users: [ { id: ann }, { id: bob }, { id: eve }, { id: lea } ]
teams:
  - id: blue
    grants: { lead: [lea], member: [ann, bob] }
    documents:
      - { id: plan, created_by: ann }
  - id: red
    archived: true
    grants: { lead: [lea] }
    documents:
      - { id: attic, created_by: lea }
)";

// It builds policyc from its sources, since a package would have to lie somewhere. Which sources is the one
// thing that nobody but the reader knows: a workflow that doesn't know either says so, and ends.
constexpr std::string_view kGithub = R"(name: policy
on: [pull_request, push]
env:
  # Where policyc's sources are, OWNER/NAME on GitHub, and which: the whole hash of a commit, so that nobody can
  # exchange what judges your policies. `git rev-parse HEAD` in policyc's folder prints it.
  POLICYC_REPOSITORY: ""
  POLICYC_COMMIT: ""
jobs:
  check:
    runs-on: ubuntu-latest
    container: debian:12
    steps:
      - name: policyc's sources are named
        run: |
          case "$POLICYC_REPOSITORY:$POLICYC_COMMIT" in
            :*|*:) echo "::error file=.github/workflows/policy.yml::fill in POLICYC_REPOSITORY and POLICYC_COMMIT"; exit 1 ;;
          esac
      - name: what policyc is built with
        run: |
          apt-get update
          apt-get install -y --no-install-recommends ca-certificates git g++ cmake ninja-build tao-pegtl-dev \
            libyaml-cpp-dev libsimdjson-dev libxxhash-dev libcli11-dev nlohmann-json3-dev
      - uses: actions/checkout@v4
      - uses: actions/cache@v4
        id: built
        with:
          path: /usr/local/bin/policyc
          key: policyc-${{ env.POLICYC_COMMIT }}
      - name: policyc, built
        if: steps.built.outputs.cache-hit != 'true'
        run: |
          git init -q /tmp/policyc && cd /tmp/policyc
          git fetch -q --depth 1 "https://github.com/$POLICYC_REPOSITORY" "$POLICYC_COMMIT"
          git checkout -q FETCH_HEAD
          cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DPOLICYC_BUILD_TESTS=OFF -DPOLICYC_BUILD_BINDINGS=OFF
          cmake --build build --target policyc_cli
          install build/policyc /usr/local/bin/policyc
      - run: policyc check . --format github --deny-warnings
      - run: policyc matrix . --check PERMISSIONS.md
)";

// The table of the policy that was just written.
std::string table_of(const std::string& policy) {
  const PolicyInput input = open_policy(policy);
  if (!input.program || !input.loaded) return {};
  return compiler::render(compiler::compute_matrices(*input.compiled.model, input.loaded->sources),
                          compiler::TableFormat::markdown);
}

std::vector<std::string> policies_in(const std::filesystem::path& folder) {
  std::vector<std::string> found;
  for (const std::string& name : names_in(folder.string()))
    if (ends_with(name, ".policy") && name != ".policy")
      found.push_back((folder / name).lexically_normal().string());
  return found;
}

}  // namespace

ExitStatus init(const InitOptions& options) {
  namespace fs = std::filesystem;
  if (options.folder == "-") {
    print_trouble("init writes into a folder, and '-' is none: write ./- for one of that name");
    return kUsage;
  }
  const fs::path folder = options.folder;
  std::vector<std::pair<fs::path, std::string_view>> files = {{folder / "documents.policy", kPolicy},
                                                              {folder / "sample.yaml", kSnapshot}};
  // What runs there guards a published table, too: it is written last, from the policy itself.
  const bool with_ci = options.ci == "github";
  if (with_ci) {
    files.emplace_back(folder / ".github" / "workflows" / "policy.yml", kGithub);
    files.emplace_back(folder / "PERMISSIONS.md", "");
  }

  // All or nothing, and never over something that is there.
  std::error_code code;
  std::string there;
  for (const auto& [path, text] : files)
    if (fs::exists(fs::symlink_status(path, code)))
      there += (there.empty() ? "'" : ", '") + path.lexically_normal().string() + "'";
  // Beside a policy of one's own the new one would be part of the same package.
  for (const std::string& policy : policies_in(folder))
    if (there.find("'" + policy + "'") == std::string::npos)
      there += (there.empty() ? "'" : ", '") + policy + "'";
  if (!there.empty()) {
    print_trouble("there is already " + there + "; init starts new packages only: name another folder");
    return kFindings;
  }
  for (const auto& [path, text] : files) {
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), code);
    if (code) {
      print_trouble("cannot make '" + path.parent_path().string() + "': " + code.message());
      return kInputOutput;
    }
    const bool is_table = with_ci && &path == &files.back().first;
    const std::string content = is_table ? table_of(files.front().first.string()) : std::string(text);
    if (const IoError error = write_bytes(path.string(), std::as_bytes(std::span(content))); !error.empty()) {
      print_trouble(error);
      return kInputOutput;
    }
  }
  std::string said;
  for (const auto& [path, text] : files) said += path.lexically_normal().string() + "\n";
  said += "next: policyc check " + folder.lexically_normal().string() + "\n";
  const IoError error = print(said);
  print_trouble(error);
  return error.empty() ? kDone : kInputOutput;
}

}  // namespace policyc::cli
