#include "coverage.hpp"

#include <map>

#include "policyc/evaluator.hpp"
#include "progress.hpp"
#include "snapshot_entities.hpp"
#include "test_requests.hpp"
#include "words.hpp"

namespace policyc::cli {
namespace {

// One program of probes, over each snapshot that it was asked about.
struct Part {
  const compiler::ProbePart* probes = nullptr;
  std::shared_ptr<const Program> program;
  std::map<std::string, std::unique_ptr<Evaluator>> evaluators;  // null: the snapshot doesn't fit it
};

class Measuring {
 public:
  Measuring(const PolicyInput& policy, const TestRun& run, Coverage& coverage)
      : policy_(policy),
        run_(run),
        coverage_(coverage),
        probes_(compiler::make_probes(*policy.loaded, *policy.compiled.model)) {
    for (std::size_t i = 0; i < probes_.points.size(); ++i)
      coverage_.places.push_back({probes_.points[i], 0, 0, probes_.is_measured[i]});
    for (const compiler::ProbePart& one : probes_.parts) {
      auto program = Program::load(one.image, Trust::unsigned_local());
      if (program)
        parts_.push_back({&one, std::make_shared<const Program>(std::move(program).value()), {}});
      else
        unmeasured(one);
    }
  }

  void test(const text::File& file, const text::Test& test) {
    path_ = snapshot_path(*policy_.loaded, file, test);
    const auto snapshot = run_.snapshots.find(path_);
    if (snapshot == run_.snapshots.end()) return;  // the run has said why
    evaluator_ = evaluator_of(snapshot->second);
    if (evaluator_ == nullptr) return;
    for (const text::Expectation& expectation : expectations_of(test)) {
      Values values;
      count(request_of(*policy_.program, test, expectation, values));
    }
    for (const text::ListExpectation& list : test.lists) this->list(test, list);
  }

 private:
  const Evaluator* evaluator_of(const std::shared_ptr<const Snapshot>& snapshot) {
    const auto [found, is_new] = own_.try_emplace(path_);
    if (is_new) {
      auto evaluator = Evaluator::create(policy_.program, snapshot);
      if (evaluator) found->second = std::make_unique<Evaluator>(std::move(evaluator).value());
    }
    return found->second.get();
  }

  void list(const text::Test& test, const text::ListExpectation& list) {
    using Kind = text::ListExpectation::Kind;
    const Schema& schema = policy_.program->schema();
    Values values;
    Request request = request_of(*policy_.program, test, list, values);
    const auto known = entities_by_kind(evaluator_->snapshot(), schema);
    if (list.kind == Kind::who) {
      for (std::size_t kind = 0; kind < known.size(); ++kind)
        if (schema.kinds[kind].category == KindCategory::subject)
          for (const std::string& name : known[kind]) {
            request.subject = name;
            count(request);
          }
    } else if (list.kind == Kind::on_which) {
      const KindIndex kind = schema.find_kind(list.resource.entity.kind.text);
      if (kind == kNoIndex) return;
      for (const std::string& name : known[kind]) {
        request.resource = name;
        count(request);
      }
    } else {
      const KindIndex kind = schema.find_kind(list.resource.entity.kind.text);
      for (std::size_t i = 0; i < policy_.program->actions().size(); ++i) {
        if (policy_.program->actions()[i].kind != kind) continue;
        const std::string name = name_of_action(*policy_.program, static_cast<ActionIndex>(i));
        request.action = name;
        count(request);
      }
    }
  }

  void count(const Request& request) {
    if (!request.on_behalf_of) return count_one(request);
    Request one = request;
    one.on_behalf_of = std::nullopt;
    count_one(one);
    one.subject = *request.on_behalf_of;
    one.subject_attributes = {};
    count_one(one);
  }

