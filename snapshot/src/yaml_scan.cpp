#include "yaml_scan.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "encoding.hpp"

namespace policyc::snapshot {
namespace {

using text::DiagCode;

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

class Scanner {
 public:
  Scanner(std::string_view text, std::uint32_t max_nesting, Findings& findings)
      : text_(text), max_nesting_(max_nesting), findings_(findings), at_(length_of_mark(text)), line_(at_) {}

  // False if the nesting is too deep.
  bool run() {
    while (at_ < text_.size() && !too_deep_ && !findings_.full()) {
      if (at_ != line_ || begin_line()) token();
    }
    // What follows a bracket that is never closed is no text that goes on.
    const std::size_t unclosed = open_.empty() ? text_.size() : open_.back();
    for (const auto& [begin, end] : folded_)
      if (begin < unclosed) findings_.add(DiagCode::yaml_folded, begin, end);
    if (!too_deep_ && !open_.empty())
      findings_.add(DiagCode::snapshot_cut_off, open_.back(), open_.back() + 1,
                    {"'" + std::string(1, text_[open_.back()]) + "'"});
    return !too_deep_;
  }

 private:
  // The text has been checked for lone carriage returns: one at the end of a line belongs to it.
  [[nodiscard]] char at(std::size_t i) const noexcept {
    if (i >= text_.size()) return '\n';
    return text_[i] == '\r' ? '\n' : text_[i];
  }
  [[nodiscard]] bool in_flow() const noexcept { return !open_.empty(); }
  [[nodiscard]] bool ends_word(std::size_t i) const noexcept { return is_blank(at(i)) || at(i) == '\n'; }
  [[nodiscard]] std::ptrdiff_t column(std::size_t i) const noexcept {
    return static_cast<std::ptrdiff_t>(i - line_);
  }
  [[nodiscard]] bool starts(std::string_view mark) const noexcept {
    return text_.substr(at_, mark.size()) == mark;
  }

  void end_line() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ < text_.size()) ++at_;
    line_ = at_;
  }

  // Indentation, marks of documents, directives. False: nothing is left of the line.
  bool begin_line() {
    if ((starts("---") || starts("...")) && ends_word(at_ + 3)) {
      document_mark();
      return true;
    }
    if (at(at_) == '%') {
      findings_.add(DiagCode::yaml_document, at_, at_ + 1, {"a directive"});
      end_line();
      return false;
    }
    while (at(at_) == ' ') ++at_;
    if (at(at_) == '\t') {
      std::size_t first = at_;
      while (is_blank(at(at_))) ++at_;
      if (at(at_) != '\n' && at(at_) != '#') findings_.add(DiagCode::yaml_tab, first, first + 1);
    }
    // A line below plain text that is neither empty nor a comment and stands deeper
    // than what the text belongs to would go on with it.
    if (at(at_) == '\n') return true;
    if (plain_open_ && at(at_) != '#' && column(at_) > node_column_ && !in_flow())
      findings_.add(DiagCode::yaml_folded, at_, std::min(text_.find_first_of("\r\n", at_), text_.size()));
    if (in_flow()) return true;
    plain_open_ = false;
    // What stands here belongs to something further left.
    node_column_ = std::min(node_column_, column(at_) - 1);
    return true;
  }

  void document_mark() {
    const bool starts_document = text_[at_] == '-';
    if (in_flow() || (starts_document ? content_ || document_ended_ || document_begun_ : document_ended_))
      findings_.add(DiagCode::yaml_document, at_, at_ + 3, {"a second document"});
    (starts_document ? document_begun_ : document_ended_) = true;
    at_ += 3;
    node_column_ = -1;
    plain_open_ = false;
  }

  // At the start of a token, or of the blanks before it.
  void token() {
    const char c = at(at_);
    if (c == '\n') return end_line();
    if (is_blank(c)) {
      ++at_;
      return;
    }
    if (c == '#') return end_line();
    if (document_ended_ && !document_reported_) {
      findings_.add(DiagCode::yaml_document, at_, at_ + 1, {"a second document"});
      document_reported_ = true;
    }
    content_ = true;
    const bool separates = c == ':' && separates_key(std::exchange(after_quotes_, false));
    after_quotes_ = false;
    // In a flow collection plain text goes on over the end of its line, up to one of these.
    if (in_flow() && std::exchange(plain_open_, false) && !is_flow_mark(c) && !separates)
      folded_.emplace_back(at_, at_ + 1);
    switch (c) {
      case '[':
      case '{': return open();
      case ']':
      case '}':
        if (in_flow()) close(c);
        after_quotes_ = true;
        ++at_;
        return;
      case '"': return double_quoted();
      case '\'': return single_quoted();
      case '&':
      case '*': return property(DiagCode::yaml_anchor, {c == '&' ? "an anchor" : "an alias"});
      case '!': return property(DiagCode::yaml_tag, {});
      case ',':
        if (!in_flow()) break;
        ++at_;
        return;
      case ':':
        if (!separates) break;
        ++at_;
        return;
      case '?':
        if (!ends_word(at_ + 1)) break;
        findings_.add(DiagCode::key_not_text, at_, at_ + 1, {"a key marked with '?'"});
        ++at_;
        return;
      case '-':
        if (!ends_word(at_ + 1)) break;
        if (!in_flow()) node_column_ = column(at_);
        ++at_;
        return;
      case '|':
      case '>':
        if (!in_flow()) return block_text();
        break;
      default: break;
    }
    plain();
  }

