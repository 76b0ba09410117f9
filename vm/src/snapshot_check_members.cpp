// What must hold in a snapshot image about lines that are no principal's, and about
// who is in which group and userset.

#include <algorithm>

#include "snapshot_reader.hpp"

namespace policyc::vm {
namespace {

constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

// By kind of group: which kinds can be in one, directly or through other groups.
std::vector<std::uint64_t> possible_members(const Schema& schema) {
  std::vector<std::uint64_t> all;
  for (const KindInfo& kind : schema.kinds) all.push_back(kind.members);
  for (std::size_t via = 0; via < all.size(); ++via)
    for (std::uint64_t& members : all)
      if ((members & bit(via)) != 0) members |= all[via];
  return all;
}

class MembershipCheck {
 public:
  MembershipCheck(SnapshotView& view, const SnapshotSections& sections, const Schema& schema)
      : view_(view),
        sections_(sections),
        schema_(schema),
        possible_(possible_members(schema)),
        principals_(view.nodes - view.resources),
        listed_for_(view.line_count, kNoNode),
        depths_(view.line_count, 0) {}

  Finding check() {
    std::uint32_t next = principals_;
    for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind) {
      if (schema_.kinds[kind].category != KindCategory::subject) continue;
      const PrincipalLine& line = view_.lines[next];
      if (line.kind != kind) return "the line of everyone of a kind is another kind's";
      // An empty line says nothing, and need not be asked.
      if (line.flags != 0 || line.entries != 0) view_.kinds[kind].everyone = next;
      ++next;
    }
    first_userset_ = next;
    for (; next < view_.line_count; ++next)
      if (view_.lines[next].kind != kSystemKind) return "the line of a userset is some kind's";
    // Where each list is, first: what lists say of each other needs all of them.
    for (std::uint32_t line = 0; line < view_.line_count; ++line)
      if (!is_listed(view_.lines[line])) return finding(line);
    if (used_ != sections_.holders.size()) return "there are more lists of groups than members";
    for (std::uint32_t line = 0; line < view_.line_count; ++line)
      if (!is_sound(line)) return finding(line);
    for (std::uint32_t line = 0; line < view_.line_count; ++line)
      if (depth_of(line, 0) > kMaxGroupDepth) return finding(line);
    return std::nullopt;
  }

 private:
  static Finding finding(std::uint32_t line) {
    return "the groups of line " + std::to_string(line) + " are not what they must be";
  }

  bool is_listed(const PrincipalLine& line) {
    if ((line.flags & ~(kMember | kSpilled | kWindowed)) != 0) return false;
    if ((line.flags & kMember) == 0) return line.holders == 0;
    if (line.holders != used_ || used_ == sections_.holders.size()) return false;
    const std::uint32_t count = sections_.holders[used_++];
    if (count == 0 || count > sections_.holders.size() - used_) return false;
    const std::span<const std::uint32_t> in = sections_.holders.subspan(used_, count);
    used_ += count;
    return std::adjacent_find(in.begin(), in.end(), std::greater_equal<>()) == in.end() &&
           in.back() < view_.line_count;
  }

  // Closed: who is in a group is in what the group is in, and that is less. So no way leads back.
  bool is_sound(std::uint32_t line) {
    const std::span<const std::uint32_t> in = view_.holders_of(line);
    for (const std::uint32_t holder : in) listed_for_[holder] = line;
    const bool is_closed = std::all_of(in.begin(), in.end(), [&](std::uint32_t holder) {
      if (!may_be_in(line, holder)) return false;
      const std::span<const std::uint32_t> further = view_.holders_of(holder);
      return further.size() < in.size() &&
             std::all_of(further.begin(), further.end(),
                         [&](std::uint32_t one) { return listed_for_[one] == line; });
    });
    return is_closed;
  }

  // Of the longest way from the line; one more than the limit, however much it is. Every list is known to be
  // longer than those of what it names, so each way ends.
  std::size_t depth_of(std::uint32_t line, std::size_t below) {
    if (depths_[line] != 0) return depths_[line] - 1U;
    if (below > kMaxGroupDepth) return kMaxGroupDepth + 1;
    std::size_t depth = 0;
    for (const std::uint32_t holder : view_.holders_of(line))
      depth = std::max(depth, depth_of(holder, below + 1) + 1);
    depth = std::min(depth, kMaxGroupDepth + 1);
    depths_[line] = static_cast<std::uint8_t>(depth + 1);
    return depth;
  }

  // A userset may have anyone in it; a group the kinds that it may, and nobody of another root, unless
  // through a group that lets in other roots.
  bool may_be_in(std::uint32_t line, std::uint32_t holder) const {
    if (holder >= first_userset_) return true;
    if (holder >= principals_ || !view_.kinds[view_.lines[holder].kind].is_group) return false;
    if (line >= first_userset_ || (line >= principals_)) return false;
    if ((possible_[view_.lines[holder].kind] & bit(view_.lines[line].kind)) == 0) return false;
    const NodeId own = view_.root_of(line + view_.resources);
    return own == kSystemNode || own == view_.root_of(holder + view_.resources) || is_let_in(line, holder);
  }

  bool is_let_in(std::uint32_t line, std::uint32_t holder) const {
    const std::span<const std::uint32_t> in = view_.holders_of(line);
    return std::any_of(in.begin(), in.end(), [&](std::uint32_t via) {
      if (via >= principals_ || !schema_.kinds[view_.lines[via].kind].cross) return false;
      const std::span<const std::uint32_t> further = view_.holders_of(via);
      return via == holder || std::binary_search(further.begin(), further.end(), holder);
    });
  }

  SnapshotView& view_;
  const SnapshotSections& sections_;
  const Schema& schema_;
  std::vector<std::uint64_t> possible_;
  std::uint32_t principals_;
  std::uint32_t first_userset_ = 0;
  std::size_t used_ = 0;                   // of the lists
  std::vector<std::uint32_t> listed_for_;  // of each line: the last that was checked which is in it
  std::vector<std::uint8_t> depths_;       // and one more; 0: not known yet
};

}  // namespace

Finding check_memberships(SnapshotView& view, const SnapshotSections& sections, const Schema& schema) {
  return MembershipCheck(view, sections, schema).check();
}

}  // namespace policyc::vm
