#include "state.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "words.hpp"

namespace policyc::text {
namespace {

constexpr std::array<std::string_view, 7> kAnnotations = {"id",     "reason", "cell",      "owner",
                                                          "ticket", "since",  "deprecated"};

// The text of a `///` line; a line of many slashes is a ruler, not a document.
bool is_doc(const Comment& comment) {
  const std::string_view text = comment.text;
  return text.substr(0, 3) == "///" && text.substr(0, 4) != "////";
}

std::string_view doc_text(const Comment& comment) {
  std::string_view text = std::string_view(comment.text).substr(3);
  if (text.substr(0, 1) == " ") text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_word(std::string_view token) {
  return !token.empty() && (std::isalpha(static_cast<unsigned char>(token[0])) != 0 || token[0] == '_');
}

}  // namespace

State::State(const Source& a_source, const PreparedText& prepared, Complaints& found,
             const ParseLimits& some_limits)
    : source(a_source),
      file(found.file()),
      text(prepared.text),
      all_comments(prepared.comments),
      complaints(found),
      limits(some_limits),
      expressions(found.file(), some_limits.max_nesting) {
  tree.file = file;
  tree.unread_words = prepared.unread_words;
}

Span State::place(Match match) const {
  const std::size_t end =
      std::max<std::size_t>(offset(match.begin), end_of_token_before(text, offset(match.end)));
  return {file, offset(match.begin), static_cast<std::uint32_t>(end)};
}

Name State::name(Match match) const {
  const Span where = place(match);
  return {std::string(view(where)), where};
}

// An empty place is where something is missing; a mistake that ends there has
// already said why.
void State::complain(DiagCode code, Span where, std::vector<std::string> details, std::string suggestion) {
  for (const Diagnostic& known : complaints.found()) {
    const bool touches = where.begin == where.end || known.span.begin == known.span.end;
    if (touches ? known.span.begin <= where.end && where.begin <= known.span.end
                : known.span.begin < where.end && where.begin < known.span.end)
      return;
  }
  complaints.add(code, where.begin, where.end, std::move(details), std::move(suggestion));
}

void State::abandon(DiagCode code, Span where, std::vector<std::string> details, std::string suggestion) {
  complain(code, where, std::move(details), std::move(suggestion));
  failed = where.end;
  unknown_shape = where.begin == statement;
  throw Abandoned{};
}

void State::expected(const Expected& expected, std::uint32_t at) {
  const std::size_t line = blocks.empty() ? 0 : source.line_of(blocks.back().open);
  Mistake mistake = explain(expected, {text, at, statement, body(), line});
  complain(mistake.code,
           {file, static_cast<std::uint32_t>(mistake.begin), static_cast<std::uint32_t>(mistake.end)},
           std::move(mistake.arguments), std::move(mistake.suggestion));
  failed = at;
  unknown_shape = at == statement;
  throw Abandoned{};
}

void State::too_deep(std::uint32_t at) {
  abandon(DiagCode::too_deep, {file, at, static_cast<std::uint32_t>(end_of_token(text, at))},
          {std::to_string(limits.max_nesting)});
}

// Documents and annotations wait for the declaration behind them.
void State::begin_statement(std::uint32_t at) {
  statement = at;
  expressions.clear();
  types.clear();
  names.clear();
  actions.clear();
  fallback.reset();

  if (annotations.empty()) doc.clear();
  const auto behind = static_cast<std::uint32_t>(end_of_token_before(text, at));
  auto comment = std::lower_bound(all_comments.begin(), all_comments.end(), behind,
                                  [](const Comment& c, std::uint32_t place) { return c.span.begin < place; });
  bool first = doc.empty();
  for (; comment != all_comments.end() && comment->span.begin < at; ++comment) {
    if (!is_doc(*comment) || !is_first_on_line(text, comment->span.begin)) continue;
    if (!std::exchange(first, false)) doc += '\n';
    doc += doc_text(*comment);
  }
}

std::size_t State::end_of_abandoned(std::size_t here, Body inside) {
  // A rule that is lost is still known by its id.
  for (const std::vector<Annotation>* list : {&annotations, &rule.annotations})
    for (const Annotation& one : *list)
      if (one.name.text == "id") tree.unread_words.push_back(one.value);
  annotations.clear();
  rule.annotations.clear();
  doc.clear();
  // Without its columns nobody knows what a table or matrix looks like.
  if (!blocks.empty() && text.substr(here, 8) == "columns ") blocks.back().sound = false;
  const std::size_t end = resume_after(text, here, failed, inside, unknown_shape);
  keep_words(here, end);
  return end;
}

// Rules declare nothing; and nobody declares more than so many names at once.
void State::keep_words(std::size_t begin, std::size_t end) {
  constexpr std::size_t kMostWords = 1000;
  const std::string_view first = text.substr(begin, end_of_token(text, begin) - begin);
  constexpr std::string_view kRules[] = {"allow", "forbid",   "permit",  "grant",
                                         "deny",  "prohibit", "disallow"};
  if (std::find(std::begin(kRules), std::end(kRules), first) != std::end(kRules)) return;
  for (std::size_t words = 0; begin < end && words < kMostWords;) {
    const std::size_t behind = std::min(end_of_token(text, begin), end);
    const std::string_view candidate = text.substr(begin, behind - begin);
    if (is_word(candidate) && !is_reserved(candidate)) {
      tree.unread_words.emplace_back(candidate);
      ++words;
    }
    begin = skip_blanks(text, behind);
  }
}

std::size_t State::end_of_abandoned_header(std::size_t here, Body block) {
  bad_header = true;
  return resume_at_brace(text, here, failed, block);
}

bool State::leaves_block(std::size_t at, Body inside) const {
  return leaves_body(text, at, inside, blocks.back().missing);
}

void State::open_block(Body inside, Match brace) {
  const std::uint32_t at = offset(brace.begin);
  blocks.push_back({inside, at, brace.begin == brace.end, !std::exchange(bad_header, false)});
}

bool State::close_block(Match brace) {
  const Block block = blocks.back();
  drop_annotations();
  blocks.pop_back();
  if (brace.begin == brace.end && !block.missing)
    complain(DiagCode::unclosed_block, {file, block.open, block.open + 1}, {name_of(block.body)});
  return block.sound;
}

void State::describe(Annotated& declaration, bool may_be_annotated) {
  if (!may_be_annotated) drop_annotations();
  declaration.annotations = std::move(annotations);
  declaration.doc = std::move(doc);
  annotations.clear();
  doc.clear();
}

void State::drop_annotations() {
  for (const Annotation& one : annotations) complain(DiagCode::misplaced_annotation, one.span);
  annotations.clear();
}

void State::add_annotation(Span where) {
  annotation.span = where;
  const std::string& name = annotation.name.text;
  if (std::find(kAnnotations.begin(), kAnnotations.end(), name) == kAnnotations.end()) {
    const std::vector<std::string> known(kAnnotations.begin(), kAnnotations.end());
    return complain(DiagCode::unknown_annotation, annotation.name.span, {name}, did_you_mean(name, known));
  }
  for (const Annotation& other : annotations)
    if (other.name.text == name) return complain(DiagCode::repeated_annotation, annotation.name.span, {name});
  annotations.push_back(std::move(annotation));
}

void State::once(bool repeated, const char* clause, Span where, const char* way_out) {
  if (!repeated) return;
  const auto end = static_cast<std::uint32_t>(end_of_token(text, where.begin));
  complain(DiagCode::repeated_clause, {file, where.begin, end}, {clause, way_out});
}

void State::add_clause(Boxed<Expr>& clause, const char* clause_word, Span where) {
  once(clause.has_value(), clause_word, where, "join the two conditions with `and`");
  Expr expression = expressions.take();
  if (!clause) clause = std::move(expression);
}

void State::add_attribute(Span where) {
  attribute.span = where;
  attribute.type = std::move(types.back());
  types.pop_back();
  attribute.fallback = std::exchange(fallback, std::nullopt);
  describe(attribute, false);
  switch (body()) {
    case Body::scope: return scope.attributes.push_back(std::move(attribute));
    case Body::subject: return subject.attributes.push_back(std::move(attribute));
    case Body::group: return principal_group.attributes.push_back(std::move(attribute));
    case Body::context: return tree.context.push_back(std::move(attribute));
    default: return tree.system_attributes.push_back(std::move(attribute));
  }
}

void State::add_role(Span where) {
  role.span = where;
  (body() == Body::scope ? scope.roles : tree.system_roles).push_back(std::move(role));
}

// What stands before `action a, b` holds for both.
void State::add_actions() {
  Annotated shared;
  describe(shared, true);
  std::vector<Action>& into = body() == Body::scope     ? scope.actions
                              : body() == Body::subject ? subject.actions
                                                        : tree.system_actions;
  for (Action& one : actions) {
    one.annotations = shared.annotations;
    one.doc = shared.doc;
    into.push_back(std::move(one));
  }
  actions.clear();
}

void State::add_argument() {
  if (!argument_names.insert(argument.text).second)
    return complain(DiagCode::repeated_name, argument.span, {argument.text});
  arguments.push_back({std::move(argument), expressions.take()});
}

// A word alone is the name of a group.
void State::add_target(Span where) {
  target.span = where;
  if (target.kind != ActionRef::Kind::group) return;
  target.actions = {std::move(target.scope)};
  target.scope = {};
}

void State::add_matrix_row() {
  if (body() == Body::section) return section.rows.push_back(std::move(matrix_row));
  if (matrix.sections.empty() || !matrix.sections.back().title.empty()) matrix.sections.emplace_back();
  matrix.sections.back().span = matrix_row.span;
  matrix.sections.back().rows.push_back(std::move(matrix_row));
}

// A row of another shape than its table says nothing that could be checked; a table
// that is not sound is not kept.
void State::add_table_row(Span where) {
  table_row.span = where;
  if (table_row.cells.size() == table.columns.size()) return table.rows.push_back(std::move(table_row));
  if (blocks.back().sound)
    complain(DiagCode::table_shape, where,
             {std::to_string(table_row.cells.size()), std::to_string(table.columns.size())});
}

void State::add_list(Span where) {
  listed.subject = std::move(expectation.subject);
  listed.via = std::move(expectation.via);
  listed.action = std::move(expectation.action);
  listed.parameters = std::move(expectation.parameters);
  listed.context = std::move(expectation.context);
  listed.resource = std::move(resource);
  listed.span = where;
  if (listed.kind != ListExpectation::Kind::who) listed.span.begin = listed.subject.span.begin;
  test.lists.push_back(std::move(listed));
}

void State::add_reason(BecauseKind kind, std::string reason) {
  if (expectation.because != BecauseKind::none) return;
  expectation.because = kind;
  expectation.because_text = std::move(reason);
}

}  // namespace policyc::text
