// Facts as the bytes choose them: what the snapshot's indexes and closures say is what a naive walk over the
// facts finds: ids, parents, paths, subtrees, members of groups, and what acyclic attributes lead to.

#include <functional>
#include <set>

#include "cell_sets.hpp"
#include "differential/generator.hpp"
#include "differential/product.hpp"
#include "fixture.hpp"
#include "snapshot_access.hpp"

namespace {

using namespace policyc;

std::string name_of(const vm::SnapshotView& view, const Schema& schema, vm::NodeId node) {
  if (node == vm::kSystemNode) return "system";
  return schema.kinds[view.kind_of(node)].name + ":" + std::string(view.id_of(node));
}

class Walk {
 public:
  Walk(const Program& program, const Snapshot& snapshot, const oracle::Snapshot& facts)
      : schema_(program.schema()), view_(vm::SnapshotAccess::view(snapshot)), facts_(facts) {}

  void compare() {
    if (view_.node_count() != facts_.size()) fuzz::fail("there are more entities than facts, or fewer");
    for (const auto& [name, entity] : facts_) {
      const vm::NodeId node = node_of(name);
      if (node == vm::kNoNode || name_of(view_, schema_, node) != name) fuzz::fail("not found: " + name);
      const KindIndex kind = view_.kind_of(node);
      if (schema_.kinds[kind].category == KindCategory::scope) tree(node, entity);
      for (const AttributeIndex attribute : schema_.kinds[kind].attributes)
        if (schema_.attributes[attribute].closure_of != kNoIndex) closure(node, entity, attribute);
    }
    for (const auto& [group_name, group] : facts_)
      if (schema_.kinds[schema_.find_kind(group.kind)].category == KindCategory::group) members(group);
  }

 private:
  [[nodiscard]] vm::NodeId node_of(const std::string& name) const {
    if (name == "system") return vm::kSystemNode;
    const std::size_t colon = name.find(':');
    return view_.find(schema_.find_kind(name.substr(0, colon)), std::string_view(name).substr(colon + 1));
  }

  void tree(vm::NodeId node, const oracle::Entity& entity) const {
    std::vector<vm::NodeId> path;
    for (const oracle::Entity* above = entity.parent; above != nullptr; above = above->parent)
      if (above->parent != nullptr) path.insert(path.begin(), node_of(above->name));
    const std::span<const vm::NodeId> stored = view_.path_of(node);
    if (!std::equal(path.begin(), path.end(), stored.begin(), stored.end()))
      fuzz::fail("the path of " + entity.name);
    if (view_.parent_of(node) != node_of(entity.parent->name)) fuzz::fail("the parent of " + entity.name);
    for (const auto& [name, other] : facts_) {
      if (schema_.kinds[schema_.find_kind(other.kind)].category != KindCategory::scope) continue;
      bool below = false;
      for (const oracle::Entity* at = &other; at != nullptr; at = at->parent) below = below || at == &entity;
      const vm::NodeId found = node_of(name);
      if ((found >= node && found < view_.end_of(node)) != below)
        fuzz::fail("whether " + name + " is below " + entity.name);
    }
  }

  // A user is in a group that names it, or that names a group that it is in.
  [[nodiscard]] bool is_in(const oracle::Entity& group, const std::string& who,
                           std::set<std::string>& seen) const {
    for (const std::string& member : group.members) {
      if (member == who) return true;
      const auto inner = facts_.find(member);
      if (inner != facts_.end() && seen.insert(member).second && is_in(inner->second, who, seen)) return true;
    }
    return false;
  }

  void members(const oracle::Entity& group) const {
    for (const auto& [name, entity] : facts_) {
      if (!is_principal(schema_.kinds[schema_.find_kind(entity.kind)].category)) continue;
      std::set<std::string> seen;
      if (view_.is_member(node_of(name), node_of(group.name)) != is_in(group, name, seen))
        fuzz::fail("whether " + name + " is in " + group.name);
    }
  }

  void closure(vm::NodeId node, const oracle::Entity& entity, AttributeIndex attribute) const {
    const AttributeInfo& of = schema_.attributes[schema_.attributes[attribute].closure_of];
    if (of.fallback && !of.fallback->elements.empty()) return;  // the default is not among the facts
    if (of.fallback && of.type.kind == TypeKind::entity) return;
    std::set<std::string> wanted;
    const std::function<void(const oracle::Entity&)> lead = [&](const oracle::Entity& from) {
      const auto value = from.attributes.find(of.name);
      if (value == from.attributes.end()) return;
      std::vector<std::string> to;
      if (value->second.kind == oracle::Value::Kind::entity) to.push_back(value->second.text);
      for (const oracle::Value& one : value->second.elements) to.push_back(one.text);
      for (const std::string& one : to)
        if (wanted.insert(one).second) lead(facts_.find(one)->second);
    };
    lead(entity);
    std::set<std::string> stored;
    vm::Cell cell;
    cell.set = {};
    if (view_.load(attribute, node, cell))
      for (std::uint32_t i = 0; i < cell.set.count; ++i)
        stored.insert(name_of(view_, schema_, vm::element_of(cell.set, i, view_).node));
    if (stored != wanted) fuzz::fail("what " + of.name + " of " + entity.name + " leads to");
  }

  const Schema& schema_;
  const vm::SnapshotView& view_;
  const oracle::Snapshot& facts_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace policyc::differential;
  Random random(std::span(data, size));
  const PolicySpec spec = random_policy(random);
  const CompiledPolicy policy(spec.text());
  if (!policy.sound()) return 0;
  for (int round = 0; round < 3; ++round) {
    const oracle::Snapshot facts = random_snapshot(spec, random);
    const std::string lines = to_json_lines(spec, facts, random);
    const ReadSnapshot read = read_snapshot(lines, snapshot::Format::json_lines, *policy.program());
    if (!read.snapshot) fuzz::fail("can't read:\n" + spec.text() + lines + read.findings);
    Walk(*policy.program(), *read.snapshot, facts).compare();
  }
  return 0;
}
