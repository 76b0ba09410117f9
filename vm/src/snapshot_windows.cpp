#include "snapshot_windows.hpp"

#include <algorithm>
#include <string>

namespace policyc::vm {
namespace {

// When both count. Empty: `from` is not before `until`.
Window overlap(const Window& a, const Window& b) noexcept {
  return {std::max(a.from, b.from), std::min(a.until, b.until)};
}

}  // namespace

void unite(std::vector<Windowed>& windowed) {
  std::sort(windowed.begin(), windowed.end());
  std::size_t kept = 0;
  for (const Windowed& one : windowed) {
    if (kept > 0) {
      Windowed& last = windowed[kept - 1];
      if (last.line == one.line && last.entity == one.entity && last.window == one.window) {
        last.bits |= one.bits;
        continue;
      }
    }
    windowed[kept++] = one;
  }
  windowed.resize(kept);
}

std::span<const Windowed> windows_of(std::span<const Windowed> sorted, std::uint32_t line) {
  const auto begin = std::lower_bound(sorted.begin(), sorted.end(), line,
                                      [](const Windowed& a, std::uint32_t b) { return a.line < b; });
  const auto end = std::upper_bound(begin, sorted.end(), line,
                                    [](std::uint32_t a, const Windowed& b) { return a < b.line; });
  return {begin, end};
}

// From a step that counts for a time, all further ones count for that time at most.
// What the line is in always has lines of its own, which say so themselves.
void TimedMemberships::close(Line line, const std::vector<std::vector<Line>>& reached) {
  const auto found = steps_.find(line);
  if (found == steps_.end()) return;
  std::vector<Step> all;
  const auto add_all_of = [&](Line of, const Window& within) {
    const auto more = closed_.find(of);
    if (more == closed_.end()) return;
    for (const Step& step : more->second) {
      const Window window = overlap(step.window, within);
      if (window.from < window.until) all.push_back({step.to, window});
    }
  };
  for (const Step& step : found->second) {
    all.push_back(step);
    add_all_of(step.to, step.window);
    for (const Line further : reached[step.to]) {
      all.push_back({further, step.window});
      add_all_of(further, step.window);
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  if (all.size() > kMaxWays) {
    problems_.add(BuildProblem::too_many, 0, "times at which somebody is in usersets",
                  "more than " + std::to_string(kMaxWays) + " for one principal");
    all.clear();
  }
  closed_.emplace(line, std::move(all));
}

bool TimedMemberships::leads(Line line, const std::vector<Line>& in, Line userset) const {
  const auto leads_from = [&](Line from) {
    const auto found = closed_.find(from);
    return found != closed_.end() && std::any_of(found->second.begin(), found->second.end(),
                                                 [&](const Step& step) { return step.to == userset; });
  };
  return leads_from(line) || std::any_of(in.begin(), in.end(), leads_from);
}

void TimedMemberships::hold_for_a_time() {
  if (closed_.empty()) return;
  const std::vector<Windowed> own = parts_.windowed;  // sorted by line
  const auto first_defined = parts_.lines - static_cast<Line>(parts_.definitions.size());
  for (const auto& [line, steps] : closed_) {
    for (const Step& step : steps) {
      if (step.to >= first_defined)
        parts_.definition_windows.push_back({line, step.to - first_defined, step.window});
      for (const HeldRows* rows : {&parts_.granted, &parts_.derived})
        for (const Held& held : rows->of(step.to))
          parts_.windowed.push_back({line, held.entity, step.window, held.bits});
      for (const Windowed& held : windows_of(own, step.to)) {
        const Window window = overlap(held.window, step.window);
        if (window.from < window.until) parts_.windowed.push_back({line, held.entity, window, held.bits});
      }
    }
  }
  unite(parts_.windowed);
}

}  // namespace policyc::vm
