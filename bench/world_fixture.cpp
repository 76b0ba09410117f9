#include "world_fixture.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

#include "policyc/compiler/compile.hpp"
#include "policyc/snapshot/read.hpp"

namespace policyc::bench {
namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

void stop_on_errors(const text::Diagnostics& diagnostics, const text::SourceSet& sources) {
  if (!diagnostics.has_errors()) return;
  for (const text::Diagnostic& diagnostic : diagnostics.list())
    std::fputs(text::render_text(diagnostic, sources).c_str(), stderr);
  std::exit(1);
}

std::shared_ptr<const Program> compiled() {
  const text::LoadedPackage loaded =
      text::load_package(POLICYC_SOURCE_DIR "/bench/ls_matrix/ls_matrix.policy");
  const compiler::CompileResult result = compiler::compile(loaded);
  stop_on_errors(result.diagnostics, loaded.sources);
  auto program = Program::load(result.image, Trust::unsigned_local());
  if (!program) give_up(program.error().message);
  return std::make_shared<const Program>(std::move(program).value());
}

const std::shared_ptr<const Program>& shared_program() {
  static const std::shared_ptr<const Program> program = compiled();
  return program;
}

// The lines of the requests' format: subject, action, resource, 1 or 0.
void ask(Loaded& loaded) {
  const Evaluator& evaluator = *loaded.evaluator;
  std::stringstream lines;
  loaded.world->write_requests(lines);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    Asked one;
    fields >> one.subject >> one.action >> one.resource;
    const auto subject = evaluator.resolve(one.subject);
    const auto resource = evaluator.resolve(one.resource);
    const auto action = evaluator.program().find_action(one.action);
    if (!subject || !resource || !action) give_up("can't resolve: " + line);
    loaded.queries.push_back({{*subject, *resource, *action}, 0});
    loaded.asked.push_back(std::move(one));
  }
}

}  // namespace

const Program& ls_matrix_program() { return *shared_program(); }

const Loaded& load_world(const Sizes& sizes) {
  static std::map<std::pair<std::uint32_t, std::uint32_t>, Loaded> known;
  const auto [entry, fresh] = known.try_emplace({sizes.organizations, sizes.requests});
  Loaded& loaded = entry->second;
  if (!fresh) return loaded;
  loaded.world = std::make_unique<World>(sizes);
  const Program& program = ls_matrix_program();
  std::ostringstream facts;
  loaded.world->write_json_lines(facts);
  const snapshot::ReadResult read =
      snapshot::read_text("ls-matrix", std::move(facts).str(), snapshot::Format::json_lines, program.schema(),
                          program.schema_digest());
  stop_on_errors(read.diagnostics, read.sources);
  auto snapshot = Snapshot::load(read.image, program.schema(), program.schema_digest());
  if (!snapshot) give_up(snapshot.error().message);
  auto evaluator =
      Evaluator::create(shared_program(), std::make_shared<const Snapshot>(std::move(snapshot).value()));
  if (!evaluator) give_up(evaluator.error().message);
  loaded.evaluator.emplace(std::move(evaluator).value());
  ask(loaded);

  const std::vector<Question>& questions = loaded.world->questions();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Asked& asked = loaded.asked[i];
    const Decision by_name = loaded.evaluator->decide(
        Request{.subject = asked.subject, .action = asked.action, .resource = asked.resource});
    const Decision by_handle = loaded.evaluator->decide(loaded.queries[i].query);
    loaded.by_roles += by_handle.form == Form::roles ? 1 : 0;
    const bool by_hand = loaded.world->decide(questions[i].user, questions[i].action, questions[i].resource);
    const bool all_agree = by_name.allowed() == questions[i].expected &&
                           by_handle.allowed() == questions[i].expected && by_hand == questions[i].expected;
    if (!all_agree || by_name.why == Why::error || by_handle.why == Why::error) ++loaded.disagreements;
  }
  return loaded;
}

}  // namespace policyc::bench
