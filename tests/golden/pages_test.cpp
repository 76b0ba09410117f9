// The pages for newcomers are followed to the letter, each in an empty folder:
//
//   ```yaml acme.yaml     a block whose argument has a dot becomes that file
//   ```console            each line after "$ " is run by the shell, and what is shown below it is what it
//                         prints; it ends with exit status 0, or with the one that a comment behind it
//                         says: # exit status 1
//                         "…" in a line stands for anything in it, and as a line for any lines, but not for
//                         all that a command prints
//   ```sh                 is not run here: kElsewhere says what runs each line
//
// The examples of --help are run too, in a folder that has what they name.
//
// POLICYC_UPDATE=1 rewrites what is shown, where no "…" stands.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/wait.h>
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

  struct Outcome {
    std::string text;  // what the command prints, errors too
    int status = -1;
  };
  // "cd" lasts.
  [[nodiscard]] Outcome run(const std::string& command) {
    if (command.starts_with("cd ")) {
      here_ = (here_ / command.substr(3)).lexically_normal();
      if (fs::is_directory(folder_ / "home" / here_)) return {"", 0};
      return {"there is no folder " + here_.string() + "\n", 1};
    }
    const fs::path script = folder_ / "script";
    std::ofstream(script) << "export PATH='" << (folder_ / "bin").string() << "':\"$PATH\" HOME='"
                          << (folder_ / "home").string() << "' LC_ALL=C.UTF-8\ncd '"
                          << (folder_ / "home" / here_).string() << "' && { " << command << "\n}\n";
    std::string text;
    FILE* pipe = ::popen(("bash '" + script.string() + "' 2>&1 </dev/null").c_str(), "r");
    if (pipe == nullptr) return {"bash can't be run\n", -1};
    char buffer[4096];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
    const int ended = ::pclose(pipe);
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    return {text, WIFEXITED(ended) ? WEXITSTATUS(ended) : -1};
  }

 private:
  fs::path folder_, here_;
};

constexpr std::string_view kAnything = "…";

// Whether a line shown is a line printed, with "…" for anything in it.
bool is_line(std::string_view shown, std::string_view printed) {
  const std::size_t gap = shown.find(kAnything);
  if (gap == std::string_view::npos) return shown == printed;
  if (!printed.starts_with(shown.substr(0, gap))) return false;
  const std::string_view rest = shown.substr(gap + kAnything.size());
  for (std::size_t at = gap; at <= printed.size(); ++at)
    if (is_line(rest, printed.substr(at))) return true;
  return false;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Whether the text shown is the text printed, with "…" for any lines.
bool is_shown(const std::string& shown, const std::string& printed) {
  const std::vector<std::string> there = lines_of(printed);
  std::size_t at = 0;
  bool open = false;
  for (const std::string& line : lines_of(shown)) {
    if (line == kAnything) {
      open = true;
      continue;
    }
    while (open && at < there.size() && !is_line(line, there[at])) ++at;
    if (at == there.size() || !is_line(line, there[at])) return false;
    ++at;
    open = false;
  }
  return open || at == there.size();
}

// The exit status that a comment behind a command says; 0 without one.
int status_shown(const std::string& command) {
  constexpr std::string_view kComment = "# exit status ";
  const std::size_t at = command.rfind(kComment);
  return at == std::string::npos ? 0 : std::stoi(command.substr(at + kComment.size()));
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
    const auto [printed, status] = shell.run(command);
    EXPECT_EQ(status, status_shown(command))
        << path.filename() << ":" << number << ": $ " << command << "\nprinted:\n"
        << printed;
    EXPECT_NE(shown, "…\n") << path.filename() << ":" << number << ": $ " << command
                            << "\nshows nothing of what it prints:\n"
                            << printed;
    if (std::getenv("POLICYC_UPDATE") != nullptr && shown.find(kAnything) == std::string::npos)
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
                                         "docs/requests.md", "docs/embedding.md", "docs/testing.md"),
                         [](const testing::TestParamInfo<const char*>& page) {
                           return fs::path(page.param).stem().string();
                         });

