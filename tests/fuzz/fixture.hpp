#pragma once

// What the fuzzers share: a policy that has something of everything, facts about it, and the two together.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/evaluator.hpp"
#include "policyc/snapshot/read.hpp"

namespace policyc::fuzz {

[[nodiscard]] const std::shared_ptr<const Program>& program();
[[nodiscard]] const std::vector<std::byte>& snapshot_image();
[[nodiscard]] const Evaluator& evaluator();

// The bytes as text.
[[nodiscard]] std::string text_of(const std::uint8_t* data, std::size_t size);

// Reads facts about the policy. What is read without errors must load, and every finding can be shown.
snapshot::ReadResult read_facts(std::string text, snapshot::Format format, bool require_end = false);

// Says what is wrong and ends the program; a fuzzer keeps the input.
[[noreturn]] void fail(std::string_view what);

}  // namespace policyc::fuzz
