#include "json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <new>
#include <utility>

#include "encoding.hpp"
#include "json_trouble.hpp"

namespace policyc::snapshot {
namespace {

using text::DiagCode;
namespace ondemand = simdjson::ondemand;

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_number(std::string_view text) noexcept {
  std::size_t at = 0;
  const auto here = [&] { return at < text.size() ? text[at] : '\0'; };
  const auto digits = [&] {
    const std::size_t first = at;
    while (here() >= '0' && here() <= '9') ++at;
    return at > first;
  };
  if (here() == '-') ++at;
  if (here() == '0')
    ++at;
  else if (!digits())
    return false;
  if (here() == '.' && (++at, !digits())) return false;
  if (here() == 'e' || here() == 'E') {
    ++at;
    if (here() == '+' || here() == '-') ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

// The first mistake that simdjson names without its place: a control character in
// a string, or a string that is never closed.
struct StringTrouble {
  std::size_t at;
  bool unclosed;
};
StringTrouble trouble_with_strings(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '"') continue;
    const std::size_t opened = i;
    for (++i; i < text.size() && text[i] != '"'; ++i) {
      if (static_cast<unsigned char>(text[i]) < ' ') return {i, false};
      if (text[i] == '\\') ++i;
    }
    if (i >= text.size()) return {opened, true};
  }
  return {0, false};
}

}  // namespace

class JsonReader::Impl {
 public:
  Impl(std::uint32_t max_nesting, bool lines, Findings& findings)
      : max_nesting_(max_nesting), lines_(lines), findings_(findings) {}

  [[nodiscard]] bool too_deep() const noexcept { return too_deep_; }

