// Conditions that ask for a role which nobody can hold where they ask: as in a rule's WHO, an error, because
// the question has one answer. A condition that counts at several kinds of entities is one if that is so at
// all.

#include <bit>
#include <map>
#include <utility>

#include "analysis.hpp"
#include "role_closure.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

class RoleQuestions {
 public:
  explicit RoleQuestions(const Analysis& analysis)
      : analysis_(analysis), model_(analysis.model), closures_(analysis.model) {}

  void run() {
    for (const RuleUse& use : model_.uses)
      each_term(use, [&](const Term& term) {
        if (term.kind == TermKind::has_role && !term.itself) ask(term);
      });
    for (const auto& [place, question] : questions_)
      if (!question.can_be_held) report(question);
  }

 private:
  struct Question {
    text::Span span;
    RoleIndex role = 0;
    KindIndex kind = kSystemKind;
    bool can_be_held = false;
  };

  void ask(const Term& term) {
    const Term& at = term.operands[1];
    const std::uint64_t kinds = at.kinds != 0 ? at.kinds : at.type.argument;
    for (const RoleIndex role : term.roles)
      for (std::uint64_t left = kinds; left != 0; left &= left - 1) {
        const auto kind = static_cast<KindIndex>(std::countr_zero(left));
        const RoleClosure& closure = closures_.of(role, kind, false);
        Question& question = questions_[{std::pair(term.span.file, term.span.begin), role}];
        if (question.span.end == 0) question = {term.span, role, kind, false};
        question.can_be_held = question.can_be_held || !closure.bits.empty() || !closure.derived.empty();
      }
  }

  void report(const Question& question) {
    const RoleInfo& info = model_.schema.roles[question.role];
    const char* why = info.up_bit != kNoBit ? "it is rolled up to here, and held at that entity alone"
                                            : "it is `not granted`, and nothing else gives it";
    analysis_.diagnostics.add(
        DiagCode::role_never_held, question.span,
        {role_name(model_.schema, question.role), model_.schema.kinds[question.kind].name}, {},
        {{model_.roles[question.role].span, why}});
  }

  const Analysis& analysis_;
  const Model& model_;
  RoleClosures closures_;
  std::map<std::pair<std::pair<std::uint32_t, std::uint32_t>, RoleIndex>, Question> questions_;
};

}  // namespace

void check_role_questions(const Analysis& analysis) {
  if (analysis.sound_declarations) RoleQuestions(analysis).run();
}

}  // namespace policyc::compiler
