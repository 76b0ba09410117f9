// What the command understands. Names and meanings are fixed: scripts and CI files lean on them.

#include "command_line.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "files.hpp"
#include "inputs.hpp"
#include "limits.hpp"
#include "policyc/text/diagnostic.hpp"
#include "report.hpp"
#include "words.hpp"

namespace policyc::cli {
namespace {

// One of a few words, in any case of letters. `values`: what is stored for each, if that is not the word.
void add_words(CLI::Option* option, const std::vector<std::string>& words,
               const std::vector<std::string>& values = {}) {
  std::string type;
  for (const std::string& word : words) type += (type.empty() ? "" : "|") + word;
  option->type_name(type)->transform(CLI::Validator(
      [words, values](std::string& given) -> std::string {
        std::string list;
        for (std::size_t i = 0; i < words.size(); ++i) {
          if (CLI::detail::to_lower(given) == words[i]) {
            given = values.empty() ? words[i] : values[i];
            return {};
          }
          list += (i == 0 ? "" : i + 1 < words.size() ? ", " : " or ") + words[i];
        }
        return list + ", not '" + given + "'";
      },
      "", "words"));
}

void add_format(CLI::App& app, Format& format) {
  const auto number = [](Format one) { return std::to_string(static_cast<int>(one)); };
  add_words(app.add_option("--format", format, "how findings are printed (default text)"),
            {"text", "json", "github"}, {number(Format::text), number(Format::json), number(Format::github)});
}

// Whoever asks for JSON gets it for a wrong command line too: an answer that refuses, or findings. False: it
// could not be written.
bool said_in_json(const std::vector<std::string>& words, const std::string& mistake) {
  bool findings = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--json") {
      // What was written may be no UTF-8.
      const auto answer = refused_json(ErrorCode::malformed, mistake);
      return print(answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n').empty();
    }
    findings = findings || words[i] == "--format=json" ||
               (words[i] == "json" && i > 0 && words[i - 1] == "--format");
  }
  if (!findings) return true;
  Report report(Format::json);
  report.add_trouble(mistake);
  return report.finish("");
}

constexpr const char* kLimits = "Limits, which may stand after every verb";

}  // namespace

CommandLine::CommandLine() {
  app_.require_subcommand(0, 1);
  app_.allow_extras();
  app_.fallthrough();  // limits may stand after the verb
  app_.formatter(std::make_shared<Help>());
  app_.set_help_flag("-h,--help", "print this");
  app_.footer(
      "Examples:\n"
      "  policyc init my-policies\n"
      "  policyc check policies/label_studio/strict\n"
      "  policyc eval -p policy.policy -s acme.yaml user:ann task.label task:t1\n"
      "  policyc matrix policies/label_studio/literal > PERMISSIONS.md\n"
      "\nExit status: 0 done, 1 errors found (warnings too under --deny-warnings, a deny under --exit-code), "
      "2 usage,\n"
      "3 input or output, 4 limit, 5 integrity, 70 internal.");
  app_.add_flag("--version", show_version_, "print the version");
  add_limits();
  add_init();
  add_check();
  add_test();
  add_build();
  add_eval();
  add_list();
  add_matrix();
  add_bench();
  add_disasm();
  add_doc();
  add_snapshot();
  add_completions();
  CLI::App* verb = app_.add_subcommand("version", "print the version");
  verb->footer("");  // else it has that of the whole
  verb->callback([this] { status_ = version(); });
  app_.parse_complete_callback([this] { before_the_verb(); });
}

// A test says `user:ann may task.label on task:t1`; a command line has its three words alone.
void CommandLine::as_in_tests(const std::vector<std::string>& more) const {
  std::vector<std::string> words = {eval_.subject, eval_.action, eval_.resource};
  words.insert(words.end(), more.begin(), more.end());
  std::string superfluous;
  std::string kept;
  for (const std::string& word : words) {
    if (word == "may" || word == "not" || word == "on")
      superfluous += (superfluous.empty() ? "`" : ", `") + word + "`";
    else
      kept += " " + word;
  }
  if (!superfluous.empty())
    throw CLI::ValidationError("policyc eval", "leave out " + superfluous + " here: write" + kept);
}

