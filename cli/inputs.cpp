#include "inputs.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "files.hpp"
#include "limits.hpp"
#include "policyc/snapshot/read.hpp"
#include "progress.hpp"

namespace policyc::cli {
namespace {

bool colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(STDERR_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace

ExitStatus status_of(const Error& error) noexcept {
  switch (error.code) {
    case ErrorCode::bad_magic:
    case ErrorCode::bad_version:
    case ErrorCode::bad_digest:
    case ErrorCode::bad_image:
    case ErrorCode::bad_code:
    case ErrorCode::schema_mismatch: return kIntegrity;
    case ErrorCode::limit_exceeded:
    case ErrorCode::out_of_memory: return kLimit;
    default: return kInternal;
  }
}

ExitStatus status_of(const text::Diagnostics& diagnostics) {
  if (diagnostics.exceeds_limit()) return kLimit;
  return diagnostics.has_errors() ? kFindings : kDone;
}

PolicyInput open_policy(const std::string& path) {
  PolicyInput input;
  std::vector<std::byte> image;
  if (ends_with(path, ".pbc")) {
    if (IoError error = read_bytes(path, kMaxImageBytes, image); !error.empty()) {
      input.trouble = std::move(error.message);
      input.status = error.status;
      return input;
    }
  } else {
    if (path == "-") {
      std::string policy;
      if (IoError error = read_text(path, limits().policy.max_bytes, policy); !error.empty()) {
        input.trouble = std::move(error.message);
        input.status = error.status;
        return input;
      }
      input.loaded = std::make_unique<text::LoadedPackage>(
          text::load_package_from_memory({{"<standard input>", std::move(policy)}}, limits().policy));
    } else {
      input.loaded = std::make_unique<text::LoadedPackage>(text::load_package(path, limits().policy));
    }
    Progress progress("compiling " + path, "actions");
    input.compiled = compiler::compile(
        *input.loaded, [&](std::uint64_t done, std::uint64_t total) { progress.at(done, total); });
    if (input.loaded->io_failed)
      input.status = kInputOutput;
    else
      input.status = status_of(input.compiled.diagnostics);
    if (input.status != kDone || input.compiled.image.empty()) {
      if (input.status == kDone) input.status = kFindings;
      return input;
    }
    image = input.compiled.image;
  }
  auto program = with_memory(Program::load(image, Trust::unsigned_local()));
  if (!program) {
    input.trouble = path + ": " + std::string(name_of(program.error().code)) + ": " + program.error().message;
    // An image that our own compiler has just made must load: anything else is our mistake.
    input.status = input.loaded ? kInternal : status_of(program.error());
    return input;
  }
  input.program = std::make_shared<const Program>(std::move(program).value());
  return input;
}

SnapshotInput open_snapshot(const std::string& path, const Program& program, const SnapshotOptions& options) {
  SnapshotInput input;
  const bool is_image = ends_with(path, ".psnap");
  ImageBuffer image;
  std::vector<std::byte> text_image;
  if (is_image) {
    if (IoError error = read_image(path, kMaxImageBytes, image); !error.empty()) {
      input.trouble = std::move(error.message);
      input.status = error.status;
      return input;
    }
  } else {
    snapshot::ReadOptions read;
    read.limits = limits().snapshot;
    read.require_end = options.require_end;
    Progress progress("reading " + path, "MB");
    read.progress = [&](std::uint64_t done, std::uint64_t total) { progress.at(done, total); };
    Progress building("building " + path, "steps");
    read.building = [&](std::uint64_t done, std::uint64_t total) { building.at(done, total); };
    snapshot::ReadResult result = snapshot::read_file(path, program.schema(), program.schema_digest(), read);
    input.sources = std::move(result.sources);
    input.diagnostics = std::move(result.diagnostics);
    if (result.io_failed)
      input.status = kInputOutput;
    else if (input.status = status_of(input.diagnostics); input.status == kDone && result.image.empty())
      input.status = kFindings;
    if (input.status != kDone) return input;
    text_image = std::move(result.image);
  }
  auto snapshot =
      with_memory(is_image ? Snapshot::load(std::move(image), program.schema(), program.schema_digest())
                           : Snapshot::load(text_image, program.schema(), program.schema_digest()));
  if (!snapshot) {
    input.trouble =
        path + ": " + std::string(name_of(snapshot.error().code)) + ": " + snapshot.error().message;
    input.status = is_image ? status_of(snapshot.error()) : kInternal;
    return input;
  }
  input.snapshot = std::make_shared<const Snapshot>(std::move(snapshot).value());
  return input;
}

bool is_snapshot_name(std::string_view path) noexcept {
  for (const char* end : {".yaml", ".yml", ".json", ".jsonl", ".psnap"})
    if (ends_with(path, end)) return true;
  return false;
}

std::string mixed_up(const std::string& policy, const std::string& snapshot) {
  const bool no_policy = is_snapshot_name(policy);
  const bool no_snapshot = ends_with(snapshot, ".policy") || ends_with(snapshot, ".pbc");
  if (policy == "-" && snapshot == "-")
    return "standard input can be the policy or the snapshot, and not both";
  if (no_policy && no_snapshot)
    return "'" + policy + "' is a snapshot and '" + snapshot + "' a policy: exchange them";
  if (no_policy)
    return "'" + policy +
           "' is a snapshot, and here a policy is needed: a .policy file, a folder of them or a .pbc";
  if (no_snapshot)
    return "'" + snapshot +
           "' is a policy, and here a snapshot is needed: .yaml, .yml, .json, .jsonl or .psnap";
  return {};
}

void print_findings(const text::Diagnostics& diagnostics, const text::SourceSet& sources) {
  const bool colour = colour_wanted();
  std::string out;
  for (const text::Diagnostic& diagnostic : diagnostics.list())
    out += text::render_text(diagnostic, sources, colour);
  std::fputs(out.c_str(), stderr);
}

void print_trouble(const IoError& error) { print_trouble(error.message); }

void print_trouble(const std::string& trouble) {
  if (!trouble.empty()) std::fprintf(stderr, "policyc: %s\n", trouble.c_str());
}

}  // namespace policyc::cli
