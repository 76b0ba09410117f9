#pragma once

// What must hold in a schema beyond its bytes being well-formed. Everything that
// runs later (the verifier, the interpreter, the snapshot's loader) relies on it
// and checks none of it again.

#include <optional>
#include <string>

#include "policyc/schema.hpp"

namespace policyc::vm {

// Bits in the role word of an entity, and the words that hold them.
inline constexpr std::size_t kRoleWordBits = 256;
inline constexpr std::size_t kRawBits = 64;

// The first rule that the schema breaks, as a sentence, or nothing.
[[nodiscard]] std::optional<std::string> check_schema(const Schema& schema);

// The same of its constraints (schema_check_constraints.cpp), when all else is right.
[[nodiscard]] std::optional<std::string> check_constraints(const Schema& schema);

// A type of this schema: its argument names something, a set has scalar elements.
[[nodiscard]] bool is_valid_type(const Type& type, const Schema& schema) noexcept;
// A value of the type in its only spelling: fields that don't count are empty.
[[nodiscard]] bool is_valid_value(const DefaultValue& value, const Type& type, const Schema& schema) noexcept;

// Raw bits that roles of the kind use.
[[nodiscard]] std::uint64_t raw_bits_of(const Schema& schema, KindIndex kind) noexcept;

}  // namespace policyc::vm
