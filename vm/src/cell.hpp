#pragma once

// A value while a decision runs: what a register, a parameter or a loaded
// attribute holds. The verifier knows every register's type, so a cell carries no
// tag: only the fields of its type count.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text_values.hpp"

namespace policyc::vm {

// Every entity has a number. 0 is `system`; resources follow in depth-first order,
// so that a subtree is a range; principals follow them. Numbers from
// SnapshotView::node_count() on stand for entities that only a request or the
// policy's text names (see evaluation.hpp): they are equal to themselves alone.
using NodeId = std::uint32_t;
inline constexpr NodeId kSystemNode = 0;
inline constexpr NodeId kNoNode = 0xFFFFFFFF;

// How the elements of a set lie in memory. Sorted, no element twice, in every
// packing: numbers and nodes by value, strings byte by byte, addresses by IpBlock's
// own order.
enum class Packing : std::uint8_t {
  numbers,  // std::int64_t each: boolean, integer, time, duration, enumeration, role
  nodes,    // NodeId each
  strings,  // StoredString each, in the snapshot's arena
  views,    // std::string_view each: sets of a request or of the policy
  blocks,   // IpBlock each
};

// A string of the snapshot: a range of its arena.
struct StoredString {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

struct SetRef {
  const void* elements = nullptr;
  std::uint32_t count = 0;
  Packing packing = Packing::numbers;
};

struct Cell {
  std::int64_t number = 0;  // boolean, integer, time, duration, enumeration (member), role (RoleIndex)
  NodeId node = kNoNode;    // entity
  std::string_view text;    // string
  IpBlock block;            // ip
  SetRef set;               // set
};

}  // namespace policyc::vm
