#include "product.hpp"

#include <algorithm>
#include <tuple>

namespace policyc::differential {

using Type = oracle::Value::Kind;

CompiledPolicy::CompiledPolicy(const std::string& text)
    : package_(
          std::make_unique<text::LoadedPackage>(text::load_package_from_memory({{"case.policy", text}}))) {
  compiler::CompileResult compiled = compiler::compile(*package_);
  for (const text::Diagnostic& diagnostic : compiled.diagnostics.list())
    if (text::info(diagnostic.code).severity == text::Severity::error)
      findings_ += text::render_text(diagnostic, package_->sources);
  image_ = std::move(compiled.image);
  if (image_.empty()) return;
  auto program = Program::load(image_, Trust::unsigned_local());
  if (!program) {
    findings_ = program.error().message;
    return;
  }
  program_ = std::make_shared<const Program>(std::move(program).value());
  oracle_ = std::make_unique<const oracle::Oracle>(package_->package);
}

bool CompiledPolicy::contradicts_itself() const {
  if (sound()) return false;
  for (const char* code : {"[PC2086]", "[PC2046]", "[PC2048]", "unknown attribute of", "[PC901"})
    if (findings_.find(code) != std::string::npos) return true;
  return false;
}

ReadSnapshot read_snapshot(const std::string& text, snapshot::Format format, const Program& program) {
  snapshot::ReadResult read =
      snapshot::read_text("facts", text, format, program.schema(), program.schema_digest());
  ReadSnapshot result;
  for (const text::Diagnostic& diagnostic : read.diagnostics.list())
    result.findings += text::render_text(diagnostic, read.sources);
  result.image = std::move(read.image);
  if (result.image.empty()) return result;
  auto snapshot = Snapshot::load(result.image, program.schema(), program.schema_digest());
  if (snapshot)
    result.snapshot = std::make_shared<const Snapshot>(std::move(snapshot).value());
  else
    result.findings += snapshot.error().message;
  return result;
}

OwnedRequest::OwnedRequest(const oracle::Request& from) {
  request.subject = from.subject;
  request.action = from.action;
  request.resource = from.resource;
  request.now = from.now;
  request.parameters = convert(from.parameters);
  request.context = convert(from.context);
  request.subject_attributes = convert(from.subject_attributes);
  request.resource_attributes = convert(from.resource_attributes);
  request.resource_inline = from.resource_inline;
  request.parent = from.parent;
  if (from.on_behalf_of) request.on_behalf_of = *from.on_behalf_of;
}

Value OwnedRequest::convert(const oracle::Value& value) {
  switch (value.kind) {
    case Type::boolean: return Value::boolean(value.number != 0);
    case Type::integer: return Value::integer(value.number);
    case Type::time: return Value::time(value.number);
    case Type::duration: return Value::duration(value.number);
    case Type::symbol: return Value::string(std::string_view(value.text).substr(value.text.find('.') + 1));
    case Type::set: {
      std::vector<Value>& list = lists_.emplace_back();
      for (const oracle::Value& element : value.elements) list.push_back(convert(element));
      return Value::list(list);
    }
    default: return Value::string(value.text);
  }
}

std::span<const NamedValue> OwnedRequest::convert(const oracle::Values& values) {
  if (values.empty()) return {};
  std::vector<NamedValue>& map = maps_.emplace_back();
  for (const auto& [name, value] : values) map.push_back({name, convert(value)});
  return map;
}

namespace {

oracle::Value value_of(const DefaultValue& value, Type kind, TypeKind type, std::uint64_t argument,
                       const Schema& schema) {
  oracle::Value out{kind, 0, {}, {}};
  const auto index = static_cast<std::size_t>(value.number);
  if (type == TypeKind::enumeration)
    out.text = schema.enums[argument].name + "." + schema.enums[argument].members[index];
  else if (type == TypeKind::role)
    out.text = schema.kinds[argument].name + "." + schema.roles[index].name;
  else if (type == TypeKind::entity)
    out.text = schema.kinds[index].name + (index == kSystemKind ? "" : ":") + value.text;
  else if (type == TypeKind::string || type == TypeKind::ip)
    out.text = value.text;
  else
    out.number = value.number;
  return out;
}

// As the oracle has it: sets by their elements, whatever their order.
oracle::Value value_of(const ObligationInfo::Argument& argument, const Schema& schema) {
  constexpr Type kKinds[] = {Type::boolean, Type::integer, Type::string, Type::time,   Type::duration,
                             Type::ip,      Type::symbol,  Type::symbol, Type::entity, Type::set};
  if (!argument.value) return {};
  const TypeKind kind = argument.type.kind;
  if (kind != TypeKind::set)
    return value_of(*argument.value, kKinds[static_cast<int>(kind)], kind, argument.type.argument, schema);
  oracle::Value set{Type::set, 0, {}, {}};
  for (const DefaultValue& one : argument.value->elements)
    set.elements.push_back(value_of(one, kKinds[static_cast<int>(argument.type.element)],
                                    argument.type.element, argument.type.argument, schema));
  return set;
}

oracle::Value in_order(oracle::Value value) {
  const auto less = [](const oracle::Value& a, const oracle::Value& b) {
    return std::tie(a.number, a.text) < std::tie(b.number, b.text);
  };
  std::sort(value.elements.begin(), value.elements.end(), less);
  value.elements.erase(std::unique(value.elements.begin(), value.elements.end()), value.elements.end());
  return value;
}

bool same_obligations(const Evaluator& evaluator, const std::vector<ObligationIndex>& ours,
                      const std::vector<std::pair<std::string, oracle::Values>>& theirs) {
  const Program& program = evaluator.program();
  const auto same = [&](ObligationIndex our, const std::pair<std::string, oracle::Values>& their) {
    const ObligationInfo& info = program.obligations()[our];
    return info.name == their.first && info.arguments.size() == their.second.size() &&
           std::all_of(info.arguments.begin(), info.arguments.end(), [&](const auto& argument) {
             return in_order(value_of(argument, program.schema())) ==
                    in_order(their.second.find(argument.name)->second);
           });
  };
  return std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end(), same);
}

std::string sentence(const Evaluator& evaluator, const Decision& decision,
                     const std::vector<RuleIndex>& rules) {
  if (decision.why == Why::error) return "error " + std::string(name_of(decision.error));
  std::string text = decision.allowed() ? "allow" : "deny";
  if (decision.obliged) text += " obliged";
  if (decision.valid_until != kForever) text += " until " + std::to_string(decision.valid_until);
  for (const RuleIndex rule : rules) text += " " + evaluator.program().rules()[rule].id;
  return text;
}

}  // namespace

