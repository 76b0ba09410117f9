#include "prepared_text.hpp"

#include <algorithm>
#include <array>

#include "unicode.hpp"

namespace policyc::text {
namespace {

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

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
  Preparer(std::string_view raw, Complaints& complaints) : raw_(raw), complaints_(complaints) { out_.text = raw; }

  PreparedText run() {
    if (raw_.substr(0, 3) == "\xEF\xBB\xBF") blank(0, 3), at_ = 3;
    while (at_ < raw_.size()) step();
    return std::move(out_);
  }

 private:
  enum class In { code, text };

  void step() {
    const char c = raw_[at_];
    if (c == '\n' || c == '\r') return end_line();
    if (in_ == In::code && c == '/' && raw_.substr(at_, 2) == "//") return comment();
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

  // One character of any text, with all that is wrong about it.
  void character() {
    const CodePoint point = decode(raw_, at_);
    const std::size_t end = at_ + point.length;
    const std::uint32_t c = point.value;
    if (!point.valid) {
      static constexpr char kHex[] = "0123456789ABCDEF";
      const std::string byte = {kHex[c >> 4u], kHex[c & 0xFu]};
      complain(DiagCode::invalid_utf8, at_, end, {std::to_string(at_), byte});
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
    blank(at_, end);
    at_ = end;
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
             {std::string(raw_.substr(begin, std::min<std::size_t>(end - begin, 60))), name_of_code_point(first.value),
              std::to_string(at_)});
    for (std::size_t i = at_; i < end; ++i)
      if (static_cast<unsigned char>(raw_[i]) >= 0x80) out_.text[i] = '_';
    at_ = end;
  }

  void complain(DiagCode code, std::size_t begin, std::size_t end, std::vector<std::string> arguments) {
    complaints_.add(code, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), std::move(arguments));
  }

  void blank(std::size_t begin, std::size_t end) {
    std::fill(out_.text.begin() + static_cast<std::ptrdiff_t>(begin), out_.text.begin() + static_cast<std::ptrdiff_t>(end), ' ');
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
