// Writes what the fuzzers of images and of code begin with: programs of the random tests and of the
// repository's policies, and the code of their actions.
//
//   policyc_fuzz_images FOLDER      into FOLDER/program_image, FOLDER/bytecode and so on

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <span>

#include "attack/victims.hpp"
#include "differential/generator.hpp"
#include "fuzz/fixture.hpp"
#include "program_index.hpp"

namespace {

using namespace policyc;

std::filesystem::path root;

void write(const char* target, const std::string& name, std::span<const std::byte> bytes) {
  std::filesystem::create_directories(root / target);
  std::ofstream file(root / target / name, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// As bytecode_fuzz takes it: shares of the runs, then instructions.
void write_code(const std::string& name, const vm::ProgramParts& parts, const vm::ActionCode& code) {
  std::vector<std::byte> bytes;
  const auto take = [&](vm::CodeRange range) {
    for (std::uint32_t at = range.begin; at + 1 < range.end; ++at) {
      const vm::Instruction& one = parts.code[at];
      const unsigned target = one.target;
      const unsigned c = one.c;
      for (const unsigned byte : {static_cast<unsigned>(one.op), unsigned{one.a}, unsigned{one.b},
                                  unsigned{one.flags}, target & 0xFF, target >> 8, c & 0xFF, c >> 8})
        bytes.push_back(static_cast<std::byte>(byte));
    }
    return bytes.size() / 8;
  };
  const std::size_t first = take(code.decide);
  const std::size_t second = take(code.reasons);
  const std::size_t count = take(code.times);
  const auto share = [](std::size_t part, std::size_t of) {
    return static_cast<std::byte>(of == 0 ? 0 : std::min<std::size_t>(255, (part * 256 + of - 1) / of));
  };
  bytes.insert(bytes.begin(), {share(first, count), share(second - first, count - first)});
  write("bytecode", name, bytes);
}

void write_random(const char* target, std::size_t count, std::size_t size) {
  differential::Random random(7);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::byte> bytes(size * (i + 1) / count);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.upto(256));
    write(target, "chance-" + std::to_string(i), bytes);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: policyc_fuzz_images FOLDER\n");
    return 2;
  }
  root = argv[1];
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    if (const auto victim = attack::random_victim(seed, 6'000))
      write("program_image", "random-" + std::to_string(seed), victim->program_image);
  const vm::ProgramParts& parts = vm::ProgramAccess::parts(*fuzz::program());
  for (std::size_t i = 0; i < parts.action_code.size(); ++i)
    write_code("action-" + std::to_string(i), parts, parts.action_code[i]);
  write_random("snapshot_image", 20, 40);
  write_random("decisions_vs_oracle", 60, 3000);
  write_random("index_vs_walk", 60, 2000);
  return 0;
}
