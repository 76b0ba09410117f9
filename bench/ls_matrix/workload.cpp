// Draws the organizations and the questions of the ls-matrix workload.
//
// The order in which random numbers are drawn is part of the workload: a change
// of it gives other requests, and figures that can't be compared any more.

#include "workload.hpp"

#include <algorithm>
#include <set>

namespace policyc::bench {
namespace {

using enum Cell;

constexpr Cell kNo = no;
constexpr Cell kYes = yes;

constexpr std::array<Action, kActions> kTable = {{
    {"organization.change_role", Level::organization, {kNo, kNo, kNo, kYes, kYes}},
    {"organization.view_people", Level::organization, {kNo, kNo, kYes, kYes, kYes}},
    {"organization.invite", Level::organization, {kNo, kNo, kNo, kYes, kYes}},
    {"organization.view_activity_log", Level::organization, {kNo, kNo, kNo, kYes, kYes}},
    {"organization.save_template", Level::organization, {kNo, kNo, kYes, kYes, kYes}},
    {"organization.create_workspace", Level::organization, {kNo, kNo, kYes, kYes, kYes}},
    {"workspace.read", Level::workspace, {kYes, kYes, kYes, kYes, kYes}},
    {"workspace.update", Level::workspace, {kNo, kNo, kYes, kYes, kYes}},
    {"workspace.delete", Level::workspace, {kNo, kNo, kYes, kYes, kYes}},
    {"workspace.create_project", Level::workspace, {kNo, kNo, kYes, kYes, kYes}},
    {"project.read", Level::project, {kYes, kYes, kYes, kYes, kYes}},
    {"project.update", Level::project, {kNo, kNo, kYes, kYes, kYes}},
    {"project.delete", Level::project, {kNo, kNo, kYes, kYes, kYes}},
    {"project.import_data", Level::project, {kNo, kNo, kYes, kYes, kYes}},
    {"project.export_data", Level::project, {kNo, kNo, kYes, kYes, kYes}},
    {"project.monitor_agreement", Level::project, {kNo, kYes, kYes, kYes, kYes}},
    {"project.use_api", Level::project, {kNo, kNo, own_or_workspace, kYes, kYes}},
    {"project.view_annotator_dashboard", Level::project, {kYes, kNo, kNo, kNo, kNo}},
    {"task.view_data", Level::task, {assignee_if_permitted, kYes, kYes, kYes, kYes}},
    {"task.assign_annotators", Level::task, {kNo, kYes, kYes, kYes, kYes}},
    {"task.label", Level::task, {kYes, kYes, kYes, kYes, kYes}},
    {"task.review", Level::task, {kNo, kYes, kYes, kYes, kYes}},
    {"task.review_performance", Level::task, {assignee, kYes, kYes, kYes, kYes}},
    {"task.verify_results", Level::task, {kNo, kYes, kYes, kYes, kYes}},
    {"task.assign_reviewers", Level::task, {kNo, kNo, kYes, kYes, kYes}},
    {"task.track_dashboard", Level::task, {assignee, kYes, workspace_or_invited, kYes, kYes}},
}};

constexpr std::array<std::string_view, 4> kLevels = {"organization", "workspace", "project", "task"};
constexpr std::array<std::string_view, kRoles> kRoleNames = {"annotator", "reviewer", "manager",
                                                             "administrator", "owner"};

Role role_at(std::uint32_t index) { return static_cast<Role>(index); }

// 60 % annotators, 20 % reviewers, 12 % managers, 6 % administrators, 2 % owners.
Role role_for_percentile(std::uint32_t percentile) {
  if (percentile < 60) return Role::annotator;
  if (percentile < 80) return Role::reviewer;
  if (percentile < 92) return Role::manager;
  if (percentile < 98) return Role::administrator;
  return Role::owner;
}

}  // namespace

std::string_view name_of(Level level) { return kLevels[static_cast<std::size_t>(level)]; }
std::string_view name_of(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }
const std::array<Action, kActions>& actions() { return kTable; }

World::World(const Sizes& sizes) : sizes_(sizes), state_(sizes.seed) {
  draw_people();
  draw_projects();
  draw_memberships();
  draw_tasks();
  draw_questions();
}

// SplitMix64: small, fast, and the same everywhere, unlike the standard's distributions.
std::uint64_t World::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// The high half of a 64 × 32 bit product, so that no modulo skews the numbers.
std::uint32_t World::below(std::uint32_t bound) {
  const std::uint64_t number = next();
  const std::uint64_t low = (number & 0xFFFFFFFFULL) * bound;
  const std::uint64_t high = (number >> 32) * bound;
  return static_cast<std::uint32_t>((high + (low >> 32)) >> 32);
}

void World::draw_people() {
  const std::uint32_t users = sizes_.organizations * sizes_.users_each;
  user_role_.resize(users);
  user_projects_.resize(users);
  user_workspaces_.resize(users);
  for (std::uint32_t user = 0; user < users; ++user)
    user_role_[user] = sizes_.users_each == kRoles ? role_at(user % kRoles) : role_for_percentile(below(100));
}

void World::draw_projects() {
  const std::uint32_t projects = sizes_.organizations * sizes_.projects_each;
  project_people_.resize(projects);
  for (std::uint32_t project = 0; project < projects; ++project) {
    const std::uint32_t organization = organization_of_project(project);
    project_workspace_.push_back(organization * sizes_.workspaces_each + below(sizes_.workspaces_each));
    // Created by a manager or above, if a thousand tries find one.
    std::uint32_t creator = 0;
    int tries = 0;
    do creator = organization * sizes_.users_each + below(sizes_.users_each);
    while (user_role_[creator] < Role::manager && ++tries < 1000);
    project_creator_.push_back(creator);
    project_view_own_.push_back(static_cast<std::uint8_t>(below(2)));
  }
}

void World::draw_memberships() {
  for (std::uint32_t user = 0; user < user_role_.size(); ++user) {
    const std::uint32_t organization = user / sizes_.users_each;
    const Role own = user_role_[user];
    std::set<std::uint32_t> projects;
    while (projects.size() < std::min(sizes_.memberships_each, sizes_.projects_each))
      projects.insert(organization * sizes_.projects_each + below(sizes_.projects_each));
    for (const std::uint32_t project : projects) {
      // Four of five annotators and reviewers are the same in their projects.
      const bool same = own < Role::manager && below(10) < 8;
      user_projects_[user].push_back({project, same ? own : role_at(below(3))});
      project_people_[project].push_back(user);
    }
    if (own != Role::manager) continue;
    const std::uint32_t joined = std::min(2U, sizes_.workspaces_each > 1 ? sizes_.workspaces_each - 1 : 1U);
    std::set<std::uint32_t> workspaces;
    while (workspaces.size() < joined)
      workspaces.insert(organization * sizes_.workspaces_each + below(sizes_.workspaces_each));
    user_workspaces_[user].assign(workspaces.begin(), workspaces.end());
  }
}

void World::draw_tasks() {
  const std::uint32_t tasks = sizes_.organizations * sizes_.projects_each * sizes_.tasks_each;
  for (std::uint32_t task = 0; task < tasks; ++task) {
    const std::uint32_t project = task / sizes_.tasks_each;
    const std::vector<std::uint32_t>& people = project_people_[project];
    task_assignee_.push_back(people.empty() ? organization_of_project(project) * sizes_.users_each +
                                                  below(sizes_.users_each)
                                            : people[below(static_cast<std::uint32_t>(people.size()))]);
  }
}

// Half of the questions are answered by yes. One in ten goes to an organization
// drawn anew; half of those about projects to one that the user belongs to; a
// third of those about tasks to a task of the user's, if the project has one.
void World::draw_questions() {
  const std::uint32_t users = static_cast<std::uint32_t>(user_role_.size());
  std::uint32_t yeses_left = (sizes_.requests + 1) / 2;
  std::uint32_t noes_left = sizes_.requests / 2;
  questions_.reserve(sizes_.requests);
  while (yeses_left + noes_left > 0) {
    Question question;
    question.user = below(users);
    std::uint32_t organization = question.user / sizes_.users_each;
    question.action = below(kActions);
    const Level level = kTable[question.action].level;
    const std::uint32_t dice = below(10);
    if (dice == 9 && sizes_.organizations > 1) organization = below(sizes_.organizations);
    if (level == Level::organization) {
      question.resource = organization;
    } else if (level == Level::workspace) {
      question.resource = organization * sizes_.workspaces_each + below(sizes_.workspaces_each);
    } else {
      const std::vector<Membership>& own = user_projects_[question.user];
      const std::uint32_t project = dice < 5 && !own.empty()
                                        ? own[below(static_cast<std::uint32_t>(own.size()))].project
                                        : organization * sizes_.projects_each + below(sizes_.projects_each);
      question.resource = project;
      if (level == Level::task) {
        const std::uint32_t first = project * sizes_.tasks_each;
        question.resource = first + below(sizes_.tasks_each);
        if (below(3) == 0)
          for (std::uint32_t task = first; task < first + sizes_.tasks_each; ++task)
            if (task_assignee_[task] == question.user) question.resource = task;
      }
    }
    question.expected = decide(question.user, question.action, question.resource);
    std::uint32_t& left = question.expected ? yeses_left : noes_left;
    if (left == 0) continue;
    --left;
    questions_.push_back(question);
  }
}

const Membership* World::membership(std::uint32_t user, std::uint32_t project) const noexcept {
  const std::vector<Membership>& own = user_projects_[user];
  const auto found =
      std::lower_bound(own.begin(), own.end(), project,
                       [](const Membership& m, std::uint32_t wanted) { return m.project < wanted; });
  return found != own.end() && found->project == project ? &*found : nullptr;
}

bool World::in_workspace(std::uint32_t user, std::uint32_t workspace) const noexcept {
  const std::vector<std::uint32_t>& own = user_workspaces_[user];
  return std::find(own.begin(), own.end(), workspace) != own.end();
}

bool World::decide(std::uint32_t user, std::uint32_t action, std::uint32_t resource) const noexcept {
  const Action& row = kTable[action];
  std::uint32_t project = 0;
  std::uint32_t organization = resource;
  bool own = false;
  switch (row.level) {
    case Level::organization: break;
    case Level::workspace: organization = resource / sizes_.workspaces_each; break;
    case Level::project:
      project = resource;
      organization = organization_of_project(project);
      break;
    case Level::task:
      project = resource / sizes_.tasks_each;
      organization = organization_of_project(project);
      own = task_assignee_[resource] == user;
      break;
  }
  if (organization != user / sizes_.users_each) return false;

  const bool inside = row.level >= Level::project;
  const Membership* joined = inside ? membership(user, project) : nullptr;
  for (std::size_t k = 0; k < kRoles; ++k) {
    const Role role = role_at(static_cast<std::uint32_t>(k));
    const bool by_organization = user_role_[user] == role && (!inside || role >= Role::manager);
    const bool by_project = joined != nullptr && joined->role == role;
    if (!by_organization && !by_project) continue;
    switch (row.cells[k]) {
      case no: break;
      case yes: return true;
      case assignee:
        if (own) return true;
        break;
      case assignee_if_permitted:
        if (own && project_view_own_[project] != 0) return true;
        break;
      case own_or_workspace:
        if (project_creator_[project] == user || in_workspace(user, project_workspace_[project])) return true;
        break;
      case workspace_or_invited:
        if (joined != nullptr || in_workspace(user, project_workspace_[project])) return true;
        break;
    }
  }
  return false;
}

std::size_t World::memberships() const noexcept {
  std::size_t count = user_role_.size();
  for (const auto& projects : user_projects_) count += projects.size();
  for (const auto& workspaces : user_workspaces_) count += workspaces.size();
  return count;
}

}  // namespace policyc::bench
