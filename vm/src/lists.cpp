#include "lists.hpp"

#include <algorithm>
#include <memory>
#include <new>

#include "candidates.hpp"
#include "interpreter.hpp"
#include "no_memory.hpp"
#include "request_report.hpp"
#include "request_resolver.hpp"

namespace policyc::vm {
namespace {

[[nodiscard]] bool is_allowed(const Evaluation& evaluation) noexcept {
  return run_decide(evaluation) == Outcome::allowed;
}

[[nodiscard]] Error error_of(const Linked& linked, const Request& request, const Rejection& rejection) {
  return {rejection.code, explain(linked, request, rejection)};
}

// The request as it is decided for the other principal.
[[nodiscard]] Request for_the_other(const Request& request) noexcept {
  Request other = request;
  other.subject = *request.on_behalf_of;
  other.subject_attributes = {};
  other.on_behalf_of = std::nullopt;
  return other;
}

// One who asks, with what the request says: kept together, since the evaluation points into the room.
struct Asking {
  explicit Asking(const Linked& linked) : evaluation(linked) {}
  RequestRoom room;
  Evaluation evaluation;
  RoleWord roles{};
};

// Collects a page. False: it is full, and there is one more.
class Collector {
 public:
  Collector(const Linked& linked, const Page& page) : linked_(linked), page_(page) {}

  [[nodiscard]] bool is_stale() const noexcept { return page_.after && page_.after->epoch != linked_.epoch; }

  // Those of the candidates, ascending, that the page has not passed yet.
  [[nodiscard]] std::span<const NodeId> left(const std::vector<NodeId>& candidates) const& {
    const auto from = page_.after ? std::upper_bound(candidates.begin(), candidates.end(), page_.after->after)
                                  : candidates.begin();
    return std::span(candidates).subspan(static_cast<std::size_t>(from - candidates.begin()));
  }

  [[nodiscard]] bool add(NodeId node) {
    if (list_.entities.size() == page_.most) {
      const std::uint32_t last = list_.entities.empty() ? before_first() : list_.entities.back().node;
      list_.next = Cursor{last, linked_.epoch};
      return false;
    }
    list_.entities.push_back({node, linked_.epoch});
    return true;
  }

  [[nodiscard]] bool is_first_page() const noexcept { return !page_.after; }
  [[nodiscard]] EntityList& list() noexcept { return list_; }

 private:
  // A page with room for nothing goes on where it began.
  [[nodiscard]] std::uint32_t before_first() const noexcept { return page_.after ? page_.after->after : 0; }

  const Linked& linked_;
  const Page& page_;
  EntityList list_;
};

[[nodiscard]] Error stale() {
  return {ErrorCode::stale_handle, std::string(describe(ErrorCode::stale_handle))};
}

}  // namespace

Result<EntityList> list_resources(const Linked& linked, const Request& request, const Page& page) try {
  Collector collector(linked, page);
  if (collector.is_stale()) return stale();
  if (page.most == 0) return Error{ErrorCode::malformed, "a page has room for at least one"};
  const auto asking = std::make_unique<Asking>(linked);
  Evaluation& at = asking->evaluation;
  if (const Rejection rejection = resolve_for_resources(request, asking->room, at);
      rejection.code != ErrorCode::none)
    return error_of(linked, request, rejection);
  std::unique_ptr<Asking> other;
  if (request.on_behalf_of) {
    other = std::make_unique<Asking>(linked);
    const Request others = for_the_other(request);
    if (const Rejection rejection = resolve_for_resources(others, other->room, other->evaluation);
        rejection.code != ErrorCode::none)
      return error_of(linked, others, rejection);
  }
  const auto allows = [](Evaluation& evaluation, NodeId resource) {
    evaluation.resource = resource;
    return is_allowed(evaluation);
  };
  const std::vector<NodeId> candidates = candidate_resources(at);
  for (const NodeId resource : collector.left(candidates))
    if (allows(at, resource) && (!other || allows(other->evaluation, resource)) && !collector.add(resource))
      break;
  return std::move(collector.list());
} catch (const std::bad_alloc&) {
  return no_memory();
}

Result<EntityList> list_subjects(const Linked& linked, const Request& request, const Page& page) try {
  Collector collector(linked, page);
  if (collector.is_stale()) return stale();
  if (page.most == 0) return Error{ErrorCode::malformed, "a page has room for at least one"};
  const auto asking = std::make_unique<Asking>(linked);
  Evaluation& at = asking->evaluation;
  if (const Rejection rejection = resolve_for_subjects(request, asking->room, at);
      rejection.code != ErrorCode::none)
    return error_of(linked, request, rejection);
  if (request.on_behalf_of) {
    const auto other = std::make_unique<Asking>(linked);
    const Request others = for_the_other(request);
    if (const Rejection rejection = resolve(others, other->room, other->evaluation);
        rejection.code != ErrorCode::none)
      return error_of(linked, others, rejection);
    if (!is_allowed(other->evaluation)) return std::move(collector.list());
  }
  const std::vector<KindInfo>& kinds = linked.parts.schema.kinds;
  std::uint64_t wanted = 0;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind)
    if (kinds[kind].category == KindCategory::subject && (request.subject.empty() || kind == at.subject_kind))
      wanted |= std::uint64_t{1} << kind;

