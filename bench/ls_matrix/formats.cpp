// Writes the workload as snapshots and as a list of requests.

#include <ostream>

#include "workload.hpp"

namespace policyc::bench {
namespace {

const char* yes_or_no(std::uint8_t flag) { return flag != 0 ? "true" : "false"; }

}  // namespace

void World::write_json_lines(std::ostream& out) const {
  std::size_t lines = 0;
  const auto end = [&] {
    out << "}\n";
    ++lines;
  };
  for (std::size_t o = 0; o < sizes_.organizations; ++o) {
    out << R"({"entity":"organization:o)" << o << '"';
    end();
  }
  for (std::size_t w = 0; w < std::size_t{sizes_.organizations} * sizes_.workspaces_each; ++w) {
    out << R"({"entity":"workspace:w)" << w << R"(","in":"organization:o)" << w / sizes_.workspaces_each
        << '"';
    end();
  }
  for (std::size_t u = 0; u < user_role_.size(); ++u) {
    out << R"({"entity":"user:u)" << u << '"';
    end();
    out << R"({"grant":")" << name_of(user_role_[u]) << R"(","to":"user:u)" << u
        << R"(","on":"organization:o)" << u / sizes_.users_each << '"';
    end();
  }
  for (std::size_t p = 0; p < project_workspace_.size(); ++p) {
    out << R"({"entity":"project:p)" << p << R"(","in":"workspace:w)" << project_workspace_[p]
        << R"(","created_by":"user:u)" << project_creator_[p] << R"(","annotators_view_own":)"
        << yes_or_no(project_view_own_[p]);
    end();
  }
  for (std::size_t t = 0; t < task_assignee_.size(); ++t) {
    out << R"({"entity":"task:t)" << t << R"(","in":"project:p)" << t / sizes_.tasks_each
        << R"(","assignee":"user:u)" << task_assignee_[t] << '"';
    end();
  }
  for (std::size_t u = 0; u < user_role_.size(); ++u) {
    for (const std::uint32_t workspace : user_workspaces_[u]) {
      out << R"({"grant":"insider","to":"user:u)" << u << R"(","on":"workspace:w)" << workspace << '"';
      end();
    }
    for (const Membership& joined : user_projects_[u]) {
      out << R"({"grant":")" << name_of(joined.role) << R"(","to":"user:u)" << u << R"(","on":"project:p)"
          << joined.project << '"';
      end();
    }
  }
  out << R"({"end":{"lines":)" << lines << "}}\n";
}

void World::write_yaml(std::ostream& out) const {
  // By organization, workspace and project what the arrays hold by user.
  std::vector<std::vector<std::uint32_t>> workspace_people(std::size_t{sizes_.organizations} *
                                                           sizes_.workspaces_each);
  std::vector<std::vector<std::uint32_t>> workspace_projects(workspace_people.size());
  for (std::uint32_t u = 0; u < user_role_.size(); ++u)
    for (const std::uint32_t workspace : user_workspaces_[u]) workspace_people[workspace].push_back(u);
  for (std::uint32_t p = 0; p < project_workspace_.size(); ++p)
    workspace_projects[project_workspace_[p]].push_back(p);

  const auto grants = [&](std::string_view indent, std::string_view role,
                          const std::vector<std::uint32_t>& users) {
    if (users.empty()) return;
    out << indent << role << ": [";
    for (std::size_t i = 0; i < users.size(); ++i) out << (i == 0 ? "u" : ", u") << users[i];
    out << "]\n";
  };
  const auto by_role = [&](std::string_view indent, auto&& role_of, const std::vector<std::uint32_t>& users) {
    for (std::uint32_t k = 0; k < kRoles; ++k) {
      std::vector<std::uint32_t> held;
      for (const std::uint32_t user : users)
        if (role_of(user) == static_cast<Role>(k)) held.push_back(user);
      grants(indent, name_of(static_cast<Role>(k)), held);
    }
  };

  out << "snapshot: 1\nusers:\n";
  for (std::size_t u = 0; u < user_role_.size(); ++u) out << "  - { id: u" << u << " }\n";
  out << "organizations:\n";
  for (std::uint32_t o = 0; o < sizes_.organizations; ++o) {
    std::vector<std::uint32_t> users;
    for (std::uint32_t i = 0; i < sizes_.users_each; ++i) users.push_back(o * sizes_.users_each + i);
    out << "  - id: o" << o << "\n    grants:\n";
    by_role(
        "      ", [&](std::uint32_t user) { return user_role_[user]; }, users);
    out << "    workspaces:\n";
    for (std::uint32_t i = 0; i < sizes_.workspaces_each; ++i) {
      const std::uint32_t w = o * sizes_.workspaces_each + i;
      out << "      - id: w" << w << '\n';
      if (!workspace_people[w].empty()) out << "        grants:\n";
      grants("          ", "insider", workspace_people[w]);
      if (!workspace_projects[w].empty()) out << "        projects:\n";
      for (const std::uint32_t p : workspace_projects[w]) {
        out << "          - id: p" << p << "\n            created_by: u" << project_creator_[p]
            << "\n            annotators_view_own: " << yes_or_no(project_view_own_[p]) << '\n';
        if (!project_people_[p].empty()) out << "            grants:\n";
        by_role(
            "              ", [&](std::uint32_t user) { return membership(user, p)->role; },
            project_people_[p]);
        if (sizes_.tasks_each > 0) out << "            tasks:\n";
        for (std::uint32_t t = p * sizes_.tasks_each; t < (p + 1) * sizes_.tasks_each; ++t)
          out << "              - { id: t" << t << ", assignee: u" << task_assignee_[t] << " }\n";
      }
    }
  }
}

void World::write_requests(std::ostream& out) const {
  for (const Question& question : questions_) {
    const Action& action = actions()[question.action];
    out << "user:u" << question.user << '\t' << action.name << '\t' << name_of(action.level) << ':'
        << name_of(action.level)[0] << question.resource << '\t' << (question.expected ? '1' : '0') << '\n';
  }
}

}  // namespace policyc::bench
