#pragma once

// The policy language as PEGTL rules. The names of rules are those used in
// docs/language.md. No actions and no messages: those live in actions_*.hpp and
// expectations.hpp, so that this file and the two it includes read as the grammar.
//
// Only parse.cpp and the test of the grammar include this: PEGTL stays behind parse().

#include "grammar_expressions.hpp"
#include "grammar_recovery.hpp"

namespace policyc::text::grammar {

// clang-format off

struct statement_begin : p::success {};                 // notes where a statement begins, and its `///` lines

// A statement with a header and a block: a mistake in the header leaves the block.
template< typename Header, Body B > struct header : p::sor< p::try_catch_type< Abandoned, p::must< Header > >, skip_to_brace< B > > {};

template< Body B > struct block_open  : p::sor< open_brace, p::success > {};
template< Body B > struct block_close : p::sor< close_brace, p::success > {};
template< Body B > struct block_end   : p::sor< p::eof, p::one< '}' >, leaves_block< B > > {};
struct stray_close   : p::seq< p::one< ')', ']', '}' >, ws > {};              // a mistake, read over
template< typename Item, Body B > struct recovered
   : p::sor< semicolon, p::try_catch_type< Abandoned, p::must< Item > >, resynchronise< B > > {};
template< typename Item, Body B > struct block
   : p::seq< block_open< B >, p::until< p::at< block_end< B > >, recovered< Item, B > >, block_close< B > > {};

// ---------------------------------------------------------- annotations and types
struct annotation_name : word {};
struct annotation_open : open_paren {};
struct annotation_text : string_token {};
struct annotation    : p::seq< p::one< '@' >, p::must< annotation_name >, ws, p::must< annotation_open >, p::must< annotation_text >, ws,
                               p::must< close_paren > > {};

struct type;
struct type_name     : plain_name {};
struct type_scope    : plain_name {};
struct type_union    : p::seq< type_name, ws, p::star< mark< '|' >, p::must< type_name >, ws > > {};
struct type_role     : p::seq< TAO_PEGTL_KEYWORD( "role" ), ws, TAO_PEGTL_KEYWORD( "of" ), ws, p::must< type_scope >, ws > {};
struct set_begin     : p::seq< TAO_PEGTL_KEYWORD( "set" ), ws, mark< '<' > > {};
struct type_set      : p::seq< set_begin, p::must< type >, p::must< close_angle > > {};
// `list<user>` and `user[]`: mistakes, read as sets.
struct list_word     : p::sor< TAO_PEGTL_KEYWORD( "list" ), TAO_PEGTL_KEYWORD( "array" ), TAO_PEGTL_KEYWORD( "vector" ), TAO_PEGTL_KEYWORD( "List" ),
                               TAO_PEGTL_KEYWORD( "Array" ), TAO_PEGTL_KEYWORD( "Set" ) > {};
struct type_list     : p::seq< list_word, ws, mark< '<' >, p::must< type >, p::must< close_angle > > {};
struct wrong_array   : p::seq< p::one< '[' >, ws, p::one< ']' >, ws > {};
struct type_optional : mark< '?' > {};
struct type          : p::seq< p::sor< type_set, type_list, type_role, type_union >, p::opt< wrong_array >, p::opt< type_optional > > {};

struct default_value : p::if_must< equals, literal > {};

// ------------------------------------------------------------------- declarations
struct attribute_name: word {};
struct kw_request    : POLICYC_KEYWORD( "request" ) {};
struct from_request  : p::if_must< POLICYC_KEYWORD( "from" ), kw_request > {};
struct kw_cross      : POLICYC_KEYWORD( "cross" ) {};
struct kw_acyclic    : POLICYC_KEYWORD( "acyclic" ) {};
struct attribute     : p::seq< p::at< word, ws, p::one< ':' > >, attribute_name, ws, colon, p::must< type >, p::opt< from_request >,
                               p::star< p::sor< kw_cross, kw_acyclic > >, p::opt< default_value > > {};
// Inside of braces, commas may stand between attributes.
struct listed_attribute : p::seq< attribute, p::opt< p::sor< comma, trailing_comma > > > {};

struct kw_role       : POLICYC_KEYWORD( "role" ) {};
struct role_name     : plain_name {};
struct role_source   : path {};
struct role_included : path {};
struct kw_public     : POLICYC_KEYWORD( "public" ) {};
struct kw_role_from  : POLICYC_KEYWORD( "from" ) {};
struct role_from     : p::seq< kw_role_from, many< role_source > > {};
struct role_if       : p::seq< POLICYC_KEYWORD( "if" ), expression > {};
struct kw_includes   : POLICYC_KEYWORD( "includes" ) {};
struct role_includes : p::seq< kw_includes, many< role_included > > {};
struct not_assignable: POLICYC_KEYWORD( "assignable" ) {};
struct not_granted   : POLICYC_KEYWORD( "granted" ) {};
struct role_never    : p::sor< not_assignable, not_granted > {};
struct role_not      : p::if_must< POLICYC_KEYWORD( "not" ), role_never > {};
struct role_clause   : p::sor< kw_public, role_from, role_if, role_includes, role_not > {};
struct role          : p::seq< kw_role, p::must< role_name >, ws, p::star< role_clause > > {};

struct parameter_name: word {};
struct parameter     : p::seq< parameter_name, ws, p::must< colon >, p::must< type >, p::opt< default_value > > {};
struct list_close    : close_paren {};
struct parameters    : p::seq< open_paren, many< parameter >, end_of_list, p::must< list_close > > {};
struct kw_as         : POLICYC_KEYWORD( "as" ) {};
struct wire_name     : quoted {};
struct action_title  : quoted {};
struct action_name   : any_name {};
struct action_item   : p::seq< action_name, ws, p::opt< parameters >, p::opt< p::if_must< kw_as, wire_name > >, p::opt< action_title > > {};
struct action        : p::seq< POLICYC_KEYWORD( "action" ), many< action_item > > {};

struct condition_name: plain_name {};
struct condition_scope : plain_name {};
struct condition_title : quoted {};
struct kw_condition  : POLICYC_KEYWORD( "condition" ) {};
struct condition_rest: p::seq< p::opt< condition_title >, p::must< equals >, expression > {};
struct condition     : p::seq< kw_condition, p::must< condition_name >, ws, p::must< kw_on >, p::must< condition_scope >, ws, condition_rest > {};
// Inside of a scope, the scope need not be named.
struct scope_condition : p::seq< kw_condition, p::must< condition_name >, ws, p::opt< p::if_must< kw_on, condition_scope >, ws >, condition_rest > {};

struct kw_obligation : p::seq< POLICYC_KEYWORD( "obligation" ), p::at< plain_name > > {};
struct obligation_name : plain_name {};
struct obligation    : p::seq< kw_obligation, p::must< obligation_name >, ws, p::opt< parameters > > {};

// constraint "four eyes": at most 1 of payer, approver on organization
// constraint "owners": exactly 1 user is owner on organization
struct kw_constraint : p::seq< POLICYC_KEYWORD( "constraint" ), p::at< p::sor< p::one< '"', '\'' >, plain_name > > > {};
struct constraint_title : quoted {};
struct constraint_colon : colon {};
struct at_most       : p::seq< TAO_PEGTL_KEYWORD( "at" ), ws, POLICYC_KEYWORD( "most" ) > {};
struct exactly       : POLICYC_KEYWORD( "exactly" ) {};
struct at_least      : p::seq< TAO_PEGTL_KEYWORD( "at" ), ws, POLICYC_KEYWORD( "least" ) > {};
struct constraint_count : count {};
struct constraint_role : path {};
struct of_roles      : POLICYC_KEYWORD( "of" ) {};
struct counted_roles : p::seq< of_roles, many< constraint_role > > {};
struct constraint_kind : p::seq< p::not_at< of_roles >, plain_name > {};
struct constraint_is : POLICYC_KEYWORD( "is" ) {};
struct counted_kind  : p::seq< p::must< constraint_kind >, ws, p::must< constraint_is >, p::must< constraint_role > > {};
struct constraint_bound : p::sor< p::seq< at_most, p::must< constraint_count >, ws, p::sor< counted_roles, counted_kind > >,
                                  p::seq< p::sor< exactly, at_least >, p::must< constraint_count >, ws, counted_kind > > {};
struct constraint_on : POLICYC_KEYWORD( "on" ) {};
struct constraint_scope : plain_name {};
struct constraint    : p::seq< kw_constraint, p::must< constraint_title >, p::must< constraint_colon >, p::must< constraint_bound >,
                               p::must< constraint_on >, p::must< constraint_scope >, ws > {};

struct enum_name     : plain_name {};
struct enum_member   : plain_name {};
struct enum_item     : p::seq< enum_member, ws > {};
struct enumeration   : p::seq< POLICYC_KEYWORD( "enum" ), p::must< enum_name >, ws, p::must< open_brace >, many< enum_item >, end_of_list,
                               p::must< close_brace > > {};

struct plural_text   : quoted {};
struct plural        : p::if_must< POLICYC_KEYWORD( "plural" ), plural_text > {};
// After the name of a scope or group: its entities let in who stands in another root.
struct kind_cross    : p::seq< POLICYC_KEYWORD( "cross" ) > {};
struct open_ahead    : p::at< p::one< '{' > > {};
struct subject_name  : plain_name {};
struct subject_header: p::seq< p::must< subject_name >, ws, p::opt< plural >, p::must< open_ahead > > {};
struct scope_name    : plain_name {};
struct scope_parent  : plain_name {};
struct parent_item   : p::seq< scope_parent, ws > {};
struct scope_parents : p::seq< kw_in, many< parent_item > > {};
struct scope_header  : p::seq< p::must< scope_name >, ws, p::star< p::sor< scope_parents, plural, kind_cross > >, p::must< open_ahead > > {};

struct group_kind    : plain_name {};
struct group_parent  : plain_name {};
struct group_parent_item : p::seq< group_parent, ws > {};
struct group_parents : p::seq< kw_in, many< group_parent_item > > {};
struct member_kind   : plain_name {};
struct member_item   : p::seq< member_kind, ws > {};
struct kw_of         : POLICYC_KEYWORD( "of" ) {};
struct group_header  : p::seq< p::must< group_kind >, ws, p::star< p::sor< group_parents, plural, kind_cross > >, p::must< kw_of >, many< member_item >,
                               p::opt< plural >, p::must< open_ahead > > {};

// ---------------------------------------------------------- targets, groups, rules
struct target_scope  : plain_name {};
struct target_action : path_word {};
struct target_all    : p::string< '*', '*' > {};
struct target_star   : p::one< '*' > {};
struct target_item   : p::seq< target_action, ws > {};
struct target_close  : p::one< '}' > {};
struct target_list   : p::seq< open_brace, many< target_item >, end_of_list, p::must< target_close > > {};
struct target_one    : p::seq< line_goes_on, target_action > {};
// `task:label`: a mistake, read as a dot.
struct wrong_dot     : p::seq< p::plus< p::one< ':' > >, p::at< p::sor< p::identifier_first, p::one< '*', '{' > > > > {};
struct target        : p::seq< target_scope, p::opt< p::sor< dot, wrong_dot >, p::sor< target_all, target_star, target_list, p::must< target_one > > >, ws > {};

struct group_name    : plain_name {};
struct group_title   : quoted {};
struct letter        : quoted {};
struct group_member  : p::seq< target, p::opt< p::if_must< kw_as, letter > > > {};
struct action_group  : p::seq< POLICYC_KEYWORD( "actions" ), p::must< group_name >, ws, p::opt< group_title >, p::must< equals >,
                               p::must< open_brace >, many< group_member >, end_of_list, p::must< close_brace > > {};

struct kw_allow      : POLICYC_KEYWORD( "allow" ) {};
struct kw_forbid     : POLICYC_KEYWORD( "forbid" ) {};
// Words of other languages, read as ours.
struct wrong_allow   : p::seq< p::sor< POLICYC_KEYWORD( "permit" ), POLICYC_KEYWORD( "grant" ) >, p::at< any_name > > {};
struct wrong_forbid  : p::seq< p::sor< POLICYC_KEYWORD( "deny" ), POLICYC_KEYWORD( "prohibit" ), POLICYC_KEYWORD( "disallow" ) >,
                               p::at< any_name > > {};
struct wrong_only    : p::seq< POLICYC_KEYWORD( "only" ), p::at< plain_name > > {};   // a mistake, read over
struct who_entity    : entity {};                                              // likewise
struct who_anyone    : POLICYC_KEYWORD( "anyone" ) {};
struct who_path      : path {};
struct who_star      : p::seq< p::one< '*' >, ws > {};                          // likewise
struct wrong_role    : p::seq< p::sor< POLICYC_KEYWORD( "role" ), POLICYC_KEYWORD( "group" ) >, p::at< plain_name > > {};  // likewise
struct who           : p::sor< who_entity, who_anyone, who_star, p::seq< p::opt< wrong_role >, who_path > > {};
struct kw_to         : POLICYC_KEYWORD( "to" ) {};
struct wrong_on_scope : plain_name {};                                         // `label on task`: a mistake, read over
struct wrong_on      : p::seq< kw_on, wrong_on_scope, ws > {};
struct rule_target   : p::seq< target, p::opt< wrong_on > > {};
struct when_clause   : p::seq< POLICYC_KEYWORD( "when" ), expression > {};
struct wrong_when    : p::sor< POLICYC_KEYWORD( "if" ), POLICYC_KEYWORD( "where" ) > {};  // a mistake, read as `when`
struct if_clause     : p::seq< wrong_when, expression > {};
struct wrong_unless  : POLICYC_KEYWORD( "except" ) {};                         // a mistake, read as `unless`
struct except_clause : p::seq< wrong_unless, expression > {};
struct unless_clause : p::seq< POLICYC_KEYWORD( "unless" ), expression > {};
struct kw_obliging   : POLICYC_KEYWORD( "obliging" ) {};
struct duty_name     : plain_name {};
struct duty_value    : literal {};
struct duty_values   : p::seq< open_paren, p::opt< p::not_at< closing >, many< duty_value >, end_of_list >, p::must< list_close > > {};
struct duty          : p::seq< duty_name, ws, p::opt< duty_values > > {};
struct obliging      : p::seq< kw_obliging, many< duty > > {};
struct rule          : p::seq< p::sor< kw_allow, kw_forbid, wrong_allow, wrong_forbid >, p::opt< wrong_only >, many< who >, p::must< kw_to >, many< rule_target >,
                               p::star< p::sor< when_clause, unless_clause, if_clause, except_clause, obliging > > > {};

// ------------------------------------------------------------------------- tests
struct argument_name : word {};
struct argument      : p::seq< argument_name, ws, p::must< colon >, p::must< literal > > {};
struct arguments_open: p::success {};
struct arguments     : p::seq< arguments_open, p::opt< p::not_at< closing >, many< argument >, end_of_list > > {};
struct call_arguments: p::seq< open_paren, arguments, p::must< list_close > > {};
struct with_arguments: p::seq< kw_with, p::must< open_brace >, arguments, p::must< close_brace > > {};

struct test_entity   : entity {};
struct kw_system     : POLICYC_KEYWORD( "system" ) {};
struct kw_new        : POLICYC_KEYWORD( "new" ) {};
struct new_kind      : plain_name {};
struct new_entity    : p::sor< entity, p::seq< new_kind, ws > > {};
struct new_parent    : p::sor< entity, kw_system > {};
struct new_attributes: p::seq< open_brace, arguments, p::must< close_brace > > {};
struct new_resource  : p::seq< kw_new, p::must< new_entity >, p::opt< p::if_must< kw_in, new_parent > >, p::opt< new_attributes > > {};
// Words of other languages, read as `may not` and `may`.
struct wrong_may_not : p::sor< p::seq< p::string< 'c', 'a', 'n', '\'', 't' >, word_end, ws >, POLICYC_KEYWORD( "cannot" ), POLICYC_KEYWORD( "maynot" ), POLICYC_KEYWORD( "cant" ),
                               p::seq< TAO_PEGTL_KEYWORD( "can" ), ws, POLICYC_KEYWORD( "not" ) > > {};
struct wrong_may     : POLICYC_KEYWORD( "can" ) {};
struct next_subject  : p::seq< entity, p::sor< kw_may, wrong_may_not, wrong_may > > {};  // the resource is missing
struct old_resource  : p::sor< p::seq< p::not_at< next_subject >, entity >, kw_system > {};
struct resource      : p::sor< new_resource, old_resource > {};

struct expected_action_path : path {};
struct expected_subject : entity {};
struct via_entity    : entity {};
struct via           : p::if_must< POLICYC_KEYWORD( "via" ), via_entity > {};
struct may_not       : POLICYC_KEYWORD( "not" ) {};
struct because_rule  : quoted {};
struct because_default : POLICYC_KEYWORD( "default" ) {};
struct because_code  : quoted {};
struct because_error : p::if_must< POLICYC_KEYWORD( "error" ), because_code > {};
struct because_what  : p::sor< because_rule, because_default, because_error > {};
struct because       : p::if_must< POLICYC_KEYWORD( "because" ), because_what > {};
struct test_with     : with_arguments {};
struct expectation_arguments : call_arguments {};
struct verdict       : p::sor< p::seq< kw_may, p::opt< may_not > >, wrong_may_not, wrong_may > {};

// Lists: the whole of who may, on which entities, which actions.
struct everyone_kind : p::seq< p::not_at< reserved >, word > {};
struct listed_everyone : p::seq< p::at< word, p::one< ':' >, p::one< '*' > >, everyone_kind, p::one< ':' >, p::one< '*' >, ws > {};
struct listed_entity : entity {};
struct listed_one    : p::sor< listed_everyone, listed_entity > {};
struct listed_action : path {};
struct list_equals   : mark< '=', '=' > {};
struct list_open     : open_brace {};
template< typename One > struct list_of : p::seq< p::must< list_equals >, p::must< list_open >, p::opt< p::not_at< closing >, many< One >, end_of_list >,
                                                  p::must< close_brace >, p::star< test_with > > {};
struct listed_entities : list_of< listed_one > {};
struct listed_actions : list_of< listed_action > {};

struct which_kind    : plain_name {};
struct on_which      : p::seq< POLICYC_KEYWORD( "which" ), p::must< which_kind >, ws, p::star< test_with >, listed_entities > {};
struct kw_may_which  : POLICYC_KEYWORD( "which" ) {};
struct may_which     : p::seq< kw_may_which, p::opt< expectation_arguments >, p::must< may_on >, p::must< resource >, p::star< test_with >, listed_actions > {};
struct kw_who        : p::seq< TAO_PEGTL_KEYWORD( "who" ), ws, kw_may > {};
struct who_may       : p::seq< kw_who, p::must< expected_action_path >, p::opt< expectation_arguments >, p::must< may_on >, p::must< resource >,
                               p::star< test_with >, listed_entities > {};

struct on_one        : p::seq< p::must< resource >, p::star< p::sor< test_with, because > > > {};
struct may_do        : p::seq< p::must< expected_action_path >, p::opt< expectation_arguments >, p::must< may_on >, p::sor< on_which, on_one > > {};
struct expectation   : p::seq< expected_subject, p::opt< via >, p::must< verdict >, p::sor< may_which, may_do > > {};

struct kw_columns    : POLICYC_KEYWORD( "columns" ) {};
struct kw_row        : POLICYC_KEYWORD( "row" ) {};
struct table_column  : test_entity {};
struct table_columns : p::seq< kw_columns, many< table_column > > {};
struct cell_yes      : POLICYC_KEYWORD( "yes" ) {};
struct cell_no       : POLICYC_KEYWORD( "no" ) {};
struct cell          : p::sor< cell_yes, cell_no > {};
struct row_action    : path {};
struct row_arguments : call_arguments {};
struct table_row     : p::seq< kw_row, p::must< row_action >, p::opt< row_arguments >, p::must< colon >, many< cell > > {};
struct table_item    : p::seq< statement_begin, p::sor< table_columns, table_row > > {};
struct table_with    : with_arguments {};
struct table_header  : p::seq< p::must< may_on >, p::must< resource >, p::opt< table_with >, p::must< open_ahead > > {};
struct kw_table      : POLICYC_KEYWORD( "table" ) {};
struct table         : p::seq< kw_table, header< table_header, Body::table >, block< table_item, Body::table > > {};

struct test_item     : p::seq< statement_begin, p::sor< expectation, table, who_may > > {};
struct test_title    : quoted {};
struct test_on       : kw_on {};
struct test_snapshot : quoted {};
struct test_at       : time_call {};
struct header_at     : p::if_must< POLICYC_KEYWORD( "at" ), test_at > {};
struct header_with   : with_arguments {};
struct test_header   : p::seq< p::must< test_title >, p::must< test_on >, p::must< test_snapshot >, p::star< p::sor< header_at, header_with > >,
                               p::must< open_ahead > > {};

// ------------------------------------------------------------------------ matrices
struct matrix_role   : path {};
struct column_title  : quoted {};
struct matrix_column : p::seq< matrix_role, p::opt< p::if_must< kw_as, column_title > > > {};
struct matrix_columns: p::seq< kw_columns, many< matrix_column > > {};
struct row_title     : quoted {};
struct row_target    : p::seq< target > {};
struct matrix_row    : p::seq< kw_row, p::must< row_title >, p::must< row_target > > {};
struct section_title : quoted {};
struct section_header: p::seq< p::must< section_title >, p::must< open_ahead > > {};
struct section_item  : p::seq< statement_begin, matrix_row > {};
struct kw_section    : POLICYC_KEYWORD( "section" ) {};
struct section       : p::seq< kw_section, header< section_header, Body::section >, block< section_item, Body::section > > {};
struct matrix_item   : p::seq< statement_begin, p::sor< matrix_columns, matrix_row, section > > {};
struct matrix_title  : quoted {};
struct matrix_given  : p::seq< POLICYC_KEYWORD( "given" ), expression > {};
struct matrix_header : p::seq< p::must< matrix_title >, p::opt< matrix_given >, p::must< open_ahead > > {};

// ------------------------------------------------------------------ blocks and files
struct kw_open_role  : p::seq< TAO_PEGTL_KEYWORD( "open" ), ws, POLICYC_KEYWORD( "role" ) > {};
struct kw_can        : POLICYC_KEYWORD( "can" ) {};
struct ceiling_target: p::seq< target > {};
struct ceiling       : p::seq< p::must< kw_can >, p::must< open_brace >, many< ceiling_target >, end_of_list, p::must< close_brace > > {};
struct open_role     : p::seq< kw_open_role, p::must< role_name >, ws, p::opt< role_includes >, ceiling > {};
struct subject_item  : p::seq< statement_begin, p::sor< annotation, listed_attribute, action > > {};
struct scope_item    : p::seq< statement_begin, p::sor< annotation, listed_attribute, role, action, scope_condition, open_role > > {};
struct context_item  : p::seq< statement_begin, p::sor< annotation, listed_attribute > > {};

struct kw_subject    : POLICYC_KEYWORD( "subject" ) {};
struct subject       : p::seq< kw_subject, header< subject_header, Body::subject >, block< subject_item, Body::subject > > {};
struct kw_scope      : POLICYC_KEYWORD( "scope" ) {};
struct scope         : p::seq< kw_scope, header< scope_header, Body::scope >, block< scope_item, Body::scope > > {};
struct group_item    : p::seq< statement_begin, p::sor< annotation, listed_attribute > > {};
struct kw_group      : p::seq< POLICYC_KEYWORD( "group" ), p::at< plain_name > > {};
struct principal_group : p::seq< kw_group, header< group_header, Body::group >, block< group_item, Body::group > > {};
struct kw_context    : POLICYC_KEYWORD( "context" ) {};
struct context       : p::seq< kw_context, header< open_ahead, Body::context >, block< context_item, Body::context > > {};
struct kw_test       : POLICYC_KEYWORD( "test" ) {};
struct test          : p::seq< kw_test, header< test_header, Body::test >, block< test_item, Body::test > > {};
struct kw_matrix     : POLICYC_KEYWORD( "matrix" ) {};
struct matrix        : p::seq< kw_matrix, header< matrix_header, Body::matrix >, block< matrix_item, Body::matrix > > {};

struct policy_name   : plain_name {};
struct version_text  : quoted {};
struct policy_header : p::seq< POLICYC_KEYWORD( "policy" ), p::must< policy_name >, ws, p::opt< p::if_must< POLICYC_KEYWORD( "version" ), version_text > > > {};
struct edition       : count {};
struct language      : p::seq< POLICYC_KEYWORD( "language" ), p::must< edition >, ws > {};
struct import_text   : quoted {};
struct import        : p::if_must< POLICYC_KEYWORD( "import" ), import_text > {};

// Constructs that this build can't honour: each has an error of its own.
struct kw_always     : POLICYC_KEYWORD( "always" ) {};
struct kw_never      : POLICYC_KEYWORD( "never" ) {};
struct unsupported   : p::sor< kw_always, kw_never > {};

struct stray_expectation : p::seq< p::at< entity, p::sor< kw_may, wrong_may_not, wrong_may > >, word > {};  // a mistake: it stands in a test

struct top_item      : p::seq< statement_begin, p::sor< annotation, stray_expectation, attribute, rule, role, open_role, action, scope, subject, principal_group, context, enumeration,
                               condition, obligation, constraint, action_group, test, matrix, policy_header, language, import, unsupported > > {};

struct policy_file   : p::seq< ws, p::until< p::eof, p::sor< stray_close, recovered< top_item, Body::top > > > > {};

// clang-format on

}  // namespace policyc::text::grammar
