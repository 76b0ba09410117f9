#pragma once

// What the actions build: the tree, and the pieces that are not yet part of it.
//
// A rule's action leaves its result in a register of its own; the action of the
// rule around it takes it from there. Registers need no stack, except where the
// grammar recurses: expressions, types and blocks.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "complaints.hpp"
#include "expression_builder.hpp"
#include "mistakes.hpp"
#include "policyc/text/parse.hpp"
#include "policyc/text/syntax.hpp"
#include "prepared_text.hpp"
#include "recovery.hpp"

namespace policyc::text {

// What a rule has matched, in the prepared text; often with the blanks behind it.
struct Match {
  const char* begin = nullptr;
  const char* end = nullptr;
};

struct State {
  State(const Source& a_source, const PreparedText& prepared, Complaints& found,
        const ParseLimits& some_limits);

  // -------------------------------------------------------------------- places
  [[nodiscard]] std::uint32_t offset(const char* at) const {
    return static_cast<std::uint32_t>(at - text.data());
  }
  // Without the blanks behind the last token.
  [[nodiscard]] Span place(Match match) const;
  [[nodiscard]] Name name(Match match) const;
  [[nodiscard]] std::string_view view(Span span) const {
    return text.substr(span.begin, span.end - span.begin);
  }

  // ---------------------------------------------------------------- complaints
  // Once a place: what follows from a mistake is not reported again.
  void complain(DiagCode code, Span where, std::vector<std::string> details = {},
                std::string suggestion = {});
  // Complains, and gives the statement up.
  [[noreturn]] void abandon(DiagCode code, Span where, std::vector<std::string> details = {},
                            std::string suggestion = {});
  [[noreturn]] void expected(const Expected& expected, std::uint32_t at);
  [[noreturn]] void too_deep(std::uint32_t at);

  // ---------------------------------------------------------------- statements
  void begin_statement(std::uint32_t at);
  [[nodiscard]] std::size_t end_of_abandoned(std::size_t here, Body body);
  void keep_words(std::size_t begin, std::size_t end);
  [[nodiscard]] std::size_t end_of_abandoned_header(std::size_t here, Body block);
  [[nodiscard]] bool leaves_block(std::size_t at, Body body) const;
  void open_block(Body body, Match brace);
  // True if the header before the block was sound.
  bool close_block(Match brace);
  [[nodiscard]] Body body() const { return blocks.empty() ? Body::top : blocks.back().body; }

  // Gives a declaration the `///` lines and annotations before it.
  void describe(Annotated& declaration, bool may_be_annotated);
  void add_annotation(Span where);
  // Annotations that stand before something that takes none.
  void drop_annotations();

  // ------------------------------------------------------------ finished pieces
  void add_attribute(Span where);
  void add_role(Span where);
  void add_actions();
  void add_argument();
  void add_target(Span where);
  // A clause that stands a second time is reported, and the first one counts.
  void add_clause(Boxed<Expr>& clause, const char* word, Span where);
  void once(bool repeated, const char* word, Span where, const char* way_out);
  void add_matrix_row();
  void add_table_row(Span where);
  // The list whose question was read as an expectation.
  void add_list(Span where);
  void add_reason(BecauseKind kind, std::string reason);

  const Source& source;
  std::uint32_t file;
  std::string_view text;  // prepared
  const std::vector<Comment>& all_comments;
  Complaints& complaints;
  const ParseLimits& limits;
  File tree;

  std::uint32_t statement = 0;  // where the statement begins
  std::uint32_t failed = 0;     // where it was given up
  std::uint32_t depth = 0;      // of what recurses
  bool unknown_shape = false;   // given up at its first word
  bool bad_header = false;      // the block that opens next has a header that was given up

  struct Block {
    Body body = Body::top;
    std::uint32_t open = 0;
    bool missing = false;  // its '{' is, which was reported
    bool sound = true;     // its header could be read
  };
  std::vector<Block> blocks;

  std::vector<Annotation> annotations;
  std::string doc;

  // Words.
  Name word;
  Path path;
  std::string string_value;
  Span string_place;
  EntityLiteral entity;
  std::int64_t instant = 0;
  std::int64_t count = 0;
  bool is_duration = false;
  std::vector<Name> names;

  ExpressionBuilder expressions;
  std::vector<TypeExpr> types;
  std::optional<Expr> fallback;

  // Declarations being read.
  Annotation annotation;
  Attribute attribute;
  Role role;
  Parameter parameter;
  Action action;
  std::vector<Action> actions;
  Condition condition;
  Obligation obligation;
  Constraint constraint;
  Enumeration enumeration;
  SubjectKind subject;
  PrincipalGroup principal_group;
  Scope scope;
  std::optional<std::string>* plural = nullptr;  // of what is being read
  bool* cross = nullptr;                         // likewise: a scope or a group
  ActionRef target;
  ActionGroup group;
  Duty duty;
  Rule rule;

  // Tests and matrices being read.
  Name argument;
  std::vector<Argument> arguments;
  std::set<std::string> argument_names;
  ResourceRef resource;
  Expectation expectation;
  ListExpectation listed;
  TestTable table;
  TestTable::Row table_row;
  Test test;
  Matrix matrix;
  Matrix::Column column;
  Matrix::Row matrix_row;
  Matrix::Section section;
  bool block_sound = true;  // of the block that was closed last
};

// Bounds how deep the rules that recurse may do so.
class NestingGuard {
 public:
  explicit NestingGuard(std::uint32_t& depth) : depth_(depth) { ++depth_; }
  ~NestingGuard() { --depth_; }
  NestingGuard(const NestingGuard&) = delete;
  NestingGuard& operator=(const NestingGuard&) = delete;

 private:
  std::uint32_t& depth_;
};

}  // namespace policyc::text
