#pragma once

// Snapshots as people and machines write them, checked against a policy's schema
// and turned into an image for policyc::Snapshot::load.
//
//   auto read = policyc::snapshot::read_file("acme.yaml", program.schema(), program.schema_digest());
//   if (read.image.empty()) for (auto& d : read.diagnostics.list()) …
//
// Every problem is reported with its file, line and column, up to a limit; a
// snapshot with an error gives no image. Never throws for what a file says, only
// std::bad_alloc. Separate calls are independent and may run at once.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "policyc/digest.hpp"
#include "policyc/schema.hpp"
#include "policyc/text/diagnostic.hpp"
#include "policyc/text/source.hpp"

namespace policyc::snapshot {

enum class Format : std::uint8_t { yaml, json, json_lines };

// Beyond these a snapshot is refused (limit_exceeded), before it fills the memory.
struct ReadLimits {
  std::uint64_t max_yaml_bytes = 64u << 20;  // YAML costs about fifty times its size while it is read
  std::uint64_t max_json_bytes = 4'000'000'000u;
  std::uint32_t max_nesting = 64;  // maps and lists
  std::uint32_t max_errors = 100;  // reported; the last says that there are more
};

struct ReadOptions {
  bool require_end = false;  // insist on the end mark that shows that nothing was cut off
  ReadLimits limits = {};
  // Told now and then, in the thread that reads, how many bytes of how many are read. Not to throw.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = {};
  // Likewise, once all is read: how many steps of how many the building of the image has done.
  std::function<void(std::uint64_t done, std::uint64_t total)> building = {};
};

struct ReadResult {
  std::vector<std::byte> image;   // empty if there were errors
  text::Diagnostics diagnostics;  // sorted
  text::SourceSet sources;        // the diagnostics' spans are in these
  bool io_failed = false;         // the file could not be read; the reason is among the diagnostics
  bool limit_exceeded = false;
};

// By the name's ending: .yaml .yml .json .jsonl; "-" reads standard input as YAML.
[[nodiscard]] ReadResult read_file(const std::string& path, const Schema& schema, const Digest& schema_digest,
                                   const ReadOptions& options = {});

// The same from a text in memory; `name` is what findings call it.
[[nodiscard]] ReadResult read_text(const std::string& name, std::string text, Format format,
                                   const Schema& schema, const Digest& schema_digest,
                                   const ReadOptions& options = {});

}  // namespace policyc::snapshot
