#pragma once

// A policy's text and facts in JSON Lines, compiled, read and loaded.

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "policyc/compiler/compile.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/snapshot/read.hpp"
#include "policyc/text/parse.hpp"

namespace policyc::testing {

struct Loaded {
  std::shared_ptr<const Program> program;
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<std::byte> image;  // of the snapshot
};

// Fails the test, and has nothing, where one of the texts has errors.
inline Loaded load(const char* policy, const char* facts) {
  Loaded loaded;
  const text::LoadedPackage package = text::load_package_from_memory({{"test.policy", policy}});
  auto program = Program::load(compiler::compile(package).image, Trust::unsigned_local());
  EXPECT_TRUE(program) << program.error().message;
  if (!program) return loaded;
  loaded.program = std::make_shared<const Program>(std::move(program).value());
  loaded.image = snapshot::read_text("facts", facts, snapshot::Format::json_lines, loaded.program->schema(),
                                     loaded.program->schema_digest())
                     .image;
  auto snapshot = Snapshot::load(loaded.image, loaded.program->schema(), loaded.program->schema_digest());
  EXPECT_TRUE(snapshot) << snapshot.error().message;
  if (snapshot) loaded.snapshot = std::make_shared<const Snapshot>(std::move(snapshot).value());
  return loaded;
}

}  // namespace policyc::testing
