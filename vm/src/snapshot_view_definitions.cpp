// Roles that the snapshot defines, as values: which one a name means, and who is granted it.

#include <algorithm>
#include <tuple>
#include <utility>

#include "policyc/snapshot_builder.hpp"
#include "snapshot_view.hpp"

namespace policyc::vm {

std::string_view SnapshotView::name_of_definition(std::uint32_t definition) const noexcept {
  const std::uint32_t begin = definition == 0 ? 0 : definitions[definition - 1].name_end;
  return {definition_names + begin, definitions[definition].name_end - begin};
}

std::uint32_t SnapshotView::find_definition(KindIndex kind, NodeId at, std::string_view name) const noexcept {
  if (definitions.empty()) return kNoNode;
  const auto defined_at = [&](NodeId entity) -> std::uint32_t {
    if (kind_of(entity) != kind) return kNoNode;
    std::uint32_t first = 0;
    auto count = static_cast<std::uint32_t>(definitions.size());
    while (count > 0) {
      const std::uint32_t half = count / 2;
      const std::uint32_t middle = first + half;
      const NodeId there = definitions[middle].entity;
      if (there < entity || (there == entity && name_of_definition(middle) < name)) {
        first = middle + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    const bool found = first < definitions.size() && definitions[first].entity == entity &&
                       name_of_definition(first) == name;
    return found ? first : kNoNode;
  };
  std::uint32_t found = defined_at(at);
  const std::span<const NodeId> path = path_of(at);
  for (std::size_t i = path.size(); found == kNoNode && i-- > 0;) found = defined_at(path[i]);
  return found == kNoNode && at != kSystemNode ? defined_at(kSystemNode) : found;
}

bool SnapshotView::is_granted(NodeId principal, std::uint32_t definition,
                              std::optional<std::int64_t> now) const noexcept {
  if (principal < resources || principal >= nodes) return false;
  const std::uint32_t own = principal - resources;
  const std::span<const std::uint32_t> in = holders_of(own);
  const auto role = static_cast<std::uint32_t>(line_count - definitions.size()) + definition;
  if (std::binary_search(in.begin(), in.end(), role)) return true;
  if (!now || definition_windows.empty()) return false;
  const auto for_a_time = [&](std::uint32_t line) {
    const auto before = [](const DefinitionWindow& a, const std::pair<std::uint32_t, std::uint32_t>& b) {
      return std::tie(a.line, a.definition) < std::tie(b.first, b.second);
    };
    auto at = std::lower_bound(definition_windows.begin(), definition_windows.end(),
                               std::pair(line, definition), before);
    for (; at != definition_windows.end() && at->line == line && at->definition == definition; ++at)
      if (Window{at->from, at->until}.contains(*now)) return true;
    return false;
  };
  return for_a_time(own) || std::any_of(in.begin(), in.end(), for_a_time);
}

}  // namespace policyc::vm
