// Requests are tried in this order: snapshots and circumstances as the tests have them, then the actions that
// the change is about, then parameters, resources and subjects. What tests say comes before what they could
// have said: other members of an enum, other entities for a parameter.

#include "missing_tests.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <span>

#include "policyc/evaluator.hpp"
#include "snapshot_entities.hpp"
#include "test_requests.hpp"

namespace policyc::cli {
namespace {

using Arguments = std::vector<text::Argument>;

// Of each kind, so many entities are tried as values of a parameter.
constexpr std::size_t kMostValues = 100;

// What tests say beside who, what and on which.
struct Circumstance {
  std::optional<std::int64_t> at;
  Arguments context;
};

std::string key_of(const Arguments& arguments) { return written(arguments, "", ""); }

void add_once(std::vector<Arguments>& all, Arguments arguments) {
  const std::string key = key_of(arguments);
  if (std::none_of(all.begin(), all.end(), [&](const Arguments& one) { return key_of(one) == key; }))
    all.push_back(std::move(arguments));
}

text::Expr name(const std::string& text) {
  text::Expr expr;
  expr.kind = text::ExprKind::path;
  expr.path.parts.push_back({text, {}});
  return expr;
}

text::Expr entity(const std::string& written) {
  const std::size_t colon = written.find(':');
  text::Expr expr = name(written.substr(0, colon));
  if (colon == std::string::npos) return expr;
  expr.kind = text::ExprKind::entity;
  expr.text = written.substr(colon + 1);
  return expr;
}

// What the policy itself compares with, and what lies beside it.
class Literals {
 public:
  explicit Literals(const text::Package& package) {
    for (const text::File& file : package.files) {
      for (const text::Condition& one : file.conditions) note(one.body);
      for (const text::Scope& scope : file.scopes) {
        for (const text::Condition& one : scope.conditions) note(one.body);
        for (const text::Role& role : scope.roles)
          if (role.condition) note(*role.condition);
      }
      for (const text::Rule& rule : file.rules) {
        if (rule.when) note(*rule.when);
        if (rule.unless) note(*rule.unless);
      }
    }
  }

  [[nodiscard]] const std::vector<text::Expr>& of(text::ExprKind kind) const { return by_kind_[kind]; }

 private:
  void note(const text::Expr& expr) {
    constexpr std::int64_t kSecond = 1'000'000;
    using text::ExprKind;
    switch (expr.kind) {
      case ExprKind::integer: around(expr, 1); break;
      case ExprKind::duration:
      case ExprKind::time: around(expr, kSecond); break;
      case ExprKind::string: keep(expr); break;
      default: break;
    }
    for (const text::Expr& operand : expr.operands) note(operand);
  }

  void around(const text::Expr& expr, std::int64_t step) {
    for (const std::int64_t by : {std::int64_t{0}, -step, step}) {
      text::Expr one = expr;
      if (!__builtin_add_overflow(expr.number, by, &one.number)) keep(one);
    }
  }

  void keep(const text::Expr& expr) {
    std::vector<text::Expr>& all = by_kind_[expr.kind];
    const bool known = std::any_of(all.begin(), all.end(), [&](const text::Expr& one) {
      return one.number == expr.number && one.text == expr.text;
    });
    if (!known && all.size() < kMostValues) all.push_back(expr);
  }

