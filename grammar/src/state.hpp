#pragma once

// What the actions build: the tree, and the pieces that are not yet part of it.
//
// A rule's action leaves its result in a register of its own; the action of the
// rule around it takes it from there. Registers need no stack, except where the
// grammar recurses: expressions, types and blocks.

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

struct State {
  State(const Source& source, const PreparedText& prepared, Complaints& found, const ParseLimits& limits);

  // -------------------------------------------------------------------- places
  [[nodiscard]] std::uint32_t offset(const char* at) const {
    return static_cast<std::uint32_t>(at - text.data());
  }
  [[nodiscard]] Span span(const char* begin, const char* end) const { return {file, offset(begin), offset(end)}; }
  // Without the blanks behind the last token.
  [[nodiscard]] Span trimmed(const char* begin, const char* end) const;
  [[nodiscard]] Name name(const char* begin, const char* end) const;

  // ---------------------------------------------------------------- complaints
  // Once a place: what follows from a mistake is not reported again.
  void complain(DiagCode code, Span place, std::vector<std::string> arguments = {}, std::string suggestion = {},
                std::vector<Note> notes = {});
  // Complains, and gives the statement up.
  [[noreturn]] void abandon(DiagCode code, Span place, std::vector<std::string> arguments = {});
  [[noreturn]] void expected(const Expectation& expectation, std::uint32_t offset);
  [[noreturn]] void too_deep(std::uint32_t offset);

  // ---------------------------------------------------------------- statements
  void begin_statement(std::uint32_t offset);
  [[nodiscard]] std::size_t end_of_abandoned(std::size_t here, Body body);
  [[nodiscard]] std::size_t end_of_abandoned_header(std::size_t here, Body block);
  [[nodiscard]] bool leaves_block(std::size_t at, Body body) const;
  void open_block(Body body, std::uint32_t at);
  void close_block(std::uint32_t at);
  [[nodiscard]] Body body() const { return blocks.empty() ? Body::top : blocks.back().body; }

  // Gives a declaration the `///` lines and annotations before it.
  void describe(Annotated& declaration, bool may_be_annotated);
  void add_annotation(Name name, std::string value, Span place);
  // Annotations that nothing followed.
  void drop_annotations();

  void add_attribute(Span place);
  void add_role(Span place);
  void add_actions(const std::vector<Annotation>& annotations, const std::string& doc);
  void add_argument(Name name);
  void add_clause(std::optional<Expr>& clause, const char* word, Span place);
  void add_table_row(Span place);

  const Source& source;
  std::uint32_t file;
  std::string_view text;  // prepared
  const std::vector<Comment>& all_comments;
  Complaints& complaints;
  const ParseLimits& limits;
  File tree;

  std::uint32_t statement = 0;  // where the statement begins
  std::uint32_t failed = 0;     // where it was given up
  std::uint32_t depth = 0;      // of open brackets
  bool unknown_shape = false;   // given up at its first word

  struct Block {
    Body body = Body::top;
    std::uint32_t open = 0;
    bool missing = false;  // its '{' is, which was reported
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
  std::vector<Name> names;

  ExpressionBuilder expressions;
  std::vector<TypeExpr> types;
  std::optional<Expr> fallback;

  // Declarations being read.
  Attribute attribute;
  Role role;
  Parameter parameter;
  Action action;
  std::vector<Action> actions;
  Condition condition;
  Enumeration enumeration;
  SubjectKind subject;
  Scope scope;
  ActionRef target;
  ActionGroup group;
  Rule rule;

  // Tests and matrices being read.
  std::vector<Argument> arguments;
  ResourceRef resource;
  Expectation_ expectation;
  TestTable table;
  TestTable::Row table_row;
  Test test;
  Matrix matrix;
  Matrix::Column column;
  Matrix::Row matrix_row;
  Matrix::Section section;

 private:
  [[nodiscard]] bool is_foreign(std::uint32_t begin, std::uint32_t end) const;
};

}  // namespace policyc::text
