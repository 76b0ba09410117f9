// Circles among roles: through `includes`, `from`, roll-ups and, once they are
// typed, through the conditions of `if`.

#include <algorithm>

#include "analysis.hpp"
#include "declarer.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

// "Whoever holds `from` may hold `to` through it"; `conditional`: by what an `if` asks.
struct Step {
  RoleIndex to = 0;
  bool conditional = false;
};

class Circles {
 public:
  Circles(const Model& model, text::Diagnostics& diagnostics)
      : model_(model), diagnostics_(diagnostics), steps_(model.roles.size()), state_(model.roles.size()) {}

  void add(RoleIndex from, RoleIndex to, bool conditional) { steps_[from].push_back({to, conditional}); }

  // Reports every circle that a search in depth meets, one for each step that
  // closes one. With `conditional_only`, only those in which some `if` has a part.
  void report(bool conditional_only) {
    for (std::size_t start = 0; start < steps_.size(); ++start) {
      if (state_[start] != State::unseen) continue;
      enter(static_cast<RoleIndex>(start), false);
      while (!path_.empty()) {
        Place& place = path_.back();
        if (place.next == steps_[place.role].size()) {
          state_[place.role] = State::done;
          path_.pop_back();
          continue;
        }
        const Step step = steps_[place.role][place.next++];
        if (state_[step.to] == State::unseen)
          enter(step.to, step.conditional);
        else if (state_[step.to] == State::open)
          close(step, conditional_only);
      }
    }
  }

 private:
  enum class State : std::uint8_t { unseen, open, done };
  struct Place {
    RoleIndex role = 0;
    std::size_t next = 0;
    bool conditional = false;  // how it was reached
  };

  void enter(RoleIndex role, bool conditional) {
    state_[role] = State::open;
    path_.push_back({role, 0, conditional});
  }

  void close(const Step& step, bool conditional_only) {
    const auto begin =
        std::find_if(path_.begin(), path_.end(), [&](const Place& at) { return at.role == step.to; });
    const bool conditional = step.conditional || std::any_of(begin + 1, path_.end(),
                                                             [](const Place& at) { return at.conditional; });
    if (conditional_only && !conditional) return;
    const Schema& schema = model_.schema;
    // Roles of one kind are shown by their names alone.
    const bool one_kind = std::all_of(begin, path_.end(), [&](const Place& at) {
      return schema.roles[at.role].kind == schema.roles[step.to].kind;
    });
    const auto name = [&](RoleIndex role) {
      return one_kind ? schema.roles[role].name : role_name(schema, role);
    };
    std::string shown;
    for (auto at = begin; at != path_.end(); ++at) shown += name(at->role) + " > ";
    shown += name(step.to);
    diagnostics_.add(DiagCode::role_cycle, model_.roles[step.to].span, {shown});
  }

  const Model& model_;
  text::Diagnostics& diagnostics_;
  std::vector<std::vector<Step>> steps_;
  std::vector<State> state_;
  std::vector<Place> path_;
};

void add_declared_steps(const Model& model, Circles& circles) {
  for (std::size_t i = 0; i < model.roles.size(); ++i) {
    const auto role = static_cast<RoleIndex>(i);
    for (const RoleIndex included : model.roles[i].includes) circles.add(role, included, false);
    for (const RoleIndex source : model.roles[i].role_sources) circles.add(source, role, false);
    for (const RoleModel::Through& through : model.roles[i].through)
      if (!through.recursive) circles.add(through.role, role, false);
  }
}

}  // namespace

void report_role_cycles(const Model& model, text::Diagnostics& diagnostics) {
  Circles circles(model, diagnostics);
  add_declared_steps(model, circles);
  // Before bits are assigned a roll-up's mask is the source's index.
  for (std::size_t i = 0; i < model.roles.size(); ++i)
    for (const RollUpSource& source : model.schema.roles[i].roll_up_roles)
      circles.add(static_cast<RoleIndex>(source.mask), static_cast<RoleIndex>(i), false);
  circles.report(false);
}

void report_condition_cycles(Analysis& analysis) {
  Circles circles(analysis.model, analysis.diagnostics);
  add_declared_steps(analysis.model, circles);
  for (std::size_t i = 0; i < analysis.model.roles.size(); ++i) {
    const auto role = static_cast<RoleIndex>(i);
    const std::optional<Term>& condition = analysis.model.roles[i].condition;
    if (!condition) continue;
    each_term(*condition, [&](const Term& part) {
      if (part.kind == TermKind::has_role)
        for (const RoleIndex asked : part.roles) circles.add(asked, role, true);
      if (part.kind == TermKind::has_role_value)
        for (const RoleIndex asked : analysis.model.schema.kinds[part.operands[2].type.argument].roles)
          circles.add(asked, role, true);
    });
  }
  circles.report(true);
}

}  // namespace policyc::compiler
