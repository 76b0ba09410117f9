// policyc bench: what decisions of one's own policy cost on one's own snapshot, and why some cost more.

#include <time.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>

#include "commands.hpp"
#include "inputs.hpp"
#include "program_index.hpp"
#include "progress.hpp"
#include "words.hpp"
#include "workload.hpp"

namespace policyc::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kRuns = 5;  // the median of them counts
constexpr std::size_t kPart = 4'096;

// Of this thread alone, in nanoseconds: whatever else the machine does is not our cost.
double cpu_now() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

struct Measured {
  double ns = 0;  // a decision
  std::uint64_t allowed = 0, errors = 0, by_roles = 0;

  void count(const Decision& decision) {
    allowed += decision.allowed() ? 1U : 0U;
    errors += decision.why == Why::error ? 1U : 0U;
    by_roles += decision.form == Form::roles ? 1U : 0U;
  }
};

// Median of some runs over all questions; answers are counted in the first.
template <class Pass>
Measured measured(std::size_t questions, Pass pass) {
  Measured result;
  std::vector<double> costs;
  for (std::size_t run = 0; run < kRuns; ++run) {
    Measured counted;
    const double begun = cpu_now();
    pass(counted);
    costs.push_back((cpu_now() - begun) / static_cast<double>(questions));
    if (run == 0) result = counted;
  }
  std::sort(costs.begin(), costs.end());
  result.ns = costs[costs.size() / 2];
  return result;
}

Measured one_by_one(const Evaluator& evaluator, const std::vector<BatchQuery>& questions,
                    const std::vector<Circumstances>& circumstances) {
  return measured(questions.size(), [&](Measured& counted) {
    for (const BatchQuery& one : questions)
      counted.count(evaluator.decide(one.query, circumstances[one.circumstances]));
  });
}

Measured in_batches(const Evaluator& evaluator, const std::vector<BatchQuery>& questions,
                    const std::vector<Circumstances>& circumstances) {
  std::vector<Decision> decisions(kPart);
  return measured(questions.size(), [&](Measured& counted) {
    for (std::size_t at = 0; at < questions.size(); at += kPart) {
      const auto part = std::span(questions).subspan(at, std::min(kPart, questions.size() - at));
      evaluator.decide_batch(part, circumstances, decisions);
      for (std::size_t i = 0; i < part.size(); ++i) counted.count(decisions[i]);
    }
  });
}

Measured by_names(const Evaluator& evaluator, const std::vector<Request>& requests) {
  return measured(requests.size(), [&](Measured& counted) {
    for (const Request& request : requests) counted.count(evaluator.decide(request));
  });
}

// What an action's code does that costs more than a look at roles, in the words of the language.
std::vector<std::string> reasons_of(const Program& program, ActionIndex index) {
  const vm::ProgramParts& parts = vm::ProgramAccess::parts(program);
  const vm::CodeRange range = parts.action_code[index].decide;
  bool attributes = false, sets = false, texts = false, loops = false, others = false, roles = false;
  for (std::uint32_t at = range.begin; at < range.end; ++at) {
    switch (vm::kOps[static_cast<std::size_t>(parts.code[at].op)].shape) {
      case vm::Shape::attribute: attributes = true; break;
      case vm::Shape::element_set:
      case vm::Shape::sets: sets = true; break;
      case vm::Shape::strings: texts = true; break;
      case vm::Shape::each_set:
      case vm::Shape::each_path: loops = true; break;
      case vm::Shape::roles: others = true; break;
      case vm::Shape::defined:
      case vm::Shape::defined_set: roles = true; break;
      default: break;
    }
  }
  std::vector<std::string> reasons;
  const auto add = [&](bool holds, const char* reason) {
    if (holds) reasons.emplace_back(reason);
  };
  const ActionInfo& info = program.actions()[index];
  add(!info.parameters.empty() || !info.required_context.empty(), "takes values");
  add(info.needs_now, "tests the time");
  add(attributes, "reads attributes");
  add(sets, "looks into sets");
  add(texts, "compares texts");
  add(loops, "goes through a set or a path");
  add(others, "asks for roles elsewhere");
  add(roles, "asks for a snapshot's own roles");
  const vm::CodeRange all = parts.action_code[index].reasons;
  bool obliges = false;
  for (std::uint32_t at = all.begin; at < all.end; ++at) {
    const vm::Instruction& one = parts.code[at];
    const bool is_rule = one.op == vm::Op::allow || one.op == vm::Op::forbid;
    obliges = obliges || (is_rule && !parts.rules[one.c].obligations.empty());
  }
  add(obliges, "obliges");
  return reasons;
}

struct Row {
  std::string action;
  std::string cost;  // as the compiler reckons
  Measured measured;
  std::size_t questions = 0;
  std::vector<std::string> reasons;
};

