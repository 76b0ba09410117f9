// What the tables behind the schema say of each other.

#include <algorithm>
#include <set>

#include "anchors.hpp"
#include "program_format.hpp"
#include "second_verifier.hpp"
#include "values.hpp"
#include "wire.hpp"

namespace policyc::second {
namespace {

void judge_actions(const Tables& tables) {
  demand(tables.actions.size() < 0xFFFF, "there are too many actions");
  std::set<std::pair<std::uint16_t, std::string>> names;
  std::set<std::pair<std::uint16_t, std::string>> wires;
  for (std::size_t i = 0; i < tables.actions.size(); ++i) {
    const Action& action = tables.actions[i];
    demand(action.kind < tables.kinds.size(), "an action is of no kind");
    demand(i == 0 || tables.actions[i - 1].kind <= action.kind, "actions are out of order");
    demand(is_name(action.name) && is_name(action.wire), "an action has no name");
    demand(names.emplace(action.kind, action.name).second && wires.emplace(action.kind, action.wire).second,
           "an action is there twice");
    demand(action.parameters.size() <= vm::kMaxParameters, "an action has too many parameters");
    judge_fields(action.parameters, tables);
    for (std::size_t k = 0; k < action.context.size(); ++k) {
      demand(action.context[k] < tables.context.size(), "an action needs context that is not there");
      demand(k == 0 || action.context[k - 1] < action.context[k], "needed context is out of order");
    }
  }
}

void judge_obligations(const Tables& tables) {
  demand(tables.rules.size() <= 0xFFFF && tables.obligations.size() <= 0x10000, "there are too many rules");
  for (const Obligation& obligation : tables.obligations) {
    demand(is_name(obligation.name), "an obligation has no name");
    demand(obligation.arguments.size() <= vm::kMaxParameters, "an obligation has too many arguments");
    judge_fields(obligation.arguments, tables);
    for (const Field& argument : obligation.arguments)
      demand(argument.has_value || argument.type.optional, "an argument is left out");
  }
  for (const Rule& rule : tables.rules)
    for (const std::uint16_t index : rule.obligations)
      demand(index < tables.obligations.size(), "a rule obliges to nothing known");
}

bool names_entities(std::uint16_t attribute, const Tables& tables) {
  if (attribute >= tables.attributes.size()) return false;
  const Type& type = tables.attributes[attribute].field.type;
  return type.kind == TypeKind::entity || (type.kind == TypeKind::set && type.element == TypeKind::entity);
}

void judge_anchors(const Tables& tables) {
  demand(tables.anchors.size() == tables.actions.size(), "anchors and actions differ in number");
  for (std::size_t i = 0; i < tables.anchors.size(); ++i) {
    demand(tables.anchors[i].size() <= vm::kMaxAnchors, "an action has too many anchors");
    demand(!tables.anywhere[i] || tables.anchors[i].empty(), "anchors are given though answers are anywhere");
    for (const AnchorRow& row : tables.anchors[i]) {
      demand(row.base <= 2, "an anchor rests on nothing known");
      if (row.base == 2)
        demand(row.kind < tables.kinds.size() && row.mask < tables.masks, "an anchor's roles are nowhere");
      else
        demand(row.kind == 0 && row.mask == 0 && !row.itself, "an unused field of an anchor is not zero");
      demand(row.steps.size() <= vm::kMaxAnchorSteps, "an anchor has too many steps");
      for (const std::uint16_t step : row.steps)
        demand(step == kNoIndex || names_entities(step, tables), "a step leads nowhere");
    }
  }
}

}  // namespace

void judge_tables(const Tables& tables) {
  for (const std::string& text : tables.texts) demand(is_text(text), "a text is not UTF-8");
  demand(tables.context.size() <= vm::kMaxContextFields, "there are too many context fields");
  judge_fields(tables.context, tables);
  judge_actions(tables);
  judge_obligations(tables);
  judge_anchors(tables);
  demand(tables.constants.size() <= 0x10000 && tables.masks <= 0x10000, "there are too many constants");
  for (const Field& constant : tables.constants)
    demand(is_type(constant.type, tables) && !constant.type.optional &&
               is_value(constant.value, constant.type, tables),
           "a constant is none");
}

std::string judge_program(std::span<const std::byte> image) {
  try {
    const Tables tables = read_tables(image);
    judge_schema(tables);
    judge_tables(tables);
    judge_code(tables);
    return {};
  } catch (const Refused& refused) {
    return refused.why;
  }
}

}  // namespace policyc::second
