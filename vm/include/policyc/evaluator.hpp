#pragma once

// Decides requests: one verified Program over one verified Snapshot.
//
//   auto evaluator = policyc::Evaluator::create(program, snapshot);     // shared pointers, kept
//   if (!evaluator) return evaluator.error();
//   if (evaluator->decide({.subject = "user:ann", .action = "task.label", .resource = "task:t1"}).allowed())
//   …
//
// For a pair that never changes while the host runs; engine.hpp exchanges pairs
// under those who ask. Requests are views: their texts live until the call returns.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "policyc/decision.hpp"
#include "policyc/lists.hpp"
#include "policyc/program.hpp"
#include "policyc/request.hpp"
#include "policyc/result.hpp"
#include "policyc/snapshot.hpp"

namespace policyc {

// What a request said that does not count: reported, never obeyed.
struct RequestDiagnostic {
  enum class Kind : std::uint8_t {
    undeclared_parameter,
    undeclared_context,
    undeclared_attribute,
    not_from_request
  };
  Kind kind;
  std::string name;
};

// Thread safety: const member functions may be called from any number of
// threads at once, without locks.
class Evaluator {
 public:
  // Links the program's constants to the snapshot.
  // Errors: schema_mismatch, out_of_memory.
  [[nodiscard]] static Result<Evaluator> create(std::shared_ptr<const Program> program,
                                                std::shared_ptr<const Snapshot> snapshot);

  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;
  ~Evaluator();

  // Decides one request. One on behalf of another principal is allowed if both are;
  // an error of the subject's comes first. Never fails, throws, blocks, allocates or reads a
  // clock; an error is a deny that says why. Whether it is allowed takes at most as many
  // steps as the action's cost formula says. Where rules test the time or the snapshot has grants for a time,
  // a second run over all rules finds valid_until; where rules oblige, another finds out whether they do
  // here.
  [[nodiscard]] Decision decide(const Request& request) const noexcept;

  // The same by handles, for actions without parameters and required context
  // (else missing_parameter, missing_context).
  [[nodiscard]] Decision decide(const Query& query,
                                std::optional<std::int64_t> now = std::nullopt) const noexcept;

  // By handles, with parameters and context.
  [[nodiscard]] Decision decide(const Query& query, const Circumstances& circumstances) const noexcept;

  // Decides each query under the circumstances that it names: decisions[i] answers queries[i]. One that
  // is refused doesn't keep the others from their answers; `malformed` if it names no circumstances,
  // limit_exceeded behind kMaxBatch. Writes as many as both spans have room for, and returns how many that
  // are.
  std::size_t decide_batch(std::span<const BatchQuery> queries, std::span<const Circumstances> circumstances,
                           std::span<Decision> decisions) const noexcept;

  // "kind:id" or "system" → handle. Errors: unknown_kind, unknown_entity, malformed, out_of_memory.
  [[nodiscard]] Result<Handle> resolve(std::string_view entity) const;

  // The same for many: handles[i] is entities[i], or the null handle, which every decision refuses. Writes
  // as many as both spans have room for, and returns how many of them were found.
  std::size_t resolve_batch(std::span<const std::string_view> entities,
                            std::span<Handle> handles) const noexcept;

  // All deciding rules of the decision on `request`, in source order: every
  // matching rule of its effect; none for a default deny or an error. Allocates: std::bad_alloc.
  [[nodiscard]] std::vector<RuleIndex> reasons(const Request& request) const;

  // Lists: exactly those for which decide() allows the same question, in pages. They begin with what the
  // snapshot says of the facts that the action's allows need, and decide what these lead to, so a subject
  // that holds little is answered soon, however much there is. The first lists make the indexes that they
  // need, once for this evaluator: linear in the snapshot. Without memory: out_of_memory. `on_behalf_of`
  // counts: a list has what both may do.
  //
  // Entities of the kind that `request.resource` names ("project") on which the subject may do the action.
  // Errors: those of the decisions that are the same for all, such as unknown_action, missing_parameter,
  // now_missing; stale_handle for a cursor of another snapshot.
  [[nodiscard]] Result<EntityList> list_resources(const Request& request, const Page& page = {}) const;
  // Subjects that the snapshot knows, of the kind that `request.subject` names ("user"), or of any kind if it
  // is empty, who may do the action on the resource; and the kinds of which everyone may.
  [[nodiscard]] Result<EntityList> list_subjects(const Request& request, const Page& page = {}) const;
  // What the subject may do on the resource; `request.action` is empty.
  [[nodiscard]] Result<ActionList> list_actions(const Request& request) const;

  // "kind:id", or "system". Empty for a handle of another snapshot.
  [[nodiscard]] std::string name_of(Handle entity) const;

  // What the deciding rules of the decision on `request` oblige to, each once, in
  // the order of the rules; none for a default deny or an error. Allocates: std::bad_alloc.
  [[nodiscard]] std::vector<ObligationIndex> obligations(const Request& request) const;

  // What the request said that was ignored. Allocates: std::bad_alloc.
  [[nodiscard]] std::vector<RequestDiagnostic> diagnostics(const Request& request) const;

  // A sentence about an error decision: which parameter, field or entity. Allocates: std::bad_alloc.
  [[nodiscard]] std::string explain_error(const Request& request, const Decision& decision) const;

  // The pair that it decides by, which it keeps alive.
  [[nodiscard]] const Program& program() const noexcept;
  [[nodiscard]] const Snapshot& snapshot() const noexcept;

 private:
  struct Linked;
  explicit Evaluator(std::unique_ptr<const Linked> linked) noexcept;
  std::unique_ptr<const Linked> linked_;
};

}  // namespace policyc
