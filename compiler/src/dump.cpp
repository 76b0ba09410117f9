// The model as text: what the package means once names are resolved.

#include <sstream>

#include "analysis.hpp"

namespace policyc::compiler {
namespace {

[[nodiscard]] const char* word_of(TermKind kind) {
  switch (kind) {
    case TermKind::subject: return "subject";
    case TermKind::resource: return "resource";
    case TermKind::ancestor: return "ancestor";
    case TermKind::parent: return "parent";
    case TermKind::attribute: return "attribute";
    case TermKind::parameter: return "parameter";
    case TermKind::context: return "context";
    case TermKind::now: return "now";
    case TermKind::constant: return "constant";
    case TermKind::variable: return "variable";
    case TermKind::size: return "size";
    case TermKind::add: return "+";
    case TermKind::subtract: return "-";
    case TermKind::otherwise: return "else";
    case TermKind::set: return "set";
    case TermKind::logical_not: return "not";
    case TermKind::logical_and: return "and";
    case TermKind::logical_or: return "or";
    case TermKind::equal: return "==";
    case TermKind::less: return "<";
    case TermKind::less_equal: return "<=";
    case TermKind::in: return "in";
    case TermKind::in_network: return "in-network";
    case TermKind::in_scope: return "in-scope";
    case TermKind::in_members: return "in-members";
    case TermKind::is_member: return "is-member";
    case TermKind::contains_all: return "contains-all";
    case TermKind::contains_any: return "contains-any";
    case TermKind::starts_with: return "starts-with";
    case TermKind::ends_with: return "ends-with";
    case TermKind::matches: return "matches";
    case TermKind::is_set: return "is-set";
    case TermKind::is_kind: return "is-kind";
    case TermKind::has_role: return "has-role";
    case TermKind::has_role_value: return "has-role-value";
    case TermKind::may: return "may";
    case TermKind::any: return "any";
    case TermKind::all: return "all";
    case TermKind::at_least: return "at-least";
  }
  return "?";
}

class Writer {
 public:
  explicit Writer(const Model& model) : model_(model), schema_(model.schema) {}

  std::string all() {
    out_ << "policy " << (model_.name.empty() ? "(unnamed)" : model_.name);
    if (!model_.version.empty()) out_ << " version " << model_.version;
    out_ << "\n";
    for (const EnumInfo& info : schema_.enums) {
      out_ << "\nenum " << info.name << " {";
      for (const std::string& member : info.members) out_ << " " << member;
      out_ << " }\n";
    }
    for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind) write_kind(static_cast<KindIndex>(kind));
    if (!model_.context.empty()) out_ << "\ncontext\n";
    for (const ParameterInfo& field : model_.context) write_field("  ", field);
    write_conditions_and_groups();
    for (const ConstraintInfo& constraint : schema_.constraints) write_constraint(constraint);
    for (std::size_t rule = 0; rule < model_.rules.size(); ++rule) write_rule(static_cast<RuleIndex>(rule));
    return std::move(out_).str();
  }

 private:
  void write_kind(KindIndex kind) {
    const KindInfo& info = schema_.kinds[kind];
    out_ << "\n"
         << (info.category == KindCategory::subject ? "subject "
             : info.category == KindCategory::scope ? "scope "
             : info.category == KindCategory::group ? "group "
                                                    : "")
         << info.name;
    for (std::size_t i = 0; i < info.parents.size(); ++i)
      out_ << (i == 0 ? " in " : ", ") << schema_.kinds[info.parents[i]].name;
    for (std::size_t i = 0, shown = 0; i < schema_.kinds.size(); ++i)
      if (((info.members >> i) & 1) != 0) out_ << (shown++ == 0 ? " of " : ", ") << schema_.kinds[i].name;
    if (info.cross) out_ << " cross";
    if (kind != kSystemKind) out_ << " plural " << info.plural;
    out_ << "\n";
    for (const AttributeIndex index : info.attributes) {
      const AttributeInfo& attribute = schema_.attributes[index];
      write_field("  attribute ", {attribute.name, attribute.type, attribute.fallback});
      if (attribute.from_request) out_ << "    from request\n";
    }
    for (const RoleIndex role : info.roles)
      if (!schema_.roles[role].is_hidden) write_role(role);
    for (const ActionInfo& action : model_.actions) {
      if (action.kind != kind) continue;
      out_ << "  action " << action.name;
      if (action.wire_name != action.name) out_ << " as \"" << action.wire_name << "\"";
      out_ << titled(action.title) << "\n";
      for (const ParameterInfo& parameter : action.parameters) write_field("    parameter ", parameter);
    }
  }