// All words are read, and no verb has begun.
void CommandLine::before_the_verb() const {
  const std::vector<CLI::App*> verbs = app_.get_subcommands();
  if (const std::vector<std::string> words = words_left(app_); !words.empty()) {
    if (!verbs.empty() && verbs.front()->get_name() == "eval") as_in_tests(words);
    throw CLI::ExtrasError(words);
  }
  if (limits().max_memory != 0 && !keep_to_memory(limits().max_memory))
    throw CLI::ValidationError("--max-memory", "this system can't limit the memory");
}

// Beyond these the command refuses (exit status 4), before a hostile file costs much.
void CommandLine::add_limits() {
  Limits& set = limits();
  const auto add = [&](const char* name, auto& value, const char* what, bool is_size) {
    CLI::Option* option = app_.add_option(name, value, what)->group(kLimits);
    if (is_size)
      option->transform(CLI::AsSizeValue(false))->type_name("BYTES");
    else
      option->check(CLI::Range(1u, std::numeric_limits<std::uint32_t>::max()))->type_name("COUNT");
  };
  add("--max-policy-bytes", set.policy.max_bytes, "of one policy file (default 16 MB)", true);
  add("--max-policy-nesting", set.policy.max_nesting, "of parentheses, sets and quantifiers (default 200)",
      false);
  add("--max-policy-errors", set.policy.max_errors, "syntax errors reported for one file (default 1000)",
      false);
  add("--max-yaml-bytes", set.snapshot.max_yaml_bytes,
      "of a snapshot in YAML, which costs fifty times its size to read (default 64 MB)", true);
  add("--max-json-bytes", set.snapshot.max_json_bytes, "of one in JSON or JSON Lines (default 4000000000)",
      true);
  add("--max-snapshot-nesting", set.snapshot.max_nesting, "of maps and lists (default 64)", false);
  add("--max-snapshot-errors", set.snapshot.max_errors, "reported for one snapshot (default 100)", false);
  add("--max-request-bytes", set.max_request_bytes, "of a line of eval --requests (default 1 MB)", true);
  add("--max-memory", set.max_memory, "of the whole command: address space (default as the system has it)",
      true);
}

void CommandLine::add_check() {
  CLI::App* verb =
      app_.add_subcommand("check", "find everything that is wrong with a policy, its snapshots and tests");
  verb->add_option("policy", check_.policy, "a .policy file, a directory of them, or a .pbc")->required();
  verb->add_option("-s,--snapshot", check_.snapshots, "also check this snapshot (repeatable)")
      ->type_name("SNAPSHOT");
  add_format(*verb, check_.format);
  verb->add_flag("--deny-warnings", check_.deny_warnings, "let warnings fail the check");
  verb->add_flag("--require-end", check_.require_end, "snapshots must close with their end mark");
  verb->footer("Example: policyc check policy.policy --snapshot acme.yaml --format github");
  verb->callback([this] { status_ = cli::check(check_); });
}

