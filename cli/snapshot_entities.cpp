#include "snapshot_entities.hpp"

#include <set>

#include "policyc/value.hpp"
#include "snapshot_access.hpp"

namespace policyc::cli {

std::vector<std::vector<std::string>> entities_by_kind(const Snapshot& snapshot, const Schema& schema) {
  const vm::SnapshotView& view = vm::SnapshotAccess::view(snapshot);
  std::vector<std::vector<std::string>> all(schema.kinds.size());
  for (vm::NodeId node = 0; node < view.node_count(); ++node) {
    const KindIndex kind = view.kind_of(node);
    all[kind].push_back(kind == kSystemKind ? "system"
                                            : schema.kinds[kind].name + ":" + std::string(view.id_of(node)));
  }
  return all;
}

std::vector<std::int64_t> instants_of(const Snapshot& snapshot, const Schema& schema, std::size_t most) {
  const vm::SnapshotView& view = vm::SnapshotAccess::view(snapshot);
  std::set<std::int64_t> all;
  // What no text can spell is no instant that anybody wrote.
  const auto note = [&](std::int64_t instant) {
    if (all.size() < most && !time_text(instant).empty()) all.insert(instant);
  };
  for (vm::NodeId node = 0; node < view.node_count(); ++node)
    for (const AttributeIndex attribute : schema.kinds[view.kind_of(node)].attributes) {
      vm::Cell cell;
      if (schema.attributes[attribute].type.kind == TypeKind::time && view.load(attribute, node, cell))
        note(cell.number);
    }
  for (const vm::WindowEntry& window : view.windows) {
    note(window.from);
    note(window.until);
  }
  return {all.begin(), all.end()};
}

}  // namespace policyc::cli
