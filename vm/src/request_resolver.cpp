// The door of a decision. Every fault of a request is a deny with a code; what the
// request may not say is ignored here and named by Evaluator::diagnostics.

#include "request_resolver.hpp"

#include <algorithm>

#include "value_reader.hpp"

namespace policyc::vm {
namespace {

class Resolver {
 public:
  Resolver(const Request& request, RequestRoom& room, Evaluation& evaluation) noexcept
      : request_(request),
        room_(room),
        to_(evaluation),
        linked_(evaluation.linked),
        schema_(linked_.parts.schema) {}

  [[nodiscard]] Rejection run() noexcept {
    to_.now = request_.now;
    for (const auto step :
         {&Resolver::subject, &Resolver::resource, &Resolver::action, &Resolver::subject_attributes,
          &Resolver::resource_attributes, &Resolver::parameters, &Resolver::context, &Resolver::time})
      if (const Rejection rejection = (this->*step)(); rejection.code != ErrorCode::none) return rejection;
    return {};
  }

 private:
  Rejection subject() noexcept {
    const std::optional<EntityName> name = split_entity(request_.subject);
    if (!name) return {ErrorCode::malformed, 0};
    to_.subject_kind = linked_.program->find_kind(name->kind);
    if (to_.subject_kind == kNoIndex || schema_.kinds[to_.subject_kind].category != KindCategory::subject)
      return {ErrorCode::unknown_kind, 0};
    to_.subject = linked_.find(to_.subject_kind, name->id);
    if (to_.subject == kNoNode) {
      if (!is_valid_id(name->id)) return {ErrorCode::malformed, 0};
      to_.subject = kUnknownSubject;
    }
    return {};
  }

  Rejection resource() noexcept {
    if (request_.resource == "system") {
      to_.resource = kSystemNode;
      to_.resource_kind = kSystemKind;
      return request_.resource_inline ? Rejection{ErrorCode::resource_exists, 0} : Rejection{};
    }
    std::optional<EntityName> name = split_entity(request_.resource);
    // A resource that is described need not have an id yet.
    if (!name && request_.resource_inline && request_.resource.find(':') == std::string_view::npos)
      name = EntityName{request_.resource, {}};
    if (!name) return {ErrorCode::malformed, 0};
    to_.resource_kind = linked_.program->find_kind(name->kind);
    if (to_.resource_kind == kNoIndex || to_.resource_kind == kSystemKind)
      return {ErrorCode::unknown_kind, 0};
    const NodeId known = name->id.empty() ? kNoNode : linked_.find(to_.resource_kind, name->id);
    if (!request_.resource_inline) {
      to_.resource = known;
      return known == kNoNode || !to_.is_stored(known) ? Rejection{ErrorCode::unknown_resource, 0}
                                                       : Rejection{};
    }
    return described(*name, known);
  }

  Rejection described(const EntityName& name, NodeId known) noexcept {
    const KindInfo& kind = schema_.kinds[to_.resource_kind];
    if (kind.category != KindCategory::scope) return {ErrorCode::unknown_resource, 0};
    if (known != kNoNode && to_.is_stored(known)) return {ErrorCode::resource_exists, 0};
    if (!name.id.empty() && !is_valid_id(name.id)) return {ErrorCode::malformed, 0};
    to_.resource_inline = true;
    to_.resource = known == kNoNode ? kInlineResource : known;
    if (kind.parents.empty()) {
      to_.inline_parent = kSystemNode;
      return request_.parent.empty() ? Rejection{} : Rejection{ErrorCode::bad_parent, 0};
    }
    const std::optional<EntityName> parent = split_entity(request_.parent);
    if (!parent) return {ErrorCode::bad_parent, 0};
    const KindIndex parent_kind = linked_.program->find_kind(parent->kind);
    if (std::find(kind.parents.begin(), kind.parents.end(), parent_kind) == kind.parents.end())
      return {ErrorCode::bad_parent, 0};
    to_.inline_parent = linked_.view.find(parent_kind, parent->id);
    if (to_.inline_parent == kNoNode) return {ErrorCode::bad_parent, 0};
    // An entity has at most 64 ancestors, described ones too.
    constexpr std::size_t kMaxAncestors = 64;
    return linked_.view.path_of(to_.inline_parent).size() + 1 > kMaxAncestors
               ? Rejection{ErrorCode::bad_parent, 0}
               : Rejection{};
  }

  Rejection action() noexcept {
    const std::optional<ActionIndex> found = linked_.program->find_action(request_.action);
    if (!found || linked_.parts.actions[*found].kind != to_.resource_kind)
      return {ErrorCode::unknown_action, 0};
    to_.action = *found;
    return {};
  }

  // Which attributes the request supplies, typed; those that it may not are left out.
  Rejection given(std::span<const NamedValue> values, KindIndex kind, bool all, Given* room,
                  std::size_t& count) noexcept {
    for (const NamedValue& value : values) {
      const AttributeIndex index = schema_.find_attribute(kind, value.name);
      if (index == kNoIndex || !(all || schema_.attributes[index].from_request)) continue;
      for (std::size_t i = 0; i < count; ++i)
        if (room[i].index == index) return {ErrorCode::malformed, index};
      if (count == kMaxGivenAttributes) return {ErrorCode::limit_exceeded, index};
      room[count].index = index;
      room[count].cell = Cell{};
      const ErrorCode error = read_value(value.value, schema_.attributes[index].type, false, linked_,
                                         room_.elements, room[count].cell);
      if (error != ErrorCode::none) return {error, index};
      ++count;
    }
    return {};
  }

