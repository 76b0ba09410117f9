// Rows of the catalogue that no other test has: see rows.txt.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <locale>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine_fixture.hpp"
#include "pattern.hpp"
#include "policyc/compiler/matrix.hpp"
#include "policyc/snapshot/read.hpp"
#include "unit/rules_fixture.hpp"

namespace policyc::testing {
namespace {

// The least CPU time of this thread over a few runs, in milliseconds: what the work costs where nothing
// disturbs it.
template <class Work>
double least_cost(const Work& work) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  };
  double least = 1e9;
  for (int run = 0; run < 5; ++run) {
    const double begin = now();
    work();
    least = std::min(least, now() - begin);
  }
  return least;
}

// Each level includes both roles of the next one: 2^levels ways, and few roles.
std::string doubling_roles(int levels) {
  std::string text = "subject user {}\nscope team {\n";
  for (int i = 0; i < levels; ++i)
    for (const char* side : {"a", "b"}) {
      text += "  role " + std::string(side) + std::to_string(i);
      if (i + 1 < levels) text += " includes a" + std::to_string(i + 1) + ", b" + std::to_string(i + 1);
      text += "\n";
    }
  return text + "  action read\n}\nallow a" + std::to_string(levels - 1) + " to team.read\n";
}

TEST(Catalogue, Row16RolesThatDoubleCostLinearTime) {
  const auto cost = [](int levels) {
    const std::string text = doubling_roles(levels);
    return least_cost([&] {
      const auto loaded = text::load_package_from_memory({{"a.policy", text}});
      const auto compiled = compiler::compile(loaded);
      ASSERT_FALSE(compiled.image.empty());
    });
  };
  // Twice the levels would be a thousand million times the ways.
  EXPECT_LT(cost(30), 20 * cost(15) + 1);
}

