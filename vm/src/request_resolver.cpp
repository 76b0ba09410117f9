// The door of a decision. Every fault of a request is a deny with a code; what the
// request may not say is ignored here and named by Evaluator::diagnostics.

#include "request_resolver.hpp"

#include <algorithm>

#include "cell_sets.hpp"
#include "interpreter.hpp"
#include "value_reader.hpp"

namespace policyc::vm {
namespace {

// Fixed before anything is decided: the rules test the time, or a grant counts for a time that they may ask
// about.
Rejection missing_time(const Evaluation& evaluation) noexcept {
  if (evaluation.now) return {};
  const LinkedAction& action = evaluation.linked.actions[evaluation.action];
  const bool missing = action.needs_now || (action.asks_of_windows && run_times(evaluation).now_missing);
  return missing ? Rejection{ErrorCode::now_missing} : Rejection{};
}

// Where a request's names of roles that the snapshot defines are looked up: at the resource. One that is
// described is not in the snapshot, and a list of resources has none.
NodeId place_of_names(const Evaluation& evaluation) noexcept {
  return evaluation.resource_inline ? evaluation.inline_parent : evaluation.resource;
}

class Resolver {
 public:
  Resolver(const Request& request, RequestRoom& room, Evaluation& evaluation) noexcept
      : request_(request),
        room_(room),
        to_(evaluation),
        linked_(evaluation.linked),
        schema_(linked_.parts.schema) {}

  [[nodiscard]] Rejection run() noexcept {
    const Rejection rejection = first_of<&Resolver::subject, &Resolver::resource, &Resolver::action,
                                         &Resolver::subject_attributes, &Resolver::resource_attributes>();
    return rejection.code == ErrorCode::none ? values() : rejection;
  }

  [[nodiscard]] Rejection run_for_resources() noexcept {
    const Rejection rejection = first_of<&Resolver::subject, &Resolver::kind_of_resources, &Resolver::action,
                                         &Resolver::subject_attributes>();
    return rejection.code == ErrorCode::none ? values_of_list() : rejection;
  }

  [[nodiscard]] Rejection run_for_subjects() noexcept {
    const Rejection rejection = first_of<&Resolver::kind_of_subjects, &Resolver::resource, &Resolver::action,
                                         &Resolver::resource_attributes>();
    return rejection.code == ErrorCode::none ? values_of_list() : rejection;
  }

  [[nodiscard]] Rejection run_for_actions() noexcept {
    to_.now = request_.now;  // what the subject holds is found once, before any action
    return first_of<&Resolver::subject, &Resolver::resource, &Resolver::subject_attributes,
                    &Resolver::resource_attributes>();
  }

  // The rest, once it is known who asks what of which resource.
  [[nodiscard]] Rejection values() noexcept {
    to_.now = request_.now;
    return first_of<&Resolver::parameters, &Resolver::context, &Resolver::time>();
  }

  // The rest of a list, which asks about many: if a grant with a window could count for one of them, all
  // need the time.
  [[nodiscard]] Rejection values_of_list() noexcept {
    to_.now = request_.now;
    return first_of<&Resolver::parameters, &Resolver::context, &Resolver::time_of_list>();
  }

 private:
  // The rejection of the first step that has one.
  template <auto... Steps>
  Rejection first_of() noexcept {
    Rejection rejection;
    (void)((rejection = (this->*Steps)(), rejection.code != ErrorCode::none) || ...);
    return rejection;
  }

  Rejection subject() noexcept {
    const std::optional<EntityName> name = split_entity(request_.subject);
    if (!name) return {ErrorCode::malformed, 0, About::subject};
    to_.subject_kind = linked_.program->find_kind(name->kind);
    if (to_.subject_kind == kNoIndex || schema_.kinds[to_.subject_kind].category != KindCategory::subject)
      return {ErrorCode::unknown_kind, 0, About::subject};
    to_.subject = linked_.find(to_.subject_kind, name->id);
    if (to_.subject == kNoNode) to_.subject = kUnknownSubject;
    return {};
  }

  Rejection kind_of_resources() noexcept {
    if (request_.resource_inline || !request_.parent.empty()) return {ErrorCode::malformed, 0, About::parent};
    to_.resource_kind = linked_.program->find_kind(request_.resource);
    return to_.resource_kind == kNoIndex ? Rejection{ErrorCode::unknown_kind, 0, About::resource}
                                         : Rejection{};
  }

  Rejection kind_of_subjects() noexcept {
    if (request_.subject.empty()) return {};
    to_.subject_kind = linked_.program->find_kind(request_.subject);
    if (to_.subject_kind == kNoIndex || schema_.kinds[to_.subject_kind].category != KindCategory::subject)
      return {ErrorCode::unknown_kind, 0, About::subject};
    return {};
  }

