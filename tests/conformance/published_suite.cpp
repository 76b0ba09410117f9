#include "published_suite.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string_view>

namespace policyc::conformance {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw std::runtime_error(where + ": " + why);
}

void check_keys(const Json& object, std::initializer_list<std::string_view> required,
                std::initializer_list<std::string_view> optional, const std::string& where) {
  if (!object.is_object()) refuse(where, "not an object");
  for (const std::string_view key : required)
    if (!object.contains(key)) refuse(where, "'" + std::string(key) + "' is missing");
  for (const auto& [key, value] : object.items())
    if (std::find(required.begin(), required.end(), key) == required.end() &&
        std::find(optional.begin(), optional.end(), key) == optional.end())
      refuse(where, "unknown key '" + key + "'");
}

std::string text_of(const Json& object, const char* key, const std::string& where) {
  const Json& value = object.at(key);
  if (!value.is_string() || value.get<std::string>().empty())
    refuse(where, "'" + std::string(key) + "' is not a text");
  return value.get<std::string>();
}

std::size_t count_of(const Json& object, const char* key, const std::string& where) {
  const Json& value = object.at(key);
  if (!value.is_number_unsigned() || value.get<std::size_t>() == 0)
    refuse(where, "'" + std::string(key) + "' is not a number above 0");
  return value.get<std::size_t>();
}

PublishedCase case_of(const Json& object, const PublishedSuite& suite, const std::string& file) {
  std::string where = file + ": a case";
  check_keys(object, {"case", "path", "requests"}, {"decisions", "folder", "licence", "unsaid"}, where);
  PublishedCase published;
  published.name = text_of(object, "case", where);
  where = file + ": " + published.name;
  published.path = text_of(object, "path", where);
  published.licence = object.contains("licence") ? text_of(object, "licence", where) : suite.licence;
  published.requests = count_of(object, "requests", where);
  published.decisions =
      object.contains("decisions") ? count_of(object, "decisions", where) : published.requests;
  if (published.decisions < published.requests) refuse(where, "fewer decisions than requests");
  if (object.contains("folder")) published.folder = text_of(object, "folder", where);
  if (object.contains("unsaid")) {
    if (!object.at("unsaid").is_array()) refuse(where, "'unsaid' is not a list");
    for (const Json& entry : object.at("unsaid")) {
      check_keys(entry, {"requests", "why"}, {}, where + ": unsaid");
      published.unsaid.push_back({count_of(entry, "requests", where), text_of(entry, "why", where)});
    }
  }
  const std::size_t unsaid = unsaid_of(published);
  if (unsaid > published.decisions) refuse(where, "more is unsaid than it publishes");
  if (!published.folder && unsaid != published.decisions)
    refuse(where, "it has no folder, and doesn't say why for each of its requests");
  if (published.folder && unsaid == published.decisions) refuse(where, "it has a folder, and all is unsaid");
  return published;
}

PublishedSuite suite_of(const fs::path& folder) {
  const std::string file = (folder / "suite.json").string();
  std::ifstream in(file, std::ios::binary);
  if (!in) refuse(file, "can't be read");
  const Json json = Json::parse(in);
  check_keys(json, {"suite", "source", "cases"}, {"without_requests"}, file);
  check_keys(json.at("source"), {"repo", "commit", "licence"}, {}, file + ": source");

  PublishedSuite suite;
  suite.name = text_of(json, "suite", file);
  if (suite.name != folder.filename()) refuse(file, "it is named '" + suite.name + "', unlike its folder");
  suite.repository = text_of(json.at("source"), "repo", file);
  suite.commit = text_of(json.at("source"), "commit", file);
  suite.licence = text_of(json.at("source"), "licence", file);
  if (!json.at("cases").is_array() || json.at("cases").empty()) refuse(file, "it has no cases");
  std::set<std::string> names;
  std::set<std::string> folders;
  for (const Json& entry : json.at("cases")) {
    suite.cases.push_back(case_of(entry, suite, file));
    const PublishedCase& published = suite.cases.back();
    if (!names.insert(published.name).second) refuse(file, published.name + " stands there twice");
    if (published.folder) folders.insert(*published.folder);
  }
  for (const Json& name : json.value("without_requests", Json::array())) {
    suite.without_requests.push_back(name.get<std::string>());
    if (!names.insert(suite.without_requests.back()).second)
      refuse(file, suite.without_requests.back() + " stands there twice");
  }
  for (const std::string& name : folders)
    if (!fs::is_directory(folder / name)) refuse(file, "there is no folder '" + name + "'");
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory() && !folders.contains(entry.path().filename().string()))
      refuse(file, "no case names the folder '" + entry.path().filename().string() + "'");
  return suite;
}

}  // namespace

std::size_t unsaid_of(const PublishedCase& published) {
  std::size_t sum = 0;
  for (const Unsaid& unsaid : published.unsaid) sum += unsaid.requests;
  return sum;
}

SuiteResult read_suite(const std::string& folder) {
  try {
    return {suite_of(folder), ""};
  } catch (const std::exception& error) {  // also what the JSON library and the file system throw
    return {std::nullopt, error.what()};
  }
}

}  // namespace policyc::conformance
