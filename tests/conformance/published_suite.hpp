#pragma once

// suite.json: which cases another engine publishes, where, and what we make of each. Nothing here knows the
// cases of a particular suite.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace policyc::conformance {

// Decisions that our language can't be asked for, and which construct is missing.
struct Unsaid {
  std::size_t requests = 0;
  std::string why;
};

struct PublishedCase {
  std::string name;
  std::string path;     // in the suite's source
  std::string licence;  // the suite's, but where a case has its own
  std::size_t requests = 0;
  std::size_t decisions = 0;          // more than the requests where one asks for several
  std::optional<std::string> folder;  // the package that says the case; cases of one model share it
  std::vector<Unsaid> unsaid;
};

struct PublishedSuite {
  std::string name;
  std::string repository;
  std::string commit;
  std::string licence;
  std::vector<PublishedCase> cases;
  std::vector<std::string> without_requests;  // cases that ask nothing, by their names
};

[[nodiscard]] std::size_t unsaid_of(const PublishedCase& published);

// Reads FOLDER/suite.json. A key that it doesn't know, one that is missing, a name of another suite, a case
// twice, and a package that no case names are errors that say where.
struct SuiteResult {
  std::optional<PublishedSuite> suite;
  std::string error;
};
[[nodiscard]] SuiteResult read_suite(const std::string& folder);

}  // namespace policyc::conformance
