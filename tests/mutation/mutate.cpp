// mutate sample SEED COUNT FILE...    COUNT mutants of the files, drawn by the seed: a line each,
//                                     FILE BEGIN END REPLACEMENT, separated by tabs
// mutate apply FILE BEGIN END REPLACEMENT    changes the file
// mutate show FILE BEGIN END REPLACEMENT     FILE:LINE: the line as it is -> as it becomes

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

#include "mutants.hpp"

namespace policyc::mutation {
namespace {

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error(file + " can't be read");
  return text.str();
}

struct Place {
  std::string file;
  Mutant mutant;
};

std::vector<Place> sample(std::uint64_t seed, std::size_t count, const std::vector<std::string>& files) {
  std::vector<Place> all;
  for (const std::string& file : files)
    for (Mutant& mutant : mutants_of(read(file))) all.push_back({file, std::move(mutant)});
  std::fprintf(stderr, "%zu mutants in %zu files\n", all.size(), files.size());
  std::mt19937_64 random(seed);
  std::vector<Place> drawn;
  while (drawn.size() < count && !all.empty()) {
    std::swap(all[random() % all.size()], all.back());
    drawn.push_back(std::move(all.back()));
    all.pop_back();
  }
  return drawn;
}

std::string mutated(const std::string& source, const Mutant& mutant) {
  if (mutant.begin > mutant.end || mutant.end > source.size()) throw std::runtime_error("no such place");
  return source.substr(0, mutant.begin) + mutant.replacement + source.substr(mutant.end);
}

void show(const std::string& file, const Mutant& mutant) {
  const std::string before = read(file);
  const std::string after = mutated(before, mutant);
  // An operator begins with its blank; the line is that of the operator.
  const std::size_t at = std::min(mutant.begin + 1, before.size() - 1);
  const Line was = line_of(before, at);
  const Line is = line_of(after, std::min(at, after.size() - 1));
  std::printf("%s:%zu: %.*s -> %.*s\n", file.c_str(), was.number, static_cast<int>(was.text.size()),
              was.text.data(), static_cast<int>(is.text.size()), is.text.data());
}

int run(const std::vector<std::string>& words) {
  const std::string verb = words.empty() ? "" : words[0];
  if (verb == "sample" && words.size() > 3) {
    const std::vector<std::string> files(words.begin() + 3, words.end());
    for (const Place& one : sample(std::stoull(words[1]), std::stoull(words[2]), files))
      std::printf("%s\t%zu\t%zu\t%s\n", one.file.c_str(), one.mutant.begin, one.mutant.end,
                  one.mutant.replacement.c_str());
    return 0;
  }
  if ((verb == "apply" || verb == "show") && words.size() == 5) {
    const Mutant mutant{std::stoull(words[2]), std::stoull(words[3]), words[4]};
    if (verb == "show") {
      show(words[1], mutant);
      return 0;
    }
    const std::string text = mutated(read(words[1]), mutant);
    std::ofstream out(words[1], std::ios::binary);
    out << text;
    if (!out.flush()) throw std::runtime_error(words[1] + " can't be written");
    return 0;
  }
  std::fputs("usage: mutate sample SEED COUNT FILE... | apply|show FILE BEGIN END REPLACEMENT\n", stderr);
  return 2;
}

}  // namespace
}  // namespace policyc::mutation

int main(int argc, char** argv) {
  try {
    return policyc::mutation::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mutate: %s\n", error.what());
    return 1;
  }
}
