// For errors about entities that are not there: one that is, with nearly this name.
// Only errors pay for it, and not without bound.

#include <algorithm>
#include <string>

#include "near_entity.hpp"
#include "near_names.hpp"
#include "snapshot_access.hpp"
#include "snapshot_facts.hpp"

namespace policyc::vm {
namespace {

// So many pairs of names are compared at most in one build.
constexpr std::size_t kMostCompared = 2'000'000;

// An entity, as far as names go.
struct Named {
  KindIndex kind = kNoIndex;
  std::string_view id;
};

// The nearest of this kind; one whose id is all of "kind:id"; or, for a principal, one of another kind with
// just this id.
class Search {
 public:
  Search(const Schema& schema, KindIndex kind, std::string_view id, std::size_t& compared)
      : schema_(schema), kind_(kind), id_(id), whole_(schema.kinds[kind].name), compared_(compared) {
    whole_.append(":").append(id);
    // A third of the letters may be wrong; in a word of two or three letters, one.
    bound_ = std::max<std::size_t>(1, id.size() / 3);
    over_ = id.empty() || id.size() > kLongestName;
  }

  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] Named best() const { return best_; }

  void look_at(const Named& entity) {
    if (entity.kind == kSystemKind || entity.id.size() > kLongestName) return;
    if (entity.kind != kind_) {
      if (entity.id == id_ && is_subject(kind_) && is_subject(entity.kind)) settle(entity);
      return;
    }
    if (compared_++ > kMostCompared) return settle({});
    if (entity.id == whole_) return settle(entity);  // its id repeats the kind
    const std::size_t d = name_distance(id_, entity.id, bound_);
    // Another number is another entity; what shares no letter with a short word is none that was meant.
    if (d > bound_ || d >= std::max(id_.size(), entity.id.size()) || differs_in_digits(id_, entity.id))
      return;
    if (best_.kind != kNoIndex && d == bound_ && entity.id > best_.id) return;
    best_ = entity;
    bound_ = d;
  }

 private:
  // "t1" and "t9": which of the others would have been meant can't be guessed.
  static bool differs_in_digits(std::string_view a, std::string_view b) {
    const auto letters = [](std::string_view text) {
      std::string kept;
      for (const char c : text)
        if (c < '0' || c > '9') kept += c;
      return kept;
    };
    const auto has_digit = [](std::string_view text) {
      return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    return has_digit(a) && has_digit(b) && letters(a) == letters(b);
  }

  [[nodiscard]] bool is_subject(KindIndex of) const { return is_principal(schema_.kinds[of].category); }

  void settle(const Named& entity) {
    best_ = entity;
    over_ = true;
  }

  const Schema& schema_;
  KindIndex kind_;
  std::string_view id_;
  std::string whole_;
  std::size_t bound_ = 0;
  Named best_;
  bool over_ = false;
  std::size_t& compared_;
};

}  // namespace

void find_near_entities(Facts& facts) {
  std::size_t compared = 0;
  for (BuildError& error : facts.problems.list()) {
    if (error.problem != BuildProblem::unknown_entity && error.problem != BuildProblem::unknown_parent)
      continue;
    const std::size_t colon = error.object.find(':');
    if (colon == std::string::npos) continue;
    const KindIndex kind = facts.schema->find_kind(std::string_view(error.object).substr(0, colon));
    if (kind == kNoIndex) continue;
    Search search(*facts.schema, kind, std::string_view(error.object).substr(colon + 1), compared);
    for (const EntityFact& entity : facts.entities) {
      if (search.is_over()) break;
      search.look_at({entity.kind, entity.id});
    }
    const Named best = search.best();
    if (best.kind != kNoIndex) error.near = facts.name_of(best.kind, best.id);
  }
}

std::string near_entity(const Snapshot& snapshot, const Schema& schema, KindIndex kind, std::string_view id,
                        std::size_t& compared) {
  const SnapshotView& view = SnapshotAccess::view(snapshot);
  Search search(schema, kind, id, compared);
  for (NodeId node = 0; node < view.node_count() && !search.is_over(); ++node)
    search.look_at({view.kind_of(node), view.id_of(node)});
  const Named best = search.best();
  if (best.kind == kNoIndex) return {};
  return schema.kinds[best.kind].name + ":" + std::string(best.id);
}

}  // namespace policyc::vm
