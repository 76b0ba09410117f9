#pragma once

// Pairs that an engine can take in: programs whose one action allows or denies, and snapshots in which the
// same number stands for different users.

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "policyc/engine.hpp"
#include "unit/snapshot_fixture.hpp"
#include "unit/vm_fixture.hpp"

namespace policyc::vm::testing {

using ProgramPointer = std::shared_ptr<const Program>;
using SnapshotPointer = std::shared_ptr<const Snapshot>;

// task.act is allowed to whoever is an admin of the task's organization, or to nobody.
inline ProgramPointer program_for(bool admins, Schema of = schema()) {
  ProgramParts p = parts();
  p.schema = std::move(of);
  p.masks = {mask_of({kAdmin})};
  const std::vector<Instruction> admins_alone = {
      {Op::has_roles, 0, 0, 0, 1, 0}, {Op::allow, 0, 0, 0, 0, 0}, {Op::deny, 0, 0, 0, 0, 0}};
  const std::vector<Instruction> nobody = {{Op::deny, 0, 0, 0, 0, 0}};
  add_action(p, action("act"), admins ? admins_alone : nobody, admins ? admins_alone : nobody);
  auto loaded = Program::load(write_program(p), Trust::unsigned_local());
  if (!loaded) ADD_FAILURE() << loaded.error().message;
  return loaded ? std::make_shared<const Program>(std::move(*loaded)) : nullptr;
}

// The facts of small_facts(), in which ann is an admin and bob isn't; with `strangers` users more, whose ids
// come before theirs, so that the numbers of both are others.
inline SnapshotPointer snapshot_for(int strangers = 0) {
  FactList facts = small_facts();
  for (int i = 0; i < strangers; ++i) facts.entity(kUser, "aa" + std::to_string(i));
  return std::make_shared<const Snapshot>(snapshot_of(facts, schema()));
}

inline Request asked_by(std::string_view subject) {
  return {.subject = subject, .action = "task.act", .resource = "task:t1"};
}

}  // namespace policyc::vm::testing
