#pragma once

// The program's code in memory. Internal to the vm and to the code generator.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace policyc::vm {

enum class Op : std::uint8_t {
#define OPCODE(code, name, shape, doc) name = code,
#include "opcodes.def"
};

enum class Shape : std::uint8_t {
  stop,
  rule,
  jump,
  word,
  reg,
  scalars,
  numbers,
  strings,
  ips,
  element_set,
  sets,
  entities,
  kind,
  entity,
  constant,
  attribute,
  parameter,
  context,
  now,
  parent,
  ancestor,
  size,
  arithmetic,
  roles,
  move,
  count,
  each_set,
  each_path,
  end,
  noted,
  instant,
  defined,
  defined_set,
};

struct OpInfo {
  Op op;
  std::string_view name;
  Shape shape;
  std::string_view doc;
};

inline constexpr auto kOps = std::to_array<OpInfo>({
#define OPCODE(code, name, shape, doc) {Op::name, #name, Shape::shape, doc},
#include "opcodes.def"
});

// Table position and code are the same thing, so the table is its own index.
static_assert(
    [] {
      for (std::size_t i = 0; i < kOps.size(); ++i)
        if (static_cast<std::size_t>(kOps[i].op) != i) return false;
      return true;
    }(),
    "opcodes.def must list dense codes in order");

[[nodiscard]] constexpr const OpInfo* find_op(std::uint8_t byte) noexcept {
  return byte < kOps.size() ? &kOps[byte] : nullptr;
}

struct Instruction {
  Op op = Op::deny;
  std::uint8_t a = 0;
  std::uint8_t b = 0;
  std::uint8_t flags = 0;
  std::uint16_t target = 0;
  std::uint16_t c = 0;

  friend bool operator==(const Instruction&, const Instruction&) = default;
};
static_assert(sizeof(Instruction) == 8);

inline constexpr std::uint8_t kSense = 1;  // Instruction::flags

// A run's registers. On entry r0 is the subject and r1 the resource, both
// entities; role word 0 holds the subject's roles at the resource; all else is
// undefined, and the verifier refuses to read it.
inline constexpr std::size_t kRegisters = 32;
inline constexpr std::size_t kRoleWords = 8;
inline constexpr std::size_t kLoopSlots = 2;
inline constexpr std::uint8_t kSubjectRegister = 0;
inline constexpr std::uint8_t kResourceRegister = 1;
inline constexpr std::uint8_t kSubjectWord = 0;
inline constexpr std::size_t kMaxInstructions = 65'535;  // an action, an entry

}  // namespace policyc::vm
