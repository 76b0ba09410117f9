#pragma once

// Sets while a decision runs, however their elements lie in memory. All packings
// are sorted and free of repetitions, so a look-up is a binary search.

#include <cstdint>

#include "cell.hpp"
#include "snapshot_view.hpp"

namespace policyc::vm {

// Element i of a set, as the cell that a register would hold.
[[nodiscard]] Cell element_of(const SetRef& set, std::uint32_t i, const SnapshotView& snapshot) noexcept;

[[nodiscard]] bool contains(const SetRef& set, const Cell& element, const SnapshotView& snapshot) noexcept;
[[nodiscard]] bool contains_all(const SetRef& set, const SetRef& wanted,
                                const SnapshotView& snapshot) noexcept;
[[nodiscard]] bool contains_any(const SetRef& set, const SetRef& wanted,
                                const SnapshotView& snapshot) noexcept;

// Does the address lie in one of the blocks?
[[nodiscard]] bool lies_in_one(const SetRef& blocks, const IpBlock& address) noexcept;

}  // namespace policyc::vm
