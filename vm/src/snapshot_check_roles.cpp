// What must hold in a snapshot image about principals' lines, rows and windows.

#include <algorithm>
#include <tuple>

#include "policyc/snapshot_builder.hpp"
#include "snapshot_entries.hpp"
#include "snapshot_reader.hpp"

namespace policyc::vm {
namespace {

bool all_ones(std::span<const std::byte> bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0xFF}; });
}

// Raw bits that a kind's entities may have, by how they come about.
struct PossibleBits {
  std::uint64_t granted = 0;
  std::uint64_t derived = 0;
  std::uint64_t granted_to_everyone = 0;
  std::uint64_t rolled_up = 0;
  std::uint64_t of_line = 0;  // derived, of a userset or of a role that the snapshot defines
};

std::vector<PossibleBits> possible_bits(const Schema& schema) {
  std::vector<PossibleBits> possible(schema.kinds.size());
  const auto bit = [](std::uint8_t index) { return std::uint64_t{1} << index; };
  for (const RoleInfo& role : schema.roles) {
    if (role.grantable && role.flow_bit != kNoBit) possible[role.kind].granted |= bit(role.flow_bit);
    if (!role.attribute_sources.empty() && role.flow_bit != kNoBit)
      possible[role.kind].derived |= bit(role.flow_bit);
    if (role.is_public && role.flow_bit != kNoBit)
      possible[role.kind].granted_to_everyone |= bit(role.flow_bit);
    if (role.up_bit != kNoBit) {
      possible[role.kind].derived |= bit(role.up_bit);
      possible[role.kind].rolled_up |= bit(role.up_bit);
    }
    if ((role.is_open || role.is_hidden) && role.flow_bit != kNoBit)
      possible[role.kind].of_line |= bit(role.flow_bit);
  }
  for (PossibleBits& kind : possible) kind.of_line |= kind.derived;
  return possible;
}

template <class Infos>
bool has_cross(const Infos& infos) {
  return std::any_of(infos.begin(), infos.end(), [](const auto& info) { return info.cross; });
}

class EntryCheck {
 public:
  EntryCheck(const SnapshotView& view, const SnapshotSections& sections, const Schema& schema)
      : view_(view),
        sections_(sections),
        schema_(schema),
        possible_(possible_bits(schema)),
        lets_in_(has_cross(schema.kinds) || has_cross(schema.attributes)) {}

  Finding check() {
    const std::uint32_t principals = view_.nodes - view_.resources;
    for (number_ = 0; number_ < view_.line_count; ++number_) {
      const PrincipalLine& line = view_.lines[number_];
      is_everyone_ = number_ >= principals && line.kind != kSystemKind;
      is_principal_ = number_ < principals;
      root_ = number_ < principals ? view_.root_of(number_ + view_.resources) : kSystemNode;
      const bool sound =
          with_entry_form(view_.entry_bytes, [&]<class Entry>(Entry) { return check_line<Entry>(line); });
      if (!sound) return "the roles of line " + std::to_string(number_) + " are not what they must be";
    }
    if (row_ * view_.entry_bytes * kRowUnit != sections_.rows.size()) return "bytes follow the last row";
    return std::nullopt;
  }

 private:
  template <class Entry>
  bool check_line(const PrincipalLine& line) {
    constexpr std::size_t kRoom = kBodyBytes / sizeof(Entry);
    const auto body = std::as_bytes(std::span(line.body));
    if ((line.flags & kSpilled) == 0) {
      if (line.granted > line.entries || line.entries > kRoom ||
          !all_ones(body.subspan(line.entries * sizeof(Entry))))
        return false;
    } else {
      if (line.granted != 0 || line.entries != 0 || line.body[2] != row_) return false;
      const std::size_t count = line.body[1];
      if (line.body[0] > count || count <= kRoom || !all_ones(body.subspan(12))) return false;
      const std::size_t units = (count + kRowUnit - 1) / kRowUnit;
      const auto rest = sections_.rows.subspan(row_ * kRowUnit * sizeof(Entry));
      if (units > rest.size() / kRowUnit / sizeof(Entry)) return false;
      if (!all_ones(rest.subspan(count * sizeof(Entry), (units * kRowUnit - count) * sizeof(Entry))))
        return false;
      row_ += units;
    }
    const Entries<Entry> entries(line, view_.rows);
    return check_run(entries.begin, entries.granted,
                     is_everyone_ ? &PossibleBits::granted_to_everyone : &PossibleBits::granted, true) &&
           check_run(entries.begin + entries.granted, entries.count - entries.granted,
                     is_everyone_    ? &PossibleBits::rolled_up
                     : is_principal_ ? &PossibleBits::derived
                                     : &PossibleBits::of_line,
                     false);
  }

