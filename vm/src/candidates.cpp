#include "candidates.hpp"

#include <algorithm>

#include "cell_sets.hpp"
#include "reverse_index.hpp"
#include "snapshot_entries.hpp"

namespace policyc::vm {
namespace {

void make_unique(std::vector<NodeId>& nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

// Are any of the raw bits, which lie at an offset of the role word, in the mask?
bool meets(const RoleMask& mask, std::uint64_t bits, std::size_t offset) noexcept {
  const std::size_t at = offset / 64;
  const std::size_t shift = offset % 64;
  if ((mask[at] & (bits << shift)) != 0) return true;
  return shift != 0 && at + 1 < mask.size() && (mask[at + 1] & (bits >> (64 - shift))) != 0;
}

// Do the bits that a line has at `there` count, for the anchor, at entities of its kind? Those that are
// rolled up count at the nearest of their kind alone, which `there` is for itself.
bool counts(const Evaluation& at, const Anchor& anchor, KindIndex there, std::uint64_t bits) noexcept {
  const std::uint16_t offset = at.linked.view.kinds[anchor.kind].offsets[there];
  return offset != kNoIndex && meets(at.linked.parts.masks[anchor.mask], bits, offset);
}

// Half-open ranges of nodes.
using Ranges = std::vector<std::pair<NodeId, NodeId>>;

// Sorted, and those that touch are one.
void unite(Ranges& ranges) {
  std::sort(ranges.begin(), ranges.end());
  std::size_t kept = 0;
  for (const auto& range : ranges) {
    if (kept > 0 && range.first <= ranges[kept - 1].second)
      ranges[kept - 1].second = std::max(ranges[kept - 1].second, range.second);
    else
      ranges[kept++] = range;
  }
  ranges.resize(kept);
}

class Resources {
 public:
  explicit Resources(const Evaluation& at) : at_(at), view_(at.linked.view), index_(at.linked.reverse) {}

  [[nodiscard]] std::vector<NodeId> all() {
    const ActionAnchors& action = at_.linked.parts.anchors[at_.action];
    const std::span<const NodeId> every = index_.entities_of(at_.resource_kind);
    if (action.anywhere || rests_on_the_request(action)) return {every.begin(), every.end()};
    Ranges places;
    for (const Anchor& anchor : action.anchors) {
      Ranges ranges = base(anchor);
      for (const AnchorStep& step : anchor.steps) walk(ranges, step);
      places.insert(places.end(), ranges.begin(), ranges.end());
    }
    unite(places);
    std::vector<NodeId> found;
    auto from = every.begin();
    for (const auto& [begin, end] : places) {
      from = std::lower_bound(from, every.end(), begin);
      const auto to = std::lower_bound(from, every.end(), end);
      found.insert(found.end(), from, to);
      from = to;
    }
    return found;
  }

 private:
  // What the request says of the subject's attributes is in no index.
  [[nodiscard]] bool rests_on_the_request(const ActionAnchors& action) const {
    if (at_.subject_given_count == 0) return false;
    const auto reads = [&](const Anchor& anchor) {
      return std::any_of(anchor.steps.begin(), anchor.steps.end(), [&](const AnchorStep& step) {
        return step.attribute != kNoIndex && at_.linked.parts.schema.attributes[step.attribute].from_request;
      });
    };
    return std::any_of(action.anchors.begin(), action.anchors.end(), reads);
  }

  // All that stands below system is everything, principals too.
  [[nodiscard]] std::pair<NodeId, NodeId> below(NodeId node) const {
    return {node, node == kSystemNode ? view_.nodes : view_.end_of(node)};
  }

  [[nodiscard]] Ranges base(const Anchor& anchor) const {
    Ranges ranges;
    const bool is_known = at_.is_stored(at_.subject);
    if (anchor.base != Anchor::Base::roles) {
      if (!is_known) return ranges;
      ranges.emplace_back(at_.subject, at_.subject + 1);
      if (anchor.base == Anchor::Base::groups)
        for (const std::uint32_t line : view_.holders_of(at_.subject - view_.resources))
          if (line + view_.resources < view_.nodes)
            ranges.emplace_back(line + view_.resources, line + view_.resources + 1);
      return ranges;
    }
    const auto add_line = [&](std::uint32_t line) { add_places(anchor, line, ranges); };
    const auto add_with_holders = [&](std::uint32_t line) {
      add_line(line);
      for (const std::uint32_t holder : view_.holders_of(line)) add_line(holder);
    };
    if (is_known) add_with_holders(at_.subject - view_.resources);
    const std::uint32_t everyone = view_.kinds[at_.subject_kind].everyone;
    if (everyone != kNoNode) add_with_holders(everyone);
    return ranges;
  }

  // The places where the line's bits count for entities of the anchor's kind.
  void add_places(const Anchor& anchor, std::uint32_t line, Ranges& ranges) const {
    with_entry_form(view_.entry_bytes, [&]<class Entry>(Entry) {
      const Entries<Entry> entries(view_.lines[line], view_.rows);
      for (std::size_t i = 0; i < entries.count; ++i)
        add_place(anchor, static_cast<NodeId>(entries.begin[i].entity(view_.role_bits)),
                  entries.begin[i].bits(view_.role_bits), ranges);
    });
    for (const WindowEntry& entry : view_.windows_of(line))
      add_place(anchor, entry.entity, entry.bits, ranges);
  }

  void add_place(const Anchor& anchor, NodeId entity, std::uint64_t bits, Ranges& ranges) const {
    const KindIndex kind = view_.kind_of(entity);
    if ((anchor.itself && kind != anchor.kind) || !counts(at_, anchor, kind, bits)) return;
    const bool is_here_alone =
        kind == anchor.kind &&
        (anchor.itself || !counts(at_, anchor, kind, bits & ~view_.kinds[kind].rolled_up));
    ranges.push_back(is_here_alone ? std::pair(entity, entity + 1) : below(entity));
  }

  void walk(Ranges& ranges, const AnchorStep& step) const {
    Ranges next;
    if (step.attribute == kNoIndex) {
      for (auto [node, end] : ranges)
        while (node < end) {
          next.push_back(below(node));
          node = next.back().second;
        }
    } else {
      const Grouped<NodeId>& naming = index_.naming(step.attribute);
      for (const auto& [begin, end] : ranges)
        for (const NodeId entity : naming.of(begin, end)) next.emplace_back(entity, entity + 1);
    }
    unite(next);
    ranges = std::move(next);
  }

  const Evaluation& at_;
  const SnapshotView& view_;
  const ReverseIndex& index_;
};

class Subjects {
 public:
  Subjects(const Evaluation& at, std::uint64_t kinds)
      : at_(at), view_(at.linked.view), index_(at.linked.reverse), kinds_(kinds) {}

  [[nodiscard]] std::vector<NodeId> all() {
    const ActionAnchors& action = at_.linked.parts.anchors[at_.action];
    for (std::size_t kind = 0; action.anywhere && kind < view_.kinds.size(); ++kind)
      add_kind(static_cast<KindIndex>(kind));
    for (const Anchor& anchor : action.anchors) {
      std::vector<NodeId> places = {at_.resource};
      for (std::size_t i = anchor.steps.size(); i-- > 0;) walk_back(places, anchor.steps[i]);
      for (const NodeId place : places) add_from(anchor, place);
    }
    make_unique(found_);
    return std::move(found_);
  }

 private:
  // From the entity up: itself, what it stands in, and so on to system.
  template <class Use>
  void each_above(NodeId node, const Use& use) const {
    use(node);
    if (!at_.is_stored(node)) {
      if (node != at_.resource || !at_.resource_inline) return;
      node = at_.inline_parent;
      use(node);
    }
    if (node == kSystemNode) return;
    for (const NodeId above : view_.path_of(node)) use(above);
    use(kSystemNode);
  }

  void walk_back(std::vector<NodeId>& places, const AnchorStep& step) const {
    std::vector<NodeId> next;
    for (const NodeId place : places) {
      if (step.attribute == kNoIndex) {
        each_above(place, [&](NodeId above) { next.push_back(above); });
        continue;
      }
      Cell cell;
      if (!at_.load(step.attribute, place, cell)) continue;
      if (at_.linked.parts.schema.attributes[step.attribute].type.kind != TypeKind::set)
        next.push_back(cell.node);
      else
        for (std::uint32_t i = 0; i < cell.set.count; ++i)
          next.push_back(element_of(cell.set, i, view_).node);
    }
    make_unique(next);
    places = std::move(next);
  }

  void add_from(const Anchor& anchor, NodeId place) {
    if (anchor.base == Anchor::Base::roles) {
      if (at_.kind_of(place) == anchor.kind) add_holders(anchor, place);
    } else if (at_.is_stored(place) && place >= view_.resources) {
      add(place);
      if (anchor.base == Anchor::Base::groups) add_members(place - view_.resources);
    }
  }

  void add_holders(const Anchor& anchor, NodeId place) {
    const Grouped<Holder>& holders = index_.holders();
    each_above(place, [&](NodeId above) {
      if (!at_.is_stored(above) || above >= view_.resources || (anchor.itself && above != place)) return;
      for (const Holder& holder : holders.of(above))
        if (counts(at_, anchor, view_.kind_of(above), holder.bits)) add_line(holder.line);
    });
  }

  // Whoever holds what the line says: its principal, everyone of a kind, members.
  void add_line(std::uint32_t line) {
    add_principal(line);
    add_members(line);
  }

  // Of a line: its principal, or everyone of a kind.
  void add_principal(std::uint32_t line) {
    if (line + view_.resources < view_.nodes) return add(line + view_.resources);
    for (std::size_t kind = 0; kind < view_.kinds.size(); ++kind)
      if (view_.kinds[kind].everyone == line) add_kind(static_cast<KindIndex>(kind));
  }

  void add_members(std::uint32_t line) {
    for (const std::uint32_t member : index_.members().of(line)) add_principal(member);
  }

  void add_kind(KindIndex kind) {
    if (((kinds_ >> kind) & 1) == 0 || ((whole_ >> kind) & 1) != 0) return;
    whole_ |= std::uint64_t{1} << kind;
    const std::span<const NodeId> all = index_.entities_of(kind);
    found_.insert(found_.end(), all.begin(), all.end());
  }

  void add(NodeId node) {
    if (((kinds_ >> view_.kind_of(node)) & 1) != 0) found_.push_back(node);
  }

  const Evaluation& at_;
  const SnapshotView& view_;
  const ReverseIndex& index_;
  std::uint64_t kinds_;
  std::uint64_t whole_ = 0;  // kinds of which all are found
  std::vector<NodeId> found_;
};

}  // namespace

std::vector<NodeId> candidate_resources(const Evaluation& evaluation) { return Resources(evaluation).all(); }

std::vector<NodeId> candidate_subjects(const Evaluation& evaluation, std::uint64_t kinds) {
  return Subjects(evaluation, kinds).all();
}

}  // namespace policyc::vm