  void write_conditions_and_groups() {
    for (const ConditionModel& condition : model_.conditions)
      out_ << "\ncondition " << condition.name << " on " << schema_.kinds[condition.kind].name
           << titled(condition.title) << "\n";
    for (const ObligationModel& one : model_.declared_obligations) {
      out_ << "\nobligation " << one.name << "\n";
      for (const ParameterInfo& parameter : one.parameters) write_field("  parameter ", parameter);
    }
    for (const GroupModel& group : model_.groups) {
      out_ << "\nactions " << group.name << titled(group.title) << "\n";
      for (const GroupModel::Member& member : group.members)
        out_ << "  " << action_name(model_, member.action)
             << (member.letter.empty() ? "" : " as \"" + member.letter + "\"") << "\n";
    }
  }

  [[nodiscard]] static std::string titled(const std::string& title) {
    return title.empty() ? "" : " \"" + title + "\"";
  }

  void write_role(RoleIndex index) {
    const RoleInfo& role = schema_.roles[index];
    const RoleModel& more = model_.roles[index];
    out_ << "  role " << role.name;
    if (role.flow_bit != kNoBit) out_ << " bit " << unsigned{role.flow_bit};
    if (role.up_bit != kNoBit) out_ << " rolled-up bit " << unsigned{role.up_bit};
    if (role.is_open) out_ << " open";
    if (!role.grantable && !role.is_open) out_ << " not granted";
    if (!role.assignable && !role.is_open) out_ << " not assignable";
    if (role.is_public) out_ << " public";
    out_ << "\n";
    if (role.is_open)
      for (const OpenRoleInfo::Action& action : schema_.find_open_role(role.kind)->ceiling)
        out_ << "    can " << action.name << " bit " << unsigned{schema_.roles[action.role].flow_bit} << "\n";
    for (const RoleIndex included : more.includes)
      out_ << "    includes " << role_name(schema_, included) << "\n";
    for (const AttributeIndex source : role.attribute_sources)
      out_ << "    from attribute " << schema_.attributes[source].name << "\n";
    for (const RoleIndex source : more.role_sources)
      out_ << "    from role " << role_name(schema_, source) << "\n";
    for (const RoleModel::Through& through : more.through)
      out_ << "    from " << role_name(schema_, through.role) << " of "
           << schema_.attributes[through.attribute].name << "\n";
    for (const AttributeIndex source : role.roll_up_attributes)
      out_ << "    rolled up from " << schema_.kinds[schema_.attributes[source].kind].name << "."
           << schema_.attributes[source].name << "\n";
    for (const RollUpSource& source : role.roll_up_roles) {
      out_ << "    rolled up from " << schema_.kinds[source.child].name << " bits";
      for (std::size_t raw = 0; raw < 64; ++raw)
        if (((source.mask >> raw) & 1) != 0) out_ << " " << raw;
      out_ << "\n";
    }
    if (more.condition) {
      out_ << "    if " << (more.condition_reads_own ? "(reads its own attributes) " : "");
      write_term(*more.condition);
      out_ << "\n";
    }
  }

  // As it is written; then what makes a holder of each role, where.
  void write_constraint(const ConstraintInfo& constraint) {
    const bool counts_roles = constraint.form == ConstraintForm::at_most_of;
    out_ << "\nconstraint \"" << constraint.title << "\": "
         << (constraint.form == ConstraintForm::exactly    ? "exactly "
             : constraint.form == ConstraintForm::at_least ? "at least "
                                                           : "at most ")
         << constraint.count << (counts_roles ? " of" : " " + schema_.kinds[constraint.counted].name + " is");
    for (const CountedRole& role : constraint.roles)
      out_ << (&role == constraint.roles.data() ? " " : ", ") << role_name(schema_, role.role);
    out_ << " on " << schema_.kinds[constraint.scope].name << "\n";
    for (const CountedRole& role : constraint.roles)
      for (const CountedBits& bits : role.bits) {
        out_ << "  " << role_name(schema_, role.role) << " by " << schema_.kinds[bits.kind].name << " bits";
        for (std::size_t raw = 0; raw < 64; ++raw)
          if (((bits.mask >> raw) & 1) != 0) out_ << " " << raw;
        for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
          if (((bits.path >> kind) & 1) != 0) out_ << " with " << schema_.kinds[kind].name;
        out_ << "\n";
      }
  }

