#pragma once

// A schema and its types and values as bytes: one spelling each, so that the
// same schema always has the same digest.

#include <optional>
#include <string>

#include "byte_io.hpp"
#include "policyc/program.hpp"
#include "policyc/schema.hpp"

namespace policyc::vm {

void write_type(ByteWriter& out, const Type& type);
[[nodiscard]] Type read_type(ByteReader& in);

void write_value(ByteWriter& out, const DefaultValue& value);
[[nodiscard]] DefaultValue read_value(ByteReader& in);

void write_optional(ByteWriter& out, const std::optional<DefaultValue>& value);
[[nodiscard]] std::optional<DefaultValue> read_optional(ByteReader& in);

void write_schema(ByteWriter& out, const Schema& schema);
[[nodiscard]] Schema read_schema(ByteReader& in);

// Whether a role is assignable counts for requests only, so it stands beside the
// schema's bytes and outside its digest: a policy may change it without a new
// snapshot.
void write_assignable(ByteWriter& out, const Schema& schema);
void read_assignable(ByteReader& in, Schema& schema);

}  // namespace policyc::vm
