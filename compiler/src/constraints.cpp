// Constraints: what every snapshot must satisfy at each entity of a scope. Snapshots are built from the
// schema alone, so a role is counted by raw bits, and one that takes code to decide can't be.

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "analysis.hpp"
#include "role_closure.hpp"
#include "rule_who.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;
using Form = text::Constraint::Form;

// A principal's roles are counted in one word.
constexpr std::size_t kMaxCountedRoles = 64;

class Constraints {
 public:
  explicit Constraints(Analysis& analysis)
      : analysis_(analysis), schema_(analysis.model.schema), closures_(analysis.model) {}

  void run() {
    for (const text::File& file : analysis_.loaded.package.files)
      for (const text::Constraint& written : file.constraints) add(written);
  }

 private:
  using Question = std::tuple<KindIndex, KindIndex, RoleIndex>;  // scope, counted kind, role

  void add(const text::Constraint& written) {
    const auto [first, fresh] = titles_.try_emplace(written.title.text, written.title.span);
    if (!fresh)
      report(DiagCode::duplicate_name, written.title.span, {"the constraint", written.title.text}, {},
             {{first->second, "declared first here"}});
    ConstraintInfo info;
    info.title = written.title.text;
    info.form = form_of(written.form);
    // No snapshot has so many principals, so a larger number asks for the same.
    info.count = static_cast<std::uint32_t>(
        std::min<std::int64_t>(written.count, std::numeric_limits<std::uint32_t>::max()));
    info.scope = scope(written.scope);
    if (written.form != Form::at_most_of) info.counted = counted(written.counted);
    if (info.scope == kNoIndex || (written.form != Form::at_most_of && info.counted == kNoIndex)) return;
    if (!add_roles(written, info) || !is_sensible(written, info)) return;
    if (written.form != Form::at_most_of) compare(written, info);
    schema_.constraints.push_back(std::move(info));
  }

  static ConstraintForm form_of(Form form) {
    switch (form) {
      case Form::at_most_of: return ConstraintForm::at_most_of;
      case Form::at_most: return ConstraintForm::at_most;
      case Form::exactly: return ConstraintForm::exactly;
      case Form::at_least: break;
    }
    return ConstraintForm::at_least;
  }

  // kNoIndex, reported, if the name means no scope.
  KindIndex scope(const text::Name& name) {
    const KindIndex kind = analysis_.symbols.kind(name.text);
    if (kind == kNoIndex) {
      report_unknown(analysis_, "scope", name.text, name.span, kinds_of({KindCategory::scope}));
      return kNoIndex;
    }
    const KindCategory category = schema_.kinds[kind].category;
    if (!is_principal(category)) return kind;
    report(DiagCode::constraint_kind, name.span,
           {name.text, category == KindCategory::group ? "a kind of group" : "a kind of subject", "a scope",
            "name the scope at whose entities it is counted"});
    return kNoIndex;
  }

  // kNoIndex, reported, if the name means no kind of principals.
  KindIndex counted(const text::Name& name) {
    const KindIndex kind = analysis_.symbols.kind(name.text);
    if (kind == kNoIndex) {
      report_unknown(analysis_, "subject kind or group", name.text, name.span,
                     kinds_of({KindCategory::subject, KindCategory::group}));
      return kNoIndex;
    }
    if (is_principal(schema_.kinds[kind].category)) return kind;
    report(DiagCode::constraint_kind, name.span,
           {name.text, "a scope", "a kind of principal",
            "name a kind that is declared with `subject` or `group`"});
    return kNoIndex;
  }

  [[nodiscard]] std::vector<std::string> kinds_of(std::initializer_list<KindCategory> categories) const {
    std::vector<std::string> names;
    for (const KindInfo& kind : schema_.kinds)
      if (std::find(categories.begin(), categories.end(), kind.category) != categories.end())
        names.push_back(kind.name);
    return names;
  }

  bool add_roles(const text::Constraint& written, ConstraintInfo& info) {
    WhoResolver names(analysis_);
    bool sound = true;
    for (const text::Path& path : written.roles) {
      const std::optional<RoleIndex> role = names.role(path, info.scope);
      if (!role || !can_be_counted(*role, info.scope, path.span)) {
        sound = false;
        continue;
      }
      const auto same = [&](const CountedRole& other) { return other.role == *role; };
      if (std::any_of(info.roles.begin(), info.roles.end(), same)) {
        report(DiagCode::named_twice, path.span, {path.parts.back().text, "this constraint"});
        sound = false;
        continue;
      }
      info.roles.push_back({*role, bits_of(*role, info.scope)});
    }
    if (info.roles.size() <= kMaxCountedRoles) return sound;
    report(DiagCode::too_many, written.span, {"the constraint", std::to_string(kMaxCountedRoles), "roles"});
    return false;
  }

