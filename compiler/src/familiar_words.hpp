#pragma once

// What people write in conditions who come from other languages, and how it is said
// here. For findings about names that nobody has declared.

#include <string>
#include <string_view>

#include "policyc/schema.hpp"

namespace policyc::compiler {

// For a word where a name, a role or a kind should stand: `null`, `exists`. Empty: not known.
[[nodiscard]] std::string familiar_name(std::string_view word);

// `null` and the like.
[[nodiscard]] bool is_nothing(std::string_view word);

// For an attribute that an entity of this name lacks: `subject.role`, `task.parent`, `tags.size`.
[[nodiscard]] std::string familiar_attribute(std::string_view of, std::string_view word);

// For a string where a value of the type should stand: "free" for a member of an enum, "2026-03-01" for a
// time.
[[nodiscard]] std::string familiar_string(const Type& wanted, std::string_view text, const Schema& schema);

// For a word where `true` or `false` should stand: `yes`, `no`.
[[nodiscard]] std::string familiar_truth(std::string_view word);

// For the word by which a rule of the effect names its principals: `everyone`.
[[nodiscard]] std::string familiar_who(std::string_view word, bool is_allow, const Schema& schema);

}  // namespace policyc::compiler