  bool read(std::size_t begin, std::size_t end, Document& document) {
    document.clear();
    document_ = &document;
    begin_ = begin;
    end_ = end;
    const std::string_view text = document.source().substr(begin, end - begin);
    make_room(text.size());
    const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + kPadding);
    const simdjson::error_code error =
        room_ == simdjson::SUCCESS ? parser_.iterate(padded).get(json_) : room_;
    // Want of memory is no fault of the text: it goes the way of all such wants.
    if (error == simdjson::MEMALLOC) throw std::bad_alloc();
    if (error != simdjson::SUCCESS) return refuse_text(error, text);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '{')
      return complain(begin + std::min(first, text.size()), trouble_with_start(text));
    ondemand::object object;
    if (const simdjson::error_code wrong = json_.get_object().get(object)) return fail(wrong);
    if (!members(object, begin + first, 1)) return false;
    const char* rest = nullptr;
    if (json_.current_location().get(rest) == simdjson::SUCCESS) return complain_about_rest(offset(rest));
    return true;
  }

 private:
  // Lines get room for longer ones, so that it isn't made for each anew.
  void make_room(std::size_t size) {
    constexpr std::size_t kLongestLine = std::size_t{1} << 20;
    if (size > parser_.capacity() && size <= kLongestLine)
      room_ = parser_.allocate(std::max(2 * size, std::size_t{16} * 1024));
  }

  [[nodiscard]] std::size_t offset(const char* at) const {
    return std::clamp(static_cast<std::size_t>(at - document_->source().data()), begin_, end_);
  }

  bool complain(std::size_t at, std::string what, std::string way_out = {}) {
    findings_.add(DiagCode::snapshot_syntax, at, std::min(at + 1, end_),
                  {"JSON", std::move(what), std::move(way_out)});
    return false;
  }

  bool complain(std::size_t at, const JsonTrouble& trouble) {
    if (!trouble.unclosed) return complain(at, std::string(trouble.what), std::string(trouble.way_out));
    findings_.add(DiagCode::snapshot_cut_off, *trouble.unclosed, *trouble.unclosed + 1,
                  {"'" + std::string(1, document_->source()[*trouble.unclosed]) + "'"});
    return false;
  }

  // What simdjson found wanting, in the words of somebody who looks at the text.
  bool complain(std::size_t at, simdjson::error_code error) {
    switch (error) {
      case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
        return complain(at, "the text does not end with the `}` that closes it",
                        "write the `}` or the `]` that is missing");
      case simdjson::TAPE_ERROR:
      case simdjson::INCORRECT_TYPE:
        return complain(at, trouble_at(document_->source().substr(0, end_), begin_, at));
      case simdjson::STRING_ERROR:
        return complain(at, "an escape that JSON does not have",
                        "write \\\\ for a backslash, \\n for the end of a line, \\u00e9 for a character");
      default: return complain(at, simdjson::error_message(error));
    }
  }

  bool complain_about_rest(std::size_t at) {
    return complain(
        at, "something follows where the text should end",
        lines_ ? "write each object on a line of its own" : "leave it out; a snapshot is one object");
  }

  bool fail(simdjson::error_code error) {
    const std::size_t last = document_->source().find_last_not_of(" \t\r\n", end_ - 1);
    if (error == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) {
      const std::size_t behind = behind_object(document_->source(), begin_, end_);
      if (behind < end_) return complain_about_rest(behind);
      return complain(last, error);
    }
    const char* found = nullptr;
    const bool known = json_.current_location().get(found) == simdjson::SUCCESS;
    const std::size_t at = known ? offset(found) : end_;
    if (at <= last) return complain(at, error);
    // What is missing at the end closes the last that was opened.
    NodeIndex open = document_->size();
    while (open > 0 && !document_->is_open(open - 1)) --open;
    if (open == 0) return complain(last, error);
    const std::size_t begin = (*document_)[open - 1].begin;
    findings_.add(DiagCode::snapshot_cut_off, begin, begin + 1,
                  {"'" + std::string(1, document_->source()[begin]) + "'"});
    return false;
  }

  // Found wanting before its structure was looked at.
  bool refuse_text(simdjson::error_code error, std::string_view text) {
    if (error == simdjson::EMPTY) {
      findings_.add(DiagCode::snapshot_empty, begin_, begin_, {"{ \"snapshot\": 1 }"});
      return false;
    }
    if (error == simdjson::UTF8_ERROR) {
      // Only this text is to be searched; it may be one line of many.
      report_bad_bytes(document_->source().substr(0, end_), begin_, findings_);
      return false;
    }
    const StringTrouble trouble = trouble_with_strings(text);
    const std::size_t at = begin_ + trouble.at;
    if (error == simdjson::UNESCAPED_CHARS)
      return complain(at, "a control character or the end of a line within a string",
                      "close the string on its line, or write \\n for the end of a line");
    if (error != simdjson::UNCLOSED_STRING) return complain(begin_, error);
    findings_.add(DiagCode::snapshot_cut_off, at, std::min(at + 1, end_), {"a string"});
    return false;
  }

  bool refuse_depth(std::size_t at) {
    too_deep_ = true;
    findings_.add(DiagCode::snapshot_too_deep, at, at + 1, {std::to_string(max_nesting_)});
    return false;
  }

  bool members(ondemand::object object, std::size_t begin, std::uint32_t depth) {
    const NodeIndex map = document_->open(Node::Kind::map, begin);
    std::size_t last = begin + 1;
    for (auto member : object) {
      ondemand::field field;
      if (const simdjson::error_code error = std::move(member).get(field)) return fail(error);
      if (!key(field) || !value(field.value(), depth, last)) return false;
    }
    document_->close(map, last);
    return true;
  }

  bool elements(ondemand::array array, std::size_t begin, std::uint32_t depth) {
    const NodeIndex list = document_->open(Node::Kind::list, begin);
    std::size_t last = begin + 1;
    for (auto element : array) {
      ondemand::value item;
      if (const simdjson::error_code error = element.get(item)) return fail(error);
      if (!value(item, depth, last)) return false;
    }
    document_->close(list, last);
    return true;
  }

  bool key(ondemand::field& field) {
    const char* const raw = field.key().raw();
    const char* end = raw;
    bool escaped = false;
    while (*end != '"') {
      escaped = escaped || *end == '\\';
      end += *end == '\\' ? 2 : 1;
    }
    const std::size_t at = offset(raw) - 1;
    if (!escaped) {
      document_->add(Node::Kind::quoted, at, offset(end) + 1);
      return true;
    }
    std::string_view unescaped;
    if (const simdjson::error_code error = field.unescaped_key().get(unescaped)) return complain(at, error);
    document_->add_copied(Node::Kind::quoted, at, offset(end) + 1, std::string(unescaped));
    return true;
  }

  // Everything is looked at: simdjson checks only what it is asked for.
  bool value(ondemand::value value, std::uint32_t depth, std::size_t& end) {
    std::string_view token = value.raw_json_token();
    while (!token.empty() && is_blank(token.back())) token.remove_suffix(1);
    const std::size_t begin = offset(token.data());
    end = begin + token.size();
    switch (token.empty() ? '\0' : token.front()) {
      case '{': {
        ondemand::object object;
        if (depth == max_nesting_) return refuse_depth(begin);
        if (const simdjson::error_code error = value.get_object().get(object)) return fail(error);
        return members(object, begin, depth + 1);
      }
      case '[': {
        ondemand::array array;
        if (depth == max_nesting_) return refuse_depth(begin);
        if (const simdjson::error_code error = value.get_array().get(array)) return fail(error);
        return elements(array, begin, depth + 1);
      }
      case '"': return string(value, token, begin);
      default: break;
    }
    if (token == "null")
      document_->add(Node::Kind::null, begin, end);
    else if (token == "true" || token == "false" || is_number(token))
      document_->add(Node::Kind::literal, begin, end);
    else
      return complain(begin, trouble_with_value(token));
    return true;
  }

  bool string(ondemand::value value, std::string_view token, std::size_t begin) {
    const std::size_t end = begin + token.size();
    if (token.find('\\') == std::string_view::npos) {
      // Consumed nevertheless: what follows must be a comma or the end.
      ondemand::raw_json_string raw;
      if (const simdjson::error_code error = value.get_raw_json_string().get(raw)) return fail(error);
      document_->add(Node::Kind::quoted, begin, end);
      return true;
    }
    std::string_view unescaped;
    if (const simdjson::error_code error = value.get_string().get(unescaped)) return complain(begin, error);
    document_->add_copied(Node::Kind::quoted, begin, end, std::string(unescaped));
    return true;
  }

  ondemand::parser parser_;
  ondemand::document json_;
  simdjson::error_code room_ = simdjson::SUCCESS;
  std::uint32_t max_nesting_;
  bool lines_;
  Findings& findings_;
  Document* document_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool too_deep_ = false;
};

const std::size_t JsonReader::kPadding = simdjson::SIMDJSON_PADDING;

JsonReader::JsonReader(std::uint32_t max_nesting, bool lines, Findings& findings)
    : impl_(std::make_unique<Impl>(max_nesting, lines, findings)) {}
JsonReader::~JsonReader() = default;

bool JsonReader::read(std::size_t begin, std::size_t end, Document& document) {
  return impl_->read(begin, end, document);
}

bool JsonReader::too_deep() const noexcept { return impl_->too_deep(); }

void pad_for_json(std::string& text) {
  // Beyond its end, a string's memory is its own up to the capacity.
  text.reserve(text.size() + JsonReader::kPadding);
}

}  // namespace policyc::snapshot
