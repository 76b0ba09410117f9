#pragma once

// What stands between a request and its route: who asks, what the route is, and what the evaluator says.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include <policyc/engine.hpp>

namespace example {

// What a request asks for, in the policy's words.
struct Question {
  std::string subject, action, resource;
};

// Why a request asks for nothing. None of these ever comes to be allowed.
enum class Refusal : std::uint8_t {
  no_user,         // it doesn't say who asks
  malformed_user,  // nobody can be called so here
  malformed_path,  // a document that is spelt as none can be
  no_such_route
};

// GET /documents/plan by ann is document.read on document:plan. A path is compared letter by letter and never
// decoded, so that no two spellings of one route exist: another spelling is malformed.
[[nodiscard]] std::variant<Question, Refusal> question_of(std::string_view method, std::string_view path,
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

  // Takes both files in, or neither. Returns "", or why not: then what was in goes on, and health() says
  // that, and since when.
  [[nodiscard]] std::string reload();
  [[nodiscard]] Answer ask(const Question& question);
  // One JSON object: {"generation":2,"degraded":true,"since":"2026-03-01T09:00:00Z","failed_reloads":1};
  // since is null while the last reload was fine. Why it failed is for the log: it may name what callers
  // needn't know.
  [[nodiscard]] std::string health() const;

 private:
  const std::string program_path_, snapshot_path_;
  policyc::Engine engine_;
  mutable std::mutex health_mutex_;
  std::string degraded_since_;  // when the first reload failed since one was fine; empty: the last one was
  std::uint64_t failed_reloads_ = 0;
};

}  // namespace example
