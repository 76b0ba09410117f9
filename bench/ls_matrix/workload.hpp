#pragma once

// The ls-matrix workload: organizations of any size, requests with the decision
// that is expected of each, and that decision as a person would write it by hand.
//
// Everything follows from the sizes and the seed: the same numbers give the same
// bytes on every machine. The policy that says the same is `ls_matrix.policy`.

#include <array>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace policyc::bench {

struct Sizes {
  std::uint32_t organizations = 1;
  std::uint32_t users_each = 5;        // per organization
  std::uint32_t workspaces_each = 2;   // per organization
  std::uint32_t projects_each = 10;    // per organization
  std::uint32_t memberships_each = 3;  // of projects, per user
  std::uint32_t tasks_each = 10;       // per project
  std::uint32_t requests = 2000;
  std::uint64_t seed = 1;
};

// S: one organization that fits any cache. M: 100 organizations, 10,000 users and
// projects, about 100,000 memberships.
inline constexpr Sizes kSmall{};
inline constexpr Sizes kMedium{100, 100, 5, 100, 10, 10, 20000, 2};

enum class Level : std::uint8_t { organization, workspace, project, task };
enum class Role : std::uint8_t { annotator, reviewer, manager, administrator, owner };
inline constexpr std::size_t kRoles = 5;

[[nodiscard]] std::string_view name_of(Level level);
[[nodiscard]] std::string_view name_of(Role role);

// What a cell of the table says.
enum class Cell : std::uint8_t {
  no,
  yes,
  assignee,               // the task is the subject's
  assignee_if_permitted,  // and its project lets annotators view their own
  own_or_workspace,       // created the project, or belongs to its workspace
  workspace_or_invited,   // belongs to the workspace, or to the project
};

struct Action {
  std::string_view name;  // "task.label"
  Level level = Level::organization;
  std::array<Cell, kRoles> cells{};
};
inline constexpr std::size_t kActions = 26;
[[nodiscard]] const std::array<Action, kActions>& actions();

// A question by numbers: user u3, action 19, task t8.
struct Question {
  std::uint32_t user = 0;
  std::uint32_t action = 0;
  std::uint32_t resource = 0;  // of the action's level
  bool expected = false;
};

struct Membership {
  std::uint32_t project = 0;
  Role role = Role::annotator;
};

// Organizations as plain arrays: ids are indices, an entity's parent follows from
// its index (or stands in an array), so that `decide` is as fast as by-hand code
// gets without giving up on being readable.
class World {
 public:
  explicit World(const Sizes& sizes);

  // The table, written out: what an evaluator is compared with.
  [[nodiscard]] bool decide(std::uint32_t user, std::uint32_t action, std::uint32_t resource) const noexcept;

  [[nodiscard]] const std::vector<Question>& questions() const noexcept { return questions_; }
  [[nodiscard]] const Sizes& sizes() const noexcept { return sizes_; }
  [[nodiscard]] std::size_t memberships() const noexcept;

  // The same facts for the readers of snapshots.
  void write_json_lines(std::ostream& out) const;
  void write_yaml(std::ostream& out) const;

  // subject, action, resource, 1 or 0, separated by tabs: `user:u3 task.label task:t8 1`.
  void write_requests(std::ostream& out) const;

 private:
  void draw_people();
  void draw_projects();
  void draw_memberships();
  void draw_tasks();
  void draw_questions();
  [[nodiscard]] std::uint64_t next();
  [[nodiscard]] std::uint32_t below(std::uint32_t bound);

  [[nodiscard]] const Membership* membership(std::uint32_t user, std::uint32_t project) const noexcept;
  [[nodiscard]] bool in_workspace(std::uint32_t user, std::uint32_t workspace) const noexcept;
  [[nodiscard]] std::uint32_t organization_of_project(std::uint32_t project) const noexcept {
    return project / sizes_.projects_each;
  }

  Sizes sizes_;
  std::uint64_t state_ = 0;                                  // of the random numbers
  std::vector<Role> user_role_;                              // in the user's organization
  std::vector<std::vector<Membership>> user_projects_;       // ascending by project
  std::vector<std::vector<std::uint32_t>> user_workspaces_;  // ascending
  std::vector<std::uint32_t> project_workspace_;
  std::vector<std::uint32_t> project_creator_;
  std::vector<std::uint8_t> project_view_own_;
  std::vector<std::vector<std::uint32_t>> project_people_;  // in the order of joining
  std::vector<std::uint32_t> task_assignee_;
  std::vector<Question> questions_;
};

}  // namespace policyc::bench