  // A group's own roles are in its root, or in one that lets it in. What follows from attributes and roll-ups
  // is, too, where nothing lets in other roots.
  bool may_be_in_root(std::uint64_t entity, bool is_granted) const {
    if (root_ == kSystemNode || (!is_granted && lets_in_)) return true;
    const NodeId root = view_.root_of(static_cast<NodeId>(entity));
    return root == kSystemNode || root == root_ ||
           schema_.kinds[view_.kind_of(static_cast<NodeId>(entity))].cross;
  }

  // Ascending by entity, with bits that its kind has.
  template <class Entry>
  bool check_run(const Entry* entries, std::size_t count, std::uint64_t PossibleBits::*possible,
                 bool is_granted) const {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t entity = entries[i].entity(view_.role_bits);
      const std::uint64_t bits = entries[i].bits(view_.role_bits);
      if (entity >= view_.nodes || (i > 0 && entity <= entries[i - 1].entity(view_.role_bits))) return false;
      if (!may_be_in_root(entity, is_granted)) return false;
      if (bits == 0 || (bits & ~(possible_[view_.kind_of(static_cast<NodeId>(entity))].*possible)) != 0)
        return false;
    }
    return true;
  }

  const SnapshotView& view_;
  const SnapshotSections& sections_;
  const Schema& schema_;
  std::vector<PossibleBits> possible_;
  bool lets_in_;              // something may name what stands in another root
  std::size_t row_ = 0;       // where the next row begins, in units
  std::uint32_t number_ = 0;  // of the line that is being checked
  bool is_everyone_ = false;
  bool is_principal_ = false;
  NodeId root_ = kSystemNode;  // that a group stands in
};

}  // namespace

Finding check_entries(const SnapshotView& view, const SnapshotSections& sections, const Schema& schema) {
  return EntryCheck(view, sections, schema).check();
}

// Ascending, each of a line that says that it has some, with bits that somebody may be granted or have
// rolled up. In which root is not asked: what is held through a userset is written down here too, and a
// userset of system is of no root.
Finding check_windows(const SnapshotView& view, const Schema& schema) {
  const std::vector<PossibleBits> possible = possible_bits(schema);
  const std::uint32_t principals = view.nodes - view.resources;
  const auto key = [](const WindowEntry& entry) {
    return std::tie(entry.line, entry.entity, entry.from, entry.until);
  };
  std::uint32_t lines = 0;
  for (std::size_t i = 0; i < view.windows.size(); ++i) {
    const WindowEntry& entry = view.windows[i];
    const std::string wrong = "window " + std::to_string(i) + " of a grant is not what it must be";
    if (entry.line >= view.line_count || entry.entity >= view.nodes) return wrong;
    if (i > 0 && key(view.windows[i - 1]) >= key(entry)) return wrong;
    if (entry.from >= entry.until || Window{entry.from, entry.until}.is_always()) return wrong;
    const PrincipalLine& line = view.lines[entry.line];
    if ((line.flags & kWindowed) == 0) return wrong;
    if (i == 0 || view.windows[i - 1].line != entry.line) ++lines;
    const PossibleBits& bits = possible[view.kind_of(entry.entity)];
    const bool is_everyone = entry.line >= principals && line.kind != kSystemKind;
    const std::uint64_t may_be =
        is_everyone ? bits.granted_to_everyone | bits.rolled_up : bits.granted | bits.of_line;
    if (entry.bits == 0 || (entry.bits & ~may_be) != 0) return wrong;
  }
  const auto say_so = std::count_if(view.lines, view.lines + view.line_count,
                                    [](const PrincipalLine& line) { return (line.flags & kWindowed) != 0; });
  if (static_cast<std::uint32_t>(say_so) != lines) return "a line has no windows and says that it has some";
  return std::nullopt;
}

}  // namespace policyc::vm
