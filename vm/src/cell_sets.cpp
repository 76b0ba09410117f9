#include "cell_sets.hpp"

namespace policyc::vm {
namespace {

template <class T>
const T& at(const SetRef& set, std::uint32_t i) noexcept {
  return static_cast<const T*>(set.elements)[i];
}

// The order of a set's elements: negative, zero or positive as the element stands
// before, at or behind the cell.
int compare(const SetRef& set, std::uint32_t i, const Cell& cell, const SnapshotView& snapshot) noexcept {
  const auto sign = [](const auto& a, const auto& b) { return a < b ? -1 : b < a ? 1 : 0; };
  switch (set.packing) {
    case Packing::numbers: return sign(at<std::int64_t>(set, i), cell.number);
    case Packing::nodes: return sign(at<NodeId>(set, i), cell.node);
    case Packing::strings: return snapshot.text_of(at<StoredString>(set, i)).compare(cell.text);
    case Packing::views: return at<std::string_view>(set, i).compare(cell.text);
    case Packing::blocks: return sign(at<IpBlock>(set, i), cell.block);
  }
  return 1;
}

}  // namespace

Cell element_of(const SetRef& set, std::uint32_t i, const SnapshotView& snapshot) noexcept {
  Cell cell;
  switch (set.packing) {
    case Packing::numbers: cell.number = at<std::int64_t>(set, i); break;
    case Packing::nodes: cell.node = at<NodeId>(set, i); break;
    case Packing::strings: cell.text = snapshot.text_of(at<StoredString>(set, i)); break;
    case Packing::views: cell.text = at<std::string_view>(set, i); break;
    case Packing::blocks: cell.block = at<IpBlock>(set, i); break;
  }
  return cell;
}

bool contains(const SetRef& set, const Cell& element, const SnapshotView& snapshot) noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = set.count;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const int order = compare(set, middle, element, snapshot);
    if (order == 0) return true;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

bool contains_all(const SetRef& set, const SetRef& wanted, const SnapshotView& snapshot) noexcept {
  for (std::uint32_t i = 0; i < wanted.count; ++i)
    if (!contains(set, element_of(wanted, i, snapshot), snapshot)) return false;
  return true;
}

bool contains_any(const SetRef& set, const SetRef& wanted, const SnapshotView& snapshot) noexcept {
  for (std::uint32_t i = 0; i < wanted.count; ++i)
    if (contains(set, element_of(wanted, i, snapshot), snapshot)) return true;
  return false;
}

bool lies_in_one(const SetRef& blocks, const IpBlock& address) noexcept {
  for (std::uint32_t i = 0; i < blocks.count; ++i)
    if (at<IpBlock>(blocks, i).contains(address)) return true;
  return false;
}

}  // namespace policyc::vm