  Rejection missing(KindIndex kind, const Given* room, std::size_t count, ErrorCode code) noexcept {
    for (const AttributeIndex index : schema_.kinds[kind].attributes) {
      const AttributeInfo& info = schema_.attributes[index];
      if (info.type.optional || info.fallback) continue;
      if (std::none_of(room, room + count, [&](const Given& one) { return one.index == index; }))
        return {code, index};
    }
    return {};
  }

  Rejection subject_attributes() noexcept {
    Given* const room = room_.subject_given.items;
    to_.subject_given = room;
    const Rejection rejection =
        given(request_.subject_attributes, to_.subject_kind, false, room, to_.subject_given_count);
    if (rejection.code != ErrorCode::none || to_.is_stored(to_.subject)) return rejection;
    return missing(to_.subject_kind, room, to_.subject_given_count, ErrorCode::unknown_subject);
  }

  Rejection resource_attributes() noexcept {
    Given* const room = room_.resource_given.items;
    to_.resource_given = room;
    const Rejection rejection = given(request_.resource_attributes, to_.resource_kind, to_.resource_inline,
                                      room, to_.resource_given_count);
    if (rejection.code != ErrorCode::none || !to_.resource_inline) return rejection;
    return missing(to_.resource_kind, room, to_.resource_given_count, ErrorCode::missing_attribute);
  }

  // The declared fields that the request fills; the others are ignored.
  template <std::size_t N>
  Rejection fields(std::span<const NamedValue> values, const std::vector<ParameterInfo>& declared,
                   bool assigns, Cell* cells, std::bitset<N>& filled) noexcept {
    for (const NamedValue& value : values) {
      for (std::size_t i = 0; i < declared.size(); ++i) {
        if (declared[i].name != value.name) continue;
        const auto detail = static_cast<std::uint32_t>(i);
        if (filled[i]) return {ErrorCode::malformed, detail};
        cells[i] = Cell{};
        const ErrorCode error =
            read_value(value.value, declared[i].type, assigns, linked_, room_.elements, cells[i]);
        if (error != ErrorCode::none) return {error, detail};
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
        fields(request_.parameters, declared, true, room_.parameters.items, to_.parameter_given);
    if (rejection.code != ErrorCode::none) return rejection;
    for (std::size_t i = 0; i < declared.size(); ++i)
      if (!to_.parameter_given[i] && !declared[i].fallback && !declared[i].type.optional)
        return {ErrorCode::missing_parameter, static_cast<std::uint32_t>(i)};
    return {};
  }

  Rejection context() noexcept {
    to_.context = room_.context.items;
    const Rejection rejection =
        fields(request_.context, linked_.parts.context, false, room_.context.items, to_.context_given);
    if (rejection.code != ErrorCode::none) return rejection;
    for (const std::uint16_t field : linked_.parts.actions[to_.action].required_context)
      if (!to_.context_given[field] && !linked_.parts.context[field].fallback &&
          !linked_.parts.context[field].type.optional)
        return {ErrorCode::missing_context, field};
    return {};
  }

  Rejection time() noexcept {
    return linked_.parts.actions[to_.action].needs_now && !to_.now ? Rejection{ErrorCode::now_missing, 0}
                                                                   : Rejection{};
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

Rejection resolve(const Query& query, std::optional<std::int64_t> now, Evaluation& evaluation) noexcept {
  const Linked& linked = evaluation.linked;
  const std::uint32_t epoch = linked.snapshot->epoch();
  if (query.subject.epoch != epoch || query.resource.epoch != epoch ||
      !evaluation.is_stored(query.subject.node) || !evaluation.is_stored(query.resource.node))
    return {ErrorCode::stale_handle, 0};
  if (query.action >= linked.parts.actions.size()) return {ErrorCode::unknown_action, 0};
  const ActionInfo& action = linked.parts.actions[query.action];
  evaluation.action = query.action;
  evaluation.subject = query.subject.node;
  evaluation.resource = query.resource.node;
  evaluation.subject_kind = linked.view.kind_of(query.subject.node);
  evaluation.resource_kind = linked.view.kind_of(query.resource.node);
  evaluation.now = now;
  if (linked.parts.schema.kinds[evaluation.subject_kind].category != KindCategory::subject)
    return {ErrorCode::unknown_kind, 0};
  if (action.kind != evaluation.resource_kind) return {ErrorCode::unknown_action, 0};
  for (std::size_t i = 0; i < action.parameters.size(); ++i)
    if (!action.parameters[i].fallback && !action.parameters[i].type.optional)
      return {ErrorCode::missing_parameter, static_cast<std::uint32_t>(i)};
  for (const std::uint16_t field : action.required_context)
    if (!linked.parts.context[field].fallback && !linked.parts.context[field].type.optional)
      return {ErrorCode::missing_context, field};
  if (action.needs_now && !now) return {ErrorCode::now_missing, 0};
  return {};
}

}  // namespace policyc::vm
