// Enums, kinds and how they nest.

#include <algorithm>
#include <set>

#include "declarer.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

[[nodiscard]] constexpr std::uint64_t bit(std::size_t index) noexcept { return std::uint64_t{1} << index; }

// The keys of an entity in a snapshot, and those of the document itself.
constexpr std::string_view kEntityKeys[] = {"id",    "in",     "grants", "members",
                                            "roles", "system", "entity", "op"};
constexpr std::string_view kDocumentKeys[] = {"snapshot", "end"};

[[nodiscard]] bool is_entity_key(std::string_view name) {
  return std::find(std::begin(kEntityKeys), std::end(kEntityKeys), name) != std::end(kEntityKeys);
}

// "company" → "companies", "workspace" → "workspaces".
[[nodiscard]] std::string plural_of(const std::string& name) {
  constexpr std::string_view kVowels = "aeiouAEIOU";
  if (name.size() > 1 && name.back() == 'y' && kVowels.find(name[name.size() - 2]) == std::string_view::npos)
    return name.substr(0, name.size() - 1) + "ies";
  return name + "s";
}

}  // namespace

void declare(const text::LoadedPackage& loaded, Model& model, Symbols& symbols,
             text::Diagnostics& diagnostics) {
  Declarer(loaded, model, symbols, diagnostics).run();
}

void Declarer::run() {
  headers();
  enums();
  kinds();
  parents();
  plurals();
  nest();
  always_above();
  attributes();
  roles();
  defaults();
  actions();
  context();
  conditions();
  groups();

  std::vector<const text::Role*> written(schema_.roles.size(), nullptr);
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    for (const auto* list : roles_of(static_cast<KindIndex>(kind)))
      for (const text::Role& role : *list) {
        const RoleIndex index = schema_.find_role(static_cast<KindIndex>(kind), role.name.text);
        if (index != kNoIndex && written[index] == nullptr) written[index] = &role;
      }
  resolve_role_sources(model_, written, symbols_, diagnostics_);
  report_role_cycles(model_, diagnostics_);
  assign_role_bits(model_, diagnostics_);
}

void Declarer::headers() {
  const text::PolicyHeader* first = nullptr;
  for (const text::File& file : loaded_.package.files) {
    if (!file.header) continue;
    if (first != nullptr) {
      diagnostics_.add(DiagCode::second_policy_header, file.header->span, {}, {},
                       {{first->span, "named first here"}});
      continue;
    }
    first = &*file.header;
    model_.name = first->name.text;
    model_.version = first->version.value_or("");
  }
}

bool Declarer::take(Names& names, const std::string& what, const text::Name& name) {
  const auto [found, fresh] = names.try_emplace(name.text, Declared{what, name.span});
  if (fresh) return true;
  const std::string there = found->second.what == what ? "" : ", as " + found->second.what;
  diagnostics_.add(DiagCode::duplicate_name, name.span, {what, name.text}, {},
                   {{found->second.span, "declared first here" + there}});
  return false;
}

bool Declarer::is_reserved_name(const text::Name& name, const char* what) {
  constexpr std::string_view kReserved[] = {"subject", "resource", "action", "context",
                                            "now",     "parent",   "system", "set"};
  if (std::find(std::begin(kReserved), std::end(kReserved), name.text) == std::end(kReserved)) return false;
  diagnostics_.add(DiagCode::reserved_name, name.span, {name.text, what});
  return true;
}

void Declarer::enums() {
  for (const text::File& file : loaded_.package.files)
    for (const text::Enumeration& written : file.enumerations) {
      if (!take(global_, "the enum", written.name)) continue;
      EnumInfo info;
      info.name = written.name.text;
      Names members;
      for (const text::Name& member : written.members)
        if (take(members, "the member", member)) info.members.push_back(member.text);
      if (info.members.empty()) {
        diagnostics_.add(DiagCode::empty_enum, written.name.span, {info.name});
        symbols_.tainted_.insert(info.name);
        continue;
      }
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
      written.push_back({subject.span, nullptr, &subject});
    for (const text::Scope& scope : file.scopes) written.push_back({scope.span, &scope, nullptr});
    std::stable_sort(written.begin(), written.end(),
                     [](const KindSource& a, const KindSource& b) { return a.span.begin < b.span.begin; });
    for (const KindSource& source : written)
      add_kind(source.scope != nullptr ? source.scope->name : source.subject->name,
               source.scope != nullptr ? KindCategory::scope : KindCategory::subject, source);
  }
}

