#pragma once

// What tests say, as requests say it.

#include <algorithm>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policyc/program.hpp"
#include "policyc/request.hpp"
#include "policyc/text/syntax.hpp"

namespace policyc::cli {

// Values of a test as values of a request; the texts live in here.
class Values {
 public:
  Value convert(const text::Expr& expression) {
    switch (expression.kind) {
      case text::ExprKind::boolean: return Value::boolean(expression.flag);
      case text::ExprKind::integer: return Value::integer(expression.number);
      case text::ExprKind::duration: return Value::duration(expression.number);
      case text::ExprKind::time: return Value::time(expression.number);
      case text::ExprKind::string:
      case text::ExprKind::ip: return Value::string(expression.text);
      case text::ExprKind::entity:
        return Value::string(keep(expression.path.parts.front().text + ":" + expression.text));
      case text::ExprKind::path:
        return Value::string(expression.path.parts.back().text);  // a member or a role
      case text::ExprKind::set: {
        std::vector<Value>& list = lists_.emplace_back();
        for (const text::Expr& element : expression.operands) list.push_back(convert(element));
        return Value::list(list);
      }
      default: return Value::string("");  // analysis lets only literals through
    }
  }

  std::span<const NamedValue> convert(const std::vector<text::Argument>& arguments) {
    std::vector<NamedValue>& map = maps_.emplace_back();
    for (const text::Argument& argument : arguments)
      map.push_back({argument.name.text, convert(argument.value)});
    return map;
  }

  // The same of arguments that are handed over.
  std::span<const NamedValue> take(std::vector<text::Argument> arguments) {
    return convert(taken_.emplace_back(std::move(arguments)));
  }

  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

 private:
  std::deque<std::string> texts_;
  std::deque<std::vector<Value>> lists_;
  std::deque<std::vector<NamedValue>> maps_;
  std::deque<std::vector<text::Argument>> taken_;
};

inline std::string name_of(const text::EntityLiteral& entity) {
  return entity.kind.text == "system" ? "system" : entity.kind.text + ":" + entity.id;
}

// What a test says for all its requests beats what the header says.
inline std::vector<text::Argument> merged(const std::vector<text::Argument>& base,
                                          const std::vector<text::Argument>& own) {
  std::vector<text::Argument> all = own;
  for (const text::Argument& argument : base) {
    const bool given = std::any_of(
        own.begin(), own.end(), [&](const text::Argument& o) { return o.name.text == argument.name.text; });
    if (!given) all.push_back(argument);
  }
  return all;
}

// In the tree an action bears its plain name; requests use the wire name.
inline std::string wire_name(const Program& program, const text::Path& path) {
  const std::string scope = path.parts.size() > 1 ? path.parts[0].text : "system";
  for (const ActionInfo& action : program.actions())
    if (program.schema().kinds[action.kind].name == scope && action.name == path.parts.back().text)
      return scope + "." + action.wire_name;
  return scope + "." + path.parts.back().text;
}

}  // namespace policyc::cli
