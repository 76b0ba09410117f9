// What a test's outcome makes sure, and what literals, types and kinds alone decide.

#include <algorithm>
#include <iterator>
#include <limits>

#include "expression_checker.hpp"

namespace policyc::compiler {
namespace {

// Facts that hold whichever of two tests made them sure.
Known common(const Known& a, const Known& b) {
  Known both;
  std::set_intersection(a.set.begin(), a.set.end(), b.set.begin(), b.set.end(),
                        std::inserter(both.set, both.set.begin()));
  for (const auto& [key, kinds] : a.kinds)
    if (const auto found = b.kinds.find(key); found != b.kinds.end()) both.kinds[key] = kinds | found->second;
  return both;
}

[[nodiscard]] bool is_constant(const Term& term) { return term.kind == TermKind::constant; }

[[nodiscard]] bool is_empty_set(const Term& term) {
  return is_constant(term) && term.type.kind == TypeKind::set && term.constant.elements.empty();
}

// The number that literals alone make; sums end at the ends, as they do in a decision.
[[nodiscard]] std::optional<std::int64_t> constant_number(const Term& term) {
  if (is_constant(term)) return term.constant.number;
  if (term.kind != TermKind::add && term.kind != TermKind::subtract) return std::nullopt;
  const std::optional<std::int64_t> left = constant_number(term.operands[0]);
  const std::optional<std::int64_t> right = constant_number(term.operands[1]);
  if (!left || !right) return std::nullopt;
  const bool minus = term.kind == TermKind::subtract;
  std::int64_t sum = 0;
  const bool overflows =
      minus ? __builtin_sub_overflow(*left, *right, &sum) : __builtin_add_overflow(*left, *right, &sum);
  if (!overflows) return sum;
  return (*right < 0) == minus ? std::numeric_limits<std::int64_t>::max()
                               : std::numeric_limits<std::int64_t>::min();
}

[[nodiscard]] bool same_value(const DefaultValue& a, const DefaultValue& b, TypeKind kind) {
  // Two spellings of one address are equal; that is left to the evaluator.
  return kind != TypeKind::ip && a.number == b.number && a.text == b.text;
}

}  // namespace

std::string key_of(const Term& term) {
  switch (term.kind) {
    case TermKind::subject: return "subject";
    case TermKind::resource: return "resource";
    case TermKind::parameter: return "action." + std::to_string(term.index);
    case TermKind::context: return "context." + std::to_string(term.index);
    case TermKind::variable: return "variable." + std::to_string(term.index);
    case TermKind::ancestor:
    case TermKind::parent:
    case TermKind::attribute: {
      const std::string of = key_of(term.operands.front());
      if (of.empty()) return {};
      const char* step = term.kind == TermKind::attribute ? ".#"
                         : term.kind == TermKind::parent  ? "^parent"
                                                          : "^";
      return of + step + (term.kind == TermKind::parent ? "" : std::to_string(term.index));
    }
    case TermKind::otherwise: {
      const std::string first = key_of(term.operands[0]);
      const std::string second = key_of(term.operands[1]);
      return first.empty() || second.empty() ? std::string() : "(" + first + " else " + second + ")";
    }
    default: return {};
  }
}

void add_known(Known& to, const Known& more) {
  to.set.insert(more.set.begin(), more.set.end());
  for (const auto& [key, kinds] : more.kinds) {
    const auto [entry, fresh] = to.kinds.try_emplace(key, kinds);
    if (fresh) continue;
    // Tests that contradict each other reach nothing: what follows is read by the one that is nearest.
    const std::uint64_t both = entry->second & kinds;
    entry->second = both != 0 ? both : kinds;
  }
}

Known known_from(const Term& test, bool outcome) {
  Known known;
  switch (test.kind) {
    case TermKind::is_set:
      if (const std::string key = key_of(test.operands[0]); outcome && !key.empty()) known.set.insert(key);
      break;
    case TermKind::is_kind: {
      const Term& entity = test.operands[0];
      const std::string key = key_of(entity);
      if (key.empty()) break;
      known.kinds[key] = outcome ? test.kinds : entity.kinds & ~test.kinds;
      break;
    }
    case TermKind::logical_not: return known_from(test.operands[0], !outcome);
    case TermKind::logical_and:
    case TermKind::logical_or: {
      // All operands of an `and` that holds hold; of one that does not, some operand does not.
      const bool every = (test.kind == TermKind::logical_and) == outcome;
      for (std::size_t i = 0; i < test.operands.size(); ++i) {
        const Known one = known_from(test.operands[i], outcome);
        if (every)
          add_known(known, one);
        else
          known = i == 0 ? one : common(known, one);
      }
      break;
    }
    default: break;
  }
  return known;
}

std::optional<bool> constant_truth(const Term& term) {
  const auto both_constant = [&] { return is_constant(term.operands[0]) && is_constant(term.operands[1]); };
  const auto numbers = [&] {
    return std::pair(constant_number(term.operands[0]), constant_number(term.operands[1]));
  };
  switch (term.kind) {
    case TermKind::constant: return term.constant.number != 0;
    case TermKind::logical_not: {
      const std::optional<bool> inner = constant_truth(term.operands[0]);
      return inner ? std::optional(!*inner) : std::nullopt;
    }
    case TermKind::logical_and:
    case TermKind::logical_or: {
      const bool decisive = term.kind == TermKind::logical_or;
      bool all_known = true;
      for (const Term& operand : term.operands) {
        const std::optional<bool> truth = constant_truth(operand);
        if (truth == decisive) return decisive;
        all_known = all_known && truth.has_value();
      }
      return all_known ? std::optional(!decisive) : std::nullopt;
    }
    case TermKind::in_scope: {
      // What is asked about is itself, and `system` is above whatever it is.
      if (term.operands[0].kind != TermKind::resource) return std::nullopt;
      const Term& around = term.operands[1];
      const bool is_system = around.kinds == std::uint64_t{1} << kSystemKind;
      return around.kind == TermKind::resource || is_system ? std::optional(true) : std::nullopt;
    }
    case TermKind::is_kind: {
      const std::uint64_t kinds = term.operands[0].kinds;
      if ((kinds & term.kinds) == 0) return false;
      return (kinds & ~term.kinds) == 0 ? std::optional(true) : std::nullopt;
    }
    case TermKind::equal: {
      const TypeKind kind = term.operands[0].type.kind;
      if (kind == TypeKind::boolean) {
        const std::optional<bool> left = constant_truth(term.operands[0]);
        const std::optional<bool> right = constant_truth(term.operands[1]);
        return left && right ? std::optional(left == right) : std::nullopt;
      }
      if (both_constant() && kind != TypeKind::ip)
        return same_value(term.operands[0].constant, term.operands[1].constant, kind);
      const auto [left, right] = numbers();
      return left && right && !both_constant() ? std::optional(left == right) : std::nullopt;
    }
    case TermKind::less: {
      const auto [left, right] = numbers();
      return left && right ? std::optional(*left < *right) : std::nullopt;
    }
    case TermKind::less_equal: {
      const auto [left, right] = numbers();
      return left && right ? std::optional(*left <= *right) : std::nullopt;
    }
    case TermKind::in: {
      const Term& set = term.operands[1];
      if (!is_constant(set)) return std::nullopt;
      if (set.constant.elements.empty()) return false;
      if (!is_constant(term.operands[0]) || set.type.element == TypeKind::ip) return std::nullopt;
      return std::any_of(set.constant.elements.begin(), set.constant.elements.end(),
                         [&](const DefaultValue& one) {
                           return same_value(one, term.operands[0].constant, set.type.element);
                         });
    }
    case TermKind::in_members: return is_empty_set(term.operands[1]) ? std::optional(false) : std::nullopt;
    case TermKind::contains_all: return is_empty_set(term.operands[1]) ? std::optional(true) : std::nullopt;
    case TermKind::contains_any: return is_empty_set(term.operands[1]) ? std::optional(false) : std::nullopt;
    case TermKind::any:
    case TermKind::at_least: {
      // A set may be empty, so what every element does still says little about some.
      const std::optional<bool> body = constant_truth(term.operands[1]);
      return body && !*body ? body : std::nullopt;
    }
    case TermKind::all: {
      const std::optional<bool> body = constant_truth(term.operands[1]);
      return body && *body ? body : std::nullopt;
    }
    case TermKind::starts_with:
      if (!both_constant()) return std::nullopt;
      return term.operands[0].constant.text.starts_with(term.operands[1].constant.text);
    case TermKind::ends_with:
      if (!both_constant()) return std::nullopt;
      return term.operands[0].constant.text.ends_with(term.operands[1].constant.text);
    default: return std::nullopt;
  }
}

}  // namespace policyc::compiler