void CommandLine::add_test() {
  CLI::App* verb = app_.add_subcommand("test", "run the tests that stand in a policy");
  verb->add_option("policy", test_.policy, "a .policy file or a directory of them")->required();
  verb->add_option("--filter", test_.filter, "only tests whose name contains this")->type_name("TEXT");
  const auto number = [](Format one) { return std::to_string(static_cast<int>(one)); };
  add_words(verb->add_option("--format", test_format_,
                             "how findings are printed (default text); lcov is for --coverage alone"),
            {"text", "json", "github", "lcov"},
            {number(Format::text), number(Format::json), number(Format::github), "lcov"});
  verb->add_flag("--coverage", test_.coverage,
                 "say which rules, tests in conditions and sources of roles the tests lead through");
  CLI::Option* mutate = verb->add_flag(
      "--mutate", test_.mutate, "change one thing of the policy at a time, and say what no test notices");
  verb->add_option("--max-mutants", test_.max_mutants,
                   "of --mutate: try no more than so many changes, spread evenly (default 2000)")
      ->check(CLI::Range(1u, std::numeric_limits<std::uint32_t>::max()))
      ->type_name("COUNT")
      ->needs(mutate);
  verb->footer(
      "docs/testing.md says what is counted and what is changed.\n"
      "Examples:\n"
      "  policyc test policies/label_studio/strict --filter ownership\n"
      "  policyc test policies/label_studio/strict --coverage --format lcov > coverage.info\n"
      "  policyc test policies/label_studio/literal --mutate");
  verb->callback([this] {
    test_.lcov = test_format_ == "lcov";
    if (!test_format_.empty() && !test_.lcov) test_.format = static_cast<Format>(std::stoi(test_format_));
    if (test_.lcov && (!test_.coverage || test_.mutate))
      throw CLI::ValidationError("--format",
                                 "lcov is a form of coverage: it takes --coverage, and no --mutate");
    status_ = cli::test(test_);
  });
}

void CommandLine::add_build() {
  CLI::App* verb = app_.add_subcommand("build", "compile a policy to an image");
  verb->add_option("policy", build_.policy, "a .policy file or a directory of them")->required();
  verb->add_option("-o,--output", build_.output, "the image to write (.pbc), - for standard output")
      ->type_name("FILE")
      ->required();
  verb->footer("Example: policyc build policies/label_studio/strict -o label_studio.pbc");
  verb->callback([this] { status_ = cli::build(build_); });
}

void CommandLine::add_eval() {
  CLI::App* verb = app_.add_subcommand("eval", "decide a request, or a file of them");
  verb->add_option("-p,--policy", eval_.policy, "policy text or image")->type_name("POLICY")->required();
  verb->add_option("-s,--snapshot", eval_.snapshot, "snapshot: .yaml .json .jsonl or .psnap")
      ->type_name("SNAPSHOT")
      ->required();
  verb->add_option("subject", eval_.subject, "kind:id, or a JSON object of type, id and attributes");
  verb->add_option("action", eval_.action, "scope.action");
  verb->add_option("resource", eval_.resource,
                   "kind:id, system, or a JSON object of type, id, parent and attributes");
  verb->add_option("--requests", eval_.requests,
                   "a file of requests, one JSON object a line; - for standard input")
      ->type_name("FILE");
  verb->add_option("--on-behalf-of", eval_.on_behalf_of,
                   "another principal, kind:id, for whom the subject asks: both must be allowed")
      ->type_name("PRINCIPAL");
  verb->add_option("--context", eval_.context, "context as a JSON object")->type_name("JSON");
  verb->add_option("--params", eval_.params, "the action's parameters as a JSON object")->type_name("JSON");
  verb->add_option(
          "--now", eval_.now,
          "the time to decide at, RFC 3339 (default: the clock); with --requests, for lines without one")
      ->type_name("TIME");
  verb->add_flag("--json", eval_.json, "print one JSON object");
  verb->add_flag("--exit-code", eval_.exit_code, "exit with 0 for allow, 1 for deny and errors");
  verb->footer(
      "Lines of --requests: {\"subject\", \"action\", \"resource\"}, and where they are needed \"context\",\n"
      "\"params\", \"now\" and \"on_behalf_of\". The exit status is 0 whatever is decided, but for "
      "--exit-code.\ndocs/requests.md has every key of requests and answers.\n"
      "Examples:\n"
      "  policyc eval -p policy.policy -s acme.yaml user:ann task.label task:t1\n"
      "  policyc eval -p p.pbc -s s.psnap user:adam organization.assign_role organization:acme \\\n"
      "      --params '{\"to\": \"user:ann\", \"new_role\": \"manager\"}' --json\n"
      "  policyc eval -p p.pbc -s s.psnap --requests requests.jsonl");
  verb->callback([this] {
    if (const std::string wrong = quarrel_of_eval(); !wrong.empty()) {
      std::fprintf(stderr, "policyc eval: %s\npolicyc eval --help says more\n", wrong.c_str());
      status_ = kUsage;
      return;
    }
    status_ = cli::eval(eval_);
  });
}

