// Probes tell what decisions rest on: over every package of policies/ and all that its snapshots hold, the
// rules whose probes match are those that decide.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "policyc/compiler/probes.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot/read.hpp"
#include "snapshot_access.hpp"

namespace {

namespace fs = std::filesystem;
using namespace policyc;

std::vector<std::string> packages() {
  std::vector<std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(std::string(POLICYC_SOURCE_DIR) + "/policies"))
    if (entry.path().filename() == "policy.policy") all.push_back(entry.path().parent_path().string());
  std::sort(all.begin(), all.end());
  return all;
}

std::shared_ptr<const Program> loaded(const std::vector<std::byte>& image) {
  auto program = Program::load(image, Trust::unsigned_local());
  EXPECT_TRUE(program) << (program ? "" : program.error().message);
  return program ? std::make_shared<const Program>(std::move(program).value()) : nullptr;
}

std::shared_ptr<const Snapshot> read(const std::string& path, const Program& program) {
  const snapshot::ReadResult read = snapshot::read_file(path, program.schema(), program.schema_digest());
  if (read.image.empty()) return nullptr;  // one that is there to be refused
  auto snapshot = Snapshot::load(read.image, program.schema(), program.schema_digest());
  return snapshot ? std::make_shared<const Snapshot>(std::move(snapshot).value()) : nullptr;
}

// Some value of the type, for what a request must say.
Value some(const Type& type, const Schema& schema, const std::string& entity) {
  switch (type.kind) {
    case TypeKind::boolean: return Value::boolean(true);
    case TypeKind::integer: return Value::integer(1);
    case TypeKind::time: return Value::time(1'700'000'000'000'000);
    case TypeKind::duration: return Value::duration(60'000'000);
    case TypeKind::ip: return Value::string("10.0.0.7");
    case TypeKind::enumeration: return Value::string(schema.enums[type.argument].members.front());
    case TypeKind::role: return Value::string(schema.roles[schema.kinds[type.argument].roles.front()].name);
    case TypeKind::entity: return Value::string(entity);
    case TypeKind::set: return Value::list({});
    case TypeKind::string: break;
  }
  return Value::string("x");
}

class ProbesOf : public testing::TestWithParam<std::string> {};

TEST_P(ProbesOf, RulesAreTheRulesThatDecide) {
  const text::LoadedPackage package = text::load_package(GetParam());
  const compiler::CompileResult compiled = compiler::compile(package);
  ASSERT_TRUE(compiled.model && !compiled.image.empty());
  const compiler::Probes probes = compiler::make_probes(package, *compiled.model);
  const auto program = loaded(compiled.image);
  ASSERT_TRUE(program);
  std::vector<std::shared_ptr<const Program>> parts;
  for (const compiler::ProbePart& part : probes.parts) parts.push_back(loaded(part.image));

  std::map<std::pair<std::uint32_t, std::uint32_t>, RuleIndex> rules;  // by file and where they begin
  for (std::size_t i = 0; i < compiled.model->rules.size(); ++i) {
    const text::Span span = compiled.model->rule_sources[i].syntax->span;
    rules[{span.file, span.begin}] = static_cast<RuleIndex>(i);
  }

  const Schema& schema = program->schema();
  std::size_t decided = 0;
  for (const auto& entry : fs::directory_iterator(GetParam())) {
    if (entry.path().extension() != ".yaml") continue;
    const auto snapshot = read(entry.path().string(), *program);
    if (!snapshot) continue;
    const auto evaluator = Evaluator::create(program, snapshot);
    ASSERT_TRUE(evaluator);
    std::map<std::size_t, Evaluator> probing;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (probes.parts[i].own_schema) continue;
      auto one = Evaluator::create(parts[i], snapshot);
      ASSERT_TRUE(one) << one.error().message;
      probing.emplace(i, std::move(*one));
    }
    const vm::SnapshotView& view = vm::SnapshotAccess::view(*snapshot);
    std::vector<std::vector<std::string>> names(schema.kinds.size());
    for (vm::NodeId node = 0; node < view.node_count(); ++node)
      names[view.kind_of(node)].push_back(
          node == 0 ? "system" : schema.kinds[view.kind_of(node)].name + ":" + std::string(view.id_of(node)));
    const auto first_of = [&](const Type& type) {
      for (std::size_t kind = 0; kind < names.size(); ++kind)
        if ((type.argument >> kind & 1) != 0 && !names[kind].empty()) return names[kind].front();
      return std::string("system");
    };

    for (std::size_t a = 0; a < program->actions().size(); ++a) {
      const ActionInfo& action = program->actions()[a];
      std::vector<std::string> values;
      values.reserve(64);
      std::vector<NamedValue> parameters;
      std::vector<NamedValue> context;
      for (const ParameterInfo& one : action.parameters)
        parameters.push_back({one.name, some(one.type, schema, values.emplace_back(first_of(one.type)))});
      for (const ParameterInfo& one : program->context_fields())
        context.push_back({one.name, some(one.type, schema, values.emplace_back(first_of(one.type)))});
      const std::string name = schema.kinds[action.kind].name + "." + action.wire_name;
      const std::string probe_name = name + std::string(compiler::kProbeSuffix);
      std::size_t asked = 0;
      for (const std::string& resource : names[action.kind])
        for (std::size_t kind = 0; kind < names.size(); ++kind) {
          if (schema.kinds[kind].category != KindCategory::subject) continue;
          for (const std::string& subject : names[kind]) {
            if (++asked > 400) continue;
            Request request{.subject = subject, .action = name, .resource = resource};
            request.now = 1'772'323'200'000'000;
            request.parameters = parameters;
            request.context = context;
            const Decision decision = evaluator->decide(request);
            if (decision.why == Why::error) continue;
            ++decided;
            Request probe = request;
            probe.action = probe_name;
            std::set<RuleIndex> allows;
            std::set<RuleIndex> forbids;
            for (const auto& [part, one] : probing) {
              if (!parts[part]->find_action(probe_name)) continue;
              for (const RuleIndex rule : one.reasons(probe)) {
                if (rule < compiler::kFirstProbe) continue;
                const compiler::Meaning& meaning = probes.parts[part].meanings[rule - compiler::kFirstProbe];
                const compiler::Point& point = probes.points[meaning.point];
                if (point.kind != compiler::PointKind::rule) continue;
                const RuleIndex of = rules.at({point.span.file, point.span.begin});
                (compiled.model->rules[of].effect == RuleEffect::allow ? allows : forbids).insert(of);
              }
            }
            const std::vector<RuleIndex> reasons = evaluator->reasons(request);
            const std::set<RuleIndex> expected(reasons.begin(), reasons.end());
            const std::string what = subject + " " + name + " " + resource;
            EXPECT_EQ(decision.allowed(), forbids.empty() && !allows.empty()) << what;
            EXPECT_EQ(expected, forbids.empty() ? allows : forbids) << what;
          }
        }
    }
  }
  EXPECT_GT(decided, 20u) << "hardly anything was asked";
}

INSTANTIATE_TEST_SUITE_P(Policies, ProbesOf, testing::ValuesIn(packages()), [](const auto& one) {
  std::string name = fs::relative(one.param, std::string(POLICYC_SOURCE_DIR) + "/policies").string();
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
});

}  // namespace
