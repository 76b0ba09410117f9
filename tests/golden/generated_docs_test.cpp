// Documents that are written from the tables in the code are what the code says
// today. POLICYC_UPDATE=1 (scripts/docs) rewrites them.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "limits_page.hpp"
#include "manual.hpp"

namespace {

std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return text;
}

void compare(const std::string& document, const std::string& generated) {
  const std::string path = std::string(POLICYC_SOURCE_DIR) + "/docs/" + document;
  ASSERT_FALSE(generated.empty());
  if (std::getenv("POLICYC_UPDATE") != nullptr) {
    std::ofstream(path, std::ios::binary) << generated;
    return;
  }
  EXPECT_TRUE(read_whole(path) == generated) << "docs/" << document << " is stale: run scripts/docs";
}

TEST(GeneratedDocs, TheBytecodeManualIsFresh) { compare("bytecode.md", policyc::vm::bytecode_manual()); }

TEST(GeneratedDocs, TheDiagnosticsManualIsFresh) {
  compare("diagnostics.md", output_of(std::string(POLICYC_COMMAND) + " doc --markdown"));
}

TEST(GeneratedDocs, TheListOfLimitsIsFresh) { compare("limits.md", policyc::docs::limits_page()); }

TEST(GeneratedDocs, TheCommandsManualIsFresh) {
  compare("cli.md", output_of(std::string(POLICYC_COMMAND) + " doc --command markdown"));
}

}  // namespace