  mutable std::map<text::ExprKind, std::vector<text::Expr>> by_kind_;
};

// The values that something of the type may well have; none where there are too many to guess.
std::vector<text::Expr> values_of(const Type& type, const Schema& schema, const Literals& literals,
                                  const std::vector<std::vector<std::string>>& known) {
  std::vector<text::Expr> all;
  switch (type.kind) {
    case TypeKind::integer: return literals.of(text::ExprKind::integer);
    case TypeKind::string: return literals.of(text::ExprKind::string);
    case TypeKind::duration: return literals.of(text::ExprKind::duration);
    case TypeKind::time: return literals.of(text::ExprKind::time);
    case TypeKind::boolean:
      for (const bool flag : {false, true}) {
        text::Expr expr;
        expr.flag = flag;
        all.push_back(std::move(expr));
      }
      break;
    case TypeKind::enumeration:
      for (const std::string& member : schema.enums[type.argument].members) all.push_back(name(member));
      break;
    case TypeKind::role:
      for (const RoleIndex role : schema.kinds[type.argument].roles)
        if (schema.roles[role].assignable) all.push_back(name(schema.roles[role].name));
      break;
    case TypeKind::entity:
      for (std::size_t kind = 0; kind < known.size(); ++kind) {
        if ((type.argument >> kind & 1) == 0) continue;
        for (std::size_t i = 0; i < known[kind].size() && i < kMostValues; ++i)
          all.push_back(entity(known[kind][i]));
      }
      break;
    default: break;
  }
  return all;
}

// Something that has a name and a type: a parameter, a context field, an attribute.
struct Named {
  std::string name;
  Type type;
};

// Each of the arguments with each other value, one at a time.
std::vector<Arguments> varied(const std::vector<Arguments>& all, const std::vector<Named>& infos,
                              const Schema& schema, const Literals& literals,
                              const std::vector<std::vector<std::string>>& known) {
  std::vector<Arguments> more = all;
  std::map<std::string, bool> seen;
  for (const Arguments& one : all) seen[key_of(one)] = true;
  for (const Arguments& base : all)
    for (const Named& info : infos)
      for (text::Expr& value : values_of(info.type, schema, literals, known)) {
        Arguments changed = base;
        const auto at = std::find_if(changed.begin(), changed.end(), [&](const text::Argument& argument) {
          return argument.name.text == info.name;
        });
        if (at == changed.end())
          changed.push_back({{info.name, {}}, std::move(value)});
        else
          at->value = std::move(value);
        if (seen.try_emplace(key_of(changed), true).second) more.push_back(std::move(changed));
      }
  return more;
}

}  // namespace

// What there is to ask about one snapshot.
struct MissingTests::Place {
  std::string path;
  std::string named;  // as the first test names it
  std::unique_ptr<Evaluator> evaluator;
  std::vector<Circumstance> circumstances;
  std::map<ActionIndex, std::vector<Arguments>> parameters;
  std::vector<std::string> subjects;
  std::vector<std::vector<std::string>> entities;             // by kind
  std::map<KindIndex, std::vector<text::ResourceRef>> fresh;  // described by tests
};

namespace {

template <class Place>
void note(Place& place, const Program& program, const text::Test& test, const text::Path& action,
          const Arguments& parameters, const Arguments& context, const text::ResourceRef& resource) {
  Circumstance here{test.at, merged(test.context, context)};
  const std::string key = key_of(here.context);
  if (std::none_of(place.circumstances.begin(), place.circumstances.end(),
                   [&](const Circumstance& one) { return one.at == here.at && key_of(one.context) == key; }))
    place.circumstances.push_back(std::move(here));
  if (!action.parts.empty())
    if (const auto index = program.find_action(wire_name(program, action)); index && !parameters.empty())
      add_once(place.parameters[*index], parameters);
  if (!resource.is_new) return;
  const KindIndex kind = program.schema().find_kind(resource.entity.kind.text);
  if (kind != kNoIndex) place.fresh[kind].push_back(resource);
}

std::vector<Named> named(std::span<const ParameterInfo> infos) {
  std::vector<Named> all;
  for (const ParameterInfo& one : infos) all.push_back({one.name, one.type});
  return all;
}

// "on new project in workspace:claims { … }"
std::string written_resource(const text::ResourceRef& resource) {
  std::string out = "new " + resource.entity.kind.text;
  if (!resource.entity.id.empty()) out = "new " + written(name_of(resource.entity));
  if (resource.parent) out += " in " + written(name_of(*resource.parent));
  return out + written(resource.attributes, " { ", " }");
}

}  // namespace

MissingTests::MissingTests(const PolicyInput& policy, const TestRun& run) {
  const Program& program = *policy.program;
  const Schema& schema = program.schema();
  std::map<std::string, std::size_t> by_path;
  for (const text::File& file : policy.loaded->package.files)
    for (const text::Test& test : file.tests) {
      const std::string path = snapshot_path(*policy.loaded, file, test);
      const auto snapshot = run.snapshots.find(path);
      if (snapshot == run.snapshots.end()) continue;
      const auto [found, is_new] = by_path.try_emplace(path, places_.size());
      if (is_new) {
        Place& place = places_.emplace_back();
        place.path = path;
        place.named = test.snapshot.text;
        auto evaluator = Evaluator::create(policy.program, snapshot->second);
        if (!evaluator) {  // without memory: then nothing is looked for here
          places_.pop_back();
          by_path.erase(path);
          continue;
        }
        place.evaluator = std::make_unique<Evaluator>(std::move(evaluator).value());
        place.entities = entities_by_kind(*snapshot->second, schema);
        for (std::size_t kind = 0; kind < schema.kinds.size(); ++kind)
          if (schema.kinds[kind].category == KindCategory::subject)
            place.subjects.insert(place.subjects.end(), place.entities[kind].begin(),
                                  place.entities[kind].end());
      }
      Place& place = places_[found->second];
      for (const text::Expectation& one : expectations_of(test))
        note(place, program, test, one.action, one.parameters, one.context, one.resource);
      for (const text::ListExpectation& one : test.lists)
        note(place, program, test, one.action, one.parameters, one.context, one.resource);
    }
  const Literals literals(policy.loaded->package);
  for (Place& place : places_) {
    // What the tests say comes first, at each of their times.
    std::map<std::int64_t, std::vector<Arguments>> contexts;
    constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
    for (const Circumstance& one : place.circumstances)
      contexts[one.at.value_or(kNoTime)].push_back(one.context);
    for (const auto& [at, all] : contexts) {
      const std::vector<Arguments> more =
          varied(all, named(program.context_fields()), schema, literals, place.entities);
      for (std::size_t i = all.size(); i < more.size(); ++i)
        place.circumstances.push_back({at == kNoTime ? std::nullopt : std::optional(at), more[i]});
    }
    // Where tests have a time, others that the snapshot names.
    const auto timed = std::find_if(place.circumstances.begin(), place.circumstances.end(),
                                    [](const Circumstance& one) { return one.at.has_value(); });
    if (timed != place.circumstances.end()) {
      const Arguments context = timed->context;
      for (const std::int64_t at : instants_of(place.evaluator->snapshot(), schema, kMostValues))
        place.circumstances.push_back({at, context});
    }
    for (std::size_t i = 0; i < program.actions().size(); ++i) {
      const std::vector<Named> infos = named(program.actions()[i].parameters);
      std::vector<Arguments>& all = place.parameters[static_cast<ActionIndex>(i)];
      if (all.empty()) all.emplace_back();
      if (!infos.empty()) all = varied(all, infos, schema, literals, place.entities);
    }
    // What tests describe, with other attributes too.
    for (auto& [kind, described] : place.fresh) {
      std::vector<Named> infos;
      for (const AttributeIndex attribute : schema.kinds[kind].attributes)
        if (schema.attributes[attribute].closure_of == kNoIndex)
          infos.push_back({schema.attributes[attribute].name, schema.attributes[attribute].type});
      std::vector<text::ResourceRef> more;
      std::map<std::string, bool> seen;
      for (const text::ResourceRef& one : described) {
        if (!seen.try_emplace(written_resource(one), true).second) continue;
        for (Arguments& attributes : varied({one.attributes}, infos, schema, literals, place.entities)) {
          text::ResourceRef other = one;
          other.attributes = std::move(attributes);
          more.push_back(std::move(other));
        }
      }
      described = std::move(more);
    }
  }
}

MissingTests::~MissingTests() = default;

// One snapshot, asked of the policy and of the mutant.
class MissingTests::Search {
 public:
  Search(const Place& place, const Evaluator& mutant, std::uint64_t& tried)
      : place_(place), mutant_(mutant), program_(place.evaluator->program()), tried_(tried) {}

