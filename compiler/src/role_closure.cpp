// Closes roles over `includes` and `from`.
//
// "x holds r at e" as raw bits: the flow bit of r, of each role that includes r,
// and of each role that r comes from, wherever it stands at or above e. A rolled-up
// bit counts for less: at e itself, and only if r is reached from it among the roles
// of e's own kind. What passes to a lower kind by inclusion does not pass on what is
// rolled up. A source `from workspace.guest` of a lower role does: it asks at the
// nearest workspace, as anyone asking there would, and is then held below.

#include "role_closure.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace policyc::compiler {
namespace {

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

// How a role was reached, which decides whether its rolled-up bit counts.
enum class Reach : std::uint8_t {
  own,    // among the roles of r's kind: it counts where r's kind is the entity's
  asked,  // by a source that asks at the nearest entity of its kind: it counts
  flow,   // by inclusion in a role of a lower kind: it does not
};

struct Step {
  RoleIndex role = 0;
  std::uint64_t guard = 0;
  Reach reach = Reach::own;

  friend auto operator<=>(const Step&, const Step&) = default;
};

}  // namespace

RoleClosures::RoleClosures(const Model& model) : model_(model), included_by_(model.schema.roles.size()) {
  for (std::size_t role = 0; role < model.roles.size(); ++role)
    for (const RoleIndex included : model.roles[role].includes)
      included_by_[included].push_back(static_cast<RoleIndex>(role));

  // The largest solution of: what every parent is or always has above it.
  const auto& kinds = model.schema.kinds;
  always_above_.assign(kinds.size(), 0);
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (!kinds[i].parents.empty()) always_above_[i] = ~std::uint64_t{0};
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if (kinds[i].parents.empty()) continue;
      std::uint64_t common = ~std::uint64_t{0};
      for (const KindIndex parent : kinds[i].parents) common &= bit(parent) | always_above_[parent];
      changed = changed || common != always_above_[i];
      always_above_[i] = common;
    }
  }
}

bool RoleClosures::has_always(KindIndex kind, KindIndex ancestor) const noexcept {
  return ancestor == kSystemKind || (always_above_[kind] & bit(ancestor)) != 0;
}

bool RoleClosures::can_be_below(KindIndex kind, KindIndex other) const noexcept {
  return other == kSystemKind || other == kind || (model_.schema.kinds[kind].ancestors & bit(other)) != 0;
}

const RoleClosure& RoleClosures::of(RoleIndex role, KindIndex kind, bool itself) {
  const std::uint64_t key = (std::uint64_t{role} << 32) | (std::uint64_t{kind} << 1) | (itself ? 1U : 0U);
  const auto found = known_.find(key);
  return found != known_.end() ? found->second : known_.emplace(key, close(role, kind, itself)).first->second;
}

RoleClosure RoleClosures::close(RoleIndex role, KindIndex kind, bool itself) const {
  const Schema& schema = model_.schema;
  const std::vector<std::uint16_t>& offsets = schema.kinds[kind].word_offsets;
  const bool same_kind = schema.roles[role].kind == kind;
  const std::uint64_t given = always_above_[kind] | bit(kind) | bit(kSystemKind);

  RoleClosure closure;
  std::map<std::uint64_t, vm::RoleMask> bits;
  std::set<std::tuple<RoleIndex, std::uint64_t, bool>> derived;
  std::set<Step> seen;
  std::vector<Step> open;
  const auto reach = [&](const Step& step) {
    if (seen.insert(step).second) open.push_back(step);
  };
  reach({role, 0, Reach::own});
  while (!open.empty()) {
    const Step step = open.back();
    open.pop_back();
    const RoleInfo& info = schema.roles[step.role];
    const RoleModel& more = model_.roles[step.role];
    const bool here = itself && step.reach == Reach::own;
    const bool rolled_up = step.reach == Reach::asked || (step.reach == Reach::own && same_kind);
    if (offsets[info.kind] != kNoIndex) {
      vm::RoleMask& mask = here ? closure.bits_itself : bits[step.guard];
      if (info.flow_bit != kNoBit) set_bit(mask, std::size_t{offsets[info.kind]} + info.flow_bit);
      if (info.up_bit != kNoBit && rolled_up) set_bit(mask, std::size_t{offsets[info.kind]} + info.up_bit);
    }
    if (more.condition || !more.through.empty()) derived.insert({step.role, step.guard, here});

    for (const RoleIndex includer : included_by_[step.role]) {
      const bool within_kind = schema.roles[includer].kind == info.kind;
      if (!within_kind && here) continue;  // held above, so not at the entity itself
      reach({includer, step.guard, within_kind ? step.reach : Reach::flow});
    }
    for (const RoleIndex source : more.role_sources) {
      const KindIndex source_kind = schema.roles[source].kind;
      if (source_kind == info.kind) {
        // A source names whoever holds that role there, also from above; so the role
        // that comes from it is held at the entity itself.
        // There must be an entity of the kind for that, where roles above include the source.
        const std::uint64_t guard = (step.guard | bit(info.kind)) & ~given;
        reach({source, guard, here ? Reach::asked : step.reach});
      } else {
        // Asked at an entity of the role's kind, of its ancestor of the source's
        // kind: both must be there.
        const std::uint64_t guard = (step.guard | bit(info.kind) | bit(source_kind)) & ~given;
        reach({source, guard, Reach::asked});
      }
    }
  }

  // What counts without a guard need not be asked again with one.
  const vm::RoleMask unguarded = bits.contains(0) ? bits[0] : vm::RoleMask{};
  for (auto& [guard, mask] : bits) {
    if (guard != 0)
      for (std::size_t i = 0; i < mask.size(); ++i) mask[i] &= ~unguarded[i];
    if (!is_empty(mask)) closure.bits.push_back({guard, mask});
  }
  for (const auto& [source, guard, here] : derived) closure.derived.push_back({guard, source, here});
  return closure;
}

}  // namespace policyc::compiler
