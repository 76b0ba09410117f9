// From the rules to the cells of the declared permission tables.

#include <algorithm>
#include <map>

#include "matrix_atoms.hpp"
#include "policyc/compiler/matrix.hpp"

namespace policyc::compiler {
namespace {

// What a set of rules says about one action in one column.
struct Verdict {
  bool never = true;                   // no allow matches, or a forbid always does
  bool always = false;                 // some allow has no open condition
  std::vector<std::string> cells;      // @cell of the matching allows
  std::vector<std::string> titles;     // of their open conditions
  std::vector<std::string> footnotes;  // conditional forbids
};

void add_once(std::vector<std::string>& list, std::string text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end())
    list.push_back(std::move(text));
}

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string joined;
  for (const std::string& part : parts) {
    if (!joined.empty()) joined += between;
    joined += part;
  }
  return joined;
}

// Does the parenthesis that begins the text end with it?
bool is_in_parentheses(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (depth == 0) return i > 0 && i + 1 == text.size();
  }
  return false;
}

// One line of source: white space and line ends folded.
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return out;
}

class Computation {
 public:
  Computation(const Model& model, const text::SourceSet& sources) : model_(model), sources_(sources) {
    for (const RuleUse& use : model.uses)
      for (const ActionIndex action : use.actions) uses_[action].push_back(&use);
  }

  Table table(const text::Matrix& matrix) {
    Table table;
    table.title = matrix.title;
    std::vector<Column> columns;
    for (const text::Matrix::Column& column : matrix.columns) {
      const std::vector<RoleIndex> roles = roles_named(model_, column.role);
      if (roles.empty()) continue;  // analysis has reported it: such a package has no model
      columns.push_back({&model_, model_.schema.roles[roles[0]].kind, closure_of(model_, roles[0]),
                         matrix.given ? &*matrix.given : nullptr});
      table.columns.push_back(column.title ? *column.title : column.role.parts.back().text);
    }
    for (const text::Matrix::Section& section : matrix.sections)
      for (const text::Matrix::Row& row : section.rows) {
        Table::Row out{section.title, row.title, {}};
        const std::vector<GroupModel::Member> members = members_of(row.target);
        for (const Column& column : columns) out.cells.push_back(cell(column, members, table.footnotes));
        table.rows.push_back(std::move(out));
      }
    return table;
  }

 private:
  std::vector<GroupModel::Member> members_of(const text::ActionRef& target) const {
    if (target.kind == text::ActionRef::Kind::group) {
      for (const GroupModel& group : model_.groups)
        if (group.name == target.actions[0].text) return group.members;
      return {};
    }
    std::vector<GroupModel::Member> members;
    const KindIndex kind = model_.schema.find_kind(target.scope.text);
    for (std::size_t i = 0; i < model_.actions.size(); ++i) {
      const ActionInfo& action = model_.actions[i];
      if (action.kind != kind) continue;
      const bool named = std::any_of(target.actions.begin(), target.actions.end(),
                                     [&](const text::Name& name) { return name.text == action.name; });
      if (named || target.kind == text::ActionRef::Kind::star)
        members.push_back({static_cast<ActionIndex>(i), target.letter.value_or("")});
    }
    return members;
  }

  bool concerns(const Column& column, const RuleUse& use) const {
    return std::any_of(use.who.begin(), use.who.end(), [&](const Who& who) {
      if (who.kind == WhoKind::role) return column.held.contains(who.index);
      return who.kind == WhoKind::anyone || who.index == model_.schema.first_subject;
    });
  }

  // The words for what is open in an allow: titles where conditions are named.
  std::string words(const Column& column, const RuleUse& use, Settled when, Settled unless) const {
    const text::Rule& rule = *model_.rule_sources[use.rule].syntax;
    std::string text;
    if (rule.when && when == Settled::open) text = title_of(column, *rule.when);
    if (use.within != kNoIndex) text += (text.empty() ? "" : ", ") + place(use);
    if (rule.unless && unless == Settled::open)
      text += (text.empty() ? "unless " : " unless ") + title_of(column, *rule.unless);
    return text;
  }

  // The same for a forbid, told from the other side: what must be so that it forbids nothing.
  std::string footnote(const Column& column, const RuleUse& use, Settled when, Settled unless) const {
    const text::Rule& rule = *model_.rule_sources[use.rule].syntax;
    const text::Expr* const forbidden = rule.when && when == Settled::open ? &*rule.when : nullptr;
    std::string exception;
    if (rule.unless && unless == Settled::open) exception = title_of(column, *rule.unless);
    if (use.within == kNoIndex) {
      if (forbidden == nullptr) return "only if " + exception;
      if (forbidden->kind == text::ExprKind::logical_not)
        return "only if " + title_of(column, forbidden->operands[0]) +
               (exception.empty() ? "" : ", or " + exception);
    }
    std::string text = forbidden == nullptr ? "" : title_of(column, *forbidden);
    // Of one name it is plain what `not` denies.
    const bool is_plain =
        exception.empty() && use.within == kNoIndex &&
        (sole_condition(model_, *forbidden, column.at) != nullptr || text.find(' ') == std::string::npos);
    if (use.within != kNoIndex) text += (text.empty() ? "" : ", ") + place(use);
    if (!is_plain && !is_in_parentheses(text)) text.insert(0, 1, '(').append(1, ')');
    return "not " + text + (exception.empty() ? "" : ", unless " + exception);
  }