  std::optional<MissingTest> run(const std::vector<ActionIndex>& actions) {
    for (const Circumstance& circumstance : place_.circumstances)
      for (const ActionIndex action : actions)
        for (const Arguments& parameters : place_.parameters.at(action)) {
          Values values;
          Request request;
          const ActionInfo& info = program_.actions()[action];
          const std::string& kind = program_.schema().kinds[info.kind].name;
          request.action = values.keep(kind + "." + info.wire_name);
          request.parameters = values.convert(parameters);
          request.context = values.convert(circumstance.context);
          request.now = circumstance.at;
          request_ = &request;
          goes_on_ = true;
          const std::string words = kind + "." + info.name + written(parameters, "(", ")") + " on ";
          const std::string with = written(circumstance.context, " with { ", " }");
          for (const std::string& resource : place_.entities[info.kind]) {
            request.resource = resource;
            if (auto found = subjects(words, written(resource), with, circumstance)) return found;
            if (!goes_on_) break;
          }
          const auto fresh = place_.fresh.find(info.kind);
          if (fresh == place_.fresh.end()) continue;
          for (const text::ResourceRef& resource : fresh->second) {
            Values own;
            describe(request, resource, own);
            if (auto found = subjects(words, written_resource(resource), with, circumstance)) return found;
            if (!goes_on_) break;
          }
        }
    return std::nullopt;
  }

