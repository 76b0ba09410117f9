// Evaluator: resolve, run, answer.

#include "policyc/evaluator.hpp"

#include <algorithm>
#include <iterator>
#include <new>

#include "interpreter.hpp"
#include "link.hpp"
#include "lists.hpp"
#include "no_memory.hpp"
#include "request_report.hpp"
#include "request_resolver.hpp"
#include "short_way.hpp"

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

constexpr Decision by_roles(Effect effect, Why why) {
  Decision decision;
  decision.effect = effect;
  decision.why = why;
  decision.form = Form::roles;
  decision.valid_until = kForever;
  return decision;
}

// By Settled. Time can't change what roles alone settle, nor does it oblige to anything: see
// Linked::role_outcomes. Copied whole: whoever reads several fields at once after they were written one by
// one waits for the store buffer.
constexpr Decision kSettled[] = {Decision{}, by_roles(Effect::deny, Why::default_deny),
                                 by_roles(Effect::deny, Why::rule), by_roles(Effect::allow, Why::rule)};

[[nodiscard]] const Decision& decided(vm::Settled settled) noexcept {
  return kSettled[static_cast<std::size_t>(settled)];
}

// `roles` lives as long as the evaluation, which refers to it.
[[nodiscard]] Decision decided(vm::Evaluation& evaluation, vm::KnownRoles& roles) noexcept {
  const vm::RoleOutcomes& outcomes = evaluation.linked.role_outcomes[evaluation.action];
  if (outcomes.settles() && !roles.are_known) {
    roles.word = evaluation.roles(evaluation.subject, evaluation.resource);
    roles.are_known = true;
    if (const vm::Settled settled = outcomes.of(roles.word[0]); settled != vm::Settled::no)
      return decided(settled);
  }
  if (roles.are_known) evaluation.subject_roles = &roles.word;
  Decision decision;
  decision.form = Form::jump_code;
  decision.valid_until = kForever;
  const vm::LinkedAction& action = evaluation.linked.actions[evaluation.action];
  if (evaluation.now && (action.needs_now || action.asks_of_windows))
    decision.valid_until = vm::run_times(evaluation).next;
  switch (vm::run_decide(evaluation)) {
    case vm::Outcome::allowed:
      decision.effect = Effect::allow;
      decision.why = Why::rule;
      break;
    case vm::Outcome::forbidden: decision.why = Why::rule; break;
    case vm::Outcome::deny_by_default: return decision;
    case vm::Outcome::broken: return refused({ErrorCode::internal, 0});
  }
  if (action.may_oblige) decision.obliged = vm::run_obliged(evaluation);
  return decision;
}

// How many queries of a batch are under way at once: about as many lines as a core can wait for.
constexpr std::size_t kAhead = 16;

// Of the subject and of whom it asks for: an error counts before a deny, a deny before an
// allow. Of two denies both rules count, so one by a rule is by a rule.
[[nodiscard]] Decision both(const Decision& one, const Decision& other) noexcept {
  if (one.why == Why::error) return one;
  if (other.why == Why::error) return other;
  Decision decision = one.allowed() == other.allowed() ? (one.why == Why::rule ? one : other)
                      : one.allowed()                  ? other
                                                       : one;
  if (one.allowed() == other.allowed()) decision.obliged = one.obliged || other.obliged;
  decision.valid_until = std::min(one.valid_until, other.valid_until);
  return decision;
}

// The request as it is decided for the other principal.
[[nodiscard]] Request for_the_other(const Request& request) noexcept {
  Request other = request;
  other.subject = *request.on_behalf_of;
  other.subject_attributes = {};
  return other;
}

[[nodiscard]] Query for_the_other(const Query& query) noexcept {
  return {*query.on_behalf_of, query.resource, query.action};
}

[[nodiscard]] Decision decide_one(const vm::Linked& linked, const Query& query,
                                  std::optional<std::int64_t> now) noexcept {
  vm::KnownRoles roles;
  if (const vm::Settled found = vm::settle(linked, query, roles); found != vm::Settled::no)
    return decided(found);
  vm::Evaluation evaluation(linked);
  const vm::Rejection rejection = vm::resolve(query, now, evaluation);
  return rejection.code == ErrorCode::none ? decided(evaluation, roles) : refused(rejection);
}

