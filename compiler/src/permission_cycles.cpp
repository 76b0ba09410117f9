// `may` inlines the rules of another action; rules that inline each other would
// never end.

#include <algorithm>
#include <set>

#include "analysis.hpp"
#include "asking.hpp"

namespace policyc::compiler {
namespace {

class Search {
 public:
  Search(Analysis& analysis, const Asking& graph)
      : analysis_(analysis), graph_(graph), state_(graph.size()) {}

  // Depth first without recursion: a chain of permissions may be long.
  void from(ActionIndex action) {
    const Asking::Node start = graph_.action(action);
    if (state_[start] != State::unseen) return;
    enter(start, {});
    while (!path_.empty()) {
      Step& step = path_.back();
      const auto& edges = graph_.edges(step.node);
      if (step.next == edges.size()) {
        state_[step.node] = State::done;
        path_.pop_back();
        continue;
      }
      const Asking::Edge& edge = edges[step.next++];
      if (state_[edge.to] == State::unseen)
        enter(edge.to, edge.span);
      else if (state_[edge.to] == State::open)
        report(edge);
    }
  }

 private:
  enum class State : std::uint8_t { unseen, open, done };
  struct Step {
    Asking::Node node = 0;
    std::size_t next = 0;
    text::Span span;  // where the one before asks for it
  };

  void enter(Asking::Node node, text::Span span) {
    state_[node] = State::open;
    path_.push_back({node, 0, span});
  }

  // Circles among roles alone are reported with the roles.
  void report(const Asking::Edge& last) {
    const auto begin =
        std::find_if(path_.begin(), path_.end(), [&](const Step& step) { return step.node == last.to; });
    const Schema& schema = analysis_.model.schema;
    const auto name = [&](Asking::Node node) {
      return graph_.is_role(node) ? role_name(schema, static_cast<RoleIndex>(node))
                                  : action_name(analysis_.model, graph_.action_of(node));
    };
    const bool has_action =
        std::any_of(begin, path_.end(), [&](const Step& step) { return !graph_.is_role(step.node); });
    if (!has_action) return;
    std::string shown;
    for (auto step = begin; step != path_.end(); ++step) shown += name(step->node) + " > ";
    shown += name(last.to);
    analysis_.diagnostics.add(text::DiagCode::permission_cycle, last.span, {shown});
  }

  Analysis& analysis_;
  const Asking& graph_;
  std::vector<State> state_;
  std::vector<Step> path_;
};

}  // namespace

void find_permission_cycles(Analysis& analysis, const Asking& asking) {
  Search search(analysis, asking);
  for (std::size_t i = 0; i < analysis.model.actions.size(); ++i) search.from(static_cast<ActionIndex>(i));
}

}  // namespace policyc::compiler
