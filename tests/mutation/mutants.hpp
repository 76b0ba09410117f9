#pragma once

// Small changes to C++ sources that a test ought to notice. They are found in the text, without comments and
// literals; whether one compiles, and means something else, is for the compiler and the tests to say.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace policyc::mutation {

struct Mutant {
  std::size_t begin = 0, end = 0;  // the bytes that are replaced
  std::string replacement;
};

// All mutants of a source, in the order of the text.
[[nodiscard]] std::vector<Mutant> mutants_of(std::string_view source);

// The line on which a byte lies, counted from 1, and its text without the blanks around it.
struct Line {
  std::size_t number = 0;
  std::string_view text;
};
[[nodiscard]] Line line_of(std::string_view source, std::size_t at);

}  // namespace policyc::mutation