[[nodiscard]] Decision decide_one(const vm::Linked& linked, const Request& request) noexcept {
  if (const std::optional<Query> query = vm::query_of(linked, request))
    return decide_one(linked, *query, request.now);
  vm::RequestRoom room;
  vm::KnownRoles roles;
  vm::Evaluation evaluation(linked);
  const vm::Rejection rejection = vm::resolve(request, room, evaluation);
  return rejection.code == ErrorCode::none ? decided(evaluation, roles) : refused(rejection);
}

[[nodiscard]] Decision decide_one(const vm::Linked& linked, const Query& query,
                                  const Circumstances& circumstances) noexcept {
  if (circumstances.parameters.empty() && circumstances.context.empty())
    return decide_one(linked, query, circumstances.now);
  vm::RequestRoom room;
  vm::KnownRoles roles;
  vm::Evaluation evaluation(linked);
  const vm::Rejection rejection = vm::resolve(query, circumstances, room, evaluation);
  return rejection.code == ErrorCode::none ? decided(evaluation, roles) : refused(rejection);
}

// The matching rules of the deciding effect, for one principal. Nothing if the request is refused.
[[nodiscard]] std::optional<std::vector<RuleIndex>> rules_of_one(const vm::Linked& linked,
                                                                 const Request& request) {
  const auto room = std::make_unique<vm::RequestRoom>();
  vm::Evaluation evaluation(linked);
  if (vm::resolve(request, *room, evaluation).code != ErrorCode::none) return std::nullopt;
  return vm::run_reasons(evaluation);
}

// The null handle if the snapshot does not have it.
[[nodiscard]] Handle find(const vm::Linked& linked, std::string_view entity) noexcept {
  if (entity == "system") return {vm::kSystemNode, linked.epoch};
  const auto name = vm::split_entity(entity);
  if (!name) return {};
  const KindIndex kind = linked.program->find_kind(name->kind);
  if (kind == kNoIndex || kind == kSystemKind) return {};
  const vm::NodeId node = linked.view.find(kind, name->id);
  return node == vm::kNoNode ? Handle{} : Handle{node, linked.epoch};
}

}  // namespace

Evaluator::Evaluator(std::unique_ptr<const Linked> linked) noexcept : linked_(std::move(linked)) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

Result<Evaluator> Evaluator::create(std::shared_ptr<const Program> program,
                                    std::shared_ptr<const Snapshot> snapshot) {
  try {
    if (!program || !snapshot) return Error{ErrorCode::not_loaded, "a program and a snapshot are needed"};
    if (program->schema_digest() != snapshot->schema_digest())
      return Error{ErrorCode::schema_mismatch,
                   "the snapshot was built for another policy's schema: build it again"};
    return Evaluator(std::make_unique<const Linked>(std::move(program), std::move(snapshot)));
  } catch (const std::bad_alloc&) {
    return vm::no_memory();
  }
}

// Each decision is made where the caller wants it: copying one costs as much as finding it.
Decision Evaluator::decide(const Request& request) const noexcept {
  if (!request.on_behalf_of) return decide_one(*linked_, request);
  return both(decide_one(*linked_, request), decide_one(*linked_, for_the_other(request)));
}

Decision Evaluator::decide(const Query& query, std::optional<std::int64_t> now) const noexcept {
  if (!query.on_behalf_of) return decide_one(*linked_, query, now);
  return both(decide_one(*linked_, query, now), decide_one(*linked_, for_the_other(query), now));
}

Decision Evaluator::decide(const Query& query, const Circumstances& circumstances) const noexcept {
  if (!query.on_behalf_of) return decide_one(*linked_, query, circumstances);
  return both(decide_one(*linked_, query, circumstances),
              decide_one(*linked_, for_the_other(query), circumstances));
}

std::size_t Evaluator::decide_batch(std::span<const BatchQuery> queries,
                                    std::span<const Circumstances> circumstances,
                                    std::span<Decision> decisions) const noexcept {
  const std::size_t count = std::min(queries.size(), decisions.size());
  const std::size_t answered = std::min(count, kMaxBatch);
  std::fill(decisions.begin() + static_cast<std::ptrdiff_t>(answered),
            decisions.begin() + static_cast<std::ptrdiff_t>(count), refused({ErrorCode::limit_exceeded}));
  // By the time that a query's turn comes, its lines have arrived.
  for (std::size_t i = 0; i < std::min(answered, kAhead); ++i) vm::fetch(*linked_, queries[i].query);
  for (std::size_t i = 0; i < answered; ++i) {
    if (i + kAhead < answered) vm::fetch(*linked_, queries[i + kAhead].query);
    decisions[i] = queries[i].circumstances < circumstances.size()
                       ? decide(queries[i].query, circumstances[queries[i].circumstances])
                       : refused({ErrorCode::malformed});
  }
  return count;
}

