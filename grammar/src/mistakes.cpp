#include "mistakes.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "other_languages.hpp"
#include "words.hpp"

namespace policyc::text {
namespace {

using View = std::string_view;

// Words of other languages for what a statement of this one says.
struct OtherWord {
  View theirs;
  View ours;
};
constexpr std::array<OtherWord, 38> kOtherWords = {{
    {"permit", "allow"},      {"grant", "allow"},          {"enable", "allow"},      {"can", "allow"},
    {"permission", "action"}, {"permissions", "action"},   {"operation", "action"},  {"verb", "action"},
    {"deny", "forbid"},       {"prohibit", "forbid"},      {"disallow", "forbid"},   {"refuse", "forbid"},
    {"reject", "forbid"},     {"where", "when"},           {"provided", "when"},     {"except", "unless"},
    {"resource", "scope"},    {"entity", "scope"},         {"type", "scope"},        {"class", "scope"},
    {"namespace", "scope"},   {"object", "scope"},         {"principal", "subject"}, {"actor", "subject"},
    {"relation", "role"},     {"include", "import"},       {"using", "import"},      {"use", "import"},
    {"require", "import"},    {"define", "condition"},     {"let", "condition"},     {"def", "condition"},
    {"assert", "test"},       {"check", "test"},           {"version", "language"},  {"package", "policy"},
    {"module", "policy"},     {"attribute", "NAME: TYPE"},
}};

std::vector<std::string> statement_words(Body body) {
  switch (body) {
    case Body::top:
      return {"allow",     "forbid",  "scope", "subject",    "role",       "action", "actions",  "enum",
              "condition", "context", "test",  "matrix",     "import",     "policy", "language", "always",
              "never",     "unless",  "when",  "constraint", "obligation", "group"};
    case Body::scope: return {"role", "open", "action", "condition"};
    case Body::subject: return {"action"};
    case Body::group:
    case Body::context: return {};
    case Body::test: return {"table"};
    case Body::table: return {"row", "columns"};
    case Body::matrix: return {"row", "columns", "section"};
    case Body::section: return {"row"};
  }
  return {};
}

// What may follow within a statement.
std::vector<std::string> clause_words(Body body) {
  switch (body) {
    case Body::top:
      return {"when", "unless",   "and",      "or",   "not", "is",
              "in",   "contains", "includes", "from", "if",  "version"};
    case Body::scope: return {"includes", "from", "if", "not", "and", "or", "is", "in", "contains", "on"};
    case Body::test: return {"because", "with"};
    default: return {};
  }
}

const char* what_stands_in(Body body) {
  switch (body) {
    case Body::scope: return "attributes (`name: type`), roles, actions and conditions";
    case Body::subject: return "attributes (`name: type`) and actions";
    case Body::group:
    case Body::context: return "attributes (`name: type`)";
    case Body::table: return "`columns user:ann, …` and rows, `row task.label: yes, …`";
    case Body::matrix:
      return "`columns ROLE, …`, `section \"TITLE\" { … }` and rows, `row \"TITLE\" SCOPE.ACTION`";
    case Body::section: return "rows, `row \"TITLE\" SCOPE.ACTION`";
    default: return "statements";
  }
}

const std::vector<std::string> kTo = {"to"};

constexpr View kNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

class Explainer {
 public:
  Explainer(const Expected& expected, const Failure& failure)
      : expected_(expected), failure_(failure), text_(failure.text) {
    token_ = text_.substr(failure.offset, end_of_token(text_, failure.offset) - failure.offset);
  }

  Mistake explain() const {
    Mistake out = mistake();
    if (out.suggestion.empty()) out.suggestion = quoted_id();
    return out;
  }

 private:
  Mistake mistake() const {
    switch (expected_.code) {
      case DiagCode::expected_statement:
      case DiagCode::expected_member:
      case DiagCode::expected_expectation:
      case DiagCode::expected_table_item: return statement();
      default: break;
    }
    if (missing_at_end_of_line()) return at_end_of_line();
    if (token_ == ";") return at_token(DiagCode::semicolon, {});
    if (token_ == "'") return single_quotes();
    if ((token_ == "[" || token_ == "]") && expected_.code != DiagCode::chained_comparison)
      return at_token(DiagCode::wrong_bracket, {std::string(token_)});
    switch (expected_.code) {
      case DiagCode::expected_name: return name();
      case DiagCode::expected_expression: return expression();
      case DiagCode::expected_who: return who();
      case DiagCode::expected_member_after_dot:
        return at_token(expected_.code, arguments(), swapped_target());
      case DiagCode::expected_to: return at_token(expected_.code, arguments(), to_or_comma());
      case DiagCode::expected_word:
        return at_token(expected_.code, arguments(),
                        did_you_mean(token_, std::vector<std::string>{expected_.what}));
      default: break;
    }
    return at_token(expected_.code, arguments());
  }

