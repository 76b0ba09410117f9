#pragma once

// The snapshot's facts read the other way round: from an entity to whoever holds something there, from a
// group to its members, from what an attribute names to whose attribute it is. Decisions need none of it, so
// each index is made when a list first asks for it, once, and kept as long as its snapshot is linked.

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "snapshot_view.hpp"

namespace policyc::vm {

class Linked;

// Numbers in groups: those of group g are items[ends[g - 1], ends[g]).
template <class Item>
struct Grouped {
  std::vector<std::uint32_t> begins;  // one more than there are groups
  std::vector<Item> items;

  [[nodiscard]] std::span<const Item> of(std::size_t first, std::size_t last) const noexcept {
    return {items.data() + begins[first], items.data() + begins[last]};
  }
  [[nodiscard]] std::span<const Item> of(std::size_t group) const noexcept { return of(group, group + 1); }
};

// What a line says of an entity.
struct Holder {
  std::uint32_t line = 0;
  std::uint64_t bits = 0;
};

// Thread safety: all member functions may be called from any number of threads at once, without locks; of two
// threads that make the same index at once, one's is kept. They may throw bad_alloc, and then the next call
// tries again. Cost: the first call of each is linear in the snapshot.
class ReverseIndex {
 public:
  explicit ReverseIndex(const Linked& linked);
  ReverseIndex(const ReverseIndex&) = delete;
  ReverseIndex& operator=(const ReverseIndex&) = delete;

  // By resource: the lines that have raw bits there.
  [[nodiscard]] const Grouped<Holder>& holders() const;
  // By line: the lines whose principals are in that group or userset, directly or not.
  [[nodiscard]] const Grouped<std::uint32_t>& members() const;
  // By node: the entities whose attribute, stored or by default, names it; ascending.
  [[nodiscard]] const Grouped<NodeId>& naming(AttributeIndex attribute) const;
  // The entities of a kind, ascending.
  [[nodiscard]] std::span<const NodeId> entities_of(KindIndex kind) const;

 private:
  // What is made when it is first asked for.
  template <class T>
  class Lazy {
   public:
    Lazy() noexcept = default;
    Lazy(const Lazy&) = delete;
    Lazy& operator=(const Lazy&) = delete;
    ~Lazy() { delete made_.load(std::memory_order_acquire); }

    template <class Make>
    const T& get(const Make& make) const {
      if (const T* const made = made_.load(std::memory_order_acquire)) return *made;
      auto mine = std::make_unique<const T>(make());
      const T* kept = nullptr;
      if (made_.compare_exchange_strong(kept, mine.get(), std::memory_order_acq_rel)) kept = mine.release();
      return *kept;
    }

   private:
    mutable std::atomic<const T*> made_ = nullptr;
  };

  const Linked& linked_;
  const SnapshotView& view_;
  Lazy<Grouped<Holder>> holders_;
  Lazy<Grouped<std::uint32_t>> members_;
  Lazy<Grouped<NodeId>> kinds_;
  std::unique_ptr<Lazy<Grouped<NodeId>>[]> naming_;  // by attribute
};

}  // namespace policyc::vm
