#pragma once

// Who is in a userset for a time, because a grant that gives its role has a window; or
// is so granted a role that the snapshot defines. No list of memberships says so: what
// such a line holds is written down, for that time, as held by whoever is in it, and
// needs no other look-up.

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "snapshot_facts.hpp"

namespace policyc::vm {

class TimedMemberships {
 public:
  using Line = std::uint32_t;
  struct Step {
    Line to = 0;
    Window window;

    friend auto operator<=>(const Step&, const Step&) = default;
  };

  TimedMemberships(SnapshotParts& parts, Problems& problems) : parts_(parts), problems_(problems) {}

  void step(Line from, Line to, const Window& window) { steps_[from].push_back({to, window}); }
  [[nodiscard]] bool has_steps() const noexcept { return !steps_.empty(); }
  [[nodiscard]] std::span<const Step> steps_of(Line line) const {
    const auto found = steps_.find(line);
    return found == steps_.end() ? std::span<const Step>() : std::span<const Step>(found->second);
  }

  // Finds where the line's steps lead, and theirs: called when that is known of all
  // that the line leads to. `reached` are the ways that count always.
  void close(Line line, const std::vector<std::vector<Line>>& reached);

  // Is whoever has the line, or is in one of `in`, in the userset for some time?
  [[nodiscard]] bool leads(Line line, const std::vector<Line>& in, Line userset) const;

  // Adds to parts.windowed what is held through usersets for a time, and fills in parts.definition_windows.
  void hold_for_a_time();

 private:
  // What a line may be in for a time, over all its ways: beyond it a snapshot is refused.
  static constexpr std::size_t kMaxWays = 65'536;

  SnapshotParts& parts_;
  Problems& problems_;
  std::map<Line, std::vector<Step>> steps_;   // as grants give them
  std::map<Line, std::vector<Step>> closed_;  // with what they lead to, sorted, each once
};

}  // namespace policyc::vm
