#include "reverse_index.hpp"

#include "cell_sets.hpp"
#include "link.hpp"
#include "snapshot_entries.hpp"

namespace policyc::vm {
namespace {

// Two passes of `each`, which calls add(group, item): the first counts, the second puts every item in its
// place. Items stay in the order in which they come.
template <class Item, class Each>
Grouped<Item> grouped(std::size_t groups, const Each& each) {
  Grouped<Item> result;
  result.begins.resize(groups + 1);
  each([&](std::size_t group, const Item&) { ++result.begins[group + 1]; });
  for (std::size_t i = 0; i < groups; ++i) result.begins[i + 1] += result.begins[i];
  result.items.resize(result.begins[groups]);
  std::vector<std::uint32_t> next(result.begins.begin(), result.begins.end() - 1);
  each([&](std::size_t group, const Item& item) { result.items[next[group]++] = item; });
  return result;
}

}  // namespace

ReverseIndex::ReverseIndex(const Linked& linked)
    : linked_(linked),
      view_(linked.view),
      naming_(new Lazy<Grouped<NodeId>>[linked.parts.schema.attributes.size()]) {}

const Grouped<Holder>& ReverseIndex::holders() const {
  return holders_.get([&] {
    return grouped<Holder>(view_.resources, [&](const auto& add) {
      with_entry_form(view_.entry_bytes, [&]<class Entry>(Entry) {
        for (std::uint32_t line = 0; line < view_.line_count; ++line) {
          const Entries<Entry> entries(view_.lines[line], view_.rows);
          for (std::size_t i = 0; i < entries.count; ++i)
            add(static_cast<std::size_t>(entries.begin[i].entity(view_.role_bits)),
                {line, entries.begin[i].bits(view_.role_bits)});
        }
      });
      // Whether they count now is asked of each that is found.
      for (const WindowEntry& entry : view_.windows) add(entry.entity, {entry.line, entry.bits});
    });
  });
}

const Grouped<std::uint32_t>& ReverseIndex::members() const {
  return members_.get([&] {
    return grouped<std::uint32_t>(view_.line_count, [&](const auto& add) {
      for (std::uint32_t line = 0; line < view_.line_count; ++line)
        for (const std::uint32_t holder : view_.holders_of(line)) add(holder, line);
    });
  });
}

const Grouped<NodeId>& ReverseIndex::naming(AttributeIndex attribute) const {
  const AttributeInfo& info = linked_.parts.schema.attributes[attribute];
  return naming_[attribute].get([&] {
    const std::optional<Cell>& fallback = linked_.defaults[attribute];
    return grouped<NodeId>(view_.nodes, [&](const auto& add) {
      for (const NodeId entity : entities_of(info.kind)) {
        Cell cell;
        if (!view_.load(attribute, entity, cell)) {
          if (!fallback) continue;
          cell = *fallback;
        }
        // Whom only the policy's text knows is in no list.
        const auto name = [&](NodeId named) {
          if (named < view_.nodes) add(named, entity);
        };
        if (info.type.kind != TypeKind::set) {
          name(cell.node);
          continue;
        }
        for (std::uint32_t i = 0; i < cell.set.count; ++i) name(element_of(cell.set, i, view_).node);
      }
    });
  });
}

std::span<const NodeId> ReverseIndex::entities_of(KindIndex kind) const {
  return kinds_
      .get([&] {
        return grouped<NodeId>(view_.kinds.size(), [&](const auto& add) {
          for (NodeId node = 0; node < view_.nodes; ++node) add(view_.kind_of(node), node);
        });
      })
      .of(kind);
}

}  // namespace policyc::vm
