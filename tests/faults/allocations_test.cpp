// Memory that runs out, at every allocation of every step from a text to an answer.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "injection.hpp"
#include "policyc/compiler/compile.hpp"
#include "policyc/compiler/matrix.hpp"
#include "policyc/engine.hpp"
#include "policyc/snapshot/read.hpp"

namespace policyc::faults {
namespace {

const std::string kFolder = POLICYC_SOURCE_DIR "/policies/time_bound";
const std::string kSnapshot = kFolder + "/facts.yaml";

// Of a Result: what it says in the end is compared by `same`.
template <class T, class Same>
Outcome outcome_of(const Result<T>& result, const Same& same) {
  if (!result) return result.error().code == ErrorCode::out_of_memory ? Outcome::refused : Outcome::wrong;
  return same(*result) ? Outcome::as_always : Outcome::wrong;
}

Outcome as_always_if(bool same) { return same ? Outcome::as_always : Outcome::wrong; }

std::size_t open_files() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    count += entry.path().empty() ? 0U : 1U;
  return count;
}

// A policy with all its stages, made while there is memory.
class Memory : public ::testing::Test {
 protected:
  void SetUp() override {
    const text::LoadedPackage loaded = text::load_package(kFolder);
    image = compiler::compile(loaded).image;
    ASSERT_FALSE(image.empty());
    auto made = Program::load(image, Trust::unsigned_local());
    ASSERT_TRUE(made);
    program = std::make_shared<const Program>(std::move(*made));
    snapshot_image = read(kSnapshot).image;
    ASSERT_FALSE(snapshot_image.empty());
    auto facts = Snapshot::load(snapshot_image, program->schema(), program->schema_digest());
    ASSERT_TRUE(facts);
    snapshot = std::make_shared<const Snapshot>(std::move(*facts));
  }

  [[nodiscard]] snapshot::ReadResult read(const std::string& path) const {
    return snapshot::read_file(path, program->schema(), program->schema_digest());
  }

