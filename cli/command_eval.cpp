// policyc eval: decides one request, or a file of them.

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "limits.hpp"
#include "lines.hpp"
#include "progress.hpp"
#include "request_json.hpp"
#include "request_notes.hpp"
#include "words.hpp"

namespace policyc::cli {
namespace {

using nlohmann::json;

std::string dumped(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string wrong_order(const EvalOptions& options) {
  if (is_entity(options.action) && is_action(options.resource))
    return "the action comes before what it is asked of: " + options.subject + " " + options.resource + " " +
           options.action;
  if (is_action(options.subject) && is_entity(options.action))
    return "who asks comes first: " + options.action + " " + options.subject + " " + options.resource;
  return {};
}

std::string fill(OwnedRequest& owned, const EvalOptions& options, const Program& program,
                 const Snapshot& snapshot) {
  json value;
  std::string wrong = wrong_order(options);
  if (wrong.empty()) wrong = word_or_object("subject", options.subject, value);
  if (wrong.empty()) wrong = owned.set_subject(value);
  if (wrong.empty() && options.on_behalf_of) {
    wrong = word_or_object("--on-behalf-of", *options.on_behalf_of, value);
    if (wrong.empty()) wrong = owned.set_on_behalf_of(value);
  }
  if (wrong.empty()) wrong = owned.set_action(options.action);
  if (wrong.empty()) wrong = word_or_object("resource", options.resource, value);
  if (wrong.empty()) wrong = owned.set_resource(value, program, snapshot);
  return wrong.empty() ? set_from_options(owned, options.context, options.params, options.now) : wrong;
}

std::string in_words(const Evaluator& evaluator, const Request& request, const Decision& decision) {
  if (decision.why == Why::error)
    return "deny: error " + std::string(name_of(decision.error)) + ": " +
           evaluator.explain_error(request, decision) + "\n";
  const std::string until = decision.valid_until == kForever
                                ? ""
                                : "  unchanged by time alone until " + cli::until(decision) + "\n";
  if (decision.why == Why::default_deny) return "deny by default: no rule allows it\n" + until;
  std::string out = decision.allowed() ? "allow\n" : "deny\n";
  for (const RuleIndex rule : evaluator.reasons(request)) {
    const RuleInfo& info = evaluator.program().rules()[rule];
    out += "  because of " + info.id + (info.id == info.place ? "" : " (" + info.place + ")");
    out += info.reason.empty() ? "\n" : ": " + info.reason + "\n";
  }
  const Program& program = evaluator.program();
  for (const ObligationIndex one : evaluator.obligations(request))
    out += "  obliged to " + policyc::to_json(program.obligations()[one], program.schema()) + "\n";
  return out + until;
}

// With --json even a failure to begin is an object on standard output.
ExitStatus give_up(const EvalOptions& options, ExitStatus status, const std::string& why,
                   ErrorCode code = ErrorCode::not_loaded) {
  if (options.json || !options.requests.empty()) print_trouble(print(dumped(refused_json(code, why)) + '\n'));
  return status;
}

// The line that answers a line of requests; nothing for an empty one.
std::string answer_line(std::string_view line, const Evaluator& evaluator, std::int64_t started) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.find_first_not_of(" \t") == std::string_view::npos) return {};
  OwnedRequest owned;
  ErrorCode code = ErrorCode::none;
  const std::string wrong = parse_request_line(line, evaluator.program(), evaluator.snapshot(), owned, code);
  if (!wrong.empty()) return dumped(refused_json(evaluator, code, wrong)) + '\n';
  if (!owned.has_now()) owned.request.now = started;
  return dumped(to_json(evaluator, owned.request, evaluator.decide(owned.request))) + '\n';
}

ExitStatus answer_file(const EvalOptions& options, const Evaluator& evaluator) {
  Lines lines(limits().max_request_bytes);
  if (const IoError error = lines.open(options.requests); !error.empty()) {
    print_trouble(error);
    return give_up(options, error.status, error.message);
  }
  std::int64_t started = clock_now();
  if (!options.now.empty()) {
    const std::optional<std::int64_t> at = parse_instant(options.now);
    if (!at) {
      print_trouble(wrong_instant(options.now));
      return give_up(options, kUsage, wrong_instant(options.now), ErrorCode::malformed);
    }
    started = *at;
  }
  std::string line;
  std::string out;
  constexpr std::size_t kFlushAt = std::size_t{1} << 16;
  // How much is left is known of a file alone; of a pipe, how many there were.
  const bool has_total = lines.total() != 0;
  Progress progress("deciding", has_total ? "MB" : "requests");
  std::uint64_t count = 0;
  Lines::Next next{};
  while ((next = lines.next(line)) == Lines::Next::line || next == Lines::Next::too_long) {
    progress.at(has_total ? lines.done() : ++count, lines.total());
    if (next == Lines::Next::too_long)
      out += dumped(refused_json(evaluator, ErrorCode::limit_exceeded,
                                 "the line is longer than " + std::to_string(limits().max_request_bytes) +
                                     " bytes; --max-request-bytes is the limit")) +
             '\n';
    else
      out += answer_line(line, evaluator, started);
    if (out.size() > kFlushAt) {
      if (const IoError error = print(out); !error.empty()) return print_trouble(error), kInputOutput;
      out.clear();
    }
  }
  if (next == Lines::Next::failed) {
    print_trouble(lines.error());
    out += dumped(refused_json(ErrorCode::not_loaded, lines.error().message)) + '\n';
    print_trouble(print(out));
    return lines.error().status;
  }
  if (const IoError error = print(out); !error.empty()) return print_trouble(error), kInputOutput;
  return kDone;
}

}  // namespace

ExitStatus eval(const EvalOptions& options) {
  if (const std::string wrong = mixed_up(options.policy, options.snapshot); !wrong.empty()) {
    print_trouble(wrong);
    return give_up(options, kUsage, wrong);
  }
  const PolicyInput policy = open_policy(options.policy);
  if (!policy.program) {
    if (policy.loaded) print_findings(policy.compiled.diagnostics, policy.loaded->sources);
    print_trouble(policy.trouble);
    return give_up(options, policy.status, "the policy has errors");
  }
  const SnapshotInput snapshot = open_snapshot(options.snapshot, *policy.program);
  if (!snapshot.snapshot) {
    print_findings(snapshot.diagnostics, snapshot.sources);
    print_trouble(snapshot.trouble);
    return give_up(options, snapshot.status, "the snapshot has errors");
  }
  const auto evaluator = Evaluator::create(policy.program, snapshot.snapshot);
  if (!evaluator) {
    print_trouble(evaluator.error().message);
    return give_up(options, status_of(evaluator.error()), evaluator.error().message);
  }
  if (!options.requests.empty()) return answer_file(options, *evaluator);

  OwnedRequest owned;
  if (const std::string wrong = fill(owned, options, *policy.program, *snapshot.snapshot); !wrong.empty()) {
    if (options.json)
      print_trouble(print(dumped(refused_json(*evaluator, ErrorCode::malformed, wrong)) + '\n'));
    else
      print_trouble(wrong);
    return kUsage;
  }
  const Decision decision = evaluator->decide(owned.request);
  const std::string out = options.json ? dumped(to_json(*evaluator, owned.request, decision)) + '\n'
                                       : in_words(*evaluator, owned.request, decision);
  if (const IoError error = print(out); !error.empty()) return print_trouble(error), kInputOutput;
  if (!options.json)
    for (const std::string& note : notes_on(*evaluator, owned.request, decision)) print_trouble(note);
  return options.exit_code && !decision.allowed() ? kFindings : kDone;
}

}  // namespace policyc::cli