struct Report {
  std::vector<Row> rows;             // as declared
  std::vector<std::string> unasked;  // with the reason
  Measured mixed, batched, named;    // of all actions in random order; by name those that need no values
  std::size_t questions = 0, names = 0;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string number(double value) {
  std::ostringstream out;
  out.precision(value < 100 ? 1 : 0);
  out << std::fixed << value;
  return out.str();
}

std::string percent(std::uint64_t part, std::size_t whole) {
  return whole == 0 ? "-" : std::to_string((100 * part + whole / 2) / whole) + " %";
}

// Dearest first. Objects keep the order in which actions are declared, so that two runs can be compared.
std::string table(Report report) {
  std::stable_sort(report.rows.begin(), report.rows.end(),
                   [](const Row& a, const Row& b) { return a.measured.ns > b.measured.ns; });
  std::ostringstream out;
  std::size_t width = 14;
  for (const Row& row : report.rows) width = std::max(width, row.action.size());
  const auto line = [&](const std::string& action, const std::string& ns, const std::string& allowed,
                        const std::string& roles, const std::string& rest) {
    out << action << std::string(width - action.size(), ' ')
        << std::string(9 - std::min<std::size_t>(9, ns.size()), ' ') << ns
        << std::string(10 - std::min<std::size_t>(10, allowed.size()), ' ') << allowed
        << std::string(10 - std::min<std::size_t>(10, roles.size()), ' ') << roles
        << (rest.empty() ? "" : "  " + rest) << '\n';
  };
  line("action", "ns", "allowed", "by roles", "what else it does");
  for (const Row& row : report.rows)
    line(row.action, number(row.measured.ns), percent(row.measured.allowed, row.questions),
         percent(row.measured.by_roles, row.questions), joined(row.reasons));
  out << '\n';
  const auto all = [&](const char* what, const Measured& one, std::size_t questions) {
    if (questions != 0)
      line(what, number(one.ns), percent(one.allowed, questions), percent(one.by_roles, questions), "");
  };
  all("all, mixed", report.mixed, report.questions);
  all("  in batches", report.batched, report.questions);
  all("  by names", report.named, report.names);
  for (const std::string& one : report.unasked) out << "not asked: " << one << '\n';
  return out.str();
}

ordered_json json_of(const Measured& one, std::size_t questions) {
  return {{"ns", one.ns},
          {"questions", questions},
          {"allowed", one.allowed},
          {"errors", one.errors},
          {"by_roles", one.by_roles}};
}

ordered_json json_of(const Report& report, const Evaluator& evaluator) {
  ordered_json actions = ordered_json::array();
  for (const Row& row : report.rows) {
    ordered_json one = {{"action", row.action}};
    one.update(json_of(row.measured, row.questions));
    one["cost"] = row.cost;
    one["does"] = row.reasons;
    actions.push_back(std::move(one));
  }
  return {{"actions", std::move(actions)},
          {"mixed", json_of(report.mixed, report.questions)},
          {"in_batches", json_of(report.batched, report.questions)},
          {"by_names", json_of(report.named, report.names)},
          {"not_asked", report.unasked},
          {"policy", to_hex(evaluator.program().digest())},
          {"snapshot", to_hex(evaluator.snapshot().digest())}};
}

Report run(const Evaluator& evaluator, const BenchOptions& options) {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  Workload workload(evaluator, options.seed, now);
  const Program& program = evaluator.program();
  Report report;
  std::vector<ActionIndex> asked;
  for (std::size_t i = 0; i < program.actions().size(); ++i) {
    const auto action = static_cast<ActionIndex>(i);
    const std::string name = name_of_action(program, action);
    if (!options.action.empty() && name != options.action) continue;
    const KindIndex kind = program.actions()[i].kind;
    if (workload.has_subjects() && workload.has_resources(kind))
      asked.push_back(action);
    else
      report.unasked.push_back(name + ": the snapshot has no " +
                               (workload.has_subjects() ? program.schema().kinds[kind].name : "subject"));
  }
  Progress progress("measuring", "actions");
  std::vector<BatchQuery> questions(options.questions);
  for (const ActionIndex action : asked) {
    for (BatchQuery& one : questions) one = workload.draw(action);
    Row row;
    row.action = name_of_action(program, action);
    row.cost = program.actions()[action].cost;
    row.questions = questions.size();
    row.reasons = reasons_of(program, action);
    row.measured = one_by_one(evaluator, questions, workload.circumstances());
    report.rows.push_back(std::move(row));
    progress.at(report.rows.size(), asked.size());
  }
  if (asked.empty()) return report;
  std::mt19937_64 engine(options.seed);
  std::vector<Request> requests;
  for (BatchQuery& one : questions) {
    one = workload.draw(asked[static_cast<std::size_t>(engine() % asked.size())]);
    if (one.circumstances == 0) requests.push_back(workload.by_name(one.query));
  }
  report.questions = questions.size();
  report.mixed = one_by_one(evaluator, questions, workload.circumstances());
  report.batched = in_batches(evaluator, questions, workload.circumstances());
  report.names = requests.size();
  if (!requests.empty()) report.named = by_names(evaluator, requests);
  return report;
}

}  // namespace

ExitStatus bench(const BenchOptions& options) {
  const PolicyInput policy = open_policy(options.policy);
  if (!policy.program) {
    if (policy.loaded) print_findings(policy.compiled.diagnostics, policy.loaded->sources);
    print_trouble(policy.trouble);
    return policy.status;
  }
  if (!options.action.empty() && !policy.program->find_action(options.action)) {
    print_trouble("the policy declares no action '" + options.action + "'");
    return kUsage;
  }
  const SnapshotInput snapshot = open_snapshot(options.snapshot, *policy.program);
  if (!snapshot.snapshot) {
    print_findings(snapshot.diagnostics, snapshot.sources);
    print_trouble(snapshot.trouble);
    return snapshot.status;
  }
  const auto evaluator = with_memory(Evaluator::create(policy.program, snapshot.snapshot));
  if (!evaluator) return print_trouble(evaluator.error().message), status_of(evaluator.error());
  const Report report = run(*evaluator, options);
  const std::string out =
      options.json
          ? json_of(report, *evaluator).dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n'
          : table(report);
  if (const IoError error = print(out); !error.empty()) return print_trouble(error), kInputOutput;
  return kDone;
}

}  // namespace policyc::cli