// A chain of conditions, each of which names the one before: nothing that reads it may go as deep as it is
// long.
TEST(Catalogue, Row16ChainsOfConditionsAreBounded) {
  const auto compiled_chain = [](const std::string& body, int links) {
    std::string text =
        "subject user {}\nscope team {\n  open: bool = false\n  role member\n  action read\n}\n"
        "condition c0 on team = team.open\n";
    for (int i = 1; i < links; ++i)
      text += "condition c" + std::to_string(i) + " on team = " + body + "c" + std::to_string(i - 1) + "\n";
    text += "allow member to team.read when c" + std::to_string(links - 1) + "\n";
    return compiler::compile(text::load_package_from_memory({{"a.policy", text}}));
  };
  for (const char* body : {"", "not ", "team.open and "}) {
    const auto refused = compiled_chain(body, 2'000);
    EXPECT_TRUE(refused.image.empty()) << body;
    EXPECT_TRUE(refused.diagnostics.exceeds_limit()) << body;
  }
  EXPECT_FALSE(compiled_chain("not ", 60).image.empty());
}

TEST(Catalogue, Row26ManyRulesOverOneActionCostLinearTime) {
  const auto cost = [](int rules) {
    std::string text = "subject user {}\nscope list {\n  owner: string\n  role reader\n  action read\n}\n";
    for (int i = 0; i < rules; ++i)
      text += "allow reader to list.read when list.owner == \"" + std::to_string(i) + "\"\n";
    return least_cost([&] {
      const auto loaded = text::load_package_from_memory({{"a.policy", text}});
      const auto compiled = compiler::compile(loaded);
      ASSERT_FALSE(compiled.image.empty());
    });
  };
  // Eight times the rules, each compared with each, would cost sixty-four times as much.
  EXPECT_LT(cost(8'000), 20 * cost(1'000) + 1);
}

TEST(Catalogue, Row23HostilePatternsCostLinearTime) {
  const auto cost = [](std::size_t length) {
    // Each star may begin anywhere, and what stands between them almost fits everywhere.
    std::string pattern = "*";
    for (int i = 0; i < 10; ++i) pattern += "aaaaaaab*";
    const std::string text(length, 'a');
    return least_cost([&] { EXPECT_FALSE(vm::matches_pattern(text, pattern)); });
  };
  // Backtracking would take the length to the power of the stars.
  EXPECT_LT(cost(200'000), 40 * cost(20'000) + 1);
}

// Two organizations that are alike; what is renamed, added or granted in one leaves each answer in the other.
TEST(Catalogue, Row47OrganizationsAreApart) {
  const auto loaded = text::load_package_from_memory(
      {{"a.policy",
        "subject user {}\nscope organization { role member  role guest from project.reader }\n"
        "scope project in organization { owner: user?  role reader  action read, edit }\n"
        "allow member, reader to project.read\nallow user to project.edit when project.owner is set and "
        "project.owner == subject\n"
        "forbid anyone to project.** unless subject is member or subject is guest on organization\n"}});
  const auto compiled = compiler::compile(loaded);
  ASSERT_FALSE(compiled.image.empty());
  auto program_loaded = Program::load(compiled.image, Trust::unsigned_local());
  ASSERT_TRUE(program_loaded);
  const auto program = std::make_shared<const Program>(std::move(*program_loaded));

  const std::string acme =
      "{\"entity\":\"user:ann\"}\n{\"entity\":\"user:bob\"}\n{\"entity\":\"organization:acme\"}\n"
      "{\"entity\":\"project:p1\",\"in\":\"organization:acme\",\"owner\":\"user:ann\"}\n"
      "{\"grant\":\"member\",\"to\":\"user:ann\",\"on\":\"organization:acme\"}\n";
  const std::array<std::string, 4> elsewhere = {
      "",
      "{\"entity\":\"organization:beta\"}\n{\"entity\":\"project:p2\",\"in\":\"organization:beta\",\"owner\":"
      "\"user:bob\"}\n",
      "{\"entity\":\"organization:zeta\"}\n{\"entity\":\"project:q\",\"in\":\"organization:zeta\"}\n"
      "{\"grant\":\"member\",\"to\":\"user:bob\",\"on\":\"organization:zeta\"}\n"
      "{\"grant\":\"reader\",\"to\":\"user:bob\",\"on\":\"project:q\"}\n",
      "{\"entity\":\"organization:a\"}\n{\"entity\":\"project:0\",\"in\":\"organization:a\",\"owner\":\"user:"
      "ann\"}\n"
      "{\"grant\":\"reader\",\"to\":\"user:ann\",\"on\":\"project:0\"}\n"};
  std::vector<std::string> others(elsewhere.begin(), elsewhere.end());
  // The last of them again under many other names, those that look like acme's too.
  std::mt19937 random(47);
  for (int i = 0; i < 60; ++i) {
    static constexpr std::string_view kLetters = "acmep1:_- .é";
    std::string name = i == 0 ? "acm" : i == 1 ? "acme2" : i == 2 ? "ACME" : i == 3 ? "acme:p1" : "";
    while (name.empty() || name == "acme")
      for (std::size_t length = 1 + random() % 6; length > 0; --length)
        name += random() % 8 == 0 ? "é" : std::string(1, kLetters[random() % (kLetters.size() - 2)]);
    const std::string in = "organization:" + name;
    const std::string project = "project:" + name + "1";
    others.push_back("{\"entity\":\"" + in + "\"}\n{\"entity\":\"" + project + "\",\"in\":\"" + in +
                     "\",\"owner\":\"user:ann\"}\n{\"grant\":\"member\",\"to\":\"user:bob\",\"on\":\"" + in +
                     "\"}\n{\"grant\":\"reader\",\"to\":\"user:ann\",\"on\":\"" + project + "\"}\n");
  }
  std::vector<std::string> answers;
  for (const std::string& other : others) {
    const auto read = snapshot::read_text("facts", acme + other, snapshot::Format::json_lines,
                                          program->schema(), program->schema_digest());
    ASSERT_FALSE(read.image.empty()) << other;
    auto snapshot = Snapshot::load(read.image, program->schema(), program->schema_digest());
    ASSERT_TRUE(snapshot);
    const auto evaluator = Evaluator::create(program, std::make_shared<const Snapshot>(std::move(*snapshot)));
    ASSERT_TRUE(evaluator);
    std::string& all = answers.emplace_back();
    for (const char* subject : {"user:ann", "user:bob", "user:eve"})
      for (const char* action : {"project.read", "project.edit"}) {
        const Decision decision =
            evaluator->decide({.subject = subject, .action = action, .resource = "project:p1"});
        all += decision.allowed() ? "allow " : decision.why == Why::rule ? "forbid " : "deny ";
      }
  }
  EXPECT_EQ(answers[0], "allow allow forbid forbid forbid forbid ");
  for (const std::string& one : answers) EXPECT_EQ(one, answers[0]);
  // One id can't stand in two organizations: it is one entity.
  const auto twice = snapshot::read_text(
      "facts",
      acme + "{\"entity\":\"organization:beta\"}\n{\"entity\":\"project:p1\",\"in\":\"organization:beta\"}\n",
      snapshot::Format::json_lines, program->schema(), program->schema_digest());
  EXPECT_TRUE(twice.image.empty());
}

// A host that prints numbers with commas and points elsewhere: what is compiled, decided and said is the
// same.
TEST(Catalogue, Row64AHostsLocaleChangesNothing) {
  struct Commas : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\1"; }
    std::string do_truename() const override { return "wahr"; }
  };
  const auto all_said = [] {
    const auto loaded = text::load_package_from_memory(
        {{"a.policy",
          "subject user {}\nscope team { size: int = 12345  role member  action read(n: int = 67890) }\n"
          "allow member to team.read when team.size > 1234567 - 1000000 or now > "
          "time(\"2026-01-01T00:00:00Z\")\n"
          "matrix \"T\" { columns member as \"M\" row \"Read\" team.read }\n"}});
    const auto compiled = compiler::compile(loaded);
    if (compiled.image.empty()) return std::string();
    const auto program = Program::load(compiled.image, Trust::unsigned_local());
    std::string said = to_hex(program->digest()) + program->disassemble() +
                       compiler::render(compiler::compute_matrices(*compiled.model, loaded.sources),
                                        compiler::TableFormat::json);
    const auto read = snapshot::read_text(
        "facts.yaml", "snapshot: 1\nteams: [ { id: a, size: 1234567 }, { id: b, size: 1.5 } ]\n",
        snapshot::Format::yaml, program->schema(), program->schema_digest());
    for (const text::Diagnostic& one : read.diagnostics.list())
      said += text::render_text(one, read.sources) + text::render_json(one, read.sources);
    return said;
  };
  const std::string plain = all_said();
  ASSERT_FALSE(plain.empty());
  const std::locale before = std::locale::global(std::locale(std::locale(), new Commas));
  const std::string other = all_said();
  std::locale::global(before);
  EXPECT_EQ(plain, other);
}

