#include "recovery.hpp"

#include <algorithm>
#include <array>

#include "words.hpp"

namespace policyc::text {
namespace {

using View = std::string_view;

bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_char(char c) { return is_word_start(c) || is_digit(c); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

char char_at(View text, std::size_t at) { return at < text.size() ? text[at] : '\0'; }

View word_at(View text, std::size_t at) {
  if (!is_word_start(char_at(text, at))) return {};
  std::size_t end = at;
  while (is_word_char(char_at(text, end))) ++end;
  return text.substr(at, end - at);
}

bool any_of(View word, std::initializer_list<View> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// These may follow an expression, so that what precedes them is no keyword.
bool continues_expression(View word) { return any_of(word, {"starts", "ends", "matches", "like"}); }

bool is_name(View word) { return !word.empty() && !is_reserved(word) && !continues_expression(word); }

// Reserved words that nothing but a name can have been meant by, behind a keyword.
bool is_meant_as_name(View word) {
  return is_name(word) ||
         any_of(word, {"true", "false", "any", "all", "anyone", "allow", "forbid", "always", "never"});
}

// Clauses that go on with a statement on a line of their own.
bool continues_statement(View word) {
  return (is_reserved(word) && !any_of(word, {"allow", "forbid", "always", "never"})) ||
         continues_expression(word) ||
         any_of(word, {"includes", "as", "plural", "with", "because", "via", "public", "cross", "acyclic",
                       "given"});
}

// A keyword and what follows it.
struct Start {
  View word;
  View next;              // the word behind it; empty if another mark follows
  char next_char = '\0';  // its first character
};

Start start_at(View text, std::size_t at) {
  Start start;
  start.word = word_at(text, at);
  if (start.word.empty()) return start;
  const std::size_t next = skip_blanks(text, at + start.word.size());
  start.next = word_at(text, next);
  start.next_char = char_at(text, next);
  return start;
}

bool is_rule_word(View word) { return any_of(word, {"allow", "forbid", "always", "never"}); }

bool begins_attribute(View text, std::size_t at) {
  const Start start = start_at(text, at);
  if (start.word.empty() || start.next_char != ':') return false;
  // `user:ann` is an entity: only there does the id follow without a blank.
  const std::size_t colon = at + start.word.size();
  if (char_at(text, colon) != ':') return true;
  const char after = char_at(text, colon + 1);
  return !is_word_char(after) && after != '"' && after != '*';
}

bool begins_entity(View text, std::size_t at) {
  const View word = word_at(text, at);
  if (word.empty() || char_at(text, at + word.size()) != ':') return false;
  const char after = char_at(text, at + word.size() + 1);
  return is_word_char(after) || after == '"' || after == '*';
}

// `user:ann may …`, or what an author may have written for it.
bool begins_expectation(View text, std::size_t at) {
  if (!begins_entity(text, at)) return false;
  const std::size_t id = at + word_at(text, at).size() + 1;
  std::size_t end = end_of_token(text, id);
  while (text[id] != '"' &&
         (is_word_char(char_at(text, end)) || char_at(text, end) == '-' || char_at(text, end) == '#'))
    ++end;
  return any_of(word_at(text, skip_blanks(text, end)), {"may", "via", "can", "cannot", "cant", "maynot"});
}

// What precedes `at` could be the end of a statement: no operator, no open list.
bool may_end_statement(View text, std::size_t at) {
  const std::size_t end = end_of_token_before(text, at);
  if (end == 0) return true;
  const char last = text[end - 1];
  if (last == '"' || last == '}' || last == ')' || last == '*' || last == '?' || last == '>' || last == ';')
    return true;
  if (!is_word_char(last)) return false;
  const std::size_t begin = start_of_word(text, end);
  const View word = text.substr(begin, end - begin);
  if (any_of(word, {"true", "false"})) return true;
  return !is_reserved(word) && !any_of(word, {"of", "as", "includes", "via", "with", "has", "have"});
}

bool begins_statement(View text, std::size_t at, Body body) {
  return body == Body::top ? begins_declaration(text, at) || begins_attribute(text, at)
                           : begins_member(text, at, body);
}

// How far in the line of this place begins.
std::size_t indentation(View text, std::size_t at) {
  const std::size_t line = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  std::size_t first = line;
  while (first < text.size() && (text[first] == ' ' || text[first] == '\t')) ++first;
  return first - line;
}

// A line that stands no further in than the broken statement is another one,
// whatever it says: unless it goes on with what precedes it.
bool stands_alone(View text, std::size_t at, std::size_t statement) {
  const View word = word_at(text, at);
  if (word.empty() || continues_statement(word) || indentation(text, at) > indentation(text, statement))
    return false;
  const std::size_t end = end_of_token_before(text, at);
  const std::size_t begin = start_of_word(text, end);
  const View last = text.substr(begin, end - begin);
  if (last.empty()) return may_end_statement(text, at);
  return !any_of(last, {"and", "or", "not", "is", "in", "on", "may", "contains", "else"});
}

// Another statement than the one from `begin` begins here. `closed`: no bracket of it is open.
bool begins_another(View text, std::size_t at, std::size_t begin, Body body, bool closed) {
  if (!is_word_start(text[at]) && text[at] != '@') return false;
  const bool after_dot = text[end_of_token_before(text, at) - 1] == '.';
  if (!is_first_on_line(text, at)) {
    if (!closed || after_dot || !may_end_statement(text, at)) return false;
    return begins_member(text, at, body) || leaves_body(text, at, body, true);
  }
  if (begins_declaration(text, at)) return true;
  if (after_dot) return false;
  if (closed && (begins_statement(text, at, body) || stands_alone(text, at, begin))) return true;
  // What looks like a member may be an argument, while a bracket is open.
  if (body == Body::top || begins_attribute(text, at)) return false;
  return body == Body::test && begins_entity(text, at) ? begins_expectation(text, at)
                                                       : begins_member(text, at, body);
}

// Behind the partner of the brace at `open`; or where a declaration begins at the
// start of a line, because then the brace has none.
std::size_t behind_block(View text, std::size_t open) {
  std::size_t depth = 0;
  std::size_t at = open;
  while (at < text.size()) {
    if (at > open && at > 0 && text[at - 1] == '\n' && begins_declaration(text, at) &&
        !any_of(word_at(text, at), {"role", "action"}))
      return at;
    if (text[at] == '{') ++depth;
    if (text[at] == '}' && --depth == 0) return at + 1;
    at = std::max(skip_blanks(text, end_of_token(text, at)), at + 1);
  }
  return at;
}

}  // namespace

const char* name_of(Body body) {
  switch (body) {
    case Body::top: return "policy";
    case Body::scope: return "scope";
    case Body::subject: return "subject";
    case Body::group: return "group";
    case Body::context: return "context";
    case Body::test: return "test";
    case Body::table: return "table";
    case Body::matrix: return "matrix";
    case Body::section: return "section";
  }
  return "";
}

std::size_t skip_blanks(View text, std::size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

std::size_t end_of_token_before(View text, std::size_t at) {
  at = std::min(at, text.size());
  while (at > 0 && is_blank(text[at - 1])) --at;
  return at;
}

std::size_t end_of_token(View text, std::size_t at) {
  if (at >= text.size()) return text.size();
  std::size_t end = at;
  if (text[at] == '"') {
    for (++end; end < text.size() && text[end] != '\n'; ++end) {
      if (text[end] == '"') return end + 1;
      if (text[end] == '\\' && char_at(text, end + 1) != '\n') ++end;
    }
    return std::min(end, text.size());
  }
  while (is_word_char(char_at(text, end))) ++end;
  return end > at ? end : at + 1;
}

std::size_t start_of_word(View text, std::size_t end) {
  while (end > 0 && is_word_char(text[end - 1])) --end;
  return end;
}

bool is_first_on_line(View text, std::size_t at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) --at;
  return at == 0 || text[at - 1] == '\n';
}

bool holds_list(View text, std::size_t at) {
  if (char_at(text, at) != '(') return false;
  std::size_t depth = 0;
  // Nobody writes longer ones by hand, and parentheses that are nested are not read to their end each.
  constexpr std::size_t kMost = 2000;
  const std::size_t end = std::min(text.size(), at + kMost);
  for (; at < end; at = skip_blanks(text, end_of_token(text, at))) {
    const char c = text[at];
    if (c == '(' || c == '{') ++depth;
    if ((c == ')' || c == '}') && --depth == 0) return false;
    if (c == ',' && depth == 1) return true;
    if (is_first_on_line(text, at) && begins_declaration(text, at)) return false;
  }
  return false;
}

bool begins_declaration(View text, std::size_t at) {
  if (char_at(text, at) == '@') return is_word_start(char_at(text, at + 1));
  const Start start = start_at(text, at);
  if (start.word.empty() || start.next_char == ':') return false;
  if (is_rule_word(start.word)) return !start.next.empty() || start.next_char == '"';
  if (any_of(start.word, {"test", "matrix", "import", "constraint"}))
    return start.next_char == '"' || (is_name(start.next) && start.next != "as");
  if (start.word == "context") return start.next_char == '{';
  if (start.word == "language") return is_digit(start.next_char);
  if (start.word == "action" && start.next_char == '"') return true;
  if (start.word == "action")
    return !start.next.empty() && start.next != "as" && !continues_expression(start.next) &&
           !any_of(start.next, {"and", "or", "is", "in", "contains", "else"});
  if (start.word == "role") return is_meant_as_name(start.next) && start.next != "of" && start.next != "as";
  if (any_of(start.word,
             {"policy", "enum", "subject", "scope", "open", "actions", "condition", "group", "obligation"}))
    return is_meant_as_name(start.next) && start.next != "as";
  return false;
}

bool begins_member(View text, std::size_t at, Body body) {
  if (char_at(text, at) == '@') return is_word_start(char_at(text, at + 1));
  const Start start = start_at(text, at);
  if (start.word.empty()) return false;
  switch (body) {
    case Body::top: return begins_declaration(text, at);
    case Body::scope:
      return begins_attribute(text, at) ||
             (any_of(start.word, {"role", "action", "condition", "open"}) && begins_declaration(text, at));
    case Body::subject:
      return begins_attribute(text, at) || (start.word == "action" && begins_declaration(text, at));
    case Body::group:
    case Body::context: return begins_attribute(text, at);
    case Body::test:
      if (begins_entity(text, at) && (is_first_on_line(text, at) || begins_expectation(text, at)))
        return true;
      return (start.word == "table" && start.next == "on") || (start.word == "who" && start.next == "may");
    case Body::table:
      return start.next_char != ':' && any_of(start.word, {"row", "columns"}) && !start.next.empty();
    case Body::matrix:
    case Body::section:
      if (start.next_char == ':') return false;
      if (any_of(start.word, {"row", "section"})) return start.next_char == '"';
      return start.word == "columns" && !start.next.empty();
  }
  return false;
}

bool leaves_body(View text, std::size_t at, Body body, bool lenient) {
  if (body == Body::top || !begins_declaration(text, at) || begins_member(text, at, body)) return false;
  return lenient || at == 0 || text[at - 1] == '\n';
}

std::size_t resume_after(View text, std::size_t begin, std::size_t failed, Body body, bool whole_blocks) {
  int parentheses = 0;
  int braces = 0;
  std::size_t at = begin;
  while (at < text.size()) {
    const char c = text[at];
    if (at > begin && at >= failed) {
      if (c == '}' && braces == 0) return at;
      if (begins_another(text, at, begin, body, parentheses <= 0 && braces <= 0)) return at;
    }
    if (c == '(') ++parentheses;
    if (c == ')') --parentheses;
    if (c == '{' && whole_blocks) {
      at = skip_blanks(text, behind_block(text, at));
      continue;
    }
    if (c == '{') ++braces;
    if (c == '}') {
      --braces;
      // What was left open inside of the braces ends with them.
      parentheses = 0;
    }
    at = skip_blanks(text, end_of_token(text, at));
  }
  return text.size();
}

std::size_t resume_at_brace(View text, std::size_t begin, std::size_t failed, Body block) {
  std::size_t at = begin;
  while (at < text.size()) {
    if (at >= failed) {
      if (text[at] == '{') return at;
      if (text[at] == '}') return at;
      if (at > begin && is_first_on_line(text, at) &&
          (begins_declaration(text, at) || begins_member(text, at, block)))
        return at;
    }
    at = skip_blanks(text, end_of_token(text, at));
  }
  return text.size();
}

}  // namespace policyc::text
