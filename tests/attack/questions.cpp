#include "questions.hpp"

#include <deque>
#include <string>
#include <vector>

#include "cell_sets.hpp"
#include "snapshot_access.hpp"

namespace policyc::attack {
namespace {

// Values of the types that a program asks for, kept as long as this lives.
class Values {
 public:
  explicit Values(const Schema& schema) : schema_(schema) {}

  Value of(const Type& type) {
    if (type.kind != TypeKind::set) return scalar(type.kind, type.argument);
    std::vector<Value>& list = lists_.emplace_back();
    list.push_back(scalar(type.element, type.argument));
    return Value::list(list);
  }
  std::span<const NamedValue> of(std::span<const ParameterInfo> fields) {
    std::vector<NamedValue>& map = maps_.emplace_back();
    for (const ParameterInfo& field : fields) map.push_back({field.name, of(field.type)});
    return map;
  }
  std::span<const NamedValue> of_attributes(KindIndex kind) {
    std::vector<NamedValue>& map = maps_.emplace_back();
    for (const AttributeIndex index : schema_.kinds[kind].attributes)
      if (map.size() < 40)
        map.push_back({schema_.attributes[index].name, of(schema_.attributes[index].type)});
    return map;
  }

 private:
  Value scalar(TypeKind kind, std::uint64_t argument) {
    switch (kind) {
      case TypeKind::boolean: return Value::boolean(true);
      case TypeKind::integer: return Value::integer(2);
      case TypeKind::time: return Value::time(1'700'000'000'000'000);
      case TypeKind::duration: return Value::duration(3'600'000'000);
      case TypeKind::ip: return Value::string("10.0.0.1");
      case TypeKind::enumeration: return Value::string(schema_.enums[argument].members.front());
      case TypeKind::role:
        for (const RoleInfo& role : schema_.roles)
          if (role.kind == argument) return Value::string(role.name);
        return Value::string("none");
      case TypeKind::entity:
        for (std::size_t kind_of = 1; kind_of < schema_.kinds.size(); ++kind_of)
          if (((argument >> kind_of) & 1) != 0)
            return Value::string(texts_.emplace_back(schema_.kinds[kind_of].name + ":x1"));
        return Value::string("system");
      default: return Value::string("draft");
    }
  }

  const Schema& schema_;
  std::deque<std::string> texts_;
  std::deque<std::vector<Value>> lists_;
  std::deque<std::vector<NamedValue>> maps_;
};

// Some entity of the kind that the snapshot has, or one that it hasn't.
std::string entity_of(const Evaluator& evaluator, KindIndex kind, std::size_t turn) {
  const vm::SnapshotView& view = vm::SnapshotAccess::view(evaluator.snapshot());
  const std::string& name = evaluator.program().schema().kinds[kind].name;
  if (kind == kSystemKind) return name;
  std::vector<vm::NodeId> nodes;
  for (vm::NodeId node = 0; node < view.node_count(); ++node)
    if (view.kind_of(node) == kind) nodes.push_back(node);
  if (nodes.empty() || turn % (nodes.size() + 1) == nodes.size()) return name + ":nobody";
  return name + ":" + std::string(view.id_of(nodes[turn % (nodes.size() + 1)]));
}

void ask_by_handles(const Evaluator& evaluator, const Request& request, ActionIndex action) {
  const auto subject = evaluator.resolve(request.subject);
  const auto resource = evaluator.resolve(request.resource);
  if (!subject || !resource) return;
  (void)evaluator.name_of(*subject);
  (void)evaluator.decide(Query{*subject, *resource, action, {}}, request.now);
  (void)evaluator.decide(Query{*subject, *resource, action, *subject},
                         Circumstances{request.now, request.parameters, request.context});
}

}  // namespace

void ask_about(const Evaluator& evaluator, ActionIndex action, std::size_t turn) {
  const Program& program = evaluator.program();
  const Schema& schema = program.schema();
  const ActionInfo& info = program.actions()[action];
  Values values(schema);
  std::vector<KindIndex> subjects;
  for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind)
    if (schema.kinds[kind].category == KindCategory::subject)
      subjects.push_back(static_cast<KindIndex>(kind));
  if (subjects.empty()) return;
  const KindIndex who = subjects[turn % subjects.size()];
  const std::string subject = entity_of(evaluator, who, turn);
  const std::string resource = entity_of(evaluator, info.kind, turn / 2);
  const std::string asked = schema.kinds[info.kind].name + "." + info.wire_name;
  Request request{.subject = subject, .action = asked, .resource = resource};
  request.now = turn % 7 == 6 ? INT64_MAX : 1'700'000'000'000'000;
  request.parameters = values.of(info.parameters);
  request.context = values.of(program.context_fields());
  request.subject_attributes = values.of_attributes(who);
  request.resource_attributes = values.of_attributes(info.kind);
  const Decision decision = evaluator.decide(request);
  (void)evaluator.reasons(request);
  for (const ObligationIndex index : evaluator.obligations(request))
    (void)to_json(program.obligations()[index], schema);
  (void)evaluator.diagnostics(request);
  (void)evaluator.explain_error(request, decision);
  ask_by_handles(evaluator, request, action);

  Request described = request;
  const std::string parent =
      schema.kinds[info.kind].parents.empty()
          ? ""
          : entity_of(evaluator,
                      schema.kinds[info.kind].parents[turn % schema.kinds[info.kind].parents.size()], turn);
  described.resource = schema.kinds[info.kind].name;
  described.resource_inline = info.kind != kSystemKind;
  described.parent = parent;
  (void)evaluator.decide(described);
  (void)evaluator.list_actions(described);

  Request listed = request;
  switch (turn % 3) {
    case 0:
      listed.resource = schema.kinds[info.kind].name;
      (void)evaluator.list_resources(listed, Page{2, std::nullopt});
      break;
    case 1:
      listed.subject = {};
      (void)evaluator.list_subjects(listed, Page{2, std::nullopt});
      break;
    default: listed.action = {}; (void)evaluator.list_actions(listed);
  }
}

namespace {

// Reads a stored value to its last byte.
void look_at(const vm::Cell& cell, const Type& type, const vm::SnapshotView& view) {
  if (type.kind == TypeKind::string) (void)std::string(cell.text);
  if (type.kind != TypeKind::set) return;
  for (std::uint32_t i = 0; i < cell.set.count; ++i) {
    const vm::Cell element = vm::element_of(cell.set, i, view);
    if (type.element == TypeKind::string) (void)std::string(element.text);
    if (type.element == TypeKind::entity && element.node >= view.node_count()) std::abort();
  }
}

}  // namespace

void look_at_all(const Snapshot& snapshot, const Schema& schema) {
  const vm::SnapshotView& view = vm::SnapshotAccess::view(snapshot);
  for (vm::NodeId node = 0; node < view.node_count(); ++node) {
    if (view.find(view.kind_of(node), view.id_of(node)) != node) std::abort();
    (void)view.parent_of(node);
    (void)view.path_of(node);
    for (const AttributeIndex attribute : schema.kinds[view.kind_of(node)].attributes) {
      vm::Cell cell;
      if (view.load(attribute, node, cell)) look_at(cell, schema.attributes[attribute].type, view);
    }
    for (vm::NodeId principal = view.resources; principal < view.node_count(); ++principal) {
      vm::RoleWord word{};
      view.add_roles(principal, node, word);
      view.add_roles_itself(principal, node, word);
    }
  }
  (void)snapshot.stats(schema);
}

}  // namespace policyc::attack
