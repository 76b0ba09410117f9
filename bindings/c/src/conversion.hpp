#pragma once

// Between C's structs and the evaluator's types. Nothing here trusts what a caller passes to be there.

#include <cstring>
#include <deque>
#include <exception>
#include <new>
#include <string_view>
#include <vector>

#include "policyc.h"
#include "policyc/engine.hpp"

struct policyc_engine {
  policyc::Engine engine;
};

struct policyc_reader {
  explicit policyc_reader(policyc::Reader a_reader) noexcept : reader(std::move(a_reader)) {}
  policyc::Reader reader;
};

namespace policyc::c {

[[nodiscard]] inline int failed(ErrorCode code) noexcept { return -static_cast<int>(code); }

// A code or its negative; one that doesn't exist stays one.
[[nodiscard]] inline ErrorCode code_of(int code) noexcept {
  constexpr int kNone = 255;
  return static_cast<ErrorCode>(code > kNone || code < -kNone ? kNone : code < 0 ? -code : code);
}

// Whether the struct is the one that this library knows: its first field says how large the caller's is.
template <class Struct>
[[nodiscard]] ErrorCode check(const Struct* given) noexcept {
  if (given == nullptr) return ErrorCode::malformed;
  return given->size == sizeof(Struct) ? ErrorCode::none : ErrorCode::unsupported;
}

[[nodiscard]] inline bool is_sound(const policyc_string& text) noexcept {
  return text.data != nullptr || text.size == 0;
}
[[nodiscard]] inline std::string_view view(const policyc_string& text) noexcept {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

// The text with a final NUL, cut to the room; returns the bytes that all of it takes.
inline std::size_t put(std::string_view text, char* buffer, std::size_t room) noexcept {
  if (buffer != nullptr && room > 0) {
    const std::size_t size = text.size() < room ? text.size() : room - 1;
    std::memcpy(buffer, text.data(), size);
    buffer[size] = '\0';
  }
  return text.size() + 1;
}

// Runs what may throw: nothing does but for want of memory.
template <class Work>
[[nodiscard]] int guarded(Work work) noexcept {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return failed(ErrorCode::out_of_memory);
  } catch (...) {
    return failed(ErrorCode::internal);
  }
}

// Values as the evaluator wants them. A few need no memory but their own.
class Values {
 public:
  // False: a pointer is missing, or a kind is none.
  [[nodiscard]] bool convert(const policyc_values& given, std::span<const NamedValue>& values) {
    if (given.count == 0) return true;
    if (given.items == nullptr) return false;
    NamedValue* const begin = room(given.count);
    for (std::size_t i = 0; i < given.count; ++i) {
      if (!is_sound(given.items[i].name)) return false;
      begin[i].name = view(given.items[i].name);
      if (!convert(given.items[i].value, begin[i].value, true)) return false;
    }
    values = {begin, given.count};
    return true;
  }

 private:
  static constexpr std::size_t kNear = 32;

  NamedValue* room(std::size_t count) {
    if (count <= kNear - used_) {
      NamedValue* const begin = near_ + used_;
      used_ += count;
      return begin;
    }
    return far_.emplace_back(count).data();
  }

  bool convert(const policyc_value& given, Value& value, bool may_be_list) {
    if (given.reserved != 0) return false;
    switch (given.kind) {
      case POLICYC_BOOLEAN: value = {Value::Kind::boolean, given.number, {}, {}}; return true;
      case POLICYC_INTEGER: value = Value::integer(given.number); return true;
      case POLICYC_TIME: value = Value::time(given.number); return true;
      case POLICYC_DURATION: value = Value::duration(given.number); return true;
      case POLICYC_STRING: value = Value::string(view(given.text)); return is_sound(given.text);
      case POLICYC_LIST: return may_be_list && convert_list(given, value);
      default: return false;
    }
  }

  bool convert_list(const policyc_value& given, Value& value) {
    if (given.count > 0 && given.elements == nullptr) return false;
    std::vector<Value>& elements = lists_.emplace_back(given.count);
    for (std::size_t i = 0; i < given.count; ++i)
      if (!convert(given.elements[i], elements[i], false)) return false;
    value = Value::list(elements);
    return true;
  }

  NamedValue near_[kNear];
  std::size_t used_ = 0;
  std::deque<std::vector<NamedValue>> far_;
  std::deque<std::vector<Value>> lists_;
};

// A request and the values that it refers to.
class ConvertedRequest {
 public:
  [[nodiscard]] ErrorCode convert(const policyc_request* given);
  Request request;

 private:
  Values values_;
};

}  // namespace policyc::c
