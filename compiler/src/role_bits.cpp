// How roles are stored: raw bits of a kind, roll-ups as masks of the child's bits,
// and the place of each kind's bits in the role words of the kinds below it.

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "declarer.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

constexpr std::size_t kBitsOfKind = 64;
constexpr std::size_t kBitsOfWord = 256;

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

class RoleBits {
 public:
  RoleBits(Model& model, text::Diagnostics& diagnostics)
      : model_(model), schema_(model.schema), diagnostics_(diagnostics) {}

  void assign() {
    for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind) assign_bits(schema_.kinds[kind]);
    fill_masks();
    for (std::size_t role = 0; role < schema_.roles.size(); ++role)
      fill_userset(static_cast<RoleIndex>(role));
    order_roll_ups();
    for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind) lay_out(kind);
  }

 private:
  // A role has a bit for what flows below it if it can be granted, as itself or under an open role, or an
  // attribute names its holders, and one for what is rolled up. What it is held by otherwise is
  // in masks and code.
  void assign_bits(KindInfo& kind) {
    std::size_t next = 0;
    for (const RoleIndex index : kind.roles) {
      RoleInfo& role = schema_.roles[index];
      const bool flows = role.grantable || role.is_open || role.is_hidden || !role.attribute_sources.empty();
      const bool rolls_up = !role.roll_up_attributes.empty() || !role.roll_up_roles.empty();
      for (const auto& [wanted, place] :
           {std::pair{flows, &role.flow_bit}, std::pair{rolls_up, &role.up_bit}}) {
        if (!wanted) continue;
        if (next == kBitsOfKind) {
          diagnostics_.add(
              DiagCode::too_many_roles, model_.roles[index].span,
              {"'" + kind.name + "'", std::to_string(kBitsOfKind),
               role.is_hidden ? "name fewer actions in the ceiling: each of them takes one, as a role does"
                              : "declare roles that nobody is granted as `not granted`, or use fewer"});
          return;
        }
        *place = static_cast<std::uint8_t>(next++);
      }
      if (role.up_bit != kNoBit) kind.rolled_up_bits |= bit(role.up_bit);
    }
  }

  // What a roll-up counts at the child, inclusion closed. Until now a source's mask was its role.
  void fill_masks() {
    for (RoleInfo& role : schema_.roles)
      for (RollUpSource& source : role.roll_up_roles) {
        const auto counted = static_cast<RoleIndex>(source.mask);
        source.mask = 0;
        for (const RoleIndex held : roles_counted_at_child(model_, counted)) {
          const RoleInfo& info = schema_.roles[held];
          if (info.flow_bit != kNoBit) source.mask |= bit(info.flow_bit);
          if (info.up_bit != kNoBit) source.mask |= bit(info.up_bit);
        }
      }
    // A source that nobody can hold at the child gives nothing.
    for (RoleInfo& role : schema_.roles)
      std::erase_if(role.roll_up_roles, [](const RollUpSource& source) { return source.mask == 0; });
  }

  // Who counts as a userset of the role: those to whom it is granted, or whom an attribute
  // names, and those of roles that include it.
  void fill_userset(RoleIndex role) {
    std::vector<RoleIndex> open = {role};
    std::set<RoleIndex> seen = {role};
    while (!open.empty()) {
      const RoleIndex at = open.back();
      open.pop_back();
      if (const RoleInfo& info = schema_.roles[at]; info.flow_bit != kNoBit) {
        std::vector<KindBits>& all = schema_.roles[role].userset;
        auto known = std::find_if(all.begin(), all.end(),
                                  [&](const KindBits& bits) { return bits.kind == info.kind; });
        if (known == all.end()) known = all.insert(all.end(), KindBits{info.kind, 0});
        known->mask |= bit(info.flow_bit);
      }
      for (std::size_t other = 0; other < model_.roles.size(); ++other) {
        const std::vector<RoleIndex>& included = model_.roles[other].includes;
        if (std::find(included.begin(), included.end(), at) != included.end() &&
            seen.insert(static_cast<RoleIndex>(other)).second)
          open.push_back(static_cast<RoleIndex>(other));
      }
    }
  }

  // Children before those that they roll up to: kinds nest in one direction, and what
  // is above a kind is, without the kind itself, more than what is above its parents.
  void order_roll_ups() {
    std::vector<std::size_t> kinds(schema_.kinds.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = i;
    const auto depth = [&](std::size_t kind) {
      return std::popcount(schema_.kinds[kind].ancestors & ~bit(kind));
    };
    std::stable_sort(kinds.begin(), kinds.end(),
                     [&](std::size_t a, std::size_t b) { return depth(a) > depth(b); });
    // `system` is above all and has no bit of its own among the ancestors.
    std::stable_partition(kinds.begin(), kinds.end(), [](std::size_t kind) { return kind != kSystemKind; });
    for (const std::size_t kind : kinds)
      for (const RoleIndex role : schema_.kinds[kind].roles)
        if (schema_.roles[role].up_bit != kNoBit) schema_.roll_up_order.push_back(role);
  }

  [[nodiscard]] std::size_t width(std::size_t kind) const {
    std::uint64_t bits = 0;
    for (const RoleIndex index : schema_.kinds[kind].roles) {
      const RoleInfo& role = schema_.roles[index];
      for (const std::uint8_t raw : {role.flow_bit, role.up_bit})
        if (raw != kNoBit) bits |= bit(raw);
    }
    return static_cast<std::size_t>(std::bit_width(bits));
  }

  void lay_out(std::size_t kind) {
    KindInfo& info = schema_.kinds[kind];
    info.word_offsets.assign(schema_.kinds.size(), kNoIndex);
    const std::uint64_t seen = info.ancestors | bit(kind) | bit(kSystemKind);
    std::size_t offset = 0;
    for (std::size_t other = 0; other < schema_.kinds.size(); ++other) {
      const std::size_t bits = width(other);
      if ((seen & bit(other)) == 0 || bits == 0) continue;
      if (offset + bits > kBitsOfWord) {
        if (!std::exchange(word_is_full_, true))
          diagnostics_.add(
              DiagCode::too_many_roles, model_.roles[schema_.kinds[other].roles.front()].span,
              {"the path of '" + info.name + "'", std::to_string(kBitsOfWord),
               "declare roles that nobody is granted as `not granted`, or use fewer along the path"});
        return;
      }
      info.word_offsets[other] = static_cast<std::uint16_t>(offset);
      offset += bits;
    }
  }

  Model& model_;
  Schema& schema_;
  text::Diagnostics& diagnostics_;
  bool word_is_full_ = false;  // reported for one path, not for all below it
};

}  // namespace

void assign_role_bits(Model& model, text::Diagnostics& diagnostics) { RoleBits(model, diagnostics).assign(); }

}  // namespace policyc::compiler
