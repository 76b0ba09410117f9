#pragma once

// Expressions, loosest first:
//   or · and (never mixed) · not · comparison · else · + - · operand
//
// Every choice is made by the first words, so that nothing is read twice, and
// chains of one operator are loops. Only what stands between brackets recurses,
// and the actions bound how deep.

#include "complaints.hpp"
#include "grammar_words.hpp"

namespace policyc::text::grammar {

// clang-format off

struct expression;
struct choice;
struct literal;

// -------------------------------------------------------------------- operands
struct string_value  : quoted {};
// `7 days`: a mistake, read over.
struct wrong_unit    : p::seq< p::plus< p::one< ' ', '\t' > >, p::sor< POLICYC_KEYWORD( "seconds" ), POLICYC_KEYWORD( "second" ), POLICYC_KEYWORD( "secs" ),
                               POLICYC_KEYWORD( "sec" ), POLICYC_KEYWORD( "minutes" ), POLICYC_KEYWORD( "minute" ), POLICYC_KEYWORD( "mins" ),
                               POLICYC_KEYWORD( "min" ), POLICYC_KEYWORD( "hours" ), POLICYC_KEYWORD( "hour" ), POLICYC_KEYWORD( "days" ),
                               POLICYC_KEYWORD( "day" ), POLICYC_KEYWORD( "weeks" ), POLICYC_KEYWORD( "week" ) > > {};
struct number_value  : p::seq< number_token, p::sor< wrong_unit, ws > > {};
struct true_value    : POLICYC_KEYWORD( "true" ) {};
struct false_value   : POLICYC_KEYWORD( "false" ) {};
struct time_value    : time_call {};
struct ip_value      : ip_call {};
struct bare_time_value : p::seq< bare_time, ws > {};                          // a mistake, read over
struct entity_value  : entity {};
struct path_value    : path {};

struct group_open    : open_paren {};
struct group         : p::if_must< group_open, expression, close_paren > {};

struct set_open      : open_brace {};
struct set_items     : p::sor< p::at< p::one< '}' > >, p::seq< many< choice >, end_of_list > > {};
struct set_value     : p::seq< set_open, set_items, p::must< close_brace > > {};
struct literal_items : p::sor< p::at< p::one< '}' > >, p::seq< many< literal >, end_of_list > > {};
struct literal_set   : p::seq< set_open, literal_items, p::must< close_brace > > {};

struct size_call     : p::seq< TAO_PEGTL_KEYWORD( "size" ), ws, open_paren, p::must< choice >, p::must< close_paren > > {};

// any m in S: (…) · all m in S: (…) · at least N m in S: (…)
struct variable      : plain_name {};
struct kw_in         : POLICYC_KEYWORD( "in" ) {};
struct domain        : p::seq< choice > {};
struct body_colon    : colon {};
struct body_open     : open_paren {};
struct quantified    : p::seq< p::must< variable >, ws, p::must< kw_in >, p::must< domain >, p::must< body_colon >,
                               p::must< body_open >, p::must< expression >, p::must< close_paren > > {};
struct kw_any        : POLICYC_KEYWORD( "any" ) {};
struct kw_all        : POLICYC_KEYWORD( "all" ) {};
struct any_value     : p::seq< kw_any, quantified > {};
struct all_value     : p::seq< kw_all, quantified > {};
struct kw_at_least   : p::seq< TAO_PEGTL_KEYWORD( "at" ), ws, POLICYC_KEYWORD( "least" ) > {};
struct least_count   : count {};
struct at_least_value: p::seq< kw_at_least, p::must< least_count >, ws, quantified > {};

struct operand       : p::sor< string_value, bare_time_value, number_value, group, set_value, true_value, false_value, any_value, all_value,
                               at_least_value, size_call, time_value, ip_value, entity_value, path_value > {};
struct literal       : p::sor< string_value, bare_time_value, number_value, literal_set, true_value, false_value, time_value, ip_value,
                               entity_value, path_value > {};

// ------------------------------------------------------------------ + - and else
struct plus_tail     : p::if_must< mark< '+' >, operand > {};
struct minus_tail    : p::if_must< mark< '-' >, operand > {};
struct sum           : p::seq< operand, p::star< p::sor< plus_tail, minus_tail > > > {};
struct kw_else       : POLICYC_KEYWORD( "else" ) {};
struct else_begin    : p::at< kw_else > {};
struct else_tail     : p::seq< else_begin, p::plus< p::if_must< kw_else, sum > > > {};
struct choice        : p::seq< sum, p::opt< else_tail > > {};

// ------------------------------------------------------------------- comparisons
struct op_eq         : p::seq< p::string< '=', '=' >, p::not_at< p::one< '=' > >, ws > {};
struct op_ne         : p::seq< p::string< '!', '=' >, p::not_at< p::one< '=' > >, ws > {};
struct op_le         : mark< '<', '=' > {};
struct op_ge         : mark< '>', '=' > {};
struct op_lt         : p::seq< p::one< '<' >, p::not_at< p::one< '>' > >, ws > {};
struct op_gt         : mark< '>' > {};
// What other languages write; read as what is meant, after a complaint.
struct wrong_eq      : p::sor< mark< '=', '=', '=' >, p::seq< p::one< '=' >, p::not_at< p::one< '<', '>' > >, ws > > {};
struct wrong_ne      : p::sor< mark< '!', '=', '=' >, mark< '<', '>' > > {};
struct wrong_le      : mark< '=', '<' > {};
struct wrong_ge      : mark< '=', '>' > {};
struct compare_op    : p::sor< op_eq, op_ne, op_le, op_ge, op_lt, op_gt, wrong_eq, wrong_ne, wrong_le, wrong_ge > {};
struct compare_tail  : p::if_must< compare_op, choice > {};

struct kw_not_in     : p::seq< TAO_PEGTL_KEYWORD( "not" ), ws, kw_in > {};
// `in (a, b)`: a mistake, read as a set.
struct wrong_set_open : open_paren {};
struct wrong_set     : p::seq< list_in_parentheses, wrong_set_open, many< choice >, end_of_list, p::must< close_paren > > {};
struct in_what       : p::sor< wrong_set, choice > {};
struct in_tail       : p::if_must< kw_in, in_what > {};
struct not_in_tail   : p::if_must< kw_not_in, in_what > {};

struct kw_contains   : POLICYC_KEYWORD( "contains" ) {};
struct contains_all  : p::if_must< p::seq< kw_contains, kw_all >, choice > {};
struct contains_any  : p::if_must< p::seq< kw_contains, kw_any >, choice > {};
struct contains_tail : p::if_must< kw_contains, choice > {};

struct kw_with       : POLICYC_KEYWORD( "with" ) {};
struct kw_starts     : p::seq< TAO_PEGTL_KEYWORD( "starts" ), ws, kw_with > {};
struct kw_ends       : p::seq< TAO_PEGTL_KEYWORD( "ends" ), ws, kw_with > {};
struct kw_matches    : POLICYC_KEYWORD( "matches" ) {};
struct wrong_like    : POLICYC_KEYWORD( "like" ) {};                           // a mistake, read over
struct starts_tail   : p::if_must< kw_starts, choice > {};
struct ends_tail     : p::if_must< kw_ends, choice > {};
struct matches_tail  : p::if_must< kw_matches, choice > {};
struct like_tail     : p::if_must< wrong_like, choice > {};

struct kw_on         : POLICYC_KEYWORD( "on" ) {};
struct place         : p::sor< group, entity_value, path_value > {};
struct wrong_is      : p::seq< TAO_PEGTL_KEYWORD( "has" ), ws, POLICYC_KEYWORD( "role" ) > {};  // a mistake, read as `is`
struct kw_is         : p::sor< POLICYC_KEYWORD( "is" ), wrong_is > {};
struct is_not        : POLICYC_KEYWORD( "not" ) {};
struct is_set        : p::seq< TAO_PEGTL_KEYWORD( "set" ), p::not_at< p::one< '.' > >, ws > {};
struct is_target     : p::sor< set_value, path_value > {};
struct is_itself     : POLICYC_KEYWORD( "itself" ) {};
struct itself_alone  : POLICYC_KEYWORD( "itself" ) {};                        // a mistake, read over
struct is_on         : p::seq< kw_on, p::must< place >, p::opt< is_itself > > {};
struct is_role       : p::seq< p::must< is_target >, p::opt< p::sor< is_on, itself_alone > > > {};
struct is_tail       : p::seq< kw_is, p::opt< is_not >, p::sor< is_set, is_role > > {};

struct kw_may        : POLICYC_KEYWORD( "may" ) {};
struct may_action    : path {};
struct may_on        : kw_on {};
struct may_tail      : p::if_must< kw_may, may_action, may_on, place > {};

struct comparison_start : p::sor< compare_op, kw_is, kw_in, kw_not_in, kw_contains, kw_starts, kw_ends, kw_matches, wrong_like, kw_may > {};
struct no_chain      : p::not_at< comparison_start > {};
struct tail          : p::sor< compare_tail, is_tail, in_tail, not_in_tail, contains_all, contains_any, contains_tail,
                               starts_tail, ends_tail, matches_tail, like_tail, may_tail > {};
struct comparison    : p::seq< choice, p::opt< tail, p::must< no_chain > > > {};

// --------------------------------------------------------------- not, and, or
struct kw_not        : POLICYC_KEYWORD( "not" ) {};
struct wrong_not     : p::seq< p::one< '!' >, p::not_at< p::one< '=' > >, ws > {};
struct negation      : p::sor< kw_not, wrong_not > {};
struct negations     : p::plus< negation > {};
struct negated_term  : p::if_must< negations, comparison > {};
struct term          : p::sor< negated_term, comparison > {};

struct wrong_and     : p::sor< mark< '&', '&' >, mark< '&' > > {};
struct wrong_or      : p::sor< mark< '|', '|' >, mark< '|' > > {};
struct kw_and        : p::sor< POLICYC_KEYWORD( "and" ), wrong_and > {};
struct kw_or         : p::sor< POLICYC_KEYWORD( "or" ), wrong_or > {};
struct logic_op      : p::sor< kw_and, kw_or > {};
struct logic_begin   : p::at< logic_op > {};
struct logic_tail    : p::seq< logic_begin, p::plus< p::if_must< logic_op, term > > > {};
struct expression    : p::seq< p::must< term >, p::opt< logic_tail > > {};

struct end_of_text   : p::eof {};
struct whole_expression : p::try_catch_type< Abandoned, ws, expression, p::must< end_of_text > > {};

// clang-format on

}  // namespace policyc::text::grammar
