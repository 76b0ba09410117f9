// Words of a command line, one a line of the input, run in this process in a folder of its own: every mistake
// ends with one of the statuses that the manual names.
//
// Words with a '/' and "..", which lead out of the folder, are left out, and so is --max-memory, which would
// bind this process for good.

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "command_line.hpp"
#include "exit_status.hpp"
#include "fixture.hpp"
#include "limits.hpp"

namespace {

namespace fs = std::filesystem;

void fill() {
  std::ofstream("main.policy") << "subject user {}\nscope team { role member  action read }\n"
                                  "allow member to team.read\n";
  std::ofstream("facts.yaml") << "snapshot: 1\nusers: [ { id: ann } ]\n"
                                 "teams: [ { id: blue, grants: { member: [ann] } } ]\n";
  std::ofstream("requests.jsonl")
      << "{\"subject\":\"user:ann\",\"action\":\"team.read\",\"resource\":\"team:blue\"}\n";
}

// A new folder for this process, removed when it ends, with an empty standard input.
void enter() {
  static const struct Folder {
    fs::path path;
    Folder() {
      std::string name = (fs::temp_directory_path() / "policyc_cli_args.XXXXXX").string();
      if (::mkdtemp(name.data()) == nullptr) policyc::fuzz::fail("no folder to work in");
      path = name;
      const int empty = ::open("/dev/null", O_RDONLY);
      ::dup2(empty, STDIN_FILENO);
      ::close(empty);
    }
    ~Folder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
  } folder;
  // What earlier words wrote is gone, so that an input does the same each time.
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.path)) ++files;
  if (files != 3) {
    fs::remove_all(folder.path);
    fs::create_directory(folder.path);
  }
  fs::current_path(folder.path);
  if (files != 3) fill();
}

// Where the process was, again, for whoever else reads files in it.
struct Return {
  fs::path before = fs::current_path();
  ~Return() { fs::current_path(before); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4000) return 0;
  const std::string text = policyc::fuzz::text_of(data, size);
  if (text.find('/') != std::string::npos || text.find("..") != std::string::npos ||
      text.find("--max-m") != std::string::npos || text.find('\0') != std::string::npos)
    return 0;
  std::vector<std::string> words = {"policyc"};
  std::istringstream lines(text);
  for (std::string word; std::getline(lines, word);) words.push_back(word);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const Return back;
  enter();
  policyc::cli::limits() = {};
  policyc::cli::CommandLine line;
  const int status = line.run(static_cast<int>(words.size()), argv.data());
  std::fflush(stdout);
  if (status < policyc::cli::kDone || status > policyc::cli::kIntegrity)
    policyc::fuzz::fail("the exit status is " + std::to_string(status));
  return 0;
}