  // `allow reader writer to …`, beside `allow reader ot …`.
  std::string to_or_comma() const {
    std::string meant = did_you_mean(token_, kTo);
    const bool is_name = !token_.empty() && token_.find_first_not_of(kNameCharacters) == View::npos;
    const View line = text_.substr(failure_.offset, text_.find('\n', failure_.offset) - failure_.offset);
    if (meant.empty() && is_name && line.find(" to ") != View::npos)
      meant = "a comma may be missing before '" + std::string(token_) + "'";
    return meant;
  }

  Mistake at_token(DiagCode code, std::vector<std::string> arguments, std::string suggestion = {}) const {
    return {code, failure_.offset, failure_.offset + token_.size(), std::move(arguments),
            std::move(suggestion)};
  }

  std::vector<std::string> arguments() const {
    if (expected_.code == DiagCode::expected_who || expected_.code == DiagCode::expected_to)
      return {std::string(effect())};
    if (expected_.code == DiagCode::expected_expression) return {expression_help()};
    std::vector<std::string> out;
    if (*expected_.what != '\0') out.emplace_back(expected_.what);
    if (*expected_.more != '\0') out.emplace_back(expected_.more);
    return out;
  }

  // The line ended, or the text did, before what was expected.
  bool missing_at_end_of_line() const {
    const std::size_t end = end_of_token_before(text_, failure_.offset);
    return failure_.offset >= text_.size() ||
           text_.substr(end, failure_.offset - end).find('\n') != View::npos;
  }

  // The caret stands where the missing piece belongs, not at the next statement.
  Mistake at_end_of_line() const {
    const std::size_t end = end_of_token_before(text_, failure_.offset);
    return {expected_.code, end, end, arguments(), {}};
  }

  Mistake single_quotes() const {
    const std::size_t line_end = std::min(text_.find('\n', failure_.offset), text_.size());
    const std::size_t close = text_.substr(0, line_end).find('\'', failure_.offset + 1);
    return {DiagCode::single_quotes,
            failure_.offset,
            close == View::npos ? failure_.offset + 1 : close + 1,
            {close == View::npos
                 ? "\"…\""
                 : in_double_quotes(text_.substr(failure_.offset + 1, close - failure_.offset - 1))},
            {}};
  }

  Mistake name() const {
    if (is_reserved(token_)) return at_token(DiagCode::reserved_word, {std::string(token_), expected_.what});
    return at_token(DiagCode::expected_name, arguments());
  }

  std::string expression_help() const {
    if (token_ == "not" && !missing_at_end_of_line())
      return "`not` stands before a whole comparison: write not (a == b), or put it into parentheses";
    return "write a condition, such as subject == task.created_by, or a value";
  }
  Mistake expression() const { return at_token(DiagCode::expected_expression, {expression_help()}); }

  // `allow task.* to member`: only actions are named by a star or a list.
  std::string swapped_target() const {
    const bool is_rule = effect() == "allow" || effect() == "forbid";
    const View before = text_.substr(failure_.statement, failure_.offset - failure_.statement);
    if (!is_rule || (token_ != "*" && token_ != "{") || before.find(" to ") != View::npos) return {};
    const std::size_t dot = end_of_token_before(text_, failure_.offset) - 1;
    const std::size_t scope = start_of_word(text_, dot);
    const std::string what(text_.substr(scope, dot - scope));
    return "who comes first: " + std::string(effect()) + " ROLE to " + what + (token_ == "*" ? ".*" : ".{…}");
  }

  // The rule's first word, as ours.
  View effect() const {
    const View word =
        text_.substr(failure_.statement, end_of_token(text_, failure_.statement) - failure_.statement);
    for (const OtherWord& other : kOtherWords)
      if (other.theirs == word) return other.ours;
    return word;
  }

