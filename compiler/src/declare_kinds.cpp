// Enums, kinds, their names in snapshots, and how they nest.

#include <algorithm>
#include <set>

#include "analysis.hpp"
#include "declarer.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

// The keys of a snapshot's document.
constexpr std::string_view kDocumentKeys[] = {"snapshot", "end"};

[[nodiscard]] bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// "company" → "companies", "workspace" → "workspaces".
[[nodiscard]] std::string plural_of(const std::string& name) {
  constexpr std::string_view kVowels = "aeiouAEIOU";
  if (name.size() > 1 && name.back() == 'y' && kVowels.find(name[name.size() - 2]) == std::string_view::npos)
    return name.substr(0, name.size() - 1) + "ies";
  return name + "s";
}

}  // namespace

void Declarer::enums() {
  for (const text::File& file : loaded_.package.files)
    for (const text::Enumeration& written : file.enumerations) {
      if (is_reserved_name(written.name, "an enum", true)) {
        symbols_.tainted_.insert(written.name.text);
        continue;
      }
      if (!take(global_, "the enum", written.name) ||
          !fits(schema_.enums.size(), "the policy", "enums", written.name.span))
        continue;
      EnumInfo info;
      info.name = written.name.text;
      Names members;
      for (const text::Name& member : written.members)
        if (take(members, "the member", member) &&
            fits(info.members.size(), "the enum '" + info.name + "'", "members", member.span))
          info.members.push_back(member.text);
      symbols_.enums_[info.name] = static_cast<std::uint16_t>(schema_.enums.size());
      schema_.enums.push_back(std::move(info));
    }
}

void Declarer::kinds() {
  KindInfo system;
  system.name = "system";
  system.category = KindCategory::system;
  schema_.kinds.push_back(std::move(system));
  sources_.emplace_back();
  symbols_.kinds_["system"] = kSystemKind;

  for (const text::File& file : loaded_.package.files) {
    // In the order of the text, across the lists of the tree.
    std::vector<KindSource> written;
    for (const text::SubjectKind& subject : file.subjects)
      written.push_back({subject.span, nullptr, &subject, nullptr});
    for (const text::PrincipalGroup& group : file.principal_groups)
      written.push_back({group.span, nullptr, nullptr, &group});
    for (const text::Scope& scope : file.scopes) written.push_back({scope.span, &scope, nullptr, nullptr});
    std::stable_sort(written.begin(), written.end(),
                     [](const KindSource& a, const KindSource& b) { return a.span.begin < b.span.begin; });
    for (const KindSource& source : written) add_kind(source);
  }
}

KindCategory Declarer::KindSource::category() const noexcept {
  if (scope != nullptr) return KindCategory::scope;
  return group != nullptr ? KindCategory::group : KindCategory::subject;
}

const char* Declarer::KindSource::article() const noexcept {
  if (scope != nullptr) return "a scope";
  return group != nullptr ? "a kind of group" : "a kind of subject";
}

const text::Name& Declarer::KindSource::name() const noexcept {
  if (scope != nullptr) return scope->name;
  return group != nullptr ? group->name : subject->name;
}

const std::optional<std::string>& Declarer::KindSource::plural() const noexcept {
  if (scope != nullptr) return scope->plural;
  return group != nullptr ? group->plural : subject->plural;
}

bool Declarer::KindSource::cross() const noexcept {
  return scope != nullptr ? scope->cross : group != nullptr && group->cross;
}

const std::vector<text::Attribute>& Declarer::KindSource::attributes() const noexcept {
  if (scope != nullptr) return scope->attributes;
  return group != nullptr ? group->attributes : subject->attributes;
}

const std::vector<text::Name>& Declarer::KindSource::parents() const noexcept {
  static const std::vector<text::Name> none;
  if (scope != nullptr) return scope->parents;
  return group != nullptr ? group->parents : none;
}

void Declarer::add_kind(KindSource source) {
  const text::Name& name = source.name();
  const KindCategory category = source.category();
  if (is_reserved_name(name, source.article(), true)) return taint(source);
  const char* const what = category == KindCategory::scope   ? "the scope"
                           : category == KindCategory::group ? "the group"
                                                             : "the kind";
  if (!take(global_, what, name)) return taint(source);
  if (schema_.kinds.size() == kMaxKinds) {
    if (full_.insert("kinds").second)
      diagnostics_.add(DiagCode::too_many_kinds, name.span, {std::to_string(kMaxKinds)});
    return taint(source);
  }
  const auto index = static_cast<KindIndex>(schema_.kinds.size());
  KindInfo info;
  info.name = name.text;
  info.category = category;
  info.cross = source.cross();
  schema_.kinds.push_back(std::move(info));
  sources_.push_back(source);
  symbols_.kinds_[name.text] = index;
  if (category == KindCategory::subject && schema_.first_subject == kNoIndex) schema_.first_subject = index;
}

