#include "list_tests.hpp"

#include <map>
#include <set>

#include "inputs.hpp"
#include "test_requests.hpp"
#include "words.hpp"

namespace policyc::cli {
namespace {

using Kind = text::ListExpectation::Kind;

// What a list holds, by name; and what it left out, with the reason.
struct Listed {
  std::set<std::string> names;
  std::map<std::string, std::string> left_out;
  std::optional<Error> error;
};

// Of this action nothing can be said without more than the test gives.
bool is_lacking(ErrorCode code) {
  return code == ErrorCode::missing_parameter || code == ErrorCode::missing_context ||
         code == ErrorCode::now_missing;
}

// An action is left out for what the test doesn't say, never for what it says wrongly.
Listed listed_actions(const Evaluator& evaluator, const Request& request) {
  Listed all;
  const Result<ActionList> list = with_memory(evaluator.list_actions(request));
  if (!list) return {{}, {}, list.error()};
  for (const ActionIndex action : list->actions)
    all.names.insert(name_of_action(evaluator.program(), action));
  for (const ActionList::Unanswered& one : list->unanswered) {
    const std::string name = name_of_action(evaluator.program(), one.action);
    if (!is_lacking(one.error)) {
      Request alone = request;
      alone.action = name;
      return {
          {}, {}, Error{one.error, name + ": " + evaluator.explain_error(alone, evaluator.decide(alone))}};
    }
    all.left_out.emplace(name, policyc::name_of(one.error));
  }
  return all;
}

Listed listed(const Evaluator& evaluator, const Request& request, Kind kind) {
  if (kind == Kind::which) return listed_actions(evaluator, request);
  Listed all;
  const Result<EntityList> list =
      with_memory(kind == Kind::who ? evaluator.list_subjects(request) : evaluator.list_resources(request));
  if (!list) return {{}, {}, list.error()};
  for (const Handle entity : list->entities) all.names.insert(evaluator.name_of(entity));
  for (const KindIndex one : list->everyone)
    all.names.insert(evaluator.program().schema().kinds[one].name + ":*");
  return all;
}

// "a, b and c"
std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "" : i + 1 < names.size() ? ", " : " and ") + names[i];
  return out;
}

std::string in_braces(const std::set<std::string>& names) {
  std::string out = "{";
  for (const std::string& name : names) out += (out.size() > 1 ? ", " : " ") + name;
  return out + (names.empty() ? "}" : " }");
}

}  // namespace

bool judge_list(const Evaluator& evaluator, const text::Test& test, const text::ListExpectation& list,
                text::Diagnostics& diagnostics) {
  Values values;
  const Request request = request_of(evaluator.program(), test, list, values);
  const Listed found = listed(evaluator, request, list.kind);
  if (found.error) {
    const std::string code(policyc::name_of(found.error->code));
    diagnostics.add(text::DiagCode::test_rejected, list.span, {code + ": " + found.error->message, code});
    return false;
  }
  std::set<std::string> expected;
  for (const text::EntityLiteral& one : list.entities) expected.insert(name_of(one));
  for (const text::Path& path : list.actions) expected.insert(wire_name(evaluator.program(), path));
  if (found.names == expected) return true;

  std::vector<std::string> lacks;
  std::vector<std::string> besides;
  for (const std::string& name : expected) {
    if (found.names.contains(name)) continue;
    const auto why = found.left_out.find(name);
    lacks.push_back(why == found.left_out.end() ? name : name + " (" + why->second + ")");
  }
  for (const std::string& name : found.names)
    if (!expected.contains(name)) besides.push_back(name);
  std::string what = lacks.empty() ? "" : "lacks " + joined(lacks);
  if (!besides.empty()) what += (what.empty() ? "has " : ", and has ") + joined(besides) + " besides";
  std::set<std::string> whole;
  for (const std::string& name : found.names) whole.insert(written(name));
  diagnostics.add(text::DiagCode::test_wrong_list, list.list_span, {what, in_braces(whole)});
  return false;
}

}  // namespace policyc::cli
