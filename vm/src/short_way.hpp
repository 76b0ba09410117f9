#pragma once

// The short way to a decision: most questions name a subject, an action and a resource that the snapshot and
// the policy know, and most of those are settled by roles. What is wrong with a question is found by the long
// way, by which every question can go.

#include <optional>

#include "link.hpp"
#include "policyc/request.hpp"

namespace policyc::vm {

// The subject's roles at the resource, once they have been looked up.
struct KnownRoles {
  RoleWord word{};
  bool are_known = false;
};

// A query that roles settle reads two lines of the snapshot and one of the program.
[[nodiscard]] inline Settled settle(const Linked& linked, const Query& query, KnownRoles& roles) noexcept {
  const SnapshotView& view = linked.view;
  const NodeId subject = query.subject.node;
  const NodeId resource = query.resource.node;
  if (query.subject.epoch != linked.epoch || query.resource.epoch != linked.epoch ||
      subject >= view.node_count() || subject < view.resources || resource >= view.node_count() ||
      query.action >= linked.role_outcomes.size())
    return Settled::no;
  const RoleOutcomes& outcomes = linked.role_outcomes[query.action];
  if (!outcomes.settles() || outcomes.needs_values || view.kind_of(resource) != outcomes.kind)
    return Settled::no;
  if (!view.add_plain_roles(subject, resource, roles.word)) view.add_roles(subject, resource, roles.word);
  roles.are_known = true;
  return outcomes.of(roles.word[0]);
}

// The same question by handles, if the request says nothing else and all three are known.
[[nodiscard]] std::optional<Query> query_of(const Linked& linked, const Request& request) noexcept;

// Asks the memory for what `settle` will read; handles of another snapshot are let alone.
inline void fetch(const Linked& linked, const Query& query) noexcept {
#if defined(__GNUC__)
  const SnapshotView& view = linked.view;
  if (query.subject.node >= view.resources && query.subject.node < view.node_count())
    __builtin_prefetch(&view.lines[query.subject.node - view.resources]);
  if (query.resource.node < view.resources) __builtin_prefetch(&view.records[query.resource.node]);
#else
  static_cast<void>(linked), static_cast<void>(query);
#endif
}

}  // namespace policyc::vm
