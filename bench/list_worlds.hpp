#pragma once

// What lists are measured on: two snapshots, and what is asked of each.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "policyc/evaluator.hpp"

namespace policyc::bench {

struct ListWorld {
  std::shared_ptr<const Evaluator> evaluator;
  std::string view;                             // the action whose lists are asked for, "project.view"
  std::vector<std::string> users;               // whose lists, in random order
  std::vector<std::string> projects;            // of which projects, in random order
  std::vector<Handle> all_users, all_projects;  // what could be in a list
  std::vector<ActionIndex> actions;             // of projects
  std::size_t memberships = 0;
};

// 100 organizations of 100 projects and one million memberships: every one of 20,000 users has 25 of the 500
// large projects, which have 1,000 members each, and 25 of the others. `projects` are large ones.
[[nodiscard]] ListWorld million_memberships();

// ls-matrix M: who may read a project, which his organization, or he himself, was given.
[[nodiscard]] ListWorld matrix_of_medium_size();

}  // namespace policyc::bench
