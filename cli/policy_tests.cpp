#include "policy_tests.hpp"

#include <deque>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include "files.hpp"
#include "list_tests.hpp"
#include "near_entity.hpp"
#include "policyc/snapshot/read.hpp"
#include "progress.hpp"
#include "test_requests.hpp"
#include "words.hpp"

namespace policyc::cli {
namespace {

using text::DiagCode;

// Where a test's snapshot lies.
std::filesystem::path path_of(const text::LoadedPackage& loaded, const text::File& file,
                              const text::Test& test) {
  const std::filesystem::path folder = std::filesystem::path(loaded.sources[file.file].name()).parent_path();
  return (folder / test.snapshot.text).lexically_normal();
}

// A snapshot in the same folder whose name is near, as the test would write it.
std::string near_file(const text::Test& test, const std::filesystem::path& path) {
  std::vector<std::string> names;
  for (const std::string& name : names_in(path.has_parent_path() ? path.parent_path().string() : ".")) {
    if (name == path.filename()) return {};  // it is there; why it can't be read is no mistake of its name
    for (const char* ending : {".yaml", ".yml", ".json", ".jsonl", ".psnap"})
      if (name.ends_with(ending)) names.push_back(name);
  }
  // The end of a name says what the file is, and is no typing mistake.
  const std::string* near = text::nearest(path.filename().string(), names);
  for (const std::string& name : names)
    if (near == nullptr && std::filesystem::path(name).stem() == path.stem()) near = &name;
  if (near == nullptr) return {};
  return "did you mean '" +
         (std::filesystem::path(test.snapshot.text).parent_path() / *near).generic_string() + "'?";
}

void report_missing(const text::Test& test, const std::filesystem::path& path, const std::string& why,
                    text::Diagnostics& diagnostics) {
  diagnostics.add(DiagCode::test_snapshot, test.snapshot.span,
                  {path.string(), why, "the path is taken from the folder of the policy file"},
                  near_file(test, path));
}

// What kept a file from being read, without its name.
std::string why_unreadable(const SnapshotInput& input, const std::string& path) {
  for (const text::Diagnostic& finding : input.diagnostics.list())
    if (finding.code == DiagCode::file_unreadable && finding.arguments.size() > 1)
      return finding.arguments[1];
  const std::string prefix = path + ": ";
  return input.trouble.rfind(prefix, 0) == 0 ? input.trouble.substr(prefix.size()) : "it can't be read";
}

class Runner {
 public:
  Runner(const text::LoadedPackage& loaded, std::shared_ptr<const Program> program,
         const TestedSnapshots* known, TestRun& run)
      : loaded_(loaded), program_(std::move(program)), known_(known), run_(run) {}

  void run(const text::File& file, const text::Test& test) {
    TestSummary summary{test.name, test.span, 0, 0};
    const Evaluator* evaluator = evaluator_for(file, test);
    if (evaluator == nullptr) {
      summary.failed = 1;
      run_.tests.push_back(std::move(summary));
      return;
    }
    for (const text::Expectation& expectation : expectations_of(test))
      ++(expect(*evaluator, test, expectation) ? summary.passed : summary.failed);
    for (const text::ListExpectation& list : test.lists)
      ++(exist(*evaluator, list, test) && judge_list(*evaluator, test, list, run_.diagnostics)
             ? summary.passed
             : summary.failed);
    run_.tests.push_back(std::move(summary));
  }

 private:
  // Each snapshot is read once, however many tests name it. Null: it has errors.
  const Evaluator* evaluator_for(const text::File& file, const text::Test& test) {
    const std::string path = path_of(loaded_, file, test).string();
    // That it can't be used is said once, at the first test that names it.
    if (const auto known = evaluators_.find(path); known != evaluators_.end()) return known->second.get();
    std::unique_ptr<Evaluator>& slot = evaluators_[path];
    std::shared_ptr<const Snapshot> snapshot = snapshot_at(path, test);
    if (!snapshot) return nullptr;
    auto evaluator = with_memory(Evaluator::create(program_, snapshot));
    if (!evaluator) {
      report_bad(test, path, evaluator.error().message,
                 "name the text that it was built from, or build it again");
      return nullptr;
    }
    run_.snapshots[path] = std::move(snapshot);
    slot = std::make_unique<Evaluator>(std::move(evaluator).value());
    return slot.get();
  }

