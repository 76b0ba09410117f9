#pragma once

#include <string_view>

namespace policyc::vm {

// Where `needle` first stands in `text`, or npos. Linear in both, whatever they
// hold, and without memory of its own: both may come from a hostile request.
[[nodiscard]] std::size_t find_text(std::string_view text, std::string_view needle) noexcept;

// The whole of `text` matches `pattern`, in which * stands for any bytes, none
// included, and every other byte for itself. Linear in both.
[[nodiscard]] bool matches_pattern(std::string_view text, std::string_view pattern) noexcept;

}  // namespace policyc::vm
