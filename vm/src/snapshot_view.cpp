// Look-up of ids, and which roles a principal has where.
//
// A decision's roles are found by comparing the principal's line, one cache line,
// with each entity of the resource's path. Principals that hold more have two sorted
// rows, which are searched.

#include "snapshot_view.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include "id_table.hpp"
#include "plain_word.hpp"
#include "policyc/snapshot_builder.hpp"
#include "snapshot_scan.hpp"

namespace policyc::vm {
namespace {

void place(RoleWord& word, std::uint64_t bits, std::size_t offset) noexcept {
  const std::size_t at = offset / 64;
  const std::size_t shift = offset % 64;
  word[at] |= bits << shift;
  if (shift != 0 && at + 1 < word.size()) word[at + 1] |= bits >> (64 - shift);
}

}  // namespace

NodeId SnapshotView::find(KindIndex kind, std::string_view id) const noexcept {
  if (kind == kSystemKind) return id.empty() ? kSystemNode : kNoNode;
  const std::uint64_t hash = key_hash(kind, id, hash_seed);
  const auto tag = static_cast<std::uint32_t>(hash);
  const std::size_t home = home_of(hash, id_table.size() - kMaxProbe);
  for (std::size_t at = home; at < home + kMaxProbe && id_table[at].node != kNoNode; ++at) {
    const IdSlot& slot = id_table[at];
    if (slot.tag == tag && std::string_view(ids + slot.offset, slot.size) == id && kind_of(slot.node) == kind)
      return slot.node;
  }
  return kNoNode;
}

// The entities at which a principal's roles count, and where in the word. Walked
// once for each question, so nothing is listed.
struct SnapshotView::Places {
  const SnapshotView& view;
  const KindTable& layout;
  NodeId lowest;
  KindIndex kind;  // of the lowest
  bool with_above = true;
  std::uint64_t seen = 0;  // kinds whose nearest entity stands lower