  Mistake who() const {
    const bool everyone = token_ == "all" || token_ == "any";
    if (everyone && effect() == "allow") return at_token(DiagCode::allow_anyone, {});
    if (everyone) return at_token(DiagCode::wrong_word, {std::string(token_), "anyone"});
    return at_token(DiagCode::expected_who, arguments());
  }

  // Nothing that may stand here begins with this token.
  Mistake statement() const {
    const std::string token = std::string(token_);
    const Body body = failure_.body;
    if (token_ == "'") return single_quotes();
    if (token_ == ")" || token_ == "]") return at_token(DiagCode::stray_close, {token});
    if (body != Body::top && begins_declaration(text_, failure_.offset))
      return at_token(DiagCode::misplaced_statement,
                      {token, name_of(body), std::to_string(failure_.block_line)});
    const auto* other = std::find_if(kOtherWords.begin(), kOtherWords.end(),
                                     [&](const OtherWord& word) { return word.theirs == token_; });
    if (other != kOtherWords.end() && other->ours == "allow" && next_char() == '(')
      return at_token(DiagCode::wrong_word, {token, "allow ROLE, … to SCOPE.ACTION, … when CONDITION"});
    if (other != kOtherWords.end() && (body == Body::top || is_member_word(other->ours)))
      return at_token(DiagCode::wrong_word, {token, std::string(other->ours)});
    if (goes_on_in_line()) return at_token(DiagCode::unexpected_after_statement, {token}, way_to_go_on());
    const std::vector<std::string> words = statement_words(body);
    const std::string suggestion = did_you_mean(token_, words);
    switch (expected_.code) {
      case DiagCode::expected_statement: {
        const std::string rule = as_rule();
        return at_token(DiagCode::expected_statement, {token}, rule.empty() ? suggestion : rule);
      }
      case DiagCode::expected_expectation:
        return at_token(DiagCode::expected_expectation, {token}, suggestion);
      default: return at_token(expected_.code, {token, name_of(body), what_stands_in(body)}, suggestion);
    }
  }

  char next_char() const {
    const std::size_t next = skip_blanks(text_, failure_.offset + token_.size());
    return next < text_.size() ? text_[next] : '\0';
  }

  // `member can task.read`: who comes first elsewhere, and behind the verdict here.
  std::string as_rule() const {
    std::size_t at = skip_blanks(text_, failure_.offset + token_.size());
    const auto word = [&] {
      const std::size_t begin = std::exchange(at, end_of_token(text_, at));
      const std::string_view found = text_.substr(begin, at - begin);
      at = skip_blanks(text_, at);
      return found;
    };
    const std::string_view verb = word();
    constexpr std::array<View, 2> kAllows = {"can", "may"};
    constexpr std::array<View, 3> kForbids = {"cannot", "maynot", "cant"};
    const bool forbids = std::find(kForbids.begin(), kForbids.end(), verb) != kForbids.end();
    if (!forbids && std::find(kAllows.begin(), kAllows.end(), verb) == kAllows.end()) return {};
    const std::size_t what = at;
    const bool negated = word() == "not";
    if (!negated) at = what;
    const std::size_t begin = at;
    std::size_t end = end_of_token(text_, at);
    while (end < text_.size() && text_[end] == '.') end = end_of_token(text_, end + 1);
    const std::string action = begin < text_.size() && is_first_on_line(text_, begin)
                                   ? ""
                                   : std::string(text_.substr(begin, end - begin));
    const bool is_action = action.find('.') != std::string::npos;
    return std::string("write `") + (forbids || negated ? "forbid " : "allow ") + std::string(token_) +
           " to " + (is_action ? action : "SCOPE.ACTION") + "`";
  }

  std::string way_to_go_on() const {
    if (token_ == "from" && failure_.body != Body::top) return order_of_from();
    if (token_ == "has" || token_ == "have")
      return "a role is asked for with `is`: subject is ROLE; whether something is there, with `is set`";
    if (token_ == "(" && failure_.body == Body::top)
      return "a condition asks for parameters: when action.NAME == …";
    if (token_ == "-" && is_within_word()) return "a name is of letters, digits and '_' alone";
    if (token_ == "{" && first_word_of_statement() == "role")
      return "a role has no braces: role NAME from …, … if … includes …";
    if (std::string list = way_of_lists(); !list.empty()) return list;
    return did_you_mean(token_, clause_words(failure_.body));
  }

