#pragma once

// A policy and a snapshot that can be exchanged while others decide by them.
//
//   policyc::Engine engine;                                       // denies: not_loaded
//   auto loaded = engine.reload(std::move(program), std::move(snapshot));
//   if (!loaded) log(loaded.error().message);                     // what was in stays in
//
//   policyc::Reader reader = engine.reader();                     // one for each thread
//   const policyc::Decision d = reader.decide({.subject = "user:ann",
//                                              .action = "task.label",
//                                              .resource = "task:t1"});
//   if (d.allowed()) …
//
// A pair that was taken in is a generation. Every decision comes from one of them
// and bears its number; numbers only grow. Readers take no lock and wait for
// nobody, whatever a reload does; a generation that was replaced is freed by the
// first reload, collect() or unpinning that finds nobody reading it.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/decision.hpp"
#include "policyc/evaluator.hpp"
#include "policyc/program.hpp"
#include "policyc/request.hpp"
#include "policyc/result.hpp"
#include "policyc/snapshot.hpp"

namespace policyc {

namespace vm {
class Generations;
struct ReaderSlot;
struct Generation;
}  // namespace vm

// One thread's door to an engine. Not thread-safe: give each thread its own. It may
// outlive the engine, and then goes on with the last generation.
//
// Cost: a decision through a reader costs one on the Evaluator and two atomic
// operations. Between calls a reader holds nothing, so an idle one keeps no memory.
class Reader {
 public:
  class Pin;

  Reader(Reader&& other) noexcept;
  Reader& operator=(Reader&& other) noexcept;
  ~Reader();

  // As Evaluator's, from the generation that is current when the call begins.
  // Errors besides: not_loaded; out_of_memory, if there was none for the reader
  // itself. `at_least` refuses older generations (generation_too_old): a host that
  // has seen a change by its number can insist on it.
  [[nodiscard]] Decision decide(const Request& request, std::uint64_t at_least = 0) noexcept;
  [[nodiscard]] Decision decide(const Query& query, const Circumstances& circumstances = {},
                                std::uint64_t at_least = 0) noexcept;

  // One generation answers the whole batch. See Evaluator::decide_batch.
  std::size_t decide_batch(std::span<const BatchQuery> queries, std::span<const Circumstances> circumstances,
                           std::span<Decision> decisions) noexcept;

  // A handle is good for its snapshot alone: after a reload it is refused
  // (stale_handle), and never someone else's.
  [[nodiscard]] Result<Handle> resolve(std::string_view entity);
  std::size_t resolve_batch(std::span<const std::string_view> entities, std::span<Handle> handles) noexcept;

  // The deciding rules of `decision`, which this reader gave for `request`: as many
  // as `rules` has room for; returns how many there are.
  // Errors: stale_decision if another generation is current now. Allocates.
  [[nodiscard]] Result<std::size_t> reasons(const Request& request, const Decision& decision,
                                            std::span<RuleIndex> rules);
  // Evaluator's lists, each whole from one generation, whose number it bears; what another page came from may
  // be seen by that. A cursor of another snapshot is refused (stale_handle). Errors besides: not_loaded,
  // generation_too_old. The indexes belong to a generation: its first lists make them. Allocates.
  [[nodiscard]] Result<EntityList> list_resources(const Request& request, const Page& page = {},
                                                  std::uint64_t at_least = 0);
  [[nodiscard]] Result<EntityList> list_subjects(const Request& request, const Page& page = {},
                                                 std::uint64_t at_least = 0);
  [[nodiscard]] Result<ActionList> list_actions(const Request& request, std::uint64_t at_least = 0);

  // Both allocate: std::bad_alloc. Sentences about the current generation.
  [[nodiscard]] std::vector<RequestDiagnostic> diagnostics(const Request& request);
  [[nodiscard]] std::string explain_error(const Request& request, const Decision& decision);

  // Keeps the current generation for this reader until the Pin ends.
  [[nodiscard]] Pin pin() noexcept;

 private:
  friend class Engine;
  class Reading;
  // What `ask` gets from the evaluator of one generation.
  template <class List, class Ask>
  [[nodiscard]] Result<List> listed(std::uint64_t at_least, const Ask& ask);
  Reader(vm::Generations* generations, vm::ReaderSlot* slot) noexcept;
  void leave() noexcept;

  vm::Generations* generations_;  // one reference; null once moved from
  vm::ReaderSlot* slot_;          // null: there was no memory for it
  const vm::Generation* pinned_ = nullptr;
  std::uint32_t pins_ = 0;
};

// While it lasts, all that its reader says comes from one generation. Pins of one
// reader may overlap, and all see the first one's. Not to outlive its reader, which
// is not to be moved meanwhile.
class Reader::Pin {
 public:
  explicit Pin(Reader& reader) noexcept;
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
  ~Pin();

  [[nodiscard]] std::uint64_t generation() const noexcept;    // 0: nothing is loaded
  [[nodiscard]] const Evaluator* evaluator() const noexcept;  // null: nothing is loaded

 private:
  Reader& reader_;
};

// Figures for people and health checks.
struct EngineStats {
  std::uint64_t generation = 0;  // the current one's number; 0: nothing is loaded
  std::uint64_t reloads = 0;     // that were taken in
  std::uint64_t refused = 0;     // that were not
  std::size_t retired = 0;       // generations replaced and still read by somebody
};

// Thread safety: all member functions may be called from any number of threads at
// once. Reloads wait for each other; nobody else waits.
class Engine {
 public:
  Engine() noexcept;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  // Takes both in, or neither: after an error the engine goes on as it was. Returns
  // the new generation's number.
  // Errors: schema_mismatch, not_loaded (a null pointer), out_of_memory.
  // Cost: linking the program to the snapshot, O(size of the program's tables).
  Result<std::uint64_t> reload(std::shared_ptr<const Program> program,
                               std::shared_ptr<const Snapshot> snapshot);
  Result<std::uint64_t> reload(Program program, Snapshot snapshot);

  // One of the two, beside what is in. Errors besides: not_loaded if nothing is in;
  // schema_mismatch if the two were not made for each other: then load both.
  Result<std::uint64_t> reload(std::shared_ptr<const Program> program);
  Result<std::uint64_t> reload(std::shared_ptr<const Snapshot> snapshot);

  // Never fails: a reader that got no memory says so in every decision.
  [[nodiscard]] Reader reader() noexcept;

  // The pair that is in; null if nothing is.
  [[nodiscard]] std::shared_ptr<const Program> program() const noexcept;
  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const noexcept;

  // Frees the retired generations that nobody reads any more.
  void collect() noexcept;
  [[nodiscard]] EngineStats stats() const noexcept;

 private:
  vm::Generations* generations_;  // one reference; null: there was no memory
};

}  // namespace policyc