  static bool is_flow_mark(char c) noexcept {
    return std::string_view(",[]{}").find(c) != std::string_view::npos;
  }

  // Whether the colon here stands between a key and its value. Right behind a
  // quoted key in a flow collection it needs no blank: that is JSON.
  [[nodiscard]] bool separates_key(bool after_quotes) const noexcept {
    return ends_word(at_ + 1) || (in_flow() && (after_quotes || is_flow_mark(at(at_ + 1))));
  }

  void open() {
    if (open_.size() == max_nesting_) {
      findings_.add(DiagCode::snapshot_too_deep, at_, at_ + 1, {std::to_string(max_nesting_)});
      too_deep_ = true;
      return;
    }
    open_.push_back(at_++);
  }

  // A bracket of the other kind closes the one below; the last was never closed.
  void close(char c) {
    const bool fits = (text_[open_.back()] == '{') == (c == '}');
    if (!fits && open_.size() > 1) {
      findings_.add(DiagCode::snapshot_cut_off, open_.back(), open_.back() + 1,
                    {"'" + std::string(1, text_[open_.back()]) + "'"});
      open_.pop_back();
    }
    open_.pop_back();
  }

  void property(DiagCode code, std::vector<std::string> arguments) {
    const std::size_t begin = at_;
    while (!ends_word(at_) && !(in_flow() && is_flow_mark(at(at_)))) ++at_;
    arguments.insert(arguments.begin(),
                     std::string(text_.substr(begin, std::min<std::size_t>(at_ - begin, 60))));
    findings_.add(code, begin, at_, std::move(arguments));
  }

  void double_quoted() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') ++at_;
      step();
    }
    quoted(begin);
  }

  void single_quoted() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && (text_[at_] != '\'' || at(at_ + 1) == '\'')) {
      if (text_[at_] == '\'') ++at_;
      step();
    }
    quoted(begin);
  }

  // Within quotes: one character, which may end a line.
  void step() {
    if (at_ < text_.size() && text_[at_] == '\n') line_ = at_ + 1;
    ++at_;
  }

  void quoted(std::size_t begin) {
    if (at_ >= text_.size()) {
      findings_.add(DiagCode::snapshot_cut_off, begin, begin + 1, {"a string"});
      // What is open around it need not be named, too.
      open_.clear();
      at_ = text_.size();
      return;
    }
    ++at_;
    after_quotes_ = true;
    std::size_t next = at_;
    while (is_blank(at(next))) ++next;
    if (!in_flow() && at(next) == ':' && begin >= line_) node_column_ = column(begin);
  }

  // Text without quotes, to the end of the token or of the line.
  void plain() {
    const std::size_t begin = at_++;
    for (; at(at_) != '\n'; ++at_) {
      const char c = at(at_);
      if (c == ':' && separates_key(false)) {
        if (!in_flow()) node_column_ = column(begin);
        if (text_.substr(begin, at_ - begin) == "<<")
          findings_.add(DiagCode::yaml_anchor, begin, at_, {"<<", "a merge key"});
        return;
      }
      if (c == '#' && is_blank(at(at_ - 1))) return;
      if (in_flow() && (is_flow_mark(c) || c == '?')) return;
    }
    plain_open_ = true;
  }

  // Lines that stand deeper than what they belong to, and no less deep than the first
  // of them. Blanks in front that are deeper still would set the indentation for
  // some readers, and the first words for others.
  void block_text() {
    const std::size_t begin = at_++;
    while (at(at_) == '-' || at(at_) == '+') ++at_;
    if (at(at_) >= '0' && at(at_) <= '9') findings_.add(DiagCode::yaml_block_indent, begin, at_ + 1);
    end_line();
    std::ptrdiff_t indent = 0;
    std::ptrdiff_t deepest_blank = 0;
    while (at_ < text_.size()) {
      std::size_t first = at_;
      while (at(first) == ' ') ++first;
      const std::ptrdiff_t here = column(first);
      if (at(first) != '\n') {
        if (indent == 0) {
          indent = here;
          if (deepest_blank > here) findings_.add(DiagCode::yaml_block_indent, begin, begin + 1);
        }
        if (here <= std::max<std::ptrdiff_t>(node_column_, 0) || here < indent) return;
      }
      deepest_blank = std::max(deepest_blank, here);
      end_line();
    }
  }

  std::string_view text_;
  std::uint32_t max_nesting_;
  Findings& findings_;
  std::size_t at_;
  std::size_t line_;                                         // where the line begins
  std::vector<std::size_t> open_;                            // brackets
  std::vector<std::pair<std::size_t, std::size_t>> folded_;  // text that goes on, within brackets
  std::ptrdiff_t node_column_ = -1;  // of the key or dash that the value at hand belongs to
  bool plain_open_ = false;          // the line before ended in plain text
  bool after_quotes_ = false;        // quotes or a bracket have just been closed
  bool content_ = false;
  bool document_begun_ = false;
  bool document_ended_ = false;
  bool document_reported_ = false;
  bool too_deep_ = false;
};

}  // namespace

bool scan_yaml(std::string_view text, std::uint32_t max_nesting, Findings& findings, bool& too_deep) {
  const std::uint32_t before = findings.errors();
  too_deep = !Scanner(text, max_nesting, findings).run();
  return findings.errors() == before;
}

}  // namespace policyc::snapshot
