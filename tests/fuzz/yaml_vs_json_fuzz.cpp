// One document in JSON, and the same one written as YAML: both are snapshots with the same image, or neither
// is one.

#include <nlohmann/json.hpp>

#include "fixture.hpp"

namespace {

using nlohmann::json;

// Every text in quotes, everything on lines of its own.
void write_yaml(const json& value, std::size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, one] : value.items()) {
      out += "\n" + margin + json(key).dump() + ":";
      write_yaml(one, indent + 1, out);
    }
  } else if (value.is_array() && !value.empty()) {
    for (const json& one : value) {
      out += "\n" + margin + "-";
      write_yaml(one, indent + 1, out);
    }
  } else {
    out += " " + value.dump();
  }
}

// What one format has and the other hasn't: a number that is no integer is text in YAML, and a text with
// control characters is written otherwise.
bool is_comparable(const json& value) {
  if (value.is_number_float() || value.is_null()) return false;
  if (value.is_string())
    for (const char c : value.get_ref<const std::string&>())
      if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) return false;
  for (const auto& [key, one] : value.items())
    if (value.is_object() ? !is_comparable(json(key)) || !is_comparable(one)
                          : value.is_array() && !is_comparable(one))
      return false;
  return true;
}

int depth_of(const json& value) {
  int depth = 0;
  if (value.is_structured())
    for (const json& one : value) depth = std::max(depth, depth_of(one));
  return depth + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using policyc::snapshot::Format;
  const json value = json::parse(data, data + size, nullptr, false);
  if (!value.is_object() || depth_of(value) > 40 || !is_comparable(value)) return 0;
  std::string yaml;
  write_yaml(value, 0, yaml);
  const auto from_json = policyc::fuzz::read_facts(value.dump(), Format::json);
  const auto from_yaml = policyc::fuzz::read_facts(yaml + "\n", Format::yaml);
  if (from_json.image == from_yaml.image) return 0;
  std::string findings;
  for (const auto* read : {&from_json, &from_yaml})
    for (const policyc::text::Diagnostic& one : read->diagnostics.list())
      findings += policyc::text::render_text(one, read->sources);
  policyc::fuzz::fail("JSON and YAML differ: " + value.dump() + yaml + "\n" + findings);
}
