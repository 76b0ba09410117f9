#pragma once

// Entities that a text describes but that could not be read. That one of them is
// missing must not be complained about: it is a consequence. Of all others it must.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "names.hpp"

namespace policyc::snapshot {

class Losses {
 public:
  explicit Losses(const Names& names) : names_(&names) {}

  // One, of which kind and id are known; or, with a kind that isn't known, the id.
  void entity(KindIndex kind, std::string_view id);
  // Any of a kind.
  void kind(KindIndex kind) { kinds_ |= std::uint64_t{1} << kind; }
  // Any at all.
  void all() { kinds_ = ~std::uint64_t{0}; }
  // A list whose name says nothing: of a kind, it may be, that has no list of its own.
  void unnamed_list() { unnamed_list_ = true; }

  // There is a list or a line of this kind.
  void seen(KindIndex kind) { seen_ |= std::uint64_t{1} << kind; }

  // Whether this one, "kind:id", may be among those lost.
  [[nodiscard]] bool may_have(std::string_view entity) const;
  [[nodiscard]] bool may_have(KindIndex kind) const;

 private:
  const Names* names_;
  std::uint64_t kinds_ = 0;
  std::uint64_t seen_ = 0;
  bool unnamed_list_ = false;
  std::set<std::string, std::less<>> entities_;  // "kind:id", or ":id"
};

}  // namespace policyc::snapshot
