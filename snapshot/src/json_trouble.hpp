#pragma once

// What is wrong with a text that is not JSON, in the words of somebody who looks at it.

#include <cstddef>
#include <optional>
#include <string_view>

namespace policyc::snapshot {

struct JsonTrouble {
  std::string_view what;
  std::string_view way_out;
  // A bracket that is opened there and that another kind of bracket would close; then
  // there is nothing else to say.
  std::optional<std::size_t> unclosed = {};
};

// Of the text from `begin`, where a reader stumbled at `at`: something stands there that
// can't, though each string by itself is sound.
[[nodiscard]] JsonTrouble trouble_at(std::string_view text, std::size_t begin, std::size_t at);

// What stands where a value should, and is none.
[[nodiscard]] JsonTrouble trouble_with_value(std::string_view token);

// What stands where an object should begin.
[[nodiscard]] JsonTrouble trouble_with_start(std::string_view text);

// What stands behind the bracket that closes the first; `end`, if nothing does.
[[nodiscard]] std::size_t behind_object(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace policyc::snapshot