  // One that was read before, for the same schema, or the file. Null: it has errors, which are reported.
  std::shared_ptr<const Snapshot> snapshot_at(const std::string& path, const text::Test& test) {
    if (known_ != nullptr)
      if (const auto known = known_->find(path); known != known_->end()) return known->second;
    auto input = std::make_unique<SnapshotInput>(open_snapshot(path, *program_));
    if (input->status == kInputOutput) {
      report_missing(test, path, why_unreadable(*input, path), run_.diagnostics);
      return nullptr;
    }
    if (!input->snapshot) {
      report_bad(test, path, "it has errors", "correct what is said of it");
      run_.bad_snapshots.push_back(std::move(input));
      return nullptr;
    }
    return input->snapshot;
  }

  void report_bad(const text::Test& test, const std::string& path, const std::string& why,
                  const char* way_out) {
    run_.diagnostics.add(DiagCode::test_snapshot, test.snapshot.span, {path, why, way_out});
  }

  // Entities that a test names must be there.
  bool exists(const Evaluator& evaluator, const text::EntityLiteral& entity, const text::Test& test) {
    if (entity.kind.text == "system" || with_memory(evaluator.resolve(name_of(entity)))) return true;
    const Schema& schema = program_->schema();
    const KindIndex kind = schema.find_kind(entity.kind.text);
    std::string near;
    if (kind != kNoIndex) near = vm::near_entity(evaluator.snapshot(), schema, kind, entity.id, compared_);
    // Only what is asked about can be described instead.
    const bool may_be_new = kind != kNoIndex && schema.kinds[kind].category == KindCategory::scope;
    run_.diagnostics.add(DiagCode::test_unknown_entity, entity.span,
                         {name_of(entity), test.snapshot.text,
                          may_be_new ? "name an entity of the snapshot, or describe one with `on new`"
                                     : "name one that the snapshot has, or add it there"},
                         near.empty() ? "" : "did you mean '" + near + "'?");
    return false;
  }

  bool exist(const Evaluator& evaluator, const text::ListExpectation& list, const text::Test& test) {
    using Kind = text::ListExpectation::Kind;
    bool known = list.kind == Kind::who || exists(evaluator, list.subject, test);
    if (list.via) known = exists(evaluator, *list.via, test) && known;
    if (list.kind != Kind::on_which && !list.resource.is_new)
      known = exists(evaluator, list.resource.entity, test) && known;
    if (list.resource.parent) known = exists(evaluator, *list.resource.parent, test) && known;
    for (const text::EntityLiteral& one : list.entities)
      known = (one.id == "*" || exists(evaluator, one, test)) && known;
    return known;
  }

  // That somebody or something isn't there is what the test is about: another error, or none, fails it.
  static bool expects_a_stranger(const text::Expectation& expectation) {
    if (expectation.because != text::BecauseKind::error) return false;
    const std::string& code = expectation.because_text;
    return code == "unknown_kind" || code == "unknown_resource" || code == "unknown_subject" ||
           code == "bad_parent";
  }

  bool expect(const Evaluator& evaluator, const text::Test& test, const text::Expectation& expectation) {
    const text::ResourceRef& resource = expectation.resource;
    if (!expects_a_stranger(expectation)) {
      bool known = exists(evaluator, expectation.subject, test);
      if (expectation.via) known = exists(evaluator, *expectation.via, test) && known;
      if (!resource.is_new) known = exists(evaluator, resource.entity, test) && known;
      if (resource.parent) known = exists(evaluator, *resource.parent, test) && known;
      if (!known) return false;
    }

    Values values;
    const Request request = request_of(*program_, test, expectation, values);
    const Decision decision = evaluator.decide(request);
    if (decision.why == Why::error) return judge_error(evaluator, request, decision, expectation);
    if (decision.allowed() != expectation.allowed || expectation.because == text::BecauseKind::error) {
      std::string wanted = expectation.allowed ? "allow" : "deny";
      if (expectation.because == text::BecauseKind::error) wanted = "the error " + expectation.because_text;
      run_.diagnostics.add(DiagCode::test_failed, expectation.span,
                           {wanted, sentence(evaluator, request, decision)});
      return false;
    }
    return judge_reason(evaluator, request, decision, expectation);
  }

