#include "request_json.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "limits.hpp"
#include "policyc/program.hpp"
#include "policyc/text/diagnostic.hpp"
#include "text_values.hpp"

namespace policyc::cli {
namespace {

using nlohmann::json;

// nlohmann keeps the last of two equal keys; for an authorization request that
// is a way to say two things at once, so it is refused.
class DuplicateKeys {
 public:
  bool operator()(int /*depth*/, json::parse_event_t event, json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start: open_.emplace_back(); break;
      case json::parse_event_t::object_end: open_.pop_back(); break;
      case json::parse_event_t::key:
        if (!open_.back().insert(parsed.get<std::string>()).second && !twin_)
          twin_ = parsed.get<std::string>();
        break;
      default: break;
    }
    return true;
  }
  [[nodiscard]] const std::optional<std::string>& twin() const noexcept { return twin_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::optional<std::string> twin_;  // may be the empty key
};

// What other systems call the same.
struct Familiar {
  std::string_view other, ours;
};
constexpr Familiar kFamiliar[] = {{"principal", "subject"},
                                  {"user", "subject"},
                                  {"actor", "subject"},
                                  {"object", "resource"},
                                  {"target", "resource"},
                                  {"permission", "action"},
                                  {"verb", "action"},
                                  {"operation", "action"},
                                  {"parameters", "params"},
                                  {"arguments", "params"},
                                  {"args", "params"},
                                  {"time", "now"},
                                  {"at", "now"},
                                  {"environment", "context"},
                                  {"kind", "type"},
                                  {"name", "id"},
                                  {"in", "parent"},
                                  {"properties", "attributes"},
                                  {"attrs", "attributes"},
                                  {"onBehalfOf", "on_behalf_of"}};

// The kind in an object that names an entity. A ':' in it would move where kind and id part.
bool names_kind(const json& object) {
  return object.contains("type") && object["type"].is_string() &&
         object["type"].get_ref<const std::string&>().find(':') == std::string::npos;
}

// Where a key is not among those that there are: the sentence about it; else "".
std::string unknown_key(const json& object, const std::string& what, const std::vector<std::string>& keys) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    std::string said = what;
    said.append(" has an unknown key '").append(key).append("'");
    for (const Familiar& familiar : kFamiliar)
      if (familiar.other == key && std::find(keys.begin(), keys.end(), familiar.ours) != keys.end())
        return said + "; did you mean '" + std::string(familiar.ours) + "'?";
    if (const std::string near = text::did_you_mean(key, keys); !near.empty())
      return said.append("; ").append(near);
    said += ": it may have";
    for (std::size_t i = 0; i < keys.size(); ++i)
      said += (i == 0 ? " '" : i + 1 < keys.size() ? ", '" : " and '") + keys[i] + "'";
    return said;
  }
  return {};
}

}  // namespace

std::string_view OwnedRequest::keep(std::string text) { return texts_.emplace_back(std::move(text)); }