  // From the lowest upwards: use(entity, offset in the word, raw bits that count).
  // Only the first of a kind counts what is rolled up.
  template <class Use>
  void each(Use use) const noexcept {
    std::uint64_t met = seen;
    const auto at = [&](NodeId entity, std::size_t of) {
      const std::uint64_t bit = std::uint64_t{1} << of;
      const std::uint64_t hidden = (met & bit) != 0 ? view.kinds[of].rolled_up : 0;
      met |= bit;
      if (layout.offsets[of] != kNoIndex) use(entity, layout.offsets[of], ~hidden);
    };
    at(lowest, kind);
    if (!with_above || lowest == kSystemNode) return;
    if (lowest < view.resources) {
      const ResourceRecord& record = view.records[lowest];
      if (record.depth <= kInlineAncestors) {
        for (std::size_t i = record.depth; i-- > 0;) at(record.ancestors[i], record.ancestor_kinds[i]);
      } else {
        const NodeId* const path = view.paths + record.ancestors[0];
        for (std::size_t i = record.depth; i-- > 0;) at(path[i], view.records[path[i]].kind);
      }
    }
    at(kSystemNode, kSystemKind);
  }
};

NodeId SnapshotView::root_of_group(NodeId node) const noexcept {
  const KindTable& kind = kinds[kind_of(node)];
  if (!kind.is_group) return kSystemNode;
  return root_of(group_parents[kind.groups_before + (node - kind.first)]);
}

bool SnapshotView::is_member(NodeId principal, NodeId group) const noexcept {
  if (principal < resources || principal >= nodes || group < resources || group >= nodes) return false;
  const std::span<const std::uint32_t> in = holders_of(principal - resources);
  return std::binary_search(in.begin(), in.end(), group - resources);
}

void SnapshotView::add(NodeId principal, const Places& places, RoleWord& word) const noexcept {
  assert(principal < nodes);
  if (principal < resources) return;
  const std::uint32_t own = principal - resources;
  add_line(own, places, word);
  for (const std::uint32_t line : holders_of(own)) add_line(line, places, word);
  add_everyone(lines[own].kind, places, word);
}

void SnapshotView::add_everyone(KindIndex who, const Places& places, RoleWord& word) const noexcept {
  const std::uint32_t everyone = kinds[who].everyone;
  if (everyone == kNoNode) return;
  add_line(everyone, places, word);
  for (const std::uint32_t line : holders_of(everyone)) add_line(line, places, word);
}

void SnapshotView::add_line(std::uint32_t number, const Places& places, RoleWord& word) const noexcept {
  const PrincipalLine& line = lines[number];
  const unsigned shift = role_bits;
  // Most words have no more than 64 bits: those are collected in a register.
  const auto each_place = [&](auto bits_at) {
    std::uint64_t low = 0;
    places.each([&](NodeId entity, std::size_t offset, std::uint64_t counted) {
      const std::uint64_t bits = bits_at(entity) & counted;
      if (offset + static_cast<std::size_t>(std::bit_width(bits)) <= 64)
        low |= bits << (offset % 64);
      else
        place(word, bits, offset);
    });
    word[0] |= low;
  };
  with_entry_form(entry_bytes, [&]<class Entry>(Entry form) {
    if ((line.flags & kSpilled) == 0) {
      each_place([&](NodeId entity) { return bits_in_line(line, form, entity, shift); });
      return;
    }
    const Entries<Entry> entries(line, rows);
    if (entries.count <= kScanned) {
      const std::size_t padded = (entries.count + kRowUnit - 1) / kRowUnit * kRowUnit;
      each_place([&](NodeId entity) { return bits_in_row(entries.begin, padded, entity, shift); });
    } else {
      const Entry* const derived = entries.begin + entries.granted;
      each_place([&](NodeId entity) {
        return bits_in_run(entries.begin, entries.granted, entity, shift) |
               bits_in_run(derived, entries.count - entries.granted, entity, shift);
      });
    }
  });
}

void SnapshotView::add_roles(NodeId principal, NodeId entity, RoleWord& word) const noexcept {
  const KindIndex kind = kind_of(entity);
  add(principal, {*this, kinds[kind], entity, kind}, word);
}

bool SnapshotView::add_plain_roles(NodeId principal, NodeId entity, RoleWord& word) const noexcept {
  if (principal < resources || entity >= resources) return false;
  const std::uint32_t own = principal - resources;
  const ResourceRecord& record = records[entity];
  const KindTable& layout = kinds[record.kind];
  if (record.depth > kInlineAncestors || !layout.is_plain || kinds[lines[own].kind].everyone != kNoNode)
    return false;
  const auto is_spilled = [&](std::uint32_t line) { return (lines[line].flags & kSpilled) != 0; };
  const std::span<const std::uint32_t> groups = holders_of(own);
  if (is_spilled(own) || std::any_of(groups.begin(), groups.end(), is_spilled)) return false;
  const PlainQuestion question = {lines, own, groups, record, entity, layout.shifts.data(), role_bits};
  word[0] |= has_wide_lanes ? plain_word_by_halves(question) : plain_word(question);
  return true;
}

void SnapshotView::add_roles_itself(NodeId principal, NodeId entity, RoleWord& word) const noexcept {
  const KindIndex kind = kind_of(entity);
  add(principal, {*this, kinds[kind], entity, kind, false}, word);
}

void SnapshotView::add_roles_below(NodeId principal, NodeId parent, KindIndex kind,
                                   RoleWord& word) const noexcept {
  add(principal, {*this, kinds[kind], parent, kind_of(parent), true, std::uint64_t{1} << kind}, word);
}

void SnapshotView::add_roles_of_everyone(KindIndex who, NodeId entity, RoleWord& word) const noexcept {
  const KindIndex kind = kind_of(entity);
  add_everyone(who, {*this, kinds[kind], entity, kind}, word);
}

void SnapshotView::add_roles_of_everyone_itself(KindIndex who, NodeId entity, RoleWord& word) const noexcept {
  const KindIndex kind = kind_of(entity);
  add_everyone(who, {*this, kinds[kind], entity, kind, false}, word);
}

void SnapshotView::add_roles_of_everyone_below(KindIndex who, NodeId parent, KindIndex kind,
                                               RoleWord& word) const noexcept {
  add_everyone(who, {*this, kinds[kind], parent, kind_of(parent), true, std::uint64_t{1} << kind}, word);
}

std::span<const WindowEntry> SnapshotView::windows_of(std::uint32_t line) const noexcept {
  if ((lines[line].flags & kWindowed) == 0) return {};
  const auto begin = std::lower_bound(windows.begin(), windows.end(), line,
                                      [](const WindowEntry& a, std::uint32_t b) { return a.line < b; });
  const auto end = std::upper_bound(begin, windows.end(), line,
                                    [](std::uint32_t a, const WindowEntry& b) { return a < b.line; });
  return {begin, end};
}

// Calls back for each entry, and bits of it, that would count at its time: use(entry, bits, offset).
template <class Use>
void SnapshotView::each_windowed(const Asked& asked, const Use& use) const noexcept {
  const KindIndex lowest = kind_of(asked.entity);
  const bool is_below = asked.below != kNoIndex;
  const Places places = {*this,         kinds[is_below ? asked.below : lowest],        asked.entity, lowest,
                         !asked.itself, is_below ? std::uint64_t{1} << asked.below : 0};
  const auto of_line = [&](std::uint32_t line) {
    const std::span<const WindowEntry> all = windows_of(line);
    if (all.empty()) return;
    places.each([&](NodeId entity, std::size_t offset, std::uint64_t counted) {
      auto at = std::lower_bound(all.begin(), all.end(), entity,
                                 [](const WindowEntry& a, NodeId b) { return a.entity < b; });
      for (; at != all.end() && at->entity == entity; ++at)
        if ((at->bits & counted) != 0) use(*at, at->bits & counted, offset);
    });
  };
  const auto of_line_and_holders = [&](std::uint32_t line) {
    of_line(line);
    for (const std::uint32_t holder : holders_of(line)) of_line(holder);
  };
  KindIndex who = asked.who;
  if (asked.principal != kNoNode) {
    if (asked.principal < resources) return;
    of_line_and_holders(asked.principal - resources);
    who = kind_of(asked.principal);
  }
  if (kinds[who].everyone != kNoNode) of_line_and_holders(kinds[who].everyone);
}

void SnapshotView::add_windowed(const Asked& asked, std::int64_t now, RoleWord& word) const noexcept {
  each_windowed(asked, [&](const WindowEntry& entry, std::uint64_t bits, std::size_t offset) {
    if (Window{entry.from, entry.until}.contains(now)) place(word, bits, offset);
  });
}

void SnapshotView::note_windows(const Asked& asked, Moments& moments) const noexcept {
  each_windowed(asked, [&](const WindowEntry& entry, std::uint64_t, std::size_t) {
    if (entry.from != Window::kEver) moments.note(entry.from);
    if (entry.until != Window::kForever) moments.note(entry.until);
  });
}

}  // namespace policyc::vm
