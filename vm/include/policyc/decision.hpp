#pragma once

// What comes back from a request: whether, why, and from which generation.
//
//   const policyc::Decision d = evaluator.decide(request);
//   if (d.allowed()) …                                        // false for every error
//   else if (d.why == policyc::Why::error) count(policyc::name_of(d.error));
//
// Plain values: copy and keep them, in any thread.

#include <cstdint>
#include <limits>
#include <type_traits>

#include "policyc/result.hpp"

namespace policyc {

enum class Effect : std::uint8_t { deny = 0, allow = 1 };

// error: the request was rejected; then effect is deny, always.
enum class Why : std::uint8_t { default_deny = 0, rule = 1, error = 2 };

// Which compiled form answered: the action's jump code, or the table of what the subject's roles settle
// whatever that would find out.
enum class Form : std::uint8_t { none = 0, jump_code = 1, roles = 2 };

inline constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

// A decision, small and trivially copyable. All bytes zero mean deny.
struct [[nodiscard]] Decision {
  Effect effect = Effect::deny;
  Why why = Why::default_deny;
  ErrorCode error = ErrorCode::none;
  Form form = Form::none;
  bool obliged = false;          // a deciding rule has obligations: Evaluator::obligations names them
  std::uint32_t detail = 0;      // for an error: index of the parameter, field or attribute that it is about
  std::uint64_t generation = 0;  // of the loaded pair; 0 outside an engine
  // Before this instant, microseconds since the epoch, time alone can't change the decision: the least after
  // the request's time at which a test of the time turns or a grant begins or ends to count. kForever: there
  // is none. 0 of a request that was rejected.
  std::int64_t valid_until = 0;

  // True only for an allow that a rule gave and nothing spoiled.
  [[nodiscard]] constexpr bool allowed() const noexcept {
    return effect == Effect::allow && why == Why::rule && error == ErrorCode::none;
  }
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return allowed(); }
};

static_assert(sizeof(Decision) <= 64 && std::is_trivially_copyable_v<Decision>);

}  // namespace policyc
