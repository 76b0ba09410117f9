#include "generations.hpp"

#include <new>

namespace policyc::vm {

Generations* Generations::create() noexcept { return new (std::nothrow) Generations; }

void Generations::release() noexcept {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

Generations::~Generations() {
  delete current_.load(std::memory_order_relaxed);
  while (Generation* const generation = retired_) {
    retired_ = generation->older;
    delete generation;
  }
  ReaderSlot* slot = slots_.load(std::memory_order_relaxed);
  while (slot != nullptr) delete std::exchange(slot, slot->next);
}

ReaderSlot* Generations::take_slot() noexcept {
  for (ReaderSlot* slot = slots_.load(std::memory_order_acquire); slot != nullptr; slot = slot->next) {
    bool taken = false;
    if (slot->taken.compare_exchange_strong(taken, true, std::memory_order_acquire)) return slot;
  }
  auto* const slot = new (std::nothrow) ReaderSlot;
  if (slot == nullptr) return nullptr;
  slot->next = slots_.load(std::memory_order_relaxed);
  while (!slots_.compare_exchange_weak(slot->next, slot, std::memory_order_seq_cst)) {
  }
  return slot;
}

const Generation* Generations::enter(ReaderSlot& slot) const noexcept {
  const Generation* seen = current_.load(std::memory_order_seq_cst);
  for (;;) {
    slot.reading.store(seen, std::memory_order_seq_cst);
    const Generation* const now = current_.load(std::memory_order_seq_cst);
    if (now == seen) return seen;
    seen = now;
  }
}

bool Generations::is_read(const Generation& generation) const noexcept {
  for (const ReaderSlot* slot = slots_.load(std::memory_order_seq_cst); slot != nullptr; slot = slot->next)
    if (slot->reading.load(std::memory_order_seq_cst) == &generation) return true;
  return false;
}

void Generations::collect() noexcept {
  Generation** link = &retired_;
  while (Generation* const generation = *link) {
    if (is_read(*generation)) {
      link = &generation->older;
    } else {
      *link = generation->older;
      delete generation;
    }
  }
  has_retired_.store(retired_ != nullptr, std::memory_order_relaxed);
}

void Generations::try_collect() noexcept {
  if (!has_retired_.load(std::memory_order_relaxed) || busy_.test_and_set(std::memory_order_acquire)) return;
  collect();
  end_turn();
}

void Generations::end_turn() noexcept {
  busy_.clear(std::memory_order_release);
  busy_.notify_one();
}

Generations::Turn::Turn(Generations& generations) noexcept : generations_(generations) {
  while (generations_.busy_.test_and_set(std::memory_order_acquire))
    generations_.busy_.wait(true, std::memory_order_relaxed);
}

Generations::Turn::~Turn() { generations_.end_turn(); }

const Generation* Generations::Turn::current() const noexcept {
  return generations_.current_.load(std::memory_order_relaxed);
}

std::uint64_t Generations::Turn::publish(std::unique_ptr<Generation> generation) noexcept {
  const std::uint64_t number = ++generations_.last_number_;
  generation->number = number;
  Generation* const old = generations_.current_.exchange(generation.release(), std::memory_order_seq_cst);
  if (old != nullptr) {
    old->older = generations_.retired_;
    generations_.retired_ = old;
  }
  generations_.collect();
  return number;
}

std::size_t Generations::Turn::retired() const noexcept {
  std::size_t count = 0;
  for (const Generation* one = generations_.retired_; one != nullptr; one = one->older) ++count;
  return count;
}

}  // namespace policyc::vm
