// The pages for newcomers are followed to the letter, each in an empty folder:
//
//   ```yaml acme.yaml     a block whose argument has a dot becomes that file
//   ```console            each line after "$ " is run by the shell, and what is shown below it is what it
//   prints;
//                         a line "…" stands for whatever else it prints
//
// POLICYC_UPDATE=1 rewrites what is shown, where no "…" stands.

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

std::string read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class Shell {
 public:
  Shell() {
    std::string name = (fs::temp_directory_path() / "policyc-page-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) folder_ = name;
    fs::create_directories(folder_ / "bin");
    fs::create_directories(folder_ / "home");
    fs::create_symlink(POLICYC_COMMAND, folder_ / "bin" / "policyc");
  }
  ~Shell() { fs::remove_all(folder_); }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  [[nodiscard]] bool works() const { return !folder_.empty(); }

  void write(const std::string& name, const std::string& text) const {
    const fs::path path = folder_ / "home" / here_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }

  // What the command prints, errors too. "cd" lasts.
  [[nodiscard]] std::string run(const std::string& command) {
    if (command.starts_with("cd ")) {
      here_ = (here_ / command.substr(3)).lexically_normal();
      return fs::is_directory(folder_ / "home" / here_) ? "" : "there is no folder " + here_.string() + "\n";
    }
    const fs::path script = folder_ / "script";
    std::ofstream(script) << "export PATH='" << (folder_ / "bin").string() << "':\"$PATH\" HOME='"
                          << (folder_ / "home").string() << "' LC_ALL=C.UTF-8\ncd '"
                          << (folder_ / "home" / here_).string() << "' && { " << command << "\n}\n";
    std::string text;
    FILE* pipe = ::popen(("bash '" + script.string() + "' 2>&1 </dev/null").c_str(), "r");
    if (pipe == nullptr) return "bash can't be run\n";
    char buffer[4096];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
    ::pclose(pipe);
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    return text;
  }

 private:
  fs::path folder_, here_;
};

// Whether the text shown is the text printed, with "…" for any lines.
bool is_shown(const std::string& shown, const std::string& printed) {
  std::size_t at = 0;
  bool open = false;
  std::istringstream lines(shown);
  for (std::string line; std::getline(lines, line);) {
    if (line == "…") {
      open = true;
      continue;
    }
    const std::size_t found = open ? ("\n" + printed.substr(at)).find("\n" + line + "\n") : 0;
    if (found == std::string::npos || printed.compare(at + found, line.size() + 1, line + "\n") != 0)
      return false;
    at += found + line.size() + 1;
    open = false;
  }
  return open || at == printed.size();
}

class Pages : public testing::TestWithParam<const char*> {};

TEST_P(Pages, CanBeFollowed) {
  const fs::path path = fs::path(POLICYC_SOURCE_DIR) / GetParam();
  const std::string page = read_whole(path);
  ASSERT_FALSE(page.empty()) << path;
  Shell shell;
  ASSERT_TRUE(shell.works());
  std::string rewritten, fence, file, text, command, shown;
  std::size_t commands = 0, number = 0;
  const auto finish = [&] {
    if (command.empty()) return;
    ++commands;
    const std::string printed = shell.run(command);
    if (std::getenv("POLICYC_UPDATE") != nullptr && shown.find("…\n") == std::string::npos)
      shown = printed;
    else
      EXPECT_TRUE(is_shown(shown, printed))
          << path.filename() << ":" << number << ": $ " << command << "\nshown:\n"
          << shown << "printed:\n"
          << printed;
    rewritten += shown;
    command.clear();
    shown.clear();
  };
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```") && fence.empty()) {
      std::istringstream words(line.substr(3));
      words >> fence >> file;
      if (fence.empty()) fence = "text";
      rewritten += line + "\n";
    } else if (line.starts_with("```")) {
      finish();
      // What shows a piece of our own sources names it by its path, and is compared with it elsewhere.
      if (file.find('.') != std::string::npos && file.find('/') == std::string::npos) shell.write(file, text);
      fence.clear(), file.clear(), text.clear();
      rewritten += line + "\n";
    } else if (fence == "console") {
      if (line.starts_with("$ ")) {
        finish();
        command = line.substr(2);
        rewritten += line + "\n";
      } else if (command.ends_with("\\")) {  // a command of several lines
        command = command.substr(0, command.size() - 1) + line;
        rewritten += line + "\n";
      } else {
        shown += line + "\n";
      }
    } else {
      if (!fence.empty()) text += line + "\n";
      rewritten += line + "\n";
    }
  }
  EXPECT_TRUE(fence.empty()) << "a block does not end";
  EXPECT_GT(commands, 3u) << path << " shows nothing";
  if (std::getenv("POLICYC_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << rewritten;
}

INSTANTIATE_TEST_SUITE_P(Docs, Pages,
                         testing::Values("README.md", "docs/tutorial.md", "docs/snapshot.md",
                                         "docs/requests.md", "docs/embedding.md"),
                         [](const testing::TestParamInfo<const char*>& page) {
                           return fs::path(page.param).stem().string();
                         });

}  // namespace
