#pragma once

// What a person is told when a must<> rule fails: one line a rule.
//
// PEGTL calls Control::raise for such a rule. Ours records the complaint and
// throws Abandoned, so that the grammar goes on at the next statement.

#include "grammar.hpp"
#include "state.hpp"

namespace policyc::text {

// No code means that there is no entry, and stops the build where one is needed.
template <typename Rule>
inline constexpr Expected expectation{};

// These begin with a must<> of their own, so that they never fail themselves.
template <typename Rule>
inline constexpr bool cannot_fail = false;

// clang-format off
#define POLICYC_EXPECT( rule, ... ) template<> inline constexpr Expected expectation< grammar::rule >{ __VA_ARGS__ };
#define POLICYC_NEVER( rule ) template<> inline constexpr bool cannot_fail< grammar::rule > = true;

// ------------------------------------------------------------------ statements
POLICYC_EXPECT( top_item,          DiagCode::expected_statement )
POLICYC_EXPECT( scope_item,        DiagCode::expected_member )
POLICYC_EXPECT( subject_item,      DiagCode::expected_member )
POLICYC_EXPECT( group_item,        DiagCode::expected_member )
POLICYC_EXPECT( context_item,      DiagCode::expected_member )
POLICYC_EXPECT( test_item,         DiagCode::expected_expectation )
POLICYC_EXPECT( table_item,        DiagCode::expected_table_item )
POLICYC_EXPECT( matrix_item,       DiagCode::expected_table_item )
POLICYC_EXPECT( section_item,      DiagCode::expected_table_item )
POLICYC_NEVER( subject_header )
POLICYC_NEVER( scope_header )
POLICYC_NEVER( group_header )
POLICYC_NEVER( test_header )
POLICYC_NEVER( table_header )
POLICYC_NEVER( matrix_header )
POLICYC_NEVER( section_header )
POLICYC_NEVER( expression )

// ----------------------------------------------------------------------- marks
POLICYC_EXPECT( open_ahead,        DiagCode::expected_mark, "'{'", "the members stand in braces: { … }" )
POLICYC_EXPECT( open_brace,        DiagCode::expected_mark, "'{'", "the members stand in braces: { … }" )
POLICYC_EXPECT( close_brace,       DiagCode::expected_mark, "',' or '}'", "go on with the list after a ',', or close it with '}'" )
POLICYC_EXPECT( target_close,      DiagCode::expected_mark, "',' or '}'", "go on with the list after a ',', or close it with '}'" )
POLICYC_EXPECT( list_close,        DiagCode::expected_mark, "',' or ')'", "go on with the list after a ',', or close it with ')'" )
POLICYC_EXPECT( close_paren,       DiagCode::expected_mark, "')'", "close the parenthesis; if it is closed further on, an operator may be missing here" )
POLICYC_EXPECT( close_angle,       DiagCode::expected_mark, "'>'", "write, for example, set<user>" )
POLICYC_EXPECT( colon,             DiagCode::expected_mark, "':'", "write the name, ':' and what it is: soft: bool in a declaration, soft: true in a test" )
POLICYC_EXPECT( equals,            DiagCode::expected_mark, "'='", "the definition follows after '='" )
POLICYC_EXPECT( path_tail,         DiagCode::expected_member_after_dot )
POLICYC_EXPECT( target_one,        DiagCode::expected_member_after_dot )

// ---------------------------------------------------------- annotations and types
POLICYC_EXPECT( annotation_name,   DiagCode::bad_annotation )
POLICYC_EXPECT( annotation_open,   DiagCode::bad_annotation )
POLICYC_EXPECT( annotation_text,   DiagCode::bad_annotation )
POLICYC_EXPECT( type,              DiagCode::expected_type )
POLICYC_EXPECT( type_name,         DiagCode::expected_type )
POLICYC_EXPECT( type_scope,        DiagCode::expected_name, "a scope's name" )
POLICYC_EXPECT( literal,           DiagCode::expected_literal )

// ---------------------------------------------------------------- declarations
POLICYC_EXPECT( policy_name,       DiagCode::expected_name, "the policy's name" )
POLICYC_EXPECT( version_text,      DiagCode::expected_string, "a version" )
POLICYC_EXPECT( edition,           DiagCode::expected_mark, "the number of a language edition", "write `language 1`" )
POLICYC_EXPECT( import_text,       DiagCode::expected_string, "the name of a file" )
POLICYC_EXPECT( kw_request,        DiagCode::expected_word, "request", "write `from request`: a request may supply the attribute" )
POLICYC_EXPECT( role_name,         DiagCode::expected_name, "a role's name" )
POLICYC_EXPECT( role_source,       DiagCode::expected_name, "the name of an attribute or a role" )
POLICYC_EXPECT( role_included,     DiagCode::expected_name, "a role's name" )
POLICYC_EXPECT( role_never,        DiagCode::bad_role_clause )
POLICYC_EXPECT( kw_can,            DiagCode::expected_word, "can", "write what such roles can at most: open role NAME [includes ROLE] can { SCOPE.ACTION, … }" )
POLICYC_EXPECT( ceiling_target,    DiagCode::expected_action )
POLICYC_EXPECT( parameter,         DiagCode::expected_name, "a parameter's name" )
POLICYC_EXPECT( action_item,       DiagCode::expected_name, "an action's name" )
POLICYC_EXPECT( wire_name,         DiagCode::expected_string, "the name that callers use" )
POLICYC_EXPECT( condition_name,    DiagCode::expected_name, "a condition's name" )
POLICYC_EXPECT( kw_on,             DiagCode::expected_word, "on", "write: condition NAME on SCOPE = EXPRESSION" )
POLICYC_EXPECT( condition_scope,   DiagCode::expected_name, "a scope's name" )
POLICYC_EXPECT( obligation_name,   DiagCode::expected_name, "an obligation's name" )
POLICYC_EXPECT( constraint_title,  DiagCode::expected_string, "the constraint's title" )
POLICYC_EXPECT( constraint_colon,  DiagCode::expected_mark, "':'", "write, for example: constraint \"owners\": exactly 1 user is owner on organization" )
POLICYC_EXPECT( constraint_bound,  DiagCode::expected_mark, "`at most`, `exactly` or `at least`", "write, for example: exactly 1 user is owner, or: at most 1 of payer, approver" )
POLICYC_EXPECT( constraint_count,  DiagCode::expected_mark, "a number", "write, for example: exactly 1 user is owner" )
POLICYC_EXPECT( constraint_kind,   DiagCode::expected_mark, "a kind of principal", "write, for example: at least 1 user is owner; `at most` alone counts roles: at most 1 of payer, approver" )
POLICYC_EXPECT( constraint_is,     DiagCode::expected_word, "is", "write, for example: exactly 1 user is owner, or: at most 1 of payer, approver" )
POLICYC_EXPECT( constraint_role,   DiagCode::expected_name, "a role's name" )
POLICYC_EXPECT( constraint_on,     DiagCode::expected_word, "on", "write at whose entities it is counted: on organization" )
POLICYC_EXPECT( constraint_scope,  DiagCode::expected_name, "a scope's name" )
POLICYC_EXPECT( enum_name,         DiagCode::expected_name, "an enum's name" )
POLICYC_EXPECT( enum_item,         DiagCode::expected_name, "a member's name" )
POLICYC_EXPECT( plural_text,       DiagCode::expected_string, "the plural" )
POLICYC_EXPECT( subject_name,      DiagCode::expected_name, "a subject kind's name" )
POLICYC_EXPECT( scope_name,        DiagCode::expected_name, "a scope's name" )
POLICYC_EXPECT( parent_item,       DiagCode::expected_name, "a scope's name" )
POLICYC_EXPECT( group_kind,        DiagCode::expected_name, "a group's name" )
POLICYC_EXPECT( group_parent_item, DiagCode::expected_name, "a scope's name" )
POLICYC_EXPECT( kw_of,             DiagCode::expected_word, "of", "write what its members are: group team in organization of user, team { … }" )
POLICYC_EXPECT( member_item,       DiagCode::expected_name, "the name of a subject kind or group" )
POLICYC_EXPECT( group_name,        DiagCode::expected_name, "a group's name" )
POLICYC_EXPECT( group_member,      DiagCode::expected_action )
POLICYC_EXPECT( letter,            DiagCode::expected_string, "a letter" )

// ----------------------------------------------------------------------- rules
POLICYC_EXPECT( who,               DiagCode::expected_who )
POLICYC_EXPECT( kw_to,             DiagCode::expected_to )
POLICYC_EXPECT( rule_target,       DiagCode::expected_action )
POLICYC_EXPECT( target_item,       DiagCode::expected_action )
POLICYC_EXPECT( duty,              DiagCode::expected_name, "an obligation's name" )
POLICYC_EXPECT( duty_value,        DiagCode::expected_literal )

// ----------------------------------------------------------------- expressions
POLICYC_EXPECT( term,              DiagCode::expected_expression )
POLICYC_EXPECT( comparison,        DiagCode::expected_expression )
POLICYC_EXPECT( choice,            DiagCode::expected_expression )
POLICYC_EXPECT( sum,               DiagCode::expected_expression )
POLICYC_EXPECT( operand,           DiagCode::expected_expression )
POLICYC_EXPECT( in_what,           DiagCode::expected_expression )
POLICYC_EXPECT( domain,            DiagCode::expected_expression )
POLICYC_EXPECT( no_chain,          DiagCode::chained_comparison )
POLICYC_EXPECT( is_target,         DiagCode::expected_is_target )
POLICYC_EXPECT( place,             DiagCode::expected_place )
POLICYC_EXPECT( may_action,        DiagCode::expected_action )
POLICYC_EXPECT( variable,          DiagCode::expected_name, "a variable's name" )
POLICYC_EXPECT( kw_in,             DiagCode::expected_word, "in", "write, for example: any m in task.annotators: (m == subject)" )
POLICYC_EXPECT( body_colon,        DiagCode::expected_mark, "':' and a condition in parentheses", "write, for example: any m in task.annotators: (m == subject)" )
POLICYC_EXPECT( body_open,         DiagCode::expected_mark, "'(' and a condition", "write, for example: any m in task.annotators: (m == subject)" )
POLICYC_EXPECT( least_count,       DiagCode::expected_mark, "a number", "write, for example: at least 2 m in task.annotators: (m is member)" )
POLICYC_EXPECT( time_text,         DiagCode::expected_string, "a time" )
POLICYC_EXPECT( ip_text,           DiagCode::expected_string, "an address" )
POLICYC_EXPECT( end_of_text,       DiagCode::unexpected_after_statement )

// ----------------------------------------------------------------------- tests
POLICYC_EXPECT( test_title,        DiagCode::expected_string, "what the test is about" )
POLICYC_EXPECT( test_on,           DiagCode::expected_word, "on", "write: test \"TITLE\" on \"SNAPSHOT\" { … }" )
POLICYC_EXPECT( test_snapshot,     DiagCode::expected_string, "a snapshot's file name" )
POLICYC_EXPECT( test_at,           DiagCode::expected_word, "time", "write, for example: at time(\"2026-03-01T09:30:00Z\")" )
POLICYC_EXPECT( argument,          DiagCode::expected_name, "a name" )
POLICYC_EXPECT( verdict,           DiagCode::expected_word, "may", "write, for example: user:ann may task.label on task:t1" )
POLICYC_EXPECT( via_entity,        DiagCode::expected_entity )
POLICYC_EXPECT( expected_action_path, DiagCode::expected_action )
POLICYC_EXPECT( may_on,            DiagCode::expected_word, "on", "write on which entity, for example: on task:t1" )
POLICYC_EXPECT( resource,          DiagCode::expected_entity )
POLICYC_EXPECT( which_kind,        DiagCode::expected_name, "a kind" )
POLICYC_EXPECT( list_equals,       DiagCode::expected_mark, "'=='", "write the whole list: == { user:ann, user:mia }" )
POLICYC_EXPECT( list_open,         DiagCode::expected_mark, "'{'", "write the whole list: == { user:ann, user:mia }" )
POLICYC_EXPECT( listed_one,        DiagCode::expected_entity )
POLICYC_EXPECT( listed_action,     DiagCode::expected_action )
POLICYC_EXPECT( new_entity,        DiagCode::expected_entity )
POLICYC_EXPECT( new_parent,        DiagCode::expected_entity )
POLICYC_EXPECT( because_what,      DiagCode::expected_because )
POLICYC_EXPECT( because_code,      DiagCode::expected_string, "an error code" )
POLICYC_EXPECT( table_column,      DiagCode::expected_entity )
POLICYC_EXPECT( row_action,        DiagCode::expected_action )
POLICYC_EXPECT( cell,              DiagCode::expected_cell )

// -------------------------------------------------------------------- matrices
POLICYC_EXPECT( matrix_title,      DiagCode::expected_string, "a title" )
POLICYC_EXPECT( matrix_column,     DiagCode::expected_name, "a role's name" )
POLICYC_EXPECT( column_title,      DiagCode::expected_string, "a title" )
POLICYC_EXPECT( row_title,         DiagCode::expected_string, "a title" )
POLICYC_EXPECT( row_target,        DiagCode::expected_action )
POLICYC_EXPECT( section_title,     DiagCode::expected_string, "a title" )

#undef POLICYC_EXPECT
#undef POLICYC_NEVER
// clang-format on

template <typename Rule>
struct Control : tao::pegtl::normal<Rule> {
  // A rule that is expected leaves no trace where it fails: the complaint is about
  // the place where it should have begun.
  template <tao::pegtl::apply_mode A, tao::pegtl::rewind_mode M, template <typename...> class Action_,
            template <typename...> class Control_, typename Input>
  static bool match(Input& in, State& state) {
    constexpr bool kExpected = expectation<Rule>.code != DiagCode{};
    constexpr tao::pegtl::rewind_mode kMode = kExpected ? tao::pegtl::rewind_mode::required : M;
    return tao::pegtl::normal<Rule>::template match<A, kMode, Action_, Control_>(in, state);
  }

  template <typename Input>
  [[noreturn]] static void raise(const Input& in, State& state) {
    static_assert(cannot_fail<Rule> || expectation<Rule>.code != DiagCode{},
                  "a must<> rule needs a line in expectations.hpp");
    state.expected(expectation<Rule>, state.offset(in.current()));
  }
};

}  // namespace policyc::text
