#pragma once

// From text to tree. PEGTL stays behind this door.
//
//   const auto loaded = policyc::text::load_package("policies/wiki");
//   if (loaded.diagnostics.has_errors()) …                       // all of them, each with its place
//
// Separate calls are independent and may run at once; what they give may be read by any number of threads.

#include <cstdint>
#include <string>

#include "policyc/text/diagnostic.hpp"
#include "policyc/text/source.hpp"
#include "policyc/text/syntax.hpp"

namespace policyc::text {

// Bounds on what a person can reasonably have written; beyond them a text is
// refused with a PC9xxx code rather than read.
struct ParseLimits {
  std::uint32_t max_bytes = 16u << 20;  // one file
  std::uint32_t max_nesting = 200;      // parentheses, sets, quantifiers
  std::uint32_t max_errors = 1000;      // reported in one run; the last says that there are more
};

// Parses one file of the set. Every broken statement is reported, once; what is
// sound is in the tree even then, so that later stages can go on reporting.
//
// Never throws; time is linear in the text. Also checks what a text must be:
// UTF-8, no bidirectional controls, no NUL.
[[nodiscard]] File parse(const SourceSet& sources, std::uint32_t file, Diagnostics& diagnostics,
                         const ParseLimits& limits = {});

// Parses one expression on its own (a `given`, a request's value in a test).
[[nodiscard]] std::optional<Expr> parse_expression(const SourceSet& sources, std::uint32_t file,
                                                   Diagnostics& diagnostics, const ParseLimits& limits = {});

// Loads a package: PATH is a `.policy` file or a directory of them. Imports are
// followed below the package's root only; links that leave it, absolute paths
// and `..` are errors. Reads each file once.
//
// `io_failed` is set when a file could not be read (exit status 3); the reason
// is then among the diagnostics too.
struct LoadedPackage {
  SourceSet sources;
  Package package;
  Diagnostics diagnostics;
  bool io_failed = false;
  bool limit_exceeded = false;
};
[[nodiscard]] LoadedPackage load_package(const std::string& path, const ParseLimits& limits = {});

// The same from texts in memory, {name, text} pairs; imports name those.
[[nodiscard]] LoadedPackage load_package_from_memory(std::vector<std::pair<std::string, std::string>> files,
                                                     const ParseLimits& limits = {});

}  // namespace policyc::text
