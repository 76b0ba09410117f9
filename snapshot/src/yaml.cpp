#include "yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

#include "encoding.hpp"
#include "yaml_scan.hpp"

namespace policyc::snapshot {
namespace {

using text::DiagCode;

// Leaves yaml-cpp; what there is to say has been said.
struct Stop {};

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    // The stream only reads: a buffer for reading has no other way to be told so.
    char* const begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

// Records what yaml-cpp reads. Its marks count bytes, from behind a byte order mark.
class Recorder : public YAML::EventHandler {
 public:
  Recorder(Document& document, std::size_t base, std::uint32_t max_nesting, Findings& findings)
      : document_(document), base_(base), max_nesting_(max_nesting), findings_(findings) {}

  [[nodiscard]] bool too_deep() const noexcept { return too_deep_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // The scanner before has refused what it takes for a second document. To
    // yaml-cpp, something behind the end of a map or list is one, too.
    if (!seen_) {
      seen_ = true;
      return;
    }
    const std::size_t at = place(mark);
    findings_.add(DiagCode::yaml_document, at, at + 1, {"a second document"});
    throw Stop();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { null(place(mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    const std::size_t at = place(mark);
    findings_.add(DiagCode::yaml_anchor, at, at + 1, {"*", "an alias"});
    throw Stop();
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    scalar(place(mark), tag == "?", value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    begin(Node::Kind::list, place(mark));
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    begin(Node::Kind::map, place(mark));
  }
  void OnMapEnd() override { end(); }

 private:
  struct Open {
    NodeIndex node;
    bool key_is_next;  // of a map
    bool is_key;       // a map or list in the place of a key
  };

  [[nodiscard]] std::size_t place(const YAML::Mark& mark) const {
    return std::min(base_ + static_cast<std::size_t>(std::max(mark.pos, 0)), document_.source().size());
  }

  // Whether what comes now is a key; the one after it is not.
  bool takes_key() {
    if (open_.empty() || document_[open_.back().node].kind != Node::Kind::map) return false;
    return std::exchange(open_.back().key_is_next, !open_.back().key_is_next);
  }

  void refuse_key(std::size_t at, const char* what) {
    findings_.add(DiagCode::key_not_text, at, std::min(at + 1, document_.source().size()), {what});
    document_.add(Node::Kind::broken, at, at);
  }

  // yaml-cpp gives no end, so it is looked for: the closing quote, or the text itself.
  void scalar(std::size_t at, bool is_plain, const std::string& value) {
    takes_key();
    const std::string_view source = document_.source();
    const char first = at < source.size() ? source[at] : '\0';
    if (is_plain) {
      if (source.substr(at, value.size()) == value) {
        last_end_ = at + value.size();
        return document_.add(Node::Kind::plain, at, last_end_);
      }
    } else if (first == '"' || first == '\'') {
      const std::size_t end = end_of_quotes(at);
      last_end_ = end;
      if (source.substr(at + 1, end - at - 2) == value) return document_.add(Node::Kind::quoted, at, end);
      return document_.add_copied(Node::Kind::quoted, at, end, value);
    }
    last_end_ = std::min(source.find_first_of("\r\n", at), source.size());
    document_.add_copied(is_plain ? Node::Kind::plain : Node::Kind::quoted, at, last_end_, value);
  }

  // The scanner has seen to it that there is a closing quote.
  [[nodiscard]] std::size_t end_of_quotes(std::size_t at) const {
    const std::string_view source = document_.source();
    const char quote = source[at];
    for (std::size_t i = at + 1; i < source.size(); ++i) {
      const bool doubled =
          quote == '\'' && source[i] == quote && i + 1 < source.size() && source[i + 1] == quote;
      const bool escape = quote == '"' && source[i] == '\\';
      if (doubled || escape)
        ++i;
      else if (source[i] == quote)
        return i + 1;
    }
    return source.size();
  }

  // A null is a word, or nothing at all; then the mark is where the next token
  // stands, and the place to show is what lacks a value: the key, the dash.
  void null(std::size_t at) {
    const std::string_view source = document_.source();
    std::size_t end = at;
    for (const std::string_view word : {"~", "null", "Null", "NULL"})
      if (at >= last_end_ && source.substr(at, word.size()) == word) end = at + word.size();
    if (takes_key()) return refuse_key(at, "a key without text");
    if (end == at && last_end_ > 0 && !open_.empty()) {
      if (document_[open_.back().node].kind == Node::Kind::map) {
        const Node& key = document_[document_.size() - 1];
        return document_.add(Node::Kind::null, key.begin, key.end);
      }
      at = source.find_last_not_of(" \t\r\n", at > 0 ? at - 1 : 0);
      if (at == std::string_view::npos) at = 0;
      end = at + 1;
    }
    last_end_ = std::max(last_end_, end);
    document_.add(Node::Kind::null, at, end);
  }

  void begin(Node::Kind kind, std::size_t at) {
    if (open_.size() == max_nesting_) {
      findings_.add(DiagCode::snapshot_too_deep, at, at + 1, {std::to_string(max_nesting_)});
      too_deep_ = true;
      throw Stop();
    }
    const bool is_key = takes_key();
    last_end_ = at;
    open_.push_back({document_.open(kind, at), true, is_key});
  }

  void end() {
    const Open closed = open_.back();
    open_.pop_back();
    document_.close(closed.node, last_end_);
    if (!closed.is_key) return;
    const std::uint32_t at = document_[closed.node].begin;
    document_.drop_from(closed.node);
    refuse_key(at, "a map or list as a key");
  }

  Document& document_;
  std::size_t base_;
  std::uint32_t max_nesting_;
  Findings& findings_;
  std::vector<Open> open_;
  std::size_t last_end_ = 0;  // of the last value seen
  bool seen_ = false;
  bool too_deep_ = false;
};

// yaml-cpp's words say what its parser missed; these, what the writer did and can do.
struct Rewording {
  std::string_view theirs;
  std::string_view ours;
  std::string_view way_out;
};
constexpr Rewording kRewordings[] = {
    {"end of map not found", "this is neither a key of the map above nor indented as a part of its value",
     "indent it as the keys above, or deeper than the key it belongs to"},
    {"end of sequence not found",
     "this is neither an element of the list above nor indented as a part of one",
     "begin it with `- ` where those above do, or indent it as the list's key"},
    {"end of map flow not found", "a `}` or a comma is missing before this", "write what is missing"},
    {"end of sequence flow not found", "a `]` or a comma is missing before this", "write what is missing"},
    {"illegal map value", "a second `: ` in one value", "put the text in quotes, or look at the indentation"},
    {"illegal flow end", "a bracket is closed that was not opened", "leave it out, or open it"},
    {"unknown token", "a text can't begin with this character", "put it in quotes"},
};

// What is wrong, and a way out.
std::vector<std::string> plain_words(const std::string& message) {
  for (const Rewording& rewording : kRewordings)
    if (message == rewording.theirs)
      return {"YAML", std::string(rewording.ours), std::string(rewording.way_out)};
  return {"YAML", message, ""};
}

}  // namespace

bool read_yaml(Document& document, std::uint32_t max_nesting, Findings& findings, bool& too_deep) {
  const std::string_view source = document.source();
  if (!check_encoding(source, findings)) return false;
  if (!scan_yaml(source, max_nesting, findings, too_deep)) return false;
  const std::uint32_t before = findings.errors();
  const std::size_t base = length_of_mark(source);
  ViewBuffer buffer(source.substr(base));
  std::istream stream(&buffer);
  Recorder recorder(document, base, max_nesting, findings);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(recorder)) continue;
  } catch (const Stop&) {
    too_deep = recorder.too_deep();
  } catch (const YAML::Exception& error) {
    const std::size_t at =
        std::min(base + static_cast<std::size_t>(std::max(error.mark.pos, 0)), source.size());
    findings.add(DiagCode::snapshot_syntax, at, std::min(at + 1, source.size()), plain_words(error.msg));
  }
  return findings.errors() == before;
}

}  // namespace policyc::snapshot