  Rejection resource() noexcept {
    // Only what is described can be said to stand somewhere.
    if (!request_.resource_inline && !request_.parent.empty())
      return {ErrorCode::malformed, 0, About::parent};
    if (request_.resource == "system") {
      to_.resource = kSystemNode;
      to_.resource_kind = kSystemKind;
      return request_.resource_inline ? Rejection{ErrorCode::resource_exists, 0, About::resource}
                                      : Rejection{};
    }
    std::optional<EntityName> name = split_entity(request_.resource);
    // A resource that is described need not have an id yet.
    if (!name && request_.resource_inline && request_.resource.find(':') == std::string_view::npos)
      name = EntityName{request_.resource, {}};
    if (!name) return {ErrorCode::malformed, 0, About::resource};
    to_.resource_kind = linked_.program->find_kind(name->kind);
    if (to_.resource_kind == kNoIndex || to_.resource_kind == kSystemKind)
      return {ErrorCode::unknown_kind, 0, About::resource};
    const NodeId known = name->id.empty() ? kNoNode : linked_.find(to_.resource_kind, name->id);
    const bool stored = known != kNoNode && to_.is_stored(known);
    if (request_.resource_inline)
      return stored ? Rejection{ErrorCode::resource_exists, 0, About::resource} : described(known);
    to_.resource = known;
    return stored ? Rejection{} : Rejection{ErrorCode::unknown_resource, 0, About::resource};
  }

  // A resource that the snapshot does not have: the policy's text may know its name.
  Rejection described(NodeId known) noexcept {
    const KindInfo& kind = schema_.kinds[to_.resource_kind];
    if (kind.category != KindCategory::scope) return {ErrorCode::unknown_resource, 0, About::resource};
    to_.resource_inline = true;
    to_.resource = known == kNoNode ? kInlineResource : known;
    const Rejection unfit{ErrorCode::bad_parent, 0, About::parent};
    if (kind.parents.empty()) {
      to_.inline_parent = kSystemNode;
      return request_.parent.empty() || request_.parent == "system" ? Rejection{} : unfit;
    }
    const std::optional<EntityName> parent = split_entity(request_.parent);
    if (!parent) return unfit;
    const KindIndex parent_kind = linked_.program->find_kind(parent->kind);
    if (std::find(kind.parents.begin(), kind.parents.end(), parent_kind) == kind.parents.end()) return unfit;
    to_.inline_parent = linked_.view.find(parent_kind, parent->id);
    if (to_.inline_parent == kNoNode) return unfit;
    // What a snapshot could not hold can't be asked for either.
    if (linked_.view.path_of(to_.inline_parent).size() >= kMaxDepth)
      return {ErrorCode::limit_exceeded, 0, About::parent};
    return {};
  }

  Rejection action() noexcept {
    const std::optional<ActionIndex> found = linked_.program->find_action(request_.action);
    if (!found || linked_.parts.actions[*found].kind != to_.resource_kind)
      return {ErrorCode::unknown_action, 0, About::action};
    to_.action = *found;
    return {};
  }

  static bool has(const Given* room, std::size_t count, AttributeIndex attribute) noexcept {
    return std::any_of(room, room + count, [&](const Given& one) { return one.index == attribute; });
  }

  // Which attributes the request supplies, typed; those that it may not are left out.
  // One that is given twice says nothing: which of the two was meant can't be known.
  // The subject may be the resource, and then it is described in two places.
  Rejection given(std::span<const NamedValue> values, KindIndex kind, bool all, About about, Given* room,
                  std::size_t& count) noexcept {
    for (const NamedValue& value : values) {
      const AttributeIndex index = schema_.find_attribute(kind, value.name);
      if (index == kNoIndex || !(all || schema_.attributes[index].from_request)) continue;
      const bool again =
          has(room, count, index) || (about == About::resource_attribute && to_.subject == to_.resource &&
                                      has(to_.subject_given, to_.subject_given_count, index));
      if (again) return {ErrorCode::malformed, index, about};
      if (count == kMaxGivenAttributes) return {ErrorCode::limit_exceeded, index, about};
      room[count].index = index;
      room[count].cell = Cell{};
      const ErrorCode error =
          read_value(value.value, schema_.attributes[index].type, false,
                     is_principal(schema_.kinds[kind].category) ? kNoNode : place_of_names(to_), linked_,
                     room_.elements, room[count].cell);
      if (error != ErrorCode::none) return {error, index, about};
      ++count;
    }
    return {};
  }

