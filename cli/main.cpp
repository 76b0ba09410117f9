// The command line. Verbs and their meanings: docs/cli.md and interfaces in --help.

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <map>

#include "commands.hpp"
#include "policyc/text/diagnostic.hpp"

namespace {

using namespace policyc::cli;

const std::map<std::string, Format> kFormats = {
    {"text", Format::text}, {"json", Format::json}, {"github", Format::github}};

void add_format(CLI::App& app, Format& format) {
  app.add_option("--format", format, "text, json or github (default text)")
      ->transform(CLI::CheckedTransformer(kFormats, CLI::ignore_case));
}

// CLI11 says of a misspelt verb only that one is required: say which was meant.
int unknown_verb(const CLI::App& app, const std::string& word) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    verbs.push_back(verb->get_name());
  const std::string suggestion = policyc::text::did_you_mean(word, verbs);
  std::fprintf(stderr, "policyc: there is no verb '%s'%s%s\nrun policyc --help for the list\n", word.c_str(),
               suggestion.empty() ? "" : "; ", suggestion.c_str());
  return kUsage;
}

int run(int argc, char** argv) {
  CLI::App app{"policyc compiles policies of roles, scopes and actions, and decides with them."};
  app.require_subcommand(0, 1);
  app.allow_extras();
  app.footer(
      "Examples:\n"
      "  policyc check policies/label_studio/strict\n"
      "  policyc eval -p policy.policy -s acme.yaml user:ann task.label task:t1\n"
      "  policyc matrix policy.policy > PERMISSIONS.md\n"
      "\nExit status: 0 done, 1 findings, 2 usage, 3 input or output, 4 limit, 5 integrity, 70 internal.");
  bool show_version = false;
  app.add_flag("--version", show_version, "print the version");
  int status = kDone;

  CheckOptions check_options;
  CLI::App* verb =
      app.add_subcommand("check", "find everything that is wrong with a policy, its snapshots and tests");
  verb->add_option("policy", check_options.policy, "a .policy file, a directory of them, or a .pbc")
      ->required();
  verb->add_option("-s,--snapshot", check_options.snapshots, "also check this snapshot (repeatable)");
  add_format(*verb, check_options.format);
  verb->add_flag("--deny-warnings", check_options.deny_warnings, "let warnings fail the check");
  verb->add_flag("--require-end", check_options.require_end, "snapshots must close with their end mark");
  verb->footer("Example: policyc check policies/label_studio/strict --snapshot acme.yaml --format github");
  verb->callback([&] { status = check(check_options); });

  TestOptions test_options;
  verb = app.add_subcommand("test", "run the tests that stand in a policy");
  verb->add_option("policy", test_options.policy, "a .policy file or a directory of them")->required();
  verb->add_option("--filter", test_options.filter, "only tests whose name contains this");
  add_format(*verb, test_options.format);
  verb->footer("Example: policyc test policies/label_studio/strict --filter tenants");
  verb->callback([&] { status = test(test_options); });

  BuildOptions build_options;
  verb = app.add_subcommand("build", "compile a policy to an image");
  verb->add_option("policy", build_options.policy, "a .policy file or a directory of them")->required();
  verb->add_option("-o,--output", build_options.output, "the image to write (.pbc), - for standard output")
      ->required();
  verb->footer("Example: policyc build policies/label_studio/strict -o label_studio.pbc");
  verb->callback([&] { status = build(build_options); });

  EvalOptions eval_options;
  verb = app.add_subcommand("eval", "decide a request, or a file of them");
  verb->add_option("-p,--policy", eval_options.policy, "policy text or image")->required();
  verb->add_option("-s,--snapshot", eval_options.snapshot, "snapshot: .yaml .json .jsonl or .psnap")
      ->required();
  verb->add_option("subject", eval_options.subject, "kind:id, or a JSON object");
  verb->add_option("action", eval_options.action, "scope.action");
  verb->add_option("resource", eval_options.resource, "kind:id, system, or a JSON object");
  verb->add_option("--context", eval_options.context, "context as a JSON object");
  verb->add_option("--params", eval_options.params, "the action's parameters as a JSON object");
  verb->add_option("--now", eval_options.now, "the time to decide at, RFC 3339 (default: the clock)");
  verb->add_option("--requests", eval_options.requests,
                   "a file of requests, one JSON object a line; - for standard input");
  verb->add_flag("--json", eval_options.json, "print one JSON object");
  verb->add_flag("--exit-code", eval_options.exit_code, "exit with 0 for allow, 1 for deny");
  verb->footer(
      "Examples:\n"
      "  policyc eval -p policy.policy -s acme.yaml user:ann task.label task:t1\n"
      "  policyc eval -p p.pbc -s s.psnap user:adam organization.assign_role organization:acme \\\n"
      "      --params '{\"to\": \"user:ann\", \"new_role\": \"manager\"}' --json\n"
      "  policyc eval -p p.pbc -s s.psnap --requests requests.jsonl");
  verb->callback([&] {
    const bool one = !eval_options.resource.empty();
    if (one != eval_options.requests.empty()) {
      std::fprintf(stderr, "policyc eval: give SUBJECT ACTION RESOURCE, or --requests FILE\n");
      status = kUsage;
      return;
    }
    status = eval(eval_options);
  });

  MatrixOptions matrix_options;
  verb = app.add_subcommand("matrix", "print the permission table that a policy declares");
  verb->add_option("policy", matrix_options.policy, "a .policy file or a directory of them")->required();
  verb->add_option("--format", matrix_options.format, "md, html, csv or json (default md)")
      ->check(CLI::IsMember({"md", "html", "csv", "json"}));
  verb->add_option("--check", matrix_options.check, "fail if this published table has drifted");
  verb->footer("Example: policyc matrix policies/label_studio/literal --check PERMISSIONS.md");
  verb->callback([&] { status = matrix(matrix_options); });

  DisasmOptions disasm_options;
  verb = app.add_subcommand("disasm", "print the code of a policy, or an earlier stage");
  verb->add_option("policy", disasm_options.policy, "policy text or image")->required();
  verb->add_option("action", disasm_options.action, "only this action, as scope.action");
  verb->add_option("--dump", disasm_options.dump, "code, model or graph (default code)")
      ->check(CLI::IsMember({"code", "model", "graph"}));
  verb->footer("Example: policyc disasm policies/label_studio/strict task.view_data");
  verb->callback([&] { status = disasm(disasm_options); });

  DocOptions doc_options;
  verb = app.add_subcommand("doc", "explain a code");
  verb->add_option("code", doc_options.code, "PC2001, its name, or an error code; none: list them");
  verb->add_flag("--markdown", doc_options.markdown, "the whole manual as Markdown");
  verb->footer("Example: policyc doc PC2001");
  verb->callback([&] { status = doc(doc_options); });

  CLI::App* snapshot = app.add_subcommand("snapshot", "compile snapshots and look at them");
  snapshot->require_subcommand(1);
  SnapshotBuildOptions snapshot_build_options;
  verb = snapshot->add_subcommand("build", "compile a snapshot to an image");
  verb->add_option("snapshot", snapshot_build_options.snapshot, ".yaml .json or .jsonl")->required();
  verb->add_option("-p,--policy", snapshot_build_options.policy, "the policy whose schema it follows")
      ->required();
  verb->add_option("-o,--output", snapshot_build_options.output, "the image to write (.psnap)")->required();
  verb->add_flag("--require-end", snapshot_build_options.require_end, "it must close with its end mark");
  verb->footer("Example: policyc snapshot build acme.yaml --policy policy.policy -o acme.psnap");
  verb->callback([&] { status = snapshot_build(snapshot_build_options); });
  SnapshotStatOptions snapshot_stat_options;
  verb = snapshot->add_subcommand("stat", "count what is in a snapshot");
  verb->add_option("snapshot", snapshot_stat_options.snapshot, ".yaml .json .jsonl or .psnap")->required();
  verb->add_option("-p,--policy", snapshot_stat_options.policy, "the policy whose schema it follows")
      ->required();
  verb->add_flag("--json", snapshot_stat_options.json, "as JSON");
  verb->footer("Example: policyc snapshot stat acme.psnap --policy policy.policy");
  verb->callback([&] { status = snapshot_stat(snapshot_stat_options); });

  verb = app.add_subcommand("version", "print the version");
  verb->callback([&] { status = version(); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kDone : kUsage;
  }
  if (const auto words = app.remaining(); !words.empty()) return unknown_verb(app, words.front());
  if (show_version) return version();
  if (app.get_subcommands().empty()) {
    std::fputs(app.help().c_str(), stderr);
    return kUsage;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away is an error of the write, not a signal.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("policyc: memory ran out\n", stderr);
    return kLimit;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "policyc: internal error: %s\n", error.what());
    return kInternal;
  }
}
