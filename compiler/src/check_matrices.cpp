// Matrices: their columns are roles, their rows actions, and `given` is a condition
// that can be true of what the rows are about.

#include <map>
#include <set>

#include "analysis.hpp"
#include "matrix_atoms.hpp"
#include "rule_targets.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

class Matrices {
 public:
  explicit Matrices(Analysis& analysis) : analysis_(analysis), targets_(analysis) {}

  void check(const text::Matrix& matrix) {
    if (matrix.columns.empty())
      report(DiagCode::empty_matrix, matrix.span, {"column", "columns member as \"Member\""});
    std::set<RoleIndex> columns;
    for (const text::Matrix::Column& column : matrix.columns) {
      const std::optional<RoleIndex> role = check_column(column.role);
      if (role && !columns.insert(*role).second)
        report(DiagCode::named_twice, column.span, {role_name(analysis_.model.schema, *role), "the columns"});
    }
    std::set<KindIndex> kinds;
    std::set<std::string> sections;
    std::size_t rows = 0;
    for (const text::Matrix::Section& section : matrix.sections) {
      if (!section.title.empty() && !sections.insert(section.title).second)
        report(DiagCode::named_twice, section.span, {"\"" + section.title + "\"", "the sections"});
      std::set<std::string> titles;
      for (const text::Matrix::Row& row : section.rows) {
        ++rows;
        if (!titles.insert(row.title).second)
          report(DiagCode::named_twice, row.span, {"\"" + row.title + "\"", "the rows of this section"});
        check_row(row, kinds);
      }
    }
    if (rows == 0) report(DiagCode::empty_matrix, matrix.span, {"row", "row \"Read\" task.read"});
    if (matrix.given) check_given(*matrix.given, kinds);
  }

 private:
  // A column stands for one role of the whole policy.
  std::optional<RoleIndex> check_column(const text::Path& path) {
    const Schema& schema = analysis_.model.schema;
    const std::vector<RoleIndex> roles = roles_named(analysis_.model, path);
    if (roles.size() == 1) return roles.front();
    std::vector<std::string> names;
    std::string written;
    for (const text::Name& part : path.parts) written += (written.empty() ? "" : ".") + part.text;
    if (roles.size() > 1) {
      for (const RoleIndex role : roles) names.push_back(role_name(schema, role));
      report(DiagCode::ambiguous_role, path.span, {written, "", listed(names, "or")});
      return std::nullopt;
    }
    for (std::size_t i = 0; i < schema.roles.size(); ++i) {
      if (schema.roles[i].is_hidden) continue;
      names.push_back(schema.roles[i].name);
      names.push_back(role_name(schema, static_cast<RoleIndex>(i)));
    }
    report_unknown(analysis_, "role", written, path.span, names);
    return std::nullopt;
  }

  void check_row(const text::Matrix::Row& row, std::set<KindIndex>& kinds) {
    if (row.target.kind == text::ActionRef::Kind::star_star) {
      report(DiagCode::row_over_scopes, row.target.span, {row.target.scope.text});
      return;
    }
    if (row.target.kind == text::ActionRef::Kind::group) check_letters(row.target.actions.front());
    std::vector<Target> targets;
    targets_.resolve(row.target, targets);
    for (const Target& target : targets) kinds.insert(target.kind);
  }

  // Each letter of a cell stands for one action, and each action has one.
  void check_letters(const text::Name& name) {
    const std::optional<std::size_t> index = analysis_.symbols.group(name.text);
    if (!index) return;
    const GroupModel& group = analysis_.model.groups[*index];
    std::map<std::string, ActionIndex> letters;
    for (const GroupModel::Member& member : group.members) {
      if (member.letter.empty()) continue;
      const auto [found, is_new] = letters.emplace(member.letter, member.action);
      if (is_new) continue;
      report(DiagCode::group_letters, name.span,
             {group.name, "\"" + member.letter + "\" stands for '" +
                              action_name(analysis_.model, found->second) + "' and for '" +
                              action_name(analysis_.model, member.action) + "'"});
      return;
    }
    for (const GroupModel::Member& member : group.members)
      if (!letters.empty() && member.letter.empty()) {
        report(DiagCode::group_letters, name.span,
               {group.name,
                "'" + action_name(analysis_.model, member.action) + "' has no letter, and others have"});
        return;
      }
  }

  // Rows are about different things: each fact that is given must make sense for some of them, and is guarded
  // by what was given before it there.
  void check_given(const text::Expr& given, const std::set<KindIndex>& kinds) {
    std::vector<const text::Expr*> facts = {&given};
    if (given.kind == text::ExprKind::logical_and) {
      facts.clear();
      for (const text::Expr& operand : given.operands) facts.push_back(&operand);
    }
    std::map<KindIndex, Known> known;
    for (const KindIndex kind : kinds) known.emplace(kind, Known{});
    for (const text::Expr* fact : facts) check_fact(*fact, known);
  }

  void check_fact(const text::Expr& fact, std::map<KindIndex, Known>& known) {
    Site site;
    site.place = Site::Place::given;
    site.subject_kinds = subject_kinds(analysis_.model.schema);
    text::Diagnostics least;
    bool any = false;
    bool makes_sense = false;
    for (auto& [kind, guards] : known) {
      site.kind = kind;
      text::Diagnostics found;
      Known after = guards;
      const std::optional<Term> term = Expressions(analysis_.symbols, found).condition(fact, site, after);
      if (term && constant_truth(*term))
        found.add(DiagCode::constant_condition, fact.span,
                  {"given", *constant_truth(*term) ? "always true" : "always false"});
      if (found.list().empty()) {
        makes_sense = true;
        guards = std::move(after);
        continue;
      }
      if (!any || found.list().size() < least.list().size()) least = std::move(found);
      any = true;
    }
    if (makes_sense) return;
    for (const text::Diagnostic& one : least.list()) analysis_.diagnostics.add(one);
    // It may have been meant as a guard of what follows.
    for (auto& [kind, guards] : known) guards.lost_guards = true;
  }

  void report(DiagCode code, text::Span span, std::vector<std::string> arguments) {
    analysis_.diagnostics.add(code, span, std::move(arguments));
  }

  Analysis& analysis_;
  Targets targets_;
};

}  // namespace

void check_matrices(Analysis& analysis) {
  Matrices matrices(analysis);
  for (const text::File& file : analysis.loaded.package.files)
    for (const text::Matrix& matrix : file.matrices) matrices.check(matrix);
}

}  // namespace policyc::compiler
