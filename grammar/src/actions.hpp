#pragma once

// What happens when a rule has matched. An action sees its own match and the
// State, never another rule.

#include <string>
#include <utility>

#include "grammar.hpp"
#include "state.hpp"

namespace policyc::text {

// Most rules leave nothing behind.
template <typename Rule>
struct Build : tao::pegtl::nothing<Rule> {};

// POLICYC_ON(rule) { … } sees `match` and `state`.
#define POLICYC_ON(...)                                \
  template <>                                          \
  struct Build<grammar::__VA_ARGS__> {                 \
    template <typename Input>                          \
    static void apply(const Input& in, State& state) { \
      run({in.begin(), in.end()}, state);              \
    }                                                  \
    static void run(Match match, State& state);        \
  };                                                   \
  inline void Build<grammar::__VA_ARGS__>::run([[maybe_unused]] Match match, State& state)

}  // namespace policyc::text
