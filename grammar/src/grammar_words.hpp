#pragma once

// The words, marks and literals of the policy language, as PEGTL rules.
//
// The rules run on a prepared text: comments are blanks and line ends are LF.
// Each token takes the blanks behind it along.

#include <tao/pegtl.hpp>

#include "recovery.hpp"

namespace policyc::text::grammar {

namespace p = tao::pegtl;

// Matches nothing, if a declaration begins here as the first thing on its line:
// a list or an expression that goes on here would swallow it.
struct next_declaration {
  using rule_t = next_declaration;
  using subs_t = p::empty_list;
  template <p::apply_mode, p::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input, typename State>
  static bool match(Input& in, State& state) {
    const std::size_t at = state.offset(in.current());
    return is_first_on_line(state.text, at) && begins_declaration(state.text, at);
  }
};

// Matches nothing, if a parenthesis opens here that holds a list.
struct list_in_parentheses {
  using rule_t = list_in_parentheses;
  using subs_t = p::empty_list;
  template <p::apply_mode, p::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input, typename State>
  static bool match(Input& in, State& state) {
    return holds_list(state.text, state.offset(in.current()));
  }
};

// clang-format off

struct ws            : p::star< p::one< ' ', '\t', '\n' > > {};
struct word          : p::identifier {};
struct word_end      : p::not_at< p::identifier_other > {};
struct before_colon  : p::seq< ws, p::one< ':' > > {};

template< char... C > struct mark : p::seq< p::string< C... >, ws > {};

// A keyword, unless a ':' makes it a name.
template< typename Text > struct kw : p::seq< Text, p::not_at< before_colon >, ws > {};
#define POLICYC_KEYWORD( text ) kw< TAO_PEGTL_KEYWORD( text ) >

struct reserved      : p::sor< TAO_PEGTL_KEYWORD( "and" ),    TAO_PEGTL_KEYWORD( "or" ),     TAO_PEGTL_KEYWORD( "not" ),
                               TAO_PEGTL_KEYWORD( "true" ),   TAO_PEGTL_KEYWORD( "false" ),  TAO_PEGTL_KEYWORD( "any" ),
                               TAO_PEGTL_KEYWORD( "all" ),    TAO_PEGTL_KEYWORD( "anyone" ), TAO_PEGTL_KEYWORD( "is" ),
                               TAO_PEGTL_KEYWORD( "in" ),     TAO_PEGTL_KEYWORD( "on" ),     TAO_PEGTL_KEYWORD( "may" ),
                               TAO_PEGTL_KEYWORD( "contains" ), TAO_PEGTL_KEYWORD( "else" ), TAO_PEGTL_KEYWORD( "allow" ),
                               TAO_PEGTL_KEYWORD( "forbid" ), TAO_PEGTL_KEYWORD( "always" ), TAO_PEGTL_KEYWORD( "never" ),
                               TAO_PEGTL_KEYWORD( "to" ),     TAO_PEGTL_KEYWORD( "from" ),   TAO_PEGTL_KEYWORD( "if" ),
                               TAO_PEGTL_KEYWORD( "when" ),   TAO_PEGTL_KEYWORD( "unless" ), TAO_PEGTL_KEYWORD( "obliging" ) > {};

// A word that is not reserved; and any word, where the place makes it a name.
struct plain_name    : p::seq< p::not_at< next_declaration >, p::not_at< reserved >, word > {};
struct any_name      : p::seq< p::not_at< next_declaration >, word > {};

// ---------------------------------------------------------------------- marks
struct open_brace    : mark< '{' > {};
struct close_brace   : mark< '}' > {};
struct open_paren    : mark< '(' > {};
struct close_paren   : mark< ')' > {};
struct close_angle   : mark< '>' > {};
struct colon         : mark< ':' > {};
struct closing       : p::one< '}', ')' > {};
struct comma         : p::seq< p::one< ',' >, ws, p::not_at< closing > > {};
struct trailing_comma: p::seq< p::one< ',' >, ws, p::at< closing > > {};      // a mistake, read over
struct end_of_list   : p::opt< trailing_comma > {};
struct semicolon     : mark< ';' > {};                                        // likewise
struct wrong_equals  : p::sor< mark< ':', '=' >, mark< '=', '=' > > {};       // likewise
struct equals        : p::sor< p::seq< p::one< '=' >, p::not_at< p::one< '=' > >, ws >, wrong_equals > {};

// A list without brackets: at least one.
template< typename Rule > struct many : p::seq< p::must< Rule >, p::star< comma, p::must< Rule > > > {};

// ------------------------------------------------------------- names and paths
struct dot           : p::seq< ws, p::one< '.' >, p::star< p::one< ' ', '\t' > > > {};
struct line_goes_on  : p::sor< p::not_at< p::one< '\n' > >, p::seq< ws, p::not_at< next_declaration > > > {};
struct path_head     : plain_name {};
struct path_word     : word {};
struct path_tail     : p::seq< line_goes_on, path_word > {};
struct path          : p::seq< path_head, p::star< dot, p::must< path_tail > >, ws > {};

// ------------------------------------------------------------------- literals
struct string_body   : p::star< p::sor< p::seq< p::one< '\\' >, p::opt< p::not_one< '\n' > > >, p::not_one< '"', '\\', '\n' > > > {};
struct unterminated  : p::success {};                                         // a mistake, read over
struct single_quoted : p::seq< p::one< '\'' >, p::star< p::not_one< '\'', '\n' > >, p::one< '\'' > > {};  // likewise
struct string_token  : p::sor< p::seq< p::one< '"' >, string_body, p::sor< p::one< '"' >, unterminated > >, single_quoted > {};
struct quoted        : p::seq< string_token, ws > {};

struct number_token  : p::seq< p::opt< p::one< '-' > >, p::digit,
                               p::star< p::sor< p::identifier_other, p::seq< p::one< '.' >, p::at< p::digit > > > > > {};
// A date or a time without quotes: a mistake, read over.
struct time_of_day   : p::seq< p::one< 'T' >, p::star< p::sor< p::alnum, p::one< ':', '.', '+' >, p::seq< p::one< '-' >, p::at< p::digit > > > > > {};
struct bare_time     : p::seq< p::rep< 4, p::digit >, p::one< '-' >, p::rep< 2, p::digit >, p::one< '-' >, p::rep< 2, p::digit >,
                               p::opt< time_of_day >, word_end > {};
struct count         : p::seq< p::plus< p::digit >, word_end > {};

// One token without blanks.
struct entity_kind   : p::seq< p::not_at< reserved >, word > {};
struct entity_id     : p::plus< p::sor< p::alnum, p::one< '_', '-' > > > {};
struct entity_quoted : string_token {};
struct entity_any    : p::one< '*' > {};                                      // everyone of a kind: not supported
struct entity_role   : p::seq< p::one< '#' >, word > {};                      // a userset: not supported
struct entity_ahead  : p::seq< word, p::one< ':' >, p::sor< p::alnum, p::one< '_', '-', '"', '*' > > > {};
struct entity        : p::seq< p::at< entity_ahead >, entity_kind, p::one< ':' >, p::sor< entity_id, entity_quoted, entity_any >,
                               p::opt< entity_role >, ws > {};

struct time_text     : string_token {};
struct ip_text       : string_token {};
struct time_call     : p::seq< TAO_PEGTL_KEYWORD( "time" ), ws, open_paren, p::must< time_text >, ws, p::must< close_paren > > {};
struct ip_call       : p::seq< TAO_PEGTL_KEYWORD( "ip" ), ws, open_paren, p::must< ip_text >, ws, p::must< close_paren > > {};

// clang-format on

}  // namespace policyc::text::grammar
