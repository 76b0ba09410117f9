#include "prepared_text.hpp"

#include <algorithm>
#include <array>

#include "unicode.hpp"

namespace policyc::text {
namespace {

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// Most of any text: printable ASCII.
bool is_plain(char c) { return c >= ' ' && c <= '~'; }

// Marks that word processors put in place of plain ones.
struct Typographic {
  std::uint32_t first;
  std::uint32_t last;
  const char* what;
  std::string_view meant;
};
constexpr std::array<Typographic, 16> kTypographic = {{
    {0x201C, 0x201F, "a typographic quotation mark", "\""},
    {0x2018, 0x201B, "a typographic quotation mark", "\""},
    {0x00AB, 0x00AB, "a typographic quotation mark", "\""},
    {0x00BB, 0x00BB, "a typographic quotation mark", "\""},
    {0x2010, 0x2015, "a typographic dash", "-"},
    {0x2212, 0x2212, "a typographic minus", "-"},
    {0x00A0, 0x00A0, "a no-break space", " "},
    {0x2000, 0x200A, "a typographic space", " "},
    {0x202F, 0x202F, "a narrow no-break space", " "},
    {0x3000, 0x3000, "an ideographic space", " "},
    {0x2260, 0x2260, "a mathematical sign", "!="},
    {0x2264, 0x2264, "a mathematical sign", "<="},
    {0x2265, 0x2265, "a mathematical sign", ">="},
    {0xFF08, 0xFF08, "a full-width parenthesis", "("},
    {0xFF09, 0xFF09, "a full-width parenthesis", ")"},
    {0xFF0C, 0xFF0C, "a full-width comma", ","},
}};

const Typographic* typographic(std::uint32_t c) {
  const auto* found = std::find_if(kTypographic.begin(), kTypographic.end(),
                                   [&](const Typographic& t) { return c >= t.first && c <= t.last; });
  return found == kTypographic.end() ? nullptr : found;
}

class Preparer {
 public:
  Preparer(std::string_view raw, Complaints& complaints) : raw_(raw), complaints_(complaints) {
    out_.text = raw;
  }

  PreparedText run() {
    if (raw_.substr(0, 3) == "\xEF\xBB\xBF") blank(0, 3), at_ = 3;
    if (raw_.substr(0, 2) == "\xFF\xFE" || raw_.substr(0, 2) == "\xFE\xFF") return other_encoding();
    while (at_ < raw_.size()) step();
    return std::move(out_);
  }

 private:
  enum class In { code, text };

  // The mark of UTF-16 says that nothing in the file will make sense.
  PreparedText other_encoding() {
    character();
    blank(0, raw_.size());
    return std::move(out_);
  }

  void step() {
    const char c = raw_[at_];
    if (is_plain(c) && c != '"' && c != '/' && c != '\\' && c != '#' && c != '-') {
      ++at_;
      return;
    }
    if (c == '\n' || c == '\r') return end_line();
    if (in_ == In::code && c == '/' && raw_.substr(at_, 2) == "//") return comment();
    if (in_ == In::code && raw_.substr(at_, 2) == "/*") return block_comment();
    if (in_ == In::code && c == '#' && follows_blank()) return line_comment("#");
    if (in_ == In::code && raw_.substr(at_, 2) == "--" && follows_blank() && !is_digit_at(at_ + 2))
      return line_comment("--");
    if (in_ == In::text && c == '\\') {
      ++at_;
      if (at_ < raw_.size() && raw_[at_] != '\n' && raw_[at_] != '\r') character();
      return;
    }
    if (c == '"') {
      in_ = in_ == In::code ? In::text : In::code;
      typographic_text_ = false;
    }
    character();
  }

  // Strings end with their line, closed or not.
  void end_line() {
    if (raw_[at_] == '\r') out_.text[at_] = raw_.substr(at_, 2) == "\r\n" ? ' ' : '\n';
    in_ = In::code;
    typographic_text_ = false;
    ++at_;
  }

