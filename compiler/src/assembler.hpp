#pragma once

// Writes one run of code: instructions, labels, and what the registers are known
// to hold.
//
// Jumps only go forward, so when a label is bound every way to it is known. What is
// cached there is what all of those ways agree on; a value is thus loaded once on a
// way and never read where some way has not loaded it. Code that nothing leads to
// is not written.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "code.hpp"
#include "graph.hpp"

namespace policyc::compiler {

using Label = std::uint32_t;
using Register = std::uint8_t;

// A role word's question: whose roles, at which entity, and whether there alone.
struct WordKey {
  Node principal = kNoNode;
  Node entity = kNoNode;
  bool itself = false;

  friend bool operator==(const WordKey&, const WordKey&) = default;
};

class Assembler {
 public:
  Assembler(const Graph& graph, std::vector<vm::Instruction>& code) : graph_(graph), code_(code) {}

  // Starts a run at the end of the code; `finish` fills in the jumps' targets.
  void begin();
  [[nodiscard]] vm::CodeRange finish();

  [[nodiscard]] Label label();
  void bind(Label label);
  [[nodiscard]] bool reachable() const noexcept { return reachable_; }
  [[nodiscard]] std::size_t position() const noexcept { return code_.size() - begin_; }

  void instruction(vm::Op op, Register a, Register b, std::uint16_t c);
  // An instruction that may jump: a test on its sense, a load where there is nothing.
  void branch(vm::Op op, Register a, Register b, std::uint16_t c, bool sense, Label target);
  void jump(Label target);
  void stop(vm::Op op, std::uint16_t c);

  // A register to write to. It is held by nobody and caches nothing yet.
  [[nodiscard]] Register allocate();
  [[nodiscard]] std::optional<Register> find(Node value) const noexcept;
  void remember(Register reg, Node value) noexcept { cache_.registers[reg] = value; }
  void hold(Register reg) noexcept { ++held_[reg]; }
  void release(Register reg) noexcept { --held_[reg]; }

  [[nodiscard]] Register allocate_word() noexcept;
  [[nodiscard]] std::optional<Register> find_word(const WordKey& key) const noexcept;
  void remember_word(Register word, const WordKey& key) noexcept { cache_.words[word] = key; }

  // A loop's body leaves alone what was cached when the loop began, since each
  // round begins with it.
  void enter_loop();
  void leave_loop();
  [[nodiscard]] std::uint32_t depth() const noexcept { return static_cast<std::uint32_t>(pinned_.size()); }

  [[nodiscard]] bool is_too_long() const noexcept { return code_.size() - begin_ > vm::kMaxInstructions; }
  [[nodiscard]] bool ran_out_of_registers() const noexcept { return out_of_registers_; }

 private:
  struct Cache {
    std::array<Node, vm::kRegisters> registers;
    std::array<WordKey, vm::kRoleWords> words;
  };
  struct Place {
    bool reached = false;
    bool bound = false;
    std::uint32_t depth = 0;
    std::uint32_t at = 0;
    Cache cache;
  };
  struct Pinned {
    std::uint32_t registers = 0;
    std::uint32_t words = 0;
  };

  void flow_to(Place& place) const;
  [[nodiscard]] Cache as_seen_from(std::uint32_t depth) const;

  const Graph& graph_;
  std::vector<vm::Instruction>& code_;
  std::vector<Label> targets_;  // of each instruction of the run; kNoNode: none
  std::vector<Place> places_;
  std::vector<Pinned> pinned_;
  std::array<std::uint16_t, vm::kRegisters> held_{};
  std::array<std::uint16_t, vm::kRoleWords> held_words_{};
  Cache cache_{};
  std::size_t begin_ = 0;
  std::size_t next_victim_ = 0;
  std::size_t next_word_ = 0;
  bool reachable_ = false;
  bool out_of_registers_ = false;
};

}  // namespace policyc::compiler
