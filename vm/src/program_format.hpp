#pragma once

// The sections of a program image and the version of their layout. What is in
// each is said by program_writer.cpp, in the order of the bytes.

#include "image.hpp"

namespace policyc::vm {

inline constexpr ImageFormat kProgramFormat = {kProgramMagic, 6, 0};

enum class ProgramSection : std::uint32_t {
  manifest = 1,    // name, version
  schema = 2,      // see schema_codec.cpp
  assignable = 3,  // a byte a role
  context = 4,
  actions = 5,
  rules = 6,
  constants = 7,
  masks = 8,
  ranges = 9,  // of code: decide, reasons and times of every action
  code = 10,   // 8 bytes an instruction
  obligations = 11,
  anchors = 12,  // of every action: where lists begin
};

inline constexpr std::size_t kProgramSections = 12;

// A request's values are resolved into places on the stack, so their number is a
// limit of the format.
inline constexpr std::size_t kMaxParameters = 64;  // an action
inline constexpr std::size_t kMaxContextFields = 256;

}  // namespace policyc::vm