// Who runs the lines of sh blocks, which build, install or serve: too long, or for too much of the machine,
// to be run here.
struct Elsewhere {
  std::string_view line, runs;
};
constexpr Elsewhere kElsewhere[] = {
    {"scripts/demo", "scripts/demo"},
    {"scripts/test", ".ci/run"},
    {"export PATH=\"$PWD/build/checked:$PATH\"", "tests/golden/pages_test.cpp"},
    {"policyc --version", "tests/golden/pages_test.cpp"},
    {"scripts/setup && scripts/build install && sudo cmake --install build/install && sudo ldconfig",
     "tests/install/run.sh"},
    {"scripts/setup && scripts/build install && cmake --install build/install --prefix \"$HOME/.local\"",
     "tests/install/run.sh"},
    {"export PATH=\"$HOME/.local/bin:$PATH\"", "tests/install/run.sh"},
    {"export PKG_CONFIG_PATH=\"$HOME/.local/lib/pkgconfig\" CMAKE_PREFIX_PATH=\"$HOME/.local\" "
     "LD_LIBRARY_PATH=\"$HOME/.local/lib\"",
     "tests/install/run.sh"},
    {"c++ -std=c++20 decide.cpp $(pkg-config --cflags --libs policyc-vm) -o decide", "tests/install/run.sh"},
    {"./decide user:ann list.edit list:chores", "tests/install/run.sh"},
    {"SOURCES/build/checked/server/guarded wiki.pbc wiki.psnap 8080 &", "tests/server/drive.sh"},
    {"curl -H 'X-User: bob' http://127.0.0.1:8080/documents/plan", "tests/server/drive.sh"},
    {"curl -H 'X-User: bob' -X PUT http://127.0.0.1:8080/documents/plan", "tests/server/drive.sh"},
    {"kill -HUP %1", "tests/server/drive.sh"},
    {"kill %1", "tests/server/drive.sh"},
    {"scripts/build dev", ".ci/run"},
    {"scripts/format", ".ci/run"},
    {"scripts/docs", ".ci/run"},
    {"scripts/bench", "scripts/bench"},
    {"scripts/fuzz", ".ci/run"},
    {"scripts/fuzz 600 bytecode", ".ci/run"},
    {"scripts/mutate", "scripts/assurance"},
    {"scripts/nightly", "scripts/assurance"},
    {"POLICYC_ATTACK_PROGRAMS=400 POLICYC_ATTACK_SNAPSHOTS=100 build/asan/tests/policyc_attack_tests",
     "scripts/assurance"},
    {".ci/run", ".ci/run"},
};

TEST(ShellBlocks, AreRunElsewhere) {
  std::vector<fs::path> pages = {"README.md", "CONTRIBUTING.md", "SECURITY.md"};
  for (const auto& entry : fs::directory_iterator(fs::path(POLICYC_SOURCE_DIR) / "docs"))
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  std::vector<std::string> seen;
  for (const fs::path& page : pages) {
    bool inside = false;
    for (std::string line : lines_of(read_whole(fs::path(POLICYC_SOURCE_DIR) / page))) {
      if (line.starts_with("```")) {
        inside = line == "```sh" || line == "```bash" || line == "```shell";
        continue;
      }
      if (!inside) continue;
      line = line.substr(0, line.find(" # "));
      line.erase(line.find_last_not_of(' ') + 1);
      seen.push_back(line);
      const auto found = std::find_if(std::begin(kElsewhere), std::end(kElsewhere),
                                      [&](const Elsewhere& one) { return one.line == line; });
      EXPECT_NE(found, std::end(kElsewhere)) << page << ": who runs this? " << line;
    }
  }
  for (const Elsewhere& one : kElsewhere) {
    EXPECT_NE(std::find(seen.begin(), seen.end(), one.line), seen.end()) << "no page says: " << one.line;
    EXPECT_TRUE(fs::exists(fs::path(POLICYC_SOURCE_DIR) / one.runs)) << one.runs;
  }
}

// The examples of the manual are those of --help.
TEST(Examples, OfTheCommandRun) {
  Shell shell;
  ASSERT_TRUE(shell.works());
  const std::string policies = std::string(POLICYC_SOURCE_DIR) + "/policies";
  const auto [prepared, ready] = shell.run(
      "ln -s '" + policies + "' policies && cp policies/label_studio/sample/{policy.policy,acme.yaml} . && " +
      "policyc build policy.policy -o p.pbc && policyc snapshot build acme.yaml --policy policy.policy -o "
      "s.psnap && cp s.psnap acme.psnap && mkdir -p ~/.local/share/bash-completion/completions "
      "~/.config/fish/completions && echo "
      R"('{"subject":"user:ann","action":"task.label","resource":"task:t1"}' > requests.jsonl)");
  ASSERT_EQ(ready, 0) << prepared;
  std::vector<std::string> examples;
  bool goes_on = false;
  for (std::string line : lines_of(shell.run("policyc doc --command markdown").text)) {
    if (line.starts_with("Example: ")) line = "  " + line.substr(9);
    if (goes_on)
      examples.back() += line;
    else if (line.starts_with("  policyc "))
      examples.push_back(line);
    else
      continue;
    goes_on = line.ends_with("\\");
    if (goes_on) examples.back().pop_back();
  }
  EXPECT_GT(examples.size(), 20u);
  for (const std::string& example : examples) {
    const auto [printed, status] = shell.run("rm -rf my-policies; " + example);
    EXPECT_EQ(status, 0) << "$" << example << "\n" << printed;
  }
}

}  // namespace
