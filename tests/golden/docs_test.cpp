// Runs what the documents show. Fenced blocks of docs/language.md and docs/coming-from.md:
//
//   ```yaml NAME       becomes a file beside the policies that follow it, and so does
//   ```policy NAME     with a name that ends in .policy: somebody imports it
//   ```policy          must pass `policyc check`, its tests included
//   ```policy PC2001   must be refused with that code
//   ```matrix          is what `policyc matrix` prints for the policy before it

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;

struct Block {
  std::string language;
  std::string argument;
  std::string text;
  std::size_t line = 0;
};

std::vector<Block> blocks_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<Block> blocks;
  std::string line;
  bool inside = false;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.rfind("```", 0) == 0) {
      if (inside) {
        inside = false;
        continue;
      }
      inside = true;
      std::istringstream words(line.substr(3));
      Block block;
      words >> block.language >> block.argument;
      block.line = number;
      blocks.push_back(block);
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

struct Output {
  int status = -1;
  std::string text;
};

Output run(const std::string& command) {
  Output output;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return output;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) output.text.append(buffer, n);
  output.status = WEXITSTATUS(::pclose(pipe));
  return output;
}

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("policyc-docs-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }

 private:
  fs::path path_;
};

// Runs the examples of a page, and says how many policies it shows.
std::size_t run_examples(const std::string& name) {
  const std::string page = std::string(POLICYC_SOURCE_DIR) + "/docs/" + name;
  const Folder folder;
  const std::string command = POLICYC_COMMAND;
  std::string last_policy;
  std::size_t policies = 0;
  for (const Block& block : blocks_of(page)) {
    SCOPED_TRACE(page + ":" + std::to_string(block.line));
    const bool is_imported = block.language == "policy" && block.argument.ends_with(".policy");
    if (is_imported || (block.language == "yaml" && !block.argument.empty())) {
      (void)folder.write(block.argument, block.text);
    } else if (block.language == "policy") {
      ++policies;
      last_policy = folder.write("example_" + std::to_string(block.line) + ".policy", block.text);
      const Output output = run(command + " check " + last_policy);
      if (block.argument.empty()) {
        EXPECT_EQ(output.status, 0) << output.text;
      } else {
        EXPECT_EQ(output.status, 1) << output.text;
        EXPECT_NE(output.text.find("[" + block.argument + "]"), std::string::npos) << output.text;
      }
    } else if (block.language == "matrix") {
      EXPECT_EQ(run(command + " matrix " + last_policy).text, block.text);
    }
  }
  return policies;
}

TEST(Docs, EveryExampleOfTheLanguagePageHolds) {
  EXPECT_GE(run_examples("language.md"), 12u) << "the page has lost its examples";
}

TEST(Docs, EveryExampleForThoseWhoComeFromElsewhereHolds) {
  EXPECT_GE(run_examples("coming-from.md"), 15u) << "the page has lost its examples";
}

// What the page on embedding shows of the example server and of a C program is what is built.
TEST(Docs, WhatIsShownIsWhatIsBuilt) {
  const std::string root = POLICYC_SOURCE_DIR;
  std::size_t shown = 0;
  for (const Block& block : blocks_of(root + "/docs/embedding.md")) {
    if (block.argument.empty()) continue;
    ++shown;
    std::ifstream in(root + "/" + block.argument);
    const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_NE(file.find(block.text), std::string::npos)
        << "docs/embedding.md:" << block.line << " is not in " << block.argument;
  }
  EXPECT_EQ(shown, 5u);
}

}  // namespace
