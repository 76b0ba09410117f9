// Counts instructions by the loops that they stand in.

#include "cost.hpp"

#include <map>
#include <utility>
#include <vector>

namespace policyc::compiler {
namespace {

[[nodiscard]] std::string size_of(const EmittedLoop& loop, const GraphNames& names) {
  if (loop.is_path) return "path";
  return "|" + names.value(loop.range) + "|";
}

}  // namespace

std::string cost_of(const EmittedRun& run, std::span<const vm::Instruction> code, const GraphNames& names) {
  // By the loops around, outermost first: how many instructions. Kept in the order
  // of the code; a product of sizes that occurs again is added to the first.
  std::vector<std::pair<std::string, std::size_t>> terms = {{"", 0}};
  std::map<std::string, std::size_t> places = {{"", 0}};
  const auto add = [&](const std::string& sizes) {
    const auto [position, is_new] = places.try_emplace(sizes, terms.size());
    if (is_new) terms.emplace_back(sizes, 0);
    ++terms[position->second].second;
  };

  std::vector<std::string> around = {""};
  std::size_t next_loop = 0;
  const std::span<const vm::Instruction> body =
      code.subspan(run.range.begin, run.range.end - run.range.begin);
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (next_loop < run.loops.size() && run.loops[next_loop].at == i) {
      add(around.back());  // `each` runs once more than there are elements
      around.push_back(around.back() + "·" + size_of(run.loops[next_loop], names));
      ++next_loop;
    }
    add(around.back());
    if (body[i].op == vm::Op::end) around.pop_back();
  }

  std::string text;
  for (const auto& [sizes, count] : terms) {
    if (!text.empty()) text += " + ";
    text += std::to_string(count) + sizes;
  }
  return text;
}

}  // namespace policyc::compiler
