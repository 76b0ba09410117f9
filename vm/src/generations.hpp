#pragma once

// Who reads which generation: hazard pointers.
//
// A reader writes into its slot which generation it is about to read, and looks
// whether that is still the current one; whoever replaces it looks into all slots
// afterwards. Both sides use sequentially consistent operations, so one of the two
// sees the other: a generation in a slot is never freed, and a reader repeats its
// step only if a reload came in between.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "policyc/evaluator.hpp"

namespace policyc::vm {

// A pair that decides together, and its number.
struct Generation {
  Generation(std::shared_ptr<const Program> a_program, std::shared_ptr<const Snapshot> a_snapshot,
             Evaluator an_evaluator) noexcept
      : program(std::move(a_program)), snapshot(std::move(a_snapshot)), evaluator(std::move(an_evaluator)) {}

  const std::shared_ptr<const Program> program;
  const std::shared_ptr<const Snapshot> snapshot;
  const Evaluator evaluator;
  std::uint64_t number = 0;
  Generation* older = nullptr;  // in the list of retired ones
};

// A reader's place. Slots are never freed before the Generations are: a reader that
// ends leaves its slot to the next.
struct alignas(64) ReaderSlot {
  std::atomic<const Generation*> reading{nullptr};
  std::atomic<bool> taken{true};
  ReaderSlot* next = nullptr;
};

// Shared by an engine and its readers; freed with the last of them.
class Generations {
 public:
  // Null if there is no memory. Holds one reference.
  [[nodiscard]] static Generations* create() noexcept;
  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;

  // Null if there is no memory.
  [[nodiscard]] ReaderSlot* take_slot() noexcept;
  static void give_back(ReaderSlot& slot) noexcept { slot.taken.store(false, std::memory_order_release); }

  // The current generation, kept for the slot until leave(); null if nothing is loaded.
  [[nodiscard]] const Generation* enter(ReaderSlot& slot) const noexcept;
  static void leave(ReaderSlot& slot) noexcept { slot.reading.store(nullptr, std::memory_order_release); }
  // Frees what is retired, if it is this thread's turn at once.
  void try_collect() noexcept;

  // A turn to replace generations: one thread at a time has it.
  class Turn {
   public:
    explicit Turn(Generations& generations) noexcept;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

    [[nodiscard]] const Generation* current() const noexcept;
    // Gives it the next number and makes it the current one.
    std::uint64_t publish(std::unique_ptr<Generation> generation) noexcept;
    void refuse() noexcept { ++generations_.refused_; }
    void collect() noexcept { generations_.collect(); }

    [[nodiscard]] std::uint64_t reloads() const noexcept { return generations_.last_number_; }
    [[nodiscard]] std::uint64_t refused() const noexcept { return generations_.refused_; }
    [[nodiscard]] std::size_t retired() const noexcept;

   private:
    Generations& generations_;
  };

 private:
  Generations() = default;
  ~Generations();

  [[nodiscard]] bool is_read(const Generation& generation) const noexcept;
  void collect() noexcept;  // in one's turn
  void end_turn() noexcept;

  std::atomic<Generation*> current_{nullptr};
  std::atomic<ReaderSlot*> slots_{nullptr};
  std::atomic<std::uint32_t> references_{1};
  std::atomic<bool> has_retired_{false};
  std::atomic_flag busy_;
  // Touched in one's turn only.
  Generation* retired_ = nullptr;
  std::uint64_t last_number_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace policyc::vm
