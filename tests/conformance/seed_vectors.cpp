// seed_vectors FILE [--policy DIR] [--literal DIR]
//
// Turns a file of the seed vectors' format into a snapshot and requests, compiles
// the policies and asks the evaluator: the strict policy in the channel of each
// vector and again by API token, the literal one about every cell without words.
// Prints how many agree and every disagreement. Exit status: 0 all agree, 1 some
// don't, 2 usage, 3 a file could not be read or is not of the format.

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/compiler/compile.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot/read.hpp"
#include "policyc/text/diagnostic.hpp"
#include "policyc/text/parse.hpp"
#include "seed_file.hpp"

namespace policyc::conformance {
namespace {

struct Options {
  std::string file;
  std::string policy = POLICYC_POLICIES_DIR "/label_studio/strict";
  std::string literal = POLICYC_POLICIES_DIR "/label_studio/literal";
};

std::optional<Options> read_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--policy" || argument == "--literal") {
      if (++i == count) return std::nullopt;
      (argument == "--policy" ? options.policy : options.literal) = arguments[i];
    } else if (argument.starts_with("-") || !options.file.empty()) {
      return std::nullopt;
    } else {
      options.file = argument;
    }
  }
  if (options.file.empty()) return std::nullopt;
  return options;
}

bool print_findings(const text::Diagnostics& diagnostics, const text::SourceSet& sources) {
  if (!diagnostics.has_errors()) return true;
  for (const text::Diagnostic& diagnostic : diagnostics.list())
    std::fputs(text::render_text(diagnostic, sources, false).c_str(), stderr);
  return false;
}

std::optional<Evaluator> evaluator_of(const std::string& policy, std::string snapshot_text) {
  const text::LoadedPackage loaded = text::load_package(policy);
  const compiler::CompileResult compiled = compiler::compile(loaded);
  if (!print_findings(compiled.diagnostics, loaded.sources)) return std::nullopt;
  auto program = Program::load(compiled.image, Trust::unsigned_local());
  if (!program) {
    std::fprintf(stderr, "seed_vectors: %s: %s\n", policy.c_str(), program.error().message.c_str());
    return std::nullopt;
  }
  const snapshot::ReadResult read =
      snapshot::read_text("the vectors' organizations", std::move(snapshot_text),
                          snapshot::Format::json_lines, program->schema(), program->schema_digest());
  if (!print_findings(read.diagnostics, read.sources)) return std::nullopt;
  auto snapshot = Snapshot::load(read.image, program->schema(), program->schema_digest());
  if (!snapshot) {
    std::fprintf(stderr, "seed_vectors: the organizations: %s\n", snapshot.error().message.c_str());
    return std::nullopt;
  }
  auto evaluator = Evaluator::create(std::make_shared<const Program>(std::move(program).value()),
                                     std::make_shared<const Snapshot>(std::move(snapshot).value()));
  if (!evaluator) {
    std::fprintf(stderr, "seed_vectors: %s\n", evaluator.error().message.c_str());
    return std::nullopt;
  }
  return std::move(evaluator).value();
}

// A rejected request is a deny, and may be what a vector expects: `owner` can't
// be asked for. Any other rejection means that we asked wrongly.
bool asked_rightly(const Decision& decision) {
  return decision.error == ErrorCode::none || decision.error == ErrorCode::not_assignable;
}

struct Tally {
  std::size_t asked = 0;
  std::size_t agreed = 0;
};

// Asks once. Prints what doesn't agree.
void compare(const Evaluator& evaluator, const Vector& vector, std::string_view channel, bool expected,
             Tally& tally) {
  std::vector<NamedValue> parameters;
  for (const auto& [name, value] : vector.parameters) parameters.push_back({name, Value::string(value)});
  const NamedValue context[] = {{"channel", Value::string(channel)}};
  Request request{.subject = vector.subject, .action = vector.action, .resource = vector.resource};
  request.parameters = parameters;
  if (channel != "literal") request.context = context;

  const Decision decision = evaluator.decide(request);
  ++tally.asked;
  if (decision.allowed() == expected && asked_rightly(decision)) {
    ++tally.agreed;
    return;
  }
  std::string line = std::string(channel) + ": " + vector.subject + ' ' + vector.action;
  for (const auto& [name, value] : vector.parameters) line += ' ' + name + '=' + value;
  line += " on " + vector.resource + ": expected " + (expected ? "allow" : "deny") + ", got " +
          (decision.allowed() ? "allow" : "deny");
  if (decision.why == Why::error) line += " (" + evaluator.explain_error(request, decision) + ')';
  for (const RuleIndex rule : evaluator.reasons(request))
    line += " by " + evaluator.program().rules()[rule].id;
  std::puts(line.c_str());
}

int run(const Options& options) {
  SeedResult seed = read_seed_file(options.file);
  if (!seed.file) {
    std::fprintf(stderr, "seed_vectors: %s\n", seed.error.c_str());
    return 3;
  }
  const auto strict = evaluator_of(options.policy, std::move(seed.file->snapshot));
  const auto literal = evaluator_of(options.literal, std::move(seed.file->literal_snapshot));
  if (!strict || !literal) return 1;

  std::map<std::string, Tally> tallies = {{"ui", {}}, {"api_token", {}}};
  Tally cells;
  for (const Vector& vector : seed.file->vectors) {
    compare(*strict, vector, vector.channel, vector.expected, tallies[vector.channel]);
    if (vector.channel != "api_token")
      compare(*strict, vector, "api_token", vector.expected_by_token, tallies["api_token"]);
    // The table has no rows for what only the prose speaks of, so there is no cell to ask about.
    if (!literal->program().find_action(vector.action)) continue;
    if (vector.literal == LiteralCell::allow || vector.literal == LiteralCell::deny)
      compare(*literal, vector, "literal", vector.literal == LiteralCell::allow, cells);
  }
  bool all = cells.agreed == cells.asked;
  for (const std::string channel : {"ui", "api_token"}) {
    const Tally& tally = tallies[channel];
    std::printf("%s: agree %zu of %zu\n", channel.c_str(), tally.agreed, tally.asked);
    all = all && tally.agreed == tally.asked;
  }
  std::printf("literal cells without words: agree %zu of %zu\n", cells.agreed, cells.asked);
  return all ? 0 : 1;
}

}  // namespace
}  // namespace policyc::conformance

int main(int count, char** arguments) {
  const auto options = policyc::conformance::read_options(count, arguments);
  if (!options) {
    std::fputs("usage: seed_vectors FILE [--policy DIR] [--literal DIR]\n", stderr);
    return 2;
  }
  return policyc::conformance::run(*options);
}