std::string CommandLine::quarrel_of_eval() const {
  if (eval_.requests.empty()) {
    if (!eval_.resource.empty()) return {};
    const std::string missing = eval_.subject.empty()  ? "say who asks for what"
                                : eval_.action.empty() ? "the action and the resource are missing"
                                                       : "the resource is missing";
    return missing + ": SUBJECT ACTION RESOURCE, or --requests FILE";
  }
  if (!eval_.subject.empty())
    return "each line of --requests says who asks for what: leave '" + eval_.subject + "' out";
  // Given for all lines, they would be passed over in silence.
  const auto in_lines = [](const char* option, const char* key) {
    return std::string(option) + " is for one request: each line of --requests has its own \"" + key + "\"";
  };
  if (eval_.on_behalf_of) return in_lines("--on-behalf-of", "on_behalf_of");
  if (!eval_.context.empty()) return in_lines("--context", "context");
  if (!eval_.params.empty()) return in_lines("--params", "params");
  if (eval_.exit_code)
    return "--exit-code is for one request: the lines of --requests have an answer each, and an exit status "
           "can tell one";
  return {};
}

void CommandLine::add_list() {
  CLI::App* list =
      app_.add_subcommand("list", "list who may do something, on what, and what somebody may do");
  list->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, ListOptions::What asks) {
    CLI::App* verb = list->add_subcommand(name, what);
    verb->add_option("-p,--policy", list_.policy, "policy text or image")->type_name("POLICY")->required();
    verb->add_option("-s,--snapshot", list_.snapshot, "snapshot: .yaml .json .jsonl or .psnap")
        ->type_name("SNAPSHOT")
        ->required();
    verb->callback([this, asks] {
      list_.what = asks;
      status_ = cli::list(list_);
    });
    return verb;
  };
  const auto add_subject = [&](CLI::App& verb) {
    verb.add_option("subject", list_.subject, "kind:id, or a JSON object of type, id and attributes")
        ->required();
  };
  const auto add_action = [&](CLI::App& verb) {
    verb.add_option("action", list_.action, "scope.action")->required();
  };
  const auto add_resource = [&](CLI::App& verb) {
    verb.add_option("resource", list_.resource,
                    "kind:id, system, or a JSON object of type, id, parent and attributes")
        ->required();
  };
  const auto add_rest = [&](CLI::App& verb, bool has_pages) {
    verb.add_option("--on-behalf-of", list_.on_behalf_of,
                    "another principal, kind:id, for whom the subject asks: both must be allowed")
        ->type_name("PRINCIPAL");
    verb.add_option("--context", list_.context, "context as a JSON object")->type_name("JSON");
    verb.add_option("--params", list_.params, "the action's parameters as a JSON object")->type_name("JSON");
    verb.add_option("--now", list_.now, "the time to decide at, RFC 3339 (default: the clock)")
        ->type_name("TIME");
    if (has_pages) {
      verb.add_option("--limit", list_.limit, "no more than so many (default: all)")
          ->check(CLI::Range(1u, std::numeric_limits<std::uint32_t>::max()))
          ->type_name("COUNT");
      verb.add_option("--after", list_.after,
                      "go on where a list of the same snapshot said that there are more")
          ->type_name("CURSOR");
    }
    verb.add_flag("--json", list_.json, "print one JSON object");
  };

  CLI::App* subjects = add("subjects", "who may do the action on the resource", ListOptions::What::subjects);
  add_action(*subjects);
  add_resource(*subjects);
  subjects->add_option("--kind", list_.subject, "only subjects of this kind (default: of all)")
      ->type_name("KIND");
  add_rest(*subjects, true);
  subjects->footer(
      "user:* says that every user may, known or not.\n"
      "Example: policyc list subjects -p policy.policy -s acme.yaml task.label task:t1 --kind user");
  CLI::App* resources =
      add("resources", "on what the subject may do the action", ListOptions::What::resources);
  add_subject(*resources);
  add_action(*resources);
  resources->add_option("kind", list_.resource, "of which kind")->required();
  add_rest(*resources, true);
  resources->footer(
      "Example: policyc list resources -p policy.policy -s acme.yaml user:ann task.label task --limit 100");
  CLI::App* actions = add("actions", "what the subject may do on the resource", ListOptions::What::actions);
  add_subject(*actions);
  add_resource(*actions);
  add_rest(*actions, false);
  actions->footer(
      "Actions that need a parameter or a context value which isn't given are left out, and said to be.\n"
      "Example: policyc list actions -p policy.policy -s acme.yaml user:ann task:t1");
}

