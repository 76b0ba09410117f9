// What must hold in a snapshot image about the roles that it defines.

#include <algorithm>
#include <tuple>

#include "policyc/snapshot_builder.hpp"
#include "snapshot_entries.hpp"
#include "snapshot_reader.hpp"

namespace policyc::vm {
namespace {

constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

// What a definition's line has at the entity that defines it.
std::uint64_t bits_of(const SnapshotView& view, std::uint32_t line, NodeId entity) {
  return with_entry_form(view.entry_bytes, [&]<class Entry>(Entry) {
    const Entries<Entry> entries(view.lines[line], view.rows);
    std::uint64_t bits = 0;
    for (std::size_t i = entries.granted; i < entries.count; ++i)
      if (entries.begin[i].entity(view.role_bits) == entity) bits |= entries.begin[i].bits(view.role_bits);
    return bits;
  });
}

}  // namespace

// Each at an entity of a kind with an open role, under a name that means nothing else there or above.
Finding check_definitions(const SnapshotView& view, const SnapshotSections& sections, const Schema& schema) {
  const auto subjects = static_cast<std::size_t>(
      std::count_if(schema.kinds.begin(), schema.kinds.end(),
                    [](const KindInfo& kind) { return kind.category == KindCategory::subject; }));
  if (view.definitions.size() > view.line_count - (view.nodes - view.resources) - subjects)
    return "there are more roles than lines of them";
  // Where each name is, first: they are looked up below.
  std::uint32_t begin = 0;
  for (const DefinitionRecord& one : view.definitions) {
    if (one.name_end < begin || one.name_end > sections.definition_names.size())
      return "the name of a role lies outside of the names";
    begin = one.name_end;
  }
  if (begin != sections.definition_names.size()) return "the names of roles don't end where they must";
  for (std::uint32_t i = 0; i < view.definitions.size(); ++i) {
    const NodeId entity = view.definitions[i].entity;
    const std::string wrong = "role " + std::to_string(i) + " is not what it must be";
    if (entity >= view.resources || schema.find_open_role(view.kind_of(entity)) == nullptr) return wrong;
    const std::string_view name = view.name_of_definition(i);
    if (!is_valid_id(name) || !is_utf8(name) || schema.find_role(view.kind_of(entity), name) != kNoIndex)
      return wrong;
    if (i == 0) continue;
    const NodeId before = view.definitions[i - 1].entity;
    const std::string_view name_before = view.name_of_definition(i - 1);
    if (std::tie(before, name_before) >= std::tie(entity, name)) return wrong;
  }
  for (std::uint32_t i = 0; i < view.definitions.size(); ++i) {
    const NodeId parent = view.parent_of(view.definitions[i].entity);
    for (std::size_t kind = 0; parent != kNoNode && kind < schema.kinds.size(); ++kind)
      if (view.find_definition(static_cast<KindIndex>(kind), parent, view.name_of_definition(i)) != kNoNode)
        return "role " + std::to_string(i) + " bears the name of one above it";
  }
  return std::nullopt;
}

// Whoever holds a role that the snapshot defines holds the open role there: code asks for that first.
Finding check_defined_lines(const SnapshotView& view, const Schema& schema) {
  const auto first = static_cast<std::uint32_t>(view.line_count - view.definitions.size());
  for (std::uint32_t i = 0; i < view.definitions.size(); ++i) {
    const NodeId entity = view.definitions[i].entity;
    const RoleIndex open = schema.find_open_role(view.kind_of(entity))->role;
    if ((bits_of(view, first + i, entity) & bit(schema.roles[open].flow_bit)) == 0)
      return "role " + std::to_string(i) + " does not hold what it must";
  }
  const auto key = [](const DefinitionWindow& one) {
    return std::tie(one.line, one.definition, one.from, one.until);
  };
  for (std::size_t i = 0; i < view.definition_windows.size(); ++i) {
    const DefinitionWindow& one = view.definition_windows[i];
    const std::string wrong = "window " + std::to_string(i) + " of a role is not what it must be";
    if (one.line >= view.line_count || one.definition >= view.definitions.size()) return wrong;
    if (i > 0 && key(view.definition_windows[i - 1]) >= key(one)) return wrong;
    // What the role gives is held for the same time; so the rest of it has been checked.
    const NodeId entity = view.definitions[one.definition].entity;
    const std::uint64_t bits = bits_of(view, first + one.definition, entity);
    const std::span<const WindowEntry> all = view.windows_of(one.line);
    if (std::none_of(all.begin(), all.end(), [&](const WindowEntry& held) {
          return held.entity == entity && held.from == one.from && held.until == one.until &&
                 (held.bits & bits) == bits;
        }))
      return wrong;
  }
  return std::nullopt;
}

}  // namespace policyc::vm
