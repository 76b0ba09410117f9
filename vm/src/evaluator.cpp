// Evaluator: resolve, run, answer.

#include "policyc/evaluator.hpp"

#include <algorithm>
#include <new>

#include "interpreter.hpp"
#include "link.hpp"
#include "request_resolver.hpp"

namespace policyc {

struct Evaluator::Linked : vm::Linked {
  using vm::Linked::Linked;
};

namespace {

[[nodiscard]] Decision refused(const vm::Rejection& rejection) noexcept {
  Decision decision;
  decision.why = Why::error;
  decision.error = rejection.code;
  decision.detail = rejection.detail;
  return decision;
}

[[nodiscard]] Decision decided(const vm::Evaluation& evaluation) noexcept {
  Decision decision;
  decision.form = Form::jump_code;
  switch (vm::run_decide(evaluation)) {
    case vm::Outcome::allowed:
      decision.effect = Effect::allow;
      decision.why = Why::rule;
      break;
    case vm::Outcome::forbidden: decision.why = Why::rule; break;
    case vm::Outcome::deny_by_default: break;
    case vm::Outcome::broken: return refused({ErrorCode::internal, 0});
  }
  return decision;
}

[[nodiscard]] std::string quoted(std::string_view text) {
  // A name in a request may be anything: what would break a log's line is shown escaped.
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kMost = 80;
  std::string out = "'";
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F)
      out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    else
      out += c;
  }
  return out + (text.size() > kMost ? "…'" : "'");
}

}  // namespace

Evaluator::Evaluator(std::unique_ptr<const Linked> linked) noexcept : linked_(std::move(linked)) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

Result<Evaluator> Evaluator::create(std::shared_ptr<const Program> program,
                                    std::shared_ptr<const Snapshot> snapshot) {
  if (!program || !snapshot) return Error{ErrorCode::not_loaded, "a program and a snapshot are needed"};
  if (program->schema_digest() != snapshot->schema_digest())
    return Error{ErrorCode::schema_mismatch,
                 "the snapshot was built for another policy's schema: build it again"};
  try {
    return Evaluator(std::make_unique<const Linked>(std::move(program), std::move(snapshot)));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "not enough memory to link the program to the snapshot"};
  }
}

Decision Evaluator::decide(const Request& request) const noexcept {
  vm::RequestRoom room;
  vm::Evaluation evaluation(*linked_);
  const vm::Rejection rejection = vm::resolve(request, room, evaluation);
  return rejection.code == ErrorCode::none ? decided(evaluation) : refused(rejection);
}

Decision Evaluator::decide(const Query& query, std::optional<std::int64_t> now) const noexcept {
  vm::Evaluation evaluation(*linked_);
  const vm::Rejection rejection = vm::resolve(query, now, evaluation);
  return rejection.code == ErrorCode::none ? decided(evaluation) : refused(rejection);
}

Result<Handle> Evaluator::resolve(std::string_view entity) const {
  if (entity == "system") return Handle{vm::kSystemNode, linked_->snapshot->epoch()};
  const auto name = vm::split_entity(entity);
  if (!name) return Error{ErrorCode::malformed, quoted(entity) + " is not of the form kind:id"};
  const KindIndex kind = linked_->program->find_kind(name->kind);
  if (kind == kNoIndex || kind == kSystemKind)
    return Error{ErrorCode::unknown_kind, "the policy declares no kind " + quoted(name->kind)};
  const auto handle = linked_->snapshot->find(kind, name->id);
  if (!handle) return Error{ErrorCode::unknown_entity, "the snapshot has no " + quoted(entity)};
  return *handle;
}

std::vector<RuleIndex> Evaluator::reasons(const Request& request) const {
  const auto room = std::make_unique<vm::RequestRoom>();
  vm::Evaluation evaluation(*linked_);
  if (vm::resolve(request, *room, evaluation).code != ErrorCode::none) return {};
  return vm::run_reasons(evaluation);
}

