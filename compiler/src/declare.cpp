// Declarations, in the order in which they rest on each other; and what all of them share: names that are
// taken, reserved or too many.

#include <algorithm>

#include "declarer.hpp"

namespace policyc::compiler {
namespace {

using text::DiagCode;

// Indices are 16 bits wide, and one of them means none.
constexpr std::size_t kMaxTable = kNoIndex - 1;

}  // namespace

void declare(const text::LoadedPackage& loaded, Model& model, Symbols& symbols,
             text::Diagnostics& diagnostics) {
  Declarer(loaded, model, symbols, diagnostics).run();
}

void Declarer::run() {
  // Declarations that could not be read may have declared any of their words.
  for (const text::File& file : loaded_.package.files)
    for (const std::string& word : file.unread_words) symbols_.tainted_.insert(word);

  headers();
  enums();
  kinds();
  parents();
  members();
  plurals();
  nest();
  always_above();
  attributes();
  roles();
  role_types();
  defaults();
  actions();
  context();
  conditions();
  groups();
  obligations();
  open_roles();

  resolve_role_sources(model_, written_roles_, symbols_, diagnostics_);
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

bool Declarer::is_reserved_name(const text::Name& name, const char* what, bool is_type) {
  constexpr std::string_view kReserved[] = {"subject", "resource", "action", "context",
                                            "now",     "parent",   "system", "set"};
  if (std::find(std::begin(kReserved), std::end(kReserved), name.text) == std::end(kReserved) &&
      !(is_type && is_plain_type(name.text)))
    return false;
  diagnostics_.add(DiagCode::reserved_name, name.span, {name.text, what});
  return true;
}

bool Declarer::fits(std::size_t size, const std::string& of, const char* what, text::Span span) {
  if (size < kMaxTable) return true;
  // Said once, not for each that is left out.
  if (full_.insert(of + what).second)
    diagnostics_.add(DiagCode::too_many, span, {of, std::to_string(kMaxTable), what});
  return false;
}

Declarer::Lists<text::Attribute> Declarer::attributes_of(KindIndex kind) const {
  Lists<text::Attribute> lists;
  if (kind == kSystemKind)
    for (const text::File& file : loaded_.package.files) lists.push_back(&file.system_attributes);
  else
    lists.push_back(&sources_[kind].attributes());
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
  else if (sources_[kind].group == nullptr)
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
