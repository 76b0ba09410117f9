// Tests, as far as the policy alone can judge them: names, types, and reasons that
// could never be. What they expect is found out by running them.

#include <algorithm>
#include <map>
#include <set>

#include "analysis.hpp"
#include "policyc/result.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

// Uses are ordered by rule.
struct ByRule {
  bool operator()(const RuleUse& use, RuleIndex rule) const { return use.rule < rule; }
  bool operator()(RuleIndex rule, const RuleUse& use) const { return rule < use.rule; }
};

// A parameter, an attribute or a context field.
struct Wanted {
  std::string name;
  Type type;
  bool required = false;
};

class Tests {
 public:
  explicit Tests(Analysis& analysis)
      : analysis_(analysis), model_(analysis.model), expressions_(analysis.symbols, analysis.diagnostics) {
    for (const text::File& file : analysis.loaded.package.files) folders_.push_back(folder(file));
    for (std::size_t i = 0; i < model_.rules.size(); ++i)
      rules_.emplace(model_.rules[i].id, static_cast<RuleIndex>(i));
    for (const ParameterInfo& field : model_.context) context_.push_back({field.name, field.type, false});
  }

  void check(const text::Test& test, std::size_t file) {
    const text::Span header = {test.span.file, test.span.begin,
                               std::max(test.span.begin, test.snapshot.span.end)};
    if (const auto [first, is_new] = names_.emplace(test.name, header); !is_new)
      report(DiagCode::test_named_twice, header, {test.name}, {}, {{first->second, "the other"}});
    check_path(test.snapshot, folders_[file]);
    check_arguments(test.context, context_, "context field", test.span);
    for (const text::Expectation& expectation : test.expectations) check(expectation);
    for (const text::ListExpectation& list : test.lists) check(list);
    for (const text::TestTable& table : test.tables) check(table);
  }

 private:
  void check(const text::Expectation& expectation) {
    error_ = expectation.because == text::BecauseKind::error ? expectation.because_text : "";
    check_subject(expectation.subject);
    if (expectation.via) check_subject(*expectation.via);
    check_resource(expectation.resource);
    const std::optional<ActionIndex> action = check_action(expectation.action, expectation.resource.entity);
    if (action) check_parameters(*action, expectation.parameters, expectation.action.span);
    check_arguments(expectation.context, context_, "context field", expectation.span);
    check_reason(expectation, action);
    error_.clear();
  }

  void check(const text::ListExpectation& list) {
    using Kind = text::ListExpectation::Kind;
    if (list.kind != Kind::who) check_subject(list.subject);
    if (list.via) check_subject(*list.via);
    check_resource(list.resource);
    check_arguments(list.context, context_, "context field", list.span);
    if (list.kind == Kind::which) {
      check_shared_parameters(list);
      std::set<ActionIndex> actions;
      for (const text::Path& path : list.actions) {
        const std::optional<ActionIndex> action = check_action(path, list.resource.entity);
        if (action && !actions.insert(*action).second)
          report(DiagCode::named_twice, path.span, {joined(path), "this list"});
      }
      return;
    }
    if (const std::optional<ActionIndex> action = check_action(list.action, list.resource.entity))
      check_parameters(*action, list.parameters, list.action.span);
    std::set<std::pair<std::string, std::string>> known;
    for (const text::EntityLiteral& one : list.entities) {
      if (list.kind == Kind::who)
        check_subject(one);
      else if (one.kind.text != list.resource.entity.kind.text || one.id == "*")
        report(DiagCode::list_of_other_kind, one.span,
               {one.kind.text + ":" + one.id, list.resource.entity.kind.text});
      if (!known.insert({one.kind.text, one.id}).second)
        report(DiagCode::named_twice, one.span, {one.kind.text + ":" + one.id, "this list"});
    }
  }

  void check(const text::TestTable& table) {
    check_resource(table.resource);
    check_arguments(table.context, context_, "context field", table.span);
    std::set<std::pair<std::string, std::string>> columns;
    for (const text::EntityLiteral& column : table.columns) {
      check_subject(column);
      if (!columns.insert({column.kind.text, column.id}).second)
        report(DiagCode::named_twice, column.span,
               {column.kind.text + ":" + column.id, "this table's columns"});
    }
    for (const text::TestTable::Row& row : table.rows) {
      const std::optional<ActionIndex> action = check_action(row.action, table.resource.entity);
      if (action) check_parameters(*action, row.parameters, row.action.span);
    }
  }

