// From the seed vectors' format to our snapshots and requests.

#include "seed_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string_view>

namespace policyc::conformance {
namespace {

using Json = nlohmann::json;

// Whom or what our action is asked of, and what it needs to know besides.
enum class Asked { organization, workspace, project, task, system };
enum class Needs { nothing, target, target_and_role, whose };

struct Translation {
  std::string_view theirs;
  std::string_view ours;
  Asked asked;
  Needs needs;
};

constexpr std::array kTranslations = {
    Translation{"user.change_role", "organization.change_role", Asked::organization, Needs::target_and_role},
    Translation{"people_page.view", "organization.view_people", Asked::organization, Needs::nothing},
    Translation{"org.invite", "organization.invite", Asked::organization, Needs::nothing},
    Translation{"org.create", "system.create_organization", Asked::system, Needs::nothing},
    Translation{"invitation.approve", "organization.approve_invitation", Asked::organization, Needs::nothing},
    Translation{"owner.change", "organization.change_owner", Asked::organization, Needs::nothing},
    Translation{"account_page.view", "organization.view_account_page", Asked::organization, Needs::whose},
    Translation{"activity_log.view", "organization.view_activity_log", Asked::organization, Needs::nothing},
    Translation{"annotator_dashboard.view", "organization.view_annotator_dashboard", Asked::organization,
                Needs::whose},
    Translation{"template.save", "organization.save_template", Asked::organization, Needs::nothing},
    Translation{"workspace.create", "organization.create_workspace", Asked::organization, Needs::nothing},
    Translation{"workspace.see", "workspace.see", Asked::workspace, Needs::nothing},
    Translation{"workspace.read", "workspace.read", Asked::workspace, Needs::nothing},
    Translation{"workspace.update", "workspace.update", Asked::workspace, Needs::nothing},
    Translation{"workspace.delete", "workspace.delete", Asked::workspace, Needs::nothing},
    Translation{"project.create", "workspace.create_project", Asked::workspace, Needs::nothing},
    Translation{"project.read", "project.read", Asked::project, Needs::nothing},
    Translation{"project.update", "project.update", Asked::project, Needs::nothing},
    Translation{"project.delete", "project.delete", Asked::project, Needs::nothing},
    Translation{"data.import", "project.import_data", Asked::project, Needs::nothing},
    Translation{"data.export", "project.export_data", Asked::project, Needs::nothing},
    Translation{"agreement.monitor", "project.monitor_agreement", Asked::project, Needs::nothing},
    Translation{"results.verify", "project.verify_results", Asked::project, Needs::nothing},
    Translation{"performance.review", "project.review_performance", Asked::project, Needs::whose},
    Translation{"dashboard.track", "project.track_dashboard", Asked::project, Needs::whose},
    Translation{"data.view", "task.view_data", Asked::task, Needs::nothing},
    Translation{"labeling.access", "task.label", Asked::task, Needs::nothing},
    Translation{"review.access", "task.review", Asked::task, Needs::nothing},
    Translation{"annotation.create", "task.create_annotation", Asked::task, Needs::nothing},
    Translation{"task.assign_annotator", "task.assign_annotator", Asked::task, Needs::target},
    Translation{"task.assign_reviewer", "task.assign_reviewer", Asked::task, Needs::target},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kRoles = {
    {{"Annotator", "annotator"},
     {"Reviewer", "reviewer"},
     {"Manager", "manager"},
     {"Administrator", "administrator"},
     {"Owner", "owner"}}};

// Inside this file alone a broken input is an exception, as it is for the JSON
// library; read_seed_file turns both into a message.
[[noreturn]] void refuse(const std::string& why) { throw std::runtime_error(why); }

void only_keys(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      refuse("unknown key \"" + key + "\" in " + object.dump());
}

std::string entity(std::string_view kind, const Json& id) {
  return std::string(kind) + ':' + id.get_ref<const std::string&>();
}

std::string role_of(const Json& name) {
  for (const auto& [theirs, ours] : kRoles)
    if (name == theirs) return std::string(ours);
  refuse("unknown role " + name.dump());
}

Json users(const Json& ids) {
  Json list = Json::array();
  for (const Json& id : ids) list.push_back(entity("user", id));
  return list;
}

// The two snapshots in the making.
struct Writer {
  std::string strict;
  std::string literal;

  void strict_line(const Json& fact) { strict += fact.dump() + '\n'; }
  void literal_line(const Json& fact) { literal += fact.dump() + '\n'; }
  void line(const Json& fact) {
    strict_line(fact);
    literal_line(fact);
  }
};

void write_membership(Writer& writer, const Json& membership) {
  only_keys(membership, {"user", "org", "role", "status"});
  const std::string user = entity("user", membership.at("user"));
  const std::string organization = entity("organization", membership.at("org"));
  const std::string status = membership.value("status", "active");
  const bool active = status == "active";
  if (!active && status != "not_activated" && status != "deactivated")
    refuse("unknown status in " + membership.dump());
  const auto grant = [&](const std::string& role) {
    return Json{{"grant", role}, {"to", user}, {"on", organization}};
  };
  if (const Json& role = membership.at("role"); !role.is_null()) {
    writer.strict_line(grant(role_of(role)));
    if (active) writer.literal_line(grant(role_of(role)));
  }
  if (!active) writer.strict_line(grant(status));
}

void write_snapshot(Writer& writer, const Json& snapshot) {
  only_keys(snapshot, {"organizations", "users", "memberships", "workspaces", "projects", "tasks"});
  for (const Json& user : snapshot.at("users")) {
    only_keys(user, {"id"});
    writer.line({{"entity", entity("user", user.at("id"))}});
  }
  for (const Json& organization : snapshot.at("organizations")) {
    only_keys(organization, {"id"});
    writer.line({{"entity", entity("organization", organization.at("id"))}});
  }
  std::set<std::pair<std::string, std::string>> workspace_organizations;
  for (const Json& workspace : snapshot.at("workspaces")) {
    only_keys(workspace, {"id", "org", "created_by", "members"});
    workspace_organizations.emplace(workspace.at("id"), workspace.at("org"));
    writer.line({{"entity", entity("workspace", workspace.at("id"))},
                 {"in", entity("organization", workspace.at("org"))},
                 {"created_by", entity("user", workspace.at("created_by"))},
                 {"people", users(workspace.at("members"))}});
  }
  for (const Json& project : snapshot.at("projects")) {
    only_keys(project, {"id", "org", "workspace", "created_by", "members", "settings"});
    only_keys(project.at("settings"), {"annotators_view_data"});
    if (!workspace_organizations.contains({project.at("workspace"), project.at("org")}))
      refuse("the workspace of " + project.dump() + " is in another organization, or nowhere");
    writer.line({{"entity", entity("project", project.at("id"))},
                 {"in", entity("workspace", project.at("workspace"))},
                 {"created_by", entity("user", project.at("created_by"))},
                 {"invited", users(project.at("members"))},
                 {"annotators_view_own", project.at("settings").at("annotators_view_data").get<bool>()}});
  }
  for (const Json& task : snapshot.at("tasks")) {
    only_keys(task, {"id", "project", "annotators", "reviewers"});
    writer.line({{"entity", entity("task", task.at("id"))},
                 {"in", entity("project", task.at("project"))},
                 {"annotators", users(task.at("annotators"))},
                 {"reviewers", users(task.at("reviewers"))}});
  }
  for (const Json& membership : snapshot.at("memberships")) write_membership(writer, membership);
}

// What the request is asked of, in our terms; checks that their resource is of
// the kind that the action has to do with.
std::string asked_of(const Translation& action, const Json& vector) {
  const Json& resource = vector.at("resource");
  const std::string type = resource.at("type");
  const auto must_be = [&](std::string_view kind) {
    if (type != kind) refuse("a resource of another type than " + std::string(kind) + ": " + vector.dump());
  };
  switch (action.asked) {
    case Asked::system: return "system";
    case Asked::organization:
      if (action.needs == Needs::nothing) {
        must_be("organization");
        if (resource.at("id") != vector.at("organization")) refuse("two organizations in " + vector.dump());
      }
      return entity("organization", vector.at("organization"));
    case Asked::workspace: must_be("workspace"); return entity("workspace", resource.at("id"));
    case Asked::project:
      if (action.needs == Needs::whose) return entity("project", resource.at("project"));
      must_be("project");
      return entity("project", resource.at("id"));
    case Asked::task: must_be("task"); return entity("task", resource.at("id"));
  }
  refuse("unreachable");
}

LiteralCell literal_of(const Json& cell) {
  if (cell.is_null()) return LiteralCell::none;
  if (cell == "deny") return LiteralCell::deny;
  if (cell == "allow") return LiteralCell::allow;
  if (cell == "conditional") return LiteralCell::conditional;
  refuse("unknown cell " + cell.dump());
}

Vector translate(const Json& vector) {
  only_keys(vector, {"subject", "role_in_org", "action", "organization", "resource", "channel",
                     "literal_cell", "strict", "strict_api_token"});
  const auto action =
      std::find_if(kTranslations.begin(), kTranslations.end(),
                   [&](const Translation& translation) { return vector.at("action") == translation.theirs; });
  if (action == kTranslations.end()) refuse("unknown action " + vector.at("action").dump());
  const Json& resource = vector.at("resource");
  only_keys(resource, {"type", "id", "project", "target", "new_role"});

  Vector out;
  out.subject = entity("user", vector.at("subject"));
  out.action = action->ours;
  out.resource = asked_of(*action, vector);
  switch (action->needs) {
    case Needs::nothing: break;
    case Needs::target: out.parameters = {{"target", entity("user", resource.at("target"))}}; break;
    case Needs::target_and_role:
      out.parameters = {{"target", entity("user", resource.at("id"))},
                        {"new_role", role_of(resource.at("new_role"))}};
      break;
    case Needs::whose: out.parameters = {{"whose", entity("user", resource.at("id"))}}; break;
  }
  out.channel = vector.at("channel");
  if (out.channel != "ui" && out.channel != "api_token") refuse("unknown channel in " + vector.dump());
  out.expected = vector.at("strict");
  out.expected_by_token = vector.at("strict_api_token");
  out.literal = literal_of(vector.at("literal_cell"));
  return out;
}

}  // namespace

SeedResult read_seed_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return {std::nullopt, path + ": cannot be read"};
  try {
    const Json json = Json::parse(in);
    only_keys(json, {"note", "snapshot", "vectors"});
    SeedFile file;
    Writer writer;
    write_snapshot(writer, json.at("snapshot"));
    for (const Json& vector : json.at("vectors")) file.vectors.push_back(translate(vector));
    if (file.vectors.empty()) refuse("no vectors");
    file.snapshot = std::move(writer.strict);
    file.literal_snapshot = std::move(writer.literal);
    return {std::move(file), {}};
  } catch (const std::exception& error) {
    return {std::nullopt, path + ": " + error.what()};
  }
}

}  // namespace policyc::conformance
