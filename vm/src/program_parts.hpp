#pragma once

// A program as plain data: what the code generator fills in, what write_program
// turns into an image, and what Program::load gets back after verifying one.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "anchors.hpp"
#include "code.hpp"
#include "policyc/digest.hpp"
#include "policyc/program.hpp"
#include "policyc/schema.hpp"

namespace policyc::vm {

// Which raw role bits suffice: laid out like the role word of the resource's kind.
using RoleMask = std::array<std::uint64_t, 4>;

// A literal of the policy. Type says which fields of `value` count.
struct Constant {
  Type type;
  DefaultValue value;

  friend bool operator==(const Constant&, const Constant&) = default;
};

// Half-open range in `code`. Every run of an action begins with r0, r1 and role
// word 0 set and ends in `deny`.
struct CodeRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct ActionCode {
  CodeRange decide;   // optimised: the first forbid or allow reached is the effect; which rule it names does
                      // not matter
  CodeRange reasons;  // rule by rule: all forbids in source order, then all allows in source order, each
                      // noted if it matches
  CodeRange times;    // what makes the decision turn by time alone, whatever is decided first: notes the
                    // windows of grants that are asked about and the instants at which tests of the time turn
};

struct ProgramParts {
  std::string name;
  std::string version;
  Schema schema;
  std::vector<ParameterInfo> context;
  std::vector<ActionInfo> actions;      // by kind, then declaration
  std::vector<ActionCode> action_code;  // parallel to actions
  std::vector<ActionAnchors> anchors;   // parallel to actions
  std::vector<RuleInfo> rules;          // in source order
  std::vector<ObligationInfo> obligations;
  std::vector<Constant> constants;
  std::vector<RoleMask> masks;
  std::vector<Instruction> code;

  // Set by load and by write_program; ignored by the writer.
  Digest digest;
  Digest schema_digest;

  // Look-up tables that load builds beside the parts.
  struct Index;
  std::shared_ptr<const Index> index;
};

// The image of a program. The same parts give the same bytes. The parts must be
// sound: they are verified on load like any others.
[[nodiscard]] std::vector<std::byte> write_program(const ProgramParts& parts);

// Digest of the canonical bytes of a schema (see architecture: both images carry it).
[[nodiscard]] Digest schema_digest_of(const Schema& schema);

}  // namespace policyc::vm
