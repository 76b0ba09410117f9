#pragma once

// A second opinion on program images, written from docs/bytecode.md. With the product's reader and verifier
// it shares the numbers of the format (sections, opcodes, types, limits) and the hash, and no function that
// judges; it also goes about it in another way. The reader throws at the first byte that is wrong instead of
// carrying a flag; the code is judged by abstract interpretation over a graph of instructions with a
// worklist, where the product passes once from front to back.

#include <cstddef>
#include <span>
#include <string>

namespace policyc::second {

// "" if the image may be run, else what is wrong with it.
[[nodiscard]] std::string judge_program(std::span<const std::byte> image);

}  // namespace policyc::second