void CommandLine::add_matrix() {
  CLI::App* verb = app_.add_subcommand("matrix", "print the permission table that a policy declares");
  verb->add_option("policy", matrix_.policy, "a .policy file or a directory of them")->required();
  add_words(verb->add_option("--format", matrix_.format, "how the table is printed (default md)"),
            {"md", "html", "csv", "json"});
  verb->add_option("--check", matrix_.check, "fail if this published table has drifted")->type_name("FILE");
  verb->footer("Example: policyc matrix policies/label_studio/literal --check PERMISSIONS.md");
  verb->callback([this] { status_ = cli::matrix(matrix_); });
}

void CommandLine::add_bench() {
  CLI::App* verb = app_.add_subcommand(
      "bench",
      "measure what decisions of a policy cost on a snapshot, and say which actions cost more and why");
  verb->add_option("-p,--policy", bench_.policy, "policy text or image")->type_name("POLICY")->required();
  verb->add_option("-s,--snapshot", bench_.snapshot, "snapshot: .yaml .json .jsonl or .psnap")
      ->type_name("SNAPSHOT")
      ->required();
  verb->add_option("--action", bench_.action, "only this action, as scope.action")->type_name("ACTION");
  verb->add_option("--questions", bench_.questions, "random questions about each action (default 262144)")
      ->check(CLI::Range(1u, 1u << 24))
      ->type_name("COUNT");
  verb->add_option("--seed", bench_.seed, "which questions are drawn (default 1)")->type_name("NUMBER");
  verb->add_flag("--json", bench_.json, "print one JSON object");
  verb->footer(
      "Nanoseconds of CPU time of one thread, medians of five runs: a question that is asked by handles, "
      "with random\n"
      "subjects, resources and values. With few questions a processor learns the answers: then figures "
      "flatter.\n"
      "Example: policyc bench -p policy.policy -s acme.yaml");
  verb->callback([this] { status_ = cli::bench(bench_); });
}

void CommandLine::add_disasm() {
  CLI::App* verb = app_.add_subcommand("disasm", "print the code of a policy, or an earlier stage");
  verb->add_option("policy", disasm_.policy, "policy text or image")->required();
  verb->add_option("action", disasm_.action, "only this action, as scope.action");
  add_words(verb->add_option("--dump", disasm_.dump, "which stage (default code)"),
            {"code", "model", "graph"});
  verb->footer("Example: policyc disasm policies/label_studio/strict task.view_data");
  verb->callback([this] { status_ = cli::disasm(disasm_); });
}

void CommandLine::add_doc() {
  CLI::App* verb = app_.add_subcommand("doc", "explain a code, or print manuals");
  verb->add_option("code", doc_.code, "PC2001, its name, or an error code; none: list them");
  verb->add_flag("--markdown", doc_.markdown, "all codes as Markdown");
  add_words(verb->add_option("--command", doc_.command, "instead, the manual of this command"),
            {"markdown", "man"});
  verb->footer("Example: policyc doc PC2001");
  verb->callback(
      [this] { status_ = doc_.command.empty() ? cli::doc(doc_) : cli::manual(app_, doc_.command); });
}

