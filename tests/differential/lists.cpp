#include "lists.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace policyc::differential {
namespace {

using Names = std::set<std::string>;

std::string shown(const char* whose, const Names& names) {
  std::string text = std::string("\n") + whose;
  for (const std::string& name : names) text += " " + name;
  return text;
}

// The oracle's answers to one question about many.
struct Expected {
  Names allowed;
  std::set<std::string_view> errors;
  bool all_err = true;

  void add(const std::string& name, const oracle::Answer& answer) {
    if (answer.allowed) allowed.insert(name);
    errors.insert(answer.errors.begin(), answer.errors.end());
    all_err = all_err && !answer.errors.empty();
  }
};

class Lists {
 public:
  Lists(const CompiledPolicy& policy, const Evaluator& evaluator, const oracle::Snapshot& facts)
      : policy_(policy), evaluator_(evaluator), schema_(evaluator.program().schema()), facts_(facts) {}

  std::string resources(oracle::Request request, std::size_t most) const {
    request.resource_attributes.clear();
    const std::string kind = request.resource.substr(0, request.resource.find(':'));
    Expected expected;
    for (const auto& [name, entity] : facts_) {
      if (entity.kind != kind) continue;
      request.resource = name;
      expected.add(name, policy_.oracle().decide(facts_, request));
    }
    request.resource = kind;
    if (names_defined(request)) return refused(request, most);
    return judged("resources", expected, request, most, [&](const Request& asked, const Page& page) {
      return evaluator_.list_resources(asked, page);
    });
  }

  // Strangers have an id that no policy and no snapshot knows.
  std::string subjects(oracle::Request request, std::size_t most) const {
    request.subject_attributes.clear();
    Expected expected;
    for (const KindInfo& kind : schema_.kinds) {
      if (kind.category != KindCategory::subject) continue;
      request.subject = kind.name + ":unheard of";
      if (const oracle::Answer answer = policy_.oracle().decide(facts_, request); answer.allowed)
        expected.add(kind.name + ":*", answer);
    }
    for (const auto& [name, entity] : facts_) {
      const KindIndex kind = schema_.find_kind(entity.kind);
      if (schema_.kinds[kind].category != KindCategory::subject) continue;
      request.subject = name;
      expected.add(name, policy_.oracle().decide(facts_, request));
    }
    request.subject.clear();
    return judged("subjects", expected, request, most, [&](const Request& asked, const Page& page) {
      return evaluator_.list_subjects(asked, page);
    });
  }

  // Without parameters: those of one action may be text where another's of the same name are something else.
  std::string actions(oracle::Request request) const {
    request.parameters.clear();
    const std::string kind = request.resource.substr(0, request.resource.find(':'));
    Names allowed;
    Names unanswered;
    for (const ActionInfo& action : evaluator_.program().actions()) {
      if (schema_.kinds[action.kind].name != kind) continue;
      request.action = kind + "." + action.wire_name;
      const oracle::Answer answer = policy_.oracle().decide(facts_, request);
      if (answer.allowed) allowed.insert(request.action);
      if (!answer.errors.empty()) unanswered.insert(request.action);
    }
    request.action.clear();
    const OwnedRequest owned(request);
    const Result<ActionList> list = evaluator_.list_actions(owned.request);
    Names listed;
    Names left_out;
    if (list)
      for (const ActionIndex action : list->actions) listed.insert(name_of(action));
    if (list)
      for (const ActionList::Unanswered& one : list->unanswered) left_out.insert(name_of(one.action));
    // What is refused whole is refused for each action.
    const bool agree =
        list ? listed == allowed && left_out == unanswered : allowed.empty() && !unanswered.empty();
    if (agree) return {};
    return "actions:" + shown("the product lists", listed) + shown("and leaves out", left_out) +
           (list ? "" : "\nerror: " + list.error().message) + shown("the oracle lists", allowed) +
           shown("and leaves out", unanswered);
  }

