#pragma once

// Requests as JSON: the command's options and the lines of `eval --requests`.

#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/program.hpp"
#include "policyc/request.hpp"
#include "policyc/snapshot.hpp"

namespace policyc::cli {

// A Request with the memory that its views refer to. Not copyable, since the
// views would go on pointing at the original.
class OwnedRequest {
 public:
  OwnedRequest() = default;
  OwnedRequest(const OwnedRequest&) = delete;
  OwnedRequest& operator=(const OwnedRequest&) = delete;

  Request request;

  // Each returns "" or what is wrong, for an error answer with code `malformed`.
  // Entities are "kind:id" or {"type","id","parent","attributes"}.
  std::string set_subject(const nlohmann::json& value);
  std::string set_on_behalf_of(const nlohmann::json& value);
  std::string set_resource(const nlohmann::json& value, const Program& program, const Snapshot& snapshot);
  std::string set_action(const nlohmann::json& value);
  std::string set_now(const nlohmann::json& value);
  std::string set_context(const nlohmann::json& value);
  std::string set_parameters(const nlohmann::json& value);

  [[nodiscard]] bool has_now() const noexcept { return request.now.has_value(); }

 private:
  std::string_view keep(std::string text);
  std::string convert(const nlohmann::json& value, Value& out, int depth);
  std::string convert_map(const nlohmann::json& value, std::string_view what,
                          std::span<const NamedValue>& out);

  std::deque<std::string> texts_;  // stable addresses
  std::deque<std::vector<Value>> lists_;
  std::deque<std::vector<NamedValue>> maps_;
};

// An object, no key of which stands twice. "" or what is wrong.
std::string parse_object(std::string_view text, nlohmann::json& value);

// A whole line of a requests file. "" or what is wrong; `code` is then the reason's code.
std::string parse_request_line(std::string_view line, const Program& program, const Snapshot& snapshot,
                               OwnedRequest& out, ErrorCode& code);

// What is wrong with a time that parse_instant refuses.
std::string wrong_instant(std::string_view text);

// A word of the command line that may be "kind:id" or a JSON object. "" or what is wrong.
std::string word_or_object(const std::string& what, const std::string& text, nlohmann::json& value);

// What the options of a verb say of a request: context and parameters are JSON objects, and an empty text is
// none; the time is the clock's where none is given. "" or what is wrong.
std::string set_from_options(OwnedRequest& owned, const std::string& context, const std::string& parameters,
                             const std::string& now);

// An action is SCOPE.ACTION, without a ':'; an entity has one.
[[nodiscard]] bool is_entity(std::string_view text) noexcept;
[[nodiscard]] bool is_action(std::string_view text) noexcept;

// Only the command reads a clock; the evaluator is told the time.
[[nodiscard]] std::int64_t clock_now();

// RFC 3339 with a zone → microseconds since the epoch.
std::optional<std::int64_t> parse_instant(std::string_view text);

}  // namespace policyc::cli