  // Where a rule on `scope.**` counts alone.
  std::string place(const RuleUse& use) const { return "in a " + model_.schema.kinds[use.within].name; }

  std::string title_of(const Column& column, const text::Expr& expression) const {
    // What the column settles needs no words: of `member and own` only `own` is left.
    if (expression.kind == text::ExprKind::logical_and) {
      std::vector<std::string> open;
      for (const text::Expr& operand : expression.operands)
        if (truth(column, operand) == Settled::open) open.push_back(title_of(column, operand));
      if (open.size() < expression.operands.size()) return join(open, " and ");
    }
    if (const text::Condition* named = sole_condition(model_, expression, column.at))
      return named->title ? *named->title : named->name.text;
    return folded(sources_.slice(expression.span));
  }

  Verdict verdict(Column column, ActionIndex action) {
    column.at = model_.actions[action].kind;
    Verdict verdict;
    bool forbidden = false;
    const auto found = uses_.find(action);
    if (found == uses_.end()) return verdict;
    for (const RuleUse* use : found->second) {
      if (!concerns(column, *use)) continue;
      const text::Rule& rule = *model_.rule_sources[use->rule].syntax;
      const Settled when = rule.when ? truth(column, *rule.when) : Settled::yes;
      const Settled unless = rule.unless ? truth(column, *rule.unless) : Settled::no;
      if (when == Settled::no || unless == Settled::yes) continue;
      const bool open = when == Settled::open || unless == Settled::open || use->within != kNoIndex;
      if (rule.effect == text::Effect::forbid) {
        if (!open)
          forbidden = true;
        else
          add_once(verdict.footnotes, footnote(column, *use, when, unless));
        continue;
      }
      verdict.never = false;
      for (const text::Annotation& annotation : rule.annotations)
        if (annotation.name.text == "cell") add_once(verdict.cells, annotation.value);
      if (open)
        add_once(verdict.titles, words(column, *use, when, unless));
      else
        verdict.always = true;
    }
    if (forbidden) return {};
    return verdict;
  }

  using Verdicts = std::vector<std::pair<std::string, Verdict>>;  // letter, verdict

  // The text of one action's verdict; `mark` stands for "always".
  static std::string text_of(const Verdict& verdict, const std::string& mark) {
    if (verdict.never) return {};
    if (!verdict.cells.empty()) return join(verdict.cells, " or ");
    if (verdict.always) return mark;
    return join(verdict.titles, " or ");
  }

  // Their numbers among the table's footnotes, which take up those that are new.
  static std::vector<std::size_t> numbers_of(const std::vector<std::string>& notes,
                                             std::vector<std::string>& footnotes) {
    std::vector<std::size_t> numbers;
    for (const std::string& note : notes) {
      auto found = std::find(footnotes.begin(), footnotes.end(), note);
      if (found == footnotes.end()) found = footnotes.insert(footnotes.end(), note);
      numbers.push_back(static_cast<std::size_t>(found - footnotes.begin()));
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }

  Cell cell(const Column& column, const std::vector<GroupModel::Member>& members,
            std::vector<std::string>& footnotes) {
    const bool letters = std::any_of(members.begin(), members.end(),
                                     [](const GroupModel::Member& member) { return !member.letter.empty(); });
    Verdicts verdicts;
    std::vector<std::string> notes;
    for (const GroupModel::Member& member : members) {
      Verdict one = verdict(column, member.action);
      if (!one.never)
        for (const std::string& note : one.footnotes) add_once(notes, note);
      verdicts.emplace_back(member.letter, std::move(one));
    }
    std::string text = letters ? text_by_letters(verdicts) : text_of_all(verdicts);
    if (text.empty()) return {};
    return {std::move(text), numbers_of(notes, footnotes)};
  }

  // Several actions without letters: one text only if they all agree.
  static std::string text_of_all(const Verdicts& verdicts) {
    std::vector<std::string> texts;
    bool all = true;
    for (const auto& [letter, one] : verdicts) {
      const std::string text = text_of(one, "✔️");
      if (text.empty()) all = false;
      add_once(texts, text);
    }
    if (!all && !texts.empty()) texts.back() += " (in part)";
    return join(texts, " or ");
  }

  // "CR · UD: own projects".
  static std::string text_by_letters(const Verdicts& verdicts) {
    std::string always;
    std::vector<std::pair<std::string, std::string>> conditional;  // words, letters
    for (const auto& [letter, one] : verdicts) {
      const std::string text = text_of(one, "");
      if (one.never) continue;
      if (one.always && one.cells.empty()) {
        always += letter;
        continue;
      }
      const auto found = std::find_if(conditional.begin(), conditional.end(),
                                      [&](const auto& entry) { return entry.first == text; });
      if (found == conditional.end())
        conditional.emplace_back(text, letter);
      else
        found->second += letter;
    }
    std::vector<std::string> parts;
    if (!always.empty()) parts.push_back(always);
    for (const auto& [words, letters_of] : conditional)
      parts.push_back(std::string(letters_of).append(": ").append(words));
    return join(parts, " · ");
  }

  const Model& model_;
  const text::SourceSet& sources_;
  std::map<ActionIndex, std::vector<const RuleUse*>> uses_;
};

}  // namespace

std::vector<Table> compute_matrices(const Model& model, const text::SourceSet& sources) {
  Computation computation(model, sources);
  std::vector<Table> tables;
  for (const text::File& file : model.package->files)
    for (const text::Matrix& matrix : file.matrices) tables.push_back(computation.table(matrix));
  return tables;
}

}  // namespace policyc::compiler