void Declarer::add_kind(const text::Name& name, KindCategory category, KindSource source) {
  const char* what = category == KindCategory::scope ? "a scope" : "a kind of subject";
  if (is_reserved_name(name, what)) {
    symbols_.tainted_.insert(name.text);
    return;
  }
  if (!take(global_, category == KindCategory::scope ? "the scope" : "the kind", name)) return;
  if (schema_.kinds.size() == kMaxKinds) {
    diagnostics_.add(DiagCode::too_many_kinds, name.span, {std::to_string(kMaxKinds)});
    symbols_.tainted_.insert(name.text);
    return;
  }
  const auto index = static_cast<KindIndex>(schema_.kinds.size());
  KindInfo info;
  info.name = name.text;
  info.category = category;
  schema_.kinds.push_back(std::move(info));
  sources_.push_back(source);
  symbols_.kinds_[name.text] = index;
  if (category == KindCategory::subject && schema_.first_subject == kNoIndex) schema_.first_subject = index;
}

void Declarer::parents() {
  for (std::size_t kind = 1; kind < schema_.kinds.size(); ++kind) {
    if (sources_[kind].scope == nullptr) continue;
    KindInfo& info = schema_.kinds[kind];
    for (const text::Name& name : sources_[kind].scope->parents) {
      const KindIndex parent = symbols_.kind(name.text);
      if (parent == kNoIndex) {
        if (!symbols_.is_tainted(name.text))
          diagnostics_.add(DiagCode::unknown_name, name.span, {"scope", name.text},
                           text::did_you_mean(name.text, symbols_.kind_names()));
      } else if (schema_.kinds[parent].category != KindCategory::scope) {
        diagnostics_.add(DiagCode::bad_parent_kind, name.span,
                         {info.name, name.text,
                          parent == kSystemKind ? "every root stands in system without saying so"
                                                : "it is a kind of subject"});
      } else if (std::find(info.parents.begin(), info.parents.end(), parent) != info.parents.end()) {
        diagnostics_.add(DiagCode::duplicate_name, name.span, {"the parent", name.text});
      } else {
        info.parents.push_back(parent);
        info.self_nesting = info.self_nesting || parent == kind;
      }
    }
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
  diagnostics_.add(DiagCode::kind_cycle, sources_[start].scope->name.span, {shown});
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
  // A kind that stands nowhere but in itself has no entity: nothing is always above it.
  for (std::size_t i = 0; i < schema_.kinds.size(); ++i) always[i] &= schema_.kinds[i].ancestors;
}

void Declarer::plurals() {
  for (std::size_t kind = 1; kind < schema_.kinds.size(); ++kind) {
    const KindSource& source = sources_[kind];
    set_plural(static_cast<KindIndex>(kind),
               source.scope != nullptr ? source.scope->plural : source.subject->plural);
  }
}

void Declarer::set_plural(KindIndex kind, const std::optional<std::string>& written) {
  KindInfo& info = schema_.kinds[kind];
  const text::Span span =
      sources_[kind].scope != nullptr ? sources_[kind].scope->name.span : sources_[kind].subject->name.span;
  info.plural = written ? *written : plural_of(info.name);
  const bool is_document_key =
      std::find(std::begin(kDocumentKeys), std::end(kDocumentKeys), info.plural) != std::end(kDocumentKeys);
  if (info.plural.empty() || is_entity_key(info.plural) || is_document_key) {
    diagnostics_.add(
        DiagCode::plural_clash, span,
        {info.plural, info.plural.empty() ? "it is empty" : "it is a key of the snapshot's format"});
    info.plural = info.name + "s of this policy";  // not a key that anybody writes
    return;
  }
  for (std::size_t other = 1; other < kind; ++other)
    if (schema_.kinds[other].plural == info.plural) {
      const text::Span first = sources_[other].scope != nullptr ? sources_[other].scope->name.span
                                                                : sources_[other].subject->name.span;
      diagnostics_.add(DiagCode::plural_clash, span,
                       {info.plural, "it is that of '" + schema_.kinds[other].name + "'"}, {},
                       {{first, "taken here"}});
      return;
    }
}

void Declarer::attributes() {
  for (std::size_t kind = 0; kind < schema_.kinds.size(); ++kind)
    for (const auto* list : attributes_of(static_cast<KindIndex>(kind)))
      for (const text::Attribute& attribute : *list) add_attribute(static_cast<KindIndex>(kind), attribute);
}

void Declarer::add_attribute(KindIndex kind, const text::Attribute& attribute) {
  const std::string& name = attribute.name.text;
  if (!take(members_[kind], "the attribute", attribute.name)) return;
  if (is_entity_key(name)) {
    diagnostics_.add(DiagCode::snapshot_key, attribute.name.span, {name, "as a key of its format"});
    symbols_.tainted_.insert(name);
    return;
  }
  const KindIndex same = symbols_.kind(name);
  if (same != kNoIndex && same != kSystemKind && schema_.kinds[same].category == KindCategory::scope) {
    diagnostics_.add(DiagCode::name_clash, attribute.name.span, {"an attribute", name, "a scope"}, {},
                     {{sources_[same].scope->name.span, "the scope"}});
    symbols_.tainted_.insert(name);
    return;
  }
  for (std::size_t child = 1; child < schema_.kinds.size(); ++child) {
    const auto& above = schema_.kinds[child].parents;
    if (schema_.kinds[child].plural != name || std::find(above.begin(), above.end(), kind) == above.end())
      continue;
    diagnostics_.add(DiagCode::snapshot_key, attribute.name.span,
                     {name, "for the list of the '" + schema_.kinds[child].name + "' entities inside"}, {},
                     {{sources_[child].scope->name.span, "stands in it"}});
    symbols_.tainted_.insert(name);
    return;
  }
  const std::optional<Type> type = resolve_type(attribute.type, symbols_, diagnostics_);
  if (!type) {
    symbols_.tainted_.insert(name);
    return;
  }
  const auto index = static_cast<AttributeIndex>(schema_.attributes.size());
  schema_.attributes.push_back({name, kind, *type, attribute.from_request, std::nullopt});
  schema_.kinds[kind].attributes.push_back(index);
  if (attribute.fallback) with_default_.emplace_back(index, &attribute);
}

void Declarer::roles() {
  for (std::size_t i = 0; i < schema_.kinds.size(); ++i) {
    const auto kind = static_cast<KindIndex>(i);
    for (const auto* list : roles_of(kind))
      for (const text::Role& role : *list) {
        if (is_reserved_name(role.name, "a role")) {
          symbols_.tainted_.insert(role.name.text);
          continue;
        }
        if (const auto taken = global_.find(role.name.text); taken != global_.end()) {
          diagnostics_.add(DiagCode::name_clash, role.name.span,
                           {"a role", role.name.text, "declared as " + taken->second.what}, {},
                           {{taken->second.span, "declared here"}});
          symbols_.tainted_.insert(role.name.text);
          continue;
        }
        if (!take(members_[kind], "the role", role.name)) continue;
        const auto index = static_cast<RoleIndex>(schema_.roles.size());
        RoleInfo info;
        info.name = role.name.text;
        info.kind = kind;
        info.grantable = !role.not_granted;
        info.assignable = !role.not_assignable;
        schema_.roles.push_back(std::move(info));
        schema_.kinds[kind].roles.push_back(index);
        RoleModel more;
        more.span = role.span;
        model_.roles.push_back(std::move(more));
      }
  }
}

// Defaults may name roles and entities of any kind, so they are read when all are known.
void Declarer::defaults() {
  for (const auto& [index, attribute] : with_default_)
    schema_.attributes[index].fallback =
        literals_.literal(*attribute->fallback, schema_.attributes[index].type);
}

Declarer::Lists<text::Attribute> Declarer::attributes_of(KindIndex kind) const {
  Lists<text::Attribute> lists;
  if (kind == kSystemKind)
    for (const text::File& file : loaded_.package.files) lists.push_back(&file.system_attributes);
  else
    lists.push_back(sources_[kind].scope != nullptr ? &sources_[kind].scope->attributes
                                                    : &sources_[kind].subject->attributes);
  return lists;
}

Declarer::Lists<text::Role> Declarer::roles_of(KindIndex kind) const {
  Lists<text::Role> lists;
  if (kind == kSystemKind)
    for (const text::File& file : loaded_.package.files) lists.push_back(&file.system_roles);
  else if (sources_[kind].scope != nullptr)
    lists.push_back(&sources_[kind].scope->roles);
  return lists;
}

Declarer::Lists<text::Action> Declarer::actions_of(KindIndex kind) const {
  Lists<text::Action> lists;
  if (kind == kSystemKind)
    for (const text::File& file : loaded_.package.files) lists.push_back(&file.system_actions);
  else
    lists.push_back(sources_[kind].scope != nullptr ? &sources_[kind].scope->actions
                                                    : &sources_[kind].subject->actions);
  return lists;
}

Declarer::Lists<text::Condition> Declarer::conditions_of(KindIndex kind) const {
  Lists<text::Condition> lists;
  if (kind != kSystemKind && sources_[kind].scope != nullptr)
    lists.push_back(&sources_[kind].scope->conditions);
  return lists;
}

}  // namespace policyc::compiler
