#include "request_report.hpp"

#include <algorithm>
#include <memory>

#include "request_hints.hpp"
#include "request_resolver.hpp"

namespace policyc::vm {
namespace {

// The kind that "kind:id", or a kind alone, begins with; kNoIndex if there is none.
KindIndex kind_in(const Linked& linked, std::string_view text) noexcept {
  return linked.program->find_kind(text.substr(0, text.find(':')));
}

class Explainer {
 public:
  Explainer(const Linked& linked, const Request& request, const Rejection& rejection)
      : linked_(linked), schema_(linked.parts.schema), request_(request), rejection_(rejection) {
    action_ = linked.program->find_action(request.action);
  }

  [[nodiscard]] std::string sentence() const {
    switch (rejection_.code) {
      case ErrorCode::unknown_action:
        return "the policy declares no action " + quoted(request_.action) + " for " +
               quoted(request_.resource) +
               hint_of_action(linked_, request_.action, kind_in(linked_, request_.resource));
      case ErrorCode::unknown_kind: {
        const bool subject = rejection_.about == About::subject;
        const std::string_view entity = subject ? request_.subject : request_.resource;
        const std::string_view kind = entity.substr(0, entity.find(':'));
        const KindIndex known = linked_.program->find_kind(kind);
        const bool is_one = known != kNoIndex && known != kSystemKind &&
                            (!subject || schema_.kinds[known].category == KindCategory::subject);
        if (is_one && kind.size() < entity.size())
          return "a list asks for a kind, " + quoted(kind) + ", and not for " + quoted(entity);
        return std::string("the policy declares no ") + (subject ? "kind of subject " : "kind ") +
               quoted(kind) + hint_of_kind(linked_, kind, subject);
      }
      case ErrorCode::unknown_resource: return "the snapshot has no " + quoted(request_.resource);
      case ErrorCode::unknown_subject:
        return quoted(request_.subject) + " is not in the snapshot, and its kind needs the attribute " +
               quoted(attribute().name);
      case ErrorCode::unknown_entity:
        return part() + (is_given() ? " names " + unknown_name() : " takes a default that names an entity") +
               ", which the snapshot does not have";
      case ErrorCode::cross_root:
        return part() + " names an entity that stands in another root than " + quoted(request_.resource);
      case ErrorCode::missing_parameter: return "the action needs " + part();
      case ErrorCode::missing_context: return "the action's rules need " + part();
      case ErrorCode::missing_attribute:
        return "the resource is described without its attribute " + quoted(attribute().name);
      case ErrorCode::ill_typed:
        return part() + " is not of its type, " + to_string(type(), schema_) + hint_of_given();
      case ErrorCode::not_assignable: return part() + " names a role that is declared not assignable";
      case ErrorCode::bad_parent: return bad_parent();
      case ErrorCode::malformed: return malformed();
      case ErrorCode::limit_exceeded: return limit_exceeded();
      case ErrorCode::resource_exists:
        return quoted(request_.resource) + " is in the snapshot: ask about it without describing it";
      default: return std::string(describe(rejection_.code));
    }
  }

 private:
  [[nodiscard]] const AttributeInfo& attribute() const { return schema_.attributes[rejection_.detail]; }
  [[nodiscard]] const ParameterInfo& field() const {
    return rejection_.about == About::context ? linked_.parts.context[rejection_.detail]
                                              : linked_.parts.actions[*action_].parameters[rejection_.detail];
  }
  [[nodiscard]] bool is_field() const noexcept {
    return rejection_.about == About::parameter || rejection_.about == About::context;
  }
  [[nodiscard]] const std::string& name() const { return is_field() ? field().name : attribute().name; }
  [[nodiscard]] const Type& type() const { return is_field() ? field().type : attribute().type; }

  // "the parameter 'to'"
  [[nodiscard]] std::string part() const {
    switch (rejection_.about) {
      case About::parameter: return "the parameter " + quoted(name());
      case About::context: return "the context value " + quoted(name());
      case About::subject_attribute: return "the subject's attribute " + quoted(name());
      case About::resource_attribute: return "the resource's attribute " + quoted(name());
      case About::subject: return "the subject";
      case About::resource: return "the resource";
      case About::parent: return "the parent";
      case About::action: return "the action";
      case About::request: break;
    }
    return "the request";
  }

  [[nodiscard]] std::span<const NamedValue> given() const noexcept {
    switch (rejection_.about) {
      case About::parameter: return request_.parameters;
      case About::context: return request_.context;
      case About::subject_attribute: return request_.subject_attributes;
      case About::resource_attribute: return request_.resource_attributes;
      default: return {};
    }
  }

  [[nodiscard]] bool is_unknown(std::string_view text) const noexcept {
    const std::optional<EntityName> entity = split_entity(text);
    return entity && linked_.view.find(linked_.program->find_kind(entity->kind), entity->id) == kNoNode;
  }

  [[nodiscard]] bool is_given() const noexcept {
    const std::span<const NamedValue> values = given();
    return std::any_of(values.begin(), values.end(),
                       [&](const NamedValue& value) { return value.name == name(); });
  }

  [[nodiscard]] std::string hint_of_given() const {
    for (const NamedValue& value : given())
      if (value.name == name()) return hint_of_value(linked_, value.value, type(), place());
    return {};
  }

  // Where roles that the snapshot defines are looked up for what is being complained about.
  [[nodiscard]] NodeId place() const {
    if (rejection_.about != About::parameter && rejection_.about != About::resource_attribute) return kNoNode;
    const std::string_view at = request_.resource_inline ? request_.parent : request_.resource;
    if (at == "system" || (at.empty() && request_.resource_inline)) return kSystemNode;
    const std::optional<EntityName> entity = split_entity(at);
    return entity ? linked_.view.find(linked_.program->find_kind(entity->kind), entity->id) : kNoNode;
  }

