#include "familiar_words.hpp"

#include <algorithm>
#include <initializer_list>

#include "analysis.hpp"

namespace policyc::compiler {
namespace {

[[nodiscard]] bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// 2026-03-01, and what may follow.
[[nodiscard]] bool begins_with_date(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00";
  if (text.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !is_digit : text[i] != kShape[i]) return false;
  }
  return true;
}

[[nodiscard]] bool is_number(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  return !digits.empty() &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
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

std::string familiar_string(const Type& wanted, std::string_view text, const Schema& schema) {
  constexpr std::size_t kDate = 10;     // characters
  constexpr std::size_t kLongest = 40;  // of what a message repeats
  const std::string word(text);
  if (wanted.kind == TypeKind::entity) return "an entity is written without quotes: user:ann";
  if (wanted.kind == TypeKind::enumeration) {
    const EnumInfo& info = schema.enums[wanted.argument];
    if (std::find(info.members.begin(), info.members.end(), word) != info.members.end())
      return "a member of the enum is written without quotes: " + word;
    return suggestion_for(word, info.members);
  }
  if (text.size() > kLongest) return {};
  if (wanted.kind == TypeKind::time && begins_with_date(text))
    return "write time(\"" + word + (text.size() == kDate ? "T00:00:00Z" : "") + "\")";
  if (wanted.kind == TypeKind::integer && is_number(text)) return "write it without quotes: " + word;
  if (wanted.kind == TypeKind::boolean) return familiar_truth(text);
  if (wanted.kind == TypeKind::role) return "a role is written without quotes";
  return {};
}

std::string familiar_truth(std::string_view word) {
  if (is_one_of(word, {"no", "off", "False", "FALSE", "No", "false"})) return "write false";
  if (is_one_of(word, {"yes", "on", "True", "TRUE", "Yes", "true"})) return "write true";
  return {};
}

std::string familiar_who(std::string_view word, bool is_allow, const Schema& schema) {
  if (!is_one_of(word, {"everyone", "everybody", "anybody", "public", "world", "users", "authenticated"}))
    return {};
  if (!is_allow) return "everybody is `anyone`";
  for (const KindInfo& kind : schema.kinds)
    if (kind.category == KindCategory::subject)
      return "everybody of a kind is named by the kind: allow " + kind.name + " to …";
  return {};
}

}  // namespace policyc::compiler
