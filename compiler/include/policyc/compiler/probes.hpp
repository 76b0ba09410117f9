#pragma once

// What requests lead through in a policy, measured by the policy's own compiler: each rule, each test in a
// condition and each source of a role becomes a probe, a rule of its own, and a request's probes are the
// rules that match it. So coverage means what decisions mean, by construction.
//
//   const policyc::compiler::Probes probes = policyc::compiler::make_probes(loaded, *compiled.model);
//   for (const policyc::compiler::ProbePart& part : probes.parts) …      // Program::load(part.image)
//     evaluator.reasons(request with the action "task.label" + probes.suffix)   // part.meanings[rule]
//
// A part with a schema of its own reads snapshots of its own: it has a role more for each source. Values that
// own what they hold; separate calls may run at once on one package. Cost: of compiling, some ten times.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policyc/compiler/compile.hpp"

namespace policyc::compiler {

enum class PointKind : std::uint8_t {
  rule,            // matches
  who,             // of a rule with several: the rule matches, and this is one of those that let it
  action,          // of a rule that names several: the rule matches a request for it
  test,            // a test in a condition: true, or false
  condition,       // a named condition, likewise
  role_condition,  // the `if` of a role, likewise
  source,          // of a role: somebody holds the role through it
};

struct Point {
  PointKind kind = PointKind::rule;
  text::Span span;
  std::string what;  // "`project.archived`"; of a source "`lead`"; of a rule ""

  [[nodiscard]] bool has_two_ways() const noexcept {
    return kind == PointKind::test || kind == PointKind::condition || kind == PointKind::role_condition;
  }
};

// What it means that a probe's rule is among those that decided.
struct Meaning {
  std::size_t point = 0;
  bool asked = false;      // a test was come to; else: it is true, the rule matches, the role is held
  bool reads_own = false;  // not to be believed about a resource that a request describes
  std::vector<std::pair<ActionIndex, std::size_t>> by_action;  // further points, by the action asked for
};

struct ProbePart {
  std::vector<std::byte> image;
  std::vector<Meaning> meanings;  // by RuleIndex, behind the first kFirstProbe rules
  bool own_schema = false;
};

struct Probes {
  std::vector<Point> points;  // by place
  std::vector<ProbePart> parts;
  std::vector<bool> is_measured;  // by point: false where the policy is at a limit that leaves no room for it
};

inline constexpr std::string_view kProbeSuffix = " probe";
inline constexpr RuleIndex kFirstProbe = 2;

// The model is that of the package.
[[nodiscard]] Probes make_probes(const text::LoadedPackage& loaded, const Model& model);

}  // namespace policyc::compiler
