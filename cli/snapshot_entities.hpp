#pragma once

// Whom and what a snapshot knows, by name: for asking about all of them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "policyc/schema.hpp"
#include "policyc/snapshot.hpp"

namespace policyc::cli {

// By KindIndex: "user:ann" and so on, in the snapshot's order; "system" of the built-in kind. Cost: linear in
// the snapshot.
[[nodiscard]] std::vector<std::vector<std::string>> entities_by_kind(const Snapshot& snapshot,
                                                                     const Schema& schema);

// The instants that it names, ascending, each once: values of times, and when grants begin and end to count.
// At most so many. Cost: linear in the snapshot.
[[nodiscard]] std::vector<std::int64_t> instants_of(const Snapshot& snapshot, const Schema& schema,
                                                    std::size_t most);

}  // namespace policyc::cli