  std::vector<std::byte> image, snapshot_image;
  std::shared_ptr<const Program> program;
  std::shared_ptr<const Snapshot> snapshot;
  const Request request{.subject = "user:bob",
                        .action = "document.read",
                        .resource = "document:1",
                        .now = 1'672'900'000'000'000};
};

TEST_F(Memory, LoadingImages) {
  fail_each_allocation("load a program", Promise::error_value, [&] {
    return outcome_of(Program::load(image, Trust::unsigned_local()),
                      [&](const Program& loaded) { return loaded.digest() == program->digest(); });
  });
  fail_each_allocation("load a snapshot", Promise::error_value, [&] {
    return outcome_of(Snapshot::load(snapshot_image, program->schema(), program->schema_digest()),
                      [&](const Snapshot& loaded) { return loaded.digest() == snapshot->digest(); });
  });
  fail_each_allocation("link", Promise::error_value, [&] {
    return outcome_of(Evaluator::create(program, snapshot), [&](const Evaluator& evaluator) {
      return evaluator.decide(request).error == ErrorCode::none;
    });
  });
}

// An engine that can't take in a new pair goes on with the old one, and says so.
TEST_F(Memory, ReloadingAnEngine) {
  Engine engine;
  ASSERT_TRUE(engine.reload(program, snapshot));
  Reader reader = engine.reader();
  const Decision before = reader.decide(request);
  std::uint64_t refusals = 0;
  fail_each_allocation(
      "reload an engine", Promise::error_value,
      [&] {
        const std::uint64_t generation = engine.stats().generation;
        auto next = Program::load(image, Trust::unsigned_local());
        if (!next) return outcome_of(next, [](const Program&) { return false; });
        auto facts = Snapshot::load(snapshot_image, program->schema(), program->schema_digest());
        if (!facts) return outcome_of(facts, [](const Snapshot&) { return false; });
        const auto loaded = engine.reload(std::move(*next), std::move(*facts));
        return outcome_of(loaded, [&](std::uint64_t number) { return number == generation + 1; });
      },
      [&] {
        const Decision after = reader.decide(request);
        const bool forwards = engine.stats().refused >= refusals;
        refusals = engine.stats().refused;
        return forwards && after.generation == engine.stats().generation &&
               after.allowed() == before.allowed() && after.error == before.error &&
               after.valid_until == before.valid_until && engine.stats().retired == 0;
      });
  EXPECT_GT(refusals, 0U);
}

// A pair that doesn't fit is refused once, whatever there was no memory for.
TEST_F(Memory, RefusingAPair) {
  const auto other = compiler::compile(text::load_package(POLICYC_SOURCE_DIR "/policies/tinytodo")).image;
  auto loaded = Program::load(other, Trust::unsigned_local());
  ASSERT_TRUE(loaded);
  const auto misfit = std::make_shared<const Program>(std::move(*loaded));
  Engine engine;
  ASSERT_TRUE(engine.reload(program, snapshot));
  std::uint64_t tries = 0;
  fail_each_allocation(
      "refuse a pair", Promise::error_value,
      [&] {
        ++tries;
        const auto taken = engine.reload(misfit, snapshot);
        if (taken || taken.error().code == ErrorCode::out_of_memory)
          return taken ? Outcome::wrong : Outcome::refused;
        return as_always_if(taken.error().code == ErrorCode::schema_mismatch);
      },
      [&] { return engine.stats().generation == 1 && engine.stats().refused == tries; });
}

TEST_F(Memory, MakingReaders) {
  fail_each_allocation("make an engine and a reader", Promise::error_value, [&] {
    Engine engine;
    const auto loaded = engine.reload(program, snapshot);
    if (!loaded) return outcome_of(loaded, [](std::uint64_t) { return false; });
    Reader reader = engine.reader();
    const Decision decision = reader.decide(request);
    if (decision.error == ErrorCode::out_of_memory) return Outcome::refused;
    return as_always_if(decision.error == ErrorCode::none);
  });
}

// What a reader says besides deciding: errors of these are values too.
TEST_F(Memory, AskingAReader) {
  Engine engine, empty;
  ASSERT_TRUE(engine.reload(program, snapshot));
  Reader reader = engine.reader(), nothing = empty.reader();
  const Decision decision = reader.decide(request);
  std::array<RuleIndex, 8> rules{};
  const auto unharmed = [&] { return reader.decide(request).allowed() == decision.allowed(); };
  fail_each_allocation(
      "reasons", Promise::error_value,
      [&] {
        return outcome_of(reader.reasons(request, decision, rules),
                          [](std::size_t count) { return count > 0; });
      },
      unharmed);
  const std::string unknown = "user:" + std::string(100, 'x');
  const std::vector<std::string> unknowns = {unknown, "robot:" + unknown, unknown.substr(5)};
  fail_each_allocation(
      "names that are not there", Promise::error_value,
      [&] {
        for (const std::string& name : unknowns)
          if (const auto found = reader.resolve(name);
              found || found.error().code == ErrorCode::out_of_memory)
            return found ? Outcome::wrong : Outcome::refused;
        return Outcome::as_always;
      },
      unharmed);
  fail_each_allocation(
      "a reader of nothing", Promise::error_value,
      [&] {
        const auto found = nothing.resolve("user:bob");
        const auto named = nothing.reasons(request, decision, rules);
        const auto listed = nothing.list_actions(request);
        for (const ErrorCode code : {found.error().code, named.error().code, listed.error().code})
          if (code != ErrorCode::not_loaded)
            return code == ErrorCode::out_of_memory ? Outcome::refused : Outcome::wrong;
        return Outcome::as_always;
      },
      unharmed);
  Request of_kind = request;
  of_kind.resource = "document";
  Request of_anyone = request;
  of_anyone.subject = "user";
  fail_each_allocation(
      "lists", Promise::error_value,
      [&] {
        Engine fresh;  // the first lists make the indexes
        if (!fresh.reload(program, snapshot)) return Outcome::refused;
        Reader asks = fresh.reader();
        const auto resources = asks.list_resources(of_kind);
        if (!resources) return outcome_of(resources, [](const EntityList&) { return false; });
        const auto subjects = asks.list_subjects(of_anyone);
        if (!subjects) return outcome_of(subjects, [](const EntityList&) { return false; });
        Request any = request;
        any.action = {};
        return outcome_of(asks.list_actions(any), [&](const ActionList& list) {
          return !list.actions.empty() && !subjects->entities.empty();
        });
      },
      unharmed);
  // These return what they find, and throw where there is no memory for it.
  Request odd = request;
  odd.action = "document.raed";
  const Decision refused = reader.decide(odd);
  const std::string sentence = reader.explain_error(odd, refused);
  fail_each_allocation(
      "explain an error", Promise::bad_alloc,
      [&] {
        return as_always_if(reader.explain_error(odd, refused) == sentence &&
                            reader.diagnostics(odd).empty());
      },
      unharmed);
}

TEST_F(Memory, CompilingAPolicy) {
  const std::size_t files = open_files();
  fail_each_allocation("read and compile a policy", Promise::bad_alloc, [&] {
    const text::LoadedPackage loaded = text::load_package(kFolder);
    const compiler::CompileResult compiled = compiler::compile(loaded);
    return as_always_if(compiled.image == image);
  });
  EXPECT_EQ(open_files(), files);
}

// What is wrong with a policy, told: a sentence may not be lost without saying so.
TEST_F(Memory, TellingWhatIsWrong) {
  const std::string text =
      "policy odd\nsubject user {}\nscope team {\n  role member\n  actoin read\n  action read(p: "
      "striing)\n}\n"
      "allow membr to team.read when teem.x == 1\nallow member to team.write\n";
  const auto told = [&] {
    text::LoadedPackage loaded = text::load_package_from_memory({{"odd.policy", text}});
    const compiler::CompileResult compiled = compiler::compile(loaded);
    std::string all;
    for (const text::Diagnostic& one : compiled.diagnostics.list())
      all += text::render_text(one, loaded.sources);
    return all;
  };
  const std::string expected = told();
  fail_each_allocation("findings of a policy", Promise::bad_alloc,
                       [&] { return as_always_if(told() == expected); });
}

TEST_F(Memory, ReadingASnapshot) {
  const std::size_t files = open_files();
  fail_each_allocation("read a snapshot in YAML", Promise::bad_alloc,
                       [&] { return as_always_if(read(kSnapshot).image == snapshot_image); });
  EXPECT_EQ(open_files(), files);
  const auto read_as = [&](const std::string& text, snapshot::Format format) {
    return snapshot::read_text("facts", text, format, program->schema(), program->schema_digest()).image;
  };
  const std::string lines =
      R"({"entity":"document:plan","in":"office:main","created":"2022-01-01T00:00:00Z","guests":["user:ann"]}
{"entity":"office:main","works_begin":"2022-01-01T00:00:00Z"}
{"entity":"user:ann"}
{"grant":"editor","to":"user:ann","on":"document:plan","until":"2026-04-01T00:00:00Z"}
{"end":{"lines":4}}
)";
  const std::string json =
      R"({"snapshot": 1, "users": [{"id": "ann"}], "offices": [{"id": "main", "grants": {"guard": ["ann"]},
    "documents": [{"id": "plan", "created": "2022-01-01T00:00:00Z", "guests": ["ann"]}]}]})";
  for (const auto& [name, text, format] : {std::tuple("read JSON Lines", lines, snapshot::Format::json_lines),
                                           std::tuple("read JSON", json, snapshot::Format::json)}) {
    const std::vector<std::byte> expected = read_as(text, format);
    ASSERT_FALSE(expected.empty()) << name;
    const auto work = [&, &given = text, as = format] {
      return as_always_if(read_as(given, as) == expected);
    };
    fail_each_allocation(name, Promise::bad_alloc, work);
  }
}

}  // namespace
}  // namespace policyc::faults