  // A test reads no file outside of the package: whoever checks a policy does not
  // want to show its author what else is on the machine.
  void check_path(const text::Name& name, const std::string& folder) {
    const std::string& path = name.text;
    const char* wrong = path.empty()          ? "it is empty"
                        : path.front() == '/' ? "it is an absolute path"
                                              : nullptr;
    int depth = static_cast<int>(std::count(folder.begin(), folder.end(), '/'));
    for (std::size_t begin = 0; begin <= path.size() && wrong == nullptr;) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const std::string part = path.substr(begin, end - begin);
      if (part == "..")
        depth -= 1;
      else if (!part.empty() && part != ".")
        depth += 1;
      if (depth < 0) wrong = "it leaves the package's folder";
      begin = end + 1;
    }
    if (wrong != nullptr) report(DiagCode::test_snapshot_path, name.span, {path, wrong});
  }

  void check_subject(const text::EntityLiteral& subject) {
    const KindIndex kind = analysis_.symbols.kind(subject.kind.text);
    if (kind != kNoIndex && model_.schema.kinds[kind].category == KindCategory::subject) return;
    if (error_ == "unknown_kind") return;
    if (kind != kNoIndex) {
      report(DiagCode::not_a_subject, subject.span, {subject.kind.text});
      return;
    }
    report_unknown(analysis_, "kind of subject", subject.kind.text, subject.kind.span, names_of_subjects());
  }

  // `scope.action`, of the resource's kind.
  std::optional<ActionIndex> check_action(const text::Path& path, const text::EntityLiteral& resource) {
    const KindIndex on = analysis_.symbols.kind(resource.kind.text);
    if (path.parts.size() != 2) {
      std::string suggestion;
      if (on != kNoIndex && path.parts.size() == 1 && analysis_.symbols.action(on, path.parts[0].text))
        suggestion = "did you mean '" + resource.kind.text + "." + path.parts[0].text + "'?";
      report(DiagCode::unknown_name, path.span, {"action", joined(path)}, suggestion);
      return std::nullopt;
    }
    const std::string& scope = path.parts[0].text;
    const KindIndex kind = analysis_.symbols.kind(scope);
    if (kind == kNoIndex) {
      if (error_ != "unknown_action")
        report_unknown(analysis_, "scope", scope, path.parts[0].span, analysis_.symbols.kind_names());
      return std::nullopt;
    }
    const std::optional<ActionIndex> action = analysis_.symbols.action(kind, path.parts[1].text);
    if (!action) {
      if (error_ == "unknown_action" || analysis_.symbols.is_tainted(path.parts[1].text)) return std::nullopt;
      const std::string& name = path.parts[1].text;
      const std::string plain = plain_name_of(model_, kind, name);
      report(DiagCode::unknown_name, path.parts[1].span, {"action", joined(path)},
             plain.empty() ? suggestion_for(name, analysis_.symbols.action_names(kind))
                           : "tests call it by its plain name, '" + plain + "'");
      return std::nullopt;
    }
    if (on != kNoIndex && kind != on && error_ != "unknown_action")
      report(DiagCode::action_of_other_kind, path.span, {joined(path), scope, resource.kind.text});
    return action;
  }

  void check_resource(const text::ResourceRef& resource) {
    const KindIndex kind = analysis_.symbols.kind(resource.entity.kind.text);
    if (kind == kNoIndex) {
      if (error_ != "unknown_kind" && error_ != "unknown_resource")
        report_unknown(analysis_, "kind", resource.entity.kind.text, resource.entity.kind.span,
                       analysis_.symbols.kind_names());
      return;
    }
    if (!resource.is_new) return;
    if (kind == kSystemKind) {
      report(DiagCode::bad_new_resource, resource.span,
             {"`system` is always there and can't be new", "write `on system`"});
      return;
    }
    if (error_ != "bad_parent") check_parent(resource, kind);
    std::vector<Wanted> wanted;
    for (const AttributeIndex index : model_.schema.kinds[kind].attributes) {
      const AttributeInfo& attribute = model_.schema.attributes[index];
      if (attribute.closure_of != kNoIndex) continue;
      wanted.push_back({attribute.name, attribute.type,
                        !attribute.fallback && !attribute.type.optional && error_ != "missing_attribute"});
    }
    check_arguments(resource.attributes, wanted, "attribute", resource.span);
  }

  void check_parent(const text::ResourceRef& resource, KindIndex kind) {
    const KindInfo& info = model_.schema.kinds[kind];
    std::vector<std::string> parents;
    for (const KindIndex parent : info.parents) parents.push_back(model_.schema.kinds[parent].name);
    const std::string what = listed(parents, "or");
    if (!resource.parent) {
      if (!parents.empty())
        report(DiagCode::bad_new_resource, resource.span,
               {"a new '" + info.name + "' needs a parent",
                "write `on new " + info.name + " in " + parents.front() + ":ID`"});
      return;
    }
    const KindIndex parent = analysis_.symbols.kind(resource.parent->kind.text);
    if (parent == kNoIndex) {
      report_unknown(analysis_, "kind", resource.parent->kind.text, resource.parent->kind.span,
                     analysis_.symbols.kind_names());
      return;
    }
    const bool fits = parents.empty()
                          ? parent == kSystemKind
                          : std::find(info.parents.begin(), info.parents.end(), parent) != info.parents.end();
    if (fits) return;
    report(DiagCode::bad_new_resource, resource.parent->span,
           {"'" + info.name + "' does not stand in '" + resource.parent->kind.text + "'",
            parents.empty() ? "it is a root: leave `in` out" : "it stands in " + what});
  }

  void check_parameters(ActionIndex action, const std::vector<text::Argument>& arguments, text::Span span) {
    std::vector<Wanted> wanted;
    for (const ParameterInfo& parameter : model_.actions[action].parameters)
      wanted.push_back({parameter.name, parameter.type,
                        !parameter.fallback && !parameter.type.optional && error_ != "missing_parameter"});
    check_arguments(arguments, wanted, "parameter", span);
  }

  // Of `may which`: each action takes those that it declares, and an action that lacks one is left out of the
  // list. What no action declares is a mistake, and so is a value that doesn't suit all who declare it: else
  // a list would lack an action for no other reason than a slip.
  void check_shared_parameters(const text::ListExpectation& list) {
    const KindIndex kind = analysis_.symbols.kind(list.resource.entity.kind.text);
    if (kind == kNoIndex) return;
    std::map<std::string, std::vector<const ParameterInfo*>, std::less<>> declared;
    for (const ActionInfo& action : model_.actions)
      if (action.kind == kind)
        for (const ParameterInfo& parameter : action.parameters)
          declared[parameter.name].push_back(&parameter);
    std::vector<std::string> names;
    names.reserve(declared.size());
    for (const auto& [name, parameters] : declared) names.push_back(name);
    for (const text::Argument& argument : list.parameters) {
      const auto found = declared.find(argument.name.text);
      if (found == declared.end()) {
        report_unknown(analysis_, "parameter", argument.name.text, argument.name.span, names);
        continue;
      }
      for (const ParameterInfo* parameter : found->second)
        if (!expressions_.is_argument(argument.value, parameter->type)) break;
    }
  }

  void check_arguments(const std::vector<text::Argument>& arguments, const std::vector<Wanted>& wanted,
                       const char* what, text::Span span) {
    std::vector<std::string> names;
    names.reserve(wanted.size());
    for (const Wanted& one : wanted) names.push_back(one.name);
    std::set<std::string> given;
    for (const text::Argument& argument : arguments) {
      given.insert(argument.name.text);
      const auto found = std::find(names.begin(), names.end(), argument.name.text);
      if (found == names.end()) {
        report_unknown(analysis_, what, argument.name.text, argument.name.span, names);
      } else if (error_ != "ill_typed") {
        expressions_.is_argument(argument.value,
                                 wanted[static_cast<std::size_t>(found - names.begin())].type);
      }
    }
    for (const Wanted& one : wanted)
      if (one.required && !given.contains(one.name))
        report(DiagCode::missing_argument, span, {what, one.name, to_string(one.type, model_.schema)});
  }

  // `because` names something that can decide this request that way.
  void check_reason(const text::Expectation& expectation, std::optional<ActionIndex> action) {
    const text::Span span = expectation.because_span.end > 0 ? expectation.because_span : expectation.span;
    switch (expectation.because) {
      case text::BecauseKind::none: return;
      case text::BecauseKind::default_deny:
        if (expectation.allowed)
          report(DiagCode::impossible_reason, span, {"by default everything is denied", "may not"});
        return;
      case text::BecauseKind::error: {
        const std::vector<std::string> codes = error_codes();
        if (std::find(codes.begin(), codes.end(), expectation.because_text) == codes.end())
          report(DiagCode::unknown_name, span, {"error code", expectation.because_text},
                 suggestion_for(expectation.because_text, codes));
        else if (expectation.allowed)
          report(DiagCode::impossible_reason, span, {"a request with an error is denied", "may not"});
        return;
      }
      case text::BecauseKind::rule: break;
    }
    const auto found = rules_.find(expectation.because_text);
    if (found == rules_.end()) {
      if (analysis_.symbols.is_tainted(expectation.because_text)) return;  // of a rule that could not be read
      std::vector<std::string> ids;
      for (const auto& [id, index] : rules_) ids.push_back(id);
      report(DiagCode::unknown_name, span, {"rule", expectation.because_text},
             suggestion_for(expectation.because_text, ids));
      return;
    }
    const RuleIndex rule = found->second;
    const bool allows = model_.rules[rule].effect == RuleEffect::allow;
    if (allows != expectation.allowed) {
      report(DiagCode::impossible_reason, span,
             {allows ? "an allow can't be why something is denied"
                     : "a forbid can't be why something is allowed",
              allows ? "may" : "may not"});
      return;
    }
    if (action && !may_be_about(rule, *action))
      report(DiagCode::reason_elsewhere, span, {expectation.because_text, action_name(model_, *action)}, {},
             {{model_.rule_sources[rule].syntax->span, "the rule"}});
  }

  // Of a rule with an error of its own, not all is known.
  [[nodiscard]] bool may_be_about(RuleIndex rule, ActionIndex action) const {
    if (!analysis_.whole_rules[rule]) return true;
    const auto [first, last] = std::equal_range(model_.uses.begin(), model_.uses.end(), rule, ByRule{});
    return std::any_of(first, last, [&](const RuleUse& use) {
      return std::find(use.actions.begin(), use.actions.end(), action) != use.actions.end();
    });
  }

  // What a request can be rejected with; the higher codes are about images.
  static std::vector<std::string> error_codes() {
    std::vector<std::string> names;
    const auto add = [&](int code, const char* name) {
      if (code > static_cast<int>(ErrorCode::not_loaded) && code < static_cast<int>(ErrorCode::bad_magic))
        names.emplace_back(name);
    };
#define ERROR_CODE(code, name, doc) add(code, #name);
#include "policyc/error_codes.def"
    return names;
  }

  // Of a file, relative to the package's folder, which the first file stands in:
  // "" or "tests/".
  std::string folder(const text::File& file) const {
    const auto& files = analysis_.loaded.package.files;
    const auto folder_of = [&](const text::File& one) {
      const std::string& name = analysis_.loaded.sources[one.file].name();
      return name.substr(0, name.rfind('/') + 1);
    };
    const std::string root = folder_of(files.front());
    const std::string own = folder_of(file);
    return own.rfind(root, 0) == 0 ? own.substr(root.size()) : "";
  }

  std::vector<std::string> names_of_subjects() const {
    std::vector<std::string> names;
    for (const KindInfo& kind : model_.schema.kinds)
      if (kind.category == KindCategory::subject) names.push_back(kind.name);
    return names;
  }

  static std::string joined(const text::Path& path) {
    std::string name;
    for (const text::Name& part : path.parts) name += (name.empty() ? "" : ".") + part.text;
    return name;
  }

  void report(DiagCode code, text::Span span, std::vector<std::string> arguments, std::string suggestion = {},
              std::vector<text::Note> notes = {}) {
    analysis_.diagnostics.add(code, span, std::move(arguments), std::move(suggestion), std::move(notes));
  }

  Analysis& analysis_;
  Model& model_;
  Expressions expressions_;
  std::vector<std::string> folders_;
  std::map<std::string, RuleIndex, std::less<>> rules_;   // by id
  std::map<std::string, text::Span, std::less<>> names_;  // of tests: where the first of each stands
  std::vector<Wanted> context_;
  std::string error_;  // that the expectation is about: what leads to it is meant
};

}  // namespace

void check_tests(Analysis& analysis) {
  Tests tests(analysis);
  const auto& files = analysis.loaded.package.files;
  for (std::size_t i = 0; i < files.size(); ++i)
    for (const text::Test& test : files[i].tests) tests.check(test, i);
}

}  // namespace policyc::compiler