  bool can_be_counted(RoleIndex role, KindIndex scope, text::Span span) {
    const RoleClosure& closure = closures_.of(role, scope, false);
    if (closure.derived.empty()) return true;
    const RoleIndex derived = closure.derived.front().role;
    const RoleModel& more = analysis_.model.roles[derived];
    const std::string what =
        more.condition ? asks_for_time(*more.condition) ? "an `if` that asks for the time" : "an `if`"
                       : "a role at the entity that an attribute names";
    const std::string who =
        derived == role ? "it rests on " : "'" + role_name(schema_, derived) + "', which gives it, rests on ";
    report(DiagCode::constraint_not_counted, span, {schema_.roles[role].name, who + what}, {},
           {{more.span, "declared here"}});
    return false;
  }

  static bool asks_for_time(const Term& condition) {
    bool asks = false;
    each_term(condition, [&](const Term& term) { asks = asks || term.kind == TermKind::now; });
    return asks;
  }

  // The role words of the scope's entities, taken apart: what counts at an entity of each kind.
  [[nodiscard]] std::vector<CountedBits> bits_of(RoleIndex role, KindIndex scope) {
    const std::vector<std::uint16_t>& offsets = schema_.kinds[scope].word_offsets;
    std::vector<CountedBits> all;
    for (const RoleClosure::Bits& part : closures_.of(role, scope, false).bits)
      for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind) {
        if (offsets[kind] == kNoIndex) continue;
        CountedBits bits{static_cast<KindIndex>(kind), 0, part.guard};
        for (const RoleIndex index : schema_.kinds[kind].roles)
          for (const std::uint8_t raw : {schema_.roles[index].flow_bit, schema_.roles[index].up_bit})
            if (raw != kNoBit && has_bit(part.mask, std::size_t{offsets[kind]} + raw))
              bits.mask |= std::uint64_t{1} << raw;
        if (bits.mask != 0) all.push_back(bits);
      }
    return all;
  }

  static bool has_bit(const vm::RoleMask& mask, std::size_t index) {
    return ((mask[index / 64] >> (index % 64)) & 1) != 0;
  }

  bool is_sensible(const text::Constraint& written, const ConstraintInfo& info) {
    const std::size_t number = info.roles.size();
    if (written.form == Form::at_most_of && info.count >= number) {
      report(DiagCode::constraint_never_broken, written.count_span,
             {number == 1 ? "it names one role" : "it names " + std::to_string(number) + " roles",
              number == 1 ? "name the roles that exclude each other"
                          : "write a number below " + std::to_string(number)});
      return false;
    }
    if (written.form == Form::at_least && info.count == 0) {
      report(DiagCode::constraint_never_broken, written.count_span,
             {"there are never fewer than 0", "write the number of holders that there must be"});
      return false;
    }
    return true;
  }

  // Against what was said before about the same role: one asks for more than another permits.
  void compare(const text::Constraint& written, const ConstraintInfo& info) {
    std::vector<const text::Constraint*>& others = asked_[{info.scope, info.counted, info.roles[0].role}];
    const auto lower = [](const text::Constraint& one) { return one.form == Form::at_most ? 0 : one.count; };
    const auto is_above = [&](const text::Constraint& one, const text::Constraint& other) {
      return other.form != Form::at_least && lower(one) > other.count;
    };
    for (const text::Constraint* const other : others) {
      if (!is_above(written, *other) && !is_above(*other, written)) continue;
      report(DiagCode::constraint_never_met, written.count_span, {other->title.text, written.title.text}, {},
             {{other->count_span, "against this"}});
      break;
    }
    others.push_back(&written);
  }

  void report(DiagCode code, text::Span span, std::vector<std::string> arguments, std::string suggestion = {},
              std::vector<text::Note> notes = {}) {
    analysis_.diagnostics.add(code, span, std::move(arguments), std::move(suggestion), std::move(notes));
  }

  Analysis& analysis_;
  Schema& schema_;
  RoleClosures closures_;
  std::map<std::string, text::Span> titles_;
  std::map<Question, std::vector<const text::Constraint*>> asked_;
};

}  // namespace

void add_constraints(Analysis& analysis) { Constraints(analysis).run(); }

}  // namespace policyc::compiler
