#pragma once

// Random questions about a snapshot, to measure what decisions cost: who asks and about which resource is
// drawn evenly, and so are the values of parameters and context, from what the policy declares and the
// snapshot has.

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/evaluator.hpp"

namespace policyc::cli {

class Workload {
 public:
  // `evaluator` must outlive this. The same seed draws the same questions.
  Workload(const Evaluator& evaluator, std::uint64_t seed, std::int64_t now);
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  [[nodiscard]] bool has_subjects() const noexcept { return !subjects_.empty(); }
  [[nodiscard]] bool has_resources(KindIndex kind) const noexcept { return !entities_[kind].empty(); }

  // Needs both. With values of its own, if the action takes any: then its circumstances are one of
  // circumstances(), else the first, which has the time alone.
  [[nodiscard]] BatchQuery draw(ActionIndex action);
  [[nodiscard]] const std::vector<Circumstances>& circumstances() const noexcept { return circumstances_; }

  // The same question by names, without its circumstances but for the time; views of names that this keeps.
  [[nodiscard]] Request by_name(const Query& query);

 private:
  [[nodiscard]] std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  // Indices into circumstances().
  [[nodiscard]] std::vector<std::uint32_t> draw_circumstances(const ActionInfo& action);
  [[nodiscard]] std::vector<NamedValue> draw_values(const std::vector<ParameterInfo>& infos);
  [[nodiscard]] Value draw_value(const Type& type);
  [[nodiscard]] Value draw_scalar(TypeKind kind, std::uint64_t argument);
  [[nodiscard]] std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  const Evaluator& evaluator_;
  const std::int64_t now_;
  std::mt19937_64 engine_;
  const std::vector<std::vector<std::string>> entities_;  // by kind
  std::vector<std::vector<Handle>> handles_;              // the same
  std::vector<Handle> subjects_;
  std::vector<std::string> action_names_;
  std::vector<Circumstances> circumstances_;
  std::vector<std::vector<std::uint32_t>> circumstances_of_;  // by action; empty until it is drawn
  std::deque<std::string> texts_;
  std::deque<std::vector<NamedValue>> values_;
  std::deque<std::vector<Value>> elements_;
};

}  // namespace policyc::cli