std::string OwnedRequest::convert(const json& value, Value& out, int depth) {
  if (depth > kMaxValueDepth) return "a value is nested too deeply";
  switch (value.type()) {
    case json::value_t::boolean: out = Value::boolean(value.get<bool>()); return {};
    case json::value_t::number_integer: out = Value::integer(value.get<std::int64_t>()); return {};
    case json::value_t::number_unsigned:
      if (value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        return "a number is out of range";
      out = Value::integer(value.get<std::int64_t>());
      return {};
    case json::value_t::number_float: return "numbers are whole: " + value.dump();
    case json::value_t::string: out = Value::string(keep(value.get<std::string>())); return {};
    case json::value_t::array: {
      std::vector<Value>& list = lists_.emplace_back(value.size());
      for (std::size_t i = 0; i < value.size(); ++i)
        if (std::string wrong = convert(value[i], list[i], depth + 1); !wrong.empty()) return wrong;
      out = Value::list(list);
      return {};
    }
    case json::value_t::object:
      // An entity as an object, as in subject and resource.
      if (value.size() != 2 || !names_kind(value) || !value.contains("id") || !value["id"].is_string())
        return "a value is an object: write entities as \"kind:id\" or {\"type\", \"id\"}";
      out = Value::string(keep(value["type"].get<std::string>() + ":" + value["id"].get<std::string>()));
      return {};
    default: return "null is no value: leave the field out";
  }
}

std::string OwnedRequest::convert_map(const json& value, std::string_view what,
                                      std::span<const NamedValue>& out) {
  if (!value.is_object()) return std::string(what) + " must be an object";
  std::vector<NamedValue>& map = maps_.emplace_back();
  map.reserve(value.size());
  for (const auto& [key, member] : value.items()) {
    NamedValue named{keep(key), {}};
    if (std::string wrong = convert(member, named.value, 0); !wrong.empty())
      return std::string(what).append(".").append(key).append(": ").append(wrong);
    map.push_back(named);
  }
  out = map;
  return {};
}

std::string OwnedRequest::set_subject(const json& value) {
  if (value.is_string()) {
    request.subject = keep(value.get<std::string>());
    return {};
  }
  if (!value.is_object()) return "subject must be \"kind:id\" or an object";
  if (std::string wrong = unknown_key(value, "subject", {"type", "id", "attributes"}); !wrong.empty())
    return wrong;
  if (!names_kind(value) || !value.contains("id") || !value["id"].is_string())
    return "subject needs \"type\", a kind, and \"id\", both strings";
  request.subject = keep(value["type"].get<std::string>() + ":" + value["id"].get<std::string>());
  if (value.contains("attributes"))
    return convert_map(value["attributes"], "subject.attributes", request.subject_attributes);
  return {};
}

std::string OwnedRequest::set_on_behalf_of(const json& value) {
  Value entity;
  if (!value.is_string() && !value.is_object()) return "on_behalf_of must be \"kind:id\" or an object";
  if (value.is_object() && value.contains("attributes"))
    return "on_behalf_of takes no attributes: those of a request are the subject's";
  if (std::string wrong = convert(value, entity, 0); !wrong.empty())
    return "on_behalf_of must be \"kind:id\" or an object of \"type\" and \"id\"";
  request.on_behalf_of = entity.text;
  return {};
}

std::string OwnedRequest::set_resource(const json& value, const Program& program, const Snapshot& snapshot) {
  if (value.is_string()) {
    request.resource = keep(value.get<std::string>());
    return {};
  }
  if (!value.is_object()) return "resource must be \"kind:id\", \"system\" or an object";
  if (std::string wrong = unknown_key(value, "resource", {"type", "id", "parent", "attributes"});
      !wrong.empty())
    return wrong;
  if (!names_kind(value)) return "resource needs \"type\", a string that names a kind";
  const std::string type = value["type"].get<std::string>();
  std::string id;
  if (value.contains("id")) {
    if (!value["id"].is_string()) return "resource.id must be a string";
    id = value["id"].get<std::string>();
  }
  if (value.contains("parent")) {
    const json& parent = value["parent"];
    if (parent.is_string())
      request.parent = keep(parent.get<std::string>());
    else if (parent.is_object() && parent.contains("type") && parent["type"].is_string() &&
             parent.contains("id") && parent["id"].is_string())
      request.parent = keep(parent["type"].get<std::string>() + ":" + parent["id"].get<std::string>());
    else
      return "resource.parent must be \"kind:id\"";
  }
  // What the snapshot has is asked by its id alone; anything else is described here.
  const KindIndex kind = program.find_kind(type);
  const bool known = kind != kNoIndex && !id.empty() && snapshot.find(kind, id).has_value();
  request.resource_inline = type != "system" && (!known || value.contains("parent"));
  request.resource = type == "system" ? keep("system") : keep(id.empty() ? type : type + ":" + id);
  if (value.contains("attributes"))
    return convert_map(value["attributes"], "resource.attributes", request.resource_attributes);
  return {};
}

std::string OwnedRequest::set_action(const json& value) {
  if (!value.is_string()) return "action must be a string like \"task.label\"";
  request.action = keep(value.get<std::string>());
  return {};
}

std::string OwnedRequest::set_now(const json& value) {
  if (!value.is_string()) return "now must be a string like \"2026-03-01T00:00:00Z\"";
  request.now = vm::parse_time(value.get<std::string>());
  return request.now ? "" : wrong_instant(value.get<std::string>());
}

std::string OwnedRequest::set_context(const json& value) {
  return convert_map(value, "context", request.context);
}

std::string OwnedRequest::set_parameters(const json& value) {
  return convert_map(value, "params", request.parameters);
}

std::string parse_object(std::string_view text, json& value) {
  DuplicateKeys keys;
  value = json::parse(text, std::ref(keys), /*allow_exceptions=*/false);
  if (value.is_discarded() || !value.is_object()) return "not a JSON object";
  return keys.twin() ? "the key '" + *keys.twin() + "' stands twice" : "";
}

std::string parse_request_line(std::string_view line, const Program& program, const Snapshot& snapshot,
                               OwnedRequest& out, ErrorCode& code) {
  code = ErrorCode::malformed;
  json value;
  std::string wrong = parse_object(line, value);
  if (wrong.empty())
    wrong = unknown_key(value, "the request",
                        {"subject", "action", "resource", "context", "params", "now", "on_behalf_of"});
  if (!wrong.empty()) return wrong;
  for (const char* key : {"subject", "action", "resource"})
    if (!value.contains(key)) return std::string("'") + key + "' is missing";
  if (wrong = out.set_subject(value["subject"]); !wrong.empty()) return wrong;
  if (value.contains("on_behalf_of"))
    if (wrong = out.set_on_behalf_of(value["on_behalf_of"]); !wrong.empty()) return wrong;
  if (wrong = out.set_action(value["action"]); !wrong.empty()) return wrong;
  if (wrong = out.set_resource(value["resource"], program, snapshot); !wrong.empty()) return wrong;
  if (value.contains("context"))
    if (wrong = out.set_context(value["context"]); !wrong.empty()) return wrong;
  if (value.contains("params"))
    if (wrong = out.set_parameters(value["params"]); !wrong.empty()) return wrong;
  if (value.contains("now"))
    if (wrong = out.set_now(value["now"]); !wrong.empty()) return wrong;
  return {};
}

std::string wrong_instant(std::string_view text) {
  return "now is no RFC 3339 time with a zone: '" + std::string(text) +
         "'; write it like 2026-03-01T09:00:00Z or 2026-03-01T10:00:00+01:00";
}

std::string word_or_object(const std::string& what, const std::string& text, json& value) {
  value = text;
  if (text.empty() || text.front() != '{') return {};
  const std::string wrong = parse_object(text, value);
  return wrong.empty() ? "" : what + ": " + wrong + R"(; write it like '{"type": "user", "id": "ann"}')";
}

std::string set_from_options(OwnedRequest& owned, const std::string& context, const std::string& parameters,
                             const std::string& now) {
  const auto object = [](const std::string& option, const std::string& text, const char* example,
                         json& value) -> std::string {
    const std::string wrong = parse_object(text, value);
    if (wrong.empty() || value.is_object()) return wrong.empty() ? "" : option + ": " + wrong;
    return option + ": " + wrong + "; write it like " + option + " '" + example + "'";
  };
  json value;
  std::string wrong;
  if (!context.empty()) {
    wrong = object("--context", context, R"({"channel": "web"})", value);
    if (wrong.empty()) wrong = owned.set_context(value);
  }
  if (wrong.empty() && !parameters.empty()) {
    wrong = object("--params", parameters, R"({"to": "user:ann", "count": 3})", value);
    if (wrong.empty()) wrong = owned.set_parameters(value);
  }
  if (wrong.empty() && !now.empty()) wrong = owned.set_now(now);
  if (!owned.has_now()) owned.request.now = clock_now();
  return wrong;
}

bool is_entity(std::string_view text) noexcept {
  return text.find(':') != std::string_view::npos || text == "system";
}
bool is_action(std::string_view text) noexcept {
  return text.find('.') != std::string_view::npos && !is_entity(text);
}

std::int64_t clock_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::optional<std::int64_t> parse_instant(std::string_view text) { return vm::parse_time(text); }

}  // namespace policyc::cli
