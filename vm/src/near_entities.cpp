// For errors about entities that are not there: one that is, with nearly this name.
// Only errors pay for it, and not without bound.

#include <algorithm>
#include <array>
#include <string>

#include "snapshot_facts.hpp"

namespace policyc::vm {
namespace {

// Longer ids are not typed by hand.
constexpr std::size_t kLongest = 48;
// So many pairs of names are compared at most in one build.
constexpr std::size_t kMostCompared = 2'000'000;

// How many letters are wrong, missing or too many, neighbours that are swapped
// counting once; at least `bound` + 1 where it is more than the bound.
std::size_t distance(std::string_view a, std::string_view b, std::size_t bound) noexcept {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > bound) return bound + 1;
  std::array<std::array<std::size_t, kLongest + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const auto& above = rows[(i - 1) % 3];
    const auto& before = rows[(i + 1) % 3];
    auto& row = rows[i % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

class Search {
 public:
  explicit Search(const Facts& facts) : facts_(facts) {}

  // The nearest of this kind; one whose id is all of "kind:id"; or, for a principal, one of another kind with
  // just this id.
  [[nodiscard]] std::string near(KindIndex kind, std::string_view id) {
    if (id.empty() || id.size() > kLongest) return {};
    const auto is_subject = [&](KindIndex of) { return is_principal(facts_.schema->kinds[of].category); };
    // A third of the letters may be wrong; in a word of two or three letters, one.
    std::size_t bound = std::max<std::size_t>(1, id.size() / 3);
    const EntityFact* best = nullptr;
    const std::string whole = facts_.name_of(kind, id);
    for (const EntityFact& entity : facts_.entities) {
      if (entity.kind == kSystemKind || entity.id.size() > kLongest) continue;
      if (entity.kind != kind) {
        if (entity.id == id && is_subject(kind) && is_subject(entity.kind)) return facts_.name_of(entity);
        continue;
      }
      if (compared_++ > kMostCompared) return {};
      if (entity.id == whole) return facts_.name_of(entity);  // its id repeats the kind
      const std::size_t d = distance(id, entity.id, bound);
      // Another number is another entity; what shares no letter with a short word is none that was meant.
      if (d > bound || d >= std::max(id.size(), entity.id.size()) || differs_in_digits(id, entity.id))
        continue;
      if (best != nullptr && d == bound && entity.id > best->id) continue;
      best = &entity;
      bound = d;
    }
    return best == nullptr ? std::string() : facts_.name_of(*best);
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

  const Facts& facts_;
  std::size_t compared_ = 0;
};

}  // namespace

void find_near_entities(Facts& facts) {
  Search search(facts);
  for (BuildError& error : facts.problems.list()) {
    if (error.problem != BuildProblem::unknown_entity && error.problem != BuildProblem::unknown_parent)
      continue;
    const std::size_t colon = error.object.find(':');
    if (colon == std::string::npos) continue;
    const KindIndex kind = facts.schema->find_kind(std::string_view(error.object).substr(0, colon));
    if (kind != kNoIndex) error.near = search.near(kind, std::string_view(error.object).substr(colon + 1));
  }
}

}  // namespace policyc::vm
