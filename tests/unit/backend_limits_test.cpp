// What is sound and still too much for one program: the limits that only the back end can find.

#include <gtest/gtest.h>

#include <string>

#include "policyc/compiler/compile.hpp"

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

}  // namespace
}  // namespace policyc::compiler
