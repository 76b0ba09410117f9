#include <set>
#include <string>

#include "asking.hpp"
#include "lints.hpp"
#include "matrix_atoms.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

class Unused {
 public:
  Unused(const Analysis& analysis, const Asking& asking)
      : analysis_(analysis), model_(analysis.model), asking_(asking) {
    const text::Package& package = analysis.loaded.package;
    for (const text::File& file : package.files) {
      roles(file.system_roles);
      for (const text::Scope& scope : file.scopes) {
        roles(scope.roles);
        conditions(scope.conditions);
      }
      conditions(file.conditions);
      for (const text::ActionGroup& group : file.groups)
        for (const text::ActionRef& member : group.members) target(member);
      for (const text::Rule& rule : file.rules) {
        for (const text::ActionRef& ref : rule.actions) target(ref);
        if (rule.when) expression(*rule.when);
        if (rule.unless) expression(*rule.unless);
        for (const text::Duty& duty : rule.obliging) duties_.insert(duty.name.text);
      }
      for (const text::Matrix& matrix : file.matrices) {
        if (matrix.given) expression(*matrix.given);
        for (const text::Matrix::Section& section : matrix.sections)
          for (const text::Matrix::Row& row : section.rows) target(row.target);
      }
    }
  }

  void run() {
    unused_roles();
    for (const ConditionModel& condition : model_.conditions)
      if (!words_.contains(condition.name)) report(condition.span, "condition", condition.name);
    std::set<std::uint64_t> enums;
    each_type([&](const Type& type) {
      if (type.kind == TypeKind::enumeration ||
          (type.kind == TypeKind::set && type.element == TypeKind::enumeration))
        enums.insert(type.argument);
    });
    for (const ObligationModel& one : model_.declared_obligations)
      if (!duties_.contains(one.name)) report(one.span, "obligation", one.name);
    for (const text::File& file : analysis_.loaded.package.files) {
      for (const text::ActionGroup& group : file.groups)
        if (!groups_.contains(group.name.text)) report(group.name.span, "group", group.name.text);
      for (const text::Attribute& field : file.context)
        if (!fields_.contains(field.name.text)) report(field.name.span, "context field", field.name.text);
      for (const text::Enumeration& one : file.enumerations)
        if (!enums.contains(analysis_.symbols.enumeration(one.name.text)))
          report(one.name.span, "enum", one.name.text);
    }
  }

 private:
  void roles(const std::vector<text::Role>& all) {
    for (const text::Role& role : all) {
      if (role.condition) expression(*role.condition);
      for (const text::ActionRef& ref : role.ceiling) target(ref);
    }
  }

  void conditions(const std::vector<text::Condition>& all) {
    for (const text::Condition& condition : all) expression(condition.body);
  }

  void target(const text::ActionRef& ref) {
    if (ref.kind == text::ActionRef::Kind::group) groups_.insert(ref.actions.front().text);
  }

  void expression(const text::Expr& whole) {
    const auto& parts = whole.path.parts;
    if (parts.size() == 1) words_.insert(parts[0].text);
    if (parts.size() > 1 && parts[0].text == "context") fields_.insert(parts[1].text);
    for (const text::Expr& operand : whole.operands) expression(operand);
  }

  template <class Visit>
  void each_type(const Visit& visit) const {
    for (const AttributeInfo& attribute : model_.schema.attributes) visit(attribute.type);
    for (const ParameterInfo& field : model_.context) visit(field.type);
    for (const ActionInfo& action : model_.actions)
      for (const ParameterInfo& parameter : action.parameters) visit(parameter.type);
    for (const ObligationModel& one : model_.declared_obligations)
      for (const ParameterInfo& parameter : one.parameters) visit(parameter.type);
  }

  // A role matters if a rule, a table or a constraint asks for it, if it may be a value, or if it
  // is a way to hold a role that matters.
  void unused_roles() const {
    const Asking& graph = asking_;
    std::vector<bool> matters(model_.roles.size(), false);
    std::vector<RoleIndex> open;
    const auto mark = [&](RoleIndex role) {
      if (matters[role]) return;
      matters[role] = true;
      open.push_back(role);
    };
    each_type([&](const Type& type) {
      if (type.kind == TypeKind::role || (type.kind == TypeKind::set && type.element == TypeKind::role))
        for (const RoleIndex role : model_.schema.kinds[static_cast<std::size_t>(type.argument)].roles)
          mark(role);
    });
    for (std::size_t i = 0; i < model_.actions.size(); ++i)
      for (const Asking::Edge& edge : graph.edges(graph.action(static_cast<ActionIndex>(i))))
        if (graph.is_role(edge.to)) mark(static_cast<RoleIndex>(edge.to));
    for (const text::File& file : analysis_.loaded.package.files)
      for (const text::Matrix& matrix : file.matrices)
        for (const text::Matrix::Column& column : matrix.columns)
          for (const RoleIndex role : roles_named(model_, column.role)) mark(role);
    for (const ConstraintInfo& constraint : model_.schema.constraints)
      for (const CountedRole& counted : constraint.roles) mark(counted.role);
    while (!open.empty()) {
      const RoleIndex role = open.back();
      open.pop_back();
      for (const Asking::Edge& edge : graph.edges(graph.role(role)))
        if (graph.is_role(edge.to)) mark(static_cast<RoleIndex>(edge.to));
      for (const RollUpSource& source : model_.schema.roles[role].roll_up_roles)
        for (const RoleIndex child : model_.schema.kinds[source.child].roles)
          if (has_bit(source.mask, model_.schema.roles[child].flow_bit) ||
              has_bit(source.mask, model_.schema.roles[child].up_bit))
            mark(child);
    }
    for (std::size_t i = 0; i < model_.roles.size(); ++i)
      if (!matters[i] && !model_.schema.roles[i].is_open)  // which snapshots use
        report(model_.roles[i].span, "role", role_name(model_.schema, static_cast<RoleIndex>(i)));
  }

  static bool has_bit(std::uint64_t mask, std::uint8_t bit) { return bit < 64 && ((mask >> bit) & 1) != 0; }

  void report(text::Span span, const char* what, const std::string& name) const {
    analysis_.diagnostics.add(DiagCode::unused, span, {what, name});
  }

  const Analysis& analysis_;
  const Model& model_;
  const Asking& asking_;
  std::set<std::string, std::less<>> words_;   // names that stand alone in some expression
  std::set<std::string, std::less<>> fields_;  // context.FIELD
  std::set<std::string, std::less<>> groups_;
  std::set<std::string, std::less<>> duties_;
};

}  // namespace

void lint_unused(const Analysis& analysis, const Asking& asking) { Unused(analysis, asking).run(); }

}  // namespace policyc::compiler
