#include "encoding.hpp"

#include <string>

namespace policyc::snapshot {
namespace {

using text::DiagCode;

constexpr std::size_t kNone = std::string_view::npos;

std::uint8_t byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

std::string hex_of(std::uint8_t byte) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  return {kDigits[byte >> 4u], kDigits[byte & 0xFu]};
}

// The length of the code point that begins here; 0 if none does.
std::size_t length_of_code_point(std::string_view text, std::size_t at) noexcept {
  const std::uint8_t lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF ? 2u : (lead & 0xF0u) == 0xE0u ? 3u : 4u;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte_at(text, at + i) & 0xC0u) != 0x80u) return 0;
  const std::uint8_t second = byte_at(text, at + 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second >= 0xA0;
  const bool beyond = lead == 0xF4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

bool is_control(std::string_view text, std::size_t at) noexcept {
  const std::uint8_t byte = byte_at(text, at);
  if (byte == '\r') return byte_at(text, at + 1) != '\n';
  return (byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7F;
}

}  // namespace

std::size_t first_bad_byte(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = length_of_code_point(text, at);
    if (length == 0) return at;
    at += length;
  }
  return kNone;
}

std::size_t length_of_mark(std::string_view text) noexcept {
  return text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
}

bool is_wide_text(std::string_view text) noexcept {
  const std::string_view front = text.substr(0, 4);
  return front.substr(0, 2) == "\xFF\xFE" || front.substr(0, 2) == "\xFE\xFF" || front.find('\0') != kNone;
}

void report_bad_bytes(std::string_view text, std::size_t from, Findings& findings) {
  const std::size_t bad = first_bad_byte(text.substr(from));
  if (bad == kNone) return;
  const std::size_t at = from + bad;
  findings.add(DiagCode::snapshot_encoding, at, at + 1,
               {"the byte " + hex_of(byte_at(text, at)) + " is no UTF-8"});
}

bool check_encoding(std::string_view text, Findings& findings) {
  const std::uint32_t before = findings.errors();
  if (is_wide_text(text)) {
    findings.add(DiagCode::snapshot_encoding, 0, 1, {"it looks like UTF-16 or UTF-32"});
    return false;
  }
  report_bad_bytes(text, 0, findings);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_control(text, at)) continue;
    const std::string what = text[at] == '\r' ? "a carriage return without a line feed"
                                              : "the control character " + hex_of(byte_at(text, at));
    findings.add(DiagCode::snapshot_encoding, at, at + 1, {what});
    break;
  }
  return findings.errors() == before;
}

}  // namespace policyc::snapshot
