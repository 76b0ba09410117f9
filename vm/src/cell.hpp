#pragma once

// A value while a decision runs: what a register, a parameter or a loaded
// attribute holds. The verifier knows every register's type, so a cell carries no
// tag: only the fields of its type count.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

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

// One field at a time; a fresh cell has number 0. Where an entity is written over a
// fresh cell, the bytes beyond `node` stay zero, so numbers and entities alike are
// equal if and only if their `number`s are.
struct Cell {
  Cell() noexcept : number(0) {}
  union {
    std::int64_t number;    // boolean, integer, time, duration, enumeration (member), role (RoleIndex)
    NodeId node;            // entity
    std::string_view text;  // string
    IpBlock block;          // ip
    SetRef set;             // set
  };
};
static_assert(std::is_trivially_copyable_v<Cell> && sizeof(Cell) <= 24);

// Room for N cells, or what else is written before it is read: giving them a value
// first would cost more than most decisions.
template <class T, std::size_t N>
union Unwritten {
  static_assert(std::is_trivially_copyable_v<T>);
  Unwritten() noexcept {}
  T items[N];
};

}  // namespace policyc::vm
