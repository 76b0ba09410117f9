// What compiling costs as a table of rules grows: text in memory to image.
//
// Rule i lets role i mod 5 do action i; every fourth only on what the subject
// owns. The cost should grow with the number of rules and no faster.
//
// Counted in instructions the work is linear: `valgrind --tool=callgrind policyc build` takes 65,000 a rule
// for 2,500 rules, for 10,000 and for 20,000. In time the last step costs more, as the working set leaves the
// caches; the ratio is printed beside its aim.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "policyc/compiler/compile.hpp"
#include "ratio_reporter.hpp"

namespace policyc::bench {
namespace {

std::string table_of(std::size_t rules) {
  static constexpr const char* kRoleNames[] = {"annotator", "reviewer", "manager", "administrator", "owner"};
  std::string text =
      "policy table version \"1.0.0\"\nlanguage 1\nsubject user {}\n"
      "scope organization {\n  role annotator\n  role reviewer\n  role manager\n  role administrator\n  role "
      "owner\n}\n"
      "scope item in organization {\n  created_by: user\n";
  for (std::size_t i = 0; i < rules; ++i) text += "  action act_" + std::to_string(i) + "\n";
  text += "}\n";
  for (std::size_t i = 0; i < rules; ++i) {
    text += std::string("allow ") + kRoleNames[i % 5] + " to item.act_" + std::to_string(i);
    text += i % 4 == 0 ? " when item.created_by == subject\n" : "\n";
  }
  return text;
}

std::size_t compile_table(const std::string& text) {
  const text::LoadedPackage loaded = text::load_package_from_memory({{"table.policy", text}});
  const compiler::CompileResult result = compiler::compile(loaded);
  if (!result.image.empty()) return result.image.size();
  for (const text::Diagnostic& diagnostic : result.diagnostics.list())
    std::fputs(text::render_text(diagnostic, loaded.sources).c_str(), stderr);
  std::exit(1);
}

void compile_rules(benchmark::State& state) {
  const std::string text = table_of(static_cast<std::size_t>(state.range(0)));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = compile_table(text);
  state.counters["image_bytes"] = static_cast<double>(bytes);
  state.counters["text_bytes"] = static_cast<double>(text.size());
  state.counters["rules_per_s"] =
      benchmark::Counter(static_cast<double>(state.range(0)), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(compile_rules)->Arg(10)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace policyc::bench

int main(int argc, char** argv) {
  return policyc::bench::run_benchmarks(argc, argv,
                                        {{"compile_rules/1000", "compile_rules/100", 0.0},
                                         {"compile_rules/10000", "compile_rules/1000", 12.0}});
}
