#pragma once

// Conditions over one small world: what is wrong with each, or the term that it is.

#include <string>

#include "expressions.hpp"
#include "unit/rules_fixture.hpp"

namespace policyc::compiler::testing {

inline const std::string kWorld = R"(
enum state { draft, review, final }
enum plan { free, paid }
subject user { level: int = 0  email: string = ""  boss: user?  home: team? }
subject service { level: int = 0  owner: user  home: team? }
context { address: ip?  channel: string  at: time? }
role operator
scope team {
  plan: plan = free
  networks: set<ip> = {}
  role member
  role lead includes member
  action view, list
}
scope project in team {
  owner: user
  open: bool = false
  due: time?
  role editor from owner
  action read
}
scope folder in folder, team {
  label: string?
  role keeper
}
scope task in project, folder {
  state: state = draft
  title: string = ""
  limit: int = 3
  extra: int?
  done: bool?
  due: time?
  length: duration = 8h
  people: set<user> = {}
  helpers: set<user | service> = {}
  tags: set<string> = {}
  needed: role of team
  maker: user | service
  role editor
  role worker from people
  action look
  action edit(who: user, as: role of team, to: state = draft, n: int = 1)
}
condition opened on project = project.open
condition guarded on project = project.due is set and now < project.due
)";

// "task.look", or "task.edit" for what asks for parameters.
inline std::string forbid_worker(const std::string& clauses) {
  const char* action = clauses.find("action.") == std::string::npos ? "look" : "edit";
  return kWorld + "forbid worker to task." + action + " " + clauses;
}

// The codes of the errors alone; "" if there is none.
inline std::string errors_of(const std::string& policy) {
  const Analyzed result = analyzed(policy);
  std::string codes;
  for (const text::Diagnostic& one : result.diagnostics.list())
    if (text::info(one.code).severity == text::Severity::error)
      codes += (codes.empty() ? "" : " ") + text::info(one.code).id;
  EXPECT_EQ(codes.empty(), result.model.has_value()) << policy;
  return codes;
}

// What `when` means in a rule on a task.
inline Term term_of(const std::string& condition) {
  Analyzed result = analyzed(forbid_worker("when " + condition));
  EXPECT_TRUE(result.model) << condition << "\n" << result.report();
  if (!result.model || result.model->uses.empty() || !result.model->uses[0].when) return {};
  return *result.model->uses[0].when;
}

}  // namespace policyc::compiler::testing