// More queries than one batch may have: those that are too many are refused, the others are answered.
TEST(Catalogue, Row61ABatchIsBounded) {
  using namespace vm::testing;
  Engine engine;
  Reader reader = engine.reader();
  ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
  const Query good{*reader.resolve("user:ann"), *reader.resolve("task:t1"),
                   *engine.program()->find_action("task.act")};
  const std::vector<BatchQuery> queries(kMaxBatch + 2, BatchQuery{good, 0});
  const std::array<Circumstances, 1> plain{};
  std::vector<Decision> decisions(queries.size());
  ASSERT_EQ(reader.decide_batch(queries, plain, decisions), queries.size());
  EXPECT_TRUE(
      std::all_of(decisions.begin(), decisions.end() - 2, [](const Decision& d) { return d.allowed(); }));
  for (std::size_t i = kMaxBatch; i < decisions.size(); ++i) {
    EXPECT_FALSE(decisions[i].allowed());
    EXPECT_EQ(decisions[i].error, ErrorCode::limit_exceeded);
  }
}

TEST(Catalogue, Row61OneBadRequestAmongAThousand) {
  using namespace vm::testing;
  Engine engine;
  Reader reader = engine.reader();
  ASSERT_TRUE(engine.reload(program_for(true), snapshot_for()));
  const Query good{*reader.resolve("user:ann"), *reader.resolve("task:t1"),
                   *engine.program()->find_action("task.act")};
  std::vector<BatchQuery> queries(1000, BatchQuery{good, 0});
  queries[617].query.subject = Handle{};
  const std::array<Circumstances, 1> plain{};
  std::vector<Decision> decisions(queries.size());
  ASSERT_EQ(reader.decide_batch(queries, plain, decisions), queries.size());
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    EXPECT_EQ(decisions[i].allowed(), i != 617) << i;
    EXPECT_EQ(decisions[i].error, i == 617 ? ErrorCode::stale_handle : ErrorCode::none) << i;
  }
}

}  // namespace
}  // namespace policyc::testing
