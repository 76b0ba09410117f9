#pragma once

// What stands between a request and its route: who asks, what the route is, and what the evaluator says.

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <policyc/engine.hpp>

namespace example {

// What a request asks for, in the policy's words.
struct Question {
  std::string subject, action, resource;
};

// GET /documents/plan by ann is document.read on document:plan. None: there is no such route. A path is
// compared letter by letter and never decoded, so that no two spellings of one route exist.
[[nodiscard]] std::optional<Question> question_of(std::string_view method, std::string_view path,
                                                  std::string_view user);

struct Answer {
  bool allowed = false;
  std::string reason;  // "allowed", "default", a rule's id, or an error's code
};

// Thread safety: ask() may be called by any number of threads, also while reload() runs.
class Guard {
 public:
  Guard(std::string program, std::string snapshot)
      : program_path_(std::move(program)), snapshot_path_(std::move(snapshot)) {}

  // Takes both files in, or neither. False: what was in goes on, and health() says so.
  bool reload();
  [[nodiscard]] Answer ask(const Question& question);
  // One JSON object.
  [[nodiscard]] std::string health() const;

 private:
  const std::string program_path_, snapshot_path_;
  policyc::Engine engine_;
  mutable std::mutex trouble_mutex_;
  std::string trouble_;  // of the last reload; empty if it was fine
};

}  // namespace example