  void comment() {
    const std::size_t begin = at_;
    in_comment_ = true;
    while (at_ < raw_.size() && raw_[at_] != '\n' && raw_[at_] != '\r') character();
    in_comment_ = false;
    blank(begin, at_);
    out_.comments.push_back(
        {std::string(raw_.substr(begin, at_ - begin)),
         {complaints_.file(), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)}});
  }

  // What other languages write. It is read over, so that its words are no statements.
  void block_comment() {
    const std::size_t close = raw_.find("*/", at_ + 2);
    const std::size_t end = close == std::string_view::npos ? raw_.size() : close + 2;
    complain(DiagCode::wrong_comment, at_, at_ + 2, {"/*"});
    for (; at_ < end; ++at_)
      if (raw_[at_] != '\n' && raw_[at_] != '\r')
        out_.text[at_] = ' ';
      else if (raw_[at_] == '\r')
        out_.text[at_] = raw_.substr(at_, 2) == "\r\n" ? ' ' : '\n';
  }

  // Lines of them that follow one another are reported once.
  void line_comment(std::string_view mark) {
    if (line_comment_end_ == 0 || !all_blank(line_comment_end_, at_))
      complain(DiagCode::wrong_comment, at_, at_ + mark.size(), {std::string(mark)});
    const std::size_t begin = at_;
    in_comment_ = true;
    while (at_ < raw_.size() && raw_[at_] != '\n' && raw_[at_] != '\r') character();
    in_comment_ = false;
    blank(begin, at_);
    line_comment_end_ = at_;
  }

  bool follows_blank() const { return at_ == 0 || is_blank(out_.text[at_ - 1]); }
  bool is_digit_at(std::size_t at) const { return at < raw_.size() && raw_[at] >= '0' && raw_[at] <= '9'; }

  bool all_blank(std::size_t begin, std::size_t end) const {
    return std::all_of(out_.text.begin() + static_cast<std::ptrdiff_t>(begin),
                       out_.text.begin() + static_cast<std::ptrdiff_t>(end), is_blank);
  }

  // One character of any text, with all that is wrong about it.
  void character() {
    if (is_plain(raw_[at_])) {
      ++at_;
      return;
    }
    const CodePoint point = decode(raw_, at_);
    const std::size_t end = at_ + point.length;
    const std::uint32_t c = point.value;
    if (!point.valid) {
      static constexpr char kHex[] = "0123456789ABCDEF";
      const std::string byte = {kHex[c >> 4u], kHex[c & 0xFu]};
      // Bytes that follow one another are one mistake.
      if (invalid_end_ != at_ || at_ == 0)
        complain(DiagCode::invalid_utf8, at_, end, {std::to_string(at_), byte});
      invalid_end_ = end;
    } else if (is_control(c)) {
      complain(DiagCode::control_character, at_, end, {name_of_code_point(c), std::to_string(at_)});
    } else if (is_bidi_control(c)) {
      complain(DiagCode::bidi_control, at_, end, {name_of_code_point(c), std::to_string(at_)});
    } else if (is_invisible(c)) {
      complain(DiagCode::invisible_character, at_, end, {name_of_code_point(c), std::to_string(at_)});
    } else {
      if (c >= 0x80 && !in_comment_ && (in_ == In::code || typographic_text_)) return foreign(point);
      at_ = end;
      return;
    }
    if (splits_word(end))
      bridge(end);
    else
      blank(at_, end);
    at_ = end;
  }

  bool splits_word(std::size_t end) const {
    return in_ == In::code && !in_comment_ && at_ > 0 && is_word_char(out_.text[at_ - 1]) &&
           end < raw_.size() && is_word_char(raw_[end]);
  }

