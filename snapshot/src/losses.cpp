#include "losses.hpp"

namespace policyc::snapshot {

void Losses::entity(KindIndex kind, std::string_view id) {
  // More than are ever shown need not be told apart.
  constexpr std::size_t kMost = 10'000;
  if (entities_.size() == kMost) return all();
  const std::string name = kind == kNoIndex ? std::string() : names_->name_of(kind);
  entities_.insert(name + ":" + std::string(id));
}

bool Losses::may_have(KindIndex kind) const {
  const std::uint64_t bit = std::uint64_t{1} << kind;
  return (kinds_ & bit) != 0 || (unnamed_list_ && (seen_ & bit) == 0);
}

bool Losses::may_have(std::string_view entity) const {
  const std::size_t colon = entity.find(':');
  if (colon == std::string_view::npos) return false;  // system is always there
  const KindIndex kind = names_->find_kind(entity.substr(0, colon));
  return (kind != kNoIndex && may_have(kind)) || entities_.contains(entity) ||
         entities_.contains(entity.substr(colon));
}

}  // namespace policyc::snapshot
