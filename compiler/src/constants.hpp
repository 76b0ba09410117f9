#pragma once

// Pools of constants and role masks: equal ones are kept once, in the order in
// which they were first asked for, so that the same policy gives the same bytes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "program_parts.hpp"

namespace policyc::compiler {

// A text that is the same for two constants (or masks) if and only if they are equal.
[[nodiscard]] std::string key_of(const vm::Constant& constant);
[[nodiscard]] std::string key_of(const vm::RoleMask& mask);

// Items of a pool: instructions number them with 16 bits.
inline constexpr std::size_t kMaxPool = 65'535;

template <class Item>
class Pool {
 public:
  // The number of the item; it is added if it is new.
  std::uint32_t number_of(const Item& item) {
    const auto [position, is_new] =
        numbers_.try_emplace(key_of(item), static_cast<std::uint32_t>(items_.size()));
    if (is_new) items_.push_back(item);
    return position->second;
  }

  [[nodiscard]] const Item& operator[](std::uint32_t number) const noexcept { return items_[number]; }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  [[nodiscard]] std::vector<Item> take() && { return std::move(items_); }

 private:
  std::vector<Item> items_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

using ConstantPool = Pool<vm::Constant>;
using MaskPool = Pool<vm::RoleMask>;

// Literals that lowering makes up itself.
[[nodiscard]] vm::Constant boolean_constant(bool value);
[[nodiscard]] vm::Constant integer_constant(std::int64_t value);
[[nodiscard]] vm::Constant duration_constant(std::int64_t microseconds);
[[nodiscard]] vm::Constant role_constant(const Schema& schema, RoleIndex role);
[[nodiscard]] vm::Constant system_constant();

}  // namespace policyc::compiler