std::vector<RequestDiagnostic> Evaluator::diagnostics(const Request& request) const {
  using Kind = RequestDiagnostic::Kind;
  const auto room = std::make_unique<vm::RequestRoom>();
  vm::Evaluation at(*linked_);
  std::vector<RequestDiagnostic> found;
  if (vm::resolve(request, *room, at).code != ErrorCode::none) return found;
  const Schema& schema = linked_->parts.schema;
  const auto undeclared = [&](std::span<const NamedValue> values, const std::vector<ParameterInfo>& declared,
                              Kind kind) {
    for (const NamedValue& value : values)
      if (std::none_of(declared.begin(), declared.end(),
                       [&](const ParameterInfo& one) { return one.name == value.name; }))
        found.push_back({kind, std::string(value.name)});
  };
  const auto attributes = [&](std::span<const NamedValue> values, KindIndex kind, bool all) {
    for (const NamedValue& value : values) {
      const AttributeIndex index = schema.find_attribute(kind, value.name);
      if (index == kNoIndex)
        found.push_back({Kind::undeclared_attribute, std::string(value.name)});
      else if (!all && !schema.attributes[index].from_request)
        found.push_back({Kind::not_from_request, std::string(value.name)});
    }
  };
  undeclared(request.parameters, linked_->parts.actions[at.action].parameters, Kind::undeclared_parameter);
  undeclared(request.context, linked_->parts.context, Kind::undeclared_context);
  attributes(request.subject_attributes, at.subject_kind, false);
  attributes(request.resource_attributes, at.resource_kind, at.resource_inline);
  return found;
}

std::string Evaluator::explain_error(const Request& request, const Decision& decision) const {
  const auto attribute = [&] {
    const auto& all = linked_->parts.schema.attributes;
    return decision.detail < all.size() ? quoted(all[decision.detail].name) : std::string("an attribute");
  };
  const auto action = linked_->program->find_action(request.action);
  const auto parameter = [&] {
    if (!action || decision.detail >= linked_->parts.actions[*action].parameters.size())
      return std::string("a parameter");
    return quoted(linked_->parts.actions[*action].parameters[decision.detail].name);
  };
  switch (decision.error) {
    case ErrorCode::unknown_action:
      return "the policy declares no action " + quoted(request.action) + " of " + quoted(request.resource);
    case ErrorCode::unknown_kind:
      return "the policy declares no such kind of subject or resource: " + quoted(request.subject) + ", " +
             quoted(request.resource);
    case ErrorCode::unknown_resource: return "the snapshot has no " + quoted(request.resource);
    case ErrorCode::unknown_subject:
      return quoted(request.subject) + " is not in the snapshot, and its kind requires the attribute " +
             attribute();
    case ErrorCode::missing_parameter: return "the action needs the parameter " + parameter();
    case ErrorCode::missing_context: {
      const auto& fields = linked_->parts.context;
      return "the action's rules ask for the context value " + (decision.detail < fields.size()
                                                                    ? quoted(fields[decision.detail].name)
                                                                    : std::string("that is missing"));
    }
    case ErrorCode::missing_attribute:
      return "the resource is described without its required attribute " + attribute();
    case ErrorCode::not_assignable:
      return "the parameter " + parameter() + " names a role that is declared not assignable";
    case ErrorCode::now_missing: return "the decision depends on the time, and the request has no `now`";
    case ErrorCode::bad_parent:
      return quoted(request.parent) + " is no parent of the snapshot that " + quoted(request.resource) +
             " may stand in";
    case ErrorCode::resource_exists:
      return quoted(request.resource) + " is in the snapshot: ask for it by its id alone";
    default: return std::string(describe(decision.error));
  }
}

const Program& Evaluator::program() const noexcept { return *linked_->program; }
const Snapshot& Evaluator::snapshot() const noexcept { return *linked_->snapshot; }

}  // namespace policyc
