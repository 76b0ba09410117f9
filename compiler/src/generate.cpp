// The back end from a model to an image: tests of each action, three runs of code,
// what the action's requests must supply, and the pools that the code refers to.

#include <utility>

#include "anchor_facts.hpp"
#include "constants.hpp"
#include "cost.hpp"
#include "emit.hpp"
#include "graph_names.hpp"
#include "lower.hpp"
#include "optimize.hpp"
#include "policyc/compiler/compile.hpp"
#include "program_parts.hpp"
#include "reach.hpp"

namespace policyc::compiler {
namespace {

// Tables that instructions refer to by 16 bits.

// Which rule the decision names does not matter; it must be one of its effect.
[[nodiscard]] RuleIndex first_of(const std::vector<RuleTest>& rules) noexcept {
  for (const RuleTest& rule : rules)
    if (rule.test != kNever) return rule.rule;
  return 0;
}

class Generator {
 public:
  Generator(Model& model, text::Diagnostics& diagnostics)
      : model_(model),
        diagnostics_(diagnostics),
        lowering_(model, graph_, diagnostics),
        reach_(model, lowering_.uses()),
        emitter_(graph_, constants_, masks_, parts_.code) {}

  [[nodiscard]] std::vector<std::byte> image(const CompileProgress& progress) {
    const std::size_t errors = diagnostics_.error_count();
    for (std::size_t i = 0; i < model_.actions.size(); ++i) {
      if (progress) progress(i, model_.actions.size());
      action(static_cast<ActionIndex>(i));
    }
    if (diagnostics_.error_count() != errors) return {};
    parts_.constants = std::move(constants_).take();
    parts_.masks = std::move(masks_).take();
    // The model's own tables are lent for as long as they are written, and not copied.
    exchange();
    std::vector<std::byte> image = write_program(parts_);
    exchange();
    return image;
  }

 private:
  void exchange() noexcept {
    std::swap(parts_.name, model_.name);
    std::swap(parts_.version, model_.version);
    std::swap(parts_.schema, model_.schema);
    std::swap(parts_.context, model_.context);
    std::swap(parts_.actions, model_.actions);
    std::swap(parts_.rules, model_.rules);
    std::swap(parts_.obligations, model_.obligations);
  }

  void action(ActionIndex index) {
    ActionInfo& info = model_.actions[index];
    const Mentioned& mentioned = reach_.of(index);
    info.required_context.assign(mentioned.context.begin(), mentioned.context.end());
    info.needs_now = mentioned.now;

    const ActionTests tests = lowering_.action(index);
    const Decide decide = optimize(graph_, tests);
    const EmittedRun fast = emitter_.decide(decide, first_of(tests.forbids), first_of(tests.allows));
    const EmittedRun slow = emitter_.reasons(tests);
    const EmittedRun times = emitter_.times(lowering_.times(index));
    parts_.anchors.push_back(anchors_of(graph_, tests, masks_));
    check(index, fast);
    check(index, slow);
    check(index, times);
    if (fast.too_long || slow.too_long || times.too_long) {
      // Nothing refers to code that is refused; dropping it bounds the memory.
      parts_.code.resize(fast.range.begin);
      return;
    }
    parts_.action_code.push_back({fast.range, slow.range, times.range});
    info.cost = cost_of(fast, parts_.code, GraphNames(graph_, model_, index));
  }

  void check(ActionIndex index, const EmittedRun& run) {
    const ActionInfo& info = model_.actions[index];
    const auto refuse = [&](text::DiagCode code, const char* what) {
      diagnostics_.add(code, model_.action_spans[index],
                       {model_.schema.kinds[info.kind].name + "." + info.name, what});
    };
    if (run.too_long)
      refuse(text::DiagCode::action_too_large, "instructions");
    else if (constants_.size() > kMaxPool || masks_.size() > kMaxPool)
      refuse(text::DiagCode::action_too_large, constants_.size() > kMaxPool ? "constants" : "sets of roles");
    else if (run.out_of_registers)
      refuse(text::DiagCode::too_many_registers, "");
  }

  Model& model_;
  text::Diagnostics& diagnostics_;
  Graph graph_;
  ConstantPool constants_;
  MaskPool masks_;
  vm::ProgramParts parts_;
  Lowering lowering_;
  Reach reach_;
  Emitter emitter_;
};

}  // namespace

std::vector<std::byte> generate(Model& model, const text::LoadedPackage&, text::Diagnostics& diagnostics,
                                const CompileProgress& progress) {
  return Generator(model, diagnostics).image(progress);
}

}  // namespace policyc::compiler
