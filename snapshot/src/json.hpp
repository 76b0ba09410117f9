#pragma once

// JSON as a Document: RFC 8259 and nothing else. No comments, no trailing commas, no
// NaN, nothing behind the end.

#include <cstddef>
#include <memory>
#include <string>

#include "document.hpp"
#include "findings.hpp"

namespace policyc::snapshot {

// One reader reads many texts: its memory is kept.
class JsonReader {
 public:
  // `lines`: its texts are lines of one file, for findings.
  JsonReader(std::uint32_t max_nesting, bool lines, Findings& findings);
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  // What must be readable, whatever it is, behind the text that is read.
  static const std::size_t kPadding;

  // Reads the bytes [begin, end) of the document's source, which must be an object,
  // into the document, which is cleared first. False: something was reported, once,
  // and the document is of no use.
  //
  // INVARIANT: kPadding bytes behind `end` are readable.
  [[nodiscard]] bool read(std::size_t begin, std::size_t end, Document& document);

  [[nodiscard]] bool too_deep() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Room behind a text for JsonReader, without a change of the text.
void pad_for_json(std::string& text);

}  // namespace policyc::snapshot
