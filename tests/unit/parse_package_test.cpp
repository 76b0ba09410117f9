// Packages on the disk: which files belong to one, and which are refused.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "parse_fixture.hpp"

namespace policyc::text {
namespace {

namespace fs = std::filesystem;

class Packages : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "policyc-package-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directory(folder_ / "p");
  }
  void TearDown() override { fs::remove_all(folder_); }

  // Paths are below the folder "p", which is the package's root.
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root() / path).parent_path());
    std::ofstream(root() / path) << text;
  }
  [[nodiscard]] fs::path root() const { return folder_ / "p"; }
  [[nodiscard]] LoadedPackage load(const std::string& path = "main.policy") const {
    return load_package((root() / path).string());
  }

  fs::path folder_;
};

// The codes, each once.
std::string codes(const LoadedPackage& loaded) {
  std::string all;
  for (const Diagnostic& one : loaded.diagnostics.list()) all += (all.empty() ? "" : " ") + info(one.code).id;
  return all;
}

// The names of the files, in order, without the folder.
std::string names(const LoadedPackage& loaded, const fs::path& root) {
  std::string all;
  for (const File& file : loaded.package.files)
    all += (all.empty() ? "" : " ") + loaded.sources[file.file].name().substr(root.string().size() + 1);
  return all;
}

TEST_F(Packages, AFolderIsAPackageOfItsPolicies) {
  write("b.policy", "role b");
  write("a.policy", "role a");
  write("notes.txt", "role c");
  write("sub/d.policy", "role d");
  for (const char* path : {"", "."}) {
    const LoadedPackage loaded = load(path);
    EXPECT_EQ(codes(loaded), "");
    ASSERT_EQ(loaded.package.files.size(), 2u);
    EXPECT_EQ(loaded.package.files[0].system_roles.at(0).name.text, "a");
  }
  const LoadedPackage loaded = load_package(root().string());
  EXPECT_EQ(names(loaded, root()), "a.policy b.policy");
}

TEST_F(Packages, AnEmptyFolderIsAnError) {
  const LoadedPackage loaded = load("");
  EXPECT_EQ(codes(loaded), "PC1093");
  EXPECT_TRUE(loaded.io_failed);
}

TEST_F(Packages, ImportsAreFollowedFromTheRoot) {
  write("main.policy", "import \"sub/a.policy\"\nimport \"b.policy\"");
  write("sub/a.policy", "import \"sub/c.policy\"");
  write("sub/c.policy", "role c");
  write("b.policy", "role b");
  const LoadedPackage loaded = load();
  EXPECT_EQ(codes(loaded), "");
  EXPECT_EQ(names(loaded, root()), "main.policy sub/a.policy b.policy sub/c.policy");
}

TEST_F(Packages, EachFileIsReadOnce) {
  write("main.policy",
        "import \"a.policy\"\nimport \"./a.policy\"\nimport \"link.policy\"\nimport \"hard.policy\"");
  write("a.policy", "import \"main.policy\"\nimport \"a.policy\"\nrole a");
  fs::create_symlink("a.policy", root() / "link.policy");
  fs::create_hard_link(root() / "a.policy", root() / "hard.policy");
  const LoadedPackage loaded = load();
  // Two spellings of one path are one import too many.
  EXPECT_EQ(codes(loaded), "PC1076");
  EXPECT_EQ(names(loaded, root()), "main.policy a.policy");
}

