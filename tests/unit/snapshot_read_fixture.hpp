#pragma once

// Texts read against the schema of vm_fixture.hpp.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policyc/snapshot.hpp"
#include "policyc/snapshot/read.hpp"
#include "vm_fixture.hpp"

namespace policyc::snapshot::testing {

using text::DiagCode;

inline const Schema& schema() {
  static const Schema made = vm::testing::schema();
  return made;
}

inline const Digest& digest() {
  static const Digest made = vm::schema_digest_of(schema());
  return made;
}

inline ReadResult read(std::string text, Format format, const ReadOptions& options = {}) {
  return read_text("s", std::move(text), format, schema(), digest(), options);
}

// "code line:column", one a line, in order.
inline std::string findings(const ReadResult& result) {
  std::string out;
  for (const text::Diagnostic& diagnostic : result.diagnostics.list()) {
    const text::LineColumn at = result.sources[diagnostic.span.file].locate(diagnostic.span.begin);
    out.append(text::info(diagnostic.code).name)
        .append(" " + std::to_string(at.line) + ":" + std::to_string(at.column) + "\n");
  }
  return out;
}

inline std::string findings(std::string text, Format format, const ReadOptions& options = {}) {
  return findings(read(std::move(text), format, options));
}

// An image exists if and only if there is no error, and then it loads.
inline void expect_sound(const ReadResult& result) {
  EXPECT_EQ(result.image.empty(), result.diagnostics.has_errors()) << findings(result);
  EXPECT_FALSE(result.limit_exceeded && !result.diagnostics.has_errors());
  if (!result.image.empty()) {
    EXPECT_TRUE(Snapshot::load(result.image, schema(), digest()));
  }
}

}  // namespace policyc::snapshot::testing
