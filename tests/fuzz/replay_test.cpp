// What fuzzers once found, and some inputs that go deep, again: tests/fuzz/regressions/TARGET/NAME. Each
// target ends the process when its input shows a mistake.

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#define TARGET(name) extern "C" int fuzz_##name(const std::uint8_t* data, std::size_t size);
#include "fuzz_targets.def"
#undef TARGET

namespace {

namespace fs = std::filesystem;

struct Target {
  const char* name;
  int (*run)(const std::uint8_t* data, std::size_t size);
};

constexpr Target kTargets[] = {
#define TARGET(name) {#name, fuzz_##name},
#include "fuzz_targets.def"
#undef TARGET
};

const fs::path& folder() {
  static const fs::path path = fs::path(POLICYC_SOURCE_DIR) / "tests/fuzz/regressions";
  return path;
}

void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

class Replay : public testing::TestWithParam<Target> {};

TEST_P(Replay, EachInputIsTaken) {
  const fs::path inputs = folder() / GetParam().name;
  ASSERT_TRUE(fs::is_directory(inputs)) << "a target without an input here is never replayed";
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(inputs)) {
    SCOPED_TRACE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
    EXPECT_EQ(GetParam().run(input.data(), input.size()), 0);
    // The shortest input is one, too.
    EXPECT_EQ(GetParam().run(input.data(), 0), 0);
    ++count;
  }
  EXPECT_GT(count, 0u);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

// A folder that belongs to no target would look like a regression and never run.
TEST(ReplayFolders, EveryFolderIsOfATarget) {
  for (const auto& entry : fs::directory_iterator(folder())) {
    bool known = false;
    for (const Target& target : kTargets) known = known || entry.path().filename() == target.name;
    EXPECT_TRUE(known) << entry.path();
  }
}

}  // namespace