  // One word with a mistake in it stays one word.
  void bridge(std::size_t end) {
    std::size_t first = at_;
    while (first > 0 && is_word_char(out_.text[first - 1])) --first;
    std::size_t last = end;
    while (last < raw_.size() && is_word_char(raw_[last])) ++last;
    const std::string before = out_.text.substr(first, at_ - first);
    const std::string behind = out_.text.substr(end, last - end);
    out_.unread_words.push_back(before + behind);
    out_.unread_words.push_back(before + std::string(end - at_, '_') + behind);
    out_.text.replace(at_, end - at_, end - at_, '_');
  }

  // A character beyond ASCII outside of strings and comments, or inside of a
  // string that a typographic quotation mark has opened.
  void foreign(CodePoint point) {
    const Typographic* mark = typographic(point.value);
    if (in_ == In::text) {
      if (mark != nullptr && mark->meant == "\"") {
        place(mark->meant, point.length);
        in_ = In::code;
        typographic_text_ = false;
      }
      at_ += point.length;
      return;
    }
    if (mark == nullptr) return foreign_word();
    const std::string shown = std::string(mark->meant) == " " ? "a plain space" : std::string(mark->meant);
    complain(DiagCode::typographic_mark, at_, at_ + point.length, {mark->what, shown});
    place(mark->meant, point.length);
    if (mark->meant == "\"") {
      in_ = In::text;
      typographic_text_ = true;
    }
    at_ += point.length;
  }

  // The whole word is reported, and goes on as a word of ASCII.
  void foreign_word() {
    std::size_t begin = at_;
    while (begin > 0 && is_word_char(out_.text[begin - 1])) --begin;
    std::size_t end = at_;
    while (end < raw_.size()) {
      const CodePoint point = decode(raw_, end);
      const std::uint32_t c = point.value;
      if (!point.valid || is_control(c) || is_bidi_control(c) || is_invisible(c)) break;
      if (c < 0x80 ? !is_word_char(static_cast<char>(c)) : typographic(c) != nullptr) break;
      end += point.length;
    }
    const CodePoint first = decode(raw_, at_);
    complain(DiagCode::non_ascii_name, begin, end,
             {std::string(raw_.substr(begin, std::min<std::size_t>(end - begin, 60))),
              name_of_code_point(first.value), std::to_string(at_)});
    for (std::size_t i = at_; i < end; ++i)
      if (static_cast<unsigned char>(raw_[i]) >= 0x80) out_.text[i] = '_';
    out_.unread_words.push_back(out_.text.substr(begin, end - begin));
    at_ = end;
  }

  void complain(DiagCode code, std::size_t begin, std::size_t end, std::vector<std::string> arguments) {
    complaints_.add(code, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                    std::move(arguments));
  }

  void blank(std::size_t begin, std::size_t end) {
    std::fill(out_.text.begin() + static_cast<std::ptrdiff_t>(begin),
              out_.text.begin() + static_cast<std::ptrdiff_t>(end), ' ');
  }

  void place(std::string_view meant, std::size_t length) {
    blank(at_, at_ + length);
    // An opening quotation mark stands next to its text, all others where they were.
    const bool opens = meant == "\"" && in_ == In::code;
    out_.text.replace(opens ? at_ + length - 1 : at_, meant.size(), meant);
  }

  std::string_view raw_;
  Complaints& complaints_;
  PreparedText out_;
  std::size_t at_ = 0;
  In in_ = In::code;
  bool in_comment_ = false;
  bool typographic_text_ = false;
  std::size_t line_comment_end_ = 0;
  std::size_t invalid_end_ = 0;
};

}  // namespace

PreparedText prepare(std::string_view raw, Complaints& complaints) { return Preparer(raw, complaints).run(); }

void Complaints::move_to(Diagnostics& diagnostics) {
  std::stable_sort(found_.begin(), found_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    // That there are more comes last, wherever reading stopped.
    const bool a_last = a.code == DiagCode::too_many_errors;
    const bool b_last = b.code == DiagCode::too_many_errors;
    return a_last != b_last ? b_last : a.span.begin < b.span.begin;
  });
  for (Diagnostic& diagnostic : found_) diagnostics.add(std::move(diagnostic));
  found_.clear();
}

}  // namespace policyc::text
