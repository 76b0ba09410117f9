#include "guard.hpp"

#include <array>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

namespace example {
namespace {

// An id that needs no spelling: what a path can't say plainly is no route.
bool is_plain(std::string_view id) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !id.empty() && id.size() <= 100 && id.find_first_not_of(kLetters) == std::string_view::npos;
}

std::optional<std::vector<std::byte>> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  const std::vector<char> text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto bytes = std::as_bytes(std::span(text));
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

// 2026-03-01T09:00:00Z
std::string now_in_words() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

std::variant<Question, Refusal> question_of(std::string_view method, std::string_view path,
                                            std::string_view user) {
  constexpr std::string_view kDocuments = "/documents/";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kActions = {
      {{"GET", "document.read"}, {"PUT", "document.edit"}, {"DELETE", "document.delete"}}};
  if (user.empty()) return Refusal::no_user;
  if (!is_plain(user)) return Refusal::malformed_user;
  if (!path.starts_with(kDocuments)) return Refusal::no_such_route;
  if (!is_plain(path.substr(kDocuments.size()))) return Refusal::malformed_path;
  for (const auto& [verb, action] : kActions)
    if (verb == method)
      return Question{"user:" + std::string(user), std::string(action),
                      "document:" + std::string(path.substr(kDocuments.size()))};
  return Refusal::no_such_route;
}

std::string Guard::reload() {
  std::string trouble;
  const auto program_bytes = bytes_of(program_path_);
  const auto snapshot_bytes = bytes_of(snapshot_path_);
  if (!program_bytes || !snapshot_bytes) {
    trouble = "an image can't be read";
  } else if (auto program = policyc::Program::load(*program_bytes, policyc::Trust::unsigned_local());
             !program) {
    trouble = program.error().message;
  } else if (auto snapshot =
                 policyc::Snapshot::load(*snapshot_bytes, program->schema(), program->schema_digest());
             !snapshot) {
    trouble = snapshot.error().message;
  } else if (auto loaded = engine_.reload(std::move(*program), std::move(*snapshot)); !loaded) {
    trouble = loaded.error().message;
  }
  const std::lock_guard lock(health_mutex_);
  if (trouble.empty()) {
    degraded_since_.clear();
  } else {
    ++failed_reloads_;
    if (degraded_since_.empty()) degraded_since_ = now_in_words();
  }
  return trouble;
}

Answer Guard::ask(const Question& question) {
  // A reader belongs to its thread.
  thread_local policyc::Reader reader = engine_.reader();
  const policyc::Request request{.subject = question.subject,
                                 .action = question.action,
                                 .resource = question.resource,
                                 .now = std::chrono::duration_cast<std::chrono::microseconds>(
                                            std::chrono::system_clock::now().time_since_epoch())
                                            .count()};
  // While it lasts, the decision and its reasons are of one policy.
  const policyc::Reader::Pin pin = reader.pin();
  const policyc::Decision decision = reader.decide(request);
  // This server carries out no obligations, so it lets through nothing that has some.
  if (decision.allowed() && decision.obliged) return {false, "obliged"};
  if (decision.allowed()) return {true, "allowed"};
  if (decision.why == policyc::Why::error) return {false, std::string(policyc::name_of(decision.error))};
  std::array<policyc::RuleIndex, 1> first{};
  const auto count = reader.reasons(request, decision, first);
  if (!count || *count == 0) return {false, "default"};
  return {false, pin.evaluator()->program().rules()[first[0]].id};
}

std::string Guard::health() const {
  const policyc::EngineStats stats = engine_.stats();
  const std::lock_guard lock(health_mutex_);
  const bool degraded = !degraded_since_.empty();
  return "{\"generation\":" + std::to_string(stats.generation) +
         ",\"degraded\":" + (degraded ? "true" : "false") +
         ",\"since\":" + (degraded ? '"' + degraded_since_ + '"' : "null") +
         ",\"failed_reloads\":" + std::to_string(failed_reloads_) + "}\n";
}

}  // namespace example