  for (std::size_t kind = 0; collector.is_first_page() && kind < kinds.size(); ++kind) {
    if (((wanted >> kind) & 1) == 0 || !may_be_unknown(linked, static_cast<KindIndex>(kind))) continue;
    at.subject = kUnknownSubject;
    at.subject_kind = static_cast<KindIndex>(kind);
    if (is_allowed(at)) collector.list().everyone.push_back(at.subject_kind);
  }
  const std::vector<NodeId> candidates = candidate_subjects(at, wanted);
  for (const NodeId subject : collector.left(candidates)) {
    at.subject = subject;
    at.subject_kind = linked.view.kind_of(subject);
    if (is_allowed(at) && !collector.add(subject)) break;
  }
  return std::move(collector.list());
} catch (const std::bad_alloc&) {
  return no_memory();
}

Result<ActionList> list_actions(const Linked& linked, const Request& request) try {
  std::vector<std::unique_ptr<Asking>> asking;
  std::vector<Request> requests = {request};
  if (request.on_behalf_of) requests.push_back(for_the_other(request));
  for (const Request& one : requests) {
    asking.push_back(std::make_unique<Asking>(linked));
    if (const Rejection rejection = resolve_for_actions(one, asking.back()->room, asking.back()->evaluation);
        rejection.code != ErrorCode::none)
      return error_of(linked, one, rejection);
    // Found once for all the actions.
    Asking& last = *asking.back();
    last.roles = last.evaluation.roles(last.evaluation.subject, last.evaluation.resource);
    last.evaluation.subject_roles = &last.roles;
  }
  const KindIndex kind = asking.front()->evaluation.resource_kind;
  ActionList list;
  for (std::size_t i = 0; i < linked.actions.size(); ++i) {
    if (linked.actions[i].kind != kind) continue;
    const auto action = static_cast<ActionIndex>(i);
    // Both are asked, whatever the first one may do: an error of either counts before a deny.
    bool allowed = true;
    Rejection unanswered;
    for (std::size_t who = 0; who < requests.size() && unanswered.code == ErrorCode::none; ++who) {
      Asking& one = *asking[who];
      const ElementArena::Mark mark = one.room.elements.mark();
      unanswered = resolve_action(requests[who], action, one.room, one.evaluation);
      allowed = allowed && unanswered.code == ErrorCode::none && is_allowed(one.evaluation);
      one.room.elements.back_to(mark);
    }
    if (unanswered.code != ErrorCode::none)
      list.unanswered.push_back({action, unanswered.code, unanswered.detail});
    if (allowed) list.actions.push_back(action);
  }
  return list;
} catch (const std::bad_alloc&) {
  return no_memory();
}

}  // namespace policyc::vm