TEST_F(Packages, ImportsStayBelowTheRoot) {
  std::ofstream(folder_ / "outside.policy") << "role outside";
  fs::create_symlink(folder_ / "outside.policy", root() / "leaves.policy");
  fs::create_directory_symlink(folder_, root() / "up");
  fs::create_directory_symlink("p", folder_ / "alias");
  write("inside.policy", "role inside");
  fs::create_symlink(root() / "inside.policy", root() / "stays.policy");
  const std::string outside = (folder_ / "outside.policy").string();
  for (const std::string& path :
       {std::string("../outside.policy"), outside, std::string("sub/../../outside.policy"),
        std::string("leaves.policy"), std::string("up/outside.policy"), std::string("")}) {
    write("main.policy", "import \"" + path + "\"");
    const LoadedPackage loaded = load();
    EXPECT_EQ(codes(loaded), "PC1091") << path;
    EXPECT_EQ(loaded.package.files.size(), 1u) << path;
    EXPECT_TRUE(loaded.io_failed) << path;
  }
  write("main.policy", "import \"stays.policy\"");
  EXPECT_EQ(codes(load()), "");
  // The root itself may be reached through a link.
  EXPECT_EQ(codes(load_package((folder_ / "alias" / "main.policy").string())), "");
}

TEST_F(Packages, OnlyFilesAreRead) {
  ASSERT_EQ(::mkfifo((root() / "pipe.policy").c_str(), 0600), 0);
  fs::create_directory(root() / "folder.policy");
  fs::create_symlink("loop.policy", root() / "loop.policy");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"pipe.policy", "PC1092"}, {"folder.policy", "PC1092"}, {".", "PC1092"},
      {"loop.policy", "PC1090"}, {"none.policy", "PC1090"},   {"pipe.policy/x", "PC1090"}};
  for (const auto& [path, code] : cases) {
    write("main.policy", "import \"" + path + "\"");
    const LoadedPackage loaded = load();
    EXPECT_EQ(codes(loaded), code) << path;
    EXPECT_TRUE(loaded.io_failed) << path;
  }
  EXPECT_EQ(codes(load_package("/dev/zero")), "PC1092");
  EXPECT_EQ(codes(load("none.policy")), "PC1090");
  EXPECT_EQ(codes(load_package("")), "PC1090");
}

TEST_F(Packages, AMissingImportNamesItsNeighbour) {
  write("main.policy", "import \"rolse.policy\"");
  write("roles.policy", "role a");
  const LoadedPackage loaded = load();
  ASSERT_EQ(codes(loaded), "PC1090");
  EXPECT_NE(loaded.diagnostics.list()[0].suggestion.find("roles.policy"), std::string::npos);
  EXPECT_EQ(loaded.sources.slice(loaded.diagnostics.list()[0].span), "\"rolse.policy\"");
}

TEST_F(Packages, LargeFilesAreRefusedBeforeTheyAreRead) {
  write("main.policy", "role a");
  // A hole: nobody could read it in the time of a test.
  fs::resize_file(root() / "main.policy", std::uintmax_t{1} << 40);
  const LoadedPackage loaded = load();
  EXPECT_EQ(codes(loaded), "PC9002");
  EXPECT_TRUE(loaded.limit_exceeded);
  EXPECT_FALSE(loaded.io_failed);
}

TEST_F(Packages, APipeIsReadUpToTheLimit) {
  const fs::path pipe = root() / "main.policy";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto fed = [&](const std::string& text, const ParseLimits& limits) {
    std::thread writer([&] {
      std::ofstream out(pipe);
      out << text;
    });
    LoadedPackage loaded = load_package(pipe.string(), limits);
    writer.join();
    return loaded;
  };
  ParseLimits limits;
  limits.max_bytes = 20;
  EXPECT_EQ(fed("role a", limits).package.files.at(0).system_roles.size(), 1u);
  EXPECT_EQ(codes(fed("role a // and much more", limits)), "PC9002");
}

TEST(PackageInMemory, ImportsNameTheTexts) {
  const LoadedPackage good =
      load_package_from_memory({{"a.policy", "import \"b.policy\""}, {"b.policy", "role b"}});
  EXPECT_EQ(codes(good), "");
  EXPECT_EQ(good.package.files.size(), 2u);
  const LoadedPackage bad = load_package_from_memory(
      {{"a.policy", "import \"c.policy\" import \"../a.policy\""}, {"b.policy", ""}});
  EXPECT_EQ(codes(bad), "PC1090 PC1091");
  EXPECT_TRUE(bad.io_failed);
}

}  // namespace
}  // namespace policyc::text