  Rejection missing(KindIndex kind, const Given* room, std::size_t count,
                    const Rejection& rejection) noexcept {
    for (const AttributeIndex index : schema_.kinds[kind].attributes) {
      if (has(room, count, index)) continue;
      const AttributeInfo& info = schema_.attributes[index];
      if (linked_.lost_defaults[index]) return {ErrorCode::unknown_entity, index, rejection.about};
      if (!info.type.optional && !info.fallback) return {rejection.code, index, rejection.about};
    }
    return {};
  }

  Rejection subject_attributes() noexcept {
    Given* const room = room_.subject_given.items;
    to_.subject_given = room;
    const Rejection rejection = given(request_.subject_attributes, to_.subject_kind, false,
                                      About::subject_attribute, room, to_.subject_given_count);
    if (rejection.code != ErrorCode::none || to_.is_stored(to_.subject)) return rejection;
    return missing(to_.subject_kind, room, to_.subject_given_count,
                   {ErrorCode::unknown_subject, 0, About::subject_attribute});
  }

  Rejection resource_attributes() noexcept {
    Given* const room = room_.resource_given.items;
    to_.resource_given = room;
    const Rejection rejection = given(request_.resource_attributes, to_.resource_kind, to_.resource_inline,
                                      About::resource_attribute, room, to_.resource_given_count);
    if (rejection.code != ErrorCode::none) return rejection;
    for (std::size_t i = 0; i < to_.resource_given_count; ++i)
      if (crosses_roots(room[i].index, room[i].cell)) return cross_root(room[i].index);
    if (!to_.resource_inline) return {};
    const Rejection lacking = missing(to_.resource_kind, room, to_.resource_given_count,
                                      {ErrorCode::missing_attribute, 0, About::resource_attribute});
    if (lacking.code != ErrorCode::none) return lacking;
    for (const AttributeIndex index : schema_.kinds[to_.resource_kind].attributes) {
      const std::optional<Cell>& fallback = linked_.defaults[index];
      if (fallback && !has(room, to_.resource_given_count, index) && crosses_roots(index, *fallback))
        return cross_root(index);
    }
    return {};
  }

  static Rejection cross_root(AttributeIndex attribute) noexcept {
    return {ErrorCode::cross_root, attribute, About::resource_attribute};
  }

  // As in a snapshot: what stands in one root can't name what stands in another.
  [[nodiscard]] bool crosses_roots(AttributeIndex attribute, const Cell& cell) const noexcept {
    if (schema_.attributes[attribute].cross) return false;
    const Type& type = schema_.attributes[attribute].type;
    if (type.kind == TypeKind::entity) return is_foreign(cell.node);
    if (type.kind != TypeKind::set || type.element != TypeKind::entity) return false;
    for (std::uint32_t i = 0; i < cell.set.count; ++i)
      if (is_foreign(element_of(cell.set, i, linked_.view).node)) return true;
    return false;
  }

  [[nodiscard]] bool is_foreign(NodeId node) const noexcept {
    const NodeId other = linked_.view.root_of(node);
    // A root that is described is a new one.
    const NodeId own = !to_.resource_inline               ? linked_.view.root_of(to_.resource)
                       : to_.inline_parent == kSystemNode ? kInlineResource
                                                          : linked_.view.root_of(to_.inline_parent);
    return other != kSystemNode && own != kSystemNode && own != other;
  }

  // The declared fields that the request fills; the others are ignored.
  template <std::size_t N>
  Rejection fields(std::span<const NamedValue> values, const std::vector<ParameterInfo>& declared,
                   About about, Cell* cells, std::bitset<N>& filled) noexcept {
    for (const NamedValue& value : values) {
      for (std::size_t i = 0; i < declared.size(); ++i) {
        if (declared[i].name != value.name) continue;
        const auto detail = static_cast<std::uint32_t>(i);
        if (filled[i]) return {ErrorCode::malformed, detail, about};
        cells[i] = Cell{};
        const bool assigns = about == About::parameter;
        const ErrorCode error =
            read_value(value.value, declared[i].type, assigns, assigns ? place_of_names(to_) : kNoNode,
                       linked_, room_.elements, cells[i]);
        if (error != ErrorCode::none) return {error, detail, about};
        filled.set(i);
        break;
      }
    }
    return {};
  }

  Rejection parameters() noexcept {
    const std::vector<ParameterInfo>& declared = linked_.parts.actions[to_.action].parameters;
    to_.parameters = room_.parameters.items;
    const Rejection rejection =
        fields(request_.parameters, declared, About::parameter, room_.parameters.items, to_.parameter_given);
    if (rejection.code != ErrorCode::none) return rejection;
    for (std::size_t i = 0; i < declared.size(); ++i) {
      if (to_.parameter_given[i]) continue;
      const auto detail = static_cast<std::uint32_t>(i);
      if (is_needed(declared[i])) return {ErrorCode::missing_parameter, detail, About::parameter};
      if (linked_.lost_parameters[to_.action][i])
        return {ErrorCode::unknown_entity, detail, About::parameter};
    }
    return {};
  }

