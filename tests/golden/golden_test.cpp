// Golden cases: tests/golden/<area>/<name>.case, each a sentence, files, one command
// of policyc and what it must print. POLICYC_UPDATE=1 rewrites what is printed; the
// difference is then reviewed by eye.
//
//   --- NAME.EXT    a file (any name with a dot; folders are made)
//   --- run         the command line: policyc and its words, quotes as in a shell
//   --- stdout, stderr, exit    what came of it; left out when empty, and exit when 0

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Section {
  std::string name;
  std::string text;
};

struct Case {
  std::string prose;
  std::vector<Section> sections;

  [[nodiscard]] const std::string* find(const std::string& name) const {
    for (const Section& section : sections)
      if (section.name == name) return &section.text;
    return nullptr;
  }
  void set(const std::string& name, const std::string& text) {
    std::erase_if(sections, [&](const Section& section) { return section.name == name; });
    if (!text.empty()) sections.push_back({name, text});
  }
};

std::string read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Case parse(const std::string& text) {
  Case result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("--- "))
      result.sections.push_back({line.substr(4), {}});
    else
      (result.sections.empty() ? result.prose : result.sections.back().text) += line + "\n";
  }
  return result;
}

std::string written(const Case& golden) {
  std::string text = golden.prose;
  for (const Section& section : golden.sections) text += "--- " + section.name + "\n" + section.text;
  return text;
}

// The words of a command line; quotes hold blanks together.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      open = true;
    } else if (c == ' ' || c == '\n') {
      if (open || !word.empty()) words.push_back(word);
      word.clear();
      open = false;
    } else {
      word += c;
    }
  }
  if (open || !word.empty()) words.push_back(word);
  return words;
}

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "policyc-golden-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

// Which bytes an image has is no business of a case: 0123…ef becomes <digest>, alone and in a cursor.
std::string without_digests(const std::string& text) {
  static const std::regex kDigest("(\"|--after )[0-9a-f]{32}([\"-])");
  return std::regex_replace(text, kDigest, "$1<digest>$2");
}

Outcome run(const std::vector<std::string>& words, const fs::path& folder) {
  const fs::path out = folder.string() + ".out";
  const fs::path err = folder.string() + ".err";
  const pid_t child = ::fork();
  if (child == 0) {
    const auto redirect = [](const char* path, int flags, int to) {
      const int file = ::open(path, flags, 0600);
      if (file < 0 || ::dup2(file, to) < 0) ::_exit(126);
    };
    redirect("/dev/null", O_RDONLY, STDIN_FILENO);
    redirect(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    redirect(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    if (::chdir(folder.c_str()) != 0) ::_exit(126);
    std::vector<std::string> copies = words;
    std::vector<char*> arguments;
    for (std::string& word : copies) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(POLICYC_COMMAND, arguments.data());
    ::_exit(127);
  }
  Outcome outcome;
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return outcome;
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.out = without_digests(read_whole(out));
  outcome.err = without_digests(read_whole(err));
  fs::remove(out);
  fs::remove(err);
  return outcome;
}

std::vector<std::string> all_cases() {
  std::vector<std::string> cases;
  const fs::path root = fs::path(POLICYC_SOURCE_DIR) / "tests" / "golden";
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().extension() == ".case") cases.push_back(fs::relative(entry.path(), root).string());
  std::sort(cases.begin(), cases.end());
  return cases;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, PrintsWhatItShows) {
  const fs::path path = fs::path(POLICYC_SOURCE_DIR) / "tests" / "golden" / GetParam();
  Case golden = parse(read_whole(path));
  const std::string* command = golden.find("run");
  ASSERT_NE(command, nullptr) << path << " has no '--- run'";
  const std::vector<std::string> words = words_of(*command);
  ASSERT_FALSE(words.empty());
  ASSERT_EQ(words.front(), "policyc") << path;
  EXPECT_GT(golden.prose.size(), 20u) << path << " does not say what it shows";

  const Folder folder;
  ASSERT_FALSE(folder.path().empty());
  for (const Section& section : golden.sections) {
    if (section.name.find('.') == std::string::npos) continue;
    const fs::path file = folder.path() / section.name;
    fs::create_directories(file.parent_path());
    // The blank line before the next section belongs to the case, not to the file.
    std::string text = section.text;
    if (text.ends_with("\n\n")) text.pop_back();
    std::ofstream(file, std::ios::binary) << text;
  }
  const Outcome outcome = run(words, folder.path());
  if (std::getenv("POLICYC_UPDATE") != nullptr) {
    golden.set("stdout", outcome.out);
    golden.set("stderr", outcome.err);
    golden.set("exit", outcome.status == 0 ? "" : std::to_string(outcome.status) + "\n");
    std::ofstream(path, std::ios::binary) << written(golden);
    return;
  }
  const auto expected = [&](const char* name) {
    const std::string* text = golden.find(name);
    std::string wanted = text != nullptr ? *text : "";
    if (wanted.ends_with("\n\n")) wanted.pop_back();
    return wanted;
  };
  EXPECT_EQ(outcome.out, expected("stdout"));
  EXPECT_EQ(outcome.err, expected("stderr"));
  EXPECT_EQ(std::to_string(outcome.status) + "\n", expected("exit").empty() ? "0\n" : expected("exit"));
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(all_cases()), [](const auto& one) {
  std::string name = one.param.substr(0, one.param.size() - 5);
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
