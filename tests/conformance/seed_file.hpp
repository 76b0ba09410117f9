#pragma once

// The seed vectors' format: two or more organizations and, for each request, the
// decision that is expected. Any file of the format will do; nothing here knows
// the users, organizations or numbers of a particular one.

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace policyc::conformance {

// What the guide's table says about a request, conditions left aside.
enum class LiteralCell { none, deny, allow, conditional };

struct Vector {
  std::string subject;   // "user:ann"
  std::string action;    // "task.label"
  std::string resource;  // "task:t1"
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string channel;  // in which `expected` holds: ui or api_token
  bool expected = false;
  bool expected_by_token = false;
  LiteralCell literal = LiteralCell::none;
};

struct SeedFile {
  // The organizations as JSON Lines. The literal policy knows no statuses: there,
  // whoever isn't active has no role.
  std::string snapshot;
  std::string literal_snapshot;
  std::vector<Vector> vectors;
};

// Reads a file of the format. Whatever it doesn't know (a key, an action, a role)
// is an error that says where, never something skipped.
struct SeedResult {
  std::optional<SeedFile> file;
  std::string error;
};
[[nodiscard]] SeedResult read_seed_file(const std::string& path);

}  // namespace policyc::conformance