 private:
  // "A list of resources has no resource at which a role that a snapshot defines could be looked up."
  [[nodiscard]] bool names_defined(const oracle::Request& request) const {
    const auto is_defined = [&](const oracle::Value& v) {
      const std::string name = v.text.substr(v.text.find('.') + 1);
      return v.kind == oracle::Value::Kind::symbol &&
             std::any_of(facts_.begin(), facts_.end(),
                         [&](const auto& entry) { return entry.second.roles.contains(name); });
    };
    return std::any_of(request.parameters.begin(), request.parameters.end(), [&](const auto& one) {
      const std::vector<oracle::Value>& elements = one.second.elements;
      return is_defined(one.second) || std::any_of(elements.begin(), elements.end(), is_defined);
    });
  }

  [[nodiscard]] std::string refused(const oracle::Request& request, std::size_t most) const {
    const OwnedRequest owned(request);
    return evaluator_.list_resources(owned.request, {most, {}})
               ? "resources: the product lists some, though nobody knows which role a parameter means"
               : "";
  }

  std::string name_of(ActionIndex action) const {
    const ActionInfo& info = evaluator_.program().actions()[action];
    return schema_.kinds[info.kind].name + "." + info.wire_name;
  }

  std::string judged(const std::string& what, const Expected& expected, const oracle::Request& request,
                     std::size_t most,
                     const std::function<Result<EntityList>(const Request&, const Page&)>& ask) const {
    const OwnedRequest owned(request);
    Names listed;
    std::string wrong;
    Page page{most, {}};
    for (bool more = true; more;) {
      const Result<EntityList> list = ask(owned.request, page);
      if (!list) {
        // With nobody to ask about, the oracle has nothing to say.
        const bool is_known =
            expected.errors.count(name_of_error(list.error())) > 0 || expected.errors.empty();
        if (expected.all_err && is_known) return {};
        // A list is of many: it needs the time where a grant with a window could count for one of them.
        if (list.error().code == ErrorCode::now_missing && !request.now && has_windows()) return {};
        wrong = list.error().message;
        break;
      }
      for (const Handle handle : list->entities)
        if (!listed.insert(evaluator_.name_of(handle)).second) wrong = "one is listed twice";
      for (const KindIndex kind : list->everyone) listed.insert(schema_.kinds[kind].name + ":*");
      if (list->entities.size() > most) wrong = "the page is too long";
      more = list->next.has_value();
      page.after = list->next;
    }
    if (wrong.empty() && listed == expected.allowed && (expected.errors.empty() || !expected.all_err))
      return {};
    return what + ":" + shown("the product lists", listed) + "\n" + wrong +
           shown("the oracle lists", expected.allowed) +
           (expected.errors.empty() ? "" : "\nwith the error " + std::string(*expected.errors.begin()));
  }

  [[nodiscard]] bool has_windows() const {
    return std::any_of(facts_.begin(), facts_.end(), [](const auto& entry) {
      const auto& grants = entry.second.grants;
      return std::any_of(grants.begin(), grants.end(), [](const auto& g) { return g.from || g.until; });
    });
  }

  static std::string_view name_of_error(const Error& error) { return policyc::name_of(error.code); }

  const CompiledPolicy& policy_;
  const Evaluator& evaluator_;
  const Schema& schema_;
  const oracle::Snapshot& facts_;
};

}  // namespace

std::string compare_lists(const CompiledPolicy& policy, const Evaluator& evaluator,
                          const oracle::Snapshot& facts, const oracle::Request& request, std::size_t most) {
  const Lists lists(policy, evaluator, facts);
  // A resource that is described is none of those that are listed.
  std::string difference =
      request.resource_inline || !request.parent.empty() ? "" : lists.resources(request, most);
  if (difference.empty()) difference = lists.subjects(request, most);
  if (difference.empty()) difference = lists.actions(request);
  return difference;
}

}  // namespace policyc::differential