std::size_t Evaluator::resolve_batch(std::span<const std::string_view> entities,
                                     std::span<Handle> handles) const noexcept {
  const std::size_t count = std::min(entities.size(), handles.size());
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; ++i) {
    handles[i] = find(*linked_, entities[i]);
    found += handles[i] == Handle{} ? 0U : 1U;
  }
  return found;
}

Result<Handle> Evaluator::resolve(std::string_view entity) const try {
  if (const Handle handle = find(*linked_, entity); handle != Handle{}) return handle;
  const auto name = vm::split_entity(entity);
  if (!name) return Error{ErrorCode::malformed, vm::quoted(entity) + " is not of the form kind:id"};
  const KindIndex kind = linked_->program->find_kind(name->kind);
  if (kind == kNoIndex || kind == kSystemKind)
    return Error{ErrorCode::unknown_kind, "the policy declares no kind " + vm::quoted(name->kind)};
  return Error{ErrorCode::unknown_entity, "the snapshot has no " + vm::quoted(entity)};
} catch (const std::bad_alloc&) {
  return vm::no_memory();
}

std::vector<RuleIndex> Evaluator::reasons(const Request& request) const {
  const std::optional<std::vector<RuleIndex>> rules = rules_of_one(*linked_, request);
  if (!rules) return {};
  if (!request.on_behalf_of) return *rules;
  const std::optional<std::vector<RuleIndex>> others = rules_of_one(*linked_, for_the_other(request));
  if (!others) return {};
  const auto allowed = [&](const std::vector<RuleIndex>& of) {
    return !of.empty() && program().rules()[of.front()].effect == RuleEffect::allow;
  };
  if (allowed(*rules) != allowed(*others)) return allowed(*rules) ? *others : *rules;
  std::vector<RuleIndex> all;
  std::set_union(rules->begin(), rules->end(), others->begin(), others->end(), std::back_inserter(all));
  return all;
}

Result<EntityList> Evaluator::list_resources(const Request& request, const Page& page) const {
  return vm::list_resources(*linked_, request, page);
}

Result<EntityList> Evaluator::list_subjects(const Request& request, const Page& page) const {
  return vm::list_subjects(*linked_, request, page);
}

Result<ActionList> Evaluator::list_actions(const Request& request) const {
  return vm::list_actions(*linked_, request);
}

std::string Evaluator::name_of(Handle entity) const {
  if (entity.epoch != linked_->epoch || entity.node >= linked_->view.node_count()) return {};
  const std::string& kind = linked_->parts.schema.kinds[linked_->view.kind_of(entity.node)].name;
  return entity.node == vm::kSystemNode ? kind : kind + ":" + std::string(linked_->view.id_of(entity.node));
}

std::vector<ObligationIndex> Evaluator::obligations(const Request& request) const {
  std::vector<ObligationIndex> all;
  for (const RuleIndex rule : reasons(request))
    for (const ObligationIndex one : program().rules()[rule].obligations)
      if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
  return all;
}

std::vector<RequestDiagnostic> Evaluator::diagnostics(const Request& request) const {
  return vm::ignored_values(*linked_, request);
}

std::string Evaluator::explain_error(const Request& request, const Decision& decision) const {
  if (!request.on_behalf_of) return vm::explain_error(*linked_, request, decision);
  const Decision of_subject = decide_one(*linked_, request);
  if (of_subject.why == Why::error) return vm::explain_error(*linked_, request, decision);
  return "on behalf of " + vm::quoted(*request.on_behalf_of) + ": " +
         vm::explain_error(*linked_, for_the_other(request), decision);
}

const Program& Evaluator::program() const noexcept { return *linked_->program; }
const Snapshot& Evaluator::snapshot() const noexcept { return *linked_->snapshot; }

}  // namespace policyc
