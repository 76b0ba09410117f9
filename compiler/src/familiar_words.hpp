#pragma once

// What people write in conditions who come from other languages, and how it is said
// here. For findings about names that nobody has declared.

#include <string>
#include <string_view>

namespace policyc::compiler {

// For a word where a name, a role or a kind should stand: `null`, `exists`. Empty: not known.
[[nodiscard]] std::string familiar_name(std::string_view word);

// `null` and the like.
[[nodiscard]] bool is_nothing(std::string_view word);

// For an attribute that an entity of this name lacks: `subject.role`, `task.parent`, `tags.size`.
[[nodiscard]] std::string familiar_attribute(std::string_view of, std::string_view word);

}  // namespace policyc::compiler