  // The first entity of the value that is not in the snapshot.
  [[nodiscard]] std::string unknown_name() const {
    for (const NamedValue& value : given()) {
      if (value.name != name()) continue;
      if (value.value.kind == Value::Kind::text) return quoted(value.value.text);
      for (const Value& element : value.value.elements)
        if (is_unknown(element.text)) return quoted(element.text);
    }
    return "an entity";
  }

  [[nodiscard]] std::string bad_parent() const {
    const std::vector<KindIndex>& parents = schema_.kinds[kind_in(linked_, request_.resource)].parents;
    if (parents.empty())
      return quoted(request_.resource) + " stands in nothing: it can't have the parent " +
             quoted(request_.parent);
    std::string kinds;
    for (std::size_t i = 0; i < parents.size(); ++i)
      kinds += (i == 0 ? "" : i + 1 < parents.size() ? ", " : " or ") + schema_.kinds[parents[i]].name;
    const std::string needed = "a parent in the snapshot, of kind " + kinds;
    return quoted(request_.resource) + " needs " + needed +
           (request_.parent.empty() ? "" : ", which " + quoted(request_.parent) + " is not");
  }

  [[nodiscard]] std::string malformed() const {
    if (rejection_.about == About::subject)
      return quoted(request_.subject) +
             (request_.subject.ends_with(":*")
                  ? " is everyone: ask for one of them"
                  : " is not of the form kind:id" + hint_of_name(linked_, request_.subject));
    if (rejection_.about == About::parent && request_.resource_inline)
      return "a list of resources is asked for by their kind: none is described";
    if (rejection_.about == About::parent)
      return "a parent is given, but " + quoted(request_.resource) + " is not described";
    if (rejection_.about == About::resource)
      return quoted(request_.resource) + " is not of the form kind:id" +
             (request_.resource_inline ? " or a kind" : " or system") +
             hint_of_name(linked_, request_.resource);
    return part() + " is given twice";
  }

  [[nodiscard]] std::string limit_exceeded() const {
    if (rejection_.about == About::parent)
      return quoted(request_.resource) + " would have more than " + std::to_string(kMaxDepth) + " ancestors";
    if (type().kind == TypeKind::set)
      return "with " + part() + " the request brings sets of more than " + std::to_string(kMaxGivenElements) +
             " elements in all";
    return "with " + part() + " the request brings more than " + std::to_string(kMaxGivenAttributes) +
           " attributes of one entity";
  }

  const Linked& linked_;
  const Schema& schema_;
  const Request& request_;
  Rejection rejection_;
  std::optional<ActionIndex> action_;
};

}  // namespace

std::string explain(const Linked& linked, const Request& request, const Rejection& rejection) {
  return Explainer(linked, request, rejection).sentence();
}

std::string explain_error(const Linked& linked, const Request& request, const Decision& decision) {
  const auto room = std::make_unique<RequestRoom>();
  Evaluation evaluation(linked);
  const Rejection rejection = resolve(request, *room, evaluation);
  // A decision on something else (a stale handle, another request) is not explained by this request.
  if (rejection.code != decision.error || rejection.detail != decision.detail)
    return std::string(describe(decision.error));
  return Explainer(linked, request, rejection).sentence();
}

std::vector<RequestDiagnostic> ignored_values(const Linked& linked, const Request& request) {
  using Kind = RequestDiagnostic::Kind;
  const Schema& schema = linked.parts.schema;
  std::vector<RequestDiagnostic> found;
  const auto add = [&](Kind kind, std::string_view name) {
    if (std::none_of(found.begin(), found.end(),
                     [&](const RequestDiagnostic& one) { return one.kind == kind && one.name == name; }))
      found.push_back({kind, std::string(name)});
  };
  const auto undeclared = [&](std::span<const NamedValue> values, std::span<const ParameterInfo> declared,
                              Kind kind) {
    for (const NamedValue& value : values)
      if (std::none_of(declared.begin(), declared.end(),
                       [&](const ParameterInfo& one) { return one.name == value.name; }))
        add(kind, value.name);
  };
  const auto attributes = [&](std::span<const NamedValue> values, KindIndex kind, bool all) {
    if (kind == kNoIndex) return;
    for (const NamedValue& value : values) {
      const AttributeIndex index = schema.find_attribute(kind, value.name);
      if (index == kNoIndex)
        add(Kind::undeclared_attribute, value.name);
      else if (!all && !schema.attributes[index].from_request)
        add(Kind::not_from_request, value.name);
    }
  };
  if (const auto action = linked.program->find_action(request.action))
    undeclared(request.parameters, linked.parts.actions[*action].parameters, Kind::undeclared_parameter);
  undeclared(request.context, linked.parts.context, Kind::undeclared_context);
  attributes(request.subject_attributes, kind_in(linked, request.subject), false);
  attributes(request.resource_attributes, kind_in(linked, request.resource), request.resource_inline);
  return found;
}

std::string quoted(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kMost = 80;
  std::size_t shown = std::min(text.size(), kMost);
  // Never half a character.
  while (shown < text.size() && shown > 0 && (static_cast<unsigned char>(text[shown]) & 0xC0) == 0x80)
    --shown;
  const bool readable = is_utf8(text.substr(0, shown));
  std::string out = "'";
  for (const char c : text.substr(0, shown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !readable))
      out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    else
      out += c;
  }
  return out + (shown < text.size() ? "…'" : "'");
}

}  // namespace policyc::vm
