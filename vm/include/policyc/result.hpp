#pragma once

// Errors as values. What can fail returns a Result, what can't (deciding) returns a
// Decision. The few that return a list or a text alone, and say so, throw std::bad_alloc.
//
//   auto program = policyc::Program::load(bytes, trust);
//   if (!program) return log(program.error().message);
//   use(*program);                                               // or std::move(*program)
//
// A Result owns what it holds; threads: as that. Asking it costs a comparison.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace policyc {

// Why something was refused. Names and numbers are stable; they appear in JSON
// output, tests and logs. error_codes.def is their only list.
enum class ErrorCode : std::uint8_t {
#define ERROR_CODE(code, name, doc) name = code,
#include "policyc/error_codes.def"
};

// "unknown_action" for ErrorCode::unknown_action.
[[nodiscard]] std::string_view name_of(ErrorCode code) noexcept;
// One sentence about the code.
[[nodiscard]] std::string_view describe(ErrorCode code) noexcept;

struct Error {
  ErrorCode code;
  std::string message;
};

// A value or the reason why there is none. Asking a failed Result for its value, or
// a good one for its error, is a programming error and ends the program.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return state_.index() == 0; }

  [[nodiscard]] T& value() & noexcept { return of(std::get_if<0>(&state_)); }
  [[nodiscard]] const T& value() const& noexcept { return of(std::get_if<0>(&state_)); }
  [[nodiscard]] T&& value() && noexcept { return std::move(of(std::get_if<0>(&state_))); }
  [[nodiscard]] T& operator*() & noexcept { return value(); }
  [[nodiscard]] const T& operator*() const& noexcept { return value(); }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() noexcept { return &value(); }
  [[nodiscard]] const T* operator->() const noexcept { return &value(); }

  [[nodiscard]] const Error& error() const noexcept { return of(std::get_if<1>(&state_)); }

 private:
  template <class U>
  static U& of(U* held) noexcept {
    if (held == nullptr) std::abort();
    return *held;
  }

  std::variant<T, Error> state_;
};

}  // namespace policyc
