#pragma once

// The rules by which reading goes on after a mistake. They only move to a place
// that recovery.hpp names.

#include <tao/pegtl.hpp>

#include "complaints.hpp"
#include "recovery.hpp"

namespace policyc::text::grammar {

// After a statement that could not be read: to the next one in the same body.
template <Body B>
struct resynchronise {
  using rule_t = resynchronise;
  using subs_t = tao::pegtl::empty_list;
  template <tao::pegtl::apply_mode, tao::pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename Input, typename State>
  static bool match(Input& in, State& state) {
    const std::size_t here = state.offset(in.current());
    in.bump(state.end_of_abandoned(here, B) - here);
    return true;
  }
};

// After a header that could not be read: to the '{' of its block.
template <Body B>
struct skip_to_brace {
  using rule_t = skip_to_brace;
  using subs_t = tao::pegtl::empty_list;
  template <tao::pegtl::apply_mode, tao::pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename Input, typename State>
  static bool match(Input& in, State& state) {
    const std::size_t here = state.offset(in.current());
    in.bump(state.end_of_abandoned_header(here, B) - here);
    return true;
  }
};

// Matches nothing, if a statement begins here that can't stand in the block.
template <Body B>
struct leaves_block {
  using rule_t = leaves_block;
  using subs_t = tao::pegtl::empty_list;
  template <tao::pegtl::apply_mode, tao::pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename Input, typename State>
  static bool match(Input& in, State& state) {
    return state.leaves_block(state.offset(in.current()), B);
  }
};

}  // namespace policyc::text::grammar
