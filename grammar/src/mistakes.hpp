#pragma once

// From "this rule expected that" to what a newcomer is told.
//
// The grammar knows what it expected; what stands there instead often says what
// the author had in mind: another language's word, a forgotten bracket, a comma
// too many. This is where such guesses are made, and nowhere else.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/text/diagnostic.hpp"
#include "recovery.hpp"

namespace policyc::text {

// What a must<> rule reports, and the arguments of its message.
struct Expected {
  DiagCode code{};
  const char* what = "";
  const char* more = "";
};

// Where it failed.
struct Failure {
  std::string_view text;       // prepared
  std::size_t offset = 0;      // where something else was expected
  std::size_t statement = 0;   // where the statement begins
  Body body = Body::top;       // what encloses the statement
  std::size_t block_line = 0;  // the line of the body's '{'
};

// A complaint, before it has a file.
struct Mistake {
  DiagCode code{};
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::string> arguments;
  std::string suggestion;
};

[[nodiscard]] Mistake explain(const Expected& expected, const Failure& failure);

}  // namespace policyc::text
