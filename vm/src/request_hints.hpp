#pragma once

// What the sender of a refused request may have meant: the ends of the sentences about errors. Each begins
// with its own mark and blank, or is empty. None looks through the snapshot's entities: whoever can ask can
// make errors, and they cost little.

#include <string>
#include <string_view>

#include "link.hpp"
#include "policyc/request.hpp"

namespace policyc::vm {

// Of an action that is not declared for a resource of this kind.
[[nodiscard]] std::string hint_of_action(const Linked& linked, std::string_view action, KindIndex kind);

// Of a kind that is not declared, or of no subject where one is needed.
[[nodiscard]] std::string hint_of_kind(const Linked& linked, std::string_view kind, bool subject);

// Of an entity without a kind.
[[nodiscard]] std::string hint_of_name(const Linked& linked, std::string_view name);

// Of a value that is not of its type.
// Names of roles that the snapshot defines are looked up from `place` on; kNoNode: nowhere.
[[nodiscard]] std::string hint_of_value(const Linked& linked, const Value& value, const Type& type,
                                        NodeId place);

}  // namespace policyc::vm
