#include "unicode.hpp"

namespace policyc::text {
namespace {

std::string hex(std::uint32_t value, std::size_t digits, const char* alphabet) {
  std::string out;
  while (value != 0 || out.size() < digits) {
    out.insert(out.begin(), alphabet[value & 0xFu]);
    value >>= 4u;
  }
  return out;
}

}  // namespace

CodePoint decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t first = byte(at);
  if (first < 0x80) return {first, 1, true};
  const std::uint32_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return {first, 1, false};
  std::uint32_t value = first & (0x7Fu >> length);
  for (std::uint32_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0u) != 0x80u) return {first, 1, false};
    value = value << 6u | (byte(at + i) & 0x3Fu);
  }
  const bool overlong = value < (length == 2 ? 0x80u : length == 3 ? 0x800u : 0x10000u);
  if (overlong || (value >= 0xD800 && value < 0xE000) || value > 0x10FFFF) return {first, 1, false};
  return {value, length, true};
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0u | c >> 6u);
    put(0x80u | (c & 0x3Fu));
  } else if (c < 0x10000) {
    put(0xE0u | c >> 12u);
    put(0x80u | (c >> 6u & 0x3Fu));
    put(0x80u | (c & 0x3Fu));
  } else {
    put(0xF0u | c >> 18u);
    put(0x80u | (c >> 12u & 0x3Fu));
    put(0x80u | (c >> 6u & 0x3Fu));
    put(0x80u | (c & 0x3Fu));
  }
}

bool is_control(std::uint32_t c) {
  if (c == '\t' || c == '\n' || c == '\r') return false;
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

bool is_bidi_control(std::uint32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool is_invisible(std::uint32_t c) {
  return c == 0x00AD || c == 0x034F || c == 0x180E || (c >= 0x200B && c <= 0x200D) ||
         (c >= 0x2060 && c <= 0x2064) || (c >= 0x206A && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

std::string name_of_code_point(std::uint32_t c) { return "U+" + hex(c, 4, "0123456789ABCDEF"); }

std::string printable(CodePoint point, std::string_view bytes) {
  if (!point.valid) return "\\x" + hex(point.value, 2, "0123456789abcdef");
  const std::uint32_t c = point.value;
  if (c == '\t') return " ";
  if (c == '\n' || c == '\r' || is_control(c) || is_bidi_control(c) || is_invisible(c))
    return "\\u{" + hex(c, 1, "0123456789abcdef") + "}";
  return std::string(bytes);
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = decode(text, i);
    out += printable(point, text.substr(i, point.length));
    i += point.length;
  }
  return out;
}

}  // namespace policyc::text
