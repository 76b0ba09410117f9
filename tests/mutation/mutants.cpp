#include "mutants.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace policyc::mutation {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The source with comments, literals and directives blanked, so that places stay what they were.
std::string code_of(std::string_view source) {
  std::string code(source);
  const auto blank = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < std::min(to, code.size()); ++i)
      if (code[i] != '\n') code[i] = ' ';
    return to;
  };
  const auto after = [&](std::string_view what, std::size_t from) {
    const std::size_t at = source.find(what, from);
    return at == source.npos ? source.size() : at + what.size();
  };
  for (std::size_t i = 0; i < source.size();) {
    const std::string_view rest = source.substr(i);
    const bool begins_line = i == 0 || source[i - 1] == '\n';
    if (rest.starts_with("//") || (begins_line && rest.starts_with("#"))) {
      i = blank(i, std::min(source.find('\n', i), source.size()));
    } else if (rest.starts_with("/*")) {
      i = blank(i, after("*/", i));
    } else if (rest.starts_with("R\"")) {
      const std::string mark(source.substr(i + 2, source.find('(', i) - i - 2));
      i = blank(i, after(")" + mark + "\"", i));
    } else if (rest[0] == '"' || (rest[0] == '\'' && (i == 0 || !is_word(source[i - 1])))) {
      std::size_t end = i + 1;
      while (end < source.size() && source[end] != rest[0]) end += source[end] == '\\' ? 2U : 1U;
      i = blank(i, end + 1);
    } else {
      ++i;
    }
  }
  return code;
}

struct Exchange {
  std::string_view from, to;
};
// Blanks tell an operator from a template's brackets and from a pointer: the sources are formatted.
constexpr std::array kExchanges = {
    Exchange{" == ", " != "}, Exchange{" != ", " == "}, Exchange{" < ", " <= "},  Exchange{" <= ", " < "},
    Exchange{" > ", " >= "},  Exchange{" >= ", " > "},  Exchange{" && ", " || "}, Exchange{" || ", " && "},
    Exchange{" + ", " - "},   Exchange{" - ", " + "},   Exchange{" & ", " | "},   Exchange{" | ", " & "},
    Exchange{" |= ", " &= "}, Exchange{" &= ", " |= "}, Exchange{" += ", " -= "}, Exchange{" << ", " >> "},
};
constexpr std::array kWords = {Exchange{"true", "false"}, Exchange{"false", "true"}, Exchange{"break;", ";"},
                               Exchange{"continue;", ";"}, Exchange{"allow", "deny"}};

// The bracket that closes the one at `open`.
std::size_t closing(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '(') ++depth;
    if (code[i] == ')' && --depth == 0) return i;
  }
  return code.npos;
}

class Finder {
 public:
  explicit Finder(std::string_view source) : code_(code_of(source)) {}

  std::vector<Mutant> all() {
    for (at_ = 0; at_ < code_.size(); ++at_) {
      if (code_.compare(at_, 13, "static_assert") == 0)
        at_ = std::min(code_.find(';', at_), code_.size() - 1);
      exchange();
      if (at_ > 0 && is_word(code_[at_ - 1])) continue;
      word();
      number();
      condition();
      negation();
    }
    return std::move(found_);
  }

 private:
  void add(std::size_t begin, std::size_t end, std::string replacement) {
    found_.push_back({begin, end, std::move(replacement)});
  }

  void exchange() {
    for (const Exchange& one : kExchanges)
      if (code_.compare(at_, one.from.size(), one.from) == 0)
        add(at_, at_ + one.from.size(), std::string(one.to));
  }

  void word() {
    for (const Exchange& one : kWords) {
      const std::size_t end = at_ + one.from.size();
      if (code_.compare(at_, one.from.size(), one.from) == 0 && (end >= code_.size() || !is_word(code_[end])))
        add(at_, end, std::string(one.to));
    }
  }

  // 7 becomes 8; a number's last digits alone, if it is no plain one.
  void number() {
    if (std::isdigit(static_cast<unsigned char>(code_[at_])) == 0) return;
    if (at_ > 0 && (code_[at_ - 1] == '\'' || code_[at_ - 1] == '.')) return;
    std::size_t end = at_;
    while (end < code_.size() && std::isdigit(static_cast<unsigned char>(code_[end])) != 0) ++end;
    const bool is_plain =
        end == code_.size() || (!is_word(code_[end]) && code_[end] != '.' && code_[end] != '\'');
    if (is_plain && end - at_ < 10)
      add(at_, end, std::to_string(std::stoll(code_.substr(at_, end - at_)) + 1));
  }

  // What an `if` asks is taken for certain, one way and the other.
  void condition() {
    if (code_.compare(at_, 4, "if (") != 0) return;
    const std::size_t open = at_ + 3;
    const std::size_t close = closing(code_, open);
    if (close == code_.npos) return;
    const std::string_view inside = std::string_view(code_).substr(open, close - open);
    if (inside.find(';') != inside.npos || inside.find(" = ") != inside.npos) return;
    add(open, close + 1, "(true)");
    add(open, close + 1, "(false)");
  }

  void negation() {
    if (code_[at_] == '!' && at_ + 1 < code_.size() && (is_word(code_[at_ + 1]) || code_[at_ + 1] == '('))
      add(at_, at_ + 1, "");
  }

  std::string code_;
  std::size_t at_ = 0;
  std::vector<Mutant> found_;
};

}  // namespace

std::vector<Mutant> mutants_of(std::string_view source) {
  if (source.empty()) return {};
  return Finder(source).all();
}

Line line_of(std::string_view source, std::size_t at) {
  const auto end = static_cast<std::ptrdiff_t>(at);
  Line line;
  line.number = 1 + static_cast<std::size_t>(std::count(source.begin(), source.begin() + end, '\n'));
  std::size_t begin = at == 0 ? source.npos : source.rfind('\n', at - 1);
  begin = begin == source.npos ? 0 : begin + 1;
  line.text = source.substr(begin, source.find('\n', at) - begin);
  while (!line.text.empty() && line.text.front() == ' ') line.text.remove_prefix(1);
  while (!line.text.empty() && line.text.back() == ' ') line.text.remove_suffix(1);
  return line;
}

}  // namespace policyc::mutation
