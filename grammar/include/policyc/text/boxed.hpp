#pragma once

// A value that may be missing and, where it is there, lies elsewhere: for large members that most have not.
// Used like std::optional. A table of rules is read from end to end many times, and most of a rule would be
// room for conditions that it doesn't have.
//
//   Boxed<Expr> when;                                            // costs a pointer while it is empty
//   when = parse_condition();
//   if (when) check(*when);
//
// Not for use by several threads at once, but for reading.

#include <memory>
#include <optional>
#include <utility>

namespace policyc::text {

template <class T>
class Boxed {
 public:
  Boxed() noexcept = default;
  Boxed(std::nullopt_t) noexcept {}
  Boxed(T value) : held_(std::make_unique<T>(std::move(value))) {}
  Boxed(std::optional<T> value) {
    if (value) held_ = std::make_unique<T>(std::move(*value));
  }
  Boxed(const Boxed& other) : held_(other.held_ ? std::make_unique<T>(*other.held_) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) {
    if (this != &other) held_ = other.held_ ? std::make_unique<T>(*other.held_) : nullptr;
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  [[nodiscard]] bool has_value() const noexcept { return held_ != nullptr; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

  // As of an optional: only where there is a value.
  [[nodiscard]] T& operator*() noexcept { return *held_; }
  [[nodiscard]] const T& operator*() const noexcept { return *held_; }
  [[nodiscard]] T* operator->() noexcept { return held_.get(); }
  [[nodiscard]] const T* operator->() const noexcept { return held_.get(); }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace policyc::text
