// Any bytes as a snapshot: the first says in which format they are to be read.
// What is read without errors must load.

#include <cstdlib>
#include <string>

#include "policyc/compiler/compile.hpp"
#include "policyc/program.hpp"
#include "policyc/snapshot.hpp"
#include "policyc/snapshot/read.hpp"

namespace {

const policyc::Program& program() {
  static const policyc::Program loaded = [] {
    const policyc::text::LoadedPackage package = policyc::text::load_package_from_memory(
        {{"fuzz.policy",
          "enum plan { free, paid }\n"
          "subject user { level: int = 0  email: string? }\nsubject service {}\n"
          "scope organization { plan: plan = free  networks: set<ip> = {}  role member  role admin includes "
          "member\n"
          "  role guest from folder.reader not granted }\n"
          "scope folder in folder, organization { owner: user | service?  due: time?  role reader from owner "
          "}\n"
          "scope task in folder { annotators: set<user> = {}  takes: duration = 8h  role labeler from "
          "annotators\n"
          "  action label }\n"
          "allow labeler to task.label\n"}});
    const policyc::compiler::CompileResult result = policyc::compiler::compile(package);
    auto made = policyc::Program::load(result.image, policyc::Trust::unsigned_local());
    if (!made) std::abort();
    return std::move(made).value();
  }();
  return loaded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto format = static_cast<policyc::snapshot::Format>(data[0] % 3);
  policyc::snapshot::ReadOptions options;
  options.require_end = (data[0] & 4) != 0;
  const policyc::snapshot::ReadResult read =
      policyc::snapshot::read_text("fuzz", std::string(reinterpret_cast<const char*>(data + 1), size - 1),
                                   format, program().schema(), program().schema_digest(), options);
  for (const policyc::text::Diagnostic& diagnostic : read.diagnostics.list())
    (void)policyc::text::render_text(diagnostic, read.sources);
  if (read.image.empty() != (read.diagnostics.has_errors() || read.limit_exceeded)) std::abort();
  if (!read.image.empty() &&
      !policyc::Snapshot::load(read.image, program().schema(), program().schema_digest()))
    std::abort();
  return 0;
}
