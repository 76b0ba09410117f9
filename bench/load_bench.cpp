// What loading a snapshot costs: ls-matrix M as JSON Lines, as YAML and as an image.
//
// Each load runs in a process of its own, so that its memory is its own; CPU time
// and the largest resident set are what the system counted for it. A process that
// loads nothing is printed beside, to be subtracted by whoever reads.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/snapshot.hpp"
#include "policyc/snapshot/read.hpp"
#include "world_fixture.hpp"

namespace policyc::bench {
namespace {

namespace fs = std::filesystem;

struct Cost {
  double cpu_ms = 0;
  double resident_mb = 0;
  bool sound = false;
};

// Runs `work` in a child; it returns whether it succeeded.
Cost measured(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  int status = 0;
  struct rusage usage {};
  Cost cost;
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child) return cost;
  const auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
  };
  cost.cpu_ms = ms(usage.ru_utime) + ms(usage.ru_stime);
  cost.resident_mb = static_cast<double>(usage.ru_maxrss) / 1024;
  cost.sound = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return cost;
}

bool write_file(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  std::ofstream out(path, std::ios::binary);
  write(out);
  out.close();
  return static_cast<bool>(out);
}

// As a host would read an image: into the memory that the snapshot keeps.
ImageBuffer image_of(const fs::path& path) {
  auto buffer = ImageBuffer::create(fs::file_size(path));
  if (!buffer) return {};
  const int file = ::open(path.c_str(), O_RDONLY);
  const std::span<std::byte> bytes = buffer->bytes();
  const bool whole =
      file >= 0 && ::read(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  if (file >= 0) ::close(file);
  return whole ? std::move(*buffer) : ImageBuffer();
}

bool write_inputs(const fs::path& folder) {
  const World world(kMedium);
  const Program& program = ls_matrix_program();
  if (!write_file(folder / "m.jsonl", [&](std::ostream& out) { world.write_json_lines(out); })) return false;
  if (!write_file(folder / "m.yaml", [&](std::ostream& out) { world.write_yaml(out); })) return false;
  const snapshot::ReadResult read =
      snapshot::read_file((folder / "m.jsonl").string(), program.schema(), program.schema_digest());
  return !read.image.empty() && write_file(folder / "m.psnap", [&](std::ostream& out) {
    out.write(reinterpret_cast<const char*>(read.image.data()),
              static_cast<std::streamsize>(read.image.size()));
  });
}

bool load_text(const fs::path& path) {
  const Program& program = ls_matrix_program();
  snapshot::ReadOptions options;
  options.limits.max_yaml_bytes = std::uint64_t{1} << 30;
  return !snapshot::read_file(path.string(), program.schema(), program.schema_digest(), options)
              .image.empty();
}

bool load_image(const fs::path& path) {
  const Program& program = ls_matrix_program();
  return static_cast<bool>(Snapshot::load(image_of(path), program.schema(), program.schema_digest()));
}

// The median of each figure over some runs.
int report(const char* name, const fs::path& file, int runs, const std::function<bool()>& work) {
  std::vector<double> cpu;
  std::vector<double> resident;
  for (int i = 0; i < runs; ++i) {
    const Cost cost = measured(work);
    if (!cost.sound) {
      std::printf("%-12s failed\n", name);
      return 1;
    }
    cpu.push_back(cost.cpu_ms);
    resident.push_back(cost.resident_mb);
  }
  std::sort(cpu.begin(), cpu.end());
  std::sort(resident.begin(), resident.end());
  const double size = file.empty() ? 0 : static_cast<double>(fs::file_size(file)) / 1e6;
  std::printf("%-12s %8.1f ms of CPU %8.1f MB resident   file %6.1f MB\n", name, cpu[cpu.size() / 2],
              resident[resident.size() / 2], size);
  return 0;
}

int run(bool smoke) {
  const fs::path folder = fs::temp_directory_path() / ("policyc-load-bench-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  (void)ls_matrix_program();  // compiled before the children are born, so that none of them pays for it
  const int runs = smoke ? 1 : 5;
  int failed = 0;
  if (measured([&] { return write_inputs(folder); }).sound) {
    failed += report("nothing", {}, runs, [] { return true; });
    failed += report("JSON Lines", folder / "m.jsonl", runs, [&] { return load_text(folder / "m.jsonl"); });
    failed += report("YAML", folder / "m.yaml", smoke ? 1 : 3, [&] { return load_text(folder / "m.yaml"); });
    failed += report("image", folder / "m.psnap", runs, [&] { return load_image(folder / "m.psnap"); });
  } else {
    std::puts("the inputs could not be written");
    failed = 1;
  }
  fs::remove_all(folder);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace policyc::bench

// Any argument (such as the other benchmarks' --benchmark_min_time) asks for one run of each.
int main(int argc, char**) { return policyc::bench::run(argc > 1); }