Compared compare(const CompiledPolicy& policy, const Evaluator& evaluator, const oracle::Snapshot& facts,
                 const oracle::Request& request) {
  const oracle::Answer expected = policy.oracle().decide(facts, request);
  const OwnedRequest owned(request);
  const Decision decision = evaluator.decide(owned.request);
  Compared result;
  result.allowed = expected.allowed;
  result.error = !expected.errors.empty();

  bool agree = decision.allowed() == expected.allowed && (decision.why == Why::error) == result.error;
  if (agree && result.error) agree = expected.errors.count(name_of(decision.error)) > 0;
  const std::vector<RuleIndex> rules = evaluator.reasons(owned.request);
  const bool same =
      rules.size() == expected.rules.size() && std::equal(rules.begin(), rules.end(), expected.rules.begin(),
                                                          [](RuleIndex a, std::size_t b) { return a == b; });
  agree = agree && same && (decision.why == Why::rule) == !rules.empty();
  const std::vector<ObligationIndex> obligations = evaluator.obligations(owned.request);
  agree = agree && (result.error || decision.valid_until == expected.valid_until);
  agree = agree && decision.obliged == !obligations.empty() &&
          same_obligations(evaluator, obligations, expected.obligations);
  // By handles too, where the request needs no more.
  const bool plain = request.parameters.empty() && request.context.empty() &&
                     request.subject_attributes.empty() && request.resource_attributes.empty() &&
                     !request.resource_inline;
  if (agree && plain && !result.error) {
    const auto subject = evaluator.resolve(request.subject);
    const auto resource = evaluator.resolve(request.resource);
    const auto action = evaluator.program().find_action(request.action);
    Query query;
    bool known = subject && resource && action;
    if (known) query = {*subject, *resource, *action};
    if (known && request.on_behalf_of) {
      const auto other = evaluator.resolve(*request.on_behalf_of);
      if (other) query.on_behalf_of = *other;
      known = static_cast<bool>(other);
    }
    if (known) {
      const Decision by_handle = evaluator.decide(query, request.now);
      result.by_handle = true;
      agree = by_handle.allowed() == decision.allowed() && by_handle.why == decision.why &&
              by_handle.obliged == decision.obliged && by_handle.valid_until == decision.valid_until;
    }
  }
  if (agree) return result;
  result.difference = "the product says: " + sentence(evaluator, decision, rules) + "\nthe oracle says: ";
  if (result.error) {
    result.difference += "error";
    for (const std::string_view code : expected.errors) result.difference += " " + std::string(code);
  } else {
    result.difference += expected.allowed ? "allow" : "deny";
    for (const std::size_t rule : expected.rules)
      result.difference += " " + evaluator.program().rules()[rule].id;
    for (const auto& [name, values] : expected.obligations) result.difference += " obliging " + name;
    if (expected.valid_until != kForever)
      result.difference += " until " + std::to_string(expected.valid_until);
  }
  return result;
}

namespace {

std::string shown(const oracle::Value& value) {
  if (value.kind != Type::set) return value.text.empty() ? std::to_string(value.number) : value.text;
  std::string text = "{";
  for (const oracle::Value& element : value.elements) text += " " + shown(element);
  return text + " }";
}

std::string shown(const char* what, const oracle::Values& values) {
  std::string text;
  for (const auto& [name, value] : values) text += " " + name + "=" + shown(value);
  return text.empty() ? "" : std::string(" ") + what + text;
}

}  // namespace

std::string shown(const oracle::Request& request) {
  std::string text = request.subject +
                     (request.on_behalf_of ? " on behalf of " + *request.on_behalf_of : "") + " " +
                     request.action + " on " + request.resource;
  if (request.resource_inline) text += " (described, in " + request.parent + ")";
  if (request.now) text += " at " + std::to_string(*request.now);
  return text + shown("with parameters", request.parameters) + shown("with context", request.context) +
         shown("subject's", request.subject_attributes) + shown("resource's", request.resource_attributes);
}

}  // namespace policyc::differential