// A kind that is left out would have declared its name and its members.
void Declarer::taint(const KindSource& source) {
  const auto all = [&](const auto& members) {
    for (const auto& member : members) symbols_.tainted_.insert(member.name.text);
  };
  symbols_.tainted_.insert(source.name().text);
  all(source.attributes());
  if (source.subject != nullptr) all(source.subject->actions);
  if (source.scope != nullptr) {
    all(source.scope->roles);
    all(source.scope->actions);
    all(source.scope->conditions);
  }
}

void Declarer::parents() {
  for (std::size_t kind = 1; kind < schema_.kinds.size(); ++kind) {
    KindInfo& info = schema_.kinds[kind];
    const std::vector<text::Name>& written = sources_[kind].parents();
    // Taken in the end, so that what rests on them is checked in this run, too.
    std::vector<KindIndex> seem_meant;
    for (const text::Name& name : written) {
      const KindIndex parent = symbols_.kind(name.text);
      if (parent == kNoIndex && !symbols_.is_tainted(name.text)) {
        const std::vector<std::string> names = symbols_.kind_names();
        diagnostics_.add(DiagCode::unknown_name, name.span, {"scope", name.text},
                         suggestion_for(name.text, names));
        const std::string* const near = text::nearest(name.text, names);
        const KindIndex meant = near == nullptr ? kNoIndex : symbols_.kind(*near);
        if (meant != kNoIndex && meant != kind && schema_.kinds[meant].category == KindCategory::scope) {
          seem_meant.push_back(meant);
          continue;
        }
      }
      symbols_.lacks_parents_ = symbols_.lacks_parents_ || parent == kNoIndex ||
                                schema_.kinds[parent].category != KindCategory::scope;
      if (parent == kNoIndex) continue;
      if (schema_.kinds[parent].category != KindCategory::scope) {
        diagnostics_.add(DiagCode::bad_parent_kind, name.span,
                         {info.name, name.text,
                          parent == kSystemKind ? "every root stands in system without saying so"
                                                : std::string("it is ") + sources_[parent].article()});
      } else if (std::find(info.parents.begin(), info.parents.end(), parent) != info.parents.end()) {
        const auto first = std::find_if(written.begin(), written.end(),
                                        [&](const text::Name& other) { return other.text == name.text; });
        diagnostics_.add(DiagCode::duplicate_name, name.span, {"the parent", name.text}, {},
                         {{first->span, "named first here"}});
      } else {
        info.parents.push_back(parent);
        info.self_nesting = info.self_nesting || parent == kind;
      }
    }
    for (const KindIndex parent : seem_meant)
      if (std::find(info.parents.begin(), info.parents.end(), parent) == info.parents.end())
        info.parents.push_back(parent);
    if (info.self_nesting && written.size() == 1)
      diagnostics_.add(DiagCode::kind_without_root, sources_[kind].name().span, {info.name});
  }
}

// Of what a group is made. A list without one that may be is as good as any.
void Declarer::members() {
  for (std::size_t kind = 1; kind < schema_.kinds.size(); ++kind) {
    if (sources_[kind].group == nullptr) continue;
    KindInfo& info = schema_.kinds[kind];
    const std::vector<text::Name>& written = sources_[kind].group->members;
    for (const text::Name& name : written) {
      const KindIndex member = symbols_.kind(name.text);
      if (member == kNoIndex) {
        if (!symbols_.is_tainted(name.text))
          diagnostics_.add(DiagCode::unknown_name, name.span, {"subject kind or group", name.text},
                           suggestion_for(name.text, symbols_.kind_names()));
      } else if (!is_principal(schema_.kinds[member].category)) {
        diagnostics_.add(
            DiagCode::bad_member_kind, name.span,
            {info.name, name.text, member == kSystemKind ? "it is no principal" : "it is a scope"});
      } else if ((info.members & bit(member)) != 0) {
        const auto first = std::find_if(written.begin(), written.end(),
                                        [&](const text::Name& other) { return other.text == name.text; });
        diagnostics_.add(DiagCode::duplicate_name, name.span, {"the member", name.text}, {},
                         {{first->span, "named first here"}});
      } else {
        info.members |= bit(member);
      }
    }
    if (info.members == 0) info.members = bit(kind);
  }
}