  void write_field(const char* before, const ParameterInfo& field) {
    out_ << before << field.name << ": " << to_string(field.type, schema_);
    if (field.fallback) {
      out_ << " = ";
      write_value(*field.fallback, field.type);
    }
    out_ << "\n";
  }

  void write_rule(RuleIndex index) {
    const RuleInfo& rule = model_.rules[index];
    out_ << "\nrule " << rule.id << (rule.effect == RuleEffect::allow ? " allow" : " forbid");
    if (rule.place != rule.id) out_ << " at " << rule.place;
    out_ << "\n";
    for (const ObligationIndex one : rule.obligations)
      out_ << "  obliging " << to_json(model_.obligations[one], schema_) << "\n";
    for (const RuleUse& use : model_.uses) {
      if (use.rule != index) continue;
      out_ << "  at " << schema_.kinds[use.kind].name << ":";
      for (const Who& who : use.who)
        out_ << " "
             << (who.kind == WhoKind::anyone ? "anyone"
                 : who.kind == WhoKind::role ? role_name(schema_, who.index)
                                             : "every " + schema_.kinds[who.index].name);
      out_ << " to";
      for (const ActionIndex action : use.actions) out_ << " " << model_.actions[action].name;
      if (use.within != kNoIndex) out_ << " inside " << schema_.kinds[use.within].name;
      out_ << "\n";
      for (const auto& [word, term] : {std::pair{"when", &use.when}, std::pair{"unless", &use.unless}}) {
        if (!*term) continue;
        out_ << "    " << word << " ";
        write_term(**term);
        out_ << "\n";
      }
    }
  }

  // (operator operand …), with what the operator is about.
  void write_term(const Term& term) {
    if (term.kind == TermKind::constant) return write_value(term.constant, term.type);
    const bool leaf = term.operands.empty();
    out_ << (leaf ? "" : "(") << word_of(term.kind);
    switch (term.kind) {
      case TermKind::ancestor: out_ << " " << schema_.kinds[term.index].name; break;
      case TermKind::attribute: out_ << " " << schema_.attributes[term.index].name; break;
      case TermKind::parameter:
      case TermKind::variable: out_ << " " << term.index; break;
      case TermKind::context: out_ << " " << model_.context[term.index].name; break;
      case TermKind::may: out_ << " " << action_name(model_, static_cast<ActionIndex>(term.index)); break;
      case TermKind::at_least: out_ << " " << term.number; break;
      case TermKind::is_kind:
        for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
          if (((term.kinds >> kind) & 1) != 0) out_ << " " << schema_.kinds[kind].name;
        break;
      case TermKind::has_role:
        for (const RoleIndex role : term.roles) out_ << " " << role_name(schema_, role);
        break;
      default: break;
    }
    if (term.itself) out_ << " itself";
    for (const Term& operand : term.operands) {
      out_ << " ";
      write_term(operand);
    }
    if (!leaf) out_ << ")";
  }

  void write_value(const DefaultValue& value, const Type& type) {
    const auto scalar = [&](const DefaultValue& one, TypeKind kind) {
      switch (kind) {
        case TypeKind::boolean: out_ << (one.number != 0 ? "true" : "false"); break;
        case TypeKind::string:
        case TypeKind::ip: out_ << "\"" << one.text << "\""; break;
        case TypeKind::enumeration:
          out_ << schema_.enums[type.argument].members[static_cast<std::size_t>(one.number)];
          break;
        case TypeKind::role: out_ << schema_.roles[static_cast<std::size_t>(one.number)].name; break;
        case TypeKind::entity:
          out_ << schema_.kinds[static_cast<std::size_t>(one.number)].name << (one.text.empty() ? "" : ":")
               << one.text;
          break;
        case TypeKind::time:
        case TypeKind::duration: out_ << one.number << "us"; break;
        default: out_ << one.number; break;
      }
    };
    if (type.kind != TypeKind::set) return scalar(value, type.kind);
    out_ << "{";
    for (std::size_t i = 0; i < value.elements.size(); ++i) {
      if (i > 0) out_ << ", ";
      scalar(value.elements[i], type.element);
    }
    out_ << "}";
  }

  const Model& model_;
  const Schema& schema_;
  std::ostringstream out_;
};

}  // namespace

std::string dump(const Model& model) { return Writer(model).all(); }

}  // namespace policyc::compiler