 private:
  static void describe(Request& request, const text::ResourceRef& resource, Values& values) {
    request.resource_inline = true;
    request.resource =
        values.keep(resource.entity.id.empty() ? resource.entity.kind.text : name_of(resource.entity));
    request.parent = resource.parent ? values.keep(name_of(*resource.parent)) : "";
    request.resource_attributes = values.convert(resource.attributes);
  }

  // The sentence of a test that is missing goes `words`, resource, `with`.
  std::optional<MissingTest> subjects(const std::string& words, const std::string& resource,
                                      const std::string& with, const Circumstance& circumstance) {
    for (const std::string& subject : place_.subjects) {
      if (tried_ >= kMostTried) {
        goes_on_ = false;
        return std::nullopt;
      }
      ++tried_;
      request_->subject = subject;
      const Decision before = place_.evaluator->decide(*request_);
      // What lacks something lacks it for everybody.
      if (before.error == ErrorCode::missing_parameter || before.error == ErrorCode::missing_context) {
        goes_on_ = false;
        return std::nullopt;
      }
      if (before.why == Why::error) continue;
      const Decision after = mutant_.decide(*request_);
      if (after.why != Why::error && after.allowed() == before.allowed()) continue;
      std::string sentence = written(subject);
      sentence.append(before.allowed() ? " may " : " may not ").append(words).append(resource).append(with);
      return MissingTest{place_.named, circumstance.at, std::move(sentence)};
    }
    return std::nullopt;
  }

  const Place& place_;
  const Evaluator& mutant_;
  const Program& program_;
  std::uint64_t& tried_;
  Request* request_ = nullptr;
  bool goes_on_ = true;
};

std::optional<MissingTest> MissingTests::find(const std::shared_ptr<const Program>& mutant,
                                              const TestedSnapshots& snapshots,
                                              const std::vector<ActionIndex>& actions) {
  tried_ = 0;
  for (const Place& place : places_) {
    const auto snapshot = snapshots.find(place.path);
    if (snapshot == snapshots.end()) continue;
    const auto evaluator = Evaluator::create(mutant, snapshot->second);
    if (!evaluator) continue;
    if (auto found = Search(place, *evaluator, tried_).run(actions)) return found;
  }
  return std::nullopt;
}

}  // namespace policyc::cli