  bool judge_error(const Evaluator& evaluator, const Request& request, const Decision& decision,
                   const text::Expectation& expectation) {
    const std::string code(policyc::name_of(decision.error));
    if (expectation.because == text::BecauseKind::error) {
      if (expectation.because_text == code && !expectation.allowed) return true;
      run_.diagnostics.add(DiagCode::test_failed, expectation.span,
                           {"the error " + expectation.because_text, "the error " + code});
      return false;
    }
    run_.diagnostics.add(DiagCode::test_rejected, expectation.span,
                         {code + ": " + evaluator.explain_error(request, decision), code});
    return false;
  }

  bool judge_reason(const Evaluator& evaluator, const Request& request, const Decision& decision,
                    const text::Expectation& expectation) {
    std::string wanted;
    if (expectation.because == text::BecauseKind::none) return true;
    if (expectation.because == text::BecauseKind::default_deny) {
      if (decision.why == Why::default_deny) return true;
      wanted = "default";
    } else {
      wanted = expectation.because_text;
      for (const RuleIndex rule : evaluator.reasons(request))
        if (program_->rules()[rule].id == wanted) return true;
    }
    const text::Span span = expectation.because_span.end > 0 ? expectation.because_span : expectation.span;
    run_.diagnostics.add(DiagCode::test_wrong_reason, span, {rules_of(evaluator, request, decision), wanted});
    return false;
  }

  const text::LoadedPackage& loaded_;
  const std::shared_ptr<const Program> program_;
  const TestedSnapshots* known_;
  TestRun& run_;
  std::map<std::string, std::unique_ptr<Evaluator>> evaluators_;
  std::size_t compared_ = 0;  // names, in search of those that were meant
};

}  // namespace

std::size_t TestRun::passed() const {
  std::size_t n = 0;
  for (const TestSummary& test : tests) n += test.passed;
  return n;
}

std::size_t TestRun::failed() const {
  std::size_t n = 0;
  for (const TestSummary& test : tests) n += test.failed;
  return n;
}

TestRun run_tests(const text::LoadedPackage& loaded, const std::shared_ptr<const Program>& program,
                  const TestOrder& order) {
  TestRun run;
  Runner runner(loaded, program, order.snapshots, run);
  std::uint64_t total = 0;
  for (const text::File& file : loaded.package.files) total += file.tests.size();
  std::uint64_t done = 0;
  for (const text::File& file : loaded.package.files)
    for (const text::Test& test : file.tests) {
      if (order.progress) order.progress(done, total);
      ++done;
      if (test.name.find(order.filter) == std::string::npos) continue;
      runner.run(file, test);
      if (order.until_failure && run.tests.back().failed > 0) return run;
    }
  run.diagnostics.sort();
  return run;
}

TestRun run_tests(const PolicyInput& policy, const std::string& filter) {
  Progress progress("testing", "tests");
  TestOrder order;
  order.filter = filter;
  order.progress = [&](std::uint64_t done, std::uint64_t total) { progress.at(done, total); };
  return run_tests(*policy.loaded, policy.program, order);
}

std::string snapshot_path(const text::LoadedPackage& loaded, const text::File& file, const text::Test& test) {
  return path_of(loaded, file, test).string();
}

text::Diagnostics find_missing_snapshots(const PolicyInput& policy) {
  text::Diagnostics diagnostics;
  std::set<std::filesystem::path> missing;
  for (const text::File& file : policy.loaded->package.files) {
    for (const text::Test& test : file.tests) {
      const std::filesystem::path path = path_of(*policy.loaded, file, test);
      const std::filesystem::path root =
          std::filesystem::path(policy.loaded->sources[policy.loaded->package.files.front().file].name())
              .parent_path();
      // What lies outside of the package is refused as such, and not looked for.
      const std::string inside = path.lexically_relative(root.empty() ? "." : root).string();
      if (test.snapshot.text.empty() || path.is_absolute() != root.is_absolute() ||
          inside.rfind("..", 0) == 0)
        continue;
      std::error_code error;
      if (!std::filesystem::exists(path, error) && missing.insert(path).second)
        report_missing(test, path, "No such file or directory", diagnostics);
    }
  }
  diagnostics.sort();
  return diagnostics;
}

}  // namespace policyc::cli
