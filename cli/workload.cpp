#include "workload.hpp"

#include "inputs.hpp"
#include "snapshot_entities.hpp"
#include "words.hpp"

namespace policyc::cli {
namespace {

// So many sets of values are drawn for an action that takes some: each costs a conversion, as a caller's do.
constexpr std::size_t kCircumstances = 256;
constexpr std::int64_t kMostInteger = 100;

}  // namespace

Workload::Workload(const Evaluator& evaluator, std::uint64_t seed, std::int64_t now)
    : evaluator_(evaluator),
      now_(now),
      engine_(seed),
      entities_(entities_by_kind(evaluator.snapshot(), evaluator.program().schema())),
      handles_(entities_.size()),
      circumstances_of_(evaluator.program().actions().size()) {
  const Schema& schema = evaluator.program().schema();
  for (std::size_t kind = 0; kind < entities_.size(); ++kind) {
    const std::vector<std::string_view> names(entities_[kind].begin(), entities_[kind].end());
    handles_[kind].resize(names.size());
    evaluator.resolve_batch(names, handles_[kind]);
    if (schema.kinds[kind].category == KindCategory::subject)
      subjects_.insert(subjects_.end(), handles_[kind].begin(), handles_[kind].end());
  }
  for (std::size_t i = 0; i < circumstances_of_.size(); ++i)
    action_names_.push_back(name_of_action(evaluator.program(), static_cast<ActionIndex>(i)));
  circumstances_.push_back({now_, {}, {}});
}

BatchQuery Workload::draw(ActionIndex action) {
  const ActionInfo& info = evaluator_.program().actions()[action];
  std::vector<std::uint32_t>& circumstances = circumstances_of_[action];
  if (circumstances.empty()) circumstances = draw_circumstances(info);
  const std::vector<Handle>& resources = handles_[info.kind];
  BatchQuery one;
  one.query = {subjects_[below(subjects_.size())], resources[below(resources.size())], action};
  one.circumstances = circumstances[below(circumstances.size())];
  return one;
}

Request Workload::by_name(const Query& query) {
  Request request;
  request.subject = keep(evaluator_.name_of(query.subject));
  request.action = action_names_[query.action];
  request.resource = keep(evaluator_.name_of(query.resource));
  request.now = now_;
  return request;
}

std::vector<std::uint32_t> Workload::draw_circumstances(const ActionInfo& action) {
  if (action.parameters.empty() && action.required_context.empty()) return {0};
  std::vector<ParameterInfo> context;
  for (const std::uint16_t field : action.required_context)
    context.push_back(evaluator_.program().context_fields()[field]);
  std::vector<std::uint32_t> drawn;
  for (std::size_t i = 0; i < kCircumstances; ++i) {
    Circumstances one;
    one.now = now_;
    one.parameters = values_.emplace_back(draw_values(action.parameters));
    one.context = values_.emplace_back(draw_values(context));
    drawn.push_back(static_cast<std::uint32_t>(circumstances_.size()));
    circumstances_.push_back(one);
  }
  return drawn;
}

// An optional one is left out half of the time.
std::vector<NamedValue> Workload::draw_values(const std::vector<ParameterInfo>& infos) {
  std::vector<NamedValue> values;
  for (const ParameterInfo& info : infos)
    if (!info.type.optional || below(2) == 0) values.push_back({info.name, draw_value(info.type)});
  return values;
}

Value Workload::draw_value(const Type& type) {
  if (type.kind != TypeKind::set) return draw_scalar(type.kind, type.argument);
  std::vector<Value>& elements = elements_.emplace_back();
  for (std::size_t i = below(4); i-- > 0;) elements.push_back(draw_scalar(type.element, type.argument));
  return Value::list(elements);
}

Value Workload::draw_scalar(TypeKind kind, std::uint64_t argument) {
  const Schema& schema = evaluator_.program().schema();
  const auto number = [&] { return static_cast<std::int64_t>(below(kMostInteger)); };
  switch (kind) {
    case TypeKind::boolean: return Value::boolean(below(2) == 0);
    case TypeKind::integer: return Value::integer(number());
    case TypeKind::time: return Value::time(now_ + (number() - kMostInteger / 2) * 3'600'000'000);
    case TypeKind::duration: return Value::duration(number() * 3'600'000'000);
    case TypeKind::ip: return Value::string(keep("10.0.0." + std::to_string(below(256))));
    case TypeKind::enumeration: {
      const std::vector<std::string>& members = schema.enums[static_cast<std::size_t>(argument)].members;
      return Value::string(members[below(members.size())]);
    }
    case TypeKind::role: {
      std::vector<std::string_view> roles;
      for (const RoleInfo& role : schema.roles)
        if (role.kind == argument) roles.push_back(role.name);
      return Value::string(roles.empty() ? std::string_view() : roles[below(roles.size())]);
    }
    case TypeKind::entity: {
      std::vector<std::size_t> kinds;
      for (std::size_t one = 0; one < entities_.size(); ++one)
        if (((argument >> one) & 1) != 0 && !entities_[one].empty()) kinds.push_back(one);
      if (kinds.empty()) return Value::string({});
      const std::vector<std::string>& names = entities_[kinds[below(kinds.size())]];
      return Value::string(names[below(names.size())]);
    }
    case TypeKind::string:
    case TypeKind::set: break;
  }
  return Value::string(keep("text " + std::to_string(below(kMostInteger))));
}

}  // namespace policyc::cli