  // Where a list was meant, or none.
  std::string way_of_lists() const {
    const bool is_name = !token_.empty() && token_.find_first_not_of(kNameCharacters) == View::npos;
    const View begun = first_word_of_statement();
    if (begun == "role" && token_ == ",") return "each role is declared by itself: role a  role b";
    if (begun == "role" && (token_ == "when" || token_ == "unless"))
      return "a role's condition begins with `if`: role NAME if …";
    if (begun == "action" && is_name && next_char() != ':' && !is_clause(token_))
      return "a comma may be missing before '" + std::string(token_) + "'";
    if (failure_.body == Body::top && is_name && (next_char() == '.' || next_char() == ','))
      return "a comma may be missing before '" + std::string(token_) + "'";
    return {};
  }

  bool is_clause(View word) const {
    const std::vector<std::string> words = clause_words(failure_.body);
    return std::any_of(words.begin(), words.end(), [&](const std::string& one) {
      return one == word || !did_you_mean(word, std::vector{one}).empty();
    });
  }

  // Letters stand right before and right behind.
  bool is_within_word() const {
    const auto is_name_at = [&](std::size_t at) {
      return at < text_.size() && kNameCharacters.find(text_[at]) != View::npos;
    };
    return failure_.offset > 0 && is_name_at(failure_.offset - 1) && is_name_at(failure_.offset + 1);
  }

  // Of the last declaration before this place, be it in a line with others.
  View first_word_of_statement() const {
    const std::size_t line = text_.substr(0, failure_.offset).rfind('\n') + 1;
    const View before = text_.substr(line, failure_.offset - line);
    const std::size_t last = before.find_last_of("{}");
    const std::size_t begin = before.find_first_not_of(" \t", last == View::npos ? 0 : last + 1);
    return begin == View::npos ? View() : before.substr(begin, end_of_token(before, begin) - begin);
  }

  // The parts of a declaration have an order, and this one comes early in it.
  std::string order_of_from() const {
    const std::size_t line = text_.substr(0, failure_.offset).rfind('\n') + 1;
    const View before = text_.substr(line, failure_.offset - line);
    const View words = before.substr(std::min(before.find_first_not_of(" \t"), before.size()));
    return words.starts_with("role ")
               ? "`from` comes first: role NAME from …, … if … includes …"
               : "`from request` comes before the default: NAME: TYPE from request = …";
  }

  // `user:ann@acme.io`: the literal ends where its id has a mark, and the rest makes no sense.
  std::string quoted_id() const {
    constexpr View kAround = " \t\r\n,(){}[]\"'=<>!;";
    const std::size_t before = text_.substr(0, failure_.offset).find_last_of(kAround);
    const std::size_t begin = before == View::npos ? 0 : before + 1;
    const View word = text_.substr(begin, text_.find_first_of(kAround, failure_.offset) - begin);
    const std::size_t colon = std::min(word.find_first_not_of(kNameCharacters), word.size());
    if (colon == 0 || !word.substr(colon).starts_with(':')) return {};
    const std::size_t id = colon + 1;
    std::size_t mark = id;
    while (mark < word.size() && (word[mark] == '-' || kNameCharacters.find(word[mark]) != View::npos))
      ++mark;
    if (mark == id || mark == word.size() || begin + mark > failure_.offset) return {};
    return "an id with such a character is quoted: " + std::string(word.substr(0, id)) + '"' +
           std::string(word.substr(id)) + '"';
  }

  bool is_member_word(View word) const {
    const std::vector<std::string> words = statement_words(failure_.body);
    return std::find(words.begin(), words.end(), word) != words.end();
  }

  // Something that is no bracket precedes it in its line.
  bool goes_on_in_line() const {
    if (is_first_on_line(text_, failure_.offset)) return false;
    const char last = text_[end_of_token_before(text_, failure_.offset) - 1];
    return last != '{' && last != '}' && last != ';';
  }

  const Expected& expected_;
  const Failure& failure_;
  View text_;
  View token_;
};

}  // namespace

Mistake explain(const Expected& expected, const Failure& failure) {
  return Explainer(expected, failure).explain();
}

}  // namespace policyc::text
