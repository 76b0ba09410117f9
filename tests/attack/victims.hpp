#pragma once

// What is attacked: programs and snapshots that are sound, before a byte of them is changed.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policyc/program.hpp"
#include "policyc/snapshot.hpp"
#include "policyc/snapshot/read.hpp"

namespace policyc::attack {

using Bytes = std::vector<std::byte>;

struct Victim {
  std::string name;
  Bytes program_image;
  std::shared_ptr<const Program> program;
  std::string facts;  // the snapshot's text; empty: the snapshot has nothing but system
  snapshot::Format format = snapshot::Format::json_lines;
  Bytes snapshot_image;
  std::shared_ptr<const Snapshot> snapshot;
};

// The case of a seed of tests/differential; nothing if its policy contradicts itself, or is larger than
// `most` bytes as an image.
[[nodiscard]] std::optional<Victim> random_victim(std::uint64_t seed, std::size_t most);

// The policies of the repository, each with the first snapshot beside it.
[[nodiscard]] std::vector<Victim> published_victims();

// Facts about a schema that may have been changed: those given as text if they can still be read, else
// nothing but system. Null if not even that is a snapshot.
[[nodiscard]] std::shared_ptr<const Snapshot> facts_for(const Program& program, const Victim& victim);

}  // namespace policyc::attack