  void count_one(const Request& request) {
    ++coverage_.requests;
    if (evaluator_->decide(request).why == Why::error) {
      ++coverage_.rejected;
      return;
    }
    const auto action = policy_.program->find_action(request.action);
    if (!action) return;
    const std::string name = std::string(request.action) + std::string(compiler::kProbeSuffix);
    Request probe = request;
    probe.action = name;
    for (Part& part : parts_) {
      if (!part.program->find_action(name)) continue;
      const Evaluator* evaluator = evaluator_of(part);
      if (evaluator == nullptr) continue;
      for (const RuleIndex rule : evaluator->reasons(probe)) {
        if (rule < compiler::kFirstProbe) continue;
        const compiler::Meaning& meaning = part.probes->meanings[rule - compiler::kFirstProbe];
        if (meaning.reads_own && request.resource_inline) continue;
        ++(meaning.asked ? coverage_.places[meaning.point].asked : coverage_.places[meaning.point].met);
        for (const auto& [of, point] : meaning.by_action)
          if (of == *action) ++coverage_.places[point].met;
      }
    }
  }

  const Evaluator* evaluator_of(Part& part) {
    const auto [found, is_new] = part.evaluators.try_emplace(path_);
    if (!is_new) return found->second.get();
    std::shared_ptr<const Snapshot> snapshot = run_.snapshots.at(path_);
    if (part.probes->own_schema) snapshot = open_snapshot(path_, *part.program).snapshot;
    if (!snapshot) {
      unmeasured(*part.probes);
      return nullptr;
    }
    auto evaluator = Evaluator::create(part.program, snapshot);
    if (evaluator) found->second = std::make_unique<Evaluator>(std::move(evaluator).value());
    return found->second.get();
  }

  void unmeasured(const compiler::ProbePart& part) {
    for (const compiler::Meaning& meaning : part.meanings)
      coverage_.places[meaning.point].is_measured = false;
  }

  const PolicyInput& policy_;
  const TestRun& run_;
  Coverage& coverage_;
  const compiler::Probes probes_;
  std::vector<Part> parts_;
  std::map<std::string, std::unique_ptr<Evaluator>> own_;  // of the policy itself
  std::string path_;                                       // of the snapshot of the test at hand
  const Evaluator* evaluator_ = nullptr;
};

std::string of_place(const Covered& place) {
  using compiler::PointKind;
  const std::string& what = place.point.what;
  switch (place.point.kind) {
    case PointKind::rule: return "this rule matches no request of a test";
    case PointKind::who: return "this rule matches no request of a test because of " + what;
    case PointKind::action: return "this rule matches no request of a test for " + what;
    case PointKind::source: return "nobody who asks in a test holds " + what + " through this";
    default: break;
  }
  if (place.asked == 0) return what + " is asked by no request of a test";
  return what + " is " + (place.met == 0 ? "false" : "true") + " whenever a test asks it";
}

std::string way_out(const Covered& place) {
  using compiler::PointKind;
  switch (place.point.kind) {
    case PointKind::source:
      return "let somebody of the tests' snapshot hold the role so, and ask what it lets do";
    case PointKind::rule:
    case PointKind::who:
    case PointKind::action: return "add an expectation that rests on it, or take out what nobody needs";
    default: break;
  }
  if (place.asked == 0)
    return "add an expectation that comes to it: what stands before it decides all there are";
  return std::string("add an expectation where it is ") + (place.met == 0 ? "true" : "false");
}

}  // namespace

Coverage measure_coverage(const PolicyInput& policy, const TestRun& run, const std::string& filter) {
  Coverage coverage;
  Measuring measuring(policy, run, coverage);
  Progress progress("measuring", "tests");
  std::uint64_t total = 0;
  for (const text::File& file : policy.loaded->package.files) total += file.tests.size();
  std::uint64_t done = 0;
  for (const text::File& file : policy.loaded->package.files)
    for (const text::Test& test : file.tests) {
      progress.at(done++, total);
      if (test.name.find(filter) != std::string::npos) measuring.test(file, test);
    }
  return coverage;
}

text::Diagnostics findings_of(const Coverage& coverage) {
  text::Diagnostics findings;
  for (const Covered& place : coverage.places)
    if (place.is_measured && place.ways_taken() < place.ways())
      findings.add(text::DiagCode::never_exercised, place.point.span, {of_place(place), way_out(place)});
  findings.sort();
  return findings;
}

}  // namespace policyc::cli
