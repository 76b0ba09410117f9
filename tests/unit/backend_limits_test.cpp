// What is sound and still too much for one program: the limits that only the back end can find.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "code.hpp"
#include "policyc/compiler/compile.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot_builder.hpp"
#include "program_index.hpp"
#include "program_parts.hpp"

namespace policyc::compiler {
namespace {

// The codes of what a policy is refused for; "" if it compiles.
std::string refusal(const std::string& text) {
  const text::LoadedPackage loaded = text::load_package_from_memory({{"test.policy", text}});
  const CompileResult compiled = compile(loaded);
  std::string codes;
  for (const text::Diagnostic& one : compiled.diagnostics.list())
    if (text::info(one.code).severity == text::Severity::error)
      codes += std::string(text::info(one.code).name) + ' ';
  EXPECT_EQ(compiled.image.empty(), !codes.empty());
  return codes;
}

// a1 - (a2 - (a3 - …)): written order would hold all of them until the innermost difference is known.
std::string difference_of(int count) {
  std::string attributes;
  std::string difference;
  for (int i = 1; i <= count; ++i) {
    const std::string name = "a" + std::to_string(i);
    attributes += "  " + name + ": int = 0\n";
    difference += (i == 1 ? "" : i == count ? " - " : " - (") + ("list." + name);
  }
  return "subject user {}\nscope list {\n" + attributes + "  action read\n}\nallow user to list.read when " +
         difference + std::string(static_cast<std::size_t>(count > 2 ? count - 2 : 0), ')') + " > 0\n";
}

// What is harder to compute is computed first, so that thirty registers are enough for any expression that
// fits.
TEST(BackendLimits, ADeepExpressionNeedsFewRegisters) { EXPECT_EQ(refusal(difference_of(100)), ""); }

// Each action asks the one before it.
std::string chain_of(int count) {
  std::string text = "subject user {}\nscope list {\n  role member\n";
  std::string rules = "allow member to list.a0\n";
  for (int i = count; i >= 1; --i) {
    text += "  action a" + std::to_string(i) + "\n";
    rules += "allow user to list.a" + std::to_string(i) + " when subject may list.a" + std::to_string(i - 1) +
             " on list\n";
  }
  return text + "  action a0\n}\n" + rules;
}

TEST(BackendLimits, AChainOfPermissionsIsExpandedOnlySoFar) {
  EXPECT_EQ(refusal(chain_of(50)), "");
  EXPECT_EQ(refusal(chain_of(500)), "action_expands_too_far ");
}

// Each test of a number is two instructions or more.
std::string tests_of(int count) {
  std::string condition;
  for (int i = 0; i < count; ++i)
    condition += (i == 0 ? "" : " or ") + std::string("list.a + ") + std::to_string(i) + " == list.b";
  return "subject user {}\nscope list {\n  a: int = 0\n  b: int = 0\n  action read\n}\n"
         "allow user to list.read when " +
         condition + "\n";
}

TEST(BackendLimits, AnActionHasAtMost65535Instructions) {
  EXPECT_EQ(refusal(tests_of(1000)), "");
  EXPECT_EQ(refusal(tests_of(70'000)), "action_too_large ");
}

// As many tests as fit, and one more. Jumps go from the first test to the end of the code and from the last
// one back to nothing: none may be cut short.
TEST(BackendLimits, CodeOfAlmost65535InstructionsDecides) {
  const auto longest_entry = [](const CompileResult& compiled) {
    const auto program = Program::load(compiled.image, Trust::unsigned_local());
    EXPECT_TRUE(program);
    if (!program) return std::uint32_t{0};
    std::uint32_t longest = 0;
    for (const vm::ActionCode& code : vm::ProgramAccess::parts(*program).action_code)
      longest =
          std::max({longest, code.decide.end - code.decide.begin, code.reasons.end - code.reasons.begin});
    return longest;
  };
  const auto compiled_of = [](int count) {
    return compile(text::load_package_from_memory({{"test.policy", tests_of(count)}}));
  };
  const std::uint32_t of_100 = longest_entry(compiled_of(100));
  const std::uint32_t each = longest_entry(compiled_of(101)) - of_100;
  ASSERT_GT(each, 0U);
  const int most = 100 + static_cast<int>((vm::kMaxInstructions - of_100) / each);
  EXPECT_EQ(refusal(tests_of(most + 1)), "action_too_large ");

  const CompileResult compiled = compiled_of(most);
  ASSERT_FALSE(compiled.image.empty());
  EXPECT_GT(longest_entry(compiled), vm::kMaxInstructions - each);
  auto loaded = Program::load(compiled.image, Trust::unsigned_local());
  ASSERT_TRUE(loaded);
  const auto program = std::make_shared<const Program>(std::move(*loaded));
  SnapshotBuilder builder(program->schema(), program->schema_digest());
  const KindIndex list = program->schema().find_kind("list");
  const AttributeIndex b = program->schema().kinds[list].attributes[1];
  const auto add = [&](const char* id, std::int64_t value) {
    const AttributeFact fact{b, {value, {}, {}}, 0};
    builder.entity(list, id, kNoIndex, {}, {&fact, 1}, 0);
  };
  add("first", 0);
  add("middle", most / 2);
  add("last", most - 1);
  add("none", most);
  const SnapshotBuilder::Output built = builder.finish();
  ASSERT_TRUE(built.errors.empty());
  auto facts = Snapshot::load(built.image, program->schema(), program->schema_digest());
  ASSERT_TRUE(facts);
  const auto evaluator = Evaluator::create(program, std::make_shared<const Snapshot>(std::move(*facts)));
  ASSERT_TRUE(evaluator);
  const auto allowed = [&](const char* resource) {
    const Request request{.subject = "user:ann", .action = "list.read", .resource = resource};
    const Decision decision = evaluator->decide(request);
    EXPECT_EQ(decision.error, ErrorCode::none);
    EXPECT_EQ(evaluator->reasons(request).size(), decision.allowed() ? 1U : 0U);
    return decision.allowed();
  };
  EXPECT_TRUE(allowed("list:first"));
  EXPECT_TRUE(allowed("list:middle"));
  EXPECT_TRUE(allowed("list:last"));
  EXPECT_FALSE(allowed("list:none"));
}

}  // namespace
}  // namespace policyc::compiler