void CommandLine::add_snapshot() {
  CLI::App* snapshot = app_.add_subcommand("snapshot", "compile snapshots and look at them");
  snapshot->require_subcommand(1);
  snapshot->footer("");
  CLI::App* verb = snapshot->add_subcommand("build", "compile a snapshot to an image");
  verb->add_option("snapshot", snapshot_build_.snapshot, ".yaml .json or .jsonl")->required();
  verb->add_option("-p,--policy", snapshot_build_.policy, "the policy whose schema it follows")
      ->type_name("POLICY")
      ->required();
  verb->add_option("-o,--output", snapshot_build_.output,
                   "the image to write (.psnap), - for standard output")
      ->type_name("FILE")
      ->required();
  verb->add_flag("--require-end", snapshot_build_.require_end, "it must close with its end mark");
  verb->footer("Example: policyc snapshot build acme.yaml --policy policy.policy -o acme.psnap");
  verb->callback([this] { status_ = cli::snapshot_build(snapshot_build_); });
  verb = snapshot->add_subcommand("stat", "count what is in a snapshot");
  verb->add_option("snapshot", snapshot_stat_.snapshot, ".yaml .json .jsonl or .psnap")->required();
  verb->add_option("-p,--policy", snapshot_stat_.policy, "the policy whose schema it follows")
      ->type_name("POLICY")
      ->required();
  verb->add_flag("--json", snapshot_stat_.json, "as JSON");
  verb->footer("Example: policyc snapshot stat acme.psnap --policy policy.policy");
  verb->callback([this] { status_ = cli::snapshot_stat(snapshot_stat_); });
}

void CommandLine::add_init() {
  CLI::App* verb = app_.add_subcommand("init", "start a package: a policy, a snapshot and tests that hold");
  verb->add_option("folder", init_.folder, "where to write it (default: here)");
  add_words(
      verb->add_option("--ci", init_.ci, "also write what checks policy and table there on every change"),
      {"github"});
  verb->footer("Example: policyc init my-policies --ci github");
  verb->callback([this] { status_ = cli::init(init_); });
}

void CommandLine::add_completions() {
  CLI::App* verb = app_.add_subcommand("completions", "print what completes this command in a shell");
  CLI::Option* shell = verb->add_option("shell", shell_, "bash, zsh or fish")->required();
  add_words(shell, {"bash", "zsh", "fish"});
  verb->footer(
      "Examples:\n"
      "  policyc completions bash > ~/.local/share/bash-completion/completions/policyc\n"
      "  policyc completions fish > ~/.config/fish/completions/policyc.fish");
  verb->callback([this] { status_ = cli::completions(app_, shell_); });
}

int CommandLine::run(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // it is --help
      const IoError wrong = print(app_.help());
      print_trouble(wrong);
      return wrong.empty() ? kDone : kInputOutput;
    }
    const std::string mistake = mistake_in(app_, error);
    std::fputs(mistake.c_str(), stderr);
    return said_in_json({argv + 1, argv + argc}, mistake.substr(0, mistake.find('\n'))) ? kUsage
                                                                                        : kInputOutput;
  }
  if (show_version_) return version();
  if (app_.get_subcommands().empty()) {
    std::fputs(app_.help().c_str(), stderr);
    return kUsage;
  }
  return status_;
}

std::string type_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = type_of(option);
  std::vector<std::string> choices;
  if (type.find('|') == std::string::npos && type != "github") return choices;
  std::string word;
  for (const char c : type + "|") {
    if (c != '|')
      word += c;
    else
      choices.push_back(std::exchange(word, {}));
  }
  return choices;
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return !option->get_group().empty(); });
}

std::vector<const CLI::Option*> common_options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_group() == kLimits; });
}

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* verb) { return !verb->get_name().empty(); });
}

}  // namespace policyc::cli
