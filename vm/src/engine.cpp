// Engine and Reader: which generation answers, and that it stays while it does.

#include "policyc/engine.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "generations.hpp"
#include "no_memory.hpp"

namespace policyc {
namespace {

using vm::no_memory;

[[nodiscard]] Decision refused(ErrorCode code, std::uint64_t generation = 0) noexcept {
  Decision decision;
  decision.why = Why::error;
  decision.error = code;
  decision.generation = generation;
  return decision;
}

// The error with its sentence; without memory for the sentence that memory ran out, which needs none.
[[nodiscard]] Error said(ErrorCode code) noexcept {
  if (code == ErrorCode::out_of_memory) return no_memory();
  try {
    return {code, std::string(describe(code))};
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

// Makes a new generation of the two and publishes it, in the caller's turn.
Result<std::uint64_t> replace(vm::Generations::Turn& turn, std::shared_ptr<const Program> program,
                              std::shared_ptr<const Snapshot> snapshot) {
  try {
    auto evaluator = Evaluator::create(program, snapshot);
    if (evaluator)
      return turn.publish(
          std::make_unique<vm::Generation>(std::move(program), std::move(snapshot), std::move(*evaluator)));
    Error error = evaluator.error();  // which may throw: refused once, not twice
    turn.refuse();
    return error;
  } catch (const std::bad_alloc&) {
    turn.refuse();
    return no_memory();
  }
}

}  // namespace

// The time of one call: its generation stays.
class Reader::Reading {
 public:
  explicit Reading(Reader& reader) noexcept : reader_(reader) {
    if (reader.slot_ == nullptr) return;
    generation_ = reader.pins_ != 0 ? reader.pinned_ : reader.generations_->enter(*reader.slot_);
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() {
    if (reader_.slot_ != nullptr && reader_.pins_ == 0) vm::Generations::leave(*reader_.slot_);
  }

  [[nodiscard]] const vm::Generation* generation() const noexcept { return generation_; }
  [[nodiscard]] ErrorCode error(std::uint64_t at_least = 0) const noexcept {
    if (reader_.slot_ == nullptr) return ErrorCode::out_of_memory;
    if (generation_ == nullptr) return ErrorCode::not_loaded;
    return generation_->number < at_least ? ErrorCode::generation_too_old : ErrorCode::none;
  }
  [[nodiscard]] Error why(std::uint64_t at_least = 0) const noexcept { return said(error(at_least)); }

 private:
  Reader& reader_;
  const vm::Generation* generation_ = nullptr;
};

Reader::Reader(vm::Generations* generations, vm::ReaderSlot* slot) noexcept
    : generations_(generations), slot_(slot) {}

Reader::Reader(Reader&& other) noexcept
    : generations_(std::exchange(other.generations_, nullptr)), slot_(std::exchange(other.slot_, nullptr)) {}

Reader& Reader::operator=(Reader&& other) noexcept {
  if (this == &other) return *this;
  leave();
  generations_ = std::exchange(other.generations_, nullptr);
  slot_ = std::exchange(other.slot_, nullptr);
  return *this;
}

Reader::~Reader() { leave(); }

void Reader::leave() noexcept {
  if (slot_ != nullptr) vm::Generations::give_back(*slot_);
  if (generations_ != nullptr) generations_->release();
}

Decision Reader::decide(const Request& request, std::uint64_t at_least) noexcept {
  const Reading reading(*this);
  const vm::Generation* const generation = reading.generation();
  if (const ErrorCode error = reading.error(at_least); error != ErrorCode::none)
    return refused(error, generation != nullptr ? generation->number : 0);
  Decision decision = generation->evaluator.decide(request);
  decision.generation = generation->number;
  return decision;
}

Decision Reader::decide(const Query& query, const Circumstances& circumstances,
                        std::uint64_t at_least) noexcept {
  const Reading reading(*this);
  const vm::Generation* const generation = reading.generation();
  if (const ErrorCode error = reading.error(at_least); error != ErrorCode::none)
    return refused(error, generation != nullptr ? generation->number : 0);
  Decision decision = generation->evaluator.decide(query, circumstances);
  decision.generation = generation->number;
  return decision;
}

std::size_t Reader::decide_batch(std::span<const BatchQuery> queries,
                                 std::span<const Circumstances> circumstances,
                                 std::span<Decision> decisions) noexcept {
  const Reading reading(*this);
  const vm::Generation* const generation = reading.generation();
  const std::size_t count = std::min(queries.size(), decisions.size());
  if (const ErrorCode error = reading.error(); error != ErrorCode::none) {
    std::fill_n(decisions.begin(), count, refused(error));
    return count;
  }
  generation->evaluator.decide_batch(queries, circumstances, decisions);
  for (Decision& decision : decisions.first(count)) decision.generation = generation->number;
  return count;
}

Result<Handle> Reader::resolve(std::string_view entity) {
  const Reading reading(*this);
  if (reading.error() != ErrorCode::none) return reading.why();
  return reading.generation()->evaluator.resolve(entity);
}

std::size_t Reader::resolve_batch(std::span<const std::string_view> entities,
                                  std::span<Handle> handles) noexcept {
  const Reading reading(*this);
  if (reading.error() == ErrorCode::none)
    return reading.generation()->evaluator.resolve_batch(entities, handles);
  std::fill_n(handles.begin(), std::min(entities.size(), handles.size()), Handle{});
  return 0;
}

Result<std::size_t> Reader::reasons(const Request& request, const Decision& decision,
                                    std::span<RuleIndex> rules) {
  const Reading reading(*this);
  if (reading.error() != ErrorCode::none) return reading.why();
  try {
    if (reading.generation()->number != decision.generation) return said(ErrorCode::stale_decision);
    const std::vector<RuleIndex> found = reading.generation()->evaluator.reasons(request);
    std::copy_n(found.begin(), std::min(found.size(), rules.size()), rules.begin());
    return found.size();
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

template <class List, class Ask>
Result<List> Reader::listed(std::uint64_t at_least, const Ask& ask) try {
  const Reading reading(*this);
  if (reading.error(at_least) != ErrorCode::none) return reading.why(at_least);
  Result<List> list = ask(reading.generation()->evaluator);
  if (list) list->generation = reading.generation()->number;
  return list;
} catch (const std::bad_alloc&) {
  return no_memory();
}

Result<EntityList> Reader::list_resources(const Request& request, const Page& page, std::uint64_t at_least) {
  return listed<EntityList>(
      at_least, [&](const Evaluator& evaluator) { return evaluator.list_resources(request, page); });
}

Result<EntityList> Reader::list_subjects(const Request& request, const Page& page, std::uint64_t at_least) {
  return listed<EntityList>(
      at_least, [&](const Evaluator& evaluator) { return evaluator.list_subjects(request, page); });
}

Result<ActionList> Reader::list_actions(const Request& request, std::uint64_t at_least) {
  return listed<ActionList>(at_least,
                            [&](const Evaluator& evaluator) { return evaluator.list_actions(request); });
}

std::vector<RequestDiagnostic> Reader::diagnostics(const Request& request) {
  const Reading reading(*this);
  if (reading.error() != ErrorCode::none) return {};
  return reading.generation()->evaluator.diagnostics(request);
}

std::string Reader::explain_error(const Request& request, const Decision& decision) {
  const Reading reading(*this);
  if (reading.error() != ErrorCode::none || reading.generation()->number != decision.generation)
    return std::string(describe(decision.error));
  return reading.generation()->evaluator.explain_error(request, decision);
}

Reader::Pin Reader::pin() noexcept { return Pin(*this); }

Reader::Pin::Pin(Reader& reader) noexcept : reader_(reader) {
  if (reader_.slot_ != nullptr && reader_.pins_ == 0)
    reader_.pinned_ = reader_.generations_->enter(*reader_.slot_);
  ++reader_.pins_;
}

Reader::Pin::~Pin() {
  if (--reader_.pins_ != 0 || reader_.slot_ == nullptr) return;
  reader_.pinned_ = nullptr;
  vm::Generations::leave(*reader_.slot_);
  // It may have been the last to read a generation that was replaced meanwhile.
  reader_.generations_->try_collect();
}

std::uint64_t Reader::Pin::generation() const noexcept {
  return reader_.pinned_ != nullptr ? reader_.pinned_->number : 0;
}

const Evaluator* Reader::Pin::evaluator() const noexcept {
  return reader_.pinned_ != nullptr ? &reader_.pinned_->evaluator : nullptr;
}

Engine::Engine() noexcept : generations_(vm::Generations::create()) {}

Engine::~Engine() {
  if (generations_ != nullptr) generations_->release();
}

Result<std::uint64_t> Engine::reload(std::shared_ptr<const Program> program,
                                     std::shared_ptr<const Snapshot> snapshot) {
  if (generations_ == nullptr) return no_memory();
  vm::Generations::Turn turn(*generations_);
  return replace(turn, std::move(program), std::move(snapshot));
}

Result<std::uint64_t> Engine::reload(Program program, Snapshot snapshot) {
  try {
    return reload(std::make_shared<const Program>(std::move(program)),
                  std::make_shared<const Snapshot>(std::move(snapshot)));
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

Result<std::uint64_t> Engine::reload(std::shared_ptr<const Program> program) {
  if (generations_ == nullptr) return no_memory();
  vm::Generations::Turn turn(*generations_);
  const vm::Generation* const current = turn.current();
  return replace(turn, std::move(program), current != nullptr ? current->snapshot : nullptr);
}

Result<std::uint64_t> Engine::reload(std::shared_ptr<const Snapshot> snapshot) {
  if (generations_ == nullptr) return no_memory();
  vm::Generations::Turn turn(*generations_);
  const vm::Generation* const current = turn.current();
  return replace(turn, current != nullptr ? current->program : nullptr, std::move(snapshot));
}

Reader Engine::reader() noexcept {
  if (generations_ == nullptr) return {nullptr, nullptr};
  generations_->retain();
  return {generations_, generations_->take_slot()};
}

std::shared_ptr<const Program> Engine::program() const noexcept {
  if (generations_ == nullptr) return nullptr;
  const vm::Generations::Turn turn(*generations_);
  return turn.current() != nullptr ? turn.current()->program : nullptr;
}

std::shared_ptr<const Snapshot> Engine::snapshot() const noexcept {
  if (generations_ == nullptr) return nullptr;
  const vm::Generations::Turn turn(*generations_);
  return turn.current() != nullptr ? turn.current()->snapshot : nullptr;
}

void Engine::collect() noexcept {
  if (generations_ != nullptr) vm::Generations::Turn(*generations_).collect();
}

EngineStats Engine::stats() const noexcept {
  EngineStats stats;
  if (generations_ == nullptr) return stats;
  const vm::Generations::Turn turn(*generations_);
  if (turn.current() != nullptr) stats.generation = turn.current()->number;
  stats.reloads = turn.reloads();
  stats.refused = turn.refused();
  stats.retired = turn.retired();
  return stats;
}

}  // namespace policyc
