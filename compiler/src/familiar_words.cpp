#include "familiar_words.hpp"

#include <algorithm>
#include <initializer_list>

namespace policyc::compiler {
namespace {

[[nodiscard]] bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool is_nothing(std::string_view word) {
  return is_one_of(word, {"nil", "null", "none", "None", "NULL", "undefined", "empty"});
}

std::string familiar_name(std::string_view word) {
  if (is_nothing(word)) return "what may be unset is asked for with `is set` and `is not set`";
  if (is_one_of(word, {"exists", "some", "has", "includes", "contains_any"}))
    return "write `x in SET`, `SET contains x`, or `any m in SET: (…)`";
  if (is_one_of(word, {"count", "len", "length", "cardinality"})) return "write size(SET)";
  if (is_one_of(word, {"every", "forall", "for_all"})) return "write `all m in SET: (…)`";
  if (is_one_of(word, {"user", "principal", "actor", "me", "self", "caller", "requester"}))
    return "who asks is `subject`";
  if (is_one_of(word, {"object", "entity", "this", "target", "item"}))
    return "what is asked about is `resource`";
  if (is_one_of(word, {"request", "env", "environment", "input"}))
    return "what a request brings along is declared in `context { … }` and read as context.NAME";
  return {};
}

std::string familiar_attribute(std::string_view of, std::string_view word) {
  const std::string whom(of);
  if (is_one_of(word, {"role", "roles"})) return "write `" + whom + " is ROLE`";
  if (is_one_of(word, {"id", "uid", "name_id", "uuid"}))
    return "an entity is compared itself: `" + whom + " == KIND:ID`";
  if (is_one_of(word, {"kind", "type"})) return "write `" + whom + " is KIND`";
  if (is_one_of(word, {"size", "length", "count"})) return "write size(" + whom + ")";
  if (is_one_of(word, {"groups", "teams", "group", "team"})) return "write `" + whom + " in GROUP`";
  if (word == "parent") return "what it stands in is named by its scope, or, of the resource, by `parent`";
  return {};
}

}  // namespace policyc::compiler