  Rejection context() noexcept {
    to_.context = room_.context.items;
    const Rejection rejection = fields(request_.context, linked_.parts.context, About::context,
                                       room_.context.items, to_.context_given);
    if (rejection.code != ErrorCode::none) return rejection;
    for (const std::uint16_t field : linked_.parts.actions[to_.action].required_context) {
      if (to_.context_given[field]) continue;
      if (is_needed(linked_.parts.context[field])) return {ErrorCode::missing_context, field, About::context};
      if (linked_.lost_context[field]) return {ErrorCode::unknown_entity, field, About::context};
    }
    return {};
  }

  Rejection time() noexcept { return missing_time(to_); }
  Rejection time_of_list() noexcept {
    const LinkedAction& action = linked_.actions[to_.action];
    const bool missing = !to_.now && (action.needs_now || action.asks_of_windows);
    return missing ? Rejection{ErrorCode::now_missing} : Rejection{};
  }

  const Request& request_;
  RequestRoom& room_;
  Evaluation& to_;
  const Linked& linked_;
  const Schema& schema_;
};

}  // namespace

Rejection resolve(const Request& request, RequestRoom& room, Evaluation& evaluation) noexcept {
  return Resolver(request, room, evaluation).run();
}

Rejection resolve_for_resources(const Request& request, RequestRoom& room, Evaluation& evaluation) noexcept {
  return Resolver(request, room, evaluation).run_for_resources();
}

Rejection resolve_for_subjects(const Request& request, RequestRoom& room, Evaluation& evaluation) noexcept {
  return Resolver(request, room, evaluation).run_for_subjects();
}

Rejection resolve_for_actions(const Request& request, RequestRoom& room, Evaluation& evaluation) noexcept {
  return Resolver(request, room, evaluation).run_for_actions();
}

bool may_be_unknown(const Linked& linked, KindIndex kind) noexcept {
  const std::vector<AttributeIndex>& all = linked.parts.schema.kinds[kind].attributes;
  return std::all_of(all.begin(), all.end(), [&](AttributeIndex index) {
    const AttributeInfo& info = linked.parts.schema.attributes[index];
    return !linked.lost_defaults[index] && (info.type.optional || info.fallback);
  });
}

Rejection resolve_action(const Request& request, ActionIndex action, RequestRoom& room,
                         Evaluation& evaluation) noexcept {
  evaluation.action = action;
  evaluation.parameter_given.reset();
  evaluation.context_given.reset();
  return Resolver(request, room, evaluation).values();
}

namespace {

// Who asks what of which resource, by handles.
Rejection resolve_handles(const Query& query, Evaluation& evaluation) noexcept {
  const Linked& linked = evaluation.linked;
  if (query.subject.epoch != linked.epoch || query.resource.epoch != linked.epoch ||
      !evaluation.is_stored(query.subject.node) || !evaluation.is_stored(query.resource.node))
    return {ErrorCode::stale_handle};
  evaluation.subject = query.subject.node;
  evaluation.resource = query.resource.node;
  evaluation.subject_kind = linked.view.kind_of(query.subject.node);
  evaluation.resource_kind = linked.view.kind_of(query.resource.node);
  if (query.subject.node < linked.view.resources) return {ErrorCode::unknown_kind, 0, About::subject};
  if (query.action >= linked.actions.size() || linked.actions[query.action].kind != evaluation.resource_kind)
    return {ErrorCode::unknown_action, 0, About::action};
  evaluation.action = query.action;
  return {};
}

}  // namespace

Rejection resolve(const Query& query, std::optional<std::int64_t> now, Evaluation& evaluation) noexcept {
  evaluation.now = now;
  if (const Rejection rejection = resolve_handles(query, evaluation); rejection.code != ErrorCode::none)
    return rejection;
  const LinkedAction& action = evaluation.linked.actions[query.action];
  if (action.lacks != ErrorCode::none)
    return {action.lacks, action.lacks_detail, action.lacks_context ? About::context : About::parameter};
  return missing_time(evaluation);
}

Rejection resolve(const Query& query, const Circumstances& circumstances, RequestRoom& room,
                  Evaluation& evaluation) noexcept {
  if (const Rejection rejection = resolve_handles(query, evaluation); rejection.code != ErrorCode::none)
    return rejection;
  Request request;
  request.now = circumstances.now;
  request.parameters = circumstances.parameters;
  request.context = circumstances.context;
  return Resolver(request, room, evaluation).values();
}

}  // namespace policyc::vm
