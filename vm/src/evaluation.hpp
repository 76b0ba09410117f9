#pragma once

// One decision: who asks what of which resource, with the request's values as
// cells. Filled by the resolver, read by the interpreter. It lives on the caller's
// stack and allocates nothing.

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>

#include "cell.hpp"
#include "link.hpp"
#include "program_format.hpp"

namespace policyc::vm {

// Principals and resources that only the request knows.
inline constexpr NodeId kUnknownSubject = 0xFFFFFFFE;
inline constexpr NodeId kInlineResource = 0xFFFFFFFD;

// What a request may say of one entity's attributes, and the elements of all its
// sets together. Beyond it a request is refused (limit_exceeded).
inline constexpr std::size_t kMaxGivenAttributes = 64;
inline constexpr std::size_t kMaxGivenElements = 1024;

// A named slot that the request filled.
struct Given {
  std::uint16_t index = kNoIndex;
  Cell cell;
};

// Room for the elements of a request's sets: kMaxGivenElements, of whatever packing.
class ElementArena {
 public:
  ElementArena() noexcept {}  // NOLINT: the storage is written before it is read
  // How much is taken, so that what was taken since can be given back.
  using Mark = std::size_t;
  [[nodiscard]] Mark mark() const noexcept { return used_; }
  void back_to(Mark mark) noexcept { used_ = mark; }

  // Room for `count` more elements of type T, or null.
  template <class T>
  [[nodiscard]] T* take(std::size_t count) noexcept {
    static_assert(sizeof(T) <= kSlot && alignof(T) <= 8);
    if (count > kMaxGivenElements - used_) return nullptr;
    T* const place = reinterpret_cast<T*>(storage_ + used_ * kSlot);
    used_ += count;
    return place;
  }

 private:
  static constexpr std::size_t kSlot = 24;
  std::size_t used_ = 0;
  alignas(8) unsigned char storage_[kMaxGivenElements * kSlot];
};

struct Evaluation {
  explicit Evaluation(const Linked& an_linked) noexcept : linked(an_linked) {}

  const Linked& linked;
  ActionIndex action = 0;
  NodeId subject = kNoNode;
  NodeId resource = kNoNode;
  KindIndex subject_kind = 0;
  KindIndex resource_kind = 0;
  NodeId inline_parent = kNoNode;  // of an inline resource: kSystemNode for a root
  bool resource_inline = false;
  std::optional<std::int64_t> now;
  const RoleWord* subject_roles = nullptr;  // at the resource, if they are known: one pair, many actions

  // By parameter and by context field; null where the request gave nothing.
  const Cell* parameters = nullptr;
  std::bitset<kMaxParameters> parameter_given;
  const Cell* context = nullptr;
  std::bitset<kMaxContextFields> context_given;
  const Given* subject_given = nullptr;
  std::size_t subject_given_count = 0;
  const Given* resource_given = nullptr;
  std::size_t resource_given_count = 0;

  [[nodiscard]] bool is_stored(NodeId node) const noexcept { return node < linked.view.node_count(); }
  [[nodiscard]] KindIndex kind_of(NodeId node) const noexcept;
  [[nodiscard]] NodeId parent_of(NodeId node) const noexcept;
  // The nearest entity of the kind at or above `node`; kNoNode if there is none.
  [[nodiscard]] NodeId nearest(NodeId node, KindIndex kind) const noexcept;
  [[nodiscard]] bool is_at_or_below(NodeId node, NodeId above) const noexcept;
  // The request's value, else the snapshot's, else the default. False: absent, and
  // then the cell is as it was.
  [[nodiscard]] bool load(AttributeIndex attribute, NodeId entity, Cell& cell) const noexcept;
  [[nodiscard]] bool load_parameter(std::uint16_t index, Cell& cell) const noexcept;
  [[nodiscard]] bool load_context(std::uint16_t index, Cell& cell) const noexcept;
  [[nodiscard]] RoleWord roles(NodeId principal, NodeId entity) const noexcept;
  [[nodiscard]] RoleWord roles_itself(NodeId principal, NodeId entity) const noexcept;
  // Notes when a grant with a window begins or ends to count for what the principal holds at the entity.
  void note_windows(NodeId principal, NodeId entity, Moments& moments) const noexcept;
  // Does the principal hold the role at the entity, if it is one that the snapshot defines? Not with `itself`
  // where it is defined above.
  [[nodiscard]] bool has_defined(NodeId principal, NodeId entity, std::int64_t role,
                                 bool itself) const noexcept;
  [[nodiscard]] bool has_any_defined(NodeId principal, NodeId entity, const SetRef& roles,
                                     bool itself) const noexcept;
  // The same, or a member of the group, directly or through other groups.
  [[nodiscard]] bool is_member(NodeId node, NodeId group) const noexcept;
  // An element, or a member of a group that is one.
  [[nodiscard]] bool is_among(const SetRef& set, const Cell& element) const noexcept;

 private:
  // The question as the snapshot takes it; nothing if nothing can be held there.
  [[nodiscard]] std::optional<SnapshotView::Asked> windows_asked(NodeId principal,
                                                                 NodeId entity) const noexcept;
};

}  // namespace policyc::vm
