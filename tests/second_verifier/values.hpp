#pragma once

// Which texts, types and literals are well formed.

#include <string>

#include "tables.hpp"

namespace policyc::second {

[[nodiscard]] bool is_text(const std::string& text);       // UTF-8, may be empty
[[nodiscard]] bool is_name(const std::string& text);       // UTF-8, not empty
[[nodiscard]] bool is_entity_id(const std::string& text);  // what may follow "kind:"
[[nodiscard]] bool is_address(const std::string& text);    // an IP address or a block

[[nodiscard]] bool is_type(const Type& type, const Tables& tables);
[[nodiscard]] bool is_value(const Literal& value, const Type& type, const Tables& tables);

// A name each, no two the same, of types that are, with values that fit. Throws Refused.
void judge_fields(const std::vector<Field>& fields, const Tables& tables);

}  // namespace policyc::second
