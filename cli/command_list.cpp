// policyc list: who may do something, on what somebody may do it, and what somebody may do there.

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "policyc/text/diagnostic.hpp"
#include "progress.hpp"
#include "request_json.hpp"
#include "words.hpp"

namespace policyc::cli {
namespace {

using nlohmann::ordered_json;
using What = ListOptions::What;

constexpr const char* kEveryone = ":*";

std::string dumped(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

// The command's cursors outlive it, so they name the snapshot by its digest: DIGEST-PLACE.
std::string cursor_text(const Evaluator& evaluator, const Cursor& cursor) {
  return to_hex(evaluator.snapshot().digest()) + "-" + std::to_string(cursor.after);
}

std::optional<Error> read_cursor(const Evaluator& evaluator, const std::string& text, Cursor& cursor) {
  const std::size_t dash = text.find('-');
  const std::string place = dash == std::string::npos ? "" : text.substr(dash + 1);
  const char* const end = place.data() + place.size();
  const auto [stop, wrong] = std::from_chars(place.data(), end, cursor.after);
  if (place.empty() || wrong != std::errc() || stop != end)
    return Error{ErrorCode::malformed, "'" + text + "' is no cursor that policyc list printed"};
  if (text.substr(0, dash) != to_hex(evaluator.snapshot().digest()))
    return Error{ErrorCode::stale_handle, "the cursor is of another snapshot: begin again without --after"};
  cursor.epoch = evaluator.snapshot().epoch();
  return std::nullopt;
}

// Words in another order, or of another sort, than the verb takes.
std::string wrong_words(const ListOptions& options) {
  if (options.what == What::subjects && is_entity(options.action) && is_action(options.resource))
    return "the action comes before what it is asked of: " + options.resource + " " + options.action;
  if (options.what != What::resources) return {};
  if (is_action(options.subject) && is_entity(options.action))
    return "who asks comes first: " + options.action + " " + options.subject + " " + options.resource;
  if (const std::size_t colon = options.resource.find(':'); colon != std::string::npos)
    return "'" + options.resource + "' is one entity: give the kind, " + options.resource.substr(0, colon);
  return {};
}

std::string fill(OwnedRequest& owned, const ListOptions& options, const Evaluator& evaluator) {
  nlohmann::json value;
  std::string wrong = wrong_words(options);
  if (wrong.empty() && !options.subject.empty()) {
    wrong = word_or_object("subject", options.subject, value);
    if (wrong.empty()) wrong = owned.set_subject(value);
  }
  if (wrong.empty() && options.on_behalf_of) {
    wrong = word_or_object("--on-behalf-of", *options.on_behalf_of, value);
    if (wrong.empty()) wrong = owned.set_on_behalf_of(value);
  }
  if (wrong.empty()) wrong = owned.set_action(options.action);
  // Where a kind is asked for, nothing is described.
  value = options.resource;
  if (wrong.empty() && options.what != What::resources)
    wrong = word_or_object("resource", options.resource, value);
  if (wrong.empty()) wrong = owned.set_resource(value, evaluator.program(), evaluator.snapshot());
  return wrong.empty() ? set_from_options(owned, options.context, options.params, options.now) : wrong;
}

// A list that could not be made is none, and never an empty one.
ordered_json frame(const ListOptions& options) {
  if (options.what == What::actions) return {{"actions", nullptr}, {"unanswered", nullptr}};
  return {{"entities", nullptr}, {"everyone", nullptr}, {"next", nullptr}};
}

ordered_json ended(ordered_json out, const Evaluator* evaluator) {
  if (!out.contains("error")) out["error"] = nullptr;
  out["policy"] = nullptr;
  out["snapshot"] = nullptr;
  if (evaluator == nullptr) return out;
  out["policy"] = to_hex(evaluator->program().digest());
  out["snapshot"] = to_hex(evaluator->snapshot().digest());
  return out;
}

ExitStatus give_up(const ListOptions& options, const Evaluator* evaluator, const Error& error,
                   ExitStatus status) {
  if (!options.json) {
    // What is wrong with the words themselves needs no code.
    const bool is_of_words = error.code == ErrorCode::malformed;
    print_trouble((is_of_words ? "" : std::string(policyc::name_of(error.code)) + ": ") + error.message);
    return status;
  }
  ordered_json out = frame(options);
  out["diagnostics"] = ordered_json::array();
  out["error"] = {{"code", policyc::name_of(error.code)}, {"message", error.message}};
  if (const IoError wrong = print(dumped(ended(std::move(out), evaluator))); !wrong.empty())
    return print_trouble(wrong), kInputOutput;
  return status;
}

// A question that can't be answered is a wrong use of the command, but for what lies in the machine.
ExitStatus refused(const ListOptions& options, const Evaluator& evaluator, const Error& error) {
  const bool is_ours = error.code == ErrorCode::internal || error.code == ErrorCode::out_of_memory;
  return give_up(options, &evaluator, error, is_ours ? status_of(error) : kUsage);
}

ExitStatus handed_out(const ListOptions& options, const Evaluator& evaluator, const Request& request,
                      ordered_json json, const std::string& lines, const std::string& notes) {
  std::string ignored;
  ordered_json diagnostics = ordered_json::array();
  for (const RequestDiagnostic& diagnostic : evaluator.diagnostics(request)) {
    diagnostics.push_back(to_json(diagnostic));
    ignored += "policyc: ignored: '" + diagnostic.name + "' is not declared, or not taken from the request\n";
  }
  json["diagnostics"] = std::move(diagnostics);
  const std::string out = options.json ? dumped(ended(std::move(json), &evaluator)) : lines;
  if (const IoError error = print(out); !error.empty()) return print_trouble(error), kInputOutput;
  if (!options.json) std::fputs((notes + ignored).c_str(), stderr);
  return kDone;
}

ExitStatus answer(const ListOptions& options, const Evaluator& evaluator, const Request& request,
                  const EntityList& list) {
  ordered_json json = frame(options);
  std::string lines;
  json["entities"] = ordered_json::array();
  json["everyone"] = ordered_json::array();
  for (const KindIndex kind : list.everyone) {
    const std::string& name = evaluator.program().schema().kinds[kind].name;
    json["everyone"].push_back(name);
    lines += name + kEveryone + '\n';
  }
  for (const Handle entity : list.entities) {
    const std::string name = evaluator.name_of(entity);
    if (options.json)
      json["entities"].push_back(name);
    else
      lines += name + '\n';
  }
  std::string notes;
  if (list.next) {
    const std::string next = cursor_text(evaluator, *list.next);
    json["next"] = next;
    notes = "policyc: there are more: --after " + next + '\n';
  }
  return handed_out(options, evaluator, request, std::move(json), lines, notes);
}

ExitStatus answer(const ListOptions& options, const Evaluator& evaluator, const Request& request,
                  const ActionList& list) {
  ordered_json json = frame(options);
  std::string lines;
  std::string notes;
  json["actions"] = ordered_json::array();
  json["unanswered"] = ordered_json::array();
  for (const ActionIndex action : list.actions) {
    const std::string name = name_of_action(evaluator.program(), action);
    json["actions"].push_back(name);
    lines += name + '\n';
  }
  for (const ActionList::Unanswered& one : list.unanswered) {
    const std::string name = name_of_action(evaluator.program(), one.action);
    Request asked = request;
    asked.action = name;
    Decision decision;
    decision.why = Why::error;
    decision.error = one.error;
    decision.detail = one.detail;
    const std::string code(policyc::name_of(one.error));
    const std::string why = evaluator.explain_error(asked, decision);
    json["unanswered"].push_back({{"action", name}, {"code", code}, {"message", why}});
    notes.append("policyc: left out: ").append(name).append(": ").append(code).append(": ").append(why) +=
        '\n';
  }
  return handed_out(options, evaluator, request, std::move(json), lines, notes);
}

// A long list comes in parts, so that it can be told how far it has come.
constexpr std::size_t kPart = 65'536;

template <class Ask>
Result<EntityList> in_parts(const ListOptions& options, Page page, Ask ask) {
  Progress progress("listing", options.what == What::subjects ? "subjects" : "resources");
  const std::size_t most = page.most;
  EntityList all;
  for (bool more = true; more;) {
    page.most = std::min(kPart, most - all.entities.size());
    Result<EntityList> part = ask(page);
    if (!part) return part;
    all.entities.insert(all.entities.end(), part->entities.begin(), part->entities.end());
    all.everyone.insert(all.everyone.end(), part->everyone.begin(), part->everyone.end());
    all.generation = part->generation;
    all.next = part->next;
    page.after = part->next;
    more = all.next && all.entities.size() < most;
    progress.at(all.entities.size(), 0);
  }
  return all;
}

}  // namespace

ExitStatus list(const ListOptions& options) {
  const PolicyInput policy = open_policy(options.policy);
  if (!policy.program) {
    if (policy.loaded) print_findings(policy.compiled.diagnostics, policy.loaded->sources);
    print_trouble(policy.trouble);
    return give_up(options, nullptr, {ErrorCode::not_loaded, "the policy has errors"}, policy.status);
  }
  const SnapshotInput snapshot = open_snapshot(options.snapshot, *policy.program);
  if (!snapshot.snapshot) {
    print_findings(snapshot.diagnostics, snapshot.sources);
    print_trouble(snapshot.trouble);
    return give_up(options, nullptr, {ErrorCode::not_loaded, "the snapshot has errors"}, snapshot.status);
  }
  const auto evaluator = Evaluator::create(policy.program, snapshot.snapshot);
  if (!evaluator) return give_up(options, nullptr, evaluator.error(), status_of(evaluator.error()));

  OwnedRequest owned;
  if (const std::string wrong = fill(owned, options, *evaluator); !wrong.empty())
    return give_up(options, &*evaluator, {ErrorCode::malformed, wrong}, kUsage);
  Page page;
  if (options.limit != 0) page.most = options.limit;
  if (!options.after.empty()) {
    page.after.emplace();
    if (const std::optional<Error> wrong = read_cursor(*evaluator, options.after, *page.after))
      return give_up(options, &*evaluator, *wrong, kUsage);
  }
  const auto answered = [&](const auto& list) {
    return list ? answer(options, *evaluator, owned.request, *list)
                : refused(options, *evaluator, list.error());
  };
  switch (options.what) {
    case What::subjects:
      return answered(in_parts(
          options, page, [&](const Page& part) { return evaluator->list_subjects(owned.request, part); }));
    case What::resources:
      return answered(in_parts(
          options, page, [&](const Page& part) { return evaluator->list_resources(owned.request, part); }));
    case What::actions: return answered(evaluator->list_actions(owned.request));
  }
  return kInternal;
}

}  // namespace policyc::cli
