// Labels, registers and what they hold.

#include "assembler.hpp"

namespace policyc::compiler {
namespace {

// How much a loop may pin at each depth; the rest of the registers is for its body.
constexpr std::size_t kPinnedRegisters = 12;
constexpr std::size_t kPinnedWords = 3;

}  // namespace

void Assembler::begin() {
  begin_ = code_.size();
  targets_.clear();
  places_.clear();
  pinned_.clear();
  held_.fill(0);
  held_words_.fill(0);
  cache_.registers.fill(kNoNode);
  cache_.words.fill({});
  cache_.registers[vm::kSubjectRegister] = kSubject;
  cache_.registers[vm::kResourceRegister] = kResource;
  cache_.words[vm::kSubjectWord] = {kSubject, kResource, false};
  hold(vm::kSubjectRegister);
  hold(vm::kResourceRegister);
  ++held_words_[vm::kSubjectWord];
  next_victim_ = 0;
  next_word_ = 0;
  reachable_ = true;
  out_of_registers_ = false;
}

vm::CodeRange Assembler::finish() {
  for (std::size_t i = 0; i < targets_.size(); ++i)
    if (targets_[i] != kNoNode)
      code_[begin_ + i].target = static_cast<std::uint16_t>(places_[targets_[i]].at - i - 1);
  return {static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(code_.size())};
}

Label Assembler::label() {
  places_.emplace_back();
  places_.back().depth = depth();
  return static_cast<Label>(places_.size() - 1);
}

// Outside a loop its variable means nothing, nor does what was computed from it.
Assembler::Cache Assembler::as_seen_from(std::uint32_t depth) const {
  Cache cache = cache_;
  if (depth >= this->depth()) return cache;
  const auto is_bound_inside = [&](Node node) {
    return node != kNoNode && (graph_[node].free >> depth) != 0;
  };
  for (Node& node : cache.registers)
    if (is_bound_inside(node)) node = kNoNode;
  for (WordKey& key : cache.words)
    if (is_bound_inside(key.principal) || is_bound_inside(key.entity)) key = {};
  return cache;
}

void Assembler::flow_to(Place& place) const {
  const Cache cache = as_seen_from(place.depth);
  if (!place.reached) {
    place.reached = true;
    place.cache = cache;
    return;
  }
  for (std::size_t i = 0; i < cache.registers.size(); ++i)
    if (place.cache.registers[i] != cache.registers[i]) place.cache.registers[i] = kNoNode;
  for (std::size_t i = 0; i < cache.words.size(); ++i)
    if (place.cache.words[i] != cache.words[i]) place.cache.words[i] = {};
}

void Assembler::bind(Label label) {
  Place& place = places_[label];
  place.at = static_cast<std::uint32_t>(code_.size() - begin_);
  if (reachable_) flow_to(place);
  reachable_ = place.reached;
  if (reachable_) cache_ = place.cache;
}

void Assembler::instruction(vm::Op op, Register a, Register b, std::uint16_t c) {
  if (!reachable_ || is_too_long()) return;
  code_.push_back({op, a, b, 0, 0, c});
  targets_.push_back(kNoNode);
}

void Assembler::branch(vm::Op op, Register a, Register b, std::uint16_t c, bool sense, Label target) {
  if (!reachable_ || is_too_long()) return;
  code_.push_back({op, a, b, sense ? vm::kSense : std::uint8_t{0}, 0, c});
  targets_.push_back(target);
  flow_to(places_[target]);
}

void Assembler::jump(Label target) {
  branch(vm::Op::jump, 0, 0, 0, false, target);
  reachable_ = false;
}

void Assembler::stop(vm::Op op, std::uint16_t c) {
  instruction(op, 0, 0, c);
  reachable_ = false;
}

Register Assembler::allocate() {
  for (std::size_t i = 0; i < vm::kRegisters; ++i)
    if (held_[i] == 0 && cache_.registers[i] == kNoNode) return static_cast<Register>(i);
  for (std::size_t tried = 0; tried < vm::kRegisters; ++tried) {
    const std::size_t i = next_victim_++ % vm::kRegisters;
    if (held_[i] != 0) continue;
    cache_.registers[i] = kNoNode;
    return static_cast<Register>(i);
  }
  out_of_registers_ = true;
  return vm::kRegisters - 1;
}

std::optional<Register> Assembler::find(Node value) const noexcept {
  for (std::size_t i = 0; i < vm::kRegisters; ++i)
    if (cache_.registers[i] == value) return static_cast<Register>(i);
  return std::nullopt;
}

Register Assembler::allocate_word() noexcept {
  for (std::size_t i = 0; i < vm::kRoleWords; ++i)
    if (held_words_[i] == 0 && cache_.words[i] == WordKey{}) return static_cast<Register>(i);
  // Loops pin few enough words that one is always free.
  std::size_t i = next_word_++ % vm::kRoleWords;
  while (held_words_[i] != 0) i = next_word_++ % vm::kRoleWords;
  cache_.words[i] = {};
  return static_cast<Register>(i);
}

std::optional<Register> Assembler::find_word(const WordKey& key) const noexcept {
  for (std::size_t i = 0; i < vm::kRoleWords; ++i)
    if (cache_.words[i] == key) return static_cast<Register>(i);
  return std::nullopt;
}

void Assembler::enter_loop() {
  Pinned pinned;
  std::size_t held = 0;
  for (const std::uint16_t count : held_) held += count != 0 ? 1 : 0;
  const std::size_t limit = kPinnedRegisters * (pinned_.size() + 1);
  for (std::size_t i = 0; i < vm::kRegisters; ++i) {
    if (cache_.registers[i] == kNoNode) continue;
    if (held_[i] == 0 && held++ >= limit) {
      cache_.registers[i] = kNoNode;
      continue;
    }
    pinned.registers |= std::uint32_t{1} << i;
    hold(static_cast<Register>(i));
  }
  std::size_t words = 0;
  for (const std::uint16_t count : held_words_) words += count != 0 ? 1 : 0;
  for (std::size_t i = 0; i < vm::kRoleWords; ++i) {
    if (cache_.words[i] == WordKey{}) continue;
    if (held_words_[i] == 0 && words++ >= kPinnedWords * (pinned_.size() + 1)) {
      cache_.words[i] = {};
      continue;
    }
    pinned.words |= std::uint32_t{1} << i;
    ++held_words_[i];
  }
  pinned_.push_back(pinned);
}

void Assembler::leave_loop() {
  const Pinned pinned = pinned_.back();
  pinned_.pop_back();
  for (std::size_t i = 0; i < vm::kRegisters; ++i)
    if (((pinned.registers >> i) & 1) != 0) release(static_cast<Register>(i));
  for (std::size_t i = 0; i < vm::kRoleWords; ++i)
    if (((pinned.words >> i) & 1) != 0) --held_words_[i];
}

}  // namespace policyc::compiler
