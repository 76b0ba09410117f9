#include "mutation.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "policyc/compiler/mutants.hpp"
#include "policyc/compiler/sameness.hpp"
#include "progress.hpp"
#include "report.hpp"

namespace policyc::cli {
namespace {

class Mutation {
 public:
  Mutation(const PolicyInput& policy, const TestRun& run, std::string filter, MutationRun& result)
      : policy_(policy),
        run_(run),
        filter_(std::move(filter)),
        result_(result),
        plain_(compiler::to_mutate(policy.loaded->package)),
        asked_(same_.of(*policy.compiled.model)),
        missing_(policy, run) {
    scratch_.sources = policy.loaded->sources;
    (void)seen_.insert({schema_of(*policy.program), asked_});
    for (const auto& [path, snapshot] : run.snapshots) has_images_ = has_images_ || ends_with(path, ".psnap");
  }

  [[nodiscard]] std::vector<compiler::Mutant> list() const {
    return compiler::list_mutants(plain_, policy_.loaded->sources);
  }

  void judge(const compiler::Mutant& mutant) {
    scratch_.package = compiler::make_mutant(plain_, mutant.number);
    std::optional<compiler::Model> model = compiler::analyze_mutant(scratch_);
    text::Diagnostics found;
    std::vector<std::byte> image;
    if (model) image = compiler::generate(*model, scratch_, found);
    auto loaded = Program::load(image, Trust::unsigned_local());
    if (!loaded) {
      ++result_.broken;
      return;
    }
    const auto program = std::make_shared<const Program>(std::move(loaded).value());
    const std::vector<std::uint32_t> asked = same_.of(*model);
    const bool same_schema = program->schema_digest() == policy_.program->schema_digest();
    if (same_schema && asked == asked_) {
      ++result_.alike;
      return;
    }
    if (!seen_.insert({schema_of(*program), asked}).second) {
      ++result_.repeated;
      return;
    }
    if (!same_schema && has_images_) {
      ++result_.unreadable;
      return;
    }
    TestOrder order;
    order.filter = filter_;
    order.snapshots = same_schema ? &run_.snapshots : nullptr;
    order.until_failure = true;
    const TestRun tests = run_tests(*policy_.loaded, program, order);
    if (tests.failed() > 0) {
      ++result_.noticed;
      return;
    }
    std::vector<ActionIndex> actions;
    for (std::size_t i = 0; i < asked.size(); ++i)
      if (!same_schema || asked[i] != asked_[i]) actions.push_back(static_cast<ActionIndex>(i));
    Survivor survivor{mutant.span, mutant.change, missing_.find(program, tests.snapshots, actions), false};
    survivor.gave_up = !survivor.missing && missing_.gave_up();
    result_.survivors.push_back(std::move(survivor));
  }

 private:
  [[nodiscard]] static std::string schema_of(const Program& program) {
    return to_hex(program.schema_digest());
  }

  const PolicyInput& policy_;
  const TestRun& run_;
  const std::string filter_;
  MutationRun& result_;
  const text::Package plain_;
  text::LoadedPackage scratch_;
  compiler::Sameness same_;
  const std::vector<std::uint32_t> asked_;
  MissingTests missing_;
  std::set<std::pair<std::string, std::vector<std::uint32_t>>> seen_;
  bool has_images_ = false;  // snapshots that fit one schema alone
};

std::string in_test(const MissingTest& missing) {
  std::string out = "on \"" + missing.snapshot + "\"";
  if (missing.at) out += " at time(\"" + time_text(*missing.at) + "\")";
  return out;
}

std::string way_out(const Survivor& survivor) {
  if (survivor.missing)
    return "add to a test " + in_test(*survivor.missing) + ": " + survivor.missing->expectation;
  if (survivor.gave_up)
    return "none of the first " + std::to_string(MissingTests::kMostTried) +
           " requests about the tests' snapshots tells the two apart: add one that does";
  return "no request about what the tests' snapshots hold tells the two apart: add what does, or take out "
         "what "
         "changes nothing";
}

}  // namespace

MutationRun run_mutants(const PolicyInput& policy, const TestRun& run, const std::string& filter,
                        std::size_t most) {
  MutationRun result;
  Mutation mutation(policy, run, filter, result);
  const std::vector<compiler::Mutant> all = mutation.list();
  result.listed = all.size();
  result.tried = std::min(most, all.size());
  Progress progress("changing the policy", "mutants");
  for (std::size_t i = 0; i < result.tried; ++i) {
    progress.at(i, result.tried);
    mutation.judge(all[i * all.size() / result.tried]);
  }
  return result;
}

text::Diagnostics findings_of(const MutationRun& mutation) {
  text::Diagnostics findings;
  for (const Survivor& one : mutation.survivors)
    findings.add(text::DiagCode::mutant_survives, one.span, {one.change, way_out(one)});
  findings.sort();
  return findings;
}

std::string mutation_line(const MutationRun& mutation) {
  const std::size_t counted_ones = mutation.noticed + mutation.survivors.size();
  std::string out = std::to_string(mutation.noticed) + " of " + counted(counted_ones, "mutant") + " noticed";
  if (counted_ones > 0) out += " (" + std::to_string(100 * mutation.noticed / counted_ones) + " %)";
  std::string others;
  const auto add = [&](std::size_t n, const char* what) {
    if (n > 0) others += (others.empty() ? "; not counted: " : ", ") + std::to_string(n) + what;
  };
  add(mutation.alike, " that decide alike");
  add(mutation.repeated, " that decide as another does");
  add(mutation.broken, " that don't compile");
  add(mutation.unreadable, " for which a compiled snapshot can't be read");
  out += others + "\n";
  if (mutation.tried < mutation.listed)
    out += std::to_string(mutation.tried) + " of " + std::to_string(mutation.listed) +
           " changes were tried, spread evenly: --max-mutants says how many\n";
  return out;
}

std::string mutation_json(const MutationRun& mutation, const PolicyInput& policy) {
  nlohmann::ordered_json survivors = nlohmann::ordered_json::array();
  for (const Survivor& one : mutation.survivors) {
    const text::Source& source = policy.loaded->sources[one.span.file];
    const text::LineColumn at = source.locate(one.span.begin);
    nlohmann::ordered_json missing = nullptr;
    if (one.missing)
      missing = {{"snapshot", one.missing->snapshot},
                 {"at", one.missing->at ? nlohmann::ordered_json(time_text(*one.missing->at)) : nullptr},
                 {"expectation", one.missing->expectation}};
    survivors.push_back({{"file", source.name()},
                         {"line", at.line},
                         {"column", at.column},
                         {"change", one.change},
                         {"missing", std::move(missing)}});
  }
  const nlohmann::ordered_json all = {{"changes", mutation.listed},
                                      {"tried", mutation.tried},
                                      {"noticed", mutation.noticed},
                                      {"survived", mutation.survivors.size()},
                                      {"not_counted",
                                       {{"decide_alike", mutation.alike},
                                        {"repeat_another", mutation.repeated},
                                        {"do_not_compile", mutation.broken},
                                        {"compiled_snapshot", mutation.unreadable}}},
                                      {"survivors", std::move(survivors)}};
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace policyc::cli
