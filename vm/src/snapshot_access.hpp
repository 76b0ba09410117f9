#pragma once

// From a Snapshot to what is in it, for the parts of the vm that decide on it.

#include "snapshot_view.hpp"

namespace policyc::vm {

class SnapshotAccess {
 public:
  [[nodiscard]] static const SnapshotView& view(const Snapshot& snapshot) noexcept { return *snapshot.view_; }
};

}  // namespace policyc::vm