// Closes `ancestors`. A circle through other kinds is reported and cut, so that
// what follows has an end.
void Declarer::nest() {
  const auto close = [&] {
    for (KindInfo& info : schema_.kinds) info.ancestors = 0;
    for (KindInfo& info : schema_.kinds)
      for (const KindIndex parent : info.parents) info.ancestors |= bit(parent);
    for (std::size_t via = 0; via < schema_.kinds.size(); ++via)
      for (KindInfo& info : schema_.kinds)
        if ((info.ancestors & bit(via)) != 0) info.ancestors |= schema_.kinds[via].ancestors;
  };
  close();
  for (std::size_t kind = 1; kind < schema_.kinds.size(); ++kind) {
    KindInfo& info = schema_.kinds[kind];
    const auto is_through_others = [&](KindIndex parent) {
      return parent != kind && (schema_.kinds[parent].ancestors & bit(kind)) != 0;
    };
    if (std::none_of(info.parents.begin(), info.parents.end(), is_through_others)) continue;
    report_kind_cycle(static_cast<KindIndex>(kind));
    std::erase_if(info.parents, is_through_others);
    close();
  }
}

void Declarer::report_kind_cycle(KindIndex start) {
  std::string shown = schema_.kinds[start].name;
  std::set<KindIndex> seen = {start};
  for (KindIndex at = start;;) {
    const auto& parents = schema_.kinds[at].parents;
    const auto next = std::find_if(parents.begin(), parents.end(), [&](KindIndex parent) {
      return parent == start ? at != start
                             : (schema_.kinds[parent].ancestors & bit(start)) != 0 && !seen.count(parent);
    });
    if (next == parents.end()) break;
    shown += " > " + schema_.kinds[*next].name;
    if (*next == start) break;
    seen.insert(*next);
    at = *next;
  }
  diagnostics_.add(DiagCode::kind_cycle, sources_[start].name().span, {shown});
}

// The largest solution of: what every parent is, or always has above it.
void Declarer::always_above() {
  auto& always = symbols_.always_above_;
  always.assign(schema_.kinds.size(), 0);
  for (std::size_t i = 0; i < schema_.kinds.size(); ++i)
    if (!schema_.kinds[i].parents.empty()) always[i] = ~std::uint64_t{0};
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < schema_.kinds.size(); ++i) {
      if (schema_.kinds[i].parents.empty()) continue;
      std::uint64_t common = ~std::uint64_t{0};
      for (const KindIndex parent : schema_.kinds[i].parents) common &= bit(parent) | always[parent];
      changed = changed || common != always[i];
      always[i] = common;
    }
  }
  // What stands nowhere but in itself has no entity, and nothing above it.
  for (std::size_t i = 0; i < schema_.kinds.size(); ++i) always[i] &= schema_.kinds[i].ancestors;
}

void Declarer::plurals() {
  for (std::size_t kind = 1; kind < schema_.kinds.size(); ++kind)
    set_plural(static_cast<KindIndex>(kind), sources_[kind].plural());
}

void Declarer::set_plural(KindIndex kind, const std::optional<std::string>& written) {
  const auto declared = [&](std::size_t index) { return sources_[index].name().span; };
  KindInfo& info = schema_.kinds[kind];
  info.plural = written ? *written : plural_of(info.name);
  if (!is_word(info.plural)) {
    diagnostics_.add(DiagCode::plural_clash, declared(kind),
                     {info.plural, "it is not one word of letters, digits, '_' and '-'"});
    return;
  }
  const bool is_document_key =
      std::find(std::begin(kDocumentKeys), std::end(kDocumentKeys), info.plural) != std::end(kDocumentKeys);
  if (is_document_key || is_entity_key(info.plural)) {
    diagnostics_.add(DiagCode::plural_clash, declared(kind), {info.plural, "snapshots use it as a key"});
    return;
  }
  for (std::size_t other = 1; other < kind; ++other) {
    if (schema_.kinds[other].plural != info.plural) continue;
    diagnostics_.add(DiagCode::plural_clash, declared(kind),
                     {info.plural, "it is that of '" + schema_.kinds[other].name + "'"}, {},
                     {{declared(other), "taken here"}});
    return;
  }
}

}  // namespace policyc::compiler
